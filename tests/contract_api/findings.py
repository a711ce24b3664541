"""What a Schemathesis run found, and which of it is excused.

Knows Schemathesis's NDJSON report and exceptions.yaml. Must not know the server.
"""

import base64
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TypeAlias

import yaml

Json: TypeAlias = dict[str, Any]
EXCEPTIONS = Path(__file__).parent / "exceptions.yaml"
_AT_SCHEMA = re.compile(r"Schema at (\S+):")


@dataclass(frozen=True)
class Finding:
    """One way in which one operation's answers break the definition, by its first example."""

    operation: str
    check: str
    status: int | None
    at: str
    example: str

    def __str__(self) -> str:
        where = " ".join(part for part in (self.check, str(self.status), self.at) if part)
        return f"{self.operation}: {where}\n    {self.example}"


@dataclass(frozen=True)
class Excuse:
    """Findings that are meant: of which operations, check, status and place; the source says why.

    `operations` and `at` are patterns as of fnmatch. Each of the operations must
    be found to need the exception, unless only chance brings it about `sometimes`.
    """

    operations: tuple[str, ...]
    check: str
    source: str
    status: int | None = None
    at: str = "*"
    sometimes: bool = False

    def excuses(self, finding: Finding) -> bool:
        """Whether the finding is meant."""
        return (
            self.check == finding.check
            and self.status in (None, finding.status)
            and fnmatchcase(finding.at, self.at)
            and any(fnmatchcase(finding.operation, each) for each in self.operations)
        )


def exceptions() -> list[Excuse]:
    """Everything in exceptions.yaml."""
    return [
        Excuse(**{**each, "operations": tuple(each["operations"])})
        for each in yaml.safe_load(EXCEPTIONS.read_bytes())
    ]


def needless(
    allowed: Iterable[Excuse], findings: Iterable[Finding], operations: Iterable[str]
) -> list[str]:
    """Operations of exceptions, among those that were tried, that nothing found needs."""
    tried, found = list(operations), list(findings)
    return [
        f"{pattern}: {exception.check} {exception.status} {exception.at}"
        for exception in allowed
        for pattern in exception.operations
        if not exception.sometimes
        and any(fnmatchcase(each, pattern) for each in tried)
        and not any(
            exception.excuses(each) and fnmatchcase(each.operation, pattern) for each in found
        )
    ]


def read_report(path: Path) -> list[Finding]:
    """The distinct findings of a run."""
    found: dict[tuple[object, ...], Finding] = {}
    with path.open("rb") as lines:
        for line in lines:
            event = json.loads(line)
            for finding in _findings(event.get("ScenarioFinished", {}).get("recorder", {})):
                key = (finding.operation, finding.check, finding.status, finding.at)
                found.setdefault(key, finding)
    return list(found.values())


def _findings(recorder: Json) -> Iterator[Finding]:
    for case, checks in recorder.get("checks", {}).items():
        for check in checks:
            if check["status"] == "failure":
                failure = check["failure_info"]["failure"]
                yield _finding(check["name"], failure, recorder["interactions"][case])


def _finding(check: str, failure: Json, interaction: Json) -> Finding:
    request, response = interaction["request"], interaction.get("response") or {}
    place = _AT_SCHEMA.search(failure["message"])
    media_type = response.get("headers", {}).get("content-type", [""])[0].partition(";")[0]
    return Finding(
        operation=failure["operation"],
        check=check,
        status=response.get("status_code"),
        at=place[1] if place else media_type if check == "content_type_conformance" else "",
        example=f"{request['method']} {request['uri']} {_text(request)} -> {_text(response)}",
    )


def _text(message: Json) -> str:
    body = (message.get("body") or message.get("content") or {}).get("$base64", "")
    return base64.b64decode(body)[:300].decode(errors="replace")
