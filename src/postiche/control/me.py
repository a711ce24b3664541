"""The Postman API's `/me` (behaviour C.5).

Knows users as the API shows them. Must not know how keys lead to users.
"""

from starlette.responses import Response

from postiche.control import wire
from postiche.control.api import Asked

UNLIMITED = 99_999_999
"""What Postman prints as the limit of operations that have none (OpenAPI 1.45, GET /me)."""


async def get_me(asked: Asked) -> Response:
    """GET /me: the user, and how many calls their mocks have in the log. No limits here."""
    user = asked.user
    await asked.settings.flush_calls()
    calls = await asked.store.count_own_calls()
    shown = {
        "id": user.id,
        "sub": str(user.id),
        "username": user.username,
        "email": user.email,
        "fullName": user.full_name,
        "avatar": None,
        "isPublic": False,
        "emailVerified": False,
        "teamId": 0,
        "teamName": "",
        "teamDomain": "",
        "roles": ["user", user.role],
    }
    usage = {"mock_usage": calls, "api_usage": 0, "monitor_request_runs": 0}
    return wire.answer({"user": shown, "operations": [_operation(*each) for each in usage.items()]})


def _operation(name: str, usage: int) -> dict[str, object]:
    return {"name": name, "limit": UNLIMITED, "usage": usage, "overage": 0}
