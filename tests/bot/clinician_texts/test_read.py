"""Reading a clinician's command: tolerant of slips, and never a guess."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clinician_texts.numbers import number_in
from bot.clinician_texts.read import (
    Acknowledge,
    Command,
    Help,
    LogVisit,
    Refer,
    Status,
    language_at_the_end,
    read,
    read_visit,
)
from directory.languages import Language
from directory.visits.models import CallType

PHONE = "+16305550123"
MH = CallType.MENTAL_HEALTH
OK = {"call_type": MH, "phone": PHONE}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("visit mh 630-555-0123 ok to text", LogVisit(**OK, safe_to_text=True)),
        ("VISIT MH (630) 555-0123 OK TO TEXT.", LogVisit(**OK, safe_to_text=True)),
        ("vist mh 6305550123 oktext", LogVisit(**OK, safe_to_text=True)),
        ("visti 630.555.0123 mh", LogVisit(**OK)),
        ("visit mh +1 630 555 0123 not ok to text", LogVisit(**OK, safe_to_text=False)),
        ("visit mh 630-555-0123 dont text, ref no",
         LogVisit(**OK, safe_to_text=False, referral=False)),
        ("visit mh 630-555-0123 not safe to text, referral ok",
         LogVisit(**OK, safe_to_text=False, referral=True)),
        ("visit mh 630-555-0123 ok to text es ref ok name Maria Lopez",
         LogVisit(**OK, safe_to_text=True, language=Language.ES, referral=True,
                  name="Maria Lopez")),
        ("visit mh 630-555-0123 name Jo Ann ref ok es",
         LogVisit(**OK, language=Language.ES, referral=True, name="Jo Ann")),
        ("visit mh 630-555-0123 m 34 apt", LogVisit(**OK, unread=("m", "34", "apt"))),
        ("visit dv 630-555-0123", LogVisit(CallType.DOMESTIC_VIOLENCE, PHONE)),
        ("visit elderly 630-555-0123", LogVisit(CallType.ELDERLY, PHONE)),
        ("visit su 630-555-0123", LogVisit(CallType.SUBSTANCE_USE, PHONE)),
        ("visit oc 630-555-0123", LogVisit(CallType.OTHER_CRISIS, PHONE)),
    ],
)  # fmt: skip
def test_a_visit_is_read(text: str, expected: Command) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "call_type", "phone"),
    [
        ("visit", None, None),
        ("visit 630-555-0123", None, PHONE),
        ("visit mh", MH, None),
        ("visit zz 630-555-0123", None, PHONE),
        ("visit mh su 630-555-0123", None, PHONE),  # which one?
        ("visit mh 630-555-012", MH, None),
        ("visit mh 630-555-01234", MH, None),
        ("visit mh 630-555-0123 or 630-555-0124", MH, None),  # whose?
    ],
)
def test_what_is_not_plain_is_left_open(
    text: str, call_type: CallType | None, phone: str | None
) -> None:
    found = read(text)
    assert isinstance(found, LogVisit)
    assert (found.call_type, found.phone) == (call_type, phone)


@pytest.mark.parametrize(
    "said", ["ok to text?", "not sure ok to text", "maybe ok to text", "not really ok to text", ""]
)
def test_a_doubt_is_no_yes_to_texts(said: str) -> None:
    found = read(f"visit mh 630-555-0123 {said}")
    assert isinstance(found, LogVisit)
    assert found.safe_to_text is not True


@given(
    st.permutations(["mh", "630-555-0123", "not ok to text", "ref ok", "es"]),
    st.sampled_from(["visit", "Visit", "VISIT", "vist", "visti", "viist"]),
)
def test_the_order_does_not_matter_and_a_no_stays_a_no(parts: list[str], command: str) -> None:
    found = read(f"{command} {', '.join(parts)}")
    assert found == LogVisit(MH, PHONE, safe_to_text=False, language=Language.ES, referral=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("refer 2 to 630-555-0123", Refer(2, PHONE)),
        ("Refer #2 to (630)555-0123", Refer(2, PHONE)),
        ("reffer 2 6305550123", Refer(2, PHONE)),
        ("ref 1 6305550123", Refer(1, PHONE)),
        ("refer 1 6305550123", Refer(1, PHONE)),  # the 1 is no country code
        ("refer 630-555-0123 to 2 lost job", Refer(2, PHONE, reason="lost job")),
        ("refer 2 to 630-555-0123 urgent groceries until payday",
         Refer(2, PHONE, urgent=True, reason="groceries until payday")),
        ("refer 2 to 630-555-0123 URGENT: no food", Refer(2, PHONE, urgent=True, reason="no food")),
        ("refer 2", Refer(2, None)),
        ("refer to 630-555-0123", Refer(None, PHONE)),
        ("refer 2 to 555-0123", Refer(2, None)),
        ("refer 2 to 630-555-0123 and 630-555-0124", Refer(2, None, reason="and")),
    ],
)  # fmt: skip
def test_a_referral_is_read(text: str, expected: Command) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["status", "Status?", "staus", "stauts", "my status"], Status()),
        (["help", "HELP", "commands", "?"], Help()),
        (["got it", "Got it!", "ack", "on it", "lo tengo"], Acknowledge(plainly=True)),
        (["1", "ok", "10-4", "copy"], Acknowledge(plainly=False)),
    ],
)
def test_short_commands_are_read(texts: list[str], expected: Command) -> None:
    for text in texts:
        assert read(text) == expected, text


@pytest.mark.parametrize(
    "text",
    ["shelter tonight m 34 60540", "detox 60563 es", "SI w/ plan 60540", "food", "2", "more",
     "visiting nurse 60540", "river 2 to 630-555-0123", "log cabin 60540", "v", "ref", "",
     "veteran housing", "statement of fact"],
)  # fmt: skip
def test_a_look_up_is_no_command(text: str) -> None:
    assert read(text) is None


def test_for_whom_a_look_up_is() -> None:
    assert language_at_the_end("detox 60563 es") == ("detox 60563", Language.ES)
    assert language_at_the_end("detox 60563 Spanish.") == ("detox 60563", Language.ES)
    assert language_at_the_end("detox 60563") == ("detox 60563", None)
    assert language_at_the_end("es") == ("es", None)


@given(st.text(max_size=300))
def test_no_text_makes_it_raise(text: str) -> None:
    read(text)
    read(f"visit {text}")
    read(f"refer {text}")
    number_in(text)
    language_at_the_end(text)


@given(st.text(alphabet="0123456789-() .+", max_size=40))
def test_a_number_is_one_plain_number_or_none(text: str) -> None:
    found = number_in(text)
    assert found.phone is None or found.phone.startswith("+")
    assert not (found.several and found.phone)


@given(st.integers(0, 99), st.sampled_from(["{}-{}-{}", "({}) {}-{}", "{}{}{}", "+1 {}.{}.{}"]))
def test_every_way_to_write_a_number_is_the_same_number(last: int, way: str) -> None:
    written = way.format("630", "555", f"01{last:02}")
    assert number_in(f"visit mh {written} ok").phone == f"+163055501{last:02}"


@pytest.mark.parametrize(
    "no",
    [
        "don\u2019t text",
        "isn\u2019t ok to text",
        "won\u2019t be safe to text",
        "wasnt ok to text",
        "refused texts",
        "declined texts",
        "w/o text",
        "unsafe to text",
    ],
)
@pytest.mark.parametrize("after", ["", " ok ref", ", ref ok"])
def test_a_no_to_texts_is_never_a_yes(no: str, after: str) -> None:
    read_so = read_visit(f"dv 630-555-0100 {no}{after}")
    assert (read_so.safe_to_text, read_so.referral) == (False, True if after else None)


@pytest.mark.parametrize(
    ("said", "safe_to_text", "referral"),
    [
        ("ok to text no ref", True, False),
        ("ok to text ref ok", True, True),
        ("ok ref no text", False, True),
        ("ref no, ok to text", True, False),
        ("text ok ref", None, None),  # whose the one ok is cannot be told
        ("refused referral ok to text", True, False),
        ("doesn\u2019t want texts", None, None),
    ],
)
def test_each_yes_and_no_is_of_its_own_word(
    said: str, safe_to_text: bool | None, referral: bool | None
) -> None:
    read_so = read_visit(f"mh 630-555-0100 {said}")
    assert (read_so.safe_to_text, read_so.referral) == (safe_to_text, referral)


@pytest.mark.parametrize(
    "name", ["Esperanza Ruiz", "Esteban", "Isaac", "Esther", "Isabel", "O'Brien"]
)
@pytest.mark.parametrize("before", ["name", "nombre", "name is", "name:"])
def test_a_name_keeps_its_first_letters(before: str, name: str) -> None:
    assert read_visit(f"mh 630-555-0100 {before} {name}").name == name


@pytest.mark.parametrize(
    ("written", "phone"),
    [
        ("+52 (631) 555-0100", "+526315550100"),
        ("+52 631 555 0100", "+526315550100"),
        ("52 631 555 0100", None),
        ("52-1-630-555-0100", None),
        ("+630 555 0100", None),  # a 1 was forgotten, or it is abroad
        ("+1 (630) 555-0100", "+16305550100"),
        ("1-630-555-0100", "+16305550100"),
    ],
)
def test_a_number_from_abroad_is_no_number_of_ours(written: str, phone: str | None) -> None:
    assert read_visit(f"mh {written} ok to text").phone == phone
