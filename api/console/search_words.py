"""Why a service is in the answer, and when it is open, as the console says it."""

from directory.search import Reason, RelaxationKind


def _(message: str) -> str:
    """Marks a sentence for the catalogues; it is translated where it is shown."""
    return message


REASONS = {
    Reason.NAME_MATCH: _("its name"),
    Reason.SAYS_WHAT_YOU_SAID: _("says what you wrote"),
    Reason.MEANS_WHAT_YOU_SAID: _("is about what you wrote"),
    Reason.FOR_PEOPLE_LIKE_YOU: _("for people as you describe"),
    Reason.HAS_ROOM: _("had room when last asked"),
    Reason.SERVES_YOUR_TOWN: _("serves the place"),
    Reason.SERVES_YOUR_COUNTY: _("serves the county"),
    Reason.NEAR: _("near"),
    Reason.SPEAKS_SPANISH: _("speaks Spanish"),
    Reason.SPEAKS_YOUR_LANGUAGE: _("speaks the language"),
    Reason.FREE: _("free"),
    Reason.HOTLINE: _("hotline"),
    Reason.STATEWIDE: _("whole state"),
    Reason.NATIONAL: _("whole country"),
}
# What to mind; opening hours are told apart from these.
TO_MIND = {
    Reason.OUTSIDE_ITS_AREA: _("may not serve the place: call"),
    Reason.FULL: _("was full when last asked"),
    Reason.NOT_CONFIRMED: _("nobody has confirmed it lately: call"),
    Reason.NO_PHONE: _("no number that may be given"),
}
RELAXED = {
    RelaxationKind.OPEN_NOW: _("None is known to be open now: the others are shown."),
    RelaxationKind.PLACE_TO_COUNTY: _(
        "None serves the place itself: those of its counties follow."
    ),
    RelaxationKind.PLACE_TO_STATE: _("None serves the place: all that we have follow."),
    RelaxationKind.PLACE_NOT_KNOWN: _("We do not know this place: it was left out."),
}
