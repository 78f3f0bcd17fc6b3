"""The second net: it raises where no rule did, and its absence changes nothing."""

from dataclasses import replace

import pytest

from bot.checkin_answers import CheckinAnswer, read_answer
from bot.rasa_client import OPT_OUT, Look, Seen
from bot.safety.replies import approved
from bot.safety.screen import NET, Danger, Risk, screen
from bot.second_net import (
    AGREES_WITH_A_HINT,
    SURE_DESPITE_THE_RULES,
    as_answer,
    as_danger,
    is_sentence,
    likely_needs,
)
from bot.sms.keywords import keyword
from bot.turn import ConsentChange, Situation
from bot.wording import say
from directory.messages.models import AnsweredBy
from directory.search import needs_in
from directory.tasks.models import TaskKind
from tests.bot.talking import CHECKIN, EN, NOBODY, conversation, found, later

# No rule sees anything in it.
UNSEEN = "the pond behind our house looks so deep tonight"
SEEN = Look(danger=Seen("suicide", 0.8))


def test_no_rule_sees_the_danger_of_these_tests() -> None:
    assert screen(UNSEEN) is None


@pytest.mark.parametrize(
    "situation",
    [NOBODY, replace(NOBODY, checkin=CHECKIN)],
    ids=["nothing open", "an open check-in"],
)
def test_what_the_net_sees_is_answered_as_danger(situation: Situation) -> None:
    talk, rasa = conversation({"say": "danger"})
    rasa.sees = SEEN
    turn = talk.respond_to(UNSEEN, situation)
    assert turn.replies[0] == approved(Risk.SUICIDE, EN).text
    assert [task.kind for task in turn.tasks] == [TaskKind.DANGER]
    assert turn.answered_by is AnsweredBy.SAFETY
    assert turn.understood.danger == Danger(Risk.SUICIDE, immediate=True, rule=NET)


def test_the_note_for_staff_says_that_no_rule_decided() -> None:
    talk, rasa = conversation({"say": "danger"})
    rasa.sees = SEEN
    (task,) = talk.respond_to(UNSEEN, NOBODY).tasks
    assert task.note is not None
    assert task.note.endswith(f": {UNSEEN} (rule {NET})")


def test_an_answer_to_a_check_in_is_looked_at_even_if_it_reads_as_fine() -> None:
    talk, rasa = conversation()
    rasa.sees = SEEN
    turn = talk.respond_to("better now, gave the cat and all my tools away", checked_in())
    assert turn.answered_by is AnsweredBy.SAFETY
    assert [task.kind for task in turn.tasks] == [TaskKind.DANGER]


def test_a_number_or_a_word_in_answer_to_a_check_in_asks_nobody() -> None:
    talk, rasa = conversation()
    rasa.sees = SEEN
    assert talk.respond_to("1", checked_in()).answered_by is AnsweredBy.CHECKIN
    assert rasa.asked == []


def test_who_has_opted_out_gets_no_text_but_a_person_looks() -> None:
    talk, rasa = conversation()
    rasa.sees = SEEN
    turn = talk.respond_to(UNSEEN, replace(NOBODY, opted_out=True))
    assert turn.replies == ()
    assert [task.kind for task in turn.tasks] == [TaskKind.OPTED_OUT_DANGER]


def test_stop_waits_for_no_net() -> None:
    talk, rasa = conversation()
    rasa.sees = SEEN
    turn = talk.respond_to("stop", NOBODY)
    assert turn.replies == (say("stopped", EN),)
    assert rasa.asked == []


@pytest.mark.parametrize("situation", [NOBODY, replace(NOBODY, opted_out=True)])
def test_without_the_net_the_rules_alone_decide(situation: Situation) -> None:
    talk, _ = conversation(down=True)
    assert talk.respond_to(UNSEEN, situation).understood.danger is None


def a_hint() -> str:
    """A text that only a hint of the rules matches."""
    text = "somebody filmed me in the shower"
    danger = screen(text)
    assert danger is not None and danger.immediate and danger.hint
    return text


def test_a_hint_of_the_rules_counts_when_the_net_sees_something_too() -> None:
    talk, rasa = conversation()
    rasa.sees = Look(danger=Seen("violence", AGREES_WITH_A_HINT, raised=False))
    assert talk.respond_to(a_hint(), NOBODY).answered_by is AnsweredBy.SAFETY


def test_a_hint_alone_is_no_emergency_when_the_net_sees_nothing() -> None:
    talk, rasa = conversation({"ask": "place", "needs": ["legal"]})
    rasa.sees = Look(danger=Seen("violence", 0.01, raised=False))
    turn = talk.respond_to(a_hint(), NOBODY)
    assert turn.answered_by is AnsweredBy.RASA
    assert turn.understood.danger is not None
    assert not turn.understood.danger.immediate


