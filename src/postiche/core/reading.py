"""A request as the stages of matching see it.

Knows which part of a request each stage looks at, and reads a part only when
one does, and once. Must not know examples or plans.
"""

from postiche.core.bodies import SentBody
from postiche.core.directives import Asked, Directives, asked_by, sent_text
from postiche.core.paths import canonical
from postiche.core.query import (
    ALL_MATCH,
    MOST_LOST,
    Pairs,
    Parameters,
    judge_query,
    pairs,
    parameters_of,
)
from postiche.core.steering.controls import filtering
from postiche.core.steering.routes import RouteControls
from postiche.core.steering.rules import Rules, rules_of
from postiche.model import Controls, MockConfig, Request

EQUAL_BODY = 5.0
"""Points for an equal body while body matching is off (behaviour A.1.6, note of 2023-01-17)."""

NO_PARAMETERS: Parameters = {}
NO_HEADERS: dict[frozenset[str], dict[str, str]] = {}


class Reading:
    """A request as the stages see it; each part is read when first asked for, and once.

    `path` is canonical; `pairs` are the parameters of the query, none of them
    where the config says that queries do not count. `rules` are those of the
    config; without them they are made.
    """

    __slots__ = (
        "_asked",
        "_body",
        "_directives",
        "_query",
        "_wanted",
        "config",
        "pairs",
        "path",
        "query_count",
        "request",
        "rules",
    )

    def __init__(self, request: Request, config: MockConfig, rules: Rules | None = None) -> None:
        path, _, query = request.target.partition("?")
        self.request = request
        self.config = config
        self.rules = rules or rules_of(config)
        self.path = canonical(path) if "%" in path or not path else path
        self.pairs: Pairs = pairs(query) if query and config.match_query_params else ()
        self.query_count = len(self.pairs)
        self._asked: Asked | None = None
        self._directives: Directives | None = None
        self._query: Parameters | None = None if self.pairs else NO_PARAMETERS
        self._body: SentBody | None = None
        self._wanted: dict[frozenset[str], dict[str, str]] = NO_HEADERS

    @property
    def route(self) -> RouteControls:
        """What the route of the request and the mock ask for."""
        return self.rules.routes.of(self.request.method.upper(), self.path)

    @property
    def asked(self) -> Asked:
        """What request, route and mock ask for."""
        if self._asked is None:
            self._asked = Asked(asked_by(self.request), self.route.controls)
        return self._asked

    @property
    def directives(self) -> Directives:
        """What the request, over the config, asks of the matcher."""
        if self._directives is None:
            self._directives = self.asked.directives()
        return self._directives

    def directives_for(self, example: Controls) -> Directives:
        """The same with what an example asks for itself."""
        return self.asked.directives(example) if filtering(example) else self.directives

    @property
    def query(self) -> Parameters:
        """The parameters by key."""
        if self._query is None:
            self._query = parameters_of(self.pairs)
        return self._query

    @property
    def body(self) -> SentBody:
        """The body, comparable."""
        if self._body is None:
            self._body = SentBody(self.request, self.rules.likeness)
        return self._body

    @property
    def wanted_headers(self) -> dict[str, str]:
        """The sent headers that must match, trimmed."""
        return self.sent_headers(self.directives.match_headers)

    def sent_headers(self, wanted: frozenset[str]) -> dict[str, str]:
        """The sent ones among some headers, trimmed."""
        if self._wanted is NO_HEADERS:
            self._wanted = {}
        found = self._wanted.get(wanted)
        if found is None:
            sent = {name for name, _ in self.request.headers} & wanted
            found = self._wanted[wanted] = {
                name: sent_text(self.request.header(name) or "").strip() for name in sent
            }
        return found

    @property
    def bonus(self) -> float:
        """The most that query and body can add to the points of a path."""
        query = ALL_MATCH if self.query_count else 0.0
        body = EQUAL_BODY if self.request.body and not self.directives.match_body else 0.0
        return query + body

    def query_points(self, saved: Parameters) -> float:
        """What an example's saved query adds to its points (A.1.5)."""
        if not self.config.match_query_params:
            return 0.0
        if not saved:
            return -float(min(self.query_count, MOST_LOST))
        return judge_query(saved, self.query, self.query_count).score


def points_of(path_score: float, query_points: float, *, equal_body: bool) -> float:
    """The points of path, query and body together (A.1.4 to 6), free of the dust of fractions."""
    score = path_score + query_points
    if equal_body:
        score += EQUAL_BODY
    return score if score.is_integer() else round(score, 9)
