"""Rules of the house that no linter knows."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from directory import models
from directory.database import Base, Database
from directory.needs import taxonomy
from directory.secret_files import SECRETS
from directory.settings import ROOT, Settings

LONGEST_FILE = 350
LONGEST_FUNCTION = 60

# The vocabulary of needs: codes and their order are the product's outside names.
VOCABULARY = """\
food shelter housing rent utilities clothing_household health mental_health peer_support
substance_use domestic_violence sexual_assault elder adult_protective disability transportation
employment education childcare_youth legal immigration veterans benefits lgbtq grief information
""".split()  # noqa: SIM905  # read as the vocabulary is

PROMISED_SETTINGS = """
data_dir database_url public_url port secret_key encryption_keys timezone quiet_hours carrier
twilio_account_sid twilio_auth_token twilio_from_number twilio_messaging_service_sid
twilio_api_base_url rasa_url send_rate clock_speed
""".split()  # noqa: SIM905  # read as the contract is


def tracked() -> list[Path]:
    """Every file under version control, or about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    files = [ROOT / name.decode() for name in listed.split(b"\0") if name]
    return [file for file in files if file.is_file()]


def texts() -> Iterator[tuple[str, str]]:
    """Path and content of every text file."""
    for file in tracked():
        try:
            yield str(file.relative_to(ROOT)), file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def sources() -> list[Path]:
    rooms = ("directory", "bot", "api", "benchmarks")
    return [
        file
        for file in tracked()
        if file.suffix == ".py" and file.relative_to(ROOT).parts[0] in rooms
    ]


def test_files_stay_short() -> None:
    written = [file for file in sources() if "versions" not in file.parts]  # not migrations
    lengths = {str(f.relative_to(ROOT)): len(f.read_text().splitlines()) for f in written}
    assert {name: count for name, count in lengths.items() if count > LONGEST_FILE} == {}


def test_functions_stay_short() -> None:
    long: dict[str, int] = {}
    for file in sources():
        if "versions" in file.parts:
            continue  # a migration is one long list of steps
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    long[f"{file.relative_to(ROOT)}:{node.name}"] = lines
    assert long == {}


def test_every_module_says_what_it_is() -> None:
    silent = [
        str(file.relative_to(ROOT))
        for file in sources()
        if file.stat().st_size and not ast.get_docstring(ast.parse(file.read_text()))
    ]
    assert silent == []


def test_every_folder_of_tests_is_a_package() -> None:
    folders = {file.parent for file in tracked() if file.suffix == ".py" and _is_test(file)}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def _is_test(file: Path) -> bool:
    return file.relative_to(ROOT).parts[0] == "tests"


def test_no_file_knows_a_package_index_or_a_machine() -> None:
    # Written in pieces, so that this file passes its own test.
    indexes = re.compile(r"py" + r"pi\.org|python" + r"hosted\.org|/simp" + r"le/?\b(?=.*index)")
    machine = re.compile(r"(?<![\w.~-])/(wo" + r"rk|ro" + r"ot)(?=/|\b(?![\w-]))")
    found = [
        f"{name}: {match[0]}"
        for name, text in texts()
        for match in (indexes.search(text), machine.search(text))
        if match
    ]
    assert found == []


def test_no_lock_file_is_kept() -> None:
    assert [f.name for f in tracked() if f.name in ("uv" + ".lock", "poetry" + ".lock")] == []


def test_no_secret_and_no_state_is_kept() -> None:
    kept = {file.relative_to(ROOT).parts[0] for file in tracked()}
    assert not kept & {"var", ".env", ".venv"}


def test_the_models_are_what_the_migrations_make(any_database: Database) -> None:
    assert models.ALL
    with any_database.engine.connect() as connection:
        options = {"compare_type": True, "include_object": _is_ours}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []


def _is_ours(_: object, name: str | None, kind: str, *__: object) -> bool:
    """The job engine keeps its tables in the same database and migrates them itself."""
    return kind != "table" or name in Base.metadata.tables


def test_the_taxonomy_is_the_vocabulary_in_its_order() -> None:
    assert len(VOCABULARY) == 26
    assert list(taxonomy()) == VOCABULARY


@pytest.mark.parametrize("name", PROMISED_SETTINGS)
def test_every_promised_setting_exists(name: str) -> None:
    assert name in Settings.model_fields


def guides() -> list[tuple[str, str]]:
    return [(name, text) for name, text in texts() if name.endswith(".md")]


def test_guides_name_only_settings_that_exist() -> None:
    known = {f"HANDOFF_{name.upper()}" for name in Settings.model_fields}
    known |= {f"HANDOFF_{name.upper()}_FILE" for name in SECRETS}
    unknown = {
        f"{name}: {setting}"
        for name, text in guides()
        for setting in re.findall(r"\bHANDOFF_[A-Z_]+\b", text)
        if setting not in known
    }
    assert unknown == set()


def test_the_page_of_settings_has_every_setting_and_no_other() -> None:
    table = (ROOT / "docs" / "reference" / "settings.md").read_text()
    rows = re.findall(r"^\| (`[A-Z_`, or]+) \|", table, re.MULTILINE)
    named = {name.lower() for row in rows for name in re.findall(r"[A-Z_]{3,}", row)}
    assert named == set(Settings.model_fields)


def test_guides_name_only_commands_that_exist() -> None:
    known = _commands()
    unknown = {
        f"{name}: handoff {command}"
        for name, text in guides()
        for command in _named_commands(text)
        if command not in known
    }
    assert unknown == set()


def _commands() -> set[str]:
    """`up`, `ask`, …, and those of a group as "staff add"."""
    from typer.main import get_command

    from api.cli import app

    names: set[str] = set()
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        below = getattr(command, "commands", {})
        names |= {f"{name} {each}" for each in below} | ({name} if not below else set())
    return names


def _named_commands(text: str) -> list[str]:
    """Commands in code: after a path to the program, or at the beginning of inline code."""
    groups = "breach|directory|hold|keys|partner|person|records|referrals|staff|visits"
    pattern = rf"(?:bin/handoff|`handoff|uv run handoff) ((?:(?:{groups}) )?[a-z]+)"
    return re.findall(pattern, text)


def test_guides_name_only_make_targets_that_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        target
        for _, text in guides()
        for target in re.findall(r"(?:`|^)make ([a-z]+)", text, re.MULTILINE)
    }
    assert named and named <= targets


def test_guides_link_to_files_that_exist() -> None:
    missing = [
        f"{name}: {target}"
        for name, text in guides()
        for target in re.findall(r"\]\((?!https?://|#|mailto:)([^)#\s]+)", text)
        if not ((ROOT / name).parent / target).exists()
    ]
    assert missing == []
