from datetime import datetime, timedelta, timezone

import pytest

from postiche.control import wire

ID = "12ece9e1-2abf-4edc-8e34-de66e74114d2"


def test_times_are_utc_with_milliseconds() -> None:
    moment = datetime(2026, 11, 22, 14, 30, 1, 999_999, tzinfo=timezone(timedelta(hours=2)))
    assert wire.iso(moment) == "2026-11-22T12:30:01.999Z"


def test_a_plain_id_names_no_owner_and_fits_every_one() -> None:
    found = wire.reference(ID)
    assert found == wire.Reference(None, ID)
    assert found.fits(1)


def test_a_uid_fits_its_owner_only() -> None:
    found = wire.reference(f"10000001-{ID}")
    assert found == wire.Reference("10000001", ID)
    assert found.fits(10000001)
    assert not found.fits(10000002)


def test_ids_are_found_in_any_case_but_kept_as_written() -> None:
    found = wire.reference(ID.upper())
    assert found is not None
    assert (found.id, found.key) == (ID.upper(), ID)


@pytest.mark.parametrize(
    "text", ["", "abc", ID[:-1], f"{ID}0", f"-{ID}", f"x-{ID}", f"{ID}\n", f"١-{ID}", None, 7, [ID]]
)
def test_anything_else_is_no_reference(text: object) -> None:
    assert wire.reference(text) is None


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("007", 7), ("9" * 18, 10**18 - 1)])
def test_whole_numbers_are_read(text: str, number: int) -> None:
    assert wire.whole_number(text) == number


@pytest.mark.parametrize("text", ["", "-1", "1.0", "1_0", " 1", "٣", "9" * 19, "9" * 5000])
def test_other_numbers_are_not(text: str) -> None:
    assert wire.whole_number(text) is None


def test_content_is_spliced_in_as_it_is() -> None:
    assert wire.spliced("collection", b'{"a" : 1}').body == b'{"collection":{"a" : 1}}'


def test_legacy_errors_have_an_envelope() -> None:
    error = wire.legacy(404, "gone", "It is gone.", header="Gone")
    assert error.body == {"error": {"name": "gone", "message": "It is gone.", "header": "Gone"}}
    assert error.response().headers["content-type"] == "application/json; charset=utf-8"


def test_problems_are_rfc_7807_as_postman_writes_it() -> None:
    error = wire.problem(413, "Payload Too Large", "Request size limit exceeded", instance="/")
    assert error.body == {
        "type": "https://api.postman.com/problems/payload-too-large",
        "title": "Payload Too Large",
        "status": 413,
        "detail": "Request size limit exceeded",
        "instance": "/",
    }
    assert error.response().headers["content-type"] == "application/problem+json"


def test_every_answer_may_be_read_by_scripts_of_other_sites() -> None:
    for response in (wire.answer({}), wire.server_error().response()):
        assert response.headers["access-control-allow-origin"] == "*"
