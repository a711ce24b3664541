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
    words = iter(shlex.split(command))
    assert next(words) == "curl"
    method, body, url = None, b"", ""
    form: list[str] = []
    headers = dict(OWN)
    for word in words:
        if word == "-X":
            method = next(words)
        elif word == "--head":
            method = "HEAD"
        elif word == "-H":
            name, _, value = next(words).partition(":")
            headers.pop(name.lower(), None)
            if value.strip():
                headers[name.lower()] = value.strip().encode().decode("latin-1")
            elif name.lower() == "content-type":
                headers["content-type"] = ""
        elif word == "--data-raw":
            body = next(words).encode()
        elif word == "--form-string":
            form.append(next(words))
        else:
            assert word == "--path-as-is" or not word.startswith("-"), word
            url = url if word == "--path-as-is" else word
    if form:
        body = _form(form)
        headers["content-type"] = "multipart/form-data; boundary=xyz"
    elif body:
        headers.setdefault("content-type", "application/x-www-form-urlencoded")
    parts = urlsplit(url)
    assert not set(url) & set("[]{} "), "curl would take these for a pattern"
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    method = method or ("POST" if body else "GET")
    return Request(method, target, tuple((n, v) for n, v in headers.items() if v), body)


def _form(fields: list[str]) -> bytes:
    parts = []
    for field in fields:
        name, _, value = field.partition("=")
        parts.append(
            f'--xyz\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        )
    return b"".join(parts) + b"--xyz--\r\n"
