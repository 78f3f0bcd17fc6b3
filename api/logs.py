"""Structured logs: one JSON object a line, never a number, a name or the words of a message."""

import logging
import re
import sys
from contextlib import suppress
from typing import TextIO, cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# The last line of defence, should a library put a number into an exception's text.
_NUMBER = re.compile(r"\+?\d[\d\s().-]{8,}\d")
# Ids of rows, in which digits may stand as in a number.
_IDS = ("timestamp", "actor", "message_id", "inbound_id")


def without_numbers(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Blank whatever looks like a phone number, wherever it hides."""
    for key, value in event.items():
        if isinstance(value, str) and key not in _IDS:
            event[key] = _NUMBER.sub("[number]", value)
    return event


class Forgiving:
    """A stream that cannot be written to, its disk being full, keeps nobody from their work.

    Else the first thread that has something to tell of the full disk would end by telling it.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()


def set_up_logs(level: str = "INFO") -> None:
    stream = cast("TextIO", Forgiving(sys.stderr))
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        without_numbers,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer()],
        logger_factory=structlog.PrintLoggerFactory(stream),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
