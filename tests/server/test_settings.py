"""Settings: where they come from, and what is refused."""

import sys
from pathlib import Path

import pytest

from postiche.server.settings import Settings, SettingsError, default_database_url, read_settings


@pytest.fixture(autouse=True)
def _no_settings_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"POSTICHE_{name.upper()}", raising=False)


def test_a_flag_wins_over_a_variable_and_a_variable_over_the_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert read_settings({"port": None}).port == 4000
    monkeypatch.setenv("POSTICHE_PORT", "5000")
    assert read_settings({"port": None}).port == 5000
    assert read_settings({"port": 6000}).port == 6000


def test_an_empty_variable_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTICHE_MOCK_PORT", "")
    assert read_settings({}).mock_port is None


def test_the_database_is_a_file_in_the_users_data_folder() -> None:
    url = default_database_url()
    assert url.startswith("sqlite:///")
    assert Path(url.removeprefix("sqlite:///")).is_absolute()
    assert url.endswith("/postiche/postiche.db")


@pytest.mark.parametrize(
    ("flags", "complaint"),
    [
        ({"port": "many"}, r"POSTICHE_PORT \(--port\): Input should be a valid integer"),
        ({"port": -1}, r"\(--port\)"),
        ({"host": ""}, r"POSTICHE_HOST \(--host\)"),
        ({"max_body": 0}, r"\(--max-body\)"),
        ({"call_log_days": 0}, r"\(--call-log-days\)"),
        ({"mock_domain": "mocks.localhost:4000"}, r"\(--mock-domain\): give a host name"),
        ({"mock_domain": "-.x"}, r"\(--mock-domain\)"),
        ({"public_url": "ftp://x"}, r"\(--public-url\): give a URL such as"),
        ({"public_url": "https://x/?a=b"}, r"\(--public-url\)"),
        ({"public_url": "https://x:port"}, r"\(--public-url\)"),
        ({"workers": 0}, r"POSTICHE_WORKERS \(--workers\): .* greater than or equal to 1"),
        ({"workers": 257}, r"\(--workers\)"),
    ],
)
def test_a_value_that_does_not_fit_is_named_with_its_flag(
    flags: dict[str, object], complaint: str
) -> None:
    with pytest.raises(SettingsError, match=complaint):
        read_settings(flags)


@pytest.mark.parametrize("url", ["sqlite:///:memory:", "sqlite:///", "sqlite://"])
def test_a_database_in_memory_is_not_for_several_workers(url: str) -> None:
    read_settings({"database_url": url, "workers": 1}, {})
    complaint = r"POSTICHE_WORKERS \(--workers\): a database in memory .* --database-url"
    with pytest.raises(SettingsError, match=complaint):
        read_settings({"database_url": url, "workers": 2}, {})


def test_windows_has_one_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert read_settings({"workers": 1}, {}).workers == 1
    with pytest.raises(SettingsError, match=r"\(--workers\): Windows"):
        read_settings({"workers": 2}, {})


def test_all_wrong_values_are_told_at_once() -> None:
    with pytest.raises(SettingsError, match=r"(?s)--port.*--max-body"):
        read_settings({"port": -1, "max_body": 0})


def test_a_misspelt_variable_is_warned_about(caplog: pytest.LogCaptureFixture) -> None:
    read_settings({}, {"POSTICHE_PROT": "1", "POSTICHE_PORT": "1", "HOME": "/"})
    assert caplog.messages == ["POSTICHE_PROT is not a setting; docs/settings.md lists them all"]


def test_the_api_key_is_never_shown() -> None:
    settings = read_settings({"api_key": "sixteen-characters"})
    assert "sixteen" not in repr(settings)


def test_domain_and_url_are_tidied() -> None:
    settings = read_settings({"mock_domain": "Mocks.Example.", "public_url": "https://x/y/"})
    assert (settings.mock_domain, settings.public_url) == ("mocks.example", "https://x/y")
