"""The needs: one list, complete in both languages."""

from directory.languages import Language
from directory.needs import taxonomy

VOCABULARY = (
    "food",
    "shelter",
    "housing",
    "rent",
    "utilities",
    "clothing_household",
    "health",
    "mental_health",
    "peer_support",
    "substance_use",
    "domestic_violence",
    "sexual_assault",
    "elder",
    "adult_protective",
    "disability",
    "transportation",
    "employment",
    "education",
    "childcare_youth",
    "legal",
    "immigration",
    "veterans",
    "benefits",
    "lgbtq",
    "grief",
    "information",
)


def test_the_needs_are_those_of_the_vocabulary() -> None:
    assert sorted(taxonomy()) == sorted(VOCABULARY)
    assert len(taxonomy()) == 26


def test_every_need_can_be_named_asked_for_and_recognised_in_both_languages() -> None:
    for need in taxonomy().values():
        for language in Language:
            assert need.label[language]
            assert 0 < len(need.ask[language]) <= 30
            assert len(need.words[language]) >= 5
        assert set(need.related) <= set(taxonomy()) - {need.code}
