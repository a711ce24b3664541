"""The settings of `postiche serve`, read from flags and POSTICHE_* variables.

Knows names, types, limits and defaults. Must not know what is built from
them: that is the composition root's business.
"""

import logging
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from platformdirs import user_data_path
from pydantic import (
    AfterValidator,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from postiche.core.recording.addresses import read_allowed
from postiche.server.failures import UsageFailure
from postiche.server.options import HELP

logger = logging.getLogger(__name__)

PREFIX = "POSTICHE_"

_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")


class SettingsError(UsageFailure):
    """A setting cannot be used; the message names it, its variable and its flag."""


def default_database_url() -> str:
    """The SQLite file in the user's data folder."""
    return f"sqlite:///{(user_data_path('postiche', appauthor=False) / 'postiche.db').as_posix()}"


def _domain(text: str) -> str:
    name = text.lower().rstrip(".")
    if not _DOMAIN.fullmatch(name):
        raise ValueError("give a host name without scheme and port, such as mocks.localhost")
    return name


def _base_url(text: str) -> str:
    if not _is_base_url(text):
        raise ValueError("give a URL such as https://mocks.example.com")
    return text.rstrip("/")


def _allow_list(text: str) -> str:
    read_allowed(text.split(","))
    return text


def _is_base_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    known = parts.scheme in ("http", "https") and bool(parts.hostname) and port != 0
    return known and text.isprintable() and not set(text) & set(" ?#")


MAX_WORKERS: Final = 256

_IN_MEMORY: Final = ("sqlite://", "sqlite:///", "sqlite:///:memory:")
"""The URLs of databases that no other process can open."""

Port = Annotated[int, Field(ge=0, le=65535)]


class Settings(BaseSettings):
    """Every setting, checked. Values passed in come before POSTICHE_* variables."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True)

    api_key: SecretStr | None = Field(None, description=HELP["api_key"])
    api_key_file: Path | None = Field(None, description=HELP["api_key_file"])
    host: str = Field("127.0.0.1", min_length=1, description=HELP["host"])
    port: Port = Field(4000, description=HELP["port"])
    mock_port: Port | None = Field(None, description=HELP["mock_port"])
    mock_domain: Annotated[str, AfterValidator(_domain)] | None = Field(
        None, description=HELP["mock_domain"]
    )
    public_url: Annotated[str, AfterValidator(_base_url)] | None = Field(
        None, description=HELP["public_url"]
    )
    database_url: str = Field(
        default_factory=default_database_url, description=HELP["database_url"]
    )
    workers: int = Field(1, ge=1, le=MAX_WORKERS, description=HELP["workers"])
    max_body: int = Field(104_857_600, ge=1, description=HELP["max_body"])
    call_log: bool = Field(True, description=HELP["call_log"])
    call_log_days: int = Field(30, ge=1, le=36_500, description=HELP["call_log_days"])
    call_log_keep: int = Field(10_000, ge=1, description=HELP["call_log_keep"])
    call_body_limit: int = Field(65_536, ge=0, description=HELP["call_body_limit"])
    allow_upstream: Annotated[str, AfterValidator(_allow_list)] | None = Field(
        None, description=HELP["allow_upstream"]
    )

    @field_validator("workers")
    @classmethod
    def _can_share(cls, workers: int, others: ValidationInfo) -> int:
        if workers > 1 and others.data.get("database_url") in _IN_MEMORY:
            raise ValueError(
                "a database in memory belongs to one process; name a file with --database-url"
            )
        if workers > 1 and sys.platform == "win32":
            raise ValueError("Windows cannot share a socket; leave it at 1 there")
        return workers


def read_settings(flags: Mapping[str, Any], environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings of flags (None: not given) over variables over defaults.

    Raises SettingsError for a value that does not fit. A POSTICHE_* variable
    that is no setting is most likely misspelt and gets a warning, no more:
    Kubernetes sets some of its own for a service named postiche.
    """
    for name in sorted(_unknown(environ)):
        logger.warning("%s is not a setting; docs/settings.md lists them all", name)
    try:
        return Settings(**{name: value for name, value in flags.items() if value is not None})
    except ValidationError as error:
        raise SettingsError("\n".join(_complaint(detail) for detail in error.errors())) from None


def _unknown(environ: Mapping[str, str]) -> set[str]:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    return {name for name in environ if name.startswith(PREFIX)} - known


def _complaint(detail: Mapping[str, Any]) -> str:
    name = str(detail["loc"][0])
    flag = "" if name == "api_key" else f" (--{name.replace('_', '-')})"
    return f"{PREFIX}{name.upper()}{flag}: {detail['msg'].removeprefix('Value error, ')}"