def test_a_hint_counts_when_the_net_cannot_be_asked() -> None:
    talk, _ = conversation(down=True)
    assert talk.respond_to(a_hint(), NOBODY).answered_by is AnsweredBy.SAFETY


def test_a_plain_rule_asks_no_net() -> None:
    talk, rasa = conversation()
    rasa.sees = Look(danger=Seen("violence", 0.0, raised=False))
    assert talk.respond_to("he has a gun and says he will shoot me", NOBODY).answered_by is (
        AnsweredBy.SAFETY
    )
    assert rasa.asked == []


def test_a_risk_without_an_approved_reply_is_no_danger() -> None:
    assert as_danger(Seen("boredom", 0.9), UNSEEN) is None
    assert as_danger(None, UNSEEN) is None


def test_a_few_words_are_no_sentence() -> None:
    assert not is_sentence("2 please")
    assert is_sentence("he took my keys again")


# No rule takes it for an opt-out either.
FED_UP = "my phone is for my job and nothing else, ok"


@pytest.mark.parametrize("situation", [NOBODY, replace(NOBODY, checkin=CHECKIN)])
def test_an_opt_out_that_only_the_net_sees_ends_our_texts(situation: Situation) -> None:
    assert keyword(FED_UP) is None
    talk, rasa = conversation({"say": "opt_out"})
    rasa.sees = Look(intent=OPT_OUT)
    turn = talk.respond_to(FED_UP, situation)
    assert turn.replies == (say("stopped", EN),)
    assert turn.consent is ConsentChange.STOP
    assert turn.understood.optout


@pytest.mark.parametrize("situation", [NOBODY, replace(NOBODY, checkin=CHECKIN)])
def test_the_net_ends_no_texts_that_are_plainly_wanted(situation: Situation) -> None:
    talk, rasa = conversation({"say": "opt_out"})
    rasa.sees = Look(intent=OPT_OUT)
    turn = talk.respond_to("please dont ever stop texting me", situation)
    assert turn.consent is None
    assert turn.replies and turn.replies != (say("stopped", EN),)


DENIED = "not going to hurt myself i just need food 60540"


@pytest.mark.parametrize(
    "text",
    [
        DENIED,
        "im not suicidal just need rent help 60540",
        "i dont want to die i just need insulin",
        "im not gonna hurt anybody i just need a ride",
        "i just need diapers, not suicidal",
        "no me voy a hacer daño solo necesito comida",
        "no quiero morir, nomas ocupo mi insulina",
        "no voy a lastimar a nadie solo necesito un aventon",
    ],
)
def test_nothing_but_a_denial_and_a_need_is_answered_with_the_need(text: str) -> None:
    (need, *_) = needs_in(text)
    talk, rasa = conversation(found(need))
    rasa.sees = Look(danger=Seen("suicide", 1.02))
    turn = talk.respond_to(text, NOBODY)
    assert turn.answered_by is AnsweredBy.RASA
    assert rasa.asked[-1]["metadata"]["chosen_need"] == need
    assert turn.understood.danger is not None
    assert not turn.understood.danger.immediate


def test_a_net_that_is_very_sure_counts_in_spite_of_a_denial() -> None:
    talk, rasa = conversation(found("food"))
    rasa.sees = Look(danger=Seen("suicide", SURE_DESPITE_THE_RULES))
    assert talk.respond_to(DENIED, NOBODY).answered_by is AnsweredBy.SAFETY


@pytest.mark.parametrize(
    "text",
    [
        "his mom here he is sleeping",
        "this is his mom, hes sleeping",
        "Hi this is her husband. She is at work right now, please text back later",
        "shes asleep this is her daughter",
        "soy su mama, esta dormido",
        "habla su esposa, el no esta ahorita, llame mas tarde",
    ],
)
def test_somebody_who_answers_for_a_sleeper_is_in_no_danger(text: str) -> None:
    talk, rasa = conversation({"say": "danger"})
    rasa.sees = Look(danger=Seen("sexual_assault", 0.81))
    turn = talk.respond_to(text, checked_in())
    assert turn.answered_by is not AnsweredBy.SAFETY
    assert TaskKind.DANGER not in [task.kind for task in turn.tasks]
    rasa.sees = Look(danger=Seen("sexual_assault", SURE_DESPITE_THE_RULES))
    assert talk.respond_to(text, checked_in()).answered_by is AnsweredBy.SAFETY


