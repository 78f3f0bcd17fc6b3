"""Webhooks: an event to a partner's system, signed as Standard Webhooks 1.0 asks.

Headers: `webhook-id` (the same at each try, so that receivers know a repeat), `webhook-timestamp`
(Unix seconds) and `webhook-signature`: `v1,` and the base64 of HMAC-SHA256 over
`{id}.{timestamp}.{body}`, keyed with the contact's secret. Source: standardwebhooks.com.

The address is the partner's choice, so it must not lead into our own network: names are resolved
here, every address is looked at, and the connection goes to one that was looked at.
"""

import base64
import hashlib
import hmac
import ipaddress
import json
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import anyio
import httpx

from bot.notices.attempts import Refused, TryLater

# Of the whole request, name look-up included: a receiver that dribbles holds nobody up.
WITHIN_SECONDS = 20.0
CONNECT_SECONDS = 5.0
SECRET_PREFIX = "whsec_"  # noqa: S105  # what a secret begins with, not one
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Webhooks:
    """Posts events. `private_allowed`: also to this machine and our own network, for trials."""

    private_allowed: bool = False
    tls: ssl.SSLContext = field(default_factory=httpx.create_ssl_context, repr=False)

    def post(
        self,
        event: Mapping[str, object],
        *,
        to: str,
        secret: str,
        event_id: str,
        at: datetime,
    ) -> None:
        """Post one event; any 2xx is a success. `at`: wall time.

        Raises TryLater, also when it may have arrived, and Refused when it never will.
        """
        body = json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()
        headers = {
            "content-type": "application/json",
            "user-agent": "Handoff-Webhooks/1",
        } | signed(body, secret=secret, event_id=event_id, at=at)
        anyio.run(partial(self._post_in_time, to, headers, body))

    async def _post_in_time(self, url: str, headers: dict[str, str], body: bytes) -> None:
        try:
            with anyio.fail_after(WITHIN_SECONDS):
                await self._post(url, headers, body)
        except TimeoutError as error:
            raise TryLater("webhook_too_slow") from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise Refused("webhook_address_wrong") from error
        except httpx.HTTPError as error:
            raise TryLater("webhook_not_reached") from error

    async def _post(self, url: str, headers: dict[str, str], body: bytes) -> None:
        given = httpx.URL(url)
        address = await self._resolved(given)
        headers["host"] = given.netloc.decode("ascii")
        client = httpx.AsyncClient(
            verify=self.tls,
            follow_redirects=False,  # the next address would be one that nobody looked at
            trust_env=False,
            timeout=httpx.Timeout(WITHIN_SECONDS, connect=CONNECT_SECONDS),
        )
        async with client:
            request = client.build_request(
                "POST",
                given.copy_with(host=address),
                headers=headers,
                content=body,
                # The certificate is checked for the name, though we connect to the address.
                extensions={"sni_hostname": given.raw_host.decode("ascii")},
            )
            # The answer's body is nothing to us, and may be endless.
            answer = await client.send(request, stream=True)
            await answer.aclose()
        _judge(answer)

    async def _resolved(self, url: httpx.URL) -> str:
        """The address to connect to. Raises Refused when the name leads where it must not."""
        try:
            found = await anyio.getaddrinfo(url.host, url.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise TryLater("webhook_name_unknown") from error
        addresses = [str(sockaddr[0]) for *_, sockaddr in found]
        if not addresses:
            raise TryLater("webhook_name_unknown")
        if not self.private_allowed and not all(is_public(each) for each in addresses):
            raise Refused("webhook_address_private")
        return addresses[0]


def signed(body: bytes, *, secret: str, event_id: str, at: datetime) -> dict[str, str]:
    """The three headers of Standard Webhooks. Pure."""
    timestamp = str(int(at.timestamp()))
    signed_content = b".".join((event_id.encode(), timestamp.encode(), body))
    digest = hmac.new(_key(secret), signed_content, hashlib.sha256).digest()
    return {
        "webhook-id": event_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, whatever it is wrapped in. Pure."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


def _key(secret: str) -> bytes:
    """`whsec_` and base64, or else the characters themselves."""
    if secret.startswith(SECRET_PREFIX):
        return base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    return secret.encode()


def _judge(answer: httpx.Response) -> None:
    if answer.is_success:
        return
    if answer.status_code == httpx.codes.GONE:
        raise Refused("webhook_gone")  # Standard Webhooks: the receiver wants no more of them
    raise TryLater(f"webhook_status_{answer.status_code}", retry_after=_retry_after(answer))


def _retry_after(answer: httpx.Response) -> float | None:
    """`Retry-After` in seconds; the form with a date is not worth its parsing here."""
    told = answer.headers.get("retry-after", "")
    return float(told) if told.isascii() and told.isdigit() else None
