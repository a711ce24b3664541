"""`postiche lint`: findings about collection files, for people, programs and GitHub.

Knows the three forms of output and the exit codes. Must not know any rule of
the lint, nor how files are read. Text from files is shown without the control
characters it may hold.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import orjson
from rich.console import Console
from rich.text import Text

from postiche.cli.display import plain
from postiche.core.lint import lint
from postiche.core.lint.findings import Finding, Severity, counted
from postiche.server.ephemeral import FileError, load
from postiche.server.failures import UsageFailure

Form = Literal["text", "json", "github"]

CLEAN, FOUND = 0, 1
"""Exit codes; 2 is a file that cannot be read, as for any command that cannot be."""

_out = Console(highlight=False, markup=False, soft_wrap=True)

_COLOURS: dict[Severity, str] = {"error": "red", "warning": "yellow", "info": "cyan"}
_LEVELS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "notice"}


@dataclass(frozen=True, slots=True)
class Linted:
    """A collection file and what was found in it."""

    file: Path
    collection: str
    findings: tuple[Finding, ...]


def lint_files(files: Sequence[Path], environment: Path | None, form: Form, *, strict: bool) -> int:
    """Print the findings about collection files; the exit code.

    FOUND if there are errors, or with `strict` warnings. Raises UsageFailure
    for a file that cannot be read.
    """
    try:
        mocks = load(files, environment)
    except FileError as error:
        raise UsageFailure(str(error)) from None
    linted = [
        Linted(mock.file, mock.collection.name, lint(mock.collection, mock.environment))
        for mock in mocks
    ]
    _FORMS[form](linted)
    counts = _total(linted)
    return FOUND if counts["error"] or (strict and counts["warning"]) else CLEAN


def _total(linted: Sequence[Linted]) -> dict[Severity, int]:
    return counted(finding for each in linted for finding in each.findings)


def _as_text(linted: Sequence[Linted]) -> None:
    """Each file with its findings, and a line that counts them."""
    for each in linted:
        _out.print(Text.assemble((plain(each.collection), "bold"), f"  {plain(str(each.file))}"))
        for finding in each.findings:
            _finding(finding)
    counts = _total(linted)
    numbers = [_number(counts[severity], severity) for severity in counts if counts[severity]]
    files = f"in {len(linted)} files" if len(linted) > 1 else ""
    _out.print(f"{', '.join(numbers) or 'No findings'} {files}".strip())


def _finding(finding: Finding) -> None:
    """Two lines: what it is and where, then what happens and what to do."""
    where = plain(finding.where) or "the collection"
    severity = finding.severity
    colour = _COLOURS[severity]
    _out.print(
        Text.assemble("  ", (severity.ljust(8), colour), f"{where}  ", (finding.rule, "dim"))
    )
    _out.print(Text(" " * 10 + plain(finding.message)))


def _number(count: int, severity: Severity) -> str:
    return f"{count} {severity}{'' if count == 1 else 's'}"


def _as_json(linted: Sequence[Linted]) -> None:
    """One JSON document; docs/lint.md describes it."""
    files = [
        {
            "file": str(each.file),
            "collection": each.collection,
            "findings": [finding.described() for finding in each.findings],
            "summary": counted(each.findings),
        }
        for each in linted
    ]
    document = {"files": files, "summary": _total(linted)}
    _out.print(orjson.dumps(document, option=orjson.OPT_INDENT_2, default=str).decode())


def _for_github(linted: Sequence[Linted]) -> None:
    """Workflow commands, which GitHub Actions shows beside the files."""
    for each in linted:
        for finding in each.findings:
            level = _LEVELS[finding.severity]
            file = _property(str(each.file))
            message = _data(f"{finding.where}: {finding.message}".removeprefix(": "))
            _out.print(f"::{level} file={file},title={_property(finding.rule)}::{message}")


def _data(text: str) -> str:
    """Text of a workflow command: what would end it is escaped."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


_FORMS = {"text": _as_text, "json": _as_json, "github": _for_github}
