"""Sending requests to real services, safely, with httpx.

Knows connections, names and their addresses, time-outs, and what can go wrong
with them. Must not know mocks, plans or recordings.

Only the host that was asked for is contacted: redirects are never followed,
no cookie is kept, no proxy or credential is taken from the environment. A name
is looked up once, every address it stands for is checked, and the connection
goes to the checked address itself, so that a second answer of the name server
cannot lead elsewhere.
"""

import asyncio
import logging
import socket
import ssl
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from postiche.core.collection import FINAL_CODES
from postiche.core.errors import Problem
from postiche.core.recording.addresses import Allowed
from postiche.core.recording.upstream import Target, end_to_end, goes_round, sent_on
from postiche.model import Exchange, Headers, Reply, Request, joined

if TYPE_CHECKING:
    import httpx  # a quarter of a second to load, which only those who forward should pay

logger = logging.getLogger(__name__)

TIMEOUT = 30.0
"""Seconds to wait for a connection, and each time for more of a reply."""

MAX_RECORDED = 10 * 1024 * 1024
"""Bytes of a body that are kept to be recorded; longer ones only pass through."""

MAX_CONNECTIONS = 100
"""Connections to one service at a time; more calls wait for one."""

MAX_SERVICES = 64
"""Services to which connections are kept open; those unused for longest are closed."""

IDLE_SECONDS = 2.0
"""How long a connection is kept for the next call: less than any usual server keeps it, so that
a call rarely meets one that is being closed."""

NAME_SECONDS = 30.0
"""How long the addresses of a name are believed."""

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Finds the addresses of a host. Raises OSError if there are none."""


class UpstreamError(Exception):
    """A service cannot be reached, may not be, or did not answer as HTTP wants.

    The message is for the operator; `problem` is what a client is told, which
    says nothing of addresses.
    """

    def __init__(self, reason: str, problem: Problem) -> None:
        super().__init__(reason)
        self.problem = problem


def _problem(status: int, name: str, header: str, message: str) -> Problem:
    return Problem(status, {"name": name, "message": message, "header": header})


FAILED = _problem(
    502, "upstreamError", "Bad gateway", "The upstream of this mock server could not be reached."
)
NOT_ALLOWED = _problem(
    502, "upstreamError", "Bad gateway", "The upstream of this mock server is not allowed."
)
BROKEN = _problem(
    502, "upstreamError", "Bad gateway", "The upstream of this mock server gave no valid answer."
)
ROUND = _problem(
    502, "upstreamError", "Bad gateway", "The upstream of this mock server leads back to it."
)
LATE = _problem(
    504, "upstreamTimeoutError", "Gateway timeout", "The upstream did not answer in time."
)


async def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses that a host stands for, as the system knows them."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for _, _, _, _, address in found))


class UpstreamReply:
    """A service's reply under way: its head is here, its body comes with `chunks`.

    `headers` are end-to-end ones in lower case. `size` is the announced length
    of the body in bytes, if there is one.
    """

    def __init__(self, response: "httpx.Response") -> None:
        self._response = response
        self.status = response.status_code
        phrase = response.extensions.get("reason_phrase", b"")
        self.reason = phrase.decode("latin-1")
        headers = tuple(
            (name.decode("latin-1").lower(), value.decode("latin-1"))
            for name, value in response.headers.raw
        )
        length = joined(headers, "content-length") or ""
        self.size = int(length) if length.isascii() and length.isdigit() else None
        self.headers: Headers = end_to_end(headers)

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """The body as it came, still encoded. Raises UpstreamError if it breaks off."""
        with _told_plainly():
            async for chunk in self._response.aiter_raw():
                yield chunk


@dataclass(slots=True)
class _Service:
    """The connections to one origin, and how many calls are using them."""

    transport: "httpx.AsyncHTTPTransport"
    calls: int = 0


@dataclass(frozen=True, slots=True)
class _Looked:
    """What a look-up found, and until when that is believed, on the loop's clock."""

    addresses: tuple[str, ...]
    until: float


