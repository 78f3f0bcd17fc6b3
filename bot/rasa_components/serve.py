"""Starts Rasa without TensorFlow: `python -m rasa_components.serve run …`, else as `rasa run …`.

Rasa imports every component that it knows, those of no use to us too, and TensorFlow with them:
345 of the 525 MB that it has before a model is loaded, and two of its four seconds. No component of
bot/config.yml needs it. Here stand-ins are imported in its place, good enough to define classes
from. To make an object of such a class is an error, so a pipeline with one of Rasa's TensorFlow
models fails as it is loaded and not in the middle of a turn.
"""

from __future__ import annotations

import os
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

ABSENT = frozenset(
    {"tensorflow", "tensorflow_addons", "tensorflow_hub", "tensorflow_text", "keras"}
)


class TensorFlowAbsentError(RuntimeError):
    """Something that needs TensorFlow was used."""


class _Kind(type):
    """What stand-ins are instances of: classes whose every attribute is the stand-in again."""

    def __getattr__(cls, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return StandIn

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls is StandIn:  # `@tf.function(…)` above a method
            return _same
        raise TensorFlowAbsentError(
            f"{cls.__module__}.{cls.__qualname__} needs TensorFlow, and Rasa was started without: "
            "take it out of bot/config.yml, or start Rasa with `python -m rasa run`"
        )


class StandIn(metaclass=_Kind):
    """Any class or decorator of TensorFlow."""


def _same(function: Any) -> Any:
    return function


class _Module(ModuleType):
    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return StandIn


class _StandIns(MetaPathFinder, Loader):
    """Finds a stand-in for each module of ABSENT."""

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if fullname.partition(".")[0] not in ABSENT:
            return None
        return ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing in it."""


def install() -> None:
    """Put stand-ins in TensorFlow's place, before Rasa is imported."""
    sys.meta_path.insert(0, _StandIns())


def main() -> None:
    """Run Rasa's own program.

    As bot/rasa_server.py says, yet here for whoever starts it without: a container's environment
    must not bring what people text into a log either.
    """
    os.environ.update(LOG_LEVEL="INFO", LOG_LEVEL_LIBRARIES="ERROR")
    install()
    from rasa.__main__ import main as rasa  # noqa: PLC0415  (only now that they are in place)

    rasa()


if __name__ == "__main__":
    main()
