"""The Postman API alone, served by uvicorn: `bare_api.py PORT DATABASE`.

Knows control_app and uvicorn. Must not know mocks' traffic. It stands in for
`postiche serve` where that is not there.
"""

import asyncio
import os
import sys
from datetime import UTC, datetime
from uuid import uuid4

import uvicorn

from postiche.control.api import ControlSettings
from postiche.control.app import control_app
from postiche.control.auth import create_key
from postiche.control.bootstrap import first_user
from postiche.store import open_store


def _now() -> datetime:
    return datetime.now(UTC)


def _new_id() -> str:
    return str(uuid4())


async def _serve(port: int, database: str) -> None:
    store = await open_store(f"sqlite:///{database}")
    user = await first_user(store, _now)
    await create_key(store, user, "test", _now, _new_id, os.environ["POSTICHE_API_KEY"])
    settings = ControlSettings(
        mock_url=lambda mock_id: f"http://127.0.0.1:{port}/m/{mock_id}",
        clock=_now,
        new_id=_new_id,
    )
    app = control_app(store, settings)
    await uvicorn.Server(uvicorn.Config(app, port=port, lifespan="off", access_log=False)).serve()
    await store.close()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), sys.argv[2]))
