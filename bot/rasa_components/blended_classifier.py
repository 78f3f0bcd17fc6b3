"""The intent classifier: the blend of rasa_components.blend as a Rasa component.

Reads the dense sentence feature of SentenceFeaturizer and the sparse ones of the count vectors.
A block of training texts may name, beside its intent, others that fit as well
(`metadata: {also: [benefits]}`): the text then counts partly as each of them.
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
from rasa_components.blend import Blend
from scipy.sparse import csr_matrix, vstack

FILE = "blend.npz"
# What an also-fitting label takes of a text's weight.
ALSO_SHARE = 0.35
RANKING_LENGTH = 10


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class BlendedIntentClassifier(IntentClassifier, GraphComponent):
    """Names the intent of a text, with a ranking of the ten likeliest."""

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        blend: Blend | None = None,
    ) -> None:
        self._counters: list[str] = config["counters"]
        self._model_storage = model_storage
        self._resource = resource
        self._blend = blend

    @classmethod
    def required_components(cls) -> list[type]:
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`counters`: the aliases of the count vectors to read, each weighted on its own."""
        return {"counters": []}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> BlendedIntentClassifier:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> BlendedIntentClassifier:
        with model_storage.read_from(resource) as folder, np.load(folder / FILE) as arrays:
            return cls(config, model_storage, resource, Blend.from_arrays(dict(arrays)))

    def train(self, training_data: TrainingData) -> Resource:
        examples = [e for e in training_data.intent_examples if e.get(TEXT) and e.get(INTENT)]
        answers = [_answer(example) for example in examples]
        self._blend = Blend.fit(_vectors(examples), self._counts(examples), answers)
        with self._model_storage.write_to(self._resource) as folder:
            np.savez_compressed(folder / FILE, **self._blend.arrays())
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent and its ranking on each message that has features."""
        if self._blend is None:
            raise RasaException("the classifier is used before it was trained or loaded")
        for message in messages:
            ranking = self._ranking(message)
            message.set("intent", ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Later components of the pipeline don't learn from our answers."""
        return training_data

    def _ranking(self, message: Message) -> list[dict[str, Any]]:
        if not message.features_present(TEXT):
            return [{"name": None, "confidence": 0.0}]
        shares = self._blend.probabilities(_vectors([message]), self._counts([message]))[0]
        best = np.argsort(-shares)[:RANKING_LENGTH]
        return [{"name": self._blend.labels[i], "confidence": float(shares[i])} for i in best]

    def _counts(self, messages: list[Message]) -> list[csr_matrix]:
        return [
            vstack([m.get_sparse_features(TEXT, [name])[1].features for m in messages], "csr")
            for name in self._counters
        ]


def _answer(example: Message) -> dict[str, float]:
    metadata = (example.get(METADATA) or {}).get(METADATA_INTENT) or {}
    also = metadata.get("also", [])
    shares = {label: ALSO_SHARE / len(also) for label in also}
    return {**shares, example.get(INTENT): 1.0 - sum(shares.values())}


def _vectors(messages: list[Message]) -> np.ndarray:
    return np.vstack([message.get_dense_features(TEXT)[1].features for message in messages])
