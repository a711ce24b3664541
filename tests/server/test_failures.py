"""Failures: which exit code each kind of them means."""

from postiche.server.administration import KeyFailure, NoSuchMock
from postiche.server.ephemeral import FileError
from postiche.server.failures import Failure
from postiche.server.listening import ListenError
from postiche.server.settings import SettingsError


def test_wrong_usage_exits_with_2_and_every_other_failure_with_1() -> None:
    assert SettingsError.exit_code == 2
    assert {kind.exit_code for kind in (KeyFailure, NoSuchMock, FileError, ListenError)} == {1}


def test_every_failure_is_of_the_family_that_the_command_line_shows() -> None:
    for kind in (SettingsError, KeyFailure, NoSuchMock, FileError, ListenError):
        assert issubclass(kind, Failure)
        assert str(kind("port 1 is in use")) == "port 1 is in use"
