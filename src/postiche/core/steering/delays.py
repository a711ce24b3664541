"""How long a reply waits: fixed, or drawn from a distribution.

Knows the forms of a delay in headers and in JSON, and how a time is drawn. Must
not know which delay holds for a call, or how the time is spent.

    x-mock-response-delay: 300                 {"type": "fixed", "duration": 300}
    uniform 100 500                            {"type": "uniform", "min": 100, "max": 500}
    normal 200 50                              {"type": "normal", "mean": 200, "stddev": 50}
    log-normal 90 0.4                          {"type": "log-normal", "median": 90, "sigma": 0.4}
    percentiles 50=20 99=400                   {"type": "percentiles", "values": {"50": 20, ...}}
"""

from collections.abc import Callable, Mapping
from math import log
from random import Random
from typing import Final

from postiche.core.steering.fields import Fields, number_within, plain_number
from postiche.model import (
    Delay,
    Latency,
    LogNormalDelay,
    NormalDelay,
    PercentileDelay,
    UniformDelay,
)

HEADER: Final = "x-mock-response-delay"
KEY: Final = "delay"

MAX_MS: Final = 180_000
"""The longest delay in milliseconds (behaviour B.4); what is drawn beyond it becomes it."""
MAX_SIGMA: Final = 10
"""Far beyond what is measured anywhere, and still a number when drawn."""
MAX_POINTS: Final = 100

PRESETS: Final = {"1": 300, "2": 100}
"""The delays of Postman's presets in milliseconds: 2G and 3G (behaviour B.4)."""


def sample(latency: Latency, chance: Random) -> float:
    """A time in milliseconds, from 0 to MAX_MS."""
    match latency:
        case Delay(duration):
            return duration
        case UniformDelay(minimum, maximum):
            drawn = chance.uniform(minimum, maximum)
        case NormalDelay(mean, stddev):
            drawn = _positive(mean, stddev, chance)
        case LogNormalDelay(median, sigma):
            drawn = chance.lognormvariate(log(median), sigma)
        case PercentileDelay(points):
            drawn = _interpolated(points, 100 * chance.random())
    return min(drawn, MAX_MS)


def _positive(mean: float, stddev: float, chance: Random) -> float:
    """Drawn until it is not below zero; as no mean is, every second draw is good at least."""
    while (drawn := chance.normalvariate(mean, stddev)) < 0:
        pass
    return drawn


def _interpolated(points: tuple[tuple[float, float], ...], percent: float) -> float:
    """The time at a percentile: on straight lines from (0, 0), and level after the last point."""
    below, least = 0.0, 0.0
    for above, most in points:
        if percent < above:
            return least + (most - least) * (percent - below) / (above - below)
        below, least = above, most
    return least


def parse_text(text: str) -> Latency | None:
    """The delay that a header asks for; None for one that is malformed or out of bounds.

    A fixed one is from 1 to 180000, as Postman's (behaviour B.4).
    """
    words = text.lower().split()
    try:
        latency = parse_json(_json_of(words))
    except ValueError:
        return None
    return None if latency == Delay(0) else latency


def _json_of(words: list[str]) -> dict[str, object]:
    """The JSON form of a header's words; what is no number stays a word, and is refused later."""
    numbers = [plain_number(word) for word in words]
    match words[:1], numbers[1:]:
        case _, []:
            return {"type": "fixed", "duration": next(iter(numbers), None)}
        case ["uniform"], [low, high]:
            return {"type": "uniform", "min": low, "max": high}
        case ["normal"], [mean, stddev]:
            return {"type": "normal", "mean": mean, "stddev": stddev}
        case ["log-normal"], [median, sigma]:
            return {"type": "log-normal", "median": median, "sigma": sigma}
        case ["percentiles"], _:
            points = [word.partition("=") for word in words[1:]]
            values = {percent: plain_number(ms) for percent, _, ms in points}
            return {"type": "percentiles", "values": values if len(values) == len(points) else None}
    raise ValueError("no delay")


def parse_json(sent: object) -> Latency:
    """The delay of a config. Raises ValueError, which names the field and the remedy."""
    fields = Fields.of(KEY, sent)
    kind = fields.choice("type", _READERS)
    names, read = _READERS[kind]
    fields.only(("type", *names))
    return read(fields)


def _fixed(fields: Fields) -> Delay:
    """A preset decides the duration, whatever else was sent."""
    if "preset" in fields.sent:
        preset = fields.choice("preset", PRESETS)
        return Delay(PRESETS[preset], preset)
    return Delay(fields.whole("duration", 0, MAX_MS))


def _uniform(fields: Fields) -> UniformDelay:
    low, high = fields.number("min", 0, MAX_MS), fields.number("max", 0, MAX_MS)
    if low > high:
        raise ValueError(f"{KEY}.min must not be above {KEY}.max")
    return UniformDelay(low, high)


def _normal(fields: Fields) -> NormalDelay:
    return NormalDelay(fields.number("mean", 0, MAX_MS), fields.number("stddev", 0, MAX_MS))


def _log_normal(fields: Fields) -> LogNormalDelay:
    return LogNormalDelay(fields.number("median", 1, MAX_MS), fields.number("sigma", 0, MAX_SIGMA))


def _percentiles(fields: Fields) -> PercentileDelay:
    values = fields.sent.get("values")
    if not isinstance(values, dict) or not 0 < len(values) <= MAX_POINTS:
        raise ValueError(
            f'{KEY}.values must be an object with 1 to {MAX_POINTS} times, such as {{"50": 20}}'
        )
    points = sorted(_point(percent, ms) for percent, ms in values.items())
    times = [ms for _, ms in points]
    if len({percent for percent, _ in points}) < len(points) or times != sorted(times):
        raise ValueError(f"{KEY}.values must name each percentile once, with times that ascend")
    return PercentileDelay(tuple(points))


def _point(percent: str, ms: object) -> tuple[float, float]:
    name = f"{KEY}.values.{percent}"
    return (
        number_within(f"the percentile of {name}", plain_number(percent), 0, 100),
        number_within(name, ms, 0, MAX_MS),
    )


_READERS: Final[Mapping[str, tuple[tuple[str, ...], Callable[[Fields], Latency]]]] = {
    "fixed": (("duration", "preset"), _fixed),
    "uniform": (("min", "max"), _uniform),
    "normal": (("mean", "stddev"), _normal),
    "log-normal": (("median", "sigma"), _log_normal),
    "percentiles": (("values",), _percentiles),
}
"""The fields of each kind of delay, and what reads them."""


def to_json(latency: Latency) -> dict[str, object]:
    """The delay as the API shows it; `parse_json` reads it back."""
    match latency:
        case Delay(duration, preset):
            chosen = {"preset": preset} if preset else {}
            return {"type": "fixed", "duration": duration, **chosen}
        case UniformDelay(minimum, maximum):
            return {"type": "uniform", "min": minimum, "max": maximum}
        case NormalDelay(mean, stddev):
            return {"type": "normal", "mean": mean, "stddev": stddev}
        case LogNormalDelay(median, sigma):
            return {"type": "log-normal", "median": median, "sigma": sigma}
        case PercentileDelay(points):
            values = {f"{percent:.15g}": ms for percent, ms in points}
            return {"type": "percentiles", "values": values}
