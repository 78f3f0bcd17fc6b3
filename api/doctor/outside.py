"""Checks over the network: the running product, Rasa with its actions, the carrier, the way in,
clocks, mail. Nobody is texted and no e-mail is sent."""

import smtplib
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial

import httpx

from api.doctor.finding import Finding, fail, guarded, ok, warn
from api.services import twilio_gateway
from bot.notices.email import MailServer
from bot.rasa_client import RasaClient, RasaUnavailable
from directory.database import new_id
from directory.settings import Carrier, Settings

SECONDS = 5.0
SKEW_SECONDS = 5.0
# A text that takes the whole way through Rasa and its action server, of nobody.
_QUESTION = "food in Naperville"


def look(settings: Settings) -> Iterator[Finding]:
    with httpx.Client(timeout=SECONDS, trust_env=False, follow_redirects=False) as http:
        yield guarded("application", lambda: _application(http, settings))
        for url in settings.rasa_urls:
            yield guarded("rasa", partial(_rasa, url, settings))
        yield guarded("carrier", lambda: _carrier(settings))
        yield guarded("way in", lambda: _way_in(http, settings))
        yield guarded("clock", lambda: _clock(http, settings))
        yield guarded("mail", lambda: _mail(settings))


def _application(http: httpx.Client, settings: Settings) -> Finding:
    try:
        answer = http.get(f"http://127.0.0.1:{settings.port}/readyz")
        parts: dict[str, str] = answer.json()["parts"]
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return warn(
            "application",
            f"nothing of ours answers on port {settings.port}",
            "start it (`handoff up`), or look into api.log",
        )
    wrong = [f"{part}: {state}" for part, state in parts.items() if state != "ok"]
    if answer.status_code != httpx.codes.OK:
        return fail("application", ", ".join(wrong), "docs/operations/runbook.md, 'Not ready'")
    return ok("application", "ready: " + ", ".join(part for part in parts if part != "alarms"))


def _rasa(url: str, settings: Settings) -> Finding:
    """One question of nobody, so that Rasa, its model and the action server all have to work."""
    client = RasaClient(url, settings.rasa_token, timeout=SECONDS)
    sender = f"doctor-{new_id()}"
    metadata: dict[str, object] = {
        "language": "en",
        "place": None,
        "needs": [],
        "now": datetime.now(UTC).isoformat(),
    }
    began = time.perf_counter()
    try:
        client.ask(sender=sender, message_id=sender, text=_QUESTION, metadata=metadata)
        took = time.perf_counter() - began
        client.forget(sender)
    except RasaUnavailable as error:
        return warn(
            "rasa",
            f"no answer from {url} ({error})",
            "see rasa.log and actions.log; meanwhile residents get plain search"
            + (", where no other Rasa answers" if len(settings.rasa_urls) > 1 else ""),
        )
    finally:
        client.close()
    return ok("rasa", f"{url} and its actions answered a search in {took * 1000:.0f} ms")


def _carrier(settings: Settings) -> Finding:
    if not settings.twilio_account_sid or not settings.twilio_auth_token:
        return fail(
            "carrier", "no account is set", "set HANDOFF_TWILIO_ACCOUNT_SID and _AUTH_TOKEN"
        )
    if twilio_gateway(settings).ping():
        return ok("carrier", f"{settings.carrier_api} knows the account, and it is active")
    if settings.carrier is Carrier.SIMULATED:
        return warn("carrier", "the simulated carrier doesn't answer", "it runs with `handoff up`")
    return fail(
        "carrier",
        f"{settings.carrier_api} doesn't answer, or not to this account and token",
        "check HANDOFF_TWILIO_ACCOUNT_SID and _AUTH_TOKEN, and the carrier's status page",
    )


def _way_in(http: httpx.Client, settings: Settings) -> Finding:
    """An unsigned webhook from outside has to reach us, and be turned away by us."""
    url = f"{settings.base_url}/webhooks/twilio/sms"
    try:
        answer = http.post(url, data={"MessageSid": "doctor", "From": "doctor", "Body": ""})
        code = answer.json().get("code")
    except (httpx.HTTPError, ValueError, AttributeError) as error:
        finding = warn if settings.carrier is Carrier.SIMULATED else fail
        return finding(
            "way in",
            f"{url} is not answered by us ({type(error).__name__})",
            "start it; then check DNS, TLS and the reverse proxy (docs/operators.md)",
        )
    if (answer.status_code, code) != (403, "signature_invalid"):
        return fail(
            "way in",
            f"{url} answers {answer.status_code} {code or ''} to an unsigned request, not 403",
            "the reverse proxy must pass Host, path and body as they are",
        )
    return ok("way in", f"{url} reaches us, and nothing unsigned gets in")


def _clock(http: httpx.Client, settings: Settings) -> Finding:
    """Second steps and signatures of others hang on the right time."""
    if settings.carrier is Carrier.SIMULATED:
        return ok("clock", "not compared: the simulated carrier is this machine")
    try:
        before = time.time()
        said = http.head(settings.carrier_api).headers["date"]
        middle = (before + time.time()) / 2
        theirs = parsedate_to_datetime(said).timestamp()
    except (httpx.HTTPError, KeyError, ValueError, TypeError):
        return warn("clock", "could not be compared with the carrier's", "check NTP by hand")
    # Theirs has whole seconds only.
    off = middle - theirs - 0.5
    if abs(off) > SKEW_SECONDS:
        return fail(
            "clock",
            f"{abs(off):.0f} s {'ahead of' if off > 0 else 'behind'} the carrier's",
            "set it by NTP: codes of the second step count for 30 seconds",
        )
    return ok("clock", "agrees with the carrier's")


def _mail(settings: Settings) -> Finding:
    if not settings.smtp_url:
        if settings.carrier is Carrier.SIMULATED:
            return ok("mail", "caught here while the product runs")
        return warn(
            "mail",
            "no mail server is set: e-mail to partners becomes tasks, alarms go by text alone",
            "set HANDOFF_SMTP_URL and HANDOFF_MAIL_FROM",
        )
    server = MailServer.at(settings.smtp_url, sender=settings.mail_sender)
    try:
        server.try_log_in()
    except (smtplib.SMTPException, OSError) as error:
        return fail(
            "mail",
            f"{server.host}:{server.port} doesn't let us in ({type(error).__name__})",
            "check HANDOFF_SMTP_URL: address, user, password, TLS",
        )
    return ok("mail", f"{server.host}:{server.port} lets us in")
