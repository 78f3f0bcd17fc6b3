"""Why a service is among the results, in words."""

from directory.search import Reason


def _(message: str) -> str:
    """Marks a sentence for the catalogues; it is translated where it is shown."""
    return message


# `%(place)s`: the place that was asked for.
_WORDS = {
    Reason.NAME_MATCH: _("has the name you wrote"),
    Reason.SAYS_WHAT_YOU_SAID: _("its listing says what you wrote"),
    Reason.MEANS_WHAT_YOU_SAID: _("its listing is about what you wrote"),
    Reason.FOR_PEOPLE_LIKE_YOU: _("for people as you describe"),
    Reason.HAS_ROOM: _("had room when last asked"),
    Reason.SERVES_YOUR_TOWN: _("serves %(place)s"),
    Reason.SERVES_YOUR_COUNTY: _("serves the county of %(place)s"),
    Reason.NEAR: _("near %(place)s"),
    Reason.SPEAKS_SPANISH: _("speaks Spanish"),
    Reason.SPEAKS_YOUR_LANGUAGE: _("speaks the language you chose"),
    Reason.FREE: _("free"),
    Reason.HOTLINE: _("a hotline"),
    Reason.STATEWIDE: _("for the whole state"),
    Reason.NATIONAL: _("for the whole country"),
    Reason.OUTSIDE_ITS_AREA: _("may not serve %(place)s: call and ask"),
    Reason.FULL: _("was full when last asked"),
    Reason.NOT_CONFIRMED: _("nobody has confirmed this lately: call first"),
    Reason.NO_PHONE: _("no phone number that we may give: see its website"),
}


def words_of(reason: Reason, place: str | None) -> str:
    """The sentence to translate. A county that was asked for is itself what is served."""
    if reason is Reason.SERVES_YOUR_COUNTY and place and "County" in place:
        reason = Reason.SERVES_YOUR_TOWN
    return _WORDS[reason]
