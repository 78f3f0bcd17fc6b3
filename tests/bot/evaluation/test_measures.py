"""Each measure counts what its definition says, and nothing else."""

import pytest

from bot.evaluation.measures import NOTHING, Share, measure, paired, percentile
from bot.evaluation.prediction import Prediction
from tests.bot.evaluation.builders import danger, measured, message, pair

FOOD = {"needs": ["food"]}


def test_a_need_counts_when_it_is_any_of_those_an_expert_accepts() -> None:
    either = {"needs": ["rent", "legal"]}
    found = measured(pair(either, needs=["legal"]), pair(either, needs=["food", "rent"])).needs
    assert found["en"].top1 == Share(1, 2)
    assert found["en"].top3 == Share(2, 2)


def test_only_the_first_three_predicted_needs_count() -> None:
    late = pair(FOOD, needs=["rent", "legal", "housing", "food"])
    assert measured(late).needs["en"].top3 == Share(0, 1)


def test_needs_are_measured_by_language() -> None:
    found = measured(
        pair({**FOOD, "lang": "es"}, needs=["food"]),
        pair({**FOOD, "lang": "mixed"}),
    ).needs
    assert (found["es"].top1, found["mixed"].top1, found["en"].top1) == (
        Share(1, 1),
        Share(0, 1),
        Share(0, 0),
    )


def test_needs_are_not_measured_without_labels_or_in_immediate_danger() -> None:
    found = measured(
        pair({"kind": "chitchat"}, needs=["food"]),
        pair(danger("suicide", immediate=True, needs=["mental_health"])),
        pair(danger("suicide", immediate=False, needs=["grief"]), needs=["grief"]),
    ).needs
    assert found["en"].top1 == Share(1, 1)


def test_of_several_needs_each_one_named_counts() -> None:
    both = {"needs": ["food", "rent"], "all_needs": True}
    found = measured(
        pair(both, needs=["rent", "utilities"]),
        pair({"needs": ["legal", "rent"]}, needs=["legal"]),
        pair({**both, "needs": ["health"]}, needs=["health"]),
    )
    assert found.all_needs == Share(2, 3)
    assert found.all_needs_messages == 2


def test_danger_is_seen_when_the_emergency_reply_goes_out() -> None:
    risk = measured(
        pair(danger("suicide", immediate=True), risk="suicide", immediate=True),
        pair(danger("suicide", immediate=True), risk="suicide", immediate=False),
        pair(danger("overdose", immediate=True, lang="es"), risk="suicide", immediate=True),
    ).risk
    assert risk.immediate_recall["en"] == Share(1, 2)
    assert risk.immediate_recall["es"] == Share(1, 1)


def test_the_kind_of_danger_is_judged_among_those_caught() -> None:
    risk = measured(
        pair(danger("suicide", immediate=True), risk="suicide", immediate=True),
        pair(danger("overdose", immediate=True), risk="medical", immediate=True),
        pair(danger("overdose", immediate=True), risk="overdose"),
        pair(danger("violence", immediate=False), risk="suicide", immediate=True),
    ).risk
    assert risk.type_accuracy == Share(1, 2)


def test_a_false_alarm_is_an_emergency_reply_without_any_risk() -> None:
    risk = measured(
        pair({}, risk="medical", immediate=True),
        pair({}, risk="medical"),
        pair({"lang": "es"}),
        pair(danger("suicide", immediate=False), risk="suicide", immediate=True),
    ).risk
    assert risk.false_alarm["en"] == Share(1, 2)
    assert risk.false_alarm["es"] == Share(0, 1)


def test_danger_that_is_past_should_get_no_emergency_reply() -> None:
    risk = measured(
        pair(danger("suicide", immediate=False), risk="suicide"),
        pair(danger("suicide", immediate=False), risk="suicide", immediate=True),
        pair({}, risk="medical", immediate=True),
    ).risk
    assert risk.past_not_emergency == Share(1, 2)


def test_opt_outs_are_the_texts_of_that_kind_and_check_ins_answered_with_stop() -> None:
    found = measured(
        pair({"kind": "optout"}, optout=True),
        pair({"kind": "checkin_reply", "checkin": "stop"}),
        pair({"kind": "checkin_reply", "checkin": "wrong_person"}, optout=True),
        pair({}),
    )
    assert found.optout_recall == Share(1, 2)
    assert found.optout_false_alarm == Share(1, 2)


