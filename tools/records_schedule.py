"""Writes the retention rules into docs/legal/records-schedule.md, so that the page says what holds.

python -m tools.records_schedule
"""

from collections import defaultdict

from directory import models  # noqa: F401  # so that every table is known
from directory.retention.rules import LAST_CONTACT, Rule, Then, rules, unreadable_texts
from directory.settings import ROOT
from tools import guides

PAGE = "docs/legal/records-schedule.md"
_WHAT = {
    Then.KEEP: "kept",
    Then.BLANK: "blanked: {columns}",
    Then.DELETE: "deleted",
    Then.ERASE: "person erased",
}


def table_of_rules() -> str:
    """The rules as a table, those of the same words together."""
    grouped: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for rule in rules():
        grouped[_what(rule), _period(rule), rule.why].append(rule.table)
    lines = ["| table | what happens | after | why |", "|---|---|---|---|"]
    for (what, period, why), tables in grouped.items():
        named = ", ".join(f"`{each}`" for each in tables)
        lines.append(f"| {named} | {what} | {period} | {why} |")
    files = unreadable_texts()
    period = f"{_long(files.days)} from their coming"
    lines.append(f"| `{files.files}` | deleted | {period} | {files.why} |")
    return "\n".join(lines)


def _what(rule: Rule) -> str:
    what = _WHAT[rule.then].format(columns=", ".join(f"`{each}`" for each in rule.columns))
    only = "; ".join(f"`{name}` {', '.join(values)}" for name, values in rule.only.items())
    return f"{what} (only {only})" if only else what


def _period(rule: Rule) -> str:
    if rule.days is None:
        return "—"
    since = "last contact" if rule.since == LAST_CONTACT else f"`{rule.since}`"
    return f"{_long(rule.days)} from {since}"


def _long(days: int) -> str:
    years, rest = divmod(days, 365)
    return f"{years} year{'s' if years != 1 else ''}" if years and rest <= 2 else f"{days} days"


def main() -> None:
    """Put the table between its marks."""
    guides.put(ROOT / PAGE, "rules", table_of_rules())


if __name__ == "__main__":
    main()
