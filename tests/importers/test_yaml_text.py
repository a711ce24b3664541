import pytest
import yaml

from postiche.importers.yaml_text import write_yaml


def test_yaml_is_written_in_blocks() -> None:
    assert write_yaml({"a": {"b": [1, {"c": None, "d": []}, []], "on": "x y"}, "200": {}}) == (
        'a:\n  b:\n    - 1\n    - c: null\n      d: []\n    - []\n  "on": x y\n"200": {}\n'
    )


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "No",
        "null",
        "1",
        "1.0.0",
        "a: b",
        "a #b",
        "- a",
        "",
        " a",
        "a ",
        "é",
        "{",
        "'",
        "\n",
        "\x85",
        "~",
    ],
)
def test_texts_stay_texts(text: str) -> None:
    assert yaml.safe_load(write_yaml({"k": text, text: "v"})) == {"k": text, text: "v"}


def test_numbers_stay_numbers() -> None:
    for number in (0, -1, 1.5, 1e-7, 1e22, True):
        assert yaml.safe_load(write_yaml([number])) == [number]
