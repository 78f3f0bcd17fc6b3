"""Run in Rasa's Python by test_rasa_components.py: what is left out changes no outcome."""

import ast
import inspect
import json
import re
import unittest

from rasa.core import processor
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.nlu.featurizers.sparse_featurizer.count_vectors_featurizer import CountVectorsFeaturizer
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SlotSet
from rasa.shared.utils.common import all_subclasses
from rasa_components import leaner_rasa
from rasa_components.leaner_rasa import StraightRunner, goes_by_words
from sklearn.feature_extraction.text import CountVectorizer

leaner_rasa.install()
EMPTY, FULL = Domain.empty(), Domain.from_dict({"intents": ["greet"]})


class Sum(GraphComponent):
    """Adds what it is given; not there when anything else is asked for."""

    @classmethod
    def create(cls, config, model_storage, resource, execution_context):
        return cls()

    def add(self, a, b):
        return a + b


def node(**needs):
    return SchemaNode(needs=needs, uses=Sum, constructor_name="create", fn="add", config={})


# d = (x + y) + (x + x); z is not needed for it and would fail.
SCHEMA = GraphSchema(
    {
        "d": node(a="b", b="c"),
        "c": node(a="x", b="x"),
        "b": node(a="x", b="y"),
        "z": node(a="b", b="nowhere"),
    }
)


def run(runner, inputs, targets):
    model_storage = LocalModelStorage.__new__(LocalModelStorage)  # no node reads it
    context = ExecutionContext(SCHEMA, model_id="m")
    return runner.create(SCHEMA, model_storage, context).run(inputs, targets)


class RunnerTests(unittest.TestCase):
    def test_it_gives_what_dask_gives(self):
        for targets in (["d"], ["c", "b"], ["x"]):
            given = {"x": 2, "y": 3}
            straight = run(StraightRunner, given, targets)
            self.assertEqual(straight, run(DaskGraphRunner, given, targets))
        self.assertEqual(straight, {"x": 2})

    def test_a_missing_input_is_an_error_as_before(self):
        for runner in (StraightRunner, DaskGraphRunner):
            with self.assertLogs("rasa", "WARNING"), self.assertRaises(GraphRunError):
                run(runner, {"x": 2}, ["d"])

    def test_rasa_uses_it(self):
        self.assertIs(processor.DaskGraphRunner, StraightRunner)


def copies_for(module, names):
    """For whom a module copies things: how each call around a `copy.deepcopy` begins."""
    tree = ast.parse(inspect.getsource(module))
    copies = [node for node in ast.walk(tree) if ast.unparse(node) == "copy.deepcopy"]
    for_names = [
        copy
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).partition(".")[0] in names
        for copy in ast.walk(node)
        if ast.unparse(copy) == "copy.deepcopy"
    ]
    return len(copies), len(for_names)


class CopyTests(unittest.TestCase):
    def test_nothing_is_copied_there_but_for_the_log(self):
        for module in leaner_rasa._FOR_THE_LOG:
            everywhere, for_the_log = copies_for(module, {"structlogger"})
            self.assertGreater(everywhere, 0)
            self.assertEqual(everywhere, for_the_log, module.__name__)
            uses = re.findall(r"(?<![\w.])copy\.(\w+)", inspect.getsource(module))
            self.assertEqual(set(uses), {"deepcopy"})


class CountTests(unittest.TestCase):
    def test_a_whole_text_is_counted_as_before_and_its_words_are_not(self):
        counter = CountVectorizer(ngram_range=(1, 2)).fit(["help with rent", "help with food"])
        featurizer = CountVectorsFeaturizer.__new__(CountVectorsFeaturizer)
        featurizer.vectorizers = {"text": counter}
        texts = [["help", "with", "rent"], [], ["unknown"]]
        words, (rent, nothing, unknown) = featurizer._create_features("text", texts)
        self.assertEqual(words, [None, None, None])
        self.assertEqual((rent != counter.transform(["help with rent"])).nnz, 0)
        self.assertEqual(unknown.nnz, 0)
        self.assertIsNone(nothing)
        self.assertEqual(featurizer._create_features("response", texts)[1], [None, None, None])


class DomainTests(unittest.TestCase):
    def test_it_is_known_whether_a_domain_is_empty(self):
        for _ in range(2):
            self.assertTrue(EMPTY.is_empty())
            self.assertFalse(FULL.is_empty())


class EventTests(unittest.TestCase):
    def test_every_kind_is_found_and_an_unknown_one_refused(self):
        for kind in all_subclasses(Event):
            self.assertEqual(Event.resolve_by_type(kind.type_name).type_name, kind.type_name)
        self.assertIs(Event.resolve_by_type("slot"), SlotSet)
        with self.assertRaises(ValueError):
            Event.resolve_by_type("no such")


class RuleTests(unittest.TestCase):
    def test_only_a_rule_without_an_intent_can_match_words(self):
        listened = {"prev_action": {"action_name": "action_listen"}}
        acted = {"prev_action": {"action_name": "find_form"}}
        by_intent = {"user": {"intent": "food"}}
        by_words = {"user": {"text": "food"}}
        for latest, expected in (
            (listened | by_intent, False),
            (acted | by_words, False),
            (acted, False),
            (listened | by_words, True),
            (listened, True),
            (by_words, True),
        ):
            self.assertIs(goes_by_words(json.dumps([acted, latest])), expected)

    def test_the_rules_that_fit_are_the_same_when_asked_again(self):
        listened = {"prev_action": {"action_name": "action_listen"}}
        acted = {"prev_action": {"action_name": "utter_greeting"}}
        greeting = json.dumps([listened | {"user": {"intent": "greet"}}])
        after = json.dumps([listened | {"user": {"intent": "greet"}}, acted])
        lookup = {greeting: "utter_greeting", after: "action_listen"}
        policy = RulePolicy.__new__(RulePolicy)
        for intent, expected in (("greet", {greeting}), ("thanks", set()), ("greet", {greeting})):
            found = policy._get_possible_keys(lookup, [listened | {"user": {"intent": intent}}])
            self.assertEqual(found, expected)
            found.clear()  # what the caller does with it is the caller's own
        self.assertEqual(len(policy._known_keys), 2)

    def test_nothing_that_a_person_wrote_is_remembered(self):
        policy = RulePolicy.__new__(RulePolicy)
        said = {"prev_action": {"action_name": "action_listen"}, "user": {"text": "my words"}}
        self.assertEqual(policy._get_possible_keys({}, [said]), set())
        self.assertFalse(getattr(policy, "_known_keys", None))
