"""Labelled messages and predictions that say only what a test is about."""

from typing import Any

from bot.evaluation.measures import Measures, Pair, measure
from bot.evaluation.messages import Kind, LabelledMessage
from bot.evaluation.prediction import Prediction
from bot.safety.risks import Risk


def message(**labels: Any) -> LabelledMessage:
    given = {"id": "m1", "text": "a text", **labels}
    for name, kind in (("kind", Kind), ("risk", Risk)):
        if given.get(name) is not None:
            given[name] = kind(given[name])
    given["needs"] = tuple(given.get("needs", ()))
    return LabelledMessage(**given)


def pair(labels: dict[str, Any] | None = None, /, **predicted: Any) -> Pair:
    labelled = message(**(labels or {}))
    predicted["needs"] = tuple(predicted.get("needs", ()))
    return Pair(labelled, Prediction(id=labelled.id, **predicted))


def danger(risk: str, *, immediate: bool, **labels: Any) -> dict[str, Any]:
    return {"kind": "risk", "risk": risk, "immediate": immediate, **labels}


def measured(*pairs: Pair) -> Measures:
    return measure(pairs)
