"""Where a mock server is called: by path, by host, by name or at the root.

Knows the URLs of mocks (behaviour B.5). Must not know whether a mock exists;
`plans` says that.

A locator takes the target of a request, as `asgi.target_of` gives it, and the
raw headers. It gives the id of the mock and the target within it, or None
where the request is not for a mock at all.
"""

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import unquote

from postiche.dataplane.asgi import Scope, target_of

RawHeaders = Sequence[tuple[bytes, bytes]]
Locator = Callable[[str, RawHeaders], tuple[str, str] | None]


def by_path(prefix: str = "/m/") -> Locator:
    """Mocks at `<prefix><mock id>/...`; without a path of its own the target is "/"."""

    def locate(target: str, _: RawHeaders) -> tuple[str, str] | None:
        if not target.startswith(prefix):
            return None
        mock_id, rest = _split(target, len(prefix))
        return (mock_id, rest) if mock_id else None

    return locate


def by_host(domain: str) -> Locator:
    """Mocks at `<mock id>.<domain>`; ports do not count, nor does case."""
    suffix = "." + _without_port(domain)

    def locate(target: str, headers: RawHeaders) -> tuple[str, str] | None:
        host = _without_port(_host_of(headers))
        label = host.removesuffix(suffix)
        if label == host or not label or "." in label:
            return None
        return label, target

    return locate


def by_name(names: Mapping[str, str]) -> Locator:
    """Mocks at `/<name>/...`, for a few mocks whose ids are known by name."""

    def locate(target: str, _: RawHeaders) -> tuple[str, str] | None:
        name, rest = _split(target, 1)
        mock_id = names.get(unquote(name))
        return None if mock_id is None else (mock_id, rest)

    return locate


def at_root(mock_id: str) -> Locator:
    """One mock that answers every request."""

    def locate(target: str, _: RawHeaders) -> tuple[str, str] | None:
        return mock_id, target

    return locate


def first_of(*locators: Locator) -> Locator:
    """The first locator that knows the request's place decides."""

    def locate(target: str, headers: RawHeaders) -> tuple[str, str] | None:
        return next(
            (place for each in locators if (place := each(target, headers)) is not None), None
        )

    return locate


def base_url(scope: Scope, within: str) -> str:
    """The URL of a mock as the client wrote it, given the target within the mock."""
    target = target_of(scope)
    before = target.removesuffix(within) if target.endswith(within) else target.partition("?")[0]
    return f"{scope.get('scheme', 'http')}://{_host_of(scope['headers']) or 'localhost'}{before}"


def _split(target: str, start: int) -> tuple[str, str]:
    """The segment that begins at `start`, and the target that follows it."""
    path, mark, query = target.partition("?")
    segment, _, rest = path[start:].partition("/")
    return segment, f"/{rest}{mark}{query}"


def _host_of(headers: RawHeaders) -> str:
    for name, value in headers:
        if name == b"host":
            return str(value, "latin-1")
    return ""


def _without_port(host: str) -> str:
    name, colon, _ = host.lower().rpartition(":")
    return (name if colon else host.lower()).rstrip(".")
