"""The corpus explained: `python -m tests.conformance.explained` writes explanations/ anew.

Knows cases and where their explanations are kept, one file for each family of
rules. Must not know what an explanation should say: a person reads the
difference before committing it.
"""

from itertools import groupby
from pathlib import Path

from postiche.core.collection import read_collection, read_environment
from postiche.core.explaining.explain import Explanation, explain
from postiche.core.explaining.forms import as_text
from postiche.core.plan import compile_plan

from .corpus import HERE, OWN, SHARED, Case, cases_in, model_config, model_request

FOLDER = HERE / "explanations"
BASE = "http://mock"
MARK = "=== "


def families() -> dict[str, list[Case]]:
    """The cases by the file that their explanations are in; the shared ones in one of their own."""
    own = groupby(cases_in(OWN), lambda case: case.id.partition("-")[0])
    found = {name: list(cases) for name, cases in own}
    shared = cases_in(SHARED)
    return found | ({"shared": shared} if shared else {})


def before_matching(case: Case) -> str | None:
    """What answers a case before any example is looked at; None if nothing does."""
    if case.is_preflight:
        return "A CORS preflight is answered before matching."
    if case.unknown_mock or case.deleted:
        return "There is nothing to match: the mock, its collection or its environment is gone."
    if case.private and case.key != "right":
        return "A private mock does not match anything without its key."
    if case.server_response is not None:
        return "The active server response answers before matching."
    return None


def explanation_of(case: Case) -> Explanation:
    """What the matcher has to say about a case."""
    environment = None if case.environment is None else read_environment(case.environment)
    plan = compile_plan(read_collection(case.collection), environment, model_config(case))
    return explain(plan, model_request(case))


def text_of(case: Case) -> str:
    """The explanation of a case as it is checked in."""
    told = before_matching(case)
    text = as_text(explanation_of(case), BASE) if told is None else f"{told}\n"
    return f"{MARK}{case.id}\n{case.why}\n\n{text}"


def checked_in(family: str) -> dict[str, str]:
    """The explanations that a file holds, by the id of their case; none if there is no file."""
    file = FOLDER / f"{family}.txt"
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    parts = [part for part in f"\n{text}".split(f"\n{MARK}") if part]
    return {part.partition("\n")[0]: f"{MARK}{part.rstrip()}\n" for part in parts}


def write(folder: Path = FOLDER) -> None:
    """Write every file anew."""
    folder.mkdir(exist_ok=True)
    for family, cases in families().items():
        text = "\n".join(text_of(case) for case in cases)
        (folder / f"{family}.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
