"""Content codings undone: the text that an encoded body stands for.

Knows gzip, deflate and Brotli (RFC 9110, 8.4.1) and character sets. Must not
know where a body came from or what its text means.
"""

import re
import zlib
from collections.abc import Callable

from postiche.core.bodies import media_type
from postiche.model import Headers, joined

MAX_TEXT = 32 * 1024 * 1024
"""Bytes that a body may unpack to; a few kilobytes can stand for gigabytes."""


_CHARSET = re.compile(r";\s*charset\s*=\s*\"?([\w.:-]+)", re.IGNORECASE)


class NotText(ValueError):  # noqa: N818 - reads as what it says
    """A body that cannot be kept as text; the message says what it is."""


def body_text(headers: Headers, body: bytes) -> str:
    """The text of a body with these headers (lower-case names). Raises NotText."""
    plain = unpacked(joined(headers, "content-encoding") or "", body)
    declared = joined(headers, "content-type")
    try:
        return plain.decode(_charset(declared or ""))
    except (UnicodeError, LookupError):
        pass
    try:
        return plain.decode()
    except UnicodeError:
        what = media_type(declared) or "unknown type"
        raise NotText(f"a body of {len(plain)} bytes, {what}, is not text") from None


def _charset(content_type: str) -> str:
    found = _CHARSET.search(content_type)
    return found[1] if found else "utf-8"


def unpacked(codings: str, body: bytes) -> bytes:
    """The body before the codings of a Content-Encoding were applied. Raises NotText."""
    names = [name.strip().lower() for name in codings.split(",")]
    for name in reversed([name for name in names if name not in ("", "identity")]):
        unpack = _UNPACK.get(name)
        if unpack is None:
            raise NotText(f"its body is encoded as {name}")
        if not body:
            return body  # what HEAD is answered, and what some send with 204
        try:
            body = unpack(body)
        except _Broken:
            raise NotText(f"its body is no valid {name}") from None
        if len(body) > MAX_TEXT:
            raise NotText(f"its body unpacks to more than {MAX_TEXT} bytes")
    return body


class _Broken(Exception):  # noqa: N818 - as NotText
    """The body is not what its coding says."""


def _inflated(window: int) -> Callable[[bytes], bytes]:
    """Undo zlib's compression; gzip may come in several members (RFC 1952, 2.2)."""

    def unpack(body: bytes) -> bytes:
        pieces, size = [], 0
        while body and size <= MAX_TEXT:
            member = zlib.decompressobj(window)
            try:
                pieces.append(member.decompress(body, MAX_TEXT + 1 - size))
            except zlib.error:
                raise _Broken from None
            size += len(pieces[-1])
            if not member.eof and size <= MAX_TEXT:
                raise _Broken
            body = member.unused_data
        return b"".join(pieces)

    return unpack


_ZLIB, _RAW, _GZIP = zlib.MAX_WBITS, -zlib.MAX_WBITS, zlib.MAX_WBITS | 16


def _deflate(body: bytes) -> bytes:
    """`deflate` should be zlib's format; some servers send the bare stream."""
    try:
        return _inflated(_ZLIB)(body)
    except _Broken:
        return _inflated(_RAW)(body)


def _brotli(body: bytes) -> bytes:
    import brotli  # type: ignore[import-untyped]  # loaded only where something uses it

    unpacker = brotli.Decompressor()
    try:
        pieces = [unpacker.process(body, output_buffer_limit=MAX_TEXT + 1)]
        while not unpacker.can_accept_more_data() and sum(map(len, pieces)) <= MAX_TEXT:
            pieces.append(unpacker.process(b"", output_buffer_limit=MAX_TEXT + 1))
    except brotli.error:
        raise _Broken from None
    plain = b"".join(pieces)
    if not unpacker.is_finished() and len(plain) <= MAX_TEXT:
        raise _Broken
    return plain


_UNPACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": _inflated(_GZIP),
    "x-gzip": _inflated(_GZIP),
    "deflate": _deflate,
    "br": _brotli,
}
