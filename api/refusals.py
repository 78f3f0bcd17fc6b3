"""Refusals as security events: who was refused what, and why; never what they sent.

A request without any proof of who asks is no event: it is how a door is found shut. A proof that
opens nothing is one, and so is a door that a role, a key or a second pair of eyes keeps shut, a
form from another site, and a limit that was run into.
"""

import structlog
from fastapi import Request

from directory.errors import HandoffError
from directory.telemetry import timings

log = structlog.get_logger(__name__)

_SECURITY = frozenset({401, 403, 429})
# Nobody has said who they are, or not all of it yet.
_NOT_SAID = frozenset(
    {
        "credentials_missing",
        "key_missing",
        "otp_required",
        "password_given",
        "second_step_missing",
        "sign_in",
        "token_missing",
    }
)
NOBODY = "nobody"
_PLAIN = "/webhooks/"


def remember_actor(request: Request, actor: str) -> None:
    """Who is calling, by an id that says nothing of them: a refusal that follows is theirs."""
    request.state.actor = actor


def note(request: Request, error: HandoffError) -> None:
    """Log and count what was refused, where it is an event."""
    if error.status in _SECURITY and error.code not in _NOT_SAID:
        note_reason(request, error.code)


def note_reason(request: Request, reason: str) -> None:
    """The same of a refusal that is drawn and not raised. `reason`: a code of ours."""
    timings.access_refused(reason)
    log.warning(
        "access_refused",
        actor=getattr(request.state, "actor", NOBODY),
        route=_template(request),
        method=request.method,
        reason=reason,
    )


def _template(request: Request) -> str:
    """The route as it is written, so that neither ids nor a query are logged."""
    path = getattr(request.scope.get("route"), "path", None)
    if path is None:  # a plain door, whose address has nothing in it that changes
        path = request.scope["path"] if request.scope["path"].startswith(_PLAIN) else ""
    return f"{request.scope.get('root_path', '')}{path}"
