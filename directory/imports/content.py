"""What a file is, told by its content, and the reader for it."""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from directory.errors import Invalid, NotFound
from directory.imports import spreadsheet
from directory.imports.datapackage import read_package
from directory.imports.documents import read_json
from directory.imports.entries import Entry, Format
from directory.imports.identity import source_name
from directory.imports.limits import Archive, Files, Folder, limited
from directory.imports.package import DESCRIPTOR, RESOURCES
from directory.imports.tables import encoding_of
from directory.listings.mistakes import shown

_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_GZIP = b"\x1f\x8b"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_ENDINGS = (".gz", ".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".txt", ".xlsx", ".zip")
_YAML = (".yml", ".yaml")


@dataclass(frozen=True, slots=True)
class Content:
    """A file or folder and what it is. `name`: how reports call it."""

    path: Path
    format: Format
    name: str
    inside: str | None = None  # the one file of an archive that is no data package

    def entries(self, *, source: str) -> Iterator[Entry]:
        """The entries, read as they are asked for. Raises Invalid and TooLarge."""
        if self.format is Format.DATA_PACKAGE:
            yield from read_package(_files(self.path))
            return
        if self.format is Format.SPREADSHEET and self._is_workbook():
            with self.path.open("rb") as stream:
                yield from spreadsheet.read_workbook(stream, self.name, source=source)
            return
        if self.format is Format.SPREADSHEET:
            with self._open() as stream:
                encoding = encoding_of(stream)
            with self._open() as stream:
                yield from spreadsheet.read_csv(stream, encoding, self.name, source=source)
            return
        yield from read_json(self._open, self.name)

    def _open(self) -> BinaryIO:
        if self.inside is not None:
            return _files(self.path).open(self.inside)
        if _start(self.path).startswith(_GZIP):
            return limited(gzip.open(self.path, "rb"))  # type: ignore[arg-type]
        return limited(self.path.open("rb"))

    def _is_workbook(self) -> bool:
        return self.inside is None and _start(self.path).startswith(_ZIP)


def look(path: Path, *, name: str | None = None) -> Content:
    """What the file is. `name`: what its sender calls it.

    Raises Invalid `format_unknown` when it is none of ours, NotFound when it is not there.
    """
    if not path.exists():
        raise NotFound("file_unknown", "There is no such file.")
    called = name or shown(path)
    if path.is_dir():
        return _package(path, called)
    if Path(called).suffix.casefold() in _YAML:
        return Content(path, Format.PARTNERS, called)
    start = _start(path)
    if start.startswith((_ZIP, _EMPTY_ZIP)):
        return _archive(path, called)
    if start.startswith(_OLD_EXCEL):
        raise Invalid("format_unknown", "This is an old Excel file: save it as .xlsx or CSV.")
    if start.startswith(_GZIP):
        with limited(gzip.open(path, "rb")) as stream:  # type: ignore[arg-type]
            start = stream.read(4096)
    return Content(path, _of_text(start), called)


def default_source(path: Path) -> str:
    """A source that nobody named is called like its file."""
    name = path.resolve().name
    while Path(name).suffix.casefold() in _ENDINGS:
        name = Path(name).stem
    return source_name(name)


def _archive(path: Path, called: str) -> Content:
    archive = Archive(path)
    names = archive.names()
    if "[Content_Types].xml" in names and "workbook.xml" in names:
        return Content(path, Format.SPREADSHEET, called)
    if _is_package(names):
        return Content(path, Format.DATA_PACKAGE, called)
    if len(names) == 1:
        with archive.open(names[0]) as stream:
            start = stream.read(4096)
        return Content(path, _of_text(start), f"{called}/{names[0]}", inside=names[0])
    raise _unknown()


def _package(path: Path, called: str) -> Content:
    if not _is_package(Folder(path).names()):
        raise Invalid("not_a_package", f"The folder holds no {DESCRIPTOR} and no services.csv.")
    return Content(path, Format.DATA_PACKAGE, called)


def _is_package(names: list[str]) -> bool:
    return DESCRIPTOR in names or RESOURCES["service"].file in names


def _of_text(start: bytes) -> Format:
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith((b"{", b"[")):
        return Format.JSON_LINES
    first = text.split(b"\n", 1)[0]
    marks = start.startswith((b"\xff\xfe", b"\xfe\xff"))
    if marks or any(mark in first for mark in (b",", b";", b"\t", b"|")):
        return Format.SPREADSHEET
    if text.startswith(b"organizations:") or b"\norganizations:" in text:
        return Format.PARTNERS
    raise _unknown()


def _unknown() -> Invalid:
    return Invalid(
        "format_unknown",
        "Send HSDS JSON (lines, a list or a page), an HSDS data package (folder or ZIP of CSV "
        "files), our spreadsheet template (CSV or .xlsx), or partners.yml.",
    )


def _files(path: Path) -> Files:
    return Folder(path) if path.is_dir() else Archive(path)


def _start(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(4096)
    except OSError as error:
        raise NotFound("file_unknown", "The file cannot be read.") from error
