"""Faults: what can go wrong with a reply on purpose, and which calls it strikes.

Knows the forms of a fault in headers and in JSON, and the decision. Must not
know connections; `dataplane/faults.py` carries out what is decided here.

    x-mock-fault: reset                              the connection is reset
    empty                                            it is closed without a byte
    truncate; bytes=10; probability=0.3; seed=7      it is closed within the body
    garbage                                          bytes that are no HTTP, then it is closed
    drip; rate=100                                   the body at 100 bytes a second
    hang; limit=5000                                 nothing for 5 seconds, then it is closed
    error; status=503; burst=3; of=10                three errors in a row, in every ten calls

As JSON: {"type": "drip", "rate": 100}, and so on.
"""

from collections.abc import Mapping
from dataclasses import fields as fields_of
from hashlib import blake2b
from random import Random
from typing import Any, Final, get_args

from postiche.core.errors import Problem
from postiche.core.steering.delays import MAX_MS
from postiche.core.steering.fields import Fields, settings_of
from postiche.model import Fault, FaultKind

HEADER: Final = "x-mock-fault"
KEY: Final = "fault"

_KINDS: Final[Mapping[str, FaultKind]] = {kind: kind for kind in get_args(FaultKind)}
_BOUNDS: Final = {
    "bytes": (0, 1_000_000_000),
    "rate": (1, 1_000_000_000),
    "limit": (1, MAX_MS),
    "status": (500, 599),
    "burst": (1, 1_000_000),
    "of": (1, 1_000_000),
    "seed": (0, 2**53 - 1),
}
"""The least and the most of each whole number; a seed is one that any JSON reader keeps."""
_OWN: Final[Mapping[FaultKind, tuple[str, ...]]] = {
    "truncate": ("bytes",),
    "drip": ("rate",),
    "hang": ("limit",),
    "error": ("status", "burst", "of"),
}
"""The fields of a kind beside the probability and the seed that each may have."""
_DEFAULTS: Final = {field.name: field.default for field in fields_of(Fault)}


def strikes(fault: Fault, number: int, chance: Random) -> bool:
    """Whether a fault strikes the call with this number; the first call is number 1.

    With a seed, number and fault alone decide; without, a probability is drawn
    from `chance`. A burst comes first: within it, each call is drawn for itself.
    """
    if fault.kind == "error" and (number - 1) % fault.of >= fault.burst:
        return False
    if fault.probability >= 1:
        return True
    drawn = chance.random() if fault.seed is None else _drawn(fault.seed, number)
    return drawn < fault.probability


def _drawn(seed: int, number: int) -> float:
    """A number from 0 up to 1 that looks random, the same on every machine and in every release."""
    digest = blake2b(b"%d %d" % (seed, number), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> 11) / 2**53


def problem_of(fault: Fault) -> Problem:
    """What a call is answered that the fault `error` strikes.

    The envelope of Postman's own failures (behaviour C.1), as it is the server
    that seems to fail: headers and body of the example would be those of a success.
    """
    message = "An error has occurred on the server."
    return Problem(fault.status, {"name": "serverError", "message": message})


def parse_text(text: str) -> Fault | None:
    """The fault that a header asks for; None for one that is malformed or out of bounds."""
    try:
        kind, settings = settings_of(text)
        return None if "type" in settings else parse_json({"type": kind, **settings})
    except ValueError:
        return None


def parse_json(sent: object) -> Fault:
    """The fault of a config. Raises ValueError, which names the field and the remedy."""
    fields = Fields.of(KEY, sent)
    kind = _KINDS[fields.choice("type", _KINDS)]
    fields.only(("type", *_names(kind)))
    numbers: dict[str, Any] = {
        name: fields.whole(name, *_BOUNDS[name])
        for name in _names(kind)
        if name in fields.sent and name in _BOUNDS
    }
    fault = Fault(kind, fields.number("probability", 0, 1, 1.0), **numbers)
    if fault.burst > fault.of:
        raise ValueError(f"{KEY}.of must not be below {KEY}.burst, which is {fault.burst}")
    return fault


def _names(kind: FaultKind) -> tuple[str, ...]:
    return (*_OWN.get(kind, ()), "probability", "seed")


def to_json(fault: Fault) -> dict[str, object]:
    """The fault as the API shows it, without what it leaves open; `parse_json` reads it back."""
    values = {name: getattr(fault, name) for name in _names(fault.kind)}
    said = {name: value for name, value in values.items() if value != _DEFAULTS[name]}
    return {"type": fault.kind, **said}
