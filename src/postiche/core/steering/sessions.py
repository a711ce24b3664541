"""Sessions: whose state a call meets and changes.

Knows the forms in which a mock may tell its clients apart, and their bounds.
Must not know what state is, or where it is kept.

The header `x-mock-session` of a request names its session, whatever the config
says. Without it the config decides:

    {"by": "header", "name": "x-request-id"}    {"by": "cookie", "name": "sid"}
    {"by": "client"}                            the address of the client

A call that carries nothing of the kind belongs to the session `default`, which
all such calls share.
"""

import hashlib
from collections.abc import Mapping
from typing import Final, get_args

from postiche.core.directives import sent_text
from postiche.core.steering.fields import Fields
from postiche.model import Request, SessionBy, SessionKey

HEADER: Final = "x-mock-session"
KEY: Final = "session"
SHARED: Final = "default"
"""The session of calls that name none."""
LONGEST: Final = 128
"""Characters of the longest name that is kept as it is; of a longer one, its hash."""
LONGEST_FIELD: Final = 256

_BY: Final[Mapping[str, SessionBy]] = {by: by for by in get_args(SessionBy)}


def session_of(key: SessionKey, request: Request, client: str | None) -> str:
    """The session of a request from the address `client`, None if that is not known."""
    named = (request.header(HEADER) or "").strip()
    if not named and key.by == "header":
        named = (request.header(key.name) or "").strip()
    elif not named:
        named = _cookie(request, key.name) if key.by == "cookie" else client or ""
    return bounded(sent_text(named)) or SHARED


def bounded(name: str) -> str:
    """A name whose length a client cannot choose; it is itself unless it is too long."""
    if len(name) <= LONGEST:
        return name
    return "sha256:" + hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()


def _cookie(request: Request, name: str) -> str:
    """The value of the first cookie with a name, quotes around it removed."""
    for pair in ";".join(text for key, text in request.headers if key == "cookie").split(";"):
        key, _, value = pair.partition("=")
        if key.strip() == name:
            return value.strip().strip('"')
    return ""


def parse_json(sent: object) -> SessionKey:
    """The session key of a config. Raises ValueError, which names the field and the remedy."""
    fields = Fields.of(KEY, sent)
    fields.only(("by", "name"))
    by = _BY[fields.choice("by", _BY)]
    name = fields.sent.get("name", HEADER if by == "header" else None)
    if by == "client":
        if name is not None:
            raise ValueError(f"{KEY}.name must be left out by client")
        return SessionKey(by, "")
    if not (isinstance(name, str) and name.strip() and len(name) <= LONGEST_FIELD):
        raise ValueError(f"{KEY}.name must be the name of the {by}")
    return SessionKey(by, name.strip().lower() if by == "header" else name.strip())


def to_json(key: SessionKey) -> dict[str, object]:
    """The session key as the API shows it; `parse_json` reads it back."""
    return {"by": key.by} if key.by == "client" else {"by": key.by, "name": key.name}
