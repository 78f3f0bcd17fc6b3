"""What the action server is not told.

It searches listings, which are open data; it needs the database, and no key to what is encrypted
in it. So whoever took it over, or Rasa, whose answers it gives, could not read a text, a name or a
number, sign in anywhere or send anything.
"""

import base64
import secrets
from collections.abc import Mapping

from directory.secret_files import PREFIX, SECRETS

NEEDED = ("database_url",)
# Settings that go together with a secret, or that must look like something.
_EMPTY = (
    *("alarm_ping_url", "migration_database_url", "smtp_url"),
    *("oidc_client_id", "oidc_client_secret", "oidc_issuer"),
)
WITHHELD = "withheld"


def without_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """The settings of a program that needs none of the secrets. Keys fit, and open nothing.

    Said here, a value wins over any file of that secret, which is then neither read nor missed.
    """
    useless = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    replaced = {name: WITHHELD for name in SECRETS if name not in NEEDED}
    replaced |= {"encryption_keys": useless} | dict.fromkeys(_EMPTY, "")
    return {**environment} | {PREFIX + name.upper(): value for name, value in replaced.items()}
