"""Each server's file holds the routes of the work; Postman's is read back and called."""

import json
import random
import re
from datetime import UTC, datetime

import pytest
from bench.alone import requests_of

from bench import rival_files, work
from postiche.core.collection import read_collection
from postiche.core.dynamic import Sources
from postiche.core.match import match
from postiche.core.plan import compile_plan
from postiche.core.render import render
from postiche.model import MockConfig

WORKS = (work.static(), work.wildcard(), work.body(), work.text())
SOURCES = Sources(random.Random(1), lambda: datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("task", WORKS, ids=lambda task: task.name)
def test_the_collection_answers_every_request_with_its_reply(task: work.Work) -> None:
    collection = read_collection(rival_files.postman_collection(task.routes))
    plan = compile_plan(collection, None, MockConfig(match_body=task.kind in ("body", "text")))
    for number, request in enumerate(requests_of(task)[: len(task.asked)]):
        reply = render(match(plan, request), request, SOURCES)
        route = task.asked[number]
        assert reply.body == work.expected(route, work.FIRST_NUMBER + number)


@pytest.mark.parametrize("task", WORKS, ids=lambda task: task.name)
def test_every_file_holds_every_route(task: work.Work) -> None:
    routes = task.routes
    mockoon = rival_files.mockoon_environment(routes)["routes"]
    assert isinstance(mockoon, list)
    assert sum(len(route["responses"]) for route in mockoon) == len(routes)
    mappings = rival_files.wiremock_mappings(routes)["mappings"]
    assert isinstance(mappings, list)
    assert len(mappings) == len(rival_files.mockserver_expectations(routes)) == len(routes)
    assert len(rival_files.file_mocks(task)) == len(routes)


@pytest.mark.parametrize("task", WORKS, ids=lambda task: task.name)
def test_no_placeholder_of_ours_is_left_in_a_file(task: work.Work) -> None:
    files = (
        rival_files.postman_collection(task.routes),
        rival_files.mockoon_environment(task.routes),
        rival_files.wiremock_mappings(task.routes),
        rival_files.mockserver_expectations(task.routes),
    )
    assert work.CAPTURE not in json.dumps(files)


def test_openapi_has_an_example_for_each_route() -> None:
    paths = rival_files.openapi(work.static().routes)["paths"]
    assert isinstance(paths, dict)
    assert list(paths) == [route.path for route in work.static().routes]


def test_nginx_answers_with_as_many_bytes_of_json() -> None:
    found = re.search(r"return 200 '(.*)';", rival_files.nginx_conf(1))
    assert found
    assert len(found.group(1)) == work.REPLY_BYTES
    assert json.loads(found.group(1))["id"] == "item"


def test_names_of_mock_files_fit_into_a_file_system() -> None:
    names = [name.rpartition("/")[2] for name in rival_files.file_mocks(work.text())]
    assert max(map(len, names)) <= 255
    assert not any("/" in name for name in names)
