"""How the model's values stand in database columns, and how they come back.

Knows what every SQL database can hold: integers of 64 bits, text without NUL,
bytes. Must not know tables, statements, or any one database.

Nothing is lost on the way: text may hold NUL, lone surrogates and anything
else that a client managed to send.
"""

import json
import re
from dataclasses import asdict, fields
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import BigInteger, Dialect, LargeBinary
from sqlalchemy import Text as DatabaseText
from sqlalchemy.types import TypeDecorator

from postiche.model import Delay, Headers, MockConfig
from postiche.store import StoreError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)

LARGEST = 2**63 - 1
"""The largest integer that every database holds."""

_UNSTORABLE = re.compile("[\\\\\0\ud800-\udfff]")
_ESCAPE = re.compile(r"\\u([0-9a-f]{4})")


def storable(number: int) -> int:
    """The nearest integer that a database can compare with; for filters, limits and offsets."""
    return max(-LARGEST, min(number, LARGEST))


def stored_text(text: str) -> str:
    """Any Python text as text that every database takes.

    PostgreSQL refuses NUL, and no database encodes lone surrogates, so these
    stand as `\\uXXXX`, and so does the backslash itself. Equal texts stay
    equal and different ones different.
    """
    if text.isascii() and "\\" not in text and "\0" not in text:
        return text
    return _UNSTORABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def stored_moment(moment: datetime) -> int:
    """An aware time as whole milliseconds since 1970 UTC, parts of one cut off.

    Raises StoreError for a time without a zone, which could be any.
    """
    if moment.tzinfo is None:
        raise StoreError(f"The time {moment} has no time zone.")
    return (moment - EPOCH) // MILLISECOND


def stored_seconds(seconds: float) -> int:
    """Seconds since 1970 as whole milliseconds, as the datetime of that moment would be stored."""
    return round(seconds * 1_000_000) // 1000


def stored_json(value: object) -> bytes:
    """A value as JSON, lone surrogates as the bytes that UTF-8 would have for them."""
    try:
        return orjson.dumps(value)
    except TypeError:  # a lone surrogate, or an integer above 64 bits
        return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


class Text(TypeDecorator[str]):
    """Text in the form of `stored_text`."""

    impl = DatabaseText
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """The text with what cannot be stored escaped."""
        return None if value is None else stored_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """The text as it was given."""
        if value is None or "\\" not in value:
            return value
        return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), value)


class Moment(TypeDecorator[datetime]):
    """A time in the form of `stored_moment`."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Milliseconds since 1970."""
        return None if value is None else stored_moment(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """The time in UTC."""
        return None if value is None else EPOCH + value * MILLISECOND


class HeaderList(TypeDecorator[Headers]):
    """Headers as JSON bytes, order and repeats kept."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Headers | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        """The headers as a JSON list of pairs."""
        return None if value is None else stored_json(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Headers | None:  # noqa: ARG002
        """The headers from a JSON list of pairs."""
        return None if value is None else tuple((name, text) for name, text in _loaded(value))


class Config(TypeDecorator[MockConfig]):
    """A mock's config as JSON bytes, without `server_response_id`, which has its own column.

    Keys that a newer Postiche wrote are passed over; missing ones get their defaults.
    """

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: MockConfig | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        """The config as a JSON object keyed by the names of the model."""
        if value is None:
            return None
        document = asdict(value)
        del document["server_response_id"]
        return stored_json(document)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> MockConfig | None:  # noqa: ARG002
        """The config that a JSON object describes."""
        return None if value is None else _config(_loaded(value))


def _config(document: dict[str, Any]) -> MockConfig:
    known = _known(MockConfig, document)
    if "headers" in known:
        known["headers"] = tuple(known["headers"])
    if known.get("delay") is not None:
        known["delay"] = Delay(**_known(Delay, known["delay"]))
    return MockConfig(**known)


def _known(model: type[MockConfig] | type[Delay], document: dict[str, Any]) -> dict[str, Any]:
    return {each.name: document[each.name] for each in fields(model) if each.name in document}


def _loaded(data: bytes) -> Any:
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:  # a lone surrogate
        return json.loads(data.decode("utf-8", "surrogatepass"))
