"""Who answers a person: one run at a time, of all threads and processes."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from directory import database
from directory.conversations import service as conversations
from directory.messages import inbox
from directory.processes import new_run

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Leases:
    """Those of one process. `owner` names it among all that share the database
    (directory.processes); `wall`: wall time.

    A lease ends by itself, which is for who dies. Who lives gives it back; on a full disk, where
    nothing can be written, as soon as something can.
    """

    owner: str
    wall: Callable[[], datetime]
    _kept: deque[tuple[str, str]] = field(default_factory=deque)

    def run(self) -> inbox.Run:
        """One more run, to which a person may be leased from now on."""
        return inbox.Run(new_run(self.owner), self.wall())

    def take(self, session: Session, person_id: str, run: str) -> bool:
        """Take or renew it; False when another run has it."""
        return conversations.lease(session, person_id, by=run, wall=self.wall())

    def has_waited(self, run: inbox.Run) -> bool:
        """Whether what was leased to the run as it began must be renewed before it is used."""
        return self.wall() - run.wall > conversations.LEASE / 2

    @contextmanager
    def back_on_failure(self, person_id: str, run: str) -> Iterator[None]:
        """Gives it back when what is done with it fails."""
        try:
            yield
        except BaseException:
            self.give_back(person_id, run)
            raise

    def give_back(self, person_id: str, run: str) -> bool:
        """Whether that could be written. If not, `give_back_kept` tries again."""
        try:
            with database.session_scope() as session:
                conversations.release(session, person_id, by=run)
        except SQLAlchemyError as error:
            log.warning("lease_kept", kind=type(error).__name__)
            self._kept.append((person_id, run))
            return False
        return True

    def give_back_kept(self) -> None:
        """To be called again and again; stops at the first that cannot be written either."""
        while self._kept:
            if not self.give_back(*self._kept.popleft()):
                return
