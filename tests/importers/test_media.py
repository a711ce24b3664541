import pytest

from postiche.importers.document import DocumentError
from postiche.importers.media import chosen, is_json, language, plain, scalar, written


def test_json_is_shown_before_everything_else() -> None:
    assert chosen({"text/plain": {}, "application/hal+json": {"x": 1}}) == (
        "application/hal+json",
        {"x": 1},
    )
    assert chosen({"text/plain": None, "text/html": {}}) == ("text/plain", {})
    assert chosen({}) is None
    assert chosen([]) is None


def test_media_types_are_told_apart() -> None:
    assert is_json("application/json; charset=utf-8")
    assert is_json("application/problem+json")
    assert not is_json("text/plain")
    assert plain("Text/HTML; charset=x") == "text/html"
    known = ["application/json", "text/xml", "text/html", "image/png"]
    assert [language(each) for each in known] == ["json", "xml", "html", "text"]


@pytest.mark.parametrize(
    ("value", "media_type", "text"),
    [
        ({"a": [1]}, "application/json", '{\n  "a": [\n    1\n  ]\n}'),
        ("x", "application/json", '"x"'),
        ('{"a":1}', "application/json", '{"a":1}'),
        ("{a}", "application/json", '"{a}"'),
        ("x", "text/plain", "x"),
        ([1], "text/plain", "[\n  1\n]"),
        (None, "application/json", "null"),
    ],
)
def test_values_are_written_as_their_type_wants(value: object, media_type: str, text: str) -> None:
    assert written(value, media_type, "Space") == text


def test_tabs_indent_but_do_not_change_texts() -> None:
    assert written({"a": {"b": "x  y"}}, "application/json", "Tab") == (
        '{\n\t"a": {\n\t\t"b": "x  y"\n\t}\n}'
    )


def test_xml_has_an_element_for_everything() -> None:
    value = {"id": 1, "tags": ["a", "<b>"], "none": None, "1st": {}, "empty": []}
    assert written(value, "application/xml", "Space", "Pet") == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        "<Pet>\n  <id>1</id>\n  <tags>a</tags>\n  <tags>&lt;b&gt;</tags>\n  <none></none>\n"
        "  <_1st/>\n  <empty/>\n</Pet>"
    )


def test_what_is_too_deep_is_refused() -> None:
    deep: object = 1
    for _ in range(300):
        deep = {"a": deep}
    for media_type in ("application/json", "text/xml"):
        with pytest.raises(DocumentError):
            written(deep, media_type, "Space")
    with pytest.raises(DocumentError):
        scalar(deep)
    assert (scalar(True), scalar("x"), scalar(1.5)) == ("true", "x", "1.5")
