"""What of an example's request may be shown, and to whom.

Knows where variables were filled in and which headers hold credentials. Must
not know requests or verdicts.

Whoever may read collection and environment sees a saved request with its
variables filled in. Everybody else, such as the caller of a public mock
server, sees it as it is written in the collection, without credentials: no
call can make a mock server print an environment's values.
"""

from functools import cached_property

from postiche.core.bodies import saved_body
from postiche.core.paths import ENCODED_SLASH, path_pattern
from postiche.core.plan import PlannedExample
from postiche.core.query import Parameters, saved_parameters
from postiche.core.urls import TOKEN, SplitUrl, split_url
from postiche.model import Headers, joined

CREDENTIALS = frozenset(
    {"authorization", "cookie", "proxy-authorization", "x-api-key", "x-auth-token", "x-csrf-token"}
)
"""Saved headers whose value no stranger is shown, even if the collection spells it out."""

A_VARIABLE = "{{...}}"
"""Stands for a value that a variable fills in."""

NOT_SHOWN = "(not shown)"
"""Stands for a credential."""

LONGEST = 60
"""Characters of one value that are shown."""


def shown_value(value: str) -> str:
    """A value on one line, cut to LONGEST, control characters and the like as escapes."""
    cut = value if len(value) <= LONGEST else value[: LONGEST - 3] + "..."
    if not cut:
        return "(empty)"
    return cut if cut.isprintable() else "".join(map(_printable, cut))


def _printable(char: str) -> str:
    if char.isprintable():
        return char
    return char.encode("unicode_escape").decode()


def shown_path(path: str) -> str:
    """A canonical path as text on one line, a "/" inside a segment as it is encoded."""
    return shown_value(path.replace(ENCODED_SLASH, "%2F"))


class SavedRequestView:
    """The saved request of one example, as far as it may be shown; `public` is for strangers."""

    def __init__(self, example: PlannedExample, *, public: bool) -> None:
        self._example = example
        self._public = public

    @cached_property
    def _written(self) -> SplitUrl:
        return split_url(self._example.source.url)

    @cached_property
    def hides_path(self) -> bool:
        """Whether a variable filled in part of the path, which is not to be shown."""
        written = self._public and path_pattern(self._written.path).text
        return bool(written) and written != self._example.path.text

    @cached_property
    def path(self) -> str:
        """The path, wildcards as written."""
        hidden = self.hides_path
        pattern = path_pattern(self._written.path) if hidden else self._example.path
        return shown_path(pattern.text)

    @cached_property
    def _written_query(self) -> Parameters:
        return saved_parameters(self._written.query)

    def hides_parameter(self, key: str, value: str | None) -> bool:
        """Whether a variable filled in this value of a query key, or the key itself."""
        written = self._written_query.get(key) if self._public else None
        return self._public and (written is None or value not in written.counts)

    @property
    def hides_query(self) -> bool:
        """Whether some part of the query is not to be shown."""
        return any(
            self.hides_parameter(key, value)
            for key, values in self._example.query.items()
            for value in values.counts
        )

    def query_key(self, key: str) -> str:
        """The name of a query key of the example."""
        hidden = self._public and key not in self._written_query
        return A_VARIABLE if hidden else shown_value(key)

    def parameter(self, key: str, value: str | None) -> str:
        """A value of a query key; None is one with an unresolved variable."""
        hidden = value is None or self.hides_parameter(key, value)
        return A_VARIABLE if hidden else shown_value(value or "")

    @cached_property
    def _headers(self) -> Headers:
        """The request headers as written, names in lower case."""
        return tuple((name.lower(), value) for name, value in self._example.source.request_headers)

    def hides_header(self, name: str) -> bool:
        """Whether the value of a request header (lower case) is not to be shown."""
        value = self._example.headers.get(name)
        if not self._public or not value:
            return False
        return name in CREDENTIALS or (joined(self._headers, name) or "").strip() != value

    def header(self, name: str) -> str | None:
        """The value of a request header (lower case); None if it is absent or empty."""
        value = self._example.headers.get(name)
        if not value:
            return None
        return NOT_SHOWN if self.hides_header(name) else shown_value(value)

    def header_name(self, name: str) -> str | None:
        """A header's name (lower case) as the example has it; None if it is not there."""
        written = (each for each, _ in self._example.source.request_headers)
        return next((each for each in written if each.lower() == name), None)

    @cached_property
    def hides_body(self) -> bool:
        """Whether variables filled in part of the body, which is not to be shown."""
        body = self._example.source.request_body
        if not self._public or body is None:
            return False
        texts = (body.text, body.variables, *(part for pair in body.fields for part in pair))
        if not any(TOKEN.search(text) for text in texts):
            return False
        written = saved_body(body, self._headers)
        return (written.raw, written.key) != (self._example.body.raw, self._example.body.key)
