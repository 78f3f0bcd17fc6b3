"""The one part of TwiML that answers a text: ``<Response><Message>…</Message></Response>``."""

from xml.etree import ElementTree

from bot.carrier.poster import Answer


def messages_in(answer: Answer) -> list[str]:
    """The texts that a webhook's answer asks to be sent back; none if it can't be read."""
    # Twilio takes no document types; without them XML has no way to blow itself up.
    if answer.status != 200 or b"<!" in answer.body or not answer.body.strip():
        return []
    try:
        root = ElementTree.fromstring(answer.body)  # noqa: S314
    except ElementTree.ParseError:
        return []
    texts = [_text(message) for message in root.iterfind("Message")]
    return [text for text in texts if text]


def _text(message: ElementTree.Element) -> str:
    body = message.find("Body")
    return ((message if body is None else body).text or "").strip()
