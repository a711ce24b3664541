"""A reply says what the saved example says, with what the request sent put in as it came."""

from datetime import UTC, datetime
from random import Random
from urllib.parse import quote

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from postiche.core.dynamic import Sources
from postiche.core.errors import MockError
from postiche.core.match import NO_EXAMPLE, Outcome, match
from postiche.core.render import keys, render
from postiche.model import Request, joined

from .building import QUICK, answered, body_of, example, get, plan, post, request, sources


def said(body: str, asked: Request, url: str = "/", **known: str) -> str:
    """What a mock says whose one example has this body and URL."""
    return body_of(plan(example(url, method=asked.method, body=body), environment=known), asked)


# --- which reply ----------------------------------------------------------------------


def test_an_example_answers_with_its_status_headers_and_body() -> None:
    reply = answered(plan(example(code=201, headers={"X-A": "1"}, body="made")), get("/"))
    assert (reply.status, joined(reply.headers, "x-a"), reply.body) == (201, "1", b"made")


@pytest.mark.parametrize("miss", [MockError.NO_MATCH, MockError.NO_EXAMPLE])
def test_a_miss_answers_with_its_error(miss: MockError) -> None:
    assert render(Outcome(miss=miss), get("/"), sources()) == miss.value.reply()


def test_an_outcome_without_anything_is_no_match() -> None:
    assert render(Outcome(), get("/"), sources()) == MockError.NO_MATCH.value.reply()
    assert NO_EXAMPLE.miss is MockError.NO_EXAMPLE


def test_a_fixed_reply_is_never_made_again() -> None:
    made = plan(example(body="fixed"))
    assert answered(made, get("/")) is answered(made, get("/?a=1"))


# --- variables and captures -----------------------------------------------------------


def test_variables_are_put_in_without_quotes() -> None:
    assert said('{"name": {{name}}}', get("/"), name="ann") == '{"name": ann}'


def test_a_capture_replaces_the_variable_of_that_name_in_body_and_header() -> None:
    saved = example("/users/{{id}}", body="user {{id}}", headers={"X-User": "{{id}}"})
    reply = answered(plan(saved), get("/users/a%20b"))
    assert reply.body == b"user a b"
    assert joined(reply.headers, "x-user") == "a b"


def test_a_path_variable_is_captured_like_any_wildcard() -> None:
    assert said("user {{id}}", get("/users/7.json"), "/users/:id.json") == "user 7"


def test_a_capture_is_filled_even_if_another_step_decided() -> None:
    assert said("{{id}}", get("/users/%7B%7Bid%7D%7D"), "/users/{{id}}") == "{{id}}"


def test_without_wildcards_a_token_stays() -> None:
    saved = example("/users/{{id}}", name="one", body="{{id}}")
    asked = get("/users/7", {"x-mock-response-name": "one"})
    assert body_of(plan(saved, match_wildcards=False), asked) == "{{id}}"
    assert body_of(plan(saved, match_wildcards=True), asked) == "7"


def test_a_token_that_is_nothing_known_stays() -> None:
    assert said("{{who}} {{$what}}", get("/")) == "{{who}} {{$what}}"


# --- dynamic variables ----------------------------------------------------------------


def test_each_occurrence_of_a_dynamic_variable_is_a_value_of_its_own() -> None:
    first, second = said("{{$guid}} {{$guid}}", get("/")).split()
    assert first != second


def test_the_clock_is_the_one_that_was_handed_in() -> None:
    moment = datetime(2030, 1, 1, tzinfo=UTC)
    made, asked = plan(example(body="{{$timestamp}}")), get("/")
    reply = render(match(made, asked), asked, Sources(Random(1), lambda: moment))
    assert reply.body == b"1893456000"


def test_the_same_randomness_makes_the_same_reply() -> None:
    made, asked = plan(example(body="{{$randomInt}} {{$randomUUID}}")), get("/")
    assert answered(made, asked) == answered(made, asked)


def test_dynamic_variables_work_in_headers() -> None:
    reply = answered(plan(example(headers={"X-A": "{{$timestamp}}"})), get("/"))
    assert joined(reply.headers, "x-a") == "1767323045"


# --- template helpers -----------------------------------------------------------------


JSON = orjson.dumps(
    {
        "user": {"name": "Ann", "age": 7, "tags": ["a", "b"], "none": None, "a.b": "dot"},
        "list": [{"id": 1}, {"id": 2.5}],
        "": {"": "empty"},
        "yes": True,
    }
).decode()


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("{{$body 'user.name'}}", "Ann"),
        ("{{$body 'user.age'}}", "7"),
        ("{{$body 'user.tags'}}", '["a","b"]'),
        ("{{$body 'user.tags.1'}}", "b"),
        ("{{$body 'list.1.id'}}", "2.5"),
        ("{{$body 'user.none'}}", "null"),
        ("{{$body 'yes'}}", "true"),
        (r"{{$body 'user.a\.b'}}", "dot"),
        ("{{$body 'user.name' 'x'}}", "Ann"),
        ("{{$body 'user.missing' 'x'}}", "x"),
        ("{{$body 'user.missing' ''}}", ""),
        ("{{$body 'user.missing'}}", "{{$body 'user.missing'}}"),
        ("{{$body 'list.2' 'x'}}", "x"),
        ("{{$body 'list.-1' 'x'}}", "x"),
        ("{{$body 'list.\u00b2' 'x'}}", "x"),
        ("{{$body 'user.name.0' 'x'}}", "x"),
        ("{{$body 'user.tags.length' 'x'}}", "x"),
    ],
)
def test_the_body_helper_finds_values_by_their_path(token: str, expected: str) -> None:
    assert said(token, post("/", JSON)) == expected


