"""Referrals to the partners of the directory, as chance moves them through every status."""

from datetime import datetime, timedelta

from bot.demo.duties import Duties
from bot.demo.talk import Talk
from bot.demo.world import Resident, World
from bot.wording import say
from directory.languages import Language
from directory.listings import publication
from directory.listings.models import Service
from directory.measures.models import Unmet
from directory.messages.models import AnsweredBy, MessageKind
from directory.people.models import Purpose
from directory.referrals import actors
from directory.referrals.actors import Actor
from directory.referrals.models import Priority, Referral, ReferralEvent
from directory.referrals.states import OPEN, NotReceived, Outcome, Status
from directory.tasks.models import TaskKind
from directory.visits.models import CallType

# On the last visit to somebody, and on the visits before it.
_REFERRED, _REFERRED_EARLY = 0.72, 0.15
# Nobody's name stands behind an answer of a partner here.
_PARTNER = actors.partner("demo")
_DECLINED = ("No room this month.", "Lives outside of our area.", "Needs more than we can give.")
_NOT_RECEIVED = {
    NotReceived.FULL: 0.4,
    NotReceived.NO_ANSWER: 0.25,
    NotReceived.NOT_ELIGIBLE: 0.2,
    NotReceived.OTHER: 0.15,
}
_AREAS = {"Naperville": 0.55, "Aurora": 0.15, "Bolingbrook": 0.1, "": 0.2}
# What becomes of a referral in the end, if there is time for it.
_COURSES: dict[tuple[Status, ...], float] = {
    (Status.ACCEPTED, Status.IN_PROGRESS, Status.COMPLETED): 0.42,
    (Status.ACCEPTED, Status.COMPLETED): 0.18,
    (Status.ACCEPTED, Status.IN_PROGRESS): 0.04,
    (Status.ACCEPTED,): 0.03,
    (Status.ACCEPTED, Status.ON_HOLD, Status.IN_PROGRESS, Status.COMPLETED): 0.04,
    (Status.ACCEPTED, Status.ON_HOLD): 0.02,
    (Status.ACCEPTED, Status.FAILED): 0.05,
    (Status.REJECTED,): 0.13,
    (Status.CANCELLED,): 0.03,
    (Status.ENTERED_IN_ERROR,): 0.01,
    (): 0.05,
}
# How long each step takes; half of them are quicker.
_STEP = {
    Status.ACCEPTED: timedelta(hours=11),
    Status.REJECTED: timedelta(hours=16),
    Status.CANCELLED: timedelta(hours=30),
    Status.ENTERED_IN_ERROR: timedelta(hours=1),
    Status.IN_PROGRESS: timedelta(days=2),
    Status.ON_HOLD: timedelta(days=2),
    Status.COMPLETED: timedelta(days=6),
    Status.FAILED: timedelta(days=5),
}
# Nobody leaves a referral as it is for longer: in the end it is done, or not wanted any more.
_ENDS_AFTER = timedelta(days=25)
_LEFT_OPEN_AT_MOST = timedelta(days=40)
_REASONS = {
    Status.CANCELLED: "Not wanted any more.",
    Status.ENTERED_IN_ERROR: "Made for the wrong person.",
    Status.FAILED: "Could not reach the person.",
    Status.ON_HOLD: "On the waiting list.",
}


def refer(
    world: World, talk: Talk, duties: Duties, residents: list[Resident], services: list[Service]
) -> None:
    """`services`: the directory's; only those that take referrals get any."""
    taking = [each for each in services if _takes_referrals(each)]
    for resident in residents:
        for visit in resident.visits:
            likely = _REFERRED if visit is resident.visits[-1] else _REFERRED_EARLY
            if not resident.agrees_to_referrals or visit.voided_at or not world.happens(likely):
                continue
            service = world.any_of(_fitting(taking, CallType(visit.call_type)))
            _Course(world, talk, duties, resident, service).run(
                visit.created_at + world.about(timedelta(hours=5)), visit.id
            )


def _takes_referrals(service: Service) -> bool:
    """Substance use is left out: it asks for a consent of its own."""
    return (
        service.accepts_referrals
        and publication.is_published(service)
        and bool(service.needs)
        and Purpose.SUBSTANCE_USE.value not in service.needs[:1]
    )


def _fitting(services: list[Service], kind: CallType) -> list[Service]:
    """What is near to what the call was about, and what everybody may need."""
    wanted = {
        CallType.MENTAL_HEALTH: {"mental_health", "peer_support", "housing", "food"},
        CallType.DOMESTIC_VIOLENCE: {"domestic_violence", "shelter", "legal"},
        CallType.ELDERLY: {"elder", "transportation", "food"},
        CallType.SUBSTANCE_USE: {"peer_support", "mental_health", "health"},
        CallType.OTHER_CRISIS: {"rent", "utilities", "food", "shelter", "benefits"},
    }[kind]
    return [each for each in services if each.needs[0] in wanted] or services


