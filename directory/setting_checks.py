"""What single settings have to look like. Each returns the value, or raises ValueError: one line
that says how to write it, and never what was written (it may be a secret)."""

import base64
import ipaddress
import re
from urllib.parse import urlsplit

_MAIL_ADDRESS = re.compile(r"^[^@\s<>\",;]{1,64}@[^@\s<>\",;]{1,190}$")
_DATABASES = ("sqlite:///", "postgresql://", "postgresql+psycopg://", "postgres://")


def database_address(value: str) -> str:
    if value and not value.startswith(_DATABASES):
        raise ValueError("write it as postgresql://user:password@host/name or sqlite:///path")
    return value


def with_driver(address: str) -> str:
    """A checked address as SQLAlchemy takes it, with our driver."""
    for plain in ("postgres://", "postgresql://"):
        if address.startswith(plain):
            return "postgresql+psycopg://" + address.removeprefix(plain)
    return address


def encryption_keys(value: str) -> str:
    """A comma list; each key is URL-safe base64 of 32 bytes."""
    value = value.strip(" ,")
    for position, key in enumerate(filter(None, value.split(",")), start=1):
        try:
            size = len(base64.urlsafe_b64decode(key.strip()))
        except ValueError:
            size = 0
        if size != 32:
            raise ValueError(f"key {position} is not URL-safe base64 of 32 bytes")
    return value


def mail_address(value: str) -> str:
    if value and not _MAIL_ADDRESS.match(value):
        raise ValueError("this is no e-mail address: write it as handoff@example.org")
    return value


def proxies(value: str) -> str:
    """A comma list of addresses and networks. Never everybody: then anybody could be anybody."""
    for each in filter(None, (part.strip() for part in value.split(","))):
        try:
            network = ipaddress.ip_network(each)
        except ValueError as error:
            raise ValueError("name each proxy or its network: 127.0.0.1,10.1.0.0/16") from error
        if network.prefixlen == 0:
            raise ValueError("this trusts everybody: name each proxy or its network")
    return value


def contact(value: str) -> str:
    """An e-mail address, or a page."""
    page = value.startswith("https://") and urlsplit(value).hostname
    if value and not (page or _MAIL_ADDRESS.match(value)):
        raise ValueError("write an e-mail address, or the https:// address of a page")
    return value


def is_loopback(url: str) -> bool:
    """True when the host of `url` can only be this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
