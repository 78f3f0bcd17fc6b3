"""The work that goes on by itself: answering, delivering, check-ins when due, looking again.

Every text takes the short path (the process that stored it answers it at once, on a thread);
the durable job written with it is the recovery. The sweep looks at the rows themselves, once
a second: what is due by product time, and whatever a dead process has left behind. What waits
to be sent is taken up by a thread of its own, a handful at a time, as fast as our number may send.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Event, Lock, Thread

import structlog

from bot import due, intake
from bot.answering import Answerer
from bot.notices.send import NoticeSender
from bot.owed import Owed
from bot.rasa_client import RasaClient
from bot.sms.deliver import Ready, Sender
from bot.step_health import StepHealth
from directory import claims, database, repeats
from directory.checkins import service as checkins
from directory.conversations import service as conversations
from directory.jobs import KEEP_HISTORY, Job, Worker
from directory.messages import inbox, outbox
from directory.messages.inbox import Run
from directory.messages.spool import Spool
from directory.notices import service as notices
from directory.processes import Present
from directory.quiet_hours import QuietHours
from directory.staff import service as staff

log = structlog.get_logger(__name__)

TICK_SECONDS = 1.0
# Between two looks at what waits to be sent, while something does. Shorter than the nearest
# horizon (bot/sms/pace.py), or the number would idle.
QUEUE_SECONDS = 0.2
SLOW_EVERY = 30  # ticks
HISTORY_EVERY = 3600  # ticks
# A conversation has ended when nothing was said for this long (product time, 24 h at most).
CONVERSATION_ENDS_AFTER = timedelta(hours=1)
# Answers have threads of their own: texts that wait for their slot must not keep them waiting, and
# neither must a mail server that is slow. What they decide is sent from lanes, so no carrier holds
# them. Not more of them: all want the same processor and the same database, and a webhook that is
# to be stored waits for each (with twelve eight times as long as with four).
ANSWER_THREADS = 4
TEXT_THREADS = 24
NOTICE_THREADS = 4


@dataclass(frozen=True, slots=True)
class Parts:
    """What the workers work with. `prepare`: reads in what answers need; it takes seconds."""

    answerer: Answerer
    sender: Sender
    notices: NoticeSender
    rasa: RasaClient
    quiet: QuietHours
    spool: Spool
    heartbeat: Path
    now: Callable[[], datetime]
    wall: Callable[[], datetime]
    keep_time: Callable[[], None]
    presence: Present
    prepare: Callable[[], None]
    upkeep: Callable[[Callable[[], bool]], object] = bool


class Workers:
    """The threads of one process. `answer_soon` may be called from any."""

    def __init__(self, parts: Parts, *, executor_id: str, alone: bool) -> None:
        self._parts = parts
        self._alone = alone
        self._owed = Owed(parts.answerer, parts.quiet)
        self._answers = ThreadPoolExecutor(ANSWER_THREADS, thread_name_prefix="handoff-answers")
        self._texts = ThreadPoolExecutor(TEXT_THREADS, thread_name_prefix="handoff-texts")
        self._notices = ThreadPoolExecutor(NOTICE_THREADS, thread_name_prefix="handoff-notices")
        self._busy: set[str] = set()
        self._busy_lock = Lock()
        self._health = StepHealth()
        self._stop = Event()
        self._sweeper = Thread(target=self._sweep_on, name="handoff-sweep", daemon=True)
        self._queue = Thread(target=self._send_on, name="handoff-queue", daemon=True)
        self._unsent: list[Ready] = []
        self._preparer = Thread(target=self._prepare, name="handoff-prepare", daemon=True)
        self._prepared = Event()
        self._prepared.set()
        self._worker = Worker(
            {Job.ANSWER: self._answer_job, Job.DELIVER: self._deliver_job},
            executor_id=executor_id,
        )
        self.swept_at: datetime | None = None

    def start(self) -> None:
        self._parts.presence.heard = self.answer_soon
        self._parts.presence.appear()
        if self._alone:
            with database.session_scope() as session:
                conversations.release_all(session)
                outbox.release_claims(session, wall=self._parts.wall())
                notices.release_claims(session, wall=self._parts.wall())
        # Sending goes on at once: it needs nothing of what takes its time to read in.
        self._sweeper.start()
        self._queue.start()
        self._prepared.clear()
        self._preparer.start()
        self._worker.start()

    def stop(self) -> None:
        """Finish what has begun; what has not stays in the database."""
        self._stop.set()
        for thread in (self._sweeper, self._queue, self._preparer):
            thread.join(timeout=10)
        for pool in (self._answers, self._notices):
            pool.shutdown(wait=True, cancel_futures=True)
        self._parts.answerer.lanes.stop()
        self._texts.shutdown(wait=True)  # who finds that all stops gives the text back
        if self._unsent:
            self._parts.sender.give_back(self._unsent)
        self._worker.stop()
        self._parts.presence.leave()

    def when_lock_is_lost(self, do: Callable[[], None]) -> None:
        """What this process does then, besides claiming nothing more until it has it again."""
        self._parts.presence.lost = do

    def run_now(self) -> Run | None:
        """The run that a text may be leased to as it is stored, so that two transactions are one.

        None where others wait for a thread already; and with several processes, whose locks could
        meet crosswise. To be asked when the transaction has begun: the lease counts from then.
        """
        if not self._alone or self._busy or self._stop.is_set() or not self._prepared.is_set():
            return None
        return self._parts.answerer.leases.run()

    def answer_soon(self, person_id: str, run: Run | None = None) -> None:
        """`run`: the one that has got the lease already."""
        if run is None:
            self._once(self._answers, f"answer {person_id}", self._answer_job, person_id)
            return
        answer = partial(self._parts.answerer.answer_leased, run=run)
        self._once(self._answers, f"answer {person_id} {run.name}", answer, person_id)

    def _prepare(self) -> None:
        try:
            self._parts.prepare()
        except Exception:  # then each answer tries for itself
            log.exception("preparing_failed")
        self._prepared.set()

    def _answer_job(self, person_id: str) -> None:
        if self._parts.presence.tenure is None:
            return  # others may take this process for dead, and answer in its place
        self._prepared.wait()  # or each of the first answers would read in everything for itself
        self._parts.answerer.answer(person_id)

    def _deliver_job(self, message_id: str) -> None:
        self._parts.sender.deliver(message_id)

    def _once(
        self,
        pool: ThreadPoolExecutor,
        key: str,
        work: Callable[[str], object],
        subject_id: str,
    ) -> None:
        """Run on a thread, unless the same work already waits; if it fails the row stays."""
        with self._busy_lock:
            if key in self._busy or self._stop.is_set():
                return
            self._busy.add(key)

        def run() -> None:
            with self._busy_lock:
                self._busy.discard(key)  # from here on a newer text needs a run of its own
            try:
                work(subject_id)
            except Exception:
                log.exception("work_failed", work=key.split(maxsplit=1)[0])

        pool.submit(run)

    def _send_on(self) -> None:
        found = 0
        while not self._stop.wait(QUEUE_SECONDS if found else TICK_SECONDS):
            try:
                found = self.send_next()
            except Exception:
                log.exception("queue_failed")

    def send_next(self) -> int:
        """Take up the texts whose turn it is; how many there were."""
        taken = self._parts.sender.take_next()
        for ready in taken:
            self._texts.submit(self._send, ready)
        return len(taken)

    def _send(self, ready: Ready) -> None:
        if self._stop.is_set():
            self._unsent.append(ready)
            return
        try:
            self._parts.sender.send(ready)
        except Exception:
            log.exception("work_failed", work="send")

    def _sweep_on(self) -> None:
        tick = 0
        while not self._stop.wait(TICK_SECONDS):
            tick += 1
            try:
                self.sweep(slow=tick % SLOW_EVERY == 0)
                if tick % HISTORY_EVERY == 0 and self._parts.presence.leads():
                    self._worker.forget_finished(before=self._parts.wall() - KEEP_HISTORY)
            except Exception:
                log.exception("sweep_failed")

    def sweep(self, *, slow: bool) -> None:
        """Look at everything that is due or left behind.

        Of several processes each looks after its own share of the people who wait, and sends what
        its turn has come; all else is the leader's.
        """
        parts = self._parts
        now, wall = parts.now(), parts.wall()
        parts.answerer.leases.give_back_kept()
        intake.take_in(parts.spool, now=now)
        leads = parts.presence.leads()
        if leads:
            parts.keep_time()
            self._take_over(wall)
            due.look(due.Moment(now, wall, parts.quiet), health=self._health)
        with database.read_scope() as session:
            waiting = inbox.people_waiting(session, before=now)
        for person_id in filter(parts.presence.looks_after, waiting):
            self.answer_soon(person_id)
        self.send_next()
        if leads:
            for notice_id in parts.notices.due():
                self._once(self._notices, f"notice {notice_id}", parts.notices.send, notice_id)
            if slow:
                self._slow_sweep(now, wall)
        if parts.presence.beat():
            parts.heartbeat.write_text(wall.isoformat(), encoding="ascii")
        self.swept_at = wall

    def _slow_sweep(self, now: datetime, wall: datetime) -> None:
        parts = self._parts
        if not self._alone and self._worker.running:
            self._worker.take_over(parts.presence.dead_among)
        with database.session_scope() as session:
            checkins.give_up_on_silent(session, now=now)
            staff.forget_expired(session, wall=wall)
            repeats.forget_old(session, wall=wall)
        self._once(self._notices, "upkeep", lambda _: parts.upkeep(self._stop.is_set), "")
        ready = parts.rasa.ready()
        for inbound_id in self._owed.to_settle(rasa=ready):
            self._once(self._answers, f"owed {inbound_id}", self._owed.settle, inbound_id)
        if not ready:
            return
        with database.read_scope() as session:
            ended = conversations.to_forget(session, idle_since=now - CONVERSATION_ENDS_AFTER)
        for person_id in ended:
            parts.rasa.forget(person_id)
            with database.session_scope() as session:
                conversations.mark_forgotten(session, person_id)

    def _take_over(self, wall: datetime) -> None:
        """Let go what dead processes hold; their work is then anybody's."""
        presence = self._parts.presence
        with database.read_scope() as session:
            held = claims.holders(session, wall=wall)
        for name in (*presence.dead(), *presence.dead_among(held)):
            with database.session_scope() as session:
                conversations.release_of(session, name)
                outbox.release_claims(session, wall=wall, of=name)
            presence.forget(name)
            log.warning("process_died", process=name)