@pytest.mark.parametrize(
    "text",
    [
        "he is sleeping and i am scared",
        "this is his mom he is sleeping and i cant get him up from the couch",
        "her uncle is here she is sleeping he goes in her room",
        "soy su mama, esta dormida y el entra a su cuarto",
    ],
)
def test_a_sleeper_with_more_beside_it_is_looked_at_as_before(text: str) -> None:
    talk, rasa = conversation({"say": "danger"})
    rasa.sees = Look(danger=Seen("sexual_assault", 0.6))
    assert talk.respond_to(text, NOBODY).answered_by is AnsweredBy.SAFETY


@pytest.mark.parametrize(
    "text",
    [
        "not going to hurt myself tonight",
        "i dont want to die but i need someone to help me pay rent or its over",
        "im not suicidal i just dont see why i should keep going, need help with rent",
        "not going to hurt myself but the bridge looks nice. need a bus pass",
        "im not suicidal but i cut last night and need a doctor",
        "im not suicidal i just need food for my dog when im away for good",
        "not going to hurt myself i just need my pills",
        "not suicidal i just need to disappear",
        "no me voy a hacer daño",
        "no me quiero hacer daño pero no se que hacer",
        "no quiero morir solo necesito comida para aguantar hasta el viernes y ya",
    ],
)
def test_whoever_says_more_than_that_is_heard_as_before(text: str) -> None:
    talk, rasa = conversation(found("food"))
    rasa.sees = Look(danger=Seen("suicide", 0.6))
    assert talk.respond_to(text, NOBODY).answered_by is AnsweredBy.SAFETY


ODD = "the tulips came up"


@pytest.mark.parametrize(
    ("answer", "read"),
    [
        (Seen("better", 0.7), CheckinAnswer.BETTER),
        (Seen("better", 0.1), CheckinAnswer.UNCLEAR),
        (Seen("elated", 0.9), CheckinAnswer.UNCLEAR),
        (Seen("wrong_person", 0.9), CheckinAnswer.UNCLEAR),
        (Seen("stop", 0.9), CheckinAnswer.UNCLEAR),
        (None, CheckinAnswer.UNCLEAR),
    ],
)
def test_an_answer_that_no_phrase_reads_is_sorted_when_the_net_is_sure(
    answer: Seen | None, read: CheckinAnswer
) -> None:
    assert as_answer(answer) is read
    assert read_answer(ODD) is CheckinAnswer.UNCLEAR
    talk, rasa = conversation()
    rasa.sees = Look(checkin=answer)
    assert talk.respond_to(ODD, checked_in()).checkin_answer is read


@pytest.mark.parametrize("text", ["no one ever called me like you said", "nadie me ha llamado"])
def test_a_complaint_is_read_by_a_person_and_the_check_ins_stay(text: str) -> None:
    talk, rasa = conversation()
    rasa.sees = Look(checkin=Seen("wrong_person", 0.9))
    turn = talk.respond_to(text, checked_in())
    assert turn.checkin_answer is not CheckinAnswer.WRONG_PERSON
    assert turn.consent is None
    assert [task.kind for task in turn.tasks] == [TaskKind.CALL_BACK]


def test_what_a_phrase_reads_the_net_does_not_change() -> None:
    talk, rasa = conversation()
    rasa.sees = Look(checkin=Seen("better", 0.9))
    turn = talk.respond_to("honestly it got worse again", checked_in())
    assert turn.checkin_answer is CheckinAnswer.WORSE


def test_who_reads_a_worse_answer_is_told_what_it_may_be_about() -> None:
    talk, rasa = conversation()
    rasa.ranking = (("rent", 0.7), ("thanks", 0.5), ("food", 0.1))
    turn = talk.respond_to("honestly it got worse again", checked_in())
    assert turn.tasks[0].note is not None
    assert "rent" in turn.tasks[0].note
    assert likely_needs(Look(ranking=rasa.ranking)) == ("rent",)


def test_after_a_worse_answer_a_likely_need_can_be_picked_at_once() -> None:
    talk, rasa = conversation(found("rent"))
    rasa.ranking = (("rent", 0.7),)
    turn = talk.respond_to("honestly it got worse again", checked_in())
    assert turn.replies[0].startswith(say("checkin_worse", EN))
    assert turn.understood.offered == ("rent",)
    picked = talk.respond_to("1", later(turn, checked_in(), checkin=None))
    assert rasa.asked[-1]["metadata"]["chosen_need"] == "rent"
    assert "Pantry 1" in picked.replies[0]


def checked_in() -> Situation:
    return replace(NOBODY, checkin=CHECKIN)
