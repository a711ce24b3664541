"""Whether an answer is the one a case asks for.

Knows cases and answers. Must not know where an answer came from.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from postiche.model import Headers

from .corpus import Case

OUT_OF_SIGHT = "(a caller is not told)"
"""The `example` of an answer whose example only its status and body give away."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as a runner saw it: header names in lower case, every header in order.

    `example` is the name of the example that answered, None if none did;
    `delay_ms` the wait that was ordered, None where a runner cannot know it.
    """

    status: int
    headers: Headers
    body: bytes
    example: str | None = OUT_OF_SIGHT
    delay_ms: int | None = None

    def values(self, name: str) -> list[str]:
        """The values of every header with this name."""
        return [value for key, value in self.headers if key == name.lower()]


def faults(case: Case, answer: Answer) -> list[str]:
    """What is wrong with the answer, in words; empty if it is right."""
    return [
        *_example_faults(case, answer),
        *_status_faults(case, answer),
        *_body_faults(case, answer),
        *_header_faults(case, answer),
        *_error_faults(case, answer),
        *_delay_faults(case, answer),
    ]


def _saved(case: Case) -> dict[str, Any]:
    """The example that must answer, if its name alone says which it is."""
    named = [saved for saved in case.examples() if saved.get("name") == case.expect.example]
    return named[0] if len(named) == 1 else {}


def _example_faults(case: Case, answer: Answer) -> list[str]:
    wanted = case.expect.example
    if answer.example in (OUT_OF_SIGHT, wanted):
        return []
    return [f"example {answer.example!r} answered, not {wanted!r}"]


def _status_faults(case: Case, answer: Answer) -> list[str]:
    wanted = case.expect.status or _saved(case).get("code", answer.status)
    return [] if answer.status == wanted else [f"status {answer.status}, not {wanted}"]


def _body_faults(case: Case, answer: Answer) -> list[str]:
    text = _as_postman_says_it(answer.body)
    pattern = case.expect.body_pattern
    if pattern is not None:
        return [] if re.fullmatch(pattern, text) else [f"body {text!r} is not like {pattern!r}"]
    wanted = _wanted_body(case)
    return [] if wanted in (None, text) else [f"body {text!r}, not {wanted!r}"]


def _as_postman_says_it(body: bytes) -> str:
    """The body of an answer without what Postiche adds to an error beside Postman's own."""
    if not body.startswith(b'{"error":'):
        return body.decode()
    said = json.loads(body)
    if said.keys() != {"error", "postiche"}:
        return body.decode()
    return json.dumps({"error": said["error"]}, separators=(",", ":"), ensure_ascii=False)


def _wanted_body(case: Case) -> str | None:
    """The body asked for; without one, that of the example, if nothing in it is to be filled."""
    if case.expect.body is not None:
        return case.expect.body
    saved = _saved(case).get("body")
    return None if saved is None or "{{" in saved else str(saved)


def _header_faults(case: Case, answer: Answer) -> list[str]:
    """Every answer of a mock carries the CORS header (behaviour B.2), asked for or not."""
    found = []
    if len(answer.values("access-control-allow-origin")) != 1:
        found.append("not exactly one Access-Control-Allow-Origin")
    for name, wanted in (case.expect.headers or {}).items():
        values = [wanted] if isinstance(wanted, str) else wanted
        if answer.values(name) != values:
            found.append(f"header {name}: {answer.values(name)}, not {values}")
    for name, pattern in (case.expect.header_patterns or {}).items():
        if [1 for value in answer.values(name) if re.fullmatch(pattern, value)] != [1]:
            found.append(f"header {name}: {answer.values(name)} is not like {pattern!r}")
    present = [name for name in case.expect.absent_headers if answer.values(name)]
    return found + [f"header {name} was sent" for name in present]


def _error_faults(case: Case, answer: Answer) -> list[str]:
    wanted = {"name": case.expect.error_name, "message": case.expect.error_message}
    wanted = {key: value for key, value in wanted.items() if value is not None}
    if not wanted:
        return []
    error = _error_in(answer.body)
    return [
        f"error {key}: {error.get(key)!r}, not {value!r}"
        for key, value in wanted.items()
        if error.get(key) != value
    ]


def _error_in(body: bytes) -> dict[str, Any]:
    try:
        error = json.loads(body)["error"]
    except (ValueError, KeyError, TypeError):
        return {}
    return error if isinstance(error, dict) else {}


def _delay_faults(case: Case, answer: Answer) -> list[str]:
    wanted = case.expect.delay_ms
    if wanted is None or answer.delay_ms in (None, wanted):
        return []
    return [f"delay {answer.delay_ms} ms, not {wanted}"]
