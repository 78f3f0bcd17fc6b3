"""Work that Rasa 3.6 repeats in every turn though it comes to the same each time.

`install()` replaces seven things, each measured; what is answered stays the same:

- Graphs of a few nodes were handed to dask's scheduler, with all inputs printed for a log line that
  nobody reads, three to five times a turn: 5 % of it. The nodes are called one after the other.
- To make an event from its stored form Rasa walked through all classes of events, for every event
  of the conversation (11 %). The class is looked for once for each kind.
- For every text the rules were gone through twice: by its words, then by its intent. No rule of
  ours goes by words, so the first round could find nothing (6 %).
- Which rules fit was found by trying each on every step of the conversation (8 %). Conversations
  are few in kind once they are seen as rules see them, so what was found is remembered.
- What was done was copied to the last of its lists for log lines that nobody reads (5 %). They get
  the thing itself.
- Each word of a text was counted on its own as well, for components that read a text word by word
  (6 %). There is none in our pipeline.
- Whether the domain is empty was found by making an empty one to compare it with, for every text
  (3 %). It is asked once.
"""

from __future__ import annotations

import json
from functools import cache
from graphlib import TopologicalSorter
from types import SimpleNamespace
from typing import Any

from rasa.core import processor
from rasa.core.actions import forms
from rasa.core.policies import rule_policy
from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.nlu.featurizers.sparse_featurizer.count_vectors_featurizer import CountVectorsFeaturizer
from rasa.shared.core.constants import ACTION_LISTEN_NAME, PREVIOUS_ACTION, USER
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ACTION_NAME, INTENT, TEXT
from scipy.sparse import spmatrix

_find_action = RulePolicy._find_action_from_rules
_get_possible_keys = RulePolicy._get_possible_keys
_is_domain_empty = Domain.is_empty
# So many kinds of conversations are remembered; then from none.
_REMEMBERED = 5000
# All kinds of events are imported by now, and an unknown one raises, which is not remembered.
_resolve_by_type = cache(Event.resolve_by_type)


class StraightRunner(DaskGraphRunner):
    """Runs a graph's nodes one after the other, each after those whose output it takes."""

    def run(
        self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None
    ) -> dict[str, Any]:
        """The outputs of `targets`, by name."""
        wanted = tuple(targets or self._graph_schema.target_names)
        # A node takes and gives pairs: a name and its output. A bare name is what is missing.
        done = {name: (name, value) for name, value in (inputs or {}).items()}
        for name, parents in self._steps(wanted):
            given = (done.get(parent, parent) for parent in parents)
            done[name] = self._instantiated_nodes[name](*given)
        return {name: done[name][1] for name in wanted}

    def _steps(self, targets: tuple[str, ...]) -> list[tuple[str, list[str]]]:
        """The nodes that `targets` need, in order, each with the names that it takes."""
        steps: dict[tuple[str, ...], Any] = self.__dict__.setdefault("_steps_to", {})
        if targets not in steps:
            nodes = self._graph_schema.minimal_graph_schema(list(targets)).nodes
            parents = {name: list(node.needs.values()) for name, node in nodes.items()}
            order = TopologicalSorter(parents).static_order()  # names the inputs as well
            steps[targets] = [(name, parents[name]) for name in order if name in parents]
        return steps[targets]


def goes_by_words(rule: str) -> bool:
    """True when a learned rule could match a person's words instead of the intent in them."""
    latest = json.loads(rule)[-1]
    before = latest.get(PREVIOUS_ACTION, {}).get(ACTION_NAME, ACTION_LISTEN_NAME)
    return before == ACTION_LISTEN_NAME and INTENT not in latest.get(USER, {})


def _rules_go_by_words(policy: RulePolicy) -> bool:
    if "_goes_by_words" not in policy.__dict__:
        rules = [*policy.lookup[RULES], *policy.lookup[RULES_FOR_LOOP_UNHAPPY_PATH]]
        policy._goes_by_words = any(map(goes_by_words, rules))
    return policy._goes_by_words


def _find_action_from_rules(
    self: RulePolicy,
    tracker: DialogueStateTracker,
    domain: Domain,
    use_text_for_last_user_input: bool,
) -> tuple[str | None, str | None, bool]:
    if use_text_for_last_user_input and not _rules_go_by_words(self):
        return None, None, False  # as Rasa says when no rule matches
    return _find_action(self, tracker, domain, use_text_for_last_user_input)


def _remembered_keys(
    self: RulePolicy, lookup: dict[str, str], states: list[dict[str, Any]]
) -> set[str]:
    if any(TEXT in state.get(USER, {}) for state in states):
        return _get_possible_keys(self, lookup, states)  # nothing that a person wrote is kept
    # The lookups belong to the policy and stay what they are for as long as it is there.
    known = self.__dict__.setdefault("_known_keys", {})
    asked = id(lookup), json.dumps(states, sort_keys=True, default=sorted)
    if asked not in known:
        if len(known) >= _REMEMBERED:
            known.clear()
        known[asked] = frozenset(_get_possible_keys(self, lookup, states))
    return set(known[asked])


def _of_the_whole_text(
    self: CountVectorsFeaturizer, attribute: str, all_tokens: list[list[str]]
) -> tuple[list[None], list[spmatrix | None]]:
    counter = self.vectorizers.get(attribute)
    counted: list[spmatrix | None] = []
    for tokens in all_tokens:
        counts = counter.transform([" ".join(tokens)]) if counter and tokens else None
        counted.append(None if counts is None else counts.tocoo())
    return [None] * len(counted), counted


def _is_empty(self: Domain) -> bool:
    if "_is_empty" not in self.__dict__:
        self._is_empty = _is_domain_empty(self)
    return self._is_empty


def _itself(thing: Any) -> Any:
    return thing


# In these three modules nothing is copied but for the log.
_FOR_THE_LOG = (processor, forms, rule_policy)
_NO_COPY = SimpleNamespace(deepcopy=_itself)


def install() -> None:
    """Put the above in place of Rasa's own. Calling it again changes nothing."""
    processor.DaskGraphRunner = StraightRunner
    Event.resolve_by_type = staticmethod(_resolve_by_type)
    RulePolicy._find_action_from_rules = _find_action_from_rules
    RulePolicy._get_possible_keys = _remembered_keys
    CountVectorsFeaturizer._create_features = _of_the_whole_text
    Domain.is_empty = _is_empty
    for module in _FOR_THE_LOG:
        module.copy = _NO_COPY
