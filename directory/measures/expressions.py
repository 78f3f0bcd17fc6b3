"""What the two databases say differently: the time between two instants."""

from typing import Any

from sqlalchemy import Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class SecondsBetween(FunctionElement[int]):
    """Whole seconds from the first to the second instant; negative when the second is earlier."""

    type = Integer()
    name = "seconds_between"
    inherit_cache = True


def seconds_between(start: Any, end: Any) -> SecondsBetween:
    return SecondsBetween(start, end)


@compiles(SecondsBetween, "postgresql")
def _postgresql(element: SecondsBetween, compiler: SQLCompiler, **options: Any) -> str:
    start, end = (compiler.process(each, **options) for each in element.clauses)
    # `date_part` reckons in binary, `extract` in decimals: several times as long for each row. A
    # difference is exact in it to the microsecond for centuries.
    return f"CAST(floor(date_part('epoch', {end} - {start})) AS bigint)"


@compiles(SecondsBetween, "sqlite")
def _sqlite(element: SecondsBetween, compiler: SQLCompiler, **options: Any) -> str:
    start, end = (compiler.process(each, **options) for each in element.clauses)
    return f"(CAST(strftime('%s', {end}) AS INTEGER) - CAST(strftime('%s', {start}) AS INTEGER))"
