"""The retention rules as data (rules.yml), checked against the tables that there are."""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Table

from directory.database import Base
from directory.own_files import read_yaml

FILE = Path(__file__).with_name("rules.yml")
LAST_CONTACT = "last_contact"


class Then(StrEnum):
    """What happens at the end of the period."""

    KEEP = "keep"
    BLANK = "blank"
    DELETE = "delete"
    ERASE = "erase"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule for one table. `days`, `since`: None for what is kept. `only`: column -> values."""

    table: str
    then: Then
    why: str
    days: int | None = None
    since: str | None = None
    columns: tuple[str, ...] = ()
    only: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def of(self) -> Table:
        return Base.metadata.tables[self.table]

    @property
    def key(self) -> Column[Any]:
        """The primary key; every table with a rule that does something has one of one column."""
        [column] = self.of.primary_key.columns
        return column

    @property
    def name(self) -> str:
        """As counts name it."""
        return f"{self.table}:{self.then.value}"


@dataclass(frozen=True, slots=True)
class FileRule:
    """One rule for files below DATA_DIR, which are deleted so many days after they came."""

    files: str
    days: int
    why: str

    @property
    def name(self) -> str:
        """As counts name it."""
        return f"{self.files}:{Then.DELETE.value}"


@cache
def unreadable_texts() -> FileRule:
    """The rule for texts on disk that no key fits; nothing else lies beside the database."""
    [written] = read_yaml(FILE)["files"]
    return FileRule(written["files"], int(written["days"]), written["why"])


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule. Raises ValueError on a rule that cannot be followed."""
    written = read_yaml(FILE)["rules"]
    read = tuple(_rule(table, each) for each in written for table in each["tables"])
    for rule in read:
        _check(rule)
    return read


def working() -> tuple[Rule, ...]:
    """The rules that do something, people last: what is blanked before need not be erased."""
    found = [rule for rule in rules() if rule.then is not Then.KEEP]
    return tuple(sorted(found, key=lambda rule: rule.then is Then.ERASE))


def _rule(table: str, written: dict[str, Any]) -> Rule:
    return Rule(
        table=table,
        then=Then(written["then"]),
        why=written["why"],
        days=written.get("days"),
        since=written.get("from"),
        columns=tuple(written.get("columns", ())),
        only={name: tuple(values) for name, values in written.get("only", {}).items()},
    )


def _check(rule: Rule) -> None:
    columns = rule.of.columns
    unknown = [name for name in (*rule.columns, *rule.only) if name not in columns]
    if unknown:
        raise ValueError(f"{rule.table} has no column {', '.join(unknown)}")
    if rule.then is Then.KEEP:
        return
    if not rule.days or rule.days < 1:
        raise ValueError(f"{rule.table}: for how many days is it kept?")
    if (rule.then is Then.ERASE) != (rule.table == "people"):
        raise ValueError(f"{rule.table}: people are erased, and nothing else is")
    if rule.then is not Then.ERASE and (rule.since is None or rule.since not in columns):
        raise ValueError(f"{rule.table}: from which of its dates?")
    if (rule.then is Then.BLANK) != bool(rule.columns):
        raise ValueError(f"{rule.table}: what is blanked names its columns, and nothing else does")
