import json
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postiche.core.recording.redaction import REDACTED, SHORTEST, Redaction
from postiche.model import Exchange, Headers, Reply, Request

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def learnt(
    *names: str, headers: Headers = (), target: str = "/", body: bytes = b"", reply: str = ""
) -> Redaction:
    redaction = Redaction(names)
    redaction.learn(Exchange(Request("POST", target, headers, body), Reply(200)), reply)
    return redaction


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("Authorization", "Bearer abc", REDACTED),
        ("proxy-authorization", "Basic abc", REDACTED),
        ("Cookie", "a=b; c=d", REDACTED),
        ("X-API-Key", "abc", REDACTED),
        ("Set-Cookie", "sid=abc; Path=/; HttpOnly", f"sid={REDACTED}; Path=/; HttpOnly"),
        ("X-Mine", "abc", REDACTED),
        ("X-Other", "abc", "abc"),
    ],
)
def test_headers_that_carry_secrets_are_emptied(name: str, value: str, kept: str) -> None:
    entries = [{"key": name, "value": value}]
    Redaction(["x-MINE"]).headers(entries)
    assert entries == [{"key": name, "value": kept}]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ('{ "pin" : 12, "a":[1.50]}', '{ "pin" : "REDACTED", "a":[1.50]}'),
        ('[{"PIN": {"pin": [1, "}"]}, "x": "pin"}]', '[{"PIN": "REDACTED", "x": "pin"}]'),
        ('{"a": "\\"pin\\": 1", "pin": null}', '{"a": "\\"pin\\": 1", "pin": "REDACTED"}'),
        ('{"\\u0070in": "x"}', '{"\\u0070in": "REDACTED"}'),
        ('{"pin": "x', '{"pin": "REDACTED"'),
        ("pin: 12", "pin: 12"),
        ("", ""),
    ],
)
def test_named_fields_of_json_are_emptied_and_the_rest_stays_as_written(
    text: str, kept: str
) -> None:
    assert Redaction(["Pin"]).json_text(text) == kept


def test_what_is_nested_too_deep_to_read_is_not_kept() -> None:
    text = '{"pin": ' + "[" * 100_000 + '"secret"' + "]" * 100_000 + "}"
    assert Redaction(["pin"]).json_text(text) == '{"pin": "REDACTED"'


@given(JSON_VALUES, st.text(min_size=1))
def test_json_stays_json_and_loses_nothing_but_the_named(value: object, secret: str) -> None:
    text = json.dumps({"kept": value, "pin": secret})
    assert json.loads(Redaction(["pin"]).json_text(text))["pin"] == REDACTED
    plain = json.dumps([value])
    assert Redaction(["no such field"]).json_text(plain) == plain


@given(st.text(min_size=SHORTEST).filter(lambda text: text.strip() == text))
def test_a_secret_is_found_wherever_and_however_it_is_written(secret: str) -> None:
    body = json.dumps({"pin": secret}).encode()
    redaction = learnt("pin", body=body)
    echo = json.dumps({"body": body.decode(), "again": [secret]})
    for written in (echo, json.dumps({"x": secret}, ensure_ascii=False)):
        assert secret not in json.dumps(json.loads(redaction.text(written)), ensure_ascii=False)


@pytest.mark.parametrize(
    "where",
    [
        {"headers": (("authorization", "Bearer sesame-sesame"),)},
        {"headers": (("cookie", 'a=1; sid="sesame-sesame"'),)},
        {"headers": (("set-cookie", "sid=sesame-sesame; Path=/"),)},
        {"headers": (("authorization", f"Basic {b64encode(b'me:sesame-sesame').decode()}"),)},
        {"target": "/x?pin=sesame-sesame"},
        {"reply": '{"pin": "sesame-sesame"}'},
        {
            "headers": (("content-type", "application/x-www-form-urlencoded"),),
            "body": b"pin=sesame-sesame",
        },
    ],
)
def test_a_secret_is_learnt_from_where_it_stands(where: dict[str, object]) -> None:
    assert learnt("pin", **where).text("is sesame-sesame!") == "is REDACTED!"  # type: ignore[arg-type]


def test_short_secrets_are_not_looked_for_in_other_texts() -> None:
    assert learnt(headers=(("cookie", "theme=dark"),)).text("a dark night") == "a dark night"


def test_ids_and_keys_of_a_saved_request_stay() -> None:
    redaction = learnt(headers=(("x-api-key", "sesame-sesame"),))
    node = {"id": "sesame-sesame", "a": ["sesame-sesame", {"key": "sesame-sesame", "n": 1}]}
    kept = {"id": "sesame-sesame", "a": [REDACTED, {"key": "sesame-sesame", "n": 1}]}
    assert redaction.everywhere(node) == kept
