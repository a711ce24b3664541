"""What a mock server gets from a `curl` command, read from the command itself.

Knows curl's own flags, as its manual has them. Must not know how Postiche
writes commands.
"""

import shlex
from urllib.parse import urlsplit

from postiche.model import Request

OWN = {"host": "mock.test", "user-agent": "curl/8.9", "accept": "*/*"}
"""The headers that curl sends by itself."""


def sent_by(command: str) -> Request:
    """The request that a command sends. Fails for flags that are not known here."""
    words = shlex.split(command)
    assert words.pop(0) == "curl"
    given: dict[str, list[str]] = {}
    url = ""
    while words:
        word = words.pop(0)
        if word in FLAGS:
            given.setdefault(word, []).append(words.pop(0) if FLAGS[word] else "")
        else:
            assert not word.startswith("-"), word
            url = word
    assert not set(url) & set("[]{} "), "curl would take these for a pattern"
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    body, type_ = _body(given)
    headers = _headers(given.get("-H", []), type_)
    return Request(_method(given, body), target, headers, body)


FLAGS = {
    "-X": True,
    "-H": True,
    "--data-raw": True,
    "--form-string": True,
    "--head": False,
    "--path-as-is": False,
}
"""The flags that are understood, and whether a value follows."""


def _method(given: dict[str, list[str]], body: bytes) -> str:
    if "--head" in given:
        return "HEAD"
    return given["-X"][0] if "-X" in given else "POST" if body else "GET"


def _body(given: dict[str, list[str]]) -> tuple[bytes, str | None]:
    """The body, and the Content-Type that curl gives it."""
    if "--form-string" in given:
        return _form(given["--form-string"]), "multipart/form-data; boundary=xyz"
    body = given.get("--data-raw", [""])[0].encode()
    return body, "application/x-www-form-urlencoded" if body else None


def _headers(lines: list[str], type_: str | None) -> tuple[tuple[str, str], ...]:
    """The headers: those given, instead of curl's own or to leave them out."""
    headers = OWN | ({"content-type": type_} if type_ else {})
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip().encode().decode("latin-1")
    return tuple((name, value) for name, value in headers.items() if value)


def _form(fields: list[str]) -> bytes:
    parts = []
    for field in fields:
        name, _, value = field.partition("=")
        parts.append(
            f'--xyz\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        )
    return b"".join(parts) + b"--xyz--\r\n"
