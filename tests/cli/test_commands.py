"""The commands as a user runs them: real processes, real files, real HTTP."""

import json
import shlex
import signal
import socket
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from postiche import __version__
from postiche.cli.entry import main

from .commands import COLLECTION, ENVIRONMENT, Command, postiche, started

KEY = "PMAK-0123456789abcdef01234567-0123456789abcdef0123456789abcdef01"
KEY_SHAPE = r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}"


def database(folder: Path) -> str:
    return f"sqlite:///{folder / 'postiche.db'}"


@contextmanager
def serving(folder: Path, *flags: str | Path, **variables: str) -> Iterator[tuple[Command, str]]:
    """A `postiche serve` on a free port over the database in `folder`, and the API's URL."""
    arguments = ("serve", "--port", "0", "--database-url", database(folder), *flags)
    with started(folder, *arguments, **variables) as command:
        yield command, command.wait_for(r"Postman API +(http\S+)")


@dataclass(frozen=True)
class Shop:
    """A running server that holds the demo."""

    folder: Path
    api: str

    @property
    def database(self) -> str:
        return database(self.folder)

    def mock(self) -> dict[str, str]:
        """A new mock server of the demo's collection."""
        return self.make_mock({"name": f"mock {uuid4()}"})

    def make_mock(self, settings: dict[str, object]) -> dict[str, str]:
        collection = get(f"{self.api}/collections", KEY).json()["collections"][0]["uid"]
        body = {"mock": {"collection": collection, **settings}}
        made = httpx.post(f"{self.api}/mocks", json=body, headers={"x-api-key": KEY})
        mock: dict[str, str] = made.json()["mock"]
        return mock


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("shop")
    with serving(folder, "--demo", POSTICHE_API_KEY=KEY) as (_, api):
        yield Shop(folder, api)


