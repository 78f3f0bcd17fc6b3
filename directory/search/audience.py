"""Whom a service is for, and whom a text speaks of: veterans, women, the old, the young… Pure.

A service is taken to be for a group when its name or the text on who may come says the group's
word. That moves it forward for who belongs to the group and back for who said nothing of it; it
never leaves anything out, as texts say less than people are.
"""

import re
from enum import IntEnum, IntFlag
from functools import cache, lru_cache

from directory.places import folded
from directory.search.words import stem, stems, tokens


class Group(IntFlag):
    """Kept and compared as plain numbers."""

    NONE = 0
    VETERANS = 1
    WOMEN = 2
    MEN = 4
    YOUTH = 8
    CHILDREN = 16
    SENIORS = 32
    LGBTQ = 64
    DISABLED = 128
    PREGNANT = 256
    STUDENTS = 512


class Fit(IntEnum):
    """The smaller the better."""

    FOR_YOU = 0
    FOR_ALL = 1
    FOR_OTHERS = 2
    NOT_YOUR_AGE = 3


_WORDS = {
    Group.VETERANS: """veteran veterans vet vets military army navy marines veterano veteranos
        militar""",
    Group.WOMEN: """woman women womens female girl girls wife mother mothers mom moms mujer mujeres
        mama madre madres""",
    Group.MEN: "man men mens male hombre hombres",
    Group.YOUTH: "teen teens teenager teenagers youth adolescent joven jovenes adolescente",
    Group.CHILDREN: """child children kid kids baby babies infant toddler son daughter nino ninos
        nina ninas hijo hija hijos bebe""",
    Group.SENIORS: """senior seniors elder elders elderly grandma grandpa grandmother grandfather
        anciano ancianos abuela abuelo mayores""",
    Group.LGBTQ: "lgbt lgbtq lgbtqia gay lesbian trans transgender queer bisexual",
    Group.DISABLED: """disabled disability disabilities wheelchair blind deaf autism autistic
        discapacidad discapacitado ciego sordo""",
    Group.PREGNANT: "pregnant pregnancy expecting embarazada embarazo",
    Group.STUDENTS: "student students college estudiante estudiantes",
}
# A need says of whom it is asked.
_OF_NEEDS = {
    "veterans": Group.VETERANS,
    "elder": Group.SENIORS,
    "adult_protective": Group.SENIORS | Group.DISABLED,
    "childcare_youth": Group.CHILDREN | Group.YOUTH,
    "disability": Group.DISABLED,
    "lgbtq": Group.LGBTQ,
    "domestic_violence": Group.WOMEN,
    "sexual_assault": Group.WOMEN,
}
# Where one of these is named, a service for it is not for everybody else.
CLOSED_GROUPS = int(
    Group.VETERANS | Group.WOMEN | Group.MEN | Group.YOUTH | Group.SENIORS | Group.STUDENTS
)
# What is mainly for one of these is for nobody else, whatever other need it meets as well: a
# shelter of a domestic-violence program takes in survivors.
ONLY_FOR_THEM = frozenset({"domestic_violence", "sexual_assault", "veterans", "lgbtq"})
# Up to so old it is for the young alone, from so old on for the old alone.
YOUNG_UNTIL, OLD_FROM = 25, 55
_YOUNG = Group.YOUTH | Group.CHILDREN | Group.STUDENTS
# Years are an age where the words say so; "for 12 years" is how long something lasts.
_AGE = re.compile(
    r"\b(\d{1,2}) ?(?:(?:years?|yrs?) (?:olds?|of age|son|daughter|kid|boy|girl)|y ?os?)\b"
    r"|\b(?:aged?|turned|turning) (\d{1,2})\b"
    r"|\b(?:i m|im|i am|(?:he|she) ?s|(?:he|she|who|son|daughter|kid|child|baby|mom|mother|dad"
    r"|father|grandma|grandpa|grandmother|grandfather|brother|sister|husband|wife|uncle|aunt) is)"
    r" (?:only |just |almost )?(\d{1,2})(?= (?:(?:years?|yrs?) )?(?:and|but|so|with|who|need|needs"
    r"|i|my|looking|female|male|pregnant|homeless|alone)\b| (?:years?|yrs?)$|$)"
    r"|(?<!hace )(?<!por )(?<!llevo )(?<!lleva )(?<!llevamos )(?<!durante )(?<!cada )"
    r"\b(\d{1,2}) anos?\b"
)


@cache
def _groups() -> dict[str, int]:
    return {stem(word): int(group) for group, words in _WORDS.items() for word in words.split()}


def _groups_in_long(text: str) -> int:
    """The same, quickly for the many texts that say none of them."""
    return groups_in(text) if _any_group().search(folded(text)) else 0


@cache
def _any_group() -> re.Pattern[str]:
    beginnings = sorted({word[:3] for word in _groups()})
    return re.compile(rf"\b(?:{'|'.join(beginnings)})")


@lru_cache(maxsize=4_000)
def groups_in(text: str) -> int:
    """The groups whose words a text says."""
    found = 0
    known = _groups()
    for word in stems(text):
        found |= known.get(word, 0)
    return found


def groups_served(name: str, eligibility: str, needs: tuple[str, ...]) -> int:
    """Whom a service is for, by its name, the text on who may come, and its main need."""
    found = _groups_in_long(name) | _groups_in_long(eligibility)
    for need in needs:
        found |= groups_of_need(need)
    return found


def groups_of_need(need: str) -> int:
    """Whom a need is asked for, where it says."""
    return int(_OF_NEEDS.get(need, 0))


def limited_to(main_need: str, minimum: int | None, maximum: int | None) -> int:
    """The groups outside of which nobody is taken, by the coded facts; 0 where all are."""
    if main_need in ONLY_FOR_THEM:
        return groups_of_need(main_need)
    if maximum is not None and maximum <= YOUNG_UNTIL:
        return int(_YOUNG)
    return int(Group.SENIORS) if minimum is not None and minimum >= OLD_FROM else 0


def groups_asked(groups: int, age: int | None, need: str) -> int:
    """Of whom a question is, by its words, the age that it tells, and its need."""
    asked = groups | groups_of_need(need)
    if age is None:
        return asked
    return asked | (_YOUNG if age <= YOUNG_UNTIL else 0) | (Group.SENIORS if age >= OLD_FROM else 0)


@lru_cache(maxsize=1_000)
def age_asked(text: str) -> int | None:
    """The age of whom a text speaks of: "my 16 year old", "tiene 70 años"."""
    found = _AGE.search(" ".join(tokens(text)))
    return next((int(age) for age in found.groups() if age), None) if found else None


def fit(
    groups: int, asked: int, *, age: int | None, minimum: int | None, maximum: int | None
) -> Fit:
    """How far a service is for whom the question is about."""
    if age is not None and not (minimum or 0) <= age <= (maximum or 200):
        return Fit.NOT_YOUR_AGE
    if groups & asked:
        return Fit.FOR_YOU
    return Fit.FOR_OTHERS if groups & CLOSED_GROUPS else Fit.FOR_ALL
