"""Only requests to a host of ours are served, and every answer carries the headers that keep a
browser to what our pages need.

Plain ASGI: it stands in the way of every request, and Starlette's base class for middleware would
take as long as many an endpoint.
"""

import re
from collections.abc import Mapping
from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import problem

_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# What a page could ask a browser for, and none of ours does.
_NOTHING = ", ".join(
    f"{each}=()"
    for each in (
        "accelerometer",
        "autoplay",
        "camera",
        "display-capture",
        "encrypted-media",
        "fullscreen",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "picture-in-picture",
        "publickey-credentials-get",
        "screen-wake-lock",
        "usb",
        "xr-spatial-tracking",
    )
)
_HEADERS = {
    "Content-Security-Policy": _CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Origin-Agent-Cluster": "?1",
    "Permissions-Policy": _NOTHING,
    "X-Permitted-Cross-Domain-Policies": "none",
}
# Two years and every subdomain, as the browsers' own lists of such hosts ask. Only over https: a
# browser that once read it would never again open a trial on http.
_HTTPS_ONLY = {"Strict-Transport-Security": "max-age=63072000; includeSubDomains"}
_NEVER_STORED = ("/api/v1/", "/webhooks/", "/fhir")
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?")
_HERE = ("127.0.0.1", "localhost", "[::1]")
# What looks after many processes asks each by its own address: probes, and Prometheus. The check of
# hosts keeps a browser from being led here under a name that somebody else gave us (DNS rebinding),
# which takes a name: an address is nobody's to give. The check never decided who may read these.
_BY_ADDRESS = ("/healthz", "/readyz", "/metrics")


class Guard:
    """`public`: the host name of the product's public address; `https`: it is reached so only."""

    def __init__(self, app: ASGIApp, *, public: str, https: bool = False) -> None:
        self._app = app
        self._headers = _raw(_HEADERS | (_HTTPS_ONLY if https else {}))
        self._unstored = (*self._headers, *_raw({"Cache-Control": "no-store"}))
        self._hosts = {f"[{public}]" if ":" in public else public, *_HERE}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                unstored = scope["path"].startswith(_NEVER_STORED)
                headers = list(message.get("headers", ()))
                has = {name.lower() for name, _ in headers}
                ours = self._unstored if unstored else self._headers
                headers += [each for each in ours if each[0] not in has]
                message["headers"] = headers
            await send(message)

        if not self._is_for_us(scope):
            refusal = problem(400, "host_unknown", "This is not a host of ours.")
            await refusal(scope, receive, guarded)
            return
        await self._app(scope, receive, guarded)

    def _is_for_us(self, scope: Scope) -> bool:
        host = _HOST.fullmatch(Headers(scope=scope).get("host", ""))
        if host is None:
            return False
        if host[1].lower() in self._hosts:
            return True
        return scope["path"] in _BY_ADDRESS and _is_address(host[1])


def _is_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _raw(headers: Mapping[str, str]) -> tuple[tuple[bytes, bytes], ...]:
    return tuple((name.lower().encode(), value.encode()) for name, value in headers.items())
