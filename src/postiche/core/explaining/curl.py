"""A request as a `curl` command that can be pasted into a shell.

Knows what curl adds to a request by itself, what a command line cannot carry,
and shell quoting. Must not know why anybody would send the request.
"""

import re
import shlex
from dataclasses import dataclass, replace
from urllib.parse import quote

from postiche.core.bodies import FormKey
from postiche.core.paths import ENCODED_SLASH, segments
from postiche.core.query import Parameters
from postiche.model import Headers, Request

MAX_ARGUMENT = 8 * 1024
"""Bytes of a target or body beyond which a command is nothing to paste."""

OWN_HEADERS = (("user-agent", "curl/8"), ("accept", "*/*"), ("host", "localhost"))
"""What curl sends if it is told nothing else; the version and the host may be others."""

BOUNDARY = "------------------------postiche"
"""Separates the parts of a form; which one curl takes changes nothing."""

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_AWKWARD_FIELD = re.compile(r'[\x00-\x1f\x7f"\\=;]')
_PATH_SAFE = "!$&'()*+,:;=@~"
_QUERY_SAFE = "/:@!$()*,;~?"
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class CurlCall:
    """What a curl command sends. `fields` are text fields of a form-data body, instead of `body`.

    A header with an empty value keeps curl from sending its own.
    """

    method: str
    target: str
    headers: Headers = ()
    body: bytes = b""
    fields: FormKey | None = None

    @property
    def possible(self) -> bool:
        """Whether a shell, curl and HTTP can carry it."""
        names_fit = all(_TOKEN.fullmatch(name) for name, _ in self.headers)
        values_fit = not any(_CONTROL.search(value) for _, value in self.headers)
        return (
            bool(_TOKEN.fullmatch(self.method))
            and names_fit
            and values_fit
            and len(self.target) <= MAX_ARGUMENT
            and self._body_possible
        )

    @property
    def _body_possible(self) -> bool:
        if self.method == "HEAD" and (self.body or self.fields is not None):
            return False
        if any(_AWKWARD_FIELD.search(key) or "\0" in value for key, value in self.fields or ()):
            return False
        try:
            self.body.decode()
        except UnicodeDecodeError:
            return False
        return b"\0" not in self.body and len(self.body) <= MAX_ARGUMENT

    @property
    def request(self) -> Request:
        """The request that a mock server gets."""
        given = {name.lower() for name, _ in self.headers}
        headers = [
            (name.lower(), value.encode("utf-8", "replace").decode("latin-1"))
            for name, value in self.headers
            if value
        ]
        headers += [pair for pair in OWN_HEADERS if pair[0] not in given]
        body = self.body
        if self.fields is not None:
            headers.append(("content-type", f"multipart/form-data; boundary={BOUNDARY}"))
            body = form_data(self.fields)
        elif body and "content-type" not in given:
            headers.append(("content-type", _FORM))
        return Request(self.method, self.target, tuple(headers), body)

    def with_header(self, name: str, value: str) -> "CurlCall":
        """The same call with one more header."""
        return replace(self, headers=(*self.headers, (name, value)))

    def line(self, base: str, key: str | None = None) -> str:
        """The command, for a mock server at the URL `base`.

        `key` is put into `x-api-key` in double quotes, so that it may be a
        variable of the shell.
        """
        words = [*self._method_words, *(["--path-as-is"] if _has_dots(self.target) else [])]
        for name, value in self.headers:
            words += ["-H", shlex.quote(f"{name}: {value}" if value else f"{name}:")]
        if key is not None:
            words += ["-H", f'"x-api-key: {key}"']
        for name, value in self.fields or ():
            words += ["--form-string", shlex.quote(f"{name}={value}")]
        if self.body:
            words += ["--data-raw", shlex.quote(self.body.decode("utf-8", "replace"))]
        return " ".join(["curl", *words, shlex.quote(base.rstrip("/") + self.target)])

    @property
    def _method_words(self) -> list[str]:
        if self.method == "HEAD":
            return ["--head"]
        plain = self.method == "GET" and not self.body and self.fields is None
        return [] if plain else ["-X", self.method]


def form_data(fields: FormKey) -> bytes:
    """A form-data body of text fields, with BOUNDARY."""
    parts = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
        for key, value in fields
    )
    return ("".join(parts) + f"--{BOUNDARY}--\r\n").encode("utf-8", "replace")


def target_of(path: str, query: Parameters, unresolved: str = "1") -> str:
    """The target of a canonical path and its parameters, encoded as far as a URL needs it.

    `unresolved` stands for the values that are variables.
    """
    encoded = "/".join(["", *(_segment(segment) for segment in segments(path))])
    pairs = [
        f"{_quoted(key)}={_quoted(unresolved if value is None else value)}"
        for key, values in query.items()
        for value in values.counts.elements()
    ]
    return f"{encoded}?{'&'.join(pairs)}" if pairs else encoded


def _segment(segment: str) -> str:
    parts = (
        quote(part, safe=_PATH_SAFE, errors="replace") for part in segment.split(ENCODED_SLASH)
    )
    return "%2F".join(parts)


def _quoted(text: str) -> str:
    return quote(text, safe=_QUERY_SAFE, errors="replace")


def _has_dots(target: str) -> bool:
    path = target.partition("?")[0]
    return any(segment in (".", "..") for segment in path.split("/"))
