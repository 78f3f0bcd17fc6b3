"""Checks of this machine: settings, secrets, files, disk, the trained model."""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from api.doctor.finding import Finding, fail, guarded, ok, warn
from api.supervisor.preparation import LEAST_FREE_MEGABYTES
from api.supervisor.programs import rasa_is_ours
from bot import training
from bot.rasa_server import RASA_PYTHON
from directory.key_rotation import name_of
from directory.setting_checks import is_loopback
from directory.settings import Carrier, Settings

ENOUGH_MEGABYTES = 2_000
SHORTEST_SECRET = 32
_PRIVATE = stat.S_IRWXG | stat.S_IRWXO


def look(settings: Settings) -> Iterator[Finding]:
    yield guarded("settings", lambda: _carrier(settings))
    yield guarded("public address", lambda: _public_url(settings))
    yield guarded("secrets", lambda: _secrets(settings))
    yield guarded("file modes", lambda: _modes(settings))
    yield guarded("disk", lambda: _disk(settings))
    yield guarded("model", lambda: _model(settings))


def _carrier(settings: Settings) -> Finding:
    if settings.carrier is Carrier.SIMULATED:
        return warn(
            "settings",
            "the carrier is simulated: no text leaves this machine",
            "for real texts set HANDOFF_CARRIER=twilio (docs/operators.md)",
        )
    if settings.demo:
        return warn("settings", "every page says that it is a demo", "unset HANDOFF_DEMO")
    return ok("settings", f"complete for {settings.carrier.value}")


def _public_url(settings: Settings) -> Finding:
    if settings.carrier is Carrier.SIMULATED:
        return ok("public address", settings.base_url)
    if is_loopback(settings.base_url) or not settings.base_url.startswith("https://"):
        return fail(
            "public address",
            f"{settings.base_url} is not reached from outside over TLS",
            "set HANDOFF_PUBLIC_URL to the https:// address that Twilio calls",
        )
    return ok("public address", settings.base_url)


def _secrets(settings: Settings) -> Finding:
    if len(settings.secret_key) < SHORTEST_SECRET and settings.carrier is Carrier.TWILIO:
        return warn(
            "secrets",
            f"HANDOFF_SECRET_KEY has {len(settings.secret_key)} characters",
            "take 32 or more before the first real text; afterwards it must not change",
        )
    names = ", ".join(name_of(key) for key in settings.encryption_key_list)
    return ok("secrets", f"encryption keys, the newest first: {names} (names, not the keys)")


def _modes(settings: Settings) -> Finding:
    """Others on this machine must not read what is in here."""
    data = settings.data_dir
    wanted = [data, data / "secrets.env", Path(".env"), data / "handoff.sqlite"]
    # Behind a closed folder nobody gets at the files.
    closed = data.exists() and not _open_to_others(data)
    open_ones = [
        path
        for path in wanted
        if path.exists() and _open_to_others(path) and not (closed and path.parent == data)
    ]
    ours = [str(path) for path in open_ones if _may_be_closed(path)]
    if ours:
        return fail(
            "file modes",
            f"other users of this machine can read {', '.join(ours)}",
            "chmod go= " + " ".join(ours),
        )
    if open_ones:
        return warn(
            "file modes",
            f"{', '.join(map(str, open_ones))} belongs to another user and is open to others",
            "only its owner can close it (chmod o=); where it is a volume, mount it in nothing "
            "but Handoff",
        )
    return ok("file modes", f"{data} is closed to others" if closed else "nothing is there yet")


def _open_to_others(path: Path) -> bool:
    """Whether more than its owner gets in.

    A volume that a cluster hands us belongs to root and is opened to a group that the cluster
    gives to this process (`fsGroup`, with the set-group-id bit): that group is how we get in.
    """
    found = path.stat()
    given = not _may_be_closed(path) and found.st_mode & stat.S_ISGID
    if given and found.st_gid in {os.getegid(), *os.getgroups()}:
        return bool(found.st_mode & stat.S_IRWXO)
    return bool(found.st_mode & _PRIVATE)


def _may_be_closed(path: Path) -> bool:
    """Whether a chmod of ours would be obeyed."""
    return os.geteuid() in (0, path.stat().st_uid)


def _disk(settings: Settings) -> Finding:
    place = next(each for each in (settings.data_dir, *settings.data_dir.parents) if each.exists())
    free = shutil.disk_usage(place).free // 2**20
    said = f"{free:,} MB free in {place}"
    if free < LEAST_FREE_MEGABYTES:
        return fail("disk", said, f"free some now: below {LEAST_FREE_MEGABYTES} MB nothing starts")
    if free < ENOUGH_MEGABYTES:
        return warn("disk", said, "free some: backups and logs grow")
    return ok("disk", said)


def _model(settings: Settings) -> Finding:
    if not rasa_is_ours(settings):
        return ok("model", f"not looked at: Rasa runs elsewhere ({settings.rasa_url})")
    if not RASA_PYTHON.exists():
        return fail("model", "Rasa's environment has not been made", "make setup")
    if not training.model_is_current():
        return warn(
            "model",
            "the model was not trained from the files that are here",
            "the next start answers without Rasa while it trains, 7 to 9 minutes: better train "
            "before it (docs/operations/upgrade.md)",
        )
    return ok("model", "trained from the files that are here")
