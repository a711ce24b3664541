"""Schemathesis tries every operation of the official definition on a live server."""

import dataclasses
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from postiche.control.unsupported import OPERATIONS as UNSUPPORTED
from tests.serving import Serving, serving_postiche

from . import definition
from .definition import DEFINITION, needs_definition
from .findings import Finding, exceptions, needless, read_report
from .seed import plant

HERE = Path(__file__).parent
HOOKS = HERE / "schemathesis_hooks.py"
SEED = 3
PARTS = {"collections": "^/collection", "everything else": "^/(?!collection)"}
"""Two runs over parts of the paths, so that two cores can share the work."""

NOT_YET = {f"{method} {path}" for path, methods in UNSUPPORTED.items() for method in methods}


@needs_definition
@pytest.mark.parametrize("part", PARTS)
def test_no_answer_breaks_the_definition(part: str, tmp_path: Path) -> None:
    with serving_postiche(tmp_path) as serving:
        findings = [each for each in _run(serving, PARTS[part], tmp_path) if _is_done(each)]
        allowed = exceptions()
        meant = [each for each in findings if any(one.excuses(each) for one in allowed)]
        assert [str(each) for each in findings if each not in meant] == []
        assert needless(allowed, meant, _tried(PARTS[part])) == []
        assert "Traceback" not in serving.log.read_text()


def _is_done(finding: Finding) -> bool:
    """Whether it is about an operation that there is; the others answer 501."""
    return not (finding.operation in NOT_YET and finding.status == 501)


def _tried(paths: str) -> list[str]:
    every = definition.operations(definition.load())
    return [f"{method} {path}" for path, method in every if re.match(paths, path)]


def _run(serving: Serving, paths: str, folder: Path) -> list[Finding]:
    """What Schemathesis finds on these paths, with positive, negative and stateful data."""
    ids, report = folder / "ids.json", folder / "report.ndjson"
    with serving.client() as client:
        ids.write_text(json.dumps(dataclasses.asdict(plant(client))))
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("st")),
            f"--config-file={HERE / 'schemathesis.toml'}",
            "run",
            str(DEFINITION),
            f"--url={serving.url}",
            f"--header=x-api-key:{serving.api_key}",
            f"--include-path-regex={paths}",
            f"--seed={SEED}",
            "--report=ndjson",
            f"--report-ndjson-path={report}",
        ],
        cwd=folder,
        env=os.environ | {"SCHEMATHESIS_HOOKS": str(HOOKS), "POSTICHE_CONTRACT_IDS": str(ids)},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    assert "Stateful" in done.stdout
    return read_report(report)
