"""The nouns of Postiche, as frozen dataclasses.

Knows what Postman's things are made of: collections, examples, environments,
mock servers, calls. Must not know how they are parsed, matched, stored or
sent; every package may import this module, and it imports none of them.

Two families live here. `Collection`, `Example` and their parts are what a
Postman document *means* and feed the matcher. `Document`, `Mock`, `Call` and
the rest are what the store *keeps* and feed the Postman API.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Literal, NamedTuple

Headers = tuple[tuple[str, str], ...]
"""Header names and values in the order they were written; a name may repeat."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request to a mock server.

    `target` is the path and query exactly as they stood on the request line,
    percent-encoding included; `headers` carry lower-cased names.
    """

    method: str
    target: str
    headers: Headers = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """The value of header `name` (lower case), repeats joined by ", "; None if absent."""
        return joined(self.headers, name)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a mock server answers: status, headers in order, and the body bytes.

    Framing is not part of it: `Content-Length`, `Date` and the connection
    headers belong to whatever sends the reply.
    """

    status: int
    headers: Headers = ()
    body: bytes = b""


def joined(headers: Headers, name: str) -> str | None:
    """All values of the lower-cased header `name`, joined by ", " (RFC 9110, 5.3)."""
    values = [value for key, value in headers if key == name]
    return ", ".join(values) if values else None


# --- what a Postman document means ------------------------------------------------


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable of a collection or environment; only enabled ones are kept."""

    key: str
    value: str


class BodyMode(Enum):
    """The `mode` of a saved request body (Collection format v2.1, `request.body.mode`)."""

    RAW = "raw"
    URLENCODED = "urlencoded"
    FORMDATA = "formdata"
    GRAPHQL = "graphql"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class RequestBody:
    """The body saved with an example's request.

    `text` holds raw text, or for GraphQL the query; `fields` the enabled form
    fields, text ones only; `variables` the GraphQL variables as JSON text.
    """

    mode: BodyMode
    text: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    variables: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """A saved example: the request it was saved for and the response it holds.

    `id` is None where the file has none; file order then stands in for it.
    `url` is the text of the saved URL, put together from its parts: disabled
    query parameters left out, `:name` path variables that have a value filled
    in, `{{variables}}` still as written (behaviour A.3, D).
    """

    id: str | None
    name: str
    method: str
    url: str
    request_headers: Headers
    request_body: RequestBody | None
    code: int
    headers: Headers
    body: str


@dataclass(frozen=True, slots=True)
class SavedRequest:
    """A request of a collection, with the folders above it and its usable examples.

    `url` is None where the file has none that can be read.
    """

    id: str | None
    name: str
    folders: tuple[str, ...]
    method: str
    url: str | None
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Dropped:
    """An item or example that could not be used: where it stands, and why."""

    where: str
    why: str


@dataclass(frozen=True, slots=True)
class Collection:
    """A Postman collection, reduced to what a mock server needs of it."""

    id: str | None
    name: str
    variables: tuple[Variable, ...] = ()
    requests: tuple[SavedRequest, ...] = ()
    dropped: tuple[Dropped, ...] = ()

    def examples(self) -> Iterable[Example]:
        """All examples, in file order."""
        return (example for request in self.requests for example in request.examples)


@dataclass(frozen=True, slots=True)
class Environment:
    """A Postman environment: its name and its enabled variables."""

    id: str | None
    name: str
    variables: tuple[Variable, ...] = ()


@dataclass(frozen=True, slots=True)
class Delay:
    """A fixed network delay in milliseconds; `preset` "1" is 2G, "2" is 3G (behaviour B.4)."""

    duration: int
    preset: str | None = None


@dataclass(frozen=True, slots=True)
class Upstream:
    """A real service that calls are passed on to.

    `url` is http or https, without query; a path in it goes before the path
    that is called. `forward` says which calls: those that no example answers,
    all, or those that fit a route such as "GET /users/**". `redact` names
    headers, JSON fields, form fields and query keys whose values are not
    recorded, beyond those that never are. `timeout` is in seconds: for the
    connection, and for each wait for more.
    """

    url: str
    forward: Literal["unmatched", "all"] | tuple[str, ...] = "unmatched"
    record: bool = False
    redact: tuple[str, ...] = ()
    ids_to_variables: bool = False
    timeout: float = 30.0


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and the reply of a real service, as they went over the wire.

    The reply's body may be encoded as its Content-Encoding says. `reason` is
    the phrase after the status. `flaw` says why this is not the whole of it:
    it broke off, or was too large to keep.
    """

    request: Request
    reply: Reply
    reason: str = ""
    flaw: str | None = None


