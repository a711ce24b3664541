import hashlib
import re

import pytest

from postiche.control import auth
from postiche.store import AlreadyExists, StoreError

from .world import World, error_of

INVALID = {
    "name": "AuthenticationError",
    "message": "Invalid API Key. Every request requires a valid API Key to be sent.",
}


def test_generated_keys_have_postmans_shape_and_differ() -> None:
    one, other = auth.generate_key(), auth.generate_key()
    assert re.fullmatch("PMAK-[0-9a-f]{24}-[0-9a-f]{34}", one)
    assert one != other


def test_a_hint_shows_the_ends_of_a_postman_key_and_only_the_end_of_another() -> None:
    assert auth.hint(f"PMAK-65a9{'0' * 20}-{'0' * 30}1f2c") == "PMAK-65a9…1f2c"
    assert auth.hint("correct horse battery".replace(" ", "-")) == "…tery"


def test_a_key_is_stored_as_its_digest(world: World) -> None:
    (stored,) = world.wait(world.store.keys)
    assert stored.digest == hashlib.sha256(world.key.encode()).hexdigest()
    assert world.key not in repr(stored)


def create(world: World, key: str | None) -> str:
    _, text = world.wait(
        auth.create_key, world.store, world.user, "own", world.settings.clock, world.new_id, key
    )
    return text


def test_a_key_of_ones_own_opens_the_api(world: World) -> None:
    key = create(world, "my-own-secret-key")
    assert key == "my-own-secret-key"
    assert world.ask("GET", "/me", key=key).status_code == 200


@pytest.mark.parametrize(
    "key", ["", "fifteen-letters", "with blanks in it, long", "ümlaut-is-no-ascii"]
)
def test_a_key_that_cannot_be_sent_or_guessed_too_easily_is_refused(world: World, key: str) -> None:
    with pytest.raises(ValueError, match="at least 16"):
        create(world, key)


def test_the_same_key_is_stored_once(world: World) -> None:
    create(world, "my-own-secret-key")
    with pytest.raises(AlreadyExists):
        create(world, "my-own-secret-key")


@pytest.mark.parametrize("key", ["", "PMAK-wrong", "x" * 10_000])
def test_a_request_without_a_valid_key_is_refused(world: World, key: str) -> None:
    response = world.ask("GET", "/me", key=key)
    assert response.status_code == 401
    assert error_of(response) == INVALID


def test_a_missing_header_and_a_header_that_is_no_text_are_refused(world: World) -> None:
    for headers in ({"x-api-key": b"\xff\xfe"}, {"x-api-key": b" "}):
        assert world.ask("GET", "/me", headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/nowhere"), ("PATCH", "/mocks"), ("POST", "/import/openapi"), ("HEAD", "/me")],
)
def test_the_key_is_asked_for_before_anything_else(world: World, method: str, path: str) -> None:
    assert world.ask(method, path, key="wrong", content=b"{").status_code == 401


def test_a_revoked_key_opens_nothing(world: World) -> None:
    (stored,) = world.wait(world.store.keys)
    world.wait(world.store.revoke_key, stored.id)
    assert world.get("/me").status_code == 401


def test_the_key_may_stand_in_the_query_as_newman_sends_it(world: World) -> None:
    assert world.ask("GET", f"/me?apikey={world.key}", key="").status_code == 200
    assert world.ask("GET", "/me?apikey=wrong", key="").status_code == 401
    assert world.ask("GET", "/me?apikey=%ff%00", key="").status_code == 401


def test_the_header_counts_before_the_query(world: World) -> None:
    assert world.ask("GET", f"/me?apikey={world.key}", key="wrong").status_code == 401
    assert world.ask("GET", "/me?apikey=wrong").status_code == 200


def test_a_key_whose_use_cannot_be_noted_opens_the_api_all_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_: object) -> bool:
        raise StoreError("The disk is full.")

    monkeypatch.setattr(type(world.store), "touch_key", fail)
    assert world.get("/me").status_code == 200
    assert "could not be noted" in caplog.text
