"""What was built: pages that ask nobody else for anything."""

import re
from pathlib import Path

from tools.docs_site.links import ROOT

SITE = ROOT / "dist" / "docs"

# What a browser fetches by itself. A link that a reader follows is another thing.
_FETCHED = re.compile(
    r"<(?:script|img|iframe|source|video|audio|embed)\b[^>]*?\bsrc=[\"']?(?P<src>[^\"'\s>]+)"
    r"|<link\b(?=[^>]*\brel=[\"']?(?:stylesheet|icon|preload|modulepreload|preconnect|dns-prefetch))"
    r"[^>]*?\bhref=[\"']?(?P<href>[^\"'\s>]+)"
    r"|@import\s+(?:url\()?[\"']?(?P<style>[^\"')\s;]+)",
    re.IGNORECASE,
)
# For pages with one of these the theme's script would fetch something from elsewhere: none has.
_WOULD_FETCH = re.compile(
    r"class=\"[^\"]*\b(?:mermaid|glightbox|pyodide)\b|data-md-component=\"source\""
)


def foreign(site: Path = SITE) -> list[str]:
    """What the pages would load from another host."""
    found = []
    for page in sorted(site.rglob("*.html")):
        html = page.read_text(encoding="utf-8")
        name = page.relative_to(site)
        for each in _FETCHED.finditer(html):
            address = next(filter(None, each.groups()))
            if re.match(r"(?:https?:)?//", address):
                found.append(f"{name}: {address}")
        found += [f"{name}: {each[0]}" for each in _WOULD_FETCH.finditer(html)]
    return found
