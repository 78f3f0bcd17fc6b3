"""The intent classifier: rasa_components.kernel_ridge as a Rasa component.

Reads the dense sentence feature of SentenceFeaturizer and the sparse ones of the count vectors.
A block of training texts may name, beside its intent, others in its metadata:

- `also: [benefits]`: an expert would accept these as well; they take part of the text's weight.
- `and: [rent]`: the text asks for these too; they count nearly as much as the intent.
- `risk: suicide`: which danger a text of the intent `danger` speaks of.
- `answer: better`: what a text of the intent `checkin` answers to a check-in.

Three intents stand apart from the others and compete with none. A text is danger when the scores
of all risks together reach `danger_from`, else an opt-out when its score reaches `opt_out_from`,
however likely something else is; bot/safety and bot/sms have looked first with plain rules, and
decide alone when this is down. What a text would answer to a check-in is only told: whether one is
open is known to the application alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.constants import INTENT, METADATA, METADATA_INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa_components.kernel_ridge import KernelRidge
from scipy.sparse import csr_matrix, vstack

FILE = "kernel_ridge.npz"
DANGER, OPT_OUT, CHECKIN = "danger", "opt_out", "checkin"
# Their own thresholds have decided; the one for unclear texts must not take it back.
DECIDED = 1.0
# The intents that stand apart, and the metadata that tells their texts apart.
KINDS = {DANGER: "risk", CHECKIN: "answer"}
# What labels that fit as well take of a text's weight, all together.
ALSO_SHARE = 0.35
# What each further need counts in a text that asks for several.
AND_SHARE = 0.8
RANKING_LENGTH = 10


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class KernelRidgeIntentClassifier(IntentClassifier, GraphComponent):
    """Names the intent of a text, with a ranking of the ten likeliest.

    Each of the ranking has a `confidence` (they add up to one over all intents) and a `score`
    (near 1 where the intent fits, whatever else fits too). Each message has `danger`:
    `{"risk", "score", "raised"}`, and `checkin`: `{"answer", "score"}`, the likeliest.
    """

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: KernelRidge | None = None,
    ) -> None:
        self._counters: list[str] = config["counters"]
        self._temperature: float = config["temperature"]
        self._danger_from: float = config["danger_from"]
        self._opt_out_from: float = config["opt_out_from"]
        self._model_storage = model_storage
        self._resource = resource
        self._model = model
        self._intents: dict[str, int] = {}
        self._apart: dict[str, dict[str, int]] = {}
        if model is not None:
            self._sort_labels(model.labels)

    @classmethod
    def required_components(cls) -> list[type]:
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`counters`: the aliases of the count vectors to read, each weighted on its own.

        `temperature`: how far apart two scores must be for one to be e times as likely.
        `danger_from`, `opt_out_from`: the scores from which a text is taken for these.
        """
        return {"counters": [], "temperature": 0.1, "danger_from": 0.5, "opt_out_from": 0.5}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> KernelRidgeIntentClassifier:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> KernelRidgeIntentClassifier:
        with model_storage.read_from(resource) as folder, np.load(folder / FILE) as arrays:
            return cls(config, model_storage, resource, KernelRidge.from_arrays(dict(arrays)))

    def train(self, training_data: TrainingData) -> Resource:
        examples = [e for e in training_data.intent_examples if e.get(TEXT) and e.get(INTENT)]
        answers = [answer_of(example) for example in examples]
        self._model = KernelRidge.fit(_vectors(examples), self._counts(examples), answers)
        self._sort_labels(self._model.labels)
        with self._model_storage.write_to(self._resource) as folder:
            np.savez_compressed(folder / FILE, **self._model.arrays())
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent, its ranking and a danger on each message that has features."""
        for message in messages:
            if message.features_present(TEXT):
                self._judge(message)
            else:
                nothing = {"name": None, "confidence": 0.0}
                message.set("intent", nothing, add_to_output=True)
                message.set("intent_ranking", [nothing], add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Later components of the pipeline don't learn from our answers."""
        return training_data

    def _judge(self, message: Message) -> None:
        if self._model is None:
            raise RasaException("the classifier is used before it was trained or loaded")
        scores = self._model.scores(_vectors([message]), self._counts([message]))[0]
        ranking = self._ranking(scores)
        intent = ranking[0]
        danger, together = self._apart_from(DANGER, scores)
        _, opting_out = self._apart_from(OPT_OUT, scores)
        if danger is not None:
            found = {"risk": danger, "score": together, "raised": together >= self._danger_from}
            message.set(DANGER, found, add_to_output=True)
        if together >= self._danger_from:
            intent = {"name": DANGER, "confidence": DECIDED}
        elif opting_out >= self._opt_out_from:
            intent = {"name": OPT_OUT, "confidence": DECIDED}
        answer, _ = self._apart_from(CHECKIN, scores)
        if answer is not None:
            own = float(scores[self._apart[CHECKIN][answer]])
            message.set(CHECKIN, {"answer": answer, "score": own}, add_to_output=True)
        message.set("intent", intent, add_to_output=True)
        message.set("intent_ranking", ranking, add_to_output=True)

    def _ranking(self, scores: np.ndarray) -> list[dict[str, Any]]:
        names, places = list(self._intents), list(self._intents.values())
        own = scores[places]
        shares = np.exp((own - own.max()) / self._temperature)
        shares /= shares.sum()
        best = np.argsort(-own)[:RANKING_LENGTH]
        return [
            {"name": names[i], "confidence": float(shares[i]), "score": float(own[i])} for i in best
        ]

    def _apart_from(self, intent: str, scores: np.ndarray) -> tuple[str | None, float]:
        """The likeliest kind of an intent that stands apart, and the score of all its kinds."""
        kinds = {kind: float(scores[place]) for kind, place in self._apart.get(intent, {}).items()}
        return max(kinds, key=lambda kind: kinds[kind], default=None), sum(kinds.values())

    def _sort_labels(self, labels: tuple[str, ...]) -> None:
        for place, label in enumerate(labels):
            intent, apart, kind = label.partition("/")
            if apart:
                self._apart.setdefault(intent, {})[kind] = place
            else:
                self._intents[intent] = place

    def _counts(self, messages: list[Message]) -> list[csr_matrix]:
        found = [
            [message.get_sparse_features(TEXT, [name])[1].features for message in messages]
            for name in self._counters
        ]
        return [rows[0].tocsr() if len(rows) == 1 else vstack(rows, "csr") for rows in found]


def answer_of(example: Message) -> dict[str, float]:
    """The labels of a training text and how far each counts; a risk's label is `danger/suicide`."""
    metadata = (example.get(METADATA) or {}).get(METADATA_INTENT) or {}
    intent = example.get(INTENT)
    if intent in KINDS:
        return {f"{intent}/{metadata[KINDS[intent]]}": 1.0}
    if intent == OPT_OUT:
        return {f"{OPT_OUT}/stop": 1.0}
    also = metadata.get("also", [])
    shares = {label: ALSO_SHARE / len(also) for label in also}
    further = dict.fromkeys(metadata.get("and", []), AND_SHARE)
    return {**shares, **further, intent: 1.0 - sum(shares.values())}


def _vectors(messages: list[Message]) -> np.ndarray:
    return np.vstack([message.get_dense_features(TEXT)[1].features for message in messages])
