"""The password of a sign-in, tried before the request may write.

The work takes a tenth of a second, and a turn where many come at once: meanwhile neither SQLite's
one writer nor a connection is held. Who is signed in and says the password once more, or chooses
another, does so in the session that writes: for the tenth of a second, and never for a turn.
"""

from api.services import Services
from directory.clock import wall_now
from directory.staff import service as staff


def try_password(services: Services, email: str, password: str) -> staff.Try:
    """To be settled in the session that writes. Raises TooMany: ten failures, or too many here."""
    with services.database.read_scope() as session:
        kept = staff.kept_of(session, email, wall=wall_now())
    return staff.try_password(email, kept, password)
