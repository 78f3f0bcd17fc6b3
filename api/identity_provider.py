"""The city's identity provider: OpenID Connect, authorization code with PKCE (authlib).

Sources: OpenID Connect Core 1.0, 3.1; Discovery 1.0; RFC 7636. Only this module imports authlib.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError  # type: ignore[import-untyped]
from authlib.integrations.requests_client import OAuth2Session  # type: ignore[import-untyped]
from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
from joserfc import jwt  # authlib's own library for tokens
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from directory.settings import Settings
from directory.staff.identities import Identity

TIMEOUT = 8.0  # seconds for each answer of the provider
LEEWAY = 60  # seconds by which clocks may differ
SCOPE = "openid email profile"
# Signatures that a public key checks. None, and those with a shared key, are not taken.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
# What may be wrong with an answer that is not ours.
_WRONG = (AuthlibBaseError, JoseError, requests.RequestException, ValueError, KeyError, TypeError)


class ProviderError(Exception):
    """The provider cannot be reached, or says what cannot be believed."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way to the provider and back. All of it follows from `seed`, which the browser keeps."""

    seed: str
    secret_key: str

    @property
    def state(self) -> str:
        return self._derived("state")

    @property
    def nonce(self) -> str:
        return self._derived("nonce")

    @property
    def verifier(self) -> str:
        """For PKCE: 64 characters, of which the provider first learns the hash only."""
        return self._derived("verifier")

    def _derived(self, purpose: str) -> str:
        message = f"handoff provider\x00{purpose}\x00{self.seed}".encode()
        return hmac.new(self.secret_key.encode(), message, hashlib.sha256).hexdigest()


def address_of_sign_in(settings: Settings, attempt: Attempt, *, redirect_uri: str) -> str:
    """Where the browser is sent. Raises ProviderError."""
    try:
        with _client(settings, redirect_uri) as client:
            metadata = _metadata(client, settings.oidc_issuer)
            address, _ = client.create_authorization_url(
                metadata["authorization_endpoint"],
                state=attempt.state,
                nonce=attempt.nonce,
                code_verifier=attempt.verifier,
            )
    except _WRONG as error:
        raise ProviderError from error
    return str(address)


def identity_behind(
    settings: Settings, attempt: Attempt, code: str, *, redirect_uri: str, wall: datetime
) -> Identity:
    """Who came back with this code. Raises ProviderError."""
    try:
        with _client(settings, redirect_uri) as client:
            metadata = _metadata(client, settings.oidc_issuer)
            token = client.fetch_token(
                metadata["token_endpoint"],
                grant_type="authorization_code",
                code=code,
                code_verifier=attempt.verifier,
                timeout=TIMEOUT,
            )
            published: Any = _json(client, metadata["jwks_uri"])
        keys = KeySet.import_key_set(published)
        decoded = jwt.decode(str(token["id_token"]), keys, algorithms=ALGORITHMS)
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            options={
                "iss": {"essential": True, "value": settings.oidc_issuer},
                "aud": {"essential": True, "value": settings.oidc_client_id},
            },
            params={
                "nonce": attempt.nonce,
                "client_id": settings.oidc_client_id,
                "access_token": token.get("access_token"),
            },
        )
        claims.validate(now=int(wall.timestamp()), leeway=LEEWAY)
    except _WRONG as error:
        raise ProviderError from error
    return Identity(
        issuer=settings.oidc_issuer,
        subject=str(claims["sub"]),
        email=str(claims["email"]) if claims.get("email") else None,
        email_verified=claims.get("email_verified") is True,
    )


def _client(settings: Settings, redirect_uri: str) -> Any:
    return OAuth2Session(
        settings.oidc_client_id,
        settings.oidc_client_secret,
        scope=SCOPE,
        redirect_uri=redirect_uri,
        code_challenge_method="S256",
        default_timeout=TIMEOUT,
    )


def _metadata(client: Any, issuer: str) -> dict[str, Any]:
    """What the provider says of itself; it must name itself as we do (Discovery, 4.3)."""
    found = _json(client, issuer.rstrip("/") + "/.well-known/openid-configuration")
    if found.get("issuer") != issuer:
        raise ValueError("the provider names itself otherwise")
    return found


def _json(client: Any, address: str) -> dict[str, Any]:
    answer = client.get(address, withhold_token=True, timeout=TIMEOUT, allow_redirects=False)
    answer.raise_for_status()
    found = answer.json()
    if not isinstance(found, dict):
        raise TypeError("not an object")
    return found
