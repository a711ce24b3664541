"""What Schemathesis loads: generated requests are pointed at things that exist.

Knows Schemathesis's hooks and the ids in the file that IDS_FILE names. Must
not know how a run is started, nor what counts as an exception. Without this
nearly every generated request would ask for something that does not exist.
"""

import json
import os
import random
from pathlib import Path
from typing import Any

import schemathesis

IDS_FILE = "POSTICHE_CONTRACT_IDS"
"""Environment variable with the path of a Seed, as JSON."""

EXISTING = 0.85
"""How often a positive parameter is made the id of something that exists."""

WORKSPACE_QUERIES = ("workspace", "workspaceId")
REFERENCES = {"collection": "collectionId", "environment": "environmentId"}
"""Properties of mocks that are uids, by the path parameter that is the same thing."""

_ids = json.loads(Path(os.environ[IDS_FILE]).read_text())
_random = random.Random(3)


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Replace what the definition can only call a string by an id that means something."""
    if _is_positive(case, "path"):
        case.path_parameters = {
            name: _path_id(case, name, value)
            for name, value in (case.path_parameters or {}).items()
        }
    if _is_positive(case, "query"):
        _aim(case.query, dict.fromkeys(WORKSPACE_QUERIES, "workspaceId"))
    mock = case.body.get("mock") if isinstance(case.body, dict) else None
    if _is_positive(case, "body") and isinstance(mock, dict):
        _aim(mock, REFERENCES)


def _is_positive(case: Any, location: str) -> bool:
    """Whether this part of the request was made to be valid."""
    for place, component in (case.meta.components if case.meta else {}).items():
        if place.value == location:
            return bool(component.mode.is_positive)
    return False


def _aim(values: Any, parameters: dict[str, str]) -> None:
    for name, parameter in parameters.items():
        if name in (values or {}) and _random.random() < EXISTING:
            values[name] = _ids["lasting"][parameter][0]


def _path_id(case: Any, name: str, value: Any) -> Any:
    if name not in _ids["lasting"] or _random.random() >= EXISTING:
        return value
    path = case.operation.path
    if path == "/collections/{collectionId}" and case.method in ("PUT", "PATCH"):
        return _random.choice(_ids["replaceable"])
    if case.method == "DELETE" and path.endswith(f"{{{name}}}"):
        spare = _ids["spare"][name]
        return spare.pop() if spare else value
    return _ids["lasting"][name][0]
