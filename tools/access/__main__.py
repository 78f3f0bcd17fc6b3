"""Writes docs/security/access.md anew."""

from tools.access.table import PAGE, declared, page

PAGE.write_text(page(declared()), encoding="utf-8")
print(f"wrote {PAGE}")
