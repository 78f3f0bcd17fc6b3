"""The dangers that a text can speak of."""

from enum import StrEnum


class Risk(StrEnum):
    """The order is the order of the replies when a text speaks of several (see `screen`)."""

    OVERDOSE = "overdose"
    MEDICAL = "medical"
    TRAFFICKING = "trafficking"
    SUICIDE = "suicide"
    CHILD_ABUSE = "child_abuse"
    ELDER_ABUSE = "elder_abuse"
    SEXUAL_ASSAULT = "sexual_assault"
    DOMESTIC_VIOLENCE = "domestic_violence"
    VIOLENCE = "violence"
