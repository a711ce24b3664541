"""Plain JSON values written as YAML.

Knows YAML's block style. Must not know what the values mean. Texts that could
be read as something else are quoted as JSON quotes them, which YAML can read.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

_PLAIN = re.compile(r"[A-Za-z_/$][A-Za-z0-9_/$.,()<> -]*[A-Za-z0-9_/$.()>]|[A-Za-z_/$]")
"""Texts that mean themselves without quotes (YAML 1.2, 7.3.3, and some more left out)."""

_WORDS = re.compile(r"(?i:y|n|yes|no|on|off|true|false|null|inf|nan)")
"""Those of them that YAML 1.1 or 1.2 reads as something else."""

_SPECIAL = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def write_yaml(value: Any) -> str:
    """A value as a YAML document; keys stay in their order. Texts must not hold surrogates."""
    return "\n".join(_lines(value, "")) + "\n"


def _lines(value: Any, margin: str) -> Iterator[str]:
    if isinstance(value, dict) and value:
        for key, each in value.items():
            yield from _entry(f"{margin}{_text(key)}:", each, margin + "  ")
    elif isinstance(value, list) and value:
        for each in value:
            first, *rest = _lines(each, margin + "  ")
            yield f"{margin}- {first[len(margin) + 2 :]}"
            yield from rest
    else:
        yield margin + _scalar(value)


def _entry(head: str, value: Any, margin: str) -> Iterator[str]:
    if isinstance(value, dict | list) and value:
        yield head
        yield from _lines(value, margin)
    else:
        yield f"{head} {_scalar(value)}"


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return _text(value)
    # YAML 1.1 reads 1e-7 as text and 1.0e-7 as a number
    return re.sub(r"^(-?[0-9]+)e", r"\1.0e", json.dumps(value))


def _text(text: str) -> str:
    if len(text) < 200 and _PLAIN.fullmatch(text) and not _WORDS.fullmatch(text):
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return _SPECIAL.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)
