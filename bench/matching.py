"""What one request costs between the socket and the reply: matching and rendering, alone.

Prints the CPU microseconds of `match` and `render` together for each kind of
request, in plans of 10, 10,000 and 100,000 examples; then what it takes to
compile 10,000 examples and how much memory the plan keeps. No server and no
network take part, and a request is always made of other objects than the one
before, as on a connection.

    python bench/matching.py [--rounds 10] [--sizes 10 10000 100000]
"""

import argparse
import gc
import sys
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import orjson

from postiche.core.collection import read_collection
from postiche.core.dynamic import Sources
from postiche.core.match import match
from postiche.core.plan import Plan, compile_plan
from postiche.core.render import render
from postiche.model import Request

sys.path.insert(0, str(Path(__file__).parents[1]))
from bench.big_collection import collection as big_collection

HEADERS = (
    ("host", "127.0.0.1:4000"),
    ("user-agent", "bench/1.0"),
    ("accept", "*/*"),
    ("accept-encoding", "gzip, deflate"),
    ("connection", "keep-alive"),
)
JSON = (*HEADERS, ("content-type", "application/json"))
CALLS = 2_000
ORDERS = 50
SEARCHES = 1_000

Requests = list[Request]


def collection(examples: int) -> dict[str, Any]:
    """A collection with that many literal routes; a wildcard, bodies and queries beside them."""
    items = [
        _item("GET", f"/items/{_word(n)}", '{"id": %d, "text": "%s"}') for n in range(examples)
    ]
    items.append(_item("GET", "/users/{{userId}}", '{"id": "{{userId}}", "text": "x"}'))
    items += [_item("POST", "/orders", "{}", order(n)) for n in range(ORDERS)]
    items += [_item("GET", f"/search?q={n}", "{}") for n in range(SEARCHES)]
    return {"info": {"name": "bench"}, "item": items}


def order(number: int) -> str:
    """The JSON of an order, about 200 bytes."""
    fields = {
        "order": number,
        "customer": {"name": "Ann Example", "mail": "ann@example.com"},
        "lines": [{"sku": "A-1", "count": 2, "price": 1999}, {"sku": "B-22", "count": 1}],
        "express": False,
        "note": "leave it at the door, please: nobody is at home",
    }
    return orjson.dumps(fields).decode()


def _item(method: str, url: str, body: str, sends: str = "") -> dict[str, Any]:
    request: dict[str, Any] = {"method": method, "url": "https://api.test" + url, "header": []}
    if sends:
        request["header"] = [{"key": "Content-Type", "value": "application/json"}]
        request["body"] = {"mode": "raw", "raw": sends}
    response = {
        "id": f"{abs(hash((method, url, sends))):016x}",
        "name": url,
        "originalRequest": request,
        "code": 200,
        "header": [{"key": "Content-Type", "value": "application/json"}],
        "body": body % (len(url), "x" * 150) if "%d" in body else body,
    }
    return {"name": url, "request": request, "response": [response]}


def _word(number: int) -> str:
    letters = ""
    for _ in range(5):
        number, digit = divmod(number, 26)
        letters += chr(97 + digit)
    return letters


def gets(target: Callable[[int], str]) -> Requests:
    """So many GET requests; targets and headers are new objects each time."""
    return [Request("GET", target(n), (*HEADERS, ("x-call", str(n)))) for n in range(CALLS)]


def posts(body: Callable[[int], str], headers: tuple[tuple[str, str], ...] = JSON) -> Requests:
    """So many POST requests with a body."""
    return [Request("POST", "/orders", headers, body(n).encode()) for n in range(CALLS)]


def works(examples: int, random: Random) -> dict[str, Requests]:
    """The kinds of work, by name."""
    items = [f"/items/{_word(random.randrange(examples))}" for _ in range(CALLS)]
    return {
        "literal": gets(lambda n: items[n]),
        "literal, new query": gets(lambda n: f"{items[n]}?n={n}"),
        "wildcard, captured": gets(lambda n: f"/users/carol{n}"),
        "JSON body of 50": posts(lambda n: order(n % ORDERS)),
        "JSON body, spaced": posts(lambda n: order(n % ORDERS).replace('":', '": ')),
        "JSON body, matchBody": posts(
            lambda n: order(n % ORDERS), (*JSON, ("x-mock-match-request-body", "true"))
        ),
        "query of 1,000": gets(lambda n: f"/search?q={n % SEARCHES}"),
        "no query of 1,000": gets(lambda n: f"/search?q=x{n}"),
        "response code asked": [
            Request("GET", items[n], (*HEADERS, ("x-mock-response-code", "200")))
            for n in range(CALLS)
        ],
        "miss": gets(lambda n: f"/elsewhere/{_word(n)}"),
    }


def cost(plan: Plan, requests: Requests, rounds: int) -> float:
    """CPU microseconds for each call: of every hundred calls the best of the rounds."""
    sources = Sources(Random(1), lambda: datetime(2026, 1, 1, tzinfo=UTC))
    parts = [requests[start : start + 100] for start in range(0, len(requests), 100)]
    best = [float("inf")] * len(parts)
    for _ in range(rounds):
        for number, part in enumerate(parts):
            started = time.process_time()
            for request in part:
                render(match(plan, request), request, sources)
            best[number] = min(best[number], time.process_time() - started)
    return sum(best) / len(requests) * 1e6


def empty_call(rounds: int) -> float:
    """CPU microseconds of a call of a function that does nothing: the speed of the machine."""
    best = float("inf")
    for _ in range(rounds * 40):
        started = time.process_time()
        for _ in range(1_000):
            _nothing()
        best = min(best, time.process_time() - started)
    return best * 1e3


def _nothing() -> None:
    pass


def print_costs(sizes: list[int], rounds: int) -> None:
    """The table of costs."""
    columns: list[dict[str, float]] = []
    for size in sizes:
        plan = compile_plan(read_collection(collection(size)))
        gc.collect()
        gc.freeze()
        columns.append(
            {name: cost(plan, asked, rounds) for name, asked in works(size, Random(1)).items()}
        )
    print(f"an empty call takes {empty_call(rounds):.3f} us")
    print("CPU us per match and render" + "".join(f"{size:>12,}" for size in sizes))
    for name in columns[0]:
        print(f"{name:27}" + "".join(f"{column[name]:>12.2f}" for column in columns))


def print_compiling(rounds: int) -> None:
    """What 10,000 examples take to read and compile, and the memory that stays."""
    for megabytes, of_one in ((15.0, "1.5 KB"), (7.3, "0.7 KB")):
        raw = orjson.dumps(big_collection(megabytes, 10_000))
        reading = compiling = float("inf")
        for _ in range(rounds):
            document = orjson.loads(raw)
            started = time.process_time()
            collection = read_collection(document)
            between = time.process_time()
            compile_plan(collection)
            reading = min(reading, between - started)
            compiling = min(compiling, time.process_time() - between)
        print(
            f"10,000 examples of {of_one}: read {reading:.2f} s, compile {compiling:.2f} s of CPU,"
            f" plan {plan_memory(raw) / len(raw):.2f} times the file"
        )


def plan_memory(raw: bytes) -> int:
    """The bytes that a plan keeps, strings that it took over from the document included."""
    tracemalloc.start()
    plan = compile_plan(read_collection(orjson.loads(raw)))
    gc.collect()
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    del plan
    return kept


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 10_000, 100_000])
    options = parser.parse_args()
    print_compiling(min(options.rounds, 3))
    print_costs(options.sizes, options.rounds)


if __name__ == "__main__":
    main()
