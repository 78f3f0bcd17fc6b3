"""How often an address may come with a token that opens nothing. In memory, by wall time.

A token has 128 bits, so nobody guesses one; this keeps somebody who tries from costing much.
"""

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from threading import Lock

AT_MOST = 20
WITHIN = timedelta(minutes=10)
REMEMBERED = 10_000
ONE_HOUSEHOLD = 64  # bits of an IPv6 address that one subscriber has


class Guesses:
    """Wrong tokens by address; the oldest are forgotten when there are too many.

    Loopback is never exhausted: what comes from there is this machine, or a proxy that does not
    say for whom, and to shut it out would shut out every partner.
    """

    def __init__(self) -> None:
        self._wrong: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._lock = Lock()

    def note(self, address: str, *, wall: datetime) -> None:
        """One more wrong token from `address`."""
        key = household(address)
        if key is None:
            return
        with self._lock:
            self._wrong.setdefault(key, deque(maxlen=AT_MOST)).append(wall)
            self._wrong.move_to_end(key)
            while len(self._wrong) > REMEMBERED:
                self._wrong.popitem(last=False)

    def exhausted(self, address: str, *, wall: datetime) -> bool:
        """Whether `address` has guessed too often to be listened to just now."""
        key = household(address)
        with self._lock:
            times = self._wrong.get(key) if key is not None else None
            return times is not None and len(times) == AT_MOST and wall - times[0] < WITHIN


def household(address: str) -> str | None:
    """What to count by; None for this machine."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if parsed.is_loopback:
        return None
    if parsed.version == 4:
        return str(parsed)
    return str(ip_network(f"{parsed}/{ONE_HOUSEHOLD}", strict=False))
