"""What a search that found nothing leaves: one more in a count, and nothing of the person."""

from dataclasses import dataclass

from bot.deeds import Applying, Done
from directory.measures import unmet
from directory.measures.models import Unmet


@dataclass(frozen=True, slots=True)
class NoteNothingFound:
    """These needs were asked for, and no listing serves them. `place`: where, as far as known."""

    needs: tuple[str, ...]
    place: str | None

    def carry_out(self, at: Applying) -> Done:
        unmet.note(at.session, self.needs, Unmet.NOTHING_FOUND, area=self.place, now=at.now)
        return Done(at.memory)
