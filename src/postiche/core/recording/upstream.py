"""Passing a call on: which ones, where to, and what of a message may pass.

Knows the rules of HTTP for gateways (RFC 9110, 7.6) and where mock calls may
be passed on to. Must not know sockets, names or how a message is sent.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from postiche.core.directives import PREFIX
from postiche.model import Headers, Request, Upstream, joined

HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Headers about one connection (RFC 9110, 7.6.1). `Proxy-Authorization` is for us, if anybody."""

VIA = "1.1 postiche"
MAX_HOPS = 4
"""How often a call may pass through Postiche before it must be going round in a circle."""

ENCODINGS = ("gzip", "x-gzip", "deflate", "br", "identity")
"""The content codings that can be undone to record a reply; an upstream is asked for no other."""

POSTICHE_KEY = "PMAK-"
"""What an API key of Postiche begins with; it is for the mock server and not for its upstream."""

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Target:
    """Where an upstream is: `host` in lower case, IPv6 without brackets; `path` has no last "/"."""

    scheme: str
    host: str
    port: int
    path: str = ""

    @property
    def authority(self) -> str:
        """Host and port as a Host header says them (RFC 9110, 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme, host and port as a URL."""
        return f"{self.scheme}://{self.authority}"


def read_target(url: str) -> Target:
    """Where a URL leads; its path without query is the target's. Raises ValueError saying why not.

    Credentials in a URL are refused: they would end up in files and logs.
    """
    parts = urlsplit(url.strip())
    if parts.scheme.lower() not in _PORTS or not parts.hostname:
        raise ValueError("give a URL that begins with http:// or https:// and names a host")
    if parts.username is not None or parts.password is not None:
        raise ValueError("leave user and password out of the URL")
    scheme = parts.scheme.lower()
    try:
        host, port = _ascii(parts.hostname), parts.port
    except ValueError:
        raise ValueError("its host or port is not valid") from None
    if port == 0:
        raise ValueError("its port is not valid")
    return Target(scheme, host, port or _PORTS[scheme], parts.path.rstrip("/"))


def _ascii(host: str) -> str:
    plain = host if host.isascii() else host.encode("idna").decode("ascii")
    if not re.fullmatch(r"[!-~]+", plain):
        raise ValueError(host)
    return plain.rstrip(".").lower()


# --- which calls ----------------------------------------------------------------------


def forwards(upstream: Upstream, request: Request, *, matched: bool) -> bool:
    """Whether a call is passed on; `matched` says whether an example answers it."""
    if upstream.forward == "all":
        return True
    if upstream.forward == "unmatched":
        return not matched
    path = request.target.partition("?")[0]
    line = f"{request.method} {path}"
    return any(_route(route).fullmatch(line) for route in upstream.forward)


@lru_cache(maxsize=256)
def _route(route: str) -> re.Pattern[str]:
    """A route, `METHOD /path` or `/path`: `*` is any text within a segment, `**` any text."""
    method, _, path = route.strip().rpartition(" ")
    pieces = re.split(r"(\*\*|\*)", path)
    covers = {"**": ".*", "*": "[^/]*"}
    wanted = "".join(covers.get(piece) or re.escape(piece) for piece in pieces)
    return re.compile(f"{re.escape(method.strip().upper()) if method else '[^ ]+'} {wanted}")


# --- what may pass --------------------------------------------------------------------


def end_to_end(headers: Headers) -> Headers:
    """Headers without those about the connection they came over, named or listed."""
    listed = (joined(headers, "connection") or "").lower().split(",")
    dropped = HOP_BY_HOP | {name.strip() for name in listed}
    return tuple((name, value) for name, value in headers if name not in dropped)


def sent_on(headers: Headers, target: Target) -> Headers:
    """A request's headers as the upstream gets them, but for the length of the body."""
    kept = [pair for pair in end_to_end(headers) if not _is_ours(*pair)]
    encodings = accepted_encodings(headers)
    via = ", ".join(filter(None, (joined(headers, "via"), VIA)))
    asked = [("accept-encoding", encodings)] if encodings else []
    return (("host", target.authority), *kept, *asked, ("via", via))


_REPLACED = frozenset({"host", "content-length", "expect", "accept-encoding", "via"})


def _is_ours(name: str, value: str) -> bool:
    """Whether a header is for this server, or is written anew."""
    key = name == "x-api-key" and value.strip().startswith(POSTICHE_KEY)
    return key or name in _REPLACED or name.startswith(PREFIX)


def accepted_encodings(headers: Headers) -> str | None:
    """What the client accepts of what can be undone; "identity" if that is nothing."""
    asked = joined(headers, "accept-encoding")
    if asked is None:
        return None
    kept = [each.strip() for each in asked.split(",") if _coding(each) in ENCODINGS]
    return ", ".join(kept) or "identity"


def _coding(entry: str) -> str:
    return entry.partition(";")[0].strip().lower()


def goes_round(headers: Headers) -> bool:
    """Whether a call has passed through Postiche too often."""
    passed = (joined(headers, "via") or "").split(",")
    return sum(each.strip() == VIA for each in passed) >= MAX_HOPS


def relocated(headers: Headers, target: Target, base: str) -> Headers:
    """A reply's headers with redirects to the upstream leading to where it is called here.

    `base` is the path that the calls passed on have in front. A redirect to
    anywhere else is the client's to follow.
    """
    return tuple(
        (name, _moved(value, target, base) if name in _LOCATIONS else value)
        for name, value in headers
    )


_LOCATIONS = ("location", "content-location")


def _moved(location: str, target: Target, base: str) -> str:
    path = _path_there(location, target)
    if path is None or path.startswith("//"):  # "//host/" would lead to that host
        return location
    inside = path.removeprefix(target.path)
    fits = path.startswith(target.path) and (not inside or inside[0] in "/?#")
    return (base + inside or "/") if fits else location


def _path_there(location: str, target: Target) -> str | None:
    """Path and all that follows it of a URL on the upstream; None for a URL elsewhere."""
    if location.startswith("/"):
        return location
    try:
        there = read_target(location)
    except ValueError:
        return None
    if (there.scheme, there.host, there.port) != (target.scheme, target.host, target.port):
        return None
    rest = location.partition("://")[2]
    start = re.search(r"[/?#]|$", rest)
    path = rest[start.start() :] if start else ""
    return path if path.startswith("/") else "/" + path
