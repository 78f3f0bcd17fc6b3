"""The languages in which residents are answered."""

from enum import StrEnum


class Language(StrEnum):
    """ISO 639-1 codes; every sentence a resident can get exists in each of them."""

    EN = "en"
    ES = "es"