@dataclass(frozen=True, slots=True)
class UniformDelay:
    """A delay anywhere between two times, in milliseconds, each as likely as the other."""

    minimum: float
    maximum: float


@dataclass(frozen=True, slots=True)
class NormalDelay:
    """A delay around `mean`, in milliseconds, by the normal distribution cut off below zero."""

    mean: float
    stddev: float


@dataclass(frozen=True, slots=True)
class LogNormalDelay:
    """A delay of which one half is below `median` milliseconds; its logarithm varies by `sigma`."""

    median: float
    sigma: float


@dataclass(frozen=True, slots=True)
class PercentileDelay:
    """A delay by measured percentiles: (per cent, milliseconds) pairs, both ascending."""

    points: tuple[tuple[float, float], ...]


Latency = Delay | UniformDelay | NormalDelay | LogNormalDelay | PercentileDelay
"""How long a reply waits: a fixed time, or one drawn anew for each call."""

RatePer = Literal["mock", "session"]
"""Whose calls are counted together: all calls of the mock, or those of one session."""


@dataclass(frozen=True, slots=True)
class RateLimit:
    """The calls that are answered within a window of `seconds`; those beyond it get a 429."""

    calls: int
    seconds: int
    per: RatePer = "mock"


FaultKind = Literal["reset", "empty", "truncate", "garbage", "drip", "hang", "error"]
"""What can go wrong with a reply; `core/steering/faults.py` says what each means."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault, and which calls it strikes; a field that its kind does not use has no meaning.

    `bytes`: of the body that `truncate` lets through, None for half of it;
    `rate`: bytes per second of `drip`; `limit`: milliseconds of `hang`;
    `status`: of `error`, which strikes the first `burst` calls `of` so many.
    """

    kind: FaultKind
    probability: float = 1.0
    seed: int | None = None
    bytes: int | None = None
    rate: int = 100
    limit: int = 60_000
    status: int = 500
    burst: int = 1
    of: int = 1


SessionBy = Literal["header", "cookie", "client"]
"""Where the name of a session stands: in a header, in a cookie, or it is the client's address."""


@dataclass(frozen=True, slots=True)
class SessionKey:
    """What tells the clients of a mock apart, each of which has a state of its own.

    `name` is that of the header or cookie; the address of a client needs none.
    """

    by: SessionBy = "header"
    name: str = "x-mock-session"


@dataclass(frozen=True, slots=True)
class State:
    """Where a session stands, as far as it has left the beginning.

    Of a sequence, the number that answers next; of a scenario, the state it is in.
    """

    sequences: Mapping[str, int] = field(default_factory=dict)
    scenarios: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Controls:
    """What may be asked of a call beside Postman's choice; None where nothing is asked.

    `match_headers` are names in lower case, none of them to switch header
    matching off; a `response_code` below zero is one that no example has.
    """

    response_code: int | None = None
    response_id: str | None = None
    response_name: str | None = None
    match_headers: tuple[str, ...] | None = None
    match_body: bool | None = None
    delay: Latency | None = None
    rate_limit: RateLimit | None = None
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class RouteConfig:
    """Controls of the calls with a method, None for any, whose path fits `path` as written."""

    path: str
    method: str | None = None
    controls: Controls = Controls()


@dataclass(frozen=True, slots=True)
class MockConfig:
    """The config of a mock server, with the defaults of every recorded mock (behaviour A.3).

    What follows `server_response_id` is ours and by default changes nothing.
    `schemas` are JSON Schemas as JSON text, by name; `controls` holds those
    that have no field of Postman's here; the first of `routes` that fits counts.
    """

    headers: tuple[str, ...] = ()
    match_body: bool = False
    match_header: bool = False
    match_query_params: bool = True
    match_wildcards: bool = True
    delay: Latency | None = None
    server_response_id: str | None = None
    explain_misses: bool = True
    strict: bool = False
    wildcard_tail: bool = False
    match_regex: bool = False
    match_body_subset: bool = False
    ignore_body_fields: tuple[str, ...] = ()
    schemas: tuple[tuple[str, str], ...] = ()
    controls: Controls = Controls()
    routes: tuple[RouteConfig, ...] = ()
    session: SessionKey = SessionKey()


# --- what the store keeps ---------------------------------------------------------

DocumentKind = Literal["collection", "environment", "spec", "task", "globals"]
"""What a Document may be. A spec holds its files, tags and generations; a task what became of an
asynchronous operation; globals, under the id of their workspace, its global variables."""


