"""A body that goes to a file as it comes in, never into memory, and never past its limit."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from shutil import copyfileobj
from tempfile import TemporaryDirectory

import anyio
from anyio import to_thread
from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from directory.errors import Invalid, TooLarge
from directory.imports.limits import LARGEST_PACKED, MEGABYTE

_MULTIPART = "multipart/form-data"
_ENVELOPE = 10_000  # what a form adds around a file


@dataclass(frozen=True, slots=True)
class Upload:
    """`name`: what its sender calls the file. `folder`: goes with the file in it."""

    path: Path
    name: str
    folder: "TemporaryDirectory[str]"

    def remove(self) -> None:
        self.folder.cleanup()


async def receive(request: Request) -> Upload:
    """The file of a request: the body itself, or the one file of a form.

    Raises TooLarge as soon as it is known, before the body is read where its length is said;
    Invalid when there is none.
    """
    said = request.headers.get("content-length", "")
    if said.isdecimal() and int(said) > LARGEST_PACKED + _ENVELOPE:
        raise _too_large()
    folder = TemporaryDirectory(prefix="handoff-upload-")
    path = Path(folder.name) / "file"
    try:
        if request.headers.get("content-type", "").startswith(_MULTIPART):
            name = await _from_form(request, path)
        else:
            name = await _from_body(request, path)
        _check_size(path)
    except BaseException:
        folder.cleanup()
        raise
    return Upload(path, name, folder)


def _check_size(path: Path) -> None:
    if path.stat().st_size == 0:
        raise Invalid("empty_file", "The file is empty: send one with listings in it.")


async def _from_body(request: Request, path: Path) -> str:
    read = 0
    async with await anyio.open_file(path, "wb") as file:
        async for chunk in request.stream():
            read += len(chunk)
            if read > LARGEST_PACKED:
                raise _too_large()
            await file.write(chunk)
    return "upload"


async def _from_form(request: Request, path: Path) -> str:
    async with _form_file(request) as file:
        if (file.size or 0) > LARGEST_PACKED:
            raise _too_large()

        def copy() -> None:
            with path.open("wb") as out:
                copyfileobj(file.file, out)

        await to_thread.run_sync(copy)
        return _plain_name(file.filename or "")


@asynccontextmanager
async def _form_file(request: Request) -> AsyncIterator[UploadFile]:
    """The form's file, which Starlette keeps on disk while it reads."""
    try:
        async with request.form(max_files=1, max_fields=10) as form:
            files = [each for each in form.values() if isinstance(each, UploadFile)]
            if not files:
                raise Invalid("file_missing", "Send the file in a form field called `file`.")
            yield files[0]
    except HTTPException as error:
        if error.status_code == 413:
            raise _too_large() from error
        raise Invalid("form_unreadable", "Send one file as multipart/form-data.") from error


def _plain_name(name: str) -> str:
    """The name without folders and without what a report had better not hold."""
    plain = PurePosixPath(name.replace("\\", "/")).name
    return "".join(letter for letter in plain if letter.isprintable())[:80] or "upload"


def _too_large() -> TooLarge:
    return TooLarge(
        "too_large", f"The file is larger than {LARGEST_PACKED // MEGABYTE} MB: send it in parts."
    )
