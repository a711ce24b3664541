"""Scopes as SQL conditions.

Knows which rows of a table lie in a Scope. Must not know who may see what:
the caller says so by the scope it gives.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, or_, select

from postiche.model import OPEN_TYPES, Scope
from postiche.store.columns import storable
from postiche.store.tables import workspaces


def of_workspaces(scope: Scope | None) -> Sequence[Any]:
    """That a row of the workspaces lies in the scope; nothing to meet if there is none."""
    if scope is None:
        return ()
    made = workspaces.c.created_by == storable(scope.creator)
    return (or_(made, workspaces.c.type.in_(scope.types)),)


def seen_by_owner(workspace: "Column[Any]", owner: "Column[Any]") -> Any:
    """That the workspace in one column is not hidden from the user in another."""
    hidden = select(workspaces.c.id).where(
        workspaces.c.id == workspace,
        workspaces.c.created_by != owner,
        workspaces.c.type.not_in(OPEN_TYPES),
    )
    return ~hidden.exists()


def of_things(workspace: "Column[Any]", scope: Scope | None) -> Sequence[Any]:
    """That the workspace in this column lies in the scope."""
    if scope is None:
        return ()
    # One look-up for each row; a list of all workspaces in scope would cost more than the row.
    same = workspaces.c.id == workspace
    return (select(workspaces.c.id).where(same, *of_workspaces(scope)).exists(),)
