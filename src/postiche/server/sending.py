"""Requests that the Postman API sends to real services, for those that the operator allows.

Knows the allow list and the Forwarder. Must not know what is sent, nor what
becomes of the replies.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from postiche.control.api import NotContacted, Send
from postiche.core.recording.addresses import Allowed, read_allowed
from postiche.core.recording.sending import Sendable
from postiche.dataplane.upstream import Forwarder, UpstreamError
from postiche.model import Exchange


@asynccontextmanager
async def sending(allow_list: str | None) -> AsyncIterator[Send | None]:
    """How to send requests to the services on an allow list; None if it is empty.

    Only they are contacted: an API that many use must not become a way into
    the network that it runs in, nor a way to call anybody from there.
    """
    names = read_allowed((allow_list or "").split(","))
    if not names:
        yield None
        return
    forwarder = Forwarder(Allowed(names))

    async def send(ready: Sendable) -> Exchange:
        target = ready.target
        if not forwarder.allowed.named(target.host, target.port):
            raise NotContacted(403, f"This server may not contact {target.authority}.")
        try:
            return await forwarder.fetch(target, ready.request)
        except UpstreamError as error:
            status = error.problem.status
            raise NotContacted(status, f"{target.authority}: {error}") from None

    try:
        yield send
    finally:
        await forwarder.close()
