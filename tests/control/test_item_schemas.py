from typing import Any

import pytest

from postiche.control.item_schemas import check_folder, check_request, check_response
from postiche.control.wire import ApiError


@pytest.mark.parametrize("check", [check_folder, check_request, check_response])
def test_all_fields_may_be_left_out_or_unknown(check: Any) -> None:
    for body in ({}, {"name": None, "description": None}, {"unknown": [1]}):
        assert check(body) is body


def test_a_method_may_be_one_of_ones_own() -> None:
    assert check_request({"method": "MKCOL"})["method"] == "MKCOL"


@pytest.mark.parametrize(
    ("check", "body", "param"),
    [
        (check_folder, {"requests": [{"headerData": [{"key": 5}]}]}, "headerData.0.key"),
        (check_folder, {"folder": 5}, "folder"),
        (check_request, {"pathVariables": []}, "pathVariables"),
        (check_response, {"responseCode": {"code": 99}}, "responseCode.code"),
        (check_response, {"requestObject": '{"queryParams": {}}'}, "queryParams"),
    ],
)
def test_a_field_of_the_wrong_type_is_named(check: Any, body: Any, param: str) -> None:
    with pytest.raises(ApiError) as caught:
        check(body)
    error: Any = caught.value.body["error"]
    assert error["name"] == "invalidParamsError"
    assert error["details"] == {"param": param}
