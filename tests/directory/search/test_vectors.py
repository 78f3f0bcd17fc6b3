"""The file of vectors: shared, appended to, safe; and what is made of it."""

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory import database
from directory.database import Database
from directory.search import Query, Reason, encoder, find, likeness
from directory.search.encoding import Encoding, encode_missing, missing_texts
from directory.search.follow import current_index
from directory.search.meaning import key_of, meaning_text, text_key
from directory.search.need_reader import needs_meant
from directory.search.vectors import ENTRY, VectorFile
from tests.directory.listings.files import NOW, load
from tests.directory.search.test_rank import listing


@pytest.fixture(scope="module")
def shared_encoder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Loaded once, and put away again: other tests have none."""
    encoder.load(tmp_path_factory.mktemp("encoder"))
    yield
    encoder.forget()


def _vectors(keys: list[int]) -> Any:
    rows = [np.random.default_rng(key).normal(size=encoder.DIMENSIONS) for key in keys]
    return np.array(rows, np.float32).reshape(-1, encoder.DIMENSIONS)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.lists(st.integers(1, 2**64 - 1), max_size=12), max_size=5))
def test_what_was_appended_is_found_and_nothing_else(batches: list[list[int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = VectorFile(Path(folder))
        for batch in batches:
            file.append(np.array(batch, np.uint64), _vectors(batch))
        known = VectorFile(Path(folder)).known_now()
        every = sorted({key for batch in batches for key in batch})
        assert len(known.keys) == len(every)
        places = known.places_of(np.array([*every, 0], np.uint64))
        assert places[-1] == -1
        assert sorted(places[:-1].tolist()) == list(range(len(every)))
        assert np.allclose(known.vectors(places[:-1]), _vectors(every), atol=0.01)


def test_what_a_crash_left_half_written_is_cut_off(tmp_path: Path) -> None:
    file = VectorFile(tmp_path)
    file.append(np.array([1], np.uint64), _vectors([1]))
    with file.path.open("ab") as torn:
        torn.write(b"half an entry")
    assert len(file.known_now().keys) == 1
    file.append(np.array([2], np.uint64), _vectors([2]))
    assert file.path.stat().st_size == 2 * ENTRY.itemsize
    assert file.known_now().keys.tolist() == [1, 2]


def test_many_may_append_at_once(tmp_path: Path) -> None:
    def append(start: int) -> None:
        keys = list(range(start, start + 5))
        VectorFile(tmp_path).append(np.array(keys, np.uint64), _vectors(keys))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(append, [1, 3, 5, 7, 9, 2]))
    assert VectorFile(tmp_path).known_now().keys.tolist() == list(range(1, 14))


def test_services_that_say_the_same_share_a_text() -> None:
    said = {"en": "Food assistance", "es": ""}
    one, other = (listing(name, description=said) for name in ("Grace", "Hope"))
    assert meaning_text(one) == "Food assistance"
    assert text_key(one) == text_key(other) == key_of("Food assistance")
    assert meaning_text(listing("Grace", organization="Hope", description=said)).startswith("Grace")
    assert text_key(listing("Grace", description={})) == 0


def test_in_few_directions_texts_are_as_alike_as_in_all(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    directions = rng.normal(size=(60, encoder.DIMENSIONS))
    vectors = rng.normal(size=(3_000, 60)) @ directions
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    file = VectorFile(tmp_path)
    file.append(np.arange(1, 3_001, dtype=np.uint64), vectors.astype(np.float32))
    reduced = likeness._reduced(file.known_now(), None)
    assert reduced.rows.shape[1] < encoder.DIMENSIONS / 2
    about = reduced.rows @ (reduced.basis @ vectors[7].astype(np.float32))
    assert np.abs(about - vectors @ vectors[7]).max() < 0.02


def test_a_text_without_a_needs_words_is_understood_once_there_are_vectors(
    shared_encoder: None, db: Database
) -> None:
    load()
    text = "nothing left in the fridge for my kids"
    known = likeness.likeness(db.settings.data_dir)
    with database.read_scope() as session:
        assert find(session, Query(text=text, at=NOW)).matches == ()
        index = current_index(session)
        assert encode_missing(index, known) == len({text_key(one) for one in index.listings})
        assert missing_texts(index, known) == []
        known.prepare()
        found = find(session, Query(text=text, place="Naperville", at=NOW)).matches
        assert {match.need for match in found} == {"food"}
        spanish = find(session, Query(text="se nos acabó todo en la cocina", at=NOW)).matches
        assert {match.need for match in spanish} == {"food"}
        for nonsense in ("hello", "asdf", "what time is it", "xyzzy plugh", "lol ok"):
            assert find(session, Query(text=nonsense, at=NOW)).matches == ()
        alike = find(session, Query(text="free groceries for a family", at=NOW)).matches[0]
        assert Reason.SAYS_WHAT_YOU_SAID in alike.reasons


def test_texts_get_their_vectors_behind_all_else(shared_encoder: None, db: Database) -> None:
    load()
    known = likeness.likeness(db.settings.data_dir)
    encoding = Encoding(known)
    with database.read_scope() as session:
        index = current_index(session)
    encoding.want(index)
    for _ in range(400):
        if not missing_texts(index, known):
            break
        encoding.wait(0.05)
    encoding.close()
    assert missing_texts(index, known) == []


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("they shut our power off this morning", "utilities"),
        ("he hits me when he drinks", "domestic_violence"),
        ("lost my job and nobody calls back", "employment"),
        ("no tengo dónde pasar la noche", "shelter"),
        ("me duele mucho una muela", "health"),
        ("my grandma cant bathe by herself anymore", "elder"),
    ],
)
def test_needs_are_read_from_what_is_meant(shared_encoder: None, text: str, need: str) -> None:
    chances = needs_meant(encoder.encode([text])[0])
    assert next(iter(chances)) == need
    assert 0.3 < chances[need] <= 1


@pytest.mark.parametrize("text", ["hello", "asdf", "ok thanks", "jaja si", "good morning", "123"])
def test_small_talk_is_none_of_the_needs(shared_encoder: None, text: str) -> None:
    assert max(needs_meant(encoder.encode([text])[0]).values()) < 0.3
