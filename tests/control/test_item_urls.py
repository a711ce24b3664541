from typing import Any

import pytest

from postiche.control.item_urls import parsed, v1_url, v21_url


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", {}),
        ("https://h.test", {"protocol": "https", "host": ["h", "test"]}),
        ("https://h.test/", {"protocol": "https", "host": ["h", "test"], "path": [""]}),
        ("h:8080/a", {"host": ["h"], "port": "8080", "path": ["a"]}),
        ("h:{{p.x}}/a", {"host": ["h"], "port": "{{p.x}}", "path": ["a"]}),
        ("{{base/url}}/a/:id", {"host": ["{{base/url}}"], "path": ["a", ":id"]}),
        ("{{a.b}}.c/d", {"host": ["{{a.b}}", "c"], "path": ["d"]}),
        ("/a/b", {"path": ["a", "b"]}),
        ("/a?", {"path": ["a"]}),
        (
            "/a?b=1&c&d=e=f&{{g&h}}#i?j",
            {
                "path": ["a"],
                "query": [
                    {"key": "b", "value": "1"},
                    {"key": "c", "value": None},
                    {"key": "d", "value": "e=f"},
                    {"key": "{{g&h}}", "value": None},
                ],
                "hash": "i?j",
            },
        ),
    ],
)
def test_a_text_comes_apart(text: str, parts: Any) -> None:
    assert parsed(text) == {"raw": text, **parts}
    assert v1_url(parsed(text))["url"] == text.rstrip("?")


def changed(old: object, **fields: Any) -> Any:
    v1 = v1_url(old)
    news = {key for key in fields if fields[key] != v1[key]}
    return v21_url(v1 | fields, old, news)


OLD = {
    "raw": "http://h/a?x=1",
    "protocol": "http",
    "host": ["h"],
    "path": ["a"],
    "query": [{"key": "x", "value": "1"}, {"key": "y", "value": "2", "disabled": True}],
    "auth": {"kept": True},
}


def test_a_new_text_replaces_the_parts_and_keeps_what_has_no_name_in_v1() -> None:
    assert changed(OLD, url="/b") == {"raw": "/b", "path": ["b"], "auth": {"kept": True}}


def test_no_url_at_all_leaves_an_empty_one() -> None:
    assert changed({"raw": "/a", "path": ["a"]}, url=None) == {"raw": ""}


def test_a_new_list_replaces_the_parameters_alone() -> None:
    url = changed(OLD, queryParams=[{"key": "z", "value": "", "enabled": False}])
    assert url["query"] == [{"key": "z", "value": "", "disabled": True}]
    assert (url["raw"], url["path"]) == ("http://h/a", ["a"])
    assert "query" not in changed(OLD, queryParams=[])


def test_of_a_new_text_and_a_new_list_the_list_counts() -> None:
    url = changed(OLD, url="/b?c=1", queryParams=[{"key": "d", "value": "2"}])
    assert url["raw"] == "/b?d=2"
    assert changed(OLD, url="/b?c=1", queryParams=[])["raw"] == "/b?c=1"


def test_path_variables_come_as_a_list_or_as_a_map() -> None:
    listed = [{"key": "id", "value": "7", "description": "d"}]
    url = changed("/a/:id/:x", pathVariableData=listed)
    assert url["variable"] == listed
    mapped = changed(url, pathVariables={"id": "8", "x": "9"})
    assert mapped["variable"] == [
        {"key": "id", "value": "8", "description": "d"},
        {"key": "x", "value": "9"},
    ]
    both = changed("/:a/:b", pathVariableData=[{"key": "a", "value": 1}], pathVariables={"b": 2})
    assert [each["key"] for each in both["variable"]] == ["a", "b"]
