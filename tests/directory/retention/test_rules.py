"""The retention rules: every table is named, and each rule can be followed."""

import pytest
from sqlalchemy import Table

from directory.models import Base
from directory.retention import rules as reading
from directory.retention.rules import Then, rules, working
from directory.settings import ROOT
from tools.records_schedule import PAGE, table_of_rules


def test_every_table_is_named() -> None:
    named = {rule.table for rule in rules()}
    assert named == set(Base.metadata.tables)


def test_no_table_is_kept_and_removed_at_once() -> None:
    kept = {rule.table for rule in rules() if rule.then is Then.KEEP}
    assert kept & {rule.table for rule in working()} == set()


def test_every_encrypted_column_has_an_end_or_a_reason() -> None:
    """Words about people are blanked, deleted or erased some day, or the rule says why not."""
    from directory.key_rotation import encrypted_columns

    ruled = {rule.table for rule in working()}
    kept_for_a_reason = {"mandated_reports", "legal_holds"}
    assert {each.table.name for each in encrypted_columns()} - ruled == kept_for_a_reason


def test_nothing_is_deleted_that_others_refer_to() -> None:
    """A deletion that a foreign key forbids would stop the purge."""
    deleted = {rule.table for rule in working() if rule.then is Then.DELETE}
    referred = {
        key.column.table.name for table in Base.metadata.tables.values() for key in _keys(table)
    }
    assert deleted & referred == set()


def _keys(table: Table) -> list:  # type: ignore[type-arg]
    return list(table.foreign_keys)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"tables": ["people"], "then": "delete", "days": 1, "from": "created_at"}, "erased"),
        ({"tables": ["pages"], "then": "delete", "from": "paged_at"}, "how many days"),
        ({"tables": ["pages"], "then": "delete", "days": 3, "from": "x"}, "which of its dates"),
        ({"tables": ["tasks"], "then": "blank", "days": 3, "from": "done_at"}, "columns"),
        ({"tables": ["tasks"], "then": "blank", "columns": ["x"]}, "no column x"),
    ],
)
def test_a_rule_that_cannot_be_followed_is_refused(written: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        reading._check(reading._rule(written["tables"][0], {"why": "", **written}))  # type: ignore[index]


def test_the_records_schedule_says_the_same() -> None:
    page = (ROOT / PAGE).read_text(encoding="utf-8")
    assert table_of_rules() in page, "run: python -m tools.records_schedule"
