"""Which version this is.

Written here, as the packaging's own record is not there where the sources are only copied: a
container's image installs the packages that we need, and not us. A test holds pyproject.toml to it.
"""

VERSION = "0.1.0"
