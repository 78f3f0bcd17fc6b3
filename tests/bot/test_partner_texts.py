"""What partners text about requests: "A1", "A2 full", a question, a waiting list."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.partner_said import Said
from bot.partner_texts import Reply, Which, answer, read, read_reason
from bot.sms.segments import segments
from bot.turn import PartnerReferral, Situation
from bot.wording import say
from directory.messages.models import AnsweredBy
from directory.referrals.states import Status
from tests.bot.talking import DANGER, EN, NOBODY, after_a_list, respond
from tests.fakes import MORNING

A = PartnerReferral("A", "referral-a", "contact-1", Status.REQUESTED, MORNING)
B = PartnerReferral("B", "referral-b", "contact-1", Status.REQUESTED, MORNING)
TAKEN = replace(A, status=Status.ACCEPTED)
ENDED = replace(B, status=Status.REJECTED)


def at(*referrals: PartnerReferral, **changes: object) -> Situation:
    return replace(NOBODY, at_partner=referrals, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "words", "texts"),
    [
        (Said.ACCEPT, "", ["A1", "a1", "A 1", "a-1", "A: 1", "(A) 1", "A1.", " a1 "]),
        (Said.DECLINE, "", ["A2", "a 2", "A2!"]),
        (Said.DECLINE, "full till june", ["A2 full till june", "a2: full till june"]),
        (Said.DONE, "", ["A3", "a 3"]),
        (Said.ASK, "does she speak English?", ["A4 does she speak English?",
                                               "A does she speak English?"]),
        (Said.ASK, "", ["A4"]),
    ],
)  # fmt: skip
def test_letter_and_number_say_it(said: Said, words: str, texts: list[str]) -> None:
    for text in texts:
        assert read(text, [A, B]) == Reply(A, said, words), text


@pytest.mark.parametrize(
    ("said", "texts"),
    [
        (Said.ACCEPT, ["A accept", "A yes", "A: we can take it", "A aceptamos"]),
        (Said.DECLINE, ["A no", "A we are full", "A sorry, we can't", "A decline: out of area"]),
        (Said.DONE, ["A done", "A completed", "A closed", "a terminado"]),
        (Said.HOLD, ["A hold", "A waiting list till May", "A on our waitlist", "A lista de espera",
                     "A yes but there is a waiting list"]),
        (Said.ASK, ["A question what is her zip", "A: he did not pick up, should we go on"]),
    ],
)  # fmt: skip
def test_letter_and_words_say_it_too(said: Said, texts: list[str]) -> None:
    for text in texts:
        found = read(text, [A, B])
        assert isinstance(found, Reply), text
        assert (found.referral, found.said) == (A, said), text


@pytest.mark.parametrize(
    "words",
    ["3pm tomorrow works", "1:30 pm works", "1 bed left, need answer by 5", "2 questions first",
     "1 question: does he drive?", "2 beds free tonight, send her", "2pm ok?", "2-3 weeks",
     "2 other things", "2morrow works", "2 more days please", "2 p.m. is fine", "2?", "1?",
     "2 camas libres", "3 preguntas", "1 semana", "2 de la tarde", "2 info", "4 beds",
     "1 if she has an ID", "3 but she needs more", "2 we can take her", "2 send her over"],
)  # fmt: skip
def test_a_number_that_counts_or_asks_is_for_the_clinician(words: str) -> None:
    assert read(f"A {words}", [A, B]) == Reply(A, Said.ASK, words)
    assert read(f"A{words}", [A, B]) == Reply(A, Said.ASK, words)


@pytest.mark.parametrize(
    "words",
    ["closed today, will call Monday", "met her today, will see her again friday",
     "done with intake, next step friday", "sorry for the delay, we accept",
     "no longer full, can take him", "not full, send him", "full name?", "full name and dob",
     "full address please", "can't reach her", "no answer when we called", "no show",
     "we dont have her number", "unfortunately she did not answer", "hold on, let me check",
     "waiting list is full", "we have no room for her things", "we got no answer",
     "i have a question", "accepted if she has an ID", "we accept only women",
     "we can't take her today but tomorrow is ok", "no, we can take her",
     "lo siento por la demora, aceptamos", "no contesta", "cerrado hoy, llamo el lunes",
     "no podemos localizarla", "no puedo comunicarme con ella", "ya no estamos llenos"],
)  # fmt: skip
def test_what_is_not_plainly_an_answer_is_for_the_clinician(words: str) -> None:
    assert read(f"A {words}", [A, B]) == Reply(A, Said.ASK, words)


def test_a_small_letter_before_an_answer_is_the_letter() -> None:
    words = "no answer when we called"
    assert read(f"a {words}", [A, B]) == Reply(A, Said.ASK, words)


@pytest.mark.parametrize(
    ("said", "texts"),
    [
        (Said.ACCEPT, ["A1 thanks", "A1 yes we can", "A1, thank you!", "A1 gracias",
                       "A Yes! Thanks!", "A no problem, we'll take her",
                       "A we will call her", "A si, la aceptamos"]),
        (Said.DONE, ["A3 thanks", "A3 all done", "A met her", "A it's done, thanks", "A3 gracias"]),
        (Said.DECLINE, ["A no thanks", "A No. We are full.", "A sorry but we are full", "A no beds",
                        "A we're full until June", "A can't take her", "A she's not eligible",
                        "A sorry, we only take veterans", "A no hay cupo", "A no podemos ayudarla",
                        "A lo siento, no podemos aceptar", "A we are not able to take her"]),
        (Said.HOLD, ["A on hold until Monday", "A waiting list, about 3 weeks"]),
    ],
)  # fmt: skip
def test_what_is_said_plainly_still_counts(said: Said, texts: list[str]) -> None:
    for text in texts:
        found = read(text, [A, B])
        assert isinstance(found, Reply), text
        assert (found.referral, found.said) == (A, said), text


@pytest.mark.parametrize(
    "reason",
    ["full for 2 weeks", "no beds", "all beds taken", "we only take veterans", "not our area",
     "no aceptamos hombres", "lo siento no podemos aceptarla", "we dont take men"],
)  # fmt: skip
def test_a_decline_by_number_keeps_its_reason(reason: str) -> None:
    assert read(f"A2 {reason}", [A, B]) == Reply(A, Said.DECLINE, reason)
    assert read(f"2 {reason}", [A]) == Reply(A, Said.DECLINE, reason)


@pytest.mark.parametrize(
    "text",
    ["2 beds free", "2 questions first", "2pm ok?", "3pm tomorrow works", "1 bed left", "2?",
     "done?", "2 camas libres", "2 hours"],
)  # fmt: skip
def test_without_a_letter_what_counts_or_asks_is_for_the_clinician(text: str) -> None:
    assert read(text, [A]) == Reply(A, Said.ASK, text)
    assert read(text, [TAKEN]) == Reply(TAKEN, Said.ASK, text)


@pytest.mark.parametrize("text", ["1", "2", "3", "accept", "full", "done", "#1", "2 we are full"])
def test_without_a_letter_it_counts_where_one_request_is_open(text: str) -> None:
    found = read(text, [A, ENDED])
    assert isinstance(found, Reply)
    assert found.referral == A
    assert read(text, [A, B]) == Which((A, B))
    assert read(text, [ENDED]) is None


@pytest.mark.parametrize(
    "text",
    ["food 60540", "a friend needs food 60540", "thanks", "hello", "C1", "we need a lawyer",
     "is there a shelter in 60540?", "", "60540", "ok", "be 2 there",
     "3 kids need food", "1 shelter near me", "1 and 3"],
)  # fmt: skip
def test_what_speaks_of_no_request_goes_on_to_the_ordinary_conversation(text: str) -> None:
    assert read(text, [A]) is None


def test_yes_and_no_answer_a_new_request_only() -> None:
    assert read("yes", [A]) == Reply(A, Said.ACCEPT, "")
    assert read("yes", [TAKEN]) is None
    assert read("3", [TAKEN]) == Reply(TAKEN, Said.DONE, "")
    assert read("2 no answer so far", [TAKEN]) == Reply(TAKEN, Said.DECLINE, "no answer so far")


def test_a_letter_that_is_used_again_means_the_one_that_waits() -> None:
    again = replace(ENDED, code="A")
    assert read("A1", [again, A]) == Reply(A, Said.ACCEPT, "")
    assert read("A1", [again]) == Reply(again, Said.ACCEPT, "")  # told what became of it


@pytest.mark.parametrize(
    ("text", "reason"),
    [("1", "Full."), ("3", "Not our area."), ("full till june", "full till june"),
     ("7", None), ("does she have a car?", None), ("", None)],
)  # fmt: skip
def test_a_reason_is_read(text: str, reason: str | None) -> None:
    assert read_reason(text) == reason


def test_which_one_is_asked_with_the_letters_that_wait() -> None:
    turn = answer("1", at(A, B))
    assert turn is not None
    assert turn.replies == (say("partner_which", EN, codes="A, B", code="A"),)
    assert turn.deeds == ()


def test_a_number_after_a_list_picks_from_the_list() -> None:
    listed = after_a_list(at_partner=(replace(A, asked_at=MORNING - timedelta(hours=1)),))
    assert answer("1", listed) is None
    assert answer("A1", listed) is not None
    newer = replace(A, asked_at=MORNING + timedelta(minutes=1))
    turn = answer("1", replace(listed, at_partner=(newer,), now=MORNING + timedelta(minutes=2)))
    assert turn is not None
    assert turn.deeds


def test_danger_and_the_keywords_come_first() -> None:
    assert respond(DANGER, at(A)).answered_by is AnsweredBy.SAFETY
    assert respond(f"A2 {DANGER}", at(A)).answered_by is AnsweredBy.SAFETY
    assert respond("stop", at(A)).replies == (say("stopped", EN),)
    assert respond("help", at(A)).replies == (say("help", EN),)


def test_an_empty_question_is_asked_for() -> None:
    assert respond("A4", at(A)).replies == (say("partner_ask_what", EN, code="A"),)


@given(st.text(max_size=200), st.lists(st.sampled_from([A, B, TAKEN, ENDED]), max_size=3))
def test_no_text_makes_it_raise_and_only_their_own_are_meant(
    text: str, referrals: list[PartnerReferral]
) -> None:
    found = read(text, referrals)
    if isinstance(found, Reply):
        assert found.referral in referrals
    elif found is not None:
        assert set(found.referrals) <= {each for each in referrals if each.is_open}
    answer(text, at(*referrals))


@given(st.sampled_from("ABCDEFGHJKLMNPQRSTUVWXYZ"), st.integers(1, 4), st.sampled_from(["", " "]))
def test_every_letter_can_be_answered(letter: str, number: int, gap: str) -> None:
    mine = replace(A, code=letter)
    found = read(f"{letter.lower()}{gap}{number}", [mine])
    assert isinstance(found, Reply)
    assert found.referral == mine


def test_of_many_that_wait_the_first_letters_are_named() -> None:
    many = [replace(A, code=code) for code in ("AB", *"ZYXWVUTSRQPNM", "A")]
    turn = answer("1", at(*many))
    assert turn is not None
    assert "Waiting: A, M, N, P," in turn.replies[0]
    assert "... Text its letter" in turn.replies[0]
    assert segments(turn.replies[0]) <= 2


def test_a_request_without_a_letter_is_answered_by_its_link() -> None:
    turn = answer("1", at(replace(A, code="")))
    assert turn is not None
    assert (turn.replies, turn.deeds) == ((say("partner_by_link", EN),), ())
    beside = answer("1", at(replace(A, code=""), B))
    assert beside is not None
    assert beside.replies == (say("partner_which", EN, codes="B", code="B"),)