@dataclass(slots=True)
class Forwarder:
    """Sends requests to services; `close` it at the end.

    `allowed` says which addresses may be contacted. One Forwarder belongs to
    one event loop.
    """

    allowed: Allowed = field(default_factory=Allowed)
    resolve: Resolve = resolve
    max_connections: int = MAX_CONNECTIONS
    _services: "OrderedDict[str, _Service]" = field(default_factory=OrderedDict)
    _names: dict[tuple[str, int], _Looked] = field(default_factory=dict)
    _tls: ssl.SSLContext | None = None

    @asynccontextmanager
    async def forward(
        self,
        target: Target,
        request: Request,
        body: AsyncIterator[bytes] | None = None,
        *,
        timeout: float = TIMEOUT,  # noqa: ASYNC109 - of each step, not of the block
    ) -> AsyncIterator[UpstreamReply]:
        """The reply of a service to a request; its connection is given up with the block.

        The request's own body is sent, unless `body` brings it in pieces. The
        target's path goes before the request's. Raises UpstreamError.
        """
        if goes_round(request.headers):
            raise UpstreamError(f"{target.origin} leads back to this server", ROUND)
        addresses = await self._addresses(target, timeout)
        service = await self._service(target)
        service.calls += 1
        try:
            with _told_plainly():
                response = await self._sent(service, target, addresses, request, body, timeout)
            try:
                if response.status_code not in FINAL_CODES:
                    status = response.status_code
                    raise UpstreamError(f"{target.origin} answered with status {status}", BROKEN)
                yield UpstreamReply(response)
            finally:
                await response.aclose()
        finally:
            service.calls -= 1

    async def fetch(
        self,
        target: Target,
        request: Request,
        *,
        limit: int = MAX_RECORDED,
        timeout: float = TIMEOUT,  # noqa: ASYNC109 - of each step, not of the call
    ) -> Exchange:
        """Send a request and read the whole reply, up to `limit` bytes. Raises UpstreamError."""
        async with self.forward(target, request, timeout=timeout) as answer:
            kept = bytearray()
            flaw = None
            async with aclosing(answer.chunks()) as chunks:
                async for chunk in chunks:
                    kept += chunk
                    if len(kept) > limit:
                        flaw = f"its reply is larger than {limit} bytes"
                        break
            reply = Reply(answer.status, answer.headers, b"" if flaw else bytes(kept))
            return Exchange(request, reply, answer.reason, flaw)

    async def close(self) -> None:
        """Close all connections; those of calls under way break off."""
        services = list(self._services.values())
        self._services.clear()
        for service in services:
            await service.transport.aclose()

    # where to

    async def _addresses(self, target: Target, timeout: float) -> tuple[str, ...]:  # noqa: ASYNC109
        """The checked addresses of a host. Raises UpstreamError if none may be contacted."""
        key = (target.host, target.port)
        now = asyncio.get_running_loop().time()
        known = self._names.get(key)
        if known is not None and now < known.until:
            return known.addresses
        try:
            async with asyncio.timeout(timeout):
                found = await self.resolve(*key)
        except TimeoutError:
            raise UpstreamError(f"the name {target.host} could not be looked up", LATE) from None
        except (OSError, UnicodeError) as error:
            raise UpstreamError(f"{target.host} is not known: {error}", FAILED) from None
        addresses = self._checked(target, found)
        if len(self._names) >= MAX_SERVICES:
            self._names.clear()
        self._names[key] = _Looked(addresses, now + NAME_SECONDS)
        return addresses

    def _checked(self, target: Target, found: Sequence[str]) -> tuple[str, ...]:
        refusals = {each: self.allowed.why_not(target.host, target.port, each) for each in found}
        addresses = tuple(each for each, why in refusals.items() if why is None)
        if not addresses:
            why = next(iter(refusals.values()), None) or "it has no address"
            raise UpstreamError(
                f"{target.authority} may not be contacted: {why};"
                f" --allow-upstream {target.authority} allows it",
                NOT_ALLOWED,
            )
        return addresses

    # connections

    async def _service(self, target: Target) -> _Service:
        service = self._services.get(target.origin)
        if service is None:
            service = self._services[target.origin] = self._opened(target)
            await self._close_idle()
        self._services.move_to_end(target.origin)
        return service

    async def _close_idle(self) -> None:
        """Close the services unused for longest, of those that no call is using."""
        surplus = len(self._services) - MAX_SERVICES
        *older, _ = self._services
        idle = [origin for origin in older if not self._services[origin].calls]
        for origin in idle[: max(surplus, 0)]:
            await self._services.pop(origin).transport.aclose()

    def _opened(self, target: Target) -> _Service:
        import httpx

        limits = httpx.Limits(
            max_connections=self.max_connections,
            max_keepalive_connections=self.max_connections,
            keepalive_expiry=IDLE_SECONDS,
        )
        if target.scheme == "https" and self._tls is None:
            self._tls = httpx.create_ssl_context(trust_env=False)
            self._tls.load_default_certs()
        # Without TLS no context is used, and making one would read every certificate.
        verify = self._tls if target.scheme == "https" and self._tls else False
        return _Service(httpx.AsyncHTTPTransport(verify=verify, trust_env=False, limits=limits))

    async def _sent(
        self,
        service: _Service,
        target: Target,
        addresses: Sequence[str],
        request: Request,
        body: AsyncIterator[bytes] | None,
        timeout: float,  # noqa: ASYNC109
    ) -> "httpx.Response":
        """The head of the reply, from the first address that a connection can be made to."""
        import httpx

        for address in addresses[:-1]:
            try:
                return await service.transport.handle_async_request(
                    _for_httpx(target, address, request, body, timeout)
                )
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                logger.debug("%s does not answer at %s: %s", target.origin, address, error)
        return await service.transport.handle_async_request(
            _for_httpx(target, addresses[-1], request, body, timeout)
        )


