import pytest

from postiche.dataplane.locate import at_root, by_host, by_name, by_path, first_of


def get(target: str, host: str = "localhost:4000") -> tuple[str, list[tuple[bytes, bytes]]]:
    return target, [(b"host", host.encode())]


@pytest.mark.parametrize(
    ("target", "within"),
    [
        ("/m/1234/users/7?a=b", "/users/7?a=b"),
        ("/m/1234", "/"),
        ("/m/1234/", "/"),
        ("/m/1234?a=b", "/?a=b"),
        ("/m/1234?a=/b", "/?a=/b"),
        ("/m/1234//x", "//x"),
        ("/m/1234/%2F%zz", "/%2F%zz"),
    ],
)
def test_a_path_names_the_mock_and_the_target_within_it(target: str, within: str) -> None:
    assert by_path()(*get(target)) == ("1234", within)


@pytest.mark.parametrize("target", ["/", "/m", "/m/", "/m//x", "/mocks/1234", "/M/1234", "/x/m/1"])
def test_other_paths_name_no_mock(target: str) -> None:
    assert by_path()(*get(target)) is None


def test_the_prefix_can_be_another() -> None:
    assert by_path("/mock/")(*get("/mock/1234/a")) == ("1234", "/a")


@pytest.mark.parametrize(
    "host", ["abc.mocks.test", "abc.mocks.test:4000", "ABC.Mocks.Test", "abc.mocks.test.:80"]
)
def test_a_host_name_names_the_mock(host: str) -> None:
    assert by_host("mocks.test")(*get("/a?b=c", host)) == ("abc", "/a?b=c")


@pytest.mark.parametrize(
    "host",
    ["mocks.test", "localhost", "a.b.mocks.test", ".mocks.test", "xmocks.test", "", "[::1]:4"],
)
def test_other_hosts_name_no_mock(host: str) -> None:
    assert by_host("mocks.test")(*get("/", host)) is None


def test_a_request_without_a_host_names_no_mock() -> None:
    assert by_host("mocks.test")("/", []) is None


def test_a_mock_domain_may_be_given_with_its_port() -> None:
    assert by_host("mocks.test:4000")(*get("/", "abc.mocks.test:4000")) == ("abc", "/")


def test_a_name_stands_for_a_mock() -> None:
    locate = by_name({"pets": "1", "caf\xe9": "2"})
    assert locate(*get("/pets/a?b=c")) == ("1", "/a?b=c")
    assert locate(*get("/pets?b=c")) == ("1", "/?b=c")
    assert locate(*get("/caf%C3%A9/a")) == ("2", "/a")
    assert locate(*get("/dogs")) is None
    assert locate(*get("/")) is None


def test_at_the_root_everything_is_for_one_mock() -> None:
    assert at_root("1")(*get("/m/2?a=b")) == ("1", "/m/2?a=b")


def test_the_first_locator_that_knows_the_place_decides() -> None:
    locate = first_of(by_host("mocks.test"), by_path())
    assert locate(*get("/m/1/a", "2.mocks.test")) == ("2", "/m/1/a")
    assert locate(*get("/m/1/a")) == ("1", "/a")
    assert locate(*get("/elsewhere")) is None