def test_the_body_helper_without_a_path_is_the_body_as_sent() -> None:
    assert said("<{{$body}}>", post("/", ' {"a": 1}\n')) == '< {"a": 1}\n>'
    assert said("<{{$body}}>", post("/")) == "<>"
    assert said("<{{$body}}>", post("/", b"\xff")) == "<\ufffd>"


def test_the_body_helper_reads_the_fields_of_a_form() -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert said("{{$body 'a'}}", post("/", "a=first&a=second", form)) == "first"


def test_the_body_helper_reads_the_text_fields_of_form_data() -> None:
    headers = {"content-type": "multipart/form-data; boundary=cut"}
    body = '--cut\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--cut--\r\n'
    assert said("{{$body 'a'}}", post("/", body, headers)) == "1"


@pytest.mark.parametrize("body", ["", "text", "a=1", "7", '"text"', "[" * 2000])
def test_the_body_helper_finds_nothing_in_other_bodies(body: str) -> None:
    assert said("{{$body 'a' 'none'}}", post("/", body)) == "none"


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("{{$queryParams 'a'}}", "1 2"),
        ("{{$queryParams 'b'}}", ""),
        ("{{$queryParams 'c' 'none'}}", "none"),
        ("{{$queryParams 'A' 'none'}}", "none"),
        ("{{$queryParams}}", "{{$queryParams}}"),
    ],
)
def test_the_query_helper_finds_the_first_value_decoded(token: str, expected: str) -> None:
    assert said(token, get("/?a=1%202&a=3&b")) == expected


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("{{$headers 'X-Id'}}", "7"),
        ("{{$headers 'x-id'}}", "7"),
        ("{{$headers 'x-other' 'none'}}", "none"),
        ("{{$headers}}", "{{$headers}}"),
    ],
)
def test_the_header_helper_ignores_case(token: str, expected: str) -> None:
    assert said(token, get("/", {"x-id": "7"})) == expected


@pytest.mark.parametrize(
    ("position", "expected"),
    [("0", "users"), ("1", "a/b"), ("2", ""), ("3", "-"), ("-1", "-"), ("x", "-"), ("\u00b2", "-")],
)
def test_the_segment_helper_counts_from_zero(position: str, expected: str) -> None:
    token = f"{{{{$pathSegments '{position}' '-'}}}}"
    assert said(token, get("/users/a%2Fb/?x=1/2"), "/{{a}}/{{b}}/") == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a", ["a"]),
        ("a.b.0", ["a", "b", "0"]),
        (r"a\.b.c", ["a.b", "c"]),
        (r"a\\.b", ["a\\", "b"]),
        ("", []),
        ("a.", ["a"]),
        ("a\\", ["a"]),
    ],
)
def test_an_object_path_is_split_at_its_dots(path: str, expected: list[str]) -> None:
    assert keys(path) == expected


# --- nothing that a client sends is a template ----------------------------------------


TOKENS = ("{{secret}}", "{{$guid}}", "{{word}}", "{{$body}}", "{{$headers 'x-a'}}", "{{", "}}")
CLIENT = (
    st.lists(
        st.sampled_from(TOKENS)
        | st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"])),
        min_size=1,
        max_size=4,
    )
    .map("".join)
    .filter(bool)
)
HEADER = CLIENT.filter(str.isascii)
SAVED = (
    "A{{word}}B{{$body 'b'}}C{{$queryParams 'q'}}D{{$headers 'x-a'}}E{{$pathSegments '1'}}"
    "F{{$body 'missing' 'default'}}G"
)


@QUICK
@given(word=CLIENT, body=CLIENT, query=CLIENT, header=HEADER)
def test_what_a_client_sends_comes_out_as_it_came(
    word: str, body: str, query: str, header: str
) -> None:
    made = plan(
        example("/words/{{word}}", method="POST", body=SAVED), environment={"secret": "hidden"}
    )
    asked = request(
        "POST",
        f"/words/{quote(word, safe='')}?q={quote(query, safe='')}",
        {"x-a": header},
        orjson.dumps({"b": body}),
    )
    assert body_of(made, asked) == f"A{word}B{body}C{query}D{header}E{word}FdefaultG"


@QUICK
@given(value=st.text(max_size=20))
def test_what_a_client_sends_cannot_add_a_header(value: str) -> None:
    made = plan(example(method="POST", headers={"X-A": "{{$body 'a'}}"}))
    reply = answered(made, post("/", orjson.dumps({"a": value})))
    assert [name for name, _ in reply.headers] == ["x-a", "access-control-allow-origin"]
    assert not set("\r\n\x00") & set(joined(reply.headers, "x-a") or "")