def _for_httpx(
    target: Target,
    address: str,
    request: Request,
    body: AsyncIterator[bytes] | None,
    timeout: float,
) -> "httpx.Request":
    """A request to one address of a host, with the target exactly as it was called."""
    import httpx

    extensions = {
        "timeout": httpx.Timeout(timeout).as_dict(),
        "target": (target.path + request.target).encode("latin-1", "replace"),
        "sni_hostname": target.host,
    }
    host = f"[{address}]" if ":" in address else address
    return httpx.Request(
        request.method,
        httpx.URL(scheme=target.scheme, host=host, port=target.port),
        headers=[*_encoded(sent_on(request.headers, target)), *_framing(request, body)],
        content=request.body if body is None else body,
        extensions=extensions,
    )


def _framing(request: Request, body: AsyncIterator[bytes] | None) -> list[tuple[bytes, bytes]]:
    """How long a body in pieces is: as announced, else it comes in chunks."""
    length = request.header("content-length")
    if body is None:
        return []
    if length is not None:
        return [(b"content-length", length.encode("latin-1"))]
    return [(b"transfer-encoding", b"chunked")]


def _encoded(headers: Headers) -> list[tuple[bytes, bytes]]:
    return [
        (name.encode("latin-1", "replace"), value.encode("latin-1", "replace"))
        for name, value in headers
    ]


@contextmanager
def _told_plainly() -> Iterator[None]:
    """Turns httpx's errors into UpstreamError."""
    import httpx

    try:
        yield
    except httpx.TimeoutException as error:
        raise UpstreamError(f"it did not answer in time ({_said(error)})", LATE) from None
    except httpx.ConnectError as error:
        raise UpstreamError(f"it cannot be reached: {_said(error)}", FAILED) from None
    except httpx.TransportError as error:
        raise UpstreamError(f"it broke off: {_said(error)}", BROKEN) from None


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__