Role = Literal["admin", "editor", "viewer"]
"""What a user may do: everything; create and change things; only look, and call mocks."""


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may hold API keys; `id` is the number Postman puts in front of a uid."""

    id: int
    username: str
    full_name: str
    email: str
    role: Role = "editor"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """An API key as stored: its SHA-256, never the key; `hint` is a part fit to show.

    From `expires_at` on it opens nothing; `last_used_at` may lag by a minute.
    """

    id: str
    user_id: int
    name: str
    digest: str
    hint: str
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None

    def valid_at(self, moment: datetime) -> bool:
        """Whether the key opens anything at this time."""
        return self.expires_at is None or moment < self.expires_at


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace; `type` is one of personal, private, public, team, partner."""

    id: str
    name: str
    type: str
    description: str
    about: str
    created_by: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Scope:
    """Some of the workspaces: those of these types, and all that `creator` made.

    As a filter of the store it also stands for the things in these workspaces.
    """

    creator: int
    types: tuple[str, ...]


OPEN_TYPES = ("team", "partner", "public")
"""The types of workspace that everyone on this server sees: its users are one team."""


def seen_by(user: User) -> Scope:
    """The workspaces that a user sees, whatever their role: open ones and their own."""
    return Scope(user.id, OPEN_TYPES)


@dataclass(frozen=True, slots=True)
class Document:
    """A stored collection or environment.

    `content` is its JSON text as it will be served, without envelope; empty
    in listings and heads, which do not read it.
    """

    kind: DocumentKind
    id: str
    owner: int
    workspace: str
    name: str
    content: bytes
    created_at: datetime
    updated_at: datetime
    updated_by: int

    @property
    def uid(self) -> str:
        """The unique id: `<owner>-<id>` (behaviour C.1)."""
        return f"{self.owner}-{self.id}"


@dataclass(frozen=True, slots=True)
class Mock:
    """A mock server as stored.

    `collection` and `environment` are uids. `active` is False once either of
    them is gone (behaviour B.1, inactiveMockError); the store derives it.
    """

    id: str
    owner: int
    workspace: str
    name: str
    description: str
    collection: str
    environment: str | None
    private: bool
    config: MockConfig
    created_at: datetime
    updated_at: datetime
    active: bool = True

    @property
    def uid(self) -> str:
        """The unique id: `<owner>-<id>` (behaviour C.1)."""
        return f"{self.owner}-{self.id}"


@dataclass(frozen=True, slots=True)
class ServerResponse:
    """A 5xx response that, while active, answers every call to its mock (behaviour B.4)."""

    id: str
    mock: str
    name: str
    status_code: int
    headers: Headers
    language: str | None
    body: str
    created_at: datetime
    updated_at: datetime
    created_by: int
    updated_by: int


@dataclass(frozen=True, slots=True)
class SessionState:
    """The state of one session of a mock as stored; `content` is a State as JSON text."""

    mock: str
    session: str
    used_at: datetime
    content: bytes


@dataclass(frozen=True, slots=True)
class MockSources:
    """All that a mock's plan is compiled from, read in one transaction."""

    mock: Mock
    collection: bytes
    environment: bytes | None
    server_response: ServerResponse | None


@dataclass(frozen=True, slots=True)
class Call:
    """One row of the call log.

    `type` is "error" only for errors of the mock server itself; an example
    with status 400 is a "success" (behaviour C.4). `path` includes the query.
    `example` is the id of the one that answered; for a miss, `nearest` is that
    of the one that came nearest, and `why` says why it did not answer.
    """

    id: str
    mock: str
    served_at: datetime
    response_name: str
    type: Literal["success", "error"]
    status_code: int
    method: str
    path: str
    request_headers: Headers = ()
    request_body: bytes = b""
    response_headers: Headers = ()
    response_body: bytes = b""
    example: str | None = None
    score: float | None = None
    nearest: str | None = None
    why: str | None = None


class Recurrence(NamedTuple):
    """A call that differs from `call`, which others share, in nothing but its id and time.

    `served_at` is in seconds since 1970.
    """

    call: Call
    id: str
    served_at: float


@dataclass(frozen=True, slots=True)
class CallQuery:
    """Which calls to list: every given field must fit; text fields ignore case.

    Without `headers` or `bodies` the calls come with empty ones, and sooner.
    """

    since: datetime | None = None
    until: datetime | None = None
    status_code: int | None = None
    type: str | None = None
    method: str | None = None
    path: str | None = None
    ascending: bool = False
    limit: int = 100
    cursor: str | None = None
    headers: bool = True
    bodies: bool = True


@dataclass(frozen=True, slots=True)
class CallPage:
    """Calls in the order asked for; `next_cursor` is None on the last page."""

    calls: tuple[Call, ...] = field(default=())
    next_cursor: str | None = None
