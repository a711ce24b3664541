"""Waiting, for no longer than the client does.

Knows that a client may leave. Must not know what is waited for.
"""

import asyncio
from collections.abc import Awaitable, Callable

from postiche.dataplane.asgi import Receive, client_left

Sleep = Callable[[float], Awaitable[object]]
"""Waits for some seconds."""


async def while_connected(work: Awaitable[object], receive: Receive) -> bool:
    """Do some work to its end, or until the client leaves; whether it came to its end.

    What the work raises is raised here. Nothing is left running, also when
    this is cancelled.
    """
    doing = asyncio.ensure_future(work)
    left = asyncio.ensure_future(client_left(receive))
    try:
        await asyncio.wait((doing, left), return_when=asyncio.FIRST_COMPLETED)
        if doing.done():
            doing.result()
        return doing.done()
    finally:
        doing.cancel()
        left.cancel()
        await asyncio.gather(doing, left, return_exceptions=True)
