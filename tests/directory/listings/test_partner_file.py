"""Mistakes in partners.yml: found all at once, each with file, line and remedy."""

# ruff: noqa: E501  # one mistake a line reads better than a broken one

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory.listings.mistakes import PartnerFileError
from directory.listings.partner_file import read_partners
from tests.directory.listings.files import SMALL, edited

MISTAKES = [
    ("needs: [food]", "needs: [fod]", '"fod" is not a need: did you mean food?'),
    ("630-555-0101\n", '630-555\n', 'phones[0].number "630-555" is not a US number: write it as 630-555-0100'),
    ("630-555-0101\n", "dial 411\n", "is not a US number: write it as 630-555-0100, with nothing"),
    ('"55501"\n            type: sms', '"55501"\n            type: voice', "can only be texted; give type: sms"),
    ("Mo-Fr 09:00-17:00", "weekdays 9-5", '"weekdays 9-5" is not opening hours'),
    ("Mo-Fr 09:00-17:00", "mo-fr 09:00-17:00", "wday literal should be capitalized"),
    ("confidential: true", "confidential: true\n        address: {street: 1 A St., city: Lisle, state: IL}", "address stands beside confidential: true: remove the address"),
    ("A safe place for you", "At 12 Hidden Ln, a safe place for you", "description.en seems to say where the place is"),
    ("A safe place for you", "In 60540, a safe place for you", "description.en seems to say where the place is"),
    ("Free groceries for families.", '"' + "word " * 26 + '"', "description.en has 26 words: use at most 25"),
    ("        held_because: Nobody has confirmed it since 2019.\n", "", "held_because is missing: say why it is held back"),
    ("id: elm-pantry--food", "id: oak-pantry--rent", '"oak-pantry--rent" is already the id of a service above'),
    ("publish: true", "publishe: true", "publishe is not known: did you mean publish?"),
    ("as_of: 2026-02-01\n", "as_of: 2026-02-30\n", '"2026-02-30" is not a date: write it as 2026-01-31'),
    ("as_of: 2026-02-01\n", "as_of: 2036-02-01\n", "2036-02-01 is in the future"),
    ("url: {value: https://oak.example.org", "url: {value: oak.example.org", "write it as https://oak.example.org"),
    (", es: Gratis}", "}", "cost.es is missing: add the Spanish text"),
    ("{values: [Naperville]}", "{values: [Napervile]}", '"Napervile" is not a place that we know: did you mean Naperville?'),
    ("languages: [en, es]", "languages: [English]", '"English" is not a language code: write en'),
    ('postal_code: "60540"', 'postal_code: "6054"', '"6054" is not a ZIP code'),
    ("type: hotline\n", "type: hotlin\n", "\"hotlin\" is not one of the choices: write 'hotline'"),
    ("            attested: true\n", "", "phones[0].attested is missing: write attested: true once"),
    ("            sources: [https://oak.example.org/contact]\n", "", "sources is missing though the number is attested"),
    ("text: HARBOR", "text: HARBOR!", "is not a word to text"),
    ("answered_24h: false", "answered_24h: sometimes", "is neither true nor false: write true or false"),
    ("id: oak-pantry--groceries", "id: Oak Pantry", "is not an id: use a-z, 0-9 and hyphens"),
    ("needs: [food]", "needs: [food, food]", '"food" is there twice: remove one'),
    ("name: Oak Pantry groceries", "name: Oak Pantry groceries\n        name: Another", "name is there twice: keep one"),
    ("description: {en: Free groceries for families., es: Despensa gratis para familias.}", "description: Free groceries", "description is not a group of fields"),
    ("name: Oak Pantry groceries", "name: Oak <b>Pantry</b>", "holds characters that cannot be shown"),
    ("cost: {en: Free, es: Gratis}", "eligibility: {en: All, es: Todos, minimum_age: 60, maximum_age: 18}", "60 is above maximum_age 18"),
]  # fmt: skip


def _mistakes(path: Path) -> list[str]:
    with pytest.raises(PartnerFileError) as caught:
        read_partners(path, today=date(2026, 11, 23))
    return [str(mistake) for mistake in caught.value.mistakes]


