"""Secrets that are made up at the first start of a trial, and kept for the next.

They are in `DATA_DIR/secrets.env`, readable by the owner alone.
"""

import base64
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

Made = Mapping[str, Callable[[], str]]


def _encryption_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


# What is made up at the first start when it was not given.
MADE: Made = {
    "secret_key": lambda: secrets.token_urlsafe(32),
    "encryption_keys": _encryption_key,
    "twilio_account_sid": lambda: f"AC{secrets.token_hex(16)}",
    "twilio_auth_token": lambda: secrets.token_hex(16),
    "rasa_token": lambda: secrets.token_urlsafe(24),
    "twilio_from_number": lambda: "+16305550199",
}


def kept_secrets(data_dir: Path, wanted: Made) -> dict[str, str]:
    """Those of `wanted` that are kept, and the rest made now. Raises OSError."""
    path = data_dir / "secrets.env"
    kept: dict[str, str] = {}
    if path.exists():
        lines = path.read_text(encoding="utf-8").splitlines()
        pairs = (line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
        kept = {name.removeprefix("HANDOFF_").lower(): value for name, value in pairs}
    if all(name in kept for name in wanted):
        return kept
    complete = kept | {name: kept.get(name) or make() for name, make in wanted.items()}
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write_private(path, complete)
    return complete


def _write_private(path: Path, values: dict[str, str]) -> None:
    lines = [
        "# Made at the first start. Keep private: whoever has the keys can read what is stored."
    ]
    lines += [f"HANDOFF_{name.upper()}={value}" for name, value in values.items()]
    scratch = path.with_suffix(f".{os.getpid()}")
    handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    scratch.replace(path)
