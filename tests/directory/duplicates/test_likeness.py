"""When two listings are probably one. Pure."""

import random
import time

from directory.duplicates.candidates import probable_pairs
from directory.duplicates.likeness import (
    THRESHOLD,
    Sketch,
    address_key,
    likeness,
    names_of,
)


def a_sketch(number: int = 1, name: str = "Grace Pantry", **changes: object) -> Sketch:
    usual: dict[str, object] = {
        "id": f"service-{number:06}",
        "organization_id": f"organization-{number}",
        "names": names_of(name, str(changes.pop("whose", name))),
        "phones": frozenset({f"630555{number:04}"}),
    }
    return Sketch(**(usual | changes))  # type: ignore[arg-type]


def is_probable(one: Sketch, other: Sketch) -> bool:
    return likeness(one, other).score >= THRESHOLD


def test_spelling_and_order_of_words_do_not_matter() -> None:
    phone = frozenset({"6305550100"})
    one = a_sketch(1, "Saint Mary's Food Pantry", phones=phone)
    other = a_sketch(2, "Food Pantry of St. Marys", phones=phone)
    found = likeness(one, other)
    assert found.score >= THRESHOLD
    assert found.reasons["phone"] == 1.0


def test_a_name_alone_is_not_enough() -> None:
    assert not is_probable(a_sketch(1, phones=frozenset()), a_sketch(2, phones=frozenset()))


def test_the_same_chain_in_another_town_is_another_place() -> None:
    here = frozenset({address_key("1 Main St", "Naperville", "60540")})
    there = frozenset({address_key("9 Oak St", "Peoria", "61602")})
    assert not is_probable(a_sketch(1, addresses=here), a_sketch(2, addresses=there))


def test_two_services_of_one_organization_share_phone_and_house() -> None:
    shared = {
        "organization_id": "one",
        "phones": frozenset({"6305550100"}),
        "addresses": frozenset({"1 main st|60540"}),
    }
    shelter, pantry = a_sketch(1, "Night Shelter", **shared), a_sketch(2, "Food Pantry", **shared)
    assert not is_probable(shelter, pantry)
    again = a_sketch(3, "Night Shelters", **shared)
    assert is_probable(shelter, again)


def test_numbers_of_everybody_tell_nothing() -> None:
    one = a_sketch(1, "Hope Line", phones=frozenset({"988"}))
    other = a_sketch(2, "Crisis Center", phones=frozenset({"988"}))
    assert not is_probable(one, other)


def test_other_needs_speak_against() -> None:
    phones = frozenset({"6305550100"})
    one = a_sketch(1, phones=phones, needs=frozenset({"food"}))
    other = a_sketch(2, phones=phones, needs=frozenset({"legal"}))
    assert not is_probable(one, other)


def test_an_address_is_the_same_in_two_spellings() -> None:
    one = address_key("123 North Main Street, Suite 4", "Naperville", "60540-1234")
    assert one == address_key("123 N. Main St", "naperville", "60540")
    assert address_key("By appointment", "Naperville", "60540") == ""


def test_each_pair_comes_once_and_only_of_what_changed() -> None:
    phones = frozenset({"6305550100"})
    sketches = [a_sketch(number, phones=phones) for number in (2, 1, 3)]
    pairs = [(one.id, other.id) for one, other, _ in probable_pairs(sketches)]
    assert len(pairs) == len(set(pairs)) == 3
    assert all(first < second for first, second in pairs)
    some = [{one.id, other.id} for one, other, _ in probable_pairs(sketches, ["service-000003"])]
    assert len(some) == 2
    assert all("service-000003" in pair for pair in some)


def test_what_everybody_shares_is_passed_over() -> None:
    phones = frozenset({"6305550100"})
    dice = random.Random(2)
    names = ["".join(dice.choices("abcdefghij", k=12)) for _ in range(200)]
    sketches = [a_sketch(number, name, phones=phones) for number, name in enumerate(names)]
    assert list(probable_pairs(sketches)) == []


def test_the_work_grows_with_the_listings_not_with_their_square() -> None:
    dice = random.Random(1)
    words = ["".join(dice.choices("abcdefghij", k=6)) for _ in range(3000)]
    sketches = [a_sketch(number, " ".join(dice.sample(words, 3))) for number in range(10_000)]
    started = time.process_time()
    list(probable_pairs(sketches))
    assert time.process_time() - started < 8
