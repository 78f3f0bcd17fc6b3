"""What a process of the application is there for."""

from enum import StrEnum


class Duty(StrEnum):
    """ALL: doors and work in one process. WEB: the doors. WORK: answers, sends, looks at what is
    due. Several processes of WEB and of WORK share one PostgreSQL."""

    ALL = "all"
    WEB = "web"
    WORK = "work"
