"""What a text says is wrong with a listing that was just given: staff and the partner are told."""

from contextlib import suppress
from dataclasses import dataclass

from bot.deeds import Applying, Done
from bot.referral_deeds import LONGEST_WORDS
from directory.errors import NotFound, TooMany
from directory.freshness import reports
from directory.freshness.models import Reported
from directory.referrals.actors import resident, staff


@dataclass(frozen=True, slots=True)
class ReportListing:
    """`words`: as texted, for staff. `staff_id`: the clinician who texts; else it is a resident.

    Nothing is said of it: the reply goes on with the list, whatever becomes of the report.
    """

    service_id: str
    kind: Reported
    words: str
    staff_id: str | None = None

    def carry_out(self, at: Applying) -> Done:
        by = staff(self.staff_id) if self.staff_id else resident(at.person.id)
        # Gone from the directory meanwhile, or more reports than anybody makes in a day.
        with suppress(NotFound, TooMany), at.session.begin_nested():
            reports.report(
                at.session,
                self.service_id,
                self.kind,
                by=by.by,
                note=self.words[:LONGEST_WORDS],
                now=at.now,
            )
        return Done(at.memory)
