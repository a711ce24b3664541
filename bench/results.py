"""What was measured, as plain records, and the few statistics that are made of them.

Knows rounds, ratios and medians. Must not know how anything was measured.
"""

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

REFERENCE = "nginx"
"""The server whose value in the same round is 1 in every ratio."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The values of one subject in one round of a part."""

    part: str
    subject: str
    round: int
    values: dict[str, float]


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of several values, and how far they lie apart."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """The spread of at least one value."""
        return cls(statistics.median(values), min(values), max(values))


@dataclass
class Results:
    """All samples of a run, where they come from, what could not be had and what went wrong."""

    samples: list[Sample] = field(default_factory=list)
    machine: dict[str, str] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    def subjects(self, part: str) -> list[str]:
        """Who took part, in the order of the measurements."""
        return list(dict.fromkeys(each.subject for each in self.samples if each.part == part))

    def by_round(self, part: str, subject: str, key: str) -> dict[int, float]:
        """The values of one subject by round."""
        return {
            each.round: each.values[key]
            for each in self.samples
            if (each.part, each.subject) == (part, subject) and key in each.values
        }

    def spread(self, part: str, subject: str, key: str) -> Spread | None:
        """The spread over all rounds; None if nothing was measured."""
        values = list(self.by_round(part, subject, key).values())
        return Spread.of(values) if values else None

    def median(self, part: str, subject: str, key: str) -> float | None:
        """The median over all rounds; None if nothing was measured."""
        spread = self.spread(part, subject, key)
        return None if spread is None else spread.median

    def ratio(self, part: str, subject: str, key: str, against: str = REFERENCE) -> Spread | None:
        """One subject as a multiple of another, round by round; None if one is missing."""
        of_both = self.by_round(part, subject, key), self.by_round(part, against, key)
        ratios = [of_both[0][n] / of_both[1][n] for n in of_both[0] if of_both[1].get(n)]
        return Spread.of(ratios) if ratios else None

    def add(self, part: str, subject: str, number: int, **values: float) -> None:
        """Note one sample."""
        self.samples.append(Sample(part, subject, number, values))


def save(results: Results, file: Path) -> None:
    """Write everything as JSON."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(asdict(results), indent=1) + "\n", encoding="utf-8")


def load(file: Path) -> Results:
    """Read what `save` has written."""
    found = json.loads(file.read_bytes())
    samples = [Sample(**sample) for sample in found.pop("samples")]
    return Results(samples, **found)
