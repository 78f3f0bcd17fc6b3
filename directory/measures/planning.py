"""How PostgreSQL is to plan what is counted from a hundred thousand rows at once."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

# A sort or a hash of a year of a large programme stays in memory; the usual 4 MB send it to disk.
_MEMORY = "32MB"
# Pages of an index that is read whole lie in memory, or on a disk that does not turn: taken for
# four times as dear as others, as is usual, the table itself is read, which is many times as wide.
_ONE_PAGE = "1.1"


def plan_for_counting(session: Session) -> None:
    """For the rest of the transaction. SQLite has nothing to be told."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(
            select(
                func.set_config("work_mem", _MEMORY, True),
                func.set_config("random_page_cost", _ONE_PAGE, True),
            )
        )
