"""The target of a request, out of a URL as people write it.

Knows URLs, whole or from the path on. Must not know saved URLs and their
variables: those are of `urls.py`.
"""

import re
from urllib.parse import quote

_ORIGIN = re.compile(r"([a-z][a-z0-9+.-]*://[^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)
_SAFE = "/?&=%:@!$'()*+,;~[]|"


def target_in(url: str) -> str | None:
    """Path and query as on a request line, what cannot stand there encoded; None if it is no URL.

    A fragment is left out, as clients do.
    """
    found = _ORIGIN.fullmatch(url.strip())
    rest = found[2] if found else url.strip()
    if not found and not rest.startswith("/"):
        return None
    rest = rest.partition("#")[0]
    target = rest if rest.startswith("/") else f"/{rest}"
    return quote(target, safe=_SAFE, errors="replace")


def origin_in(url: str) -> str | None:
    """What stands before the path: `https://host:port`; None if the URL begins with its path."""
    found = _ORIGIN.fullmatch(url.strip())
    return found[1] if found else None
