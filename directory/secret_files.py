"""Secrets that are given as files: HANDOFF_NAME_FILE names the file that holds HANDOFF_NAME.

So a secret store, systemd's credentials or a container's mounted secret can hand a secret over
without it ever standing in an environment, a process list or a shell's history. What a file says
is never part of an error.
"""

import os
import stat
from collections.abc import Mapping
from pathlib import Path

PREFIX = "HANDOFF_"
SUFFIX = "_FILE"
# Every setting whose value lets somebody in, or opens what is encrypted. An address may hold a
# password (databases, mail) or be one (the ping's).
SECRETS = (
    "alarm_ping_url",
    "database_url",
    "encryption_keys",
    "migration_database_url",
    "oidc_client_secret",
    "rasa_token",
    "secret_key",
    "smtp_url",
    "twilio_account_sid",
    "twilio_auth_token",
)
LARGEST = 10_000  # bytes
# What an orchestrator mounts here only this container can see, whatever its mode says.
_MOUNTED = (Path("/run/secrets"), Path("/var/run/secrets"))


class SecretFileError(Exception):
    """The file of a secret cannot be used. One line that names the setting, never the secret."""


def read_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """The secrets (by the names of `SECRETS`) whose files `environment` names.

    A value in the environment itself wins over its file: that is how a supervisor hands on what it
    has read. Raises SecretFileError.
    """
    given = {name.upper(): value for name, value in environment.items()}
    files = {name: given.get(f"{PREFIX}{name}{SUFFIX}".upper(), "") for name in SECRETS}
    return {
        name: _read(path, f"{PREFIX}{name.upper()}{SUFFIX}")
        for name, path in files.items()
        if path and f"{PREFIX}{name}".upper() not in given
    }


def _read(path: str, setting: str) -> str:
    file = Path(path)
    try:
        with file.open("rb") as stream:
            found = os.fstat(stream.fileno())
            _require_private(found, file, setting)
            content = stream.read(LARGEST + 1)
    except OSError as error:
        raise SecretFileError(f"{setting}: cannot read {path}: {error.strerror}") from error
    if len(content) > LARGEST:
        raise SecretFileError(f"{setting}: {path} is too large to be a secret")
    try:
        secret = content.decode().strip()
    except UnicodeDecodeError:
        raise SecretFileError(f"{setting}: {path} is no text") from None
    if not secret:
        raise SecretFileError(f"{setting}: {path} is empty")
    return secret


def _require_private(found: os.stat_result, file: Path, setting: str) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise SecretFileError(f"{setting}: {file} is no file")
    mode = stat.S_IMODE(found.st_mode)
    mounted = any(file.is_relative_to(folder) for folder in _MOUNTED)
    if mode & 0o022 or (mode & 0o004 and not mounted):
        raise SecretFileError(
            f"{setting}: others may read or write {file}: chmod 600 (640 for a group of its own)"
        )
