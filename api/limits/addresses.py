"""How much an address may ask for, counted in the memory of each process.

An address is somebody we do not know, so it says little: a whole city may sit behind one. The
numbers are therefore far above what people need, and only keep one machine from taking everything.
Where several processes serve, each counts for itself; the proxy in front is the place for a common
limit (docs/operators.md). Keys and accounts are counted together, in the database (keys.py).
"""

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock

from api.partners.guesses import household
from directory.rates import Rate, judged

# More addresses than this at once are a flood of its own; those that were quiet longest go first.
REMEMBERED = 50_000
# Each password costs us a good deal of work, right or wrong.
SIGN_IN = Rate(30)
_SIGN_IN_DOORS = ("/api/v1/auth/token", "/console/sign-in", "/partner/sign-in", "/partner/link/")
# What the carrier signs is never limited by address: all of it comes from the carrier's few. Our
# own static files come by the dozen with a page, and cost nothing.
_FREE = ("/webhooks/", "/static/", "/r/static/", "/healthz", "/readyz", "/metrics")


class Addresses:
    """Who has called how much. `usual`: None where addresses are not limited but at sign-in."""

    def __init__(self, usual: Rate | None, *, sign_in: Rate = SIGN_IN) -> None:
        self._usual, self._sign_in = usual, sign_in
        self._free_at: OrderedDict[str, datetime] = OrderedDict()
        self._lock = Lock()

    def wait(self, address: str, method: str, path: str, *, wall: datetime) -> timedelta:
        """Zero when the call is taken; else how long this address has to wait."""
        if path.startswith(_FREE):
            return timedelta()
        who = household(address) if _is_address(address) else None
        if who is None:  # this machine, or a proxy that does not say for whom
            return timedelta()
        if method == "POST" and path.startswith(_SIGN_IN_DOORS):
            waiting = self._call(f"{who} signing in", self._sign_in, wall)
            if waiting:
                return waiting
        return self._call(who, self._usual, wall) if self._usual else timedelta()

    def _call(self, who: str, rate: Rate, wall: datetime) -> timedelta:
        with self._lock:
            verdict = judged(rate, self._free_at.get(who), wall=wall)
            self._free_at[who] = verdict.free_at
            self._free_at.move_to_end(who)
            if len(self._free_at) > REMEMBERED:
                self._free_at.popitem(last=False)
        return verdict.wait


def _is_address(text: str) -> bool:
    """Whether this can be an IP address at all: a socket of this machine has a name, or nothing."""
    return ":" in text or text.replace(".", "").isdigit()
