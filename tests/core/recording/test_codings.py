import gzip
import zlib

import brotli  # type: ignore[import-untyped]
import pytest

from postiche.core.recording import codings
from postiche.core.recording.codings import NotText, body_text, unpacked

TEXT = "größe ☃ " * 50
RAW = TEXT.encode()
BARE = zlib.compressobj(wbits=-15)

ENCODED = {
    "": RAW,
    "identity": RAW,
    "gzip": gzip.compress(RAW),
    "X-Gzip": gzip.compress(RAW[:99]) + gzip.compress(RAW[99:]),
    "deflate": zlib.compress(RAW),
    " deflate ": BARE.compress(RAW) + BARE.flush(),
    "br": brotli.compress(RAW),
    "br, gzip": gzip.compress(brotli.compress(RAW)),
}


@pytest.mark.parametrize("coding", ENCODED)
def test_a_coding_is_undone(coding: str) -> None:
    assert body_text((("content-encoding", coding),), ENCODED[coding]) == TEXT


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_a_body_that_is_cut_off_is_not_taken_for_the_whole(coding: str) -> None:
    with pytest.raises(NotText, match=f"no valid {coding}"):
        unpacked(coding, ENCODED[coding][:-5])
    with pytest.raises(NotText, match=f"no valid {coding}"):
        unpacked(coding, b"\xfe\xfegarbage")


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_a_small_body_cannot_fill_the_memory(coding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codings, "MAX_TEXT", 1000)
    zeros = bytes(5_000_000)
    small = {"gzip": gzip.compress(zeros), "deflate": zlib.compress(zeros)}
    with pytest.raises(NotText, match="unpacks to more than 1000 bytes"):
        unpacked(coding, small.get(coding) or brotli.compress(zeros))


def test_an_unknown_coding_is_named() -> None:
    with pytest.raises(NotText, match="encoded as zstd"):
        unpacked("gzip, zstd", b"x")


@pytest.mark.parametrize(
    ("content_type", "body", "text"),
    [
        (None, b"caf\xc3\xa9", "café"),
        ("text/plain; charset=ISO-8859-1", b"caf\xe9", "café"),
        ('text/plain; charset="utf-16"', "café".encode("utf-16"), "café"),
        ("text/plain; charset=nonsense", b"caf\xc3\xa9", "café"),
        ("text/plain; charset=hex", b"caf\xc3\xa9", "café"),
        ("text/plain; charset=ascii", b"caf\xc3\xa9", "café"),
        ("image/svg+xml", b"<svg/>", "<svg/>"),
        (None, b"", ""),
    ],
)
def test_text_is_read_in_the_character_set_that_it_says(
    content_type: str | None, body: bytes, text: str
) -> None:
    headers = () if content_type is None else (("content-type", content_type),)
    assert body_text(headers, body) == text


def test_what_is_no_text_is_named() -> None:
    with pytest.raises(NotText, match="a body of 2 bytes, image/png, is not text"):
        body_text((("content-type", "image/png"),), b"\xff\xfe")


def test_a_coding_of_nothing_is_nothing() -> None:
    assert unpacked("gzip", b"") == b""
