"""The whole server as one ASGI application, for ASGI servers other than our own.

Knows the lifespan protocol. Must not know sockets or signals: these belong to
whatever runs the application. There is no fast path then; every answer is the
same, and takes longer.

    POSTICHE_PUBLIC_URL=https://mocks.example.com hypercorn postiche.server.application:app
"""

from typing import Any

from postiche.dataplane.asgi import Receive, Send
from postiche.server.composition import Ports, Running, running
from postiche.server.failures import Failure
from postiche.server.settings import Settings, read_settings
from postiche.store import StoreError


class Application:
    """ASGI 3 application that opens its store at startup; settings come from POSTICHE_* variables.

    `mockUrl` is made of POSTICHE_PUBLIC_URL, or of POSTICHE_HOST and POSTICHE_PORT: nobody tells
    an application where it is served.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings
        self._running: Running | None = None

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Serve one scope. Raises RuntimeError if the server sent no lifespan events before."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif self._running is None:
            raise RuntimeError("this application needs a server that sends lifespan events")
        else:
            await self._running.main(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            settings = self._settings or read_settings({})
            async with running(settings, Ports(settings.port)) as self._running:
                await send({"type": "lifespan.startup.complete"})
                await receive()
                self._running = None
        except (Failure, StoreError) as error:
            await send({"type": "lifespan.startup.failed", "message": str(error)})
        else:
            await send({"type": "lifespan.shutdown.complete"})


app = Application()
"""The application that the settings of the environment describe."""
