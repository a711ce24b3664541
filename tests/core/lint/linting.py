"""Running the lint on examples alone.

Knows how to build a collection. Must not know what the lint should find.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from postiche.core.lint import Finding, lint
from postiche.core.lint.subjects import Subject, subjects
from postiche.core.lint.trial import Trial, trial_of
from postiche.core.plan import compile_plan
from postiche.core.variables import scope_of
from postiche.model import Collection, Environment, Example, MockConfig, SavedRequest, Variable
from tests.core.building import collection


def findings(
    *examples: Example,
    variables: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
    without_example: Iterable[SavedRequest] = (),
    **config: Any,
) -> tuple[Finding, ...]:
    """What is found in a collection of examples, each under a request of its own name."""
    made = collection(*examples, variables=variables)
    whole = Collection(None, "c", made.variables, (*made.requests, *without_example))
    known = tuple(Variable(key, value) for key, value in (environment or {}).items())
    return lint(whole, Environment(None, "e", known), MockConfig(**config))


def rules(*examples: Example, **more: Any) -> list[str]:
    """The rules of what is found."""
    return [finding.rule for finding in findings(*examples, **more)]


def one(*examples: Example, **more: Any) -> Finding:
    """The only finding."""
    [finding] = findings(*examples, **more)
    return finding


def tried(*examples: Example, **config: Any) -> Trial:
    """A trial of these examples."""
    made = collection(*examples)
    plan = compile_plan(made, None, MockConfig(**config))
    return trial_of(plan, subjects(made, plan, scope_of(made, None)))


def subject(*examples: Example, **config: Any) -> Subject:
    """The first of these examples as the lint looks at it."""
    return tried(*examples, **config).subjects[0]
