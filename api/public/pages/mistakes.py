"""What visitors can say is wrong with a listing."""

from directory.freshness.models import Reported


def _(message: str) -> str:
    """Marks a sentence for the catalogues; it is translated where it is shown."""
    return message


MISTAKES = {
    Reported.WRONG_NUMBER: _("The phone number is wrong or does not work"),
    Reported.NO_ANSWER: _("Nobody answers"),
    Reported.WRONG_HOURS: _("The hours are wrong"),
    Reported.MOVED: _("They have moved"),
    Reported.CLOSED: _("They have closed"),
    Reported.FULL: _("They are full"),
    Reported.NOT_ELIGIBLE: _("It says the wrong thing about who can use it"),
    Reported.OTHER: _("Something else"),
}