def test_the_small_file_is_read_whole() -> None:
    file = read_partners(SMALL, today=date(2026, 11, 23))
    assert [len(organization.services) for organization in file.organizations] == [2, 2, 1, 2]


@pytest.mark.parametrize(("old", "new", "said"), MISTAKES)
def test_a_mistake_is_named_with_its_line_and_remedy(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    path = edited(tmp_path, (old, new))
    text = path.read_text(encoding="utf-8")
    start = text[: SMALL.read_text(encoding="utf-8").index(old)].count("\n") + 1
    end = start + new.count("\n") + 1
    found = [line for line in _mistakes(path) if said in line]
    assert found, _mistakes(path)
    file, line, _ = found[0].split(":", 2)
    assert file.endswith("partners.yml")
    # A missing field is shown where the entry begins; every other one where it stands.
    assert start - 8 <= int(line) <= end


def test_the_listing_is_named_by_its_id(tmp_path: Path) -> None:
    path = edited(tmp_path, ("630-555-0101\n", "630-555\n"))
    assert [line.split(": ", 1)[1] for line in _mistakes(path)] == [
        'oak-pantry--groceries: phones[0].number "630-555" is not a US number: '
        "write it as 630-555-0100"
    ]


def test_all_mistakes_are_reported_at_once_in_the_order_of_lines(tmp_path: Path) -> None:
    path = edited(
        tmp_path,
        ("needs: [food]", "needs: [fod]"),
        ("630-555-0101\n", "630-555\n"),
        ("Mo-Fr 09:00-17:00", "9 to 5"),
        ("630-555-0120", "630-555-012"),
        ("publish: false", "publish: perhaps"),
    )
    found = _mistakes(path)
    assert len(found) == 5
    lines = [int(line.split(":")[1]) for line in found]
    assert lines == sorted(lines)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("organizations:\n  - id: a\n   name: b\n", "is not YAML here"),
        ("organizations: [", "is not YAML here"),
        ("a: &a [*a]\n", "refers to itself"),
        ("", "holds no organizations"),
        ("just words", "holds no organizations"),
        ("organizations: none\n", "organizations"),
        ("other: 1\n", "organizations is missing"),
        ("organizations:\n  - 5\n", "is not a group of fields"),
    ],
)
def test_a_file_that_is_no_directory_is_refused_in_a_sentence(
    tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "partners.yml"
    path.write_text(text, encoding="utf-8")
    assert any(said in line for line in _mistakes(path)), _mistakes(path)


def test_a_file_that_is_not_there_or_not_text_is_refused_in_a_sentence(tmp_path: Path) -> None:
    assert "is not there" in _mistakes(tmp_path / "none.yml")[0]
    path = tmp_path / "partners.yml"
    path.write_bytes(b"organizations:\n  - id: caf\xe9\n")
    assert "partners.yml:2: the file is not UTF-8" in _mistakes(path)[0]


def test_numbers_and_zips_may_stand_without_quotes(tmp_path: Path) -> None:
    path = edited(tmp_path, ('postal_code: "60540"', "postal_code: 60540"), ("630-555-0101", "988"))
    service = read_partners(path).organizations[0].services[0]
    assert service.phones[0].number == "988"
    assert service.address is not None
    assert service.address.postal_code == "60540"


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_a_damaged_file_is_read_or_refused_but_never_an_accident(
    tmp_path: Path, data: st.DataObject
) -> None:
    text = SMALL.read_text(encoding="utf-8")
    start = data.draw(st.integers(0, len(text)))
    end = start + data.draw(st.integers(0, 40))
    scrap = data.draw(st.text(max_size=12) | st.sampled_from(["- ", "\n  x: 1\n", "{", "&a", "*a"]))
    path = tmp_path / "partners.yml"
    path.write_text(text[:start] + scrap + text[end:], encoding="utf-8", errors="replace")
    try:
        read_partners(path)
    except PartnerFileError as error:
        assert error.mistakes
        assert all(str(mistake).count("\n") == 0 for mistake in error.mistakes)
