"""What a backup says of itself: `manifest.json` beside the files, and what makes them whole."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from directory.errors import HandoffError

FORMAT = 1
NAME = "manifest.json"


class BackupError(HandoffError):
    """A backup can't be made or restored. The text says why and what to do."""

    def __init__(self, detail: str) -> None:
        super().__init__("backup", detail)


@dataclass(frozen=True, slots=True)
class Stored:
    """A file of a backup."""

    size: int
    sha256: str

    @classmethod
    def of(cls, path: Path) -> Self:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return cls(path.stat().st_size, digest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """`made_at`: wall time; everything that was committed before it is in the backup.

    `kind`: `sqlite` or `postgresql`. `keys`: the names (directory.key_rotation) of the encryption
    keys that were set, the newest first; `index_key`: that of SECRET_KEY. `rows`: by table.
    `files`: by name.
    """

    made_at: datetime
    kind: str
    revision: str
    keys: tuple[str, ...]
    index_key: str
    rows: Mapping[str, int]
    files: Mapping[str, Stored]

    def write(self, folder: Path) -> None:
        body = asdict(self) | {"format": FORMAT, "made_at": self.made_at.isoformat()}
        write_private(folder / NAME, json.dumps(body, indent=2) + "\n")

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Raises BackupError where there is none, or none that we understand."""
        try:
            body: dict[str, Any] = json.loads((folder / NAME).read_text(encoding="utf-8"))
            if body["format"] != FORMAT:
                raise BackupError(
                    f"{folder} is a backup of format {body['format']}; this version knows {FORMAT}"
                )
            return cls(
                made_at=datetime.fromisoformat(body["made_at"]),
                kind=str(body["kind"]),
                revision=str(body["revision"]),
                keys=tuple(str(key) for key in body["keys"]),
                index_key=str(body["index_key"]),
                rows={str(name): int(count) for name, count in body["rows"].items()},
                files={
                    str(name): Stored(int(file["size"]), str(file["sha256"]))
                    for name, file in body["files"].items()
                },
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise BackupError(f"{folder} holds no backup: {NAME} can't be read") from error

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files.values())

    def verify(self, folder: Path) -> None:
        """Raises BackupError unless every file is there as it was written."""
        for name, stored in self.files.items():
            path = folder / name
            inside = path.resolve().is_relative_to(folder.resolve())
            if not inside or not path.is_file() or Stored.of(path) != stored:
                raise BackupError(f"{path} is not as it was written: take another backup")


def write_private(path: Path, text: str) -> None:
    """A new file that the owner alone can read, on the disk when this returns."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
