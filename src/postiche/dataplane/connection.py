"""What a fault needs to do to a connection, and ASGI has no word for.

Knows a transport of asyncio's and uvicorn's state of one request. Must not know
faults, nor HTTP beyond the request that is being answered.

Our protocol offers it to the application in the scope's extensions; another
ASGI server does not.
"""

import contextlib
import socket
import struct
import sys
from asyncio import Event, Transport
from collections.abc import Mapping
from typing import Any, Final, Protocol

EXTENSION: Final = "postiche.connection"

_RESET_ON_CLOSE = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
"""SO_LINGER, switched on, for zero seconds: closing sends a reset instead of a farewell."""


class Cycle(Protocol):
    """uvicorn's state of one request."""

    disconnected: bool
    message_event: Event


class Connection:
    """The connection of one request, for as long as that is being answered.

    It is part of what it leads to (cycle, scope, extensions), so it lets go of
    the cycle in the end: else only Python's search for garbage would find them.
    """

    __slots__ = ("_abandoned", "_cycle", "_stopping", "_transport")

    def __init__(self, transport: Transport, cycle: Cycle) -> None:
        self._transport = transport
        self._cycle: Cycle | None = cycle
        self._abandoned = False
        self._stopping = False

    def abort(self) -> None:
        """Reset the connection: what was written and not yet sent is lost."""
        sock = self._transport.get_extra_info("socket")
        if sock is not None:
            with contextlib.suppress(OSError):  # gone already, or of a kind without resets
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self.lost()
        self._transport.abort()

    def write(self, data: bytes) -> None:
        """Send these bytes as they are."""
        self._transport.write(data)

    def close(self) -> None:
        """Send what was written, then close; the request needs no answer any more."""
        self.lost()
        self._transport.close()

    def abandon(self) -> None:
        """Say that no answer will come, so that a stopping server does not wait for one."""
        self._abandoned = True
        self._close_if_pointless()

    def stop(self) -> None:
        """The server is stopping."""
        self._stopping = True
        self._close_if_pointless()

    def lost(self) -> None:
        """The connection is gone: the application hears of it as soon as it listens."""
        if self._cycle is not None:
            self._cycle.disconnected = True
            self._cycle.message_event.set()
        self.release()

    def release(self) -> None:
        """The request is over, answered or not."""
        self._cycle = None

    def _close_if_pointless(self) -> None:
        if self._abandoned and self._stopping:
            self.close()


def connection_of(scope: Mapping[str, Any]) -> Connection | None:
    """The connection of a request; None if the server does not offer it."""
    connection: Connection | None = (scope.get("extensions") or {}).get(EXTENSION)
    return connection
