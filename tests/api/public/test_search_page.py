"""`/` and `/search`: what fits, why, and what was given up; whatever is typed."""

import re
from urllib.parse import urlencode

import pytest

from api.public.pages.asked import LAST_PAGE, Asked, asked_from, tidy
from api.public.pages.finding import A_PAGE
from directory.needs import taxonomy
from tests.api.conftest import Api
from tests.api.public.pages import page, words


def search(api: Api, **query: str) -> str:
    return words(page(api, f"/search?{urlencode(query)}"))


def names(api: Api, address: str) -> list[str]:
    return re.findall(r'<h2><a href="/services/([^"]+)"', page(api, address).text)


def test_home_leads_to_every_need_and_to_911_and_988(public: Api) -> None:
    home = page(public, "/").text
    for code in taxonomy():
        assert f'href="/needs/{code}"' in home
    assert home.index("tel:911") < home.index("tel:988") < home.index("<h1>")
    assert 'href="sms:988"' in home


def test_a_result_says_why_it_fits_when_it_is_open_and_how_to_reach_it(public: Api) -> None:
    said = search(public, q="no groceries till friday", place="60540")
    assert "Looked for: Food. Near 60540." in said
    assert "Call 630-355-3663" in said
    assert re.search(r"Why it fits: .*serves 60540", said)
    assert re.search(r"[\d.]+ mi away", said)
    assert "Checked January 2022." in said
    answer = page(public, "/search?q=food&place=60540").text
    assert 'href="tel:+16303553663"' in answer


def test_a_line_that_takes_texts_can_be_texted(public: Api) -> None:
    answer = page(public, "/search?need=domestic_violence").text
    assert 'href="sms:+18778636338"' in answer
    assert 'href="sms:88788?&amp;body=START"' in answer


def test_what_was_given_up_is_said(public: Api) -> None:
    assert "We know no place called “Atlantis”" in search(public, q="food", place="Atlantis")
    night = search(public, need="rent", place="Boston, MA")
    assert "nothing in or near Boston, MA" in night


def test_what_nobody_serves_leads_to_211_and_the_nearest_need(public: Api) -> None:
    answer = page(public, "/search?q=i+need+a+job&place=Naperville")
    assert "Jobs: we have no service to name yet. Call 211" in words(answer)
    assert 'href="/needs/benefits"' in answer.text
    assert "<article" not in answer.text


def test_place_and_open_now_may_stand_among_the_words(public: Api) -> None:
    said = search(public, q="food in wheaton open now")
    assert "Near Wheaton. Open now." in said


def test_words_of_danger_bring_911_first(public: Api) -> None:
    answer = page(public, "/search?q=he+is+hitting+me+right+now")
    assert "If this is happening now, call 911 first" in words(answer)
    assert "data-leave" in answer.text
    assert "happening now" not in search(public, q="food")


@pytest.mark.parametrize("text", ["i want to die", "quiero morir", "i want to kill myself"])
def test_who_wants_to_die_is_led_to_somebody_to_talk_to(public: Api, text: str) -> None:
    address = f"/search?{urlencode({'q': text})}"
    answer = page(public, address)
    assert 'call or text <a href="tel:988">988</a>' in answer.text
    said = words(answer)
    assert "Looked for: Mental health" in said and "Grief" not in said.partition("Search again")[0]
    assert names(public, address), "and there is a service to call"
    assert "llame al 988 y oprima 2" in words(page(public, f"{address}&lang=es"))


def test_pages_lose_and_double_nothing(public: Api) -> None:
    seen: list[str] = []
    for number in range(1, LAST_PAGE + 1):
        seen += names(public, f"/search?need=mental_health&page={number}")
    assert seen == names(public, "/needs/mental_health")
    assert len(set(seen)) == len(seen) > A_PAGE


def test_more_and_back_ask_the_same_again(public: Api) -> None:
    first = page(public, "/search?need=mental_health&place=60540&open_now=1").text
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following is not None
    address = following[1].replace("&amp;", "&")
    assert "place=60540" in address and "open_now=1" in address and "page=2" in address
    assert 'rel="prev"' in page(public, address).text


@pytest.mark.parametrize(
    "query",
    [
        "q=" + "x" * 5000,
        "q=%00food%00",
        "q=%ff%fe",
        "q=%ed%a0%80",
        "place=%00&need=food",
        "q=food&page=0",
        "q=food&page=-1",
        "q=food&page=99999999999999999999",
        "q=food&page=%D9%A1",
        "q=food&need=nonsense",
        "q=food&language=%3Cb%3E",
        "q=food&lang=fr",
        "q=" + "%20" * 50,
        "q='; DROP TABLE service; --",
        "q=food&q=rent&q=",
        "place=" + "a" * 3000,
        "",
    ],
)
def test_nothing_that_is_typed_breaks_the_page(public: Api, query: str) -> None:
    answer = page(public, f"/search?{query}")
    assert "</html>" in answer.text
    assert "\x00" not in answer.text


def test_html_in_a_question_stays_words(public: Api) -> None:
    evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    for query in ({"q": evil}, {"q": "food", "place": evil}, {"q": evil, "lang": "es"}):
        answer = page(public, f"/search?{urlencode(query)}").text
        assert "<script>alert" not in answer and "<img src=x" not in answer
        assert "&lt;script&gt;" in answer


def test_a_question_is_kept_nowhere(public: Api) -> None:
    answer = page(public, "/search?q=food")
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers and "set-cookie" not in answer.headers
    assert '<meta name="robots" content="noindex">' in answer.text


def test_the_form_keeps_what_was_asked(public: Api) -> None:
    answer = page(public, "/search?q=rent+help&place=Lisle&open_now=1&need=rent").text
    assert 'value="rent help"' in answer and 'value="Lisle"' in answer
    assert '<option value="rent" selected>' in answer
    assert 'value="1" checked' in answer


def test_who_reads_spanish_is_first_led_to_who_speaks_it(public: Api) -> None:
    spanish = page(public, "/search?need=legal&lang=es").text
    assert '<option value="es" selected>' in spanish
    chosen = page(public, "/search?need=legal&lang=es&language=").text
    assert '<option value="es" selected>' not in chosen


def test_an_empty_directory_says_so_and_names_211(api: Api) -> None:
    said = words(page(api, "/search?q=food"))
    assert "Call 211" in said
    assert "Call 211" in words(page(api, "/needs/food"))


def test_tidy_cuts_and_cleans() -> None:
    assert tidy(" a\x00b\r\nc\ud800d ", 10) == "a b c d"
    assert tidy("x" * 10_000, 300) == "x" * 300


def test_what_was_asked_can_be_asked_again() -> None:
    from starlette.datastructures import QueryParams

    asked = Asked("a & b", "Lisle", "food", "pl", True, 3)
    address = asked.address()
    assert asked_from(QueryParams(address.partition("?")[2])) == asked
    assert asked_from(QueryParams("q=x&language="), usual_language="es").language == ""
