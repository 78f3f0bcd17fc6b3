"""How much a file may be. What unpacks to more than its sender can mean is refused unread."""

import io
import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from directory.errors import Invalid, TooLarge

MEGABYTE = 1_000_000
LARGEST_PACKED = 50 * MEGABYTE
LARGEST_UNPACKED = 500 * MEGABYTE
LARGEST_WORKBOOK = 60 * MEGABYTE
MOST_FILES = 200
# Text packs to a tenth, a table that repeats itself to a hundredth; a bomb to a thousandth.
LARGEST_RATIO = 200
_RATIO_FROM = MEGABYTE


def too_large(what: str) -> TooLarge:
    return TooLarge("too_large", f"{what} Send it in parts.")


class Limited(io.RawIOBase):
    """A stream that ends with TooLarge after `most` bytes: headers of archives can lie."""

    def __init__(self, stream: BinaryIO, most: int) -> None:
        self._stream, self._left = stream, most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        try:
            data = self._stream.read(len(buffer))
        except (zipfile.BadZipFile, EOFError, OSError, ValueError) as error:
            detail = "The archive is damaged: pack the files again."
            raise Invalid("not_readable", detail) from error
        self._left -= len(data)
        if self._left < 0:
            raise too_large(f"The file unpacks to more than {LARGEST_UNPACKED // MEGABYTE} MB.")
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()


def limited(stream: BinaryIO, most: int = LARGEST_UNPACKED) -> BinaryIO:
    return io.BufferedReader(Limited(stream, most), 1 << 16)


class Files(Protocol):
    """The files of a folder or of an archive, by name and without folders around them."""

    def names(self) -> list[str]: ...

    def open(self, name: str) -> BinaryIO: ...


@dataclass(frozen=True, slots=True)
class Folder:
    """The files of a folder on this machine, symbolic links left out."""

    path: Path

    def names(self) -> list[str]:
        return sorted(
            each.name for each in self.path.iterdir() if stat.S_ISREG(each.lstat().st_mode)
        )

    def open(self, name: str) -> BinaryIO:
        return limited((self.path / name).open("rb"))


class Archive:
    """The files of a ZIP archive. Raises Invalid or TooLarge before anything is unpacked."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, ValueError, OSError) as error:
            detail = "The archive is damaged: pack the files again."
            raise Invalid("not_readable", detail) from error
        files = [each for each in self._zip.infolist() if not each.is_dir()]
        _check(files)
        self._files = {Path(each.filename).name: each for each in files}

    def names(self) -> list[str]:
        return sorted(name for name in self._files if not name.startswith((".", "._")))

    def open(self, name: str) -> BinaryIO:
        try:
            stream = self._zip.open(self._files[name])
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
            detail = "The archive is encrypted or packed in an unusual way: make it a plain ZIP."
            raise Invalid("not_readable", detail) from error
        return limited(stream)  # type: ignore[arg-type]


def _check(files: list[zipfile.ZipInfo]) -> None:
    if len(files) > MOST_FILES:
        raise too_large(f"The archive holds more than {MOST_FILES} files.")
    if any(each.flag_bits & 0x1 for each in files):
        raise Invalid("encrypted", "The archive has a password: send it without.")
    unpacked = sum(each.file_size for each in files)
    packed = sum(each.compress_size for each in files)
    if unpacked > LARGEST_UNPACKED:
        raise too_large(f"The archive unpacks to more than {LARGEST_UNPACKED // MEGABYTE} MB.")
    if unpacked > _RATIO_FROM and unpacked > packed * LARGEST_RATIO:
        raise Invalid("unlikely_archive", "The archive unpacks to far more than text can: refused.")