def failing(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str]:
    """Exit code and standard error of a command that ends at once, run in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["postiche", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
    assert isinstance(ended.value.code, int)
    return ended.value.code, capsys.readouterr().err


def get(url: str, key: str | None = None) -> httpx.Response:
    return httpx.get(url, headers={} if key is None else {"x-api-key": key})


def curl(line: str) -> httpx.Response:
    """Do what a printed curl command would."""
    program, *arguments = shlex.split(line)
    assert program == "curl"
    headers = [arguments[i + 1] for i, word in enumerate(arguments) if word == "-H"]
    return httpx.get(arguments[-1], headers=dict(header.split(": ", 1) for header in headers))


# --- postiche run --------------------------------------------------------------------


def test_run_prints_every_route_as_a_url_that_answers(tmp_path: Path) -> None:
    flags = ("--port", "0", "--environment", ENVIRONMENT)
    with started(tmp_path, "run", COLLECTION, *flags) as command:
        url = command.wait_for(r"GET (http://127\.0\.0\.1:\d+/get\?test=123)  200 Request 1\n")
        reply = httpx.get(url)
        assert reply.status_code == 200
        assert reply.json()["url"] == "https://postman-echo.com/get?test=123"
        command.wait_for(r"\d\d:\d\d:\d\d GET /get\?test=123 200 Request 1\n")
        httpx.get(url.replace("/get", "/nothing/here"))
        command.wait_for(r"GET /nothing/here\?test=123 404 Double check your method")


def test_run_serves_several_files_below_their_names(tmp_path: Path) -> None:
    document = json.loads(COLLECTION.read_bytes())
    document["info"]["name"] = "Zweites – API"
    other = tmp_path / "other.json"
    other.write_text(json.dumps(document))
    with started(tmp_path, "run", COLLECTION, other, "--port", "0") as command:
        first = command.wait_for(r"http://\S+/testapi/get\?test=123")
        second = command.wait_for(r"http://\S+/zweites-api/get\?test=123")
        assert (httpx.get(first).status_code, httpx.get(second).status_code) == (200, 200)
        command.wait_for(r"GET /zweites-api/get\?test=123 200")


def test_run_says_what_it_leaves_out_and_shows_no_control_characters(tmp_path: Path) -> None:
    broken = {"name": "no\x1b[31mrequest", "response": [{"name": "odd", "code": 200}]}
    document = {"info": {"name": "bell\x07"}, "item": [broken]}
    file = tmp_path / "broken.json"
    file.write_text(json.dumps(document))
    with started(tmp_path, "run", file, "--port", "0") as command:
        command.wait_for("Ctrl-C stops")
        assert r"bell\x07" in command.out
        assert (
            r"left out: no\x1b[31mrequest / odd: the example has no originalRequest" in command.out
        )
        assert "answers nothing" in command.out
        assert "\x1b" not in command.out


def test_run_is_quiet_when_asked(tmp_path: Path) -> None:
    with started(tmp_path, "run", COLLECTION, "--port", "0", "--quiet") as command:
        url = command.wait_for(r"GET (http\S+)")
        assert httpx.get(url).status_code == 200
        assert command.stop() == 0
        assert "Request 1\n" not in command.out.partition("Ctrl-C stops")[2]


def test_ctrl_c_ends_run_without_a_traceback(tmp_path: Path) -> None:
    with started(tmp_path, "run", COLLECTION, "--port", "0") as command:
        command.wait_for("Ctrl-C stops")
        assert command.stop(signal.SIGINT) == 0
        assert command.err == ""


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ('{"info": {},\n  "item": [}', ":2:12: this is not JSON"),
        ('{"values": []}', "this is an environment, not a collection; pass it with --environment"),
        ('{"requests": [], "order": []}', "v1 collection; export it from Postman as v2.1"),
        ('{"openapi": "3.1.0", "info": {}}', "this is an OpenAPI document"),
        ("[]", "a collection must be a JSON object"),
    ],
)
def test_run_names_the_file_and_the_reason_it_cannot_be_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, complaint: str
) -> None:
    file = tmp_path / "file.json"
    file.write_text(content)
    code, message = failing(capsys, "run", file, "--port", "0")
    assert code == 1
    assert message.startswith(f"postiche: {file}")
    assert complaint in message


def test_a_port_in_use_is_said_clearly() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = postiche("run", COLLECTION, "--port", port)
    assert result.returncode == 1
    wanted = f"postiche: port {port} on 127.0.0.1 is in use; choose another with --port\n"
    assert result.stderr == wanted


# --- postiche serve ------------------------------------------------------------------


def test_the_first_start_prints_a_key_once(tmp_path: Path) -> None:
    with serving(tmp_path) as (command, api):
        key = command.wait_for(KEY_SHAPE)
        assert get(f"{api}/me").status_code == 401
        assert get(f"{api}/me", key).status_code == 200
        assert command.stop() == 0
        assert command.err == ""
    with serving(tmp_path) as (command, api):
        assert get(f"{api}/me", key).status_code == 200
        assert "PMAK" not in command.out


def test_the_demo_prints_commands_that_work(tmp_path: Path) -> None:
    key_file = tmp_path / "made" / "api-key"
    flags = ("--demo", "--api-key-file", key_file)
    keys = set()
    for _ in range(2):
        with serving(tmp_path, *flags) as (command, _api):
            command.wait_for("Ctrl-C stops")
            lines = [line.strip() for line in command.out.splitlines() if "  curl " in line]
            collections, mocks, call = (curl(line) for line in lines)
            assert key_file.read_text().strip() in command.out
            assert [c["name"] for c in collections.json()["collections"]] == ["testAPI"]
            assert [m["name"] for m in mocks.json()["mocks"]] == ["testAPImock"]
            assert call.json()["args"] == {"test": "123"}
            assert call.json()["url"] == "https://postman-echo.com/get?test=123"
            keys.add(key_file.read_text())
    assert len(keys) == 1
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600


def test_mocks_can_have_a_port_and_a_domain_of_their_own(tmp_path: Path) -> None:
    flags = ("--demo", "--mock-port", "0", "--mock-domain", "mocks.localhost")
    with serving(tmp_path, *flags, POSTICHE_API_KEY=KEY) as (_, api):
        mock = get(f"{api}/mocks", KEY).json()["mocks"][0]
        url = httpx.URL(mock["mockUrl"])
        assert url.host == f"{mock['id']}.mocks.localhost"
        at_port = f"http://127.0.0.1:{url.port}"
        by_host = httpx.get(f"{at_port}/get?test=123", headers={"host": url.netloc.decode()})
        assert by_host.json()["args"] == {"test": "123"}
        assert get(f"{at_port}/m/{mock['id']}/get?test=123").status_code == 200
        assert get(f"{at_port}/me", KEY).json()["error"]["name"] == "mockNotFoundError"
        assert get(f"{at_port}/healthz").status_code == 200
        assert get(f"{api}/m/{mock['id']}/get?test=123").status_code == 401


def test_serve_finishes_the_calls_under_way_and_logs_them(tmp_path: Path) -> None:
    with serving(tmp_path, "--demo", POSTICHE_API_KEY=KEY) as (command, api):
        mock_url = get(f"{api}/mocks", KEY).json()["mocks"][0]["mockUrl"]
        replies: list[int] = []

        def call() -> None:
            headers = {"x-mock-response-delay": "1000"}
            replies.append(httpx.get(f"{mock_url}/get?test=123", headers=headers).status_code)

        caller = threading.Thread(target=call)
        caller.start()
        httpx.get(f"{mock_url}/get", headers={"x-mock-response-delay": "300"})
        assert command.stop(signal.SIGTERM) == 0
        caller.join()
        assert replies == [200]
        assert command.err == ""
    logged = postiche("calls", "testAPImock", "--database-url", database(tmp_path))
    assert [line.split(" ", 1)[1] for line in logged.stdout.splitlines()] == [
        "GET /get 200 Request 1",
        "GET /get?test=123 200 Request 1",
    ]


@pytest.mark.parametrize(
    ("flags", "variables", "code", "complaint"),
    [
        (["--port", "70000"], {}, 2, "POSTICHE_PORT (--port): Input should be less than"),
        ([], {"POSTICHE_MAX_BODY": "1 MB"}, 2, "POSTICHE_MAX_BODY (--max-body): Input"),
        (["--mock-domain", "http://x"], {}, 2, "(--mock-domain): give a host name"),
        (["--no-such-flag"], {}, 2, "No such option"),
        ([], {"POSTICHE_API_KEY": "short"}, 1, "POSTICHE_API_KEY: an API key must have"),
        (["--database-url", "mysql://u:secret@h/d"], {}, 1, "mysql"),
        (["--host", "no such host"], {}, 1, "no such host is no address of this machine"),
    ],
)
def test_serve_says_which_setting_is_wrong(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    flags: list[str],
    variables: dict[str, str],
    code: int,
    complaint: str,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    always = ["--port", "0", "--database-url", database(tmp_path)]
    exit_code, message = failing(capsys, "serve", *always, *flags)
    assert exit_code == code
    assert complaint in message
    assert "secret" not in message


# --- postiche keys and calls ---------------------------------------------------------


def test_keys_are_made_listed_and_revoked_while_a_server_runs(shop: Shop) -> None:
    made = postiche("keys", "create", "for a friend", "--database-url", shop.database)
    key = made.stdout.strip()
    private = shop.make_mock({"private": True})["mockUrl"] + "/get?test=123"
    assert get(f"{shop.api}/me", key).status_code == 200
    assert get(private, key).status_code == 200

    listed = postiche("keys", "list", POSTICHE_DATABASE_URL=shop.database).stdout
    row = next(line for line in listed.splitlines() if "for a friend" in line)
    assert key not in listed
    assert key[-4:] in row

    revoke = ("keys", "revoke", row.split()[0], "--database-url", shop.database)
    assert postiche(*revoke).returncode == 0
    assert _soon(lambda: get(f"{shop.api}/me", key).status_code == 401)
    assert _soon(lambda: get(private, key).status_code == 404)
    assert get(f"{shop.api}/me", KEY).status_code == 200


def test_a_key_that_is_not_there_cannot_be_revoked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, message = failing(capsys, "keys", "revoke", "x", "--database-url", database(tmp_path))
    assert (code, "there is no key with id x" in message) == (1, True)


def _soon(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 5
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_calls_follow_a_mock(shop: Shop) -> None:
    mock = shop.mock()
    for number in range(3):
        get(f"{mock['mockUrl']}/get?number={number}")
    get(f"{shop.api}/mocks/{mock['id']}/call-logs", KEY)
    flags = ("--limit", "2", "--follow", "--database-url", shop.database)
    with started(shop.folder, "calls", mock["uid"], *flags) as following:
        following.wait_for(r"number=1 200 Request 1\n.*number=2 200 Request 1\n")
        get(f"{mock['mockUrl']}/nothing/there")
        following.wait_for(r"GET /nothing/there 404 Double check")
        assert following.stop() == 0
        assert following.err == ""
        assert following.out.count("\n") == 3


def test_calls_as_json_are_rows_of_the_call_log(shop: Shop) -> None:
    mock = shop.mock()
    get(f"{mock['mockUrl']}/get?test=123")
    rows = get(f"{shop.api}/mocks/{mock['id']}/call-logs", KEY).json()["call-logs"]
    printed = postiche("calls", mock["name"], "--json", "--database-url", shop.database).stdout
    assert [json.loads(line) for line in printed.splitlines()] == rows


def test_calls_of_an_unknown_mock_fail_with_a_hint(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, message = failing(capsys, "calls", "nobody", "--database-url", database(tmp_path))
    assert code == 1
    assert "there is no mock server with id or name 'nobody'" in message


def test_the_version_is_told() -> None:
    assert postiche("--version").stdout == f"postiche {__version__}\n"


def test_no_command_shows_the_help() -> None:
    result = postiche()
    assert result.returncode == 2
    assert "serve" in result.stdout + result.stderr
