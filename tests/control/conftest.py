"""Worlds to test in."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal

from .world import World, new_store

MakeWorld = Callable[..., World]


@pytest.fixture(scope="session")
def portal() -> Iterator[BlockingPortal]:
    with start_blocking_portal() as opened:
        yield opened


@pytest.fixture(scope="session")
def empty_store(portal: BlockingPortal, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a new store, to be copied: migrating one for every test takes longer."""
    path = tmp_path_factory.mktemp("control") / "empty.db"
    portal.call(new_store, f"sqlite:///{path}")
    return path


@pytest.fixture
def make_world(portal: BlockingPortal, empty_store: Path, tmp_path: Path) -> Iterator[MakeWorld]:
    """Make a world with settings of one's own."""
    path = tmp_path / "world.db"
    shutil.copy(empty_store, path)
    with ExitStack() as closing:

        def make(**settings: Any) -> World:
            made = World(portal, f"sqlite:///{path}", **settings)
            closing.callback(made.close)
            return made

        yield make


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    return make_world()
