import pytest

from postiche.core.recording.addresses import Allowed, kind, read_allowed


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("8.8.8.8", "public"),
        ("2606:4700::1111", "public"),
        ("::ffff:8.8.8.8", "public"),
        ("64:ff9b::808:808", "public"),
        ("10.1.2.3", "private"),
        ("172.16.0.1", "private"),
        ("192.168.0.1", "private"),
        ("fd12::1", "private"),
        ("::ffff:10.0.0.1", "private"),
        ("64:ff9b::a00:1", "private"),
        ("2002:a00:1::", "private"),
        ("127.0.0.1", "loopback"),
        ("127.9.9.9", "loopback"),
        ("::1", "loopback"),
        ("::ffff:127.0.0.1", "loopback"),
        ("169.254.1.1", "link-local"),
        ("fe80::1%eth0", "link-local"),
        ("169.254.169.254", "metadata"),
        ("::ffff:169.254.169.254", "metadata"),
        ("2002:a9fe:a9fe::", "metadata"),
        ("fd00:ec2::254", "metadata"),
        ("100.100.100.200", "metadata"),
        ("168.63.129.16", "metadata"),
        ("224.0.0.1", "multicast"),
        ("ff02::1", "multicast"),
        ("0.0.0.0", "reserved"),
        ("::", "reserved"),
        ("255.255.255.255", "reserved"),
        ("240.0.0.1", "reserved"),
        ("100.64.0.1", "reserved"),
        ("::127.0.0.1", "reserved"),
    ],
)
def test_addresses_are_told_apart(address: str, expected: str) -> None:
    assert kind(address) == expected


def test_only_public_addresses_are_allowed_unless_the_host_is_named() -> None:
    allowed = Allowed(read_allowed(["Shop.test:8080", "intern.test", "[::1]:9", "fd12::1"]))
    assert allowed.why_not("other.test", 80, "8.8.8.8") is None
    assert allowed.why_not("other.test", 80, "10.0.0.1") == "10.0.0.1 is a private address"
    assert allowed.why_not("shop.test", 8080, "10.0.0.1") is None
    assert allowed.why_not("shop.test", 80, "10.0.0.1") is not None
    assert allowed.why_not("intern.test", 1, "169.254.169.254") is None
    assert allowed.why_not("::1", 9, "::1") is None
    assert allowed.why_not("fd12::1", 9, "fd12::1") is None


def test_private_addresses_can_be_allowed_without_those_that_tell_secrets() -> None:
    allowed = Allowed(private=True)
    assert allowed.why_not("x.test", 80, "127.0.0.1") is None
    assert allowed.why_not("x.test", 80, "fd12::1") is None
    for address in ("169.254.169.254", "169.254.0.1", "fd00:ec2::254", "224.0.0.1", "0.0.0.0"):
        assert allowed.why_not("x.test", 80, address) is not None


@pytest.mark.parametrize("entry", ["http://x", "a b", "x:port", "x:1:2", "[x]:1", "u@x"])
def test_an_entry_that_is_no_host_is_refused(entry: str) -> None:
    with pytest.raises(ValueError, match="is no HOST or HOST:PORT"):
        read_allowed([entry])


def test_blank_entries_of_an_allow_list_are_nothing() -> None:
    assert read_allowed(["", " ", " x.test. "]) == {("x.test", None)}
