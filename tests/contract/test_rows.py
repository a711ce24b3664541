"""Rows and things turn into each other without loss."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

import pytest
from sqlalchemy import Connection, create_engine, select

from postiche.model import User
from postiche.store import AlreadyExists
from postiche.store.rows import add, count, several, single, values
from postiche.store.tables import metadata, users

from .things import a_user


@contextmanager
def an_open_connection() -> Iterator[Connection]:
    """A database in memory with all tables."""
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        metadata.create_all(connection)
        yield connection
    engine.dispose()


def test_a_thing_comes_back_as_it_went_in() -> None:
    with an_open_connection() as connection:
        add(connection, users, a_user())
        assert single(connection, User, select(users)) == a_user()


def test_all_rows_come_back_in_the_order_asked_for() -> None:
    with an_open_connection() as connection:
        for number in (3, 1, 2):
            add(connection, users, a_user(id=number))
        found = several(connection, User, select(users).order_by(users.c.id))
        assert [user.id for user in found] == [1, 2, 3]
        assert count(connection, users) == 3
        assert count(connection, users, users.c.id > 1) == 2


def test_nothing_is_none_not_an_error() -> None:
    with an_open_connection() as connection:
        assert single(connection, User, select(users)) is None


def test_a_second_thing_with_the_same_key_is_refused_by_name() -> None:
    with an_open_connection() as connection:
        add(connection, users, a_user())
        with pytest.raises(AlreadyExists, match="User 7"):
            add(connection, users, a_user(username="eve"))


def test_only_attributes_with_a_column_become_values() -> None:
    assert values(users, a_user()) == asdict(a_user())