class _Course:
    """One referral from beginning to end, as far as the year lasts."""

    def __init__(
        self, world: World, talk: Talk, duties: Duties, resident: Resident, service: Service
    ) -> None:
        self.world, self.talk, self.duties = world, talk, duties
        self.resident, self.service = resident, service
        self.sequence = 0

    def run(self, at: datetime, visit_id: str) -> None:
        world = self.world
        if at >= world.now:
            return
        clinician = self.resident.person.clinician_id or world.clinicians[0]
        self.referral = Referral(
            id=world.id(),
            person_id=self.resident.person.id,
            service_id=self.service.id,
            organization_id=self.service.organization_id,
            need=self.service.needs[0],
            priority=Priority.URGENT if world.happens(0.15) else Priority.ROUTINE,
            reason="Asked for on the visit.",
            status=Status.REQUESTED,
            created_by=actors.staff(clinician).by,
            clinician_id=clinician,
            visit_id=visit_id,
            created_at=at,
            changed_at=at,
        )
        world.rows.append(self.referral)
        if at > world.now - timedelta(days=20) and world.happens(0.15):
            self._becomes(Status.DRAFT, at, actors.staff(clinician))
            return
        self._becomes(Status.REQUESTED, at, actors.staff(clinician), reason=self.referral.reason)
        for status in world.one_of(_COURSES):
            at += world.about(_STEP[status])
            if at >= world.now:
                break
            self._move(status, at, clinician)
        self._be_silent()
        self._end(clinician)
        self._ask()

    def _move(self, status: Status, at: datetime, clinician: str) -> None:
        by_staff = status in (Status.CANCELLED, Status.ENTERED_IN_ERROR)
        actor = actors.staff(clinician) if by_staff else _PARTNER
        reason = _REASONS.get(status)
        if status is Status.REJECTED:
            reason = self.world.any_of(_DECLINED)
        self._becomes(status, at, actor, reason=reason)
        if not by_staff:
            self.referral.answered_at = self.referral.answered_at or at
        if status is Status.REJECTED:
            area = self.world.one_of(_AREAS)
            self.world.stays_unmet(self.service.needs[0], area, Unmet.DECLINED, at)
        if status in (Status.REJECTED, Status.FAILED):
            self._task(TaskKind.REFERRAL_DECLINED, at, f"The partner could not help: {reason}")

    def _becomes(
        self, status: Status, at: datetime, actor: Actor, *, reason: str | None = None
    ) -> None:
        was = self.referral.status if self.sequence else None
        self.sequence += 1
        self.referral.status, self.referral.changed_at = status, at
        self.world.rows.append(
            ReferralEvent(
                id=self.world.id(),
                referral_id=self.referral.id,
                sequence=self.sequence,
                was=was,
                status=status,
                at=at,
                by=actor.by,
                reason=reason,
            )
        )

    def _end(self, clinician: str) -> None:
        """What has been open for long; on hold it may be for a year."""
        since, status = self.referral.changed_at, Status(self.referral.status)
        if status in OPEN - {Status.ON_HOLD} and since < self.world.now - _LEFT_OPEN_AT_MOST:
            last = Status.CANCELLED if status is Status.REQUESTED else Status.COMPLETED
            self._move(last, since + self.world.about(_ENDS_AFTER, spread=0.1), clinician)

    def _be_silent(self) -> None:
        """Who has not answered for two days is called."""
        waited = self.referral.created_at + timedelta(hours=48)
        if self.referral.status == Status.REQUESTED and waited < self.world.now:
            self._task(TaskKind.REFERRAL_UNANSWERED, waited, "The partner has not answered.")

    def _task(self, kind: TaskKind, at: datetime, note: str) -> None:
        self.duties.give(
            kind,
            self.resident,
            at,
            note=note,
            referral_id=self.referral.id,
            service_id=self.service.id,
        )

    def _ask(self) -> None:
        """Whether the person got the service, when it is time to."""
        referral, world = self.referral, self.world
        late = referral.status == Status.COMPLETED
        at = world.awake(referral.changed_at + timedelta(hours=2 if late else 168))
        over = (Status.REJECTED, Status.CANCELLED, Status.FAILED, Status.ENTERED_IN_ERROR)
        if referral.status in over:
            return
        if at >= world.now or not self._may_be_texted(at):
            referral.ask_at = at if at >= world.now else None
            return
        language = Language(self.resident.person.language or Language.EN)
        question = say("notice_outcome_question", language, name="")
        self.talk.says(referral.person_id, question, at, kind=MessageKind.NOTICE)
        referral.asked_times = 1
        answered = at + world.about(timedelta(hours=2), spread=1.2)
        if answered < world.now and world.happens(0.66 if late else 0.4):
            self._answer(answered)
        elif at < world.now - timedelta(days=9):
            referral.outcome, referral.outcome_at = Outcome.UNKNOWN, at + timedelta(days=8)
        else:
            referral.ask_at = at + timedelta(days=8)

    def _may_be_texted(self, at: datetime) -> bool:
        agrees = self.resident.agrees_to_texts and self.resident.person.safe_to_text is True
        return agrees and self.resident.listens(at)

    def _answer(self, at: datetime) -> None:
        referral, world = self.referral, self.world
        received = world.happens(0.8 if referral.status == Status.COMPLETED else 0.4)
        self.talk.hears(referral.person_id, "1" if received else "3", at, AnsweredBy.NOTICE)
        referral.outcome_at = at
        referral.outcome = Outcome.SERVICE_RECEIVED if received else Outcome.NOT_RECEIVED
        if received:
            return
        referral.outcome_reason = world.one_of(_NOT_RECEIVED)
        self._task(TaskKind.REFERRAL_NOT_RECEIVED, at, "The person did not get this service.")
        if referral.outcome_reason == NotReceived.FULL:
            area = world.one_of(_AREAS)
            world.stays_unmet(self.service.needs[0], area, Unmet.FULL, at)
