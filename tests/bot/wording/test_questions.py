"""The clarifying question: numbered, short, and one segment whatever is asked."""

from itertools import combinations

import pytest

from bot.sms.segments import Encoding, encoding_of, segments
from bot.wording import say
from bot.wording.questions import in_both_languages, which_need
from directory.languages import Language
from directory.needs import taxonomy


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("count", [1, 2, 3])
def test_every_question_is_one_cheap_segment(count: int, language: Language) -> None:
    for needs in combinations(taxonomy(), count):
        text = which_need(needs, language)
        assert encoding_of(text) is Encoding.GSM_7
        assert segments(text) == 1


def test_the_last_number_is_something_else() -> None:
    lines = which_need(("food", "rent"), Language.EN).splitlines()
    assert lines[1:] == ["1 food or groceries", "2 rent or mortgage help", "3 something else"]
    assert which_need(("food", "rent"), Language.ES).endswith("3 otra cosa")


@pytest.mark.parametrize("language", Language)
def test_a_single_guess_is_asked_about_with_two_numbers(language: Language) -> None:
    text = which_need(("grief",), language)
    assert taxonomy()["grief"].ask[language] in text
    assert "1" in text
    assert "2" in text


@pytest.mark.parametrize("language", Language)
def test_the_question_fits_behind_our_thanks_for_an_answer(language: Language) -> None:
    for needs in combinations(taxonomy(), 3):
        assert segments(f"{say('checkin_read', language)}\n{which_need(needs, language)}") <= 2


def test_three_needs_fit_into_what_is_said_after_danger() -> None:
    for language in Language:
        longest = sorted((need.ask[language] for need in taxonomy().values()), key=len)[-3:]
        named = f" {say('and', language)} ".join(longest)
        assert segments(say("after_danger", language, needs=named)) <= 2


def test_what_is_said_in_both_languages_is_two_segments() -> None:
    text = in_both_languages("other_language")
    assert encoding_of(text) is Encoding.GSM_7
    assert segments(text) <= 2
    assert text.count("211") == text.count("911") == text.count("988") == len(Language)
