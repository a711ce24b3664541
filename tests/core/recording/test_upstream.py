import pytest
from hypothesis import given
from hypothesis import strategies as st

from postiche.core.recording.upstream import (
    HOP_BY_HOP,
    VIA,
    Target,
    accepted_encodings,
    end_to_end,
    forwards,
    goes_round,
    read_target,
    relocated,
    sent_on,
)
from postiche.model import Request, Upstream

SHOP = Target("https", "shop.test", 443, "/v1")


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("http://Shop.test", Target("http", "shop.test", 80)),
        ("HTTPS://shop.test:8443/v1/", Target("https", "shop.test", 8443, "/v1")),
        ("http://[::1]:9", Target("http", "::1", 9)),
        ("https://bücher.test.", Target("https", "xn--bcher-kva.test", 443)),
    ],
)
def test_a_url_says_where_a_service_is(url: str, target: Target) -> None:
    assert read_target(url) == target


@pytest.mark.parametrize(
    "url",
    [
        "",
        "shop.test",
        "ftp://x",
        "http://",
        "http://u:p@x",
        "http://u@x",
        "http://x:0",
        "http://x:y",
    ],
)
def test_what_leads_nowhere_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"give a URL|leave user|not valid"):
        read_target(url)


def test_an_authority_names_the_port_only_where_it_must() -> None:
    assert read_target("http://x:80").authority == "x"
    assert read_target("http://[::1]:81").authority == "[::1]:81"
    assert read_target("https://x:80").origin == "https://x:80"


@pytest.mark.parametrize(
    ("forward", "matched", "expected"),
    [
        ("all", True, True),
        ("unmatched", True, False),
        ("unmatched", False, True),
        (("/users/*",), True, True),
        (("GET /users/*",), True, True),
        (("POST /users/*",), False, False),
        (("get /users/7",), True, True),
        (("/users",), False, False),
        (("/**",), True, True),
        (("/*",), True, False),
        (("/x", "GET /users/**"), True, True),
        ((), False, False),
    ],
)
def test_routes_say_which_calls_are_passed_on(
    forward: "tuple[str, ...]", matched: bool, expected: bool
) -> None:
    upstream = Upstream("http://x", forward=forward)
    assert forwards(upstream, Request("GET", "/users/7?a=/b"), matched=matched) is expected


@given(st.lists(st.tuples(st.sampled_from([*HOP_BY_HOP, "x-a", "x-b", "accept"]), st.text())))
def test_no_header_of_a_connection_passes(headers: list[tuple[str, str]]) -> None:
    passed = end_to_end(tuple(headers))
    assert not {name for name, _ in passed} & HOP_BY_HOP


def test_what_is_for_this_server_is_not_sent_on() -> None:
    headers = (
        ("host", "mock.test"),
        ("x-mock-response-name", "x"),
        ("x-api-key", "PMAK-abc"),
        ("expect", "100-continue"),
        ("content-length", "3"),
        ("via", "1.0 other"),
        ("x-a", "b"),
    )
    sent = (("host", "shop.test"), ("x-a", "b"), ("via", f"1.0 other, {VIA}"))
    assert sent_on(headers, SHOP) == sent
    assert ("x-api-key", "theirs") in sent_on((("x-api-key", "theirs"),), SHOP)


@pytest.mark.parametrize(
    ("asked", "passed"),
    [
        (None, None),
        ("gzip, zstd, br;q=0.5", "gzip, br;q=0.5"),
        ("zstd", "identity"),
        ("*", "identity"),
    ],
)
def test_only_codings_that_can_be_undone_are_asked_for(
    asked: str | None, passed: str | None
) -> None:
    headers = () if asked is None else (("accept-encoding", asked),)
    assert accepted_encodings(headers) == passed


def test_a_call_may_pass_a_few_times() -> None:
    assert not goes_round(())
    assert not goes_round((("via", ", ".join([VIA] * 3)),))
    assert goes_round((("via", VIA), ("via", ", ".join([VIA] * 3))))


@given(st.text())
def test_no_redirect_within_the_service_leads_elsewhere(rest: str) -> None:
    """Whatever path the service redirects to, the client ends up here or at the service."""
    [(_, moved)] = relocated((("location", f"https://shop.test{rest}"),), SHOP, "/m/1")
    assert moved == f"https://shop.test{rest}" or moved.startswith("/m/1")
