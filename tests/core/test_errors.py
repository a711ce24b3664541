"""The errors of a mock URL are Postman's, to the byte."""

import pytest

from postiche.core.errors import WRONG_KEY, MockError

BODIES = {
    MockError.NO_MATCH: (
        404,
        b'{"error":{"name":"mockRequestNotFoundError","message":"Double check your method and the '
        b'request path and try again.","header":"No matching requests"}}',
    ),
    MockError.NO_EXAMPLE: (
        404,
        b'{"error":{"name":"mockRequestNotFoundError","message":"To mock this request add an '
        b'example response for the mock server to return.","header":"You need an example"}}',
    ),
    MockError.NO_MOCK: (
        404,
        b'{"error":{"name":"mockNotFoundError","header":"Unable to find mock",'
        b'"message":"Please refresh and try again."}}',
    ),
    MockError.INACTIVE: (
        400,
        b'{"error":{"name":"inactiveMockError","message":"The environment or collection '
        b'associated with this mock has been deleted."}}',
    ),
    MockError.NO_KEY: (
        401,
        b'{"error":{"name":"invalidCredentialsError","message":"Please provide the required '
        b'`x-api-key` authentication header."}}',
    ),
}


@pytest.mark.parametrize("error", BODIES)
def test_a_recorded_error_is_sent_as_it_was_recorded(error: MockError) -> None:
    reply = error.value.reply()
    assert (reply.status, reply.body) == BODIES[error]


@pytest.mark.parametrize("error", MockError)
def test_every_error_is_json_that_any_page_may_read(error: MockError) -> None:
    assert error.value.reply().headers == (
        ("content-type", "application/json; charset=utf-8"),
        ("access-control-allow-origin", "*"),
    )


@pytest.mark.parametrize("error", MockError)
def test_every_error_has_a_name_and_a_message(error: MockError) -> None:
    problem = error.value
    assert problem.name.endswith("Error")
    assert problem.message == problem.body["message"] != ""
    assert 400 <= problem.status < 500


def test_a_wrong_key_is_told_that_there_is_no_such_mock() -> None:
    assert WRONG_KEY is MockError.NO_MOCK
