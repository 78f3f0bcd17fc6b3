"""A place that we do not know is told apart from what else follows "in"."""

import pytest

from directory.search import names_unknown_place


@pytest.mark.parametrize(
    "text",
    [
        "food in xyzville",
        "food xyztown",
        "rent in springfeild heights",
        "food in Maple Grove please",
        "food in xyzville il",
        "shelter near zorbo for my family",
        "comida en xyzville",
        "renta en zorbolandia por favor",
    ],
)
def test_a_place_that_nobody_knows(text: str) -> None:
    assert names_unknown_place(text)


@pytest.mark.parametrize(
    "text",
    [
        "food",
        "food in naperville",
        "food in Peoria",
        "rent help in glendale hts",
        "food in 60540",
        "i am in crisis",
        "ride for a man in a wheelchair",
        "my kid is in school",
        "counseling in spanish",
        "i am in need of food",
        "family in need",
        "walk in clinic",
        "in home care",
        "mother in law needs food",
        "shelter in winter",
        "my son is in jail",
        "food downtown",
        "food near me",
        "ya no vivo en naperville",
        "ayuda en español",
        "en silla de ruedas",
        "mi hijo en la escuela",
        "estoy en crisis",
        "cuanto tardan en contestar",
        "food for [NAME] in [ADDRESS]",
    ],
)
def test_what_is_known_or_no_place(text: str) -> None:
    assert not names_unknown_place(text)


def test_a_long_text_tells_of_much_that_is_in_something() -> None:
    story = "my brother is over in zorbo with his kids and i need food for us here"
    assert not names_unknown_place(story)
