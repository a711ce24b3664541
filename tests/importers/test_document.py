import pytest

from postiche.importers.document import MAX_DEPTH, DocumentError, References, is_json, read_document


def test_json_and_yaml_say_the_same() -> None:
    json = '{"a": 1, "b": [true, null, 1.5], "c": {"d": "x"}}'
    yaml = "a: 1\nb: [true, ~, 1.5]\nc:\n  d: x\n"
    assert read_document(json) == read_document(yaml) == read_document(yaml.encode())
    assert read_document("\ufeffa: 1".encode()) == {"a": 1}
    assert is_json(json)
    assert not is_json(yaml)


def test_yaml_is_read_as_plainly_as_json() -> None:
    text = (
        "200: no\non: 2020-01-01\nv: 1.10\nt: 'true'\nn: 0123\nbig: 123456789012345678901\nh: 0x1f"
    )
    assert read_document(text) == {
        "200": "no",
        "on": "2020-01-01",
        "v": 1.1,
        "t": "true",
        "n": 123,
        "big": 123456789012345678901.0,
        "h": "0x1f",
    }


def test_aliases_and_merges_are_filled_in() -> None:
    assert read_document("a: &a {x: 1}\nb: {<<: *a, y: 2}\nc: *a\n") == {
        "a": {"x": 1},
        "b": {"x": 1, "y": 2},
        "c": {"x": 1},
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[1]",
        "text",
        "a: [",
        "a: b: c",
        "a: 1\n---\nb: 2\n",
        "? [a]\n: 1",
        "a: !!python/object:os.system x",
        "a: !!binary eA==",
        "a: !!set {x}",
        'a: "\\ud800"',
        "a: &a [*a]",
        "a: *b",
        "a: .inf\nb: !!float x",
        "[" * 10_000,
        "- " * 10_000,
        "a: " + "{b: " * 500 + "1" + "}" * 500,
        "\0",
    ],
)
def test_what_is_no_document_is_refused(text: str) -> None:
    with pytest.raises(DocumentError, match=r"^The (definition|alias)"):
        read_document(text)


def test_a_number_of_any_length_is_one() -> None:
    assert read_document("x: " + "9" * 5000) == {"x": None}


def test_text_that_is_not_utf_8_is_refused() -> None:
    with pytest.raises(DocumentError, match="UTF-8"):
        read_document(b"a: \xff")


def test_a_bomb_of_aliases_is_refused() -> None:
    lines = ["a0: &a0 " + "x" * 100]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    with pytest.raises(DocumentError, match="through its aliases"):
        read_document("\n".join(lines))
    merges = ["m0: &m0 {k: v}"]
    merges += [f"m{n}: &m{n} {{<<: [{', '.join([f'*m{n - 1}'] * 10)}]}}" for n in range(1, 12)]
    with pytest.raises(DocumentError, match="through its aliases"):
        read_document("\n".join(merges))


def test_levels_are_bounded() -> None:
    with pytest.raises(DocumentError, match=f"more than {MAX_DEPTH} levels"):
        read_document("a: " + "[" * 300 + "]" * 300)


def test_a_reference_leads_to_what_it_names() -> None:
    document = {
        "a": {"b/c": {"d~e": 1}, "list": [{"x": 2}]},
        "to": {"$ref": "#/a"},
        "twice": {"$ref": "#/to"},
        "round": {"$ref": "#/round"},
    }
    references = References(document)
    assert references.target("#/a/b~1c/d~0e") == 1
    assert references.target("#/a/list/0/x") == 2
    assert references.target("#/a/b%2Fc") is None
    assert references.resolve({"$ref": "#/twice"}) == document["a"]
    for nothing in ("#/nowhere", "#/a/list/7", "#/a/list/x", "other.json#/a", "#/round", ""):
        assert references.resolve({"$ref": nothing}) in ({}, document)
    assert references.resolve(5) == {}
