"""What the tables promise to those who list and filter."""

from sqlalchemy import LargeBinary

from postiche.store.columns import HeaderList
from postiche.store.tables import documents, metadata, mocks, server_responses, users, workspaces

SMALL = (users, workspaces, documents, mocks, server_responses)


def test_columns_that_may_be_large_come_after_all_small_ones() -> None:
    for table in metadata.tables.values():
        large = [
            isinstance(column.type, LargeBinary | HeaderList) or column.name == "body"
            for column in table.columns
        ]
        assert large == sorted(large), table.name


def test_every_thing_is_found_by_its_key_alone() -> None:
    assert all(table.primary_key.columns for table in SMALL)


def test_what_is_listed_by_workspace_has_an_index_in_listing_order() -> None:
    for table in (documents, mocks):
        columns = [[column.name for column in index.columns] for index in table.indexes]
        assert any(names[-3:] == ["workspace", "created_at", "id"] for names in columns)
