"""A command sends the request that it stands for, whatever is in it."""

import shlex
import shutil
import subprocess
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postiche.core.bodies import SentBody
from postiche.core.explaining.curl import MAX_ARGUMENT, CurlCall, target_of
from postiche.core.paths import canonical
from postiche.core.query import parameters
from postiche.model import Request
from tests.core.building import QUICK
from tests.core.curling import OWN, sent_by

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=20)
CALLS = st.builds(
    CurlCall,
    st.sampled_from(["GET", "POST", "HEAD", "PURGE"]),
    st.builds(
        lambda path, query: target_of(f"/{path}", parameters(query)),
        TEXT,
        st.sampled_from(["", "a=1", "a=%5B&b=c+d", "q='x'"]),
    ),
    st.sampled_from([(), (("X-A", "it's"), ("Accept", "")), (("User-Agent", "é $HOME"),)]),
    TEXT.map(str.encode),
)


@QUICK
@given(CALLS)
def test_a_command_sends_what_it_stands_for(call: CurlCall) -> None:
    if call.possible:
        sent, meant = sent_by(call.line("http://mock.test/m/1")), call.request
        assert (sent.method, sent.target, sent.body) == (
            meant.method,
            f"/m/1{meant.target}",
            meant.body,
        )
        assert comparable(sent) == comparable(meant)


def comparable(request: Request) -> dict[str, str]:
    """The headers but for the values that differ from curl to curl."""
    return {
        name: "" if name in OWN and value in (OWN[name], "curl/8", "localhost") else value
        for name, value in request.headers
    }


def test_form_fields_are_sent_as_they_are() -> None:
    call = CurlCall("POST", "/", fields=(("a", "@file"), ("b", "it's; <x> = 1\n2")))
    assert call.possible
    sent, meant = sent_by(call.line("http://mock.test")), call.request
    assert SentBody(sent).fields == SentBody(meant).fields == list(call.fields or ())


@pytest.mark.parametrize(
    "call",
    [
        CurlCall("MY METHOD", "/"),
        CurlCall("GET", "/", (("X-A", "a\nb"),)),
        CurlCall("GET", "/", (("X A", "a"),)),
        CurlCall("HEAD", "/", body=b"x"),
        CurlCall("POST", "/", body=b"\xff"),
        CurlCall("POST", "/", body=b"a\0b"),
        CurlCall("POST", "/", body=b"x" * (MAX_ARGUMENT + 1)),
        CurlCall("GET", "/" + "x" * MAX_ARGUMENT),
        CurlCall("POST", "/", fields=(("a=b", "1"),)),
        CurlCall("POST", "/", fields=(('a"', "1"),)),
        CurlCall("POST", "/", fields=(("a", "\0"),)),
    ],
)
def test_what_a_command_cannot_carry_is_not_possible(call: CurlCall) -> None:
    assert not call.possible


@pytest.mark.parametrize("path", ["/a b", "/a%2Fb", "/../x", "//", "/[{}]", "/%", "/é?", "/#", "/"])
def test_targets_lead_back_to_their_path(path: str) -> None:
    assert canonical(target_of(canonical(path), {}).partition("?")[0]) == canonical(path)


@pytest.mark.parametrize("query", ["a=1", "a=1&a=2&b", "a=%26%3D%23", "q=a+b", "%7B%7Bx%7D%7D=%2B"])
def test_targets_lead_back_to_their_query(query: str) -> None:
    assert parameters(target_of("/", parameters(query)).partition("?")[2]) == parameters(query)


def test_a_key_may_be_a_variable_of_the_shell() -> None:
    line = CurlCall("GET", "/x").line("http://mock.test/", "$KEY")
    assert line == 'curl -H "x-api-key: $KEY" http://mock.test/x'


class _Echo(BaseHTTPRequestHandler):
    """Notes what arrives."""

    seen: list[tuple[str, str, bytes, str | None]] = []  # noqa: RUF012 - one server, one list

    def handle_one_request(self) -> None:
        self.raw_requestline = self.rfile.readline()
        if not self.parse_request():
            return
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.seen.append((self.command, self.path, body, self.headers.get("x-a")))
        self.send_response(204)
        self.end_headers()
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
@pytest.mark.parametrize(
    "call",
    [
        CurlCall("GET", "/users/7?a=%5B1%5D", (("X-A", "it's $HOME `x`"),)),
        CurlCall("POST", "/a/../b/%2F", (("Accept", ""),), b'{"n": "it\'s\n2"}'),
        CurlCall("HEAD", "/"),
        CurlCall("PURGE", "/x"),
    ],
)
def test_the_real_curl_sends_it(call: CurlCall) -> None:
    server = HTTPServer(("127.0.0.1", 0), _Echo)
    Thread(target=server.handle_request, daemon=True).start()
    with server:
        line = call.line(f"http://127.0.0.1:{server.server_port}")
        subprocess.run(["/bin/sh", "-c", f"{line} -s -m 5"], check=True, capture_output=True)
    assert shlex.split(line)[0] == "curl"
    given = dict(call.headers).get("X-A")
    assert _Echo.seen.pop() == (call.method, call.target, call.body, given)
