"""How a call goes on (api/webhooks/voice.py has the whole calls)."""

from bot.sms.voice_twiml import menu_twiml, spoken_twiml, was_put_through


def test_a_caller_is_spoken_to_in_each_language() -> None:
    spoken = spoken_twiml([("en-US", "Dial 988."), ("es-US", "Marque 988.")])
    assert '<Say language="en-US">Dial 988.</Say><Say language="es-US">Marque' in spoken


def test_a_key_may_be_pressed_while_the_words_are_spoken() -> None:
    menu = menu_twiml([("en-US", "Press 1.")], action="https://handoff.example/choice")
    gather = menu[menu.index("<Gather") : menu.index("</Gather>")]
    assert 'action="https://handoff.example/choice"' in gather
    assert 'numDigits="1"' in gather
    assert '<Say language="en-US">Press 1.</Say>' in gather


def test_a_mailbox_that_picked_up_is_no_colleague() -> None:
    assert was_put_through({"DialCallStatus": "completed", "DialBridged": "true"})
    assert not was_put_through({"DialCallStatus": "completed", "DialBridged": "false"})
    assert was_put_through({"DialCallStatus": "answered"})
    assert not was_put_through({"DialCallStatus": "no-answer"})
