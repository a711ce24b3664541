"""Routes of a config: which calls its controls are for.

Knows how the path of a route is written and what it covers. Must not know what
controls do, nor how examples are chosen.

    /users/:id     one segment, as {{anything}} does
    /files/**      /files and all below it
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from postiche.core.paths import PathPattern, covers, path_pattern, segments, without_slash
from postiche.core.steering.controls import NO_CONTROLS, choose, forced, hold_up, merged
from postiche.core.urls import split_url
from postiche.model import Controls, RouteConfig

MAX_ROUTES: Final = 1000
MAX_PATH: Final = 2000
"""Characters of a path."""


@dataclass(frozen=True, slots=True)
class RouteControls:
    """The controls of a call's route over those of its mock; `choosing` as `controls.choose`."""

    controls: Controls = NO_CONTROLS
    choosing: bool = False


class Routes:
    """The routes of a config, compiled; `base` are the controls of the mock itself.

    A path is compared as steps 1, 2 and 5 of matching do: percent-encoding and
    trailing slashes do not count, case does. `hold_up` says that mock or some
    route asks for something that holds answers up.
    """

    __slots__ = ("_elsewhere", "_routes", "hold_up")

    def __init__(self, routes: Sequence[RouteConfig], base: Controls) -> None:
        self._elsewhere = RouteControls(base, forced(base))
        self._routes = [
            (each.method, _pattern(each.path), _over(each.controls, base)) for each in routes
        ]
        self.hold_up = hold_up(base) or any(hold_up(each.controls) for each in routes)

    def of(self, method: str, path: str) -> RouteControls:
        """What the first route asks that fits an upper-case method and a canonical path."""
        if not self._routes:
            return self._elsewhere
        requested = segments(without_slash(path) or "/")
        for wanted, pattern, controls in self._routes:
            if wanted in (None, method) and covers(pattern, requested):
                return controls
        return self._elsewhere


def _over(own: Controls, base: Controls) -> RouteControls:
    controls = merged(own, base)
    # Which headers and bodies the mock itself matches, its plan knows.
    return RouteControls(controls, choose(own) or forced(base))


def _pattern(path: str) -> PathPattern:
    return path_pattern(without_slash(split_url(path).path) or "/", tails=True)


def read_path(sent: object) -> str:
    """The path of a route. Raises ValueError, which names the field and the remedy."""
    if isinstance(sent, str) and sent.startswith("/") and len(sent) <= MAX_PATH:
        if "\0" not in sent and "?" not in sent and "#" not in sent:
            return sent
        raise ValueError("path must be a path alone, without a query")
    raise ValueError(f"path must be a text of at most {MAX_PATH} characters that begins with /")


def read_method(sent: object) -> str | None:
    """The method of a route; None for any. Raises ValueError, which names field and remedy."""
    if sent is None:
        return None
    if isinstance(sent, str) and sent.isascii() and sent.isalpha() and len(sent) <= 40:
        return sent.upper()
    raise ValueError("method must be a method such as GET, or left out for any")