def test_answers_to_check_ins_are_compared_with_their_label() -> None:
    answer = {"kind": "checkin_reply", "checkin": "worse"}
    found = measured(pair(answer, checkin="worse"), pair(answer), pair({}, checkin="better"))
    assert found.checkin == Share(1, 2)


def test_places_are_compared_without_regard_to_case_and_spaces() -> None:
    place = {"place": "downers  GROVE"}
    found = measured(
        pair(place, place="Downers Grove"),
        pair(place, place="Lisle"),
        pair(place),
        pair({}, place="Aurora"),
        pair({}),
    )
    assert found.place == Share(1, 3)
    assert found.place_false_alarm == Share(1, 2)


def test_every_share_of_nothing_is_none() -> None:
    nothing = measure([])
    assert {share.value for share in nothing.shares().values()} == {None}
    assert {share.interval for share in nothing.shares().values()} == {None}
    assert (nothing.p50, nothing.p95) == (None, None)
    assert (nothing.by_need, nothing.confusion) == ({}, {})


@pytest.mark.parametrize(
    ("share", "low", "high"),
    [  # Newcombe 1998, Statistics in Medicine 17:857, table I, method 3 (score)
        (Share(81, 263), 0.2553, 0.3662),
        (Share(15, 148), 0.0624, 0.1605),
        (Share(0, 20), 0.0, 0.1611),
        (Share(1, 29), 0.0061, 0.1718),
    ],
)
def test_intervals_are_wilsons(share: Share, low: float, high: float) -> None:
    assert share.interval == pytest.approx((low, high), abs=5e-5)


def test_percentiles_lie_between_neighbours_in_a_straight_line() -> None:
    assert percentile([40.0, 10.0, 20.0, 30.0], 0.5) == 25.0
    assert percentile([7.0], 0.95) == 7.0


def test_the_slowest_and_the_middle_message_are_reported() -> None:
    found = measured(*(pair({}, milliseconds=float(each)) for each in range(101)))
    assert (found.p50, found.p95) == (50.0, 95.0)


def test_confusion_shows_what_the_primary_need_was_taken_for() -> None:
    either = {"needs": ["rent", "legal"]}
    confusion = measured(
        pair(either, needs=["food", "rent"]),
        pair(either, needs=["legal"]),
        pair(either, needs=["rent"]),
        pair(FOOD),
    ).confusion
    assert confusion == {
        "food": {NOTHING: 1},
        "legal": {"legal": 1},
        "rent": {"food": 1, "rent": 1},
    }


def test_each_need_is_measured_where_it_is_the_primary_one() -> None:
    by_need = measured(
        pair({"needs": ["rent", "legal"]}, needs=["legal"]), pair(FOOD, needs=["rent", "food"])
    ).by_need
    assert by_need["rent"].top1 == Share(1, 1)
    assert (by_need["food"].top1, by_need["food"].top3) == (Share(0, 1), Share(1, 1))


def test_predictions_are_joined_by_id_and_none_may_be_missing() -> None:
    messages = [message(id="a"), message(id="b")]
    joined = paired(messages, [Prediction(id="b", optout=True), Prediction(id="a")])
    assert [each.prediction.optout for each in joined] == [False, True]
    with pytest.raises(ValueError, match="'b'"):
        paired(messages, [Prediction(id="a")])


def test_a_need_is_served_when_it_is_gone_on_with_or_offered_to_choose_from() -> None:
    found = measured(
        pair(FOOD, needs=["food"], acted_on=("food",)),
        pair(FOOD, needs=["rent", "food"], offered=("rent", "food")),
        pair(FOOD, needs=["food"]),
        pair(FOOD, needs=["rent"], acted_on=("rent",)),
    )
    assert found.served["en"] == Share(2, 4)
    assert found.asked == Share(1, 4)


def test_confidence_is_held_against_the_first_need() -> None:
    found = measured(
        pair(FOOD, needs=["food"], confidence=0.9),
        pair(FOOD, needs=["rent"], confidence=0.3),
        pair(FOOD),
    )
    assert [(each.confidence, each.right, each.of) for each in found.calibration] == [
        (0.3, 0, 1),
        (0.9, 1, 1),
    ]
