from pathlib import Path

import pytest

from postiche.control import unsupported
from postiche.control.app import OPERATIONS
from postiche.control.compatibility import PARTLY, page

DOCS = Path(__file__).parents[2] / "docs" / "compatibility.md"


def test_the_page_is_current() -> None:
    assert DOCS.read_text(encoding="utf-8") == page()


def test_every_operation_is_on_the_page_once() -> None:
    for operations in (OPERATIONS, unsupported.OPERATIONS):
        for path, methods in operations.items():
            for method in methods:
                assert page().count(f"| `{method} {path}` |") == 1


@pytest.mark.parametrize("operation", PARTLY)
def test_what_is_partly_missing_is_there_otherwise(operation: tuple[str, str]) -> None:
    method, path = operation
    assert method in OPERATIONS[path]


def test_families_are_listed_once_and_in_order() -> None:
    assert list(unsupported.FAMILIES) == sorted(set(unsupported.FAMILIES))
