"""The cases of the conformance corpus, read from their files.

Knows the format of a case (README.md) and where cases lie. Must not know how a
case is run or judged.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from postiche.model import Delay, Headers, MockConfig, Request
from tests.serving import API_KEY

HERE = Path(__file__).parent
OWN = HERE / "cases"
RULES = HERE / "rules.json"
SHARED = HERE.parents[2] / "shared" / "postman" / "cases"
"""Cases kept beside the checkout; a clone does without them."""

RIGHT_KEY = API_KEY
WRONG_KEY = "PMAK-ffffffffffffffffffffffff-ffffffffffffffffffffffffffffffffff"
KEYS = {"none": None, "right": RIGHT_KEY, "wrong": WRONG_KEY}


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must hold of the answer; what is None or empty is not asked for."""

    example: str | None = None
    status: int | None = None
    body: str | None = None
    body_pattern: str | None = None
    headers: dict[str, str | list[str]] | None = None
    header_patterns: dict[str, str] | None = None
    absent_headers: tuple[str, ...] = ()
    error_name: str | None = None
    error_message: str | None = None
    delay_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One case. `headers` and `body` are those of the call, `target` its path and query."""

    id: str
    why: str
    source: str
    confidence: str
    collection: dict[str, Any]
    environment: dict[str, Any] | None
    mock_config: dict[str, Any]
    request: dict[str, Any]
    expect: Expectation
    rule: str = ""
    private: bool = False
    key: str = "none"
    deleted: str | None = None
    unknown_mock: bool = False

    @property
    def method(self) -> str:
        return str(self.request["method"])

    @property
    def target(self) -> str:
        return str(self.request["path"])

    @property
    def body(self) -> bytes:
        return (self.request["body"] or "").encode()

    @property
    def headers(self) -> Headers:
        """The headers of the call as they are written, the API key of `key` among them."""
        written = tuple(self.request["headers"].items())
        key = KEYS[self.key]
        return written if key is None else (*written, ("x-api-key", key))

    @property
    def server_response(self) -> dict[str, Any] | None:
        """The active server response, in the shape of POST /mocks/{id}/server-responses."""
        return self.mock_config.get("serverResponse")

    @property
    def config(self) -> dict[str, Any]:
        """The config of the mock, as the API takes it."""
        return {name: v for name, v in self.mock_config.items() if name != "serverResponse"}

    @property
    def is_preflight(self) -> bool:
        """Whether the call is a CORS preflight (behaviour B.2)."""
        names = {name.lower() for name, _ in self.headers}
        asks = {"origin", "access-control-request-method"} <= names
        return self.method == "OPTIONS" and asks

    def examples(self) -> Iterator[dict[str, Any]]:
        """The saved examples of the collection, in file order."""
        waiting = list(reversed(self.collection["item"]))
        while waiting:
            item = waiting.pop()
            waiting.extend(reversed(item.get("item") or []))
            yield from item.get("response") or []


def read_case(path: Path) -> Case:
    """The case in a file. Raises TypeError for a field the format does not have."""
    document = json.loads(path.read_text(encoding="utf-8"))
    expected = document.pop("expect")
    expected["absent_headers"] = tuple(expected.get("absent_headers", ()))
    return Case(**document, expect=Expectation(**expected))


def cases_in(folder: Path) -> list[Case]:
    """All cases of a folder, by file name; none if there is no such folder."""
    return [read_case(path) for path in sorted(folder.glob("*.json"))]


def every_case() -> list[Case]:
    """The project's own corpus, and the shared cases where they are at hand."""
    return cases_in(OWN) + cases_in(SHARED)


def model_request(case: Case) -> Request:
    """The call as the core sees it."""
    headers = tuple((name.lower(), value.strip()) for name, value in case.headers)
    return Request(case.method, case.target, headers, case.body)


def model_config(case: Case) -> MockConfig:
    """The config of the mock as the core sees it."""
    given = case.config
    delay = given.get("delay")
    return MockConfig(
        headers=tuple(given.get("headers", ())),
        match_body=given.get("matchBody", False),
        match_header=given.get("matchHeader", False),
        match_query_params=given.get("matchQueryParams", True),
        match_wildcards=given.get("matchWildcards", True),
        delay=Delay(delay["duration"], delay.get("preset")) if delay else None,
    )


def saved_headers(saved: dict[str, Any]) -> Headers:
    """The headers of a server response, given as `{key, value}` objects."""
    return tuple((header["key"], header["value"]) for header in saved["headers"])


def path_of(target: str) -> str:
    """The path of a target, still encoded."""
    return urlsplit(f"http://mock{target}").path
