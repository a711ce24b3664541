"""Two users with things of every kind, one of whom tries what is not theirs."""

from dataclasses import asdict, replace
from typing import Any, get_args

import httpx

from postiche.control.app import EXTENSIONS, OPERATIONS
from postiche.model import Call, Document, DocumentKind, Role, SessionState

from .people import Person, newcomer
from .recipes import OPENAPI, SPEC, Try, filled
from .world import World, collection, example, folder, request

SECRET = "sesame"
OPERATIONS_HERE = [
    f"{method} {path}" for path, methods in (OPERATIONS | EXTENSIONS).items() for method in methods
]


class Household:
    """A person's things of every kind, all in one workspace, and a word that is in each."""

    def __init__(self, person: Person, kind: str, word: str) -> None:
        self.person = person
        self.word = word
        workspace = person.workspace(kind)
        self.ids = {"workspaceId": workspace, "userId": str(person.id)}
        self.ids |= {
            name: person.world.new_id() for name in ("folderId", "requestId", "responseId")
        }
        self._make_collection(workspace)
        environment = {"name": word, "values": [{"key": word, "value": word}]}
        self._make("environment", f"/environments?workspace={workspace}", environment)
        mock = {"collection": self.ids["collectionId"], "name": word, "private": True}
        self._make("mock", f"/mocks?workspace={workspace}", mock, "id")
        self._make_server_response()
        self._log_a_call()
        self._make_a_state()
        self._make_spec(workspace)
        self._store("task", workspace)
        self._store("globals", workspace)
        self.ids |= {"filePath": "a.json", "elementType": "collection", "keyId": self._key_id()}

    def _make(self, name: str, path: str, body: object, key: str = "uid") -> None:
        self.ids[f"{name}Id"] = self.person.made(path, {name: body})[key]

    def _make_collection(self, workspace: str) -> None:
        saved = example(self.word, id=self.ids["responseId"], body=self.word)
        item = request(self.word, saved, id=self.ids["requestId"])
        inside = folder(self.word, item) | {"id": self.ids["folderId"]}
        document = collection(inside, name=self.word)
        self._make("collection", f"/collections?workspace={workspace}", document)

    def _make_server_response(self) -> None:
        path = f"/mocks/{self.ids['mockId']}/server-responses"
        body = {"serverResponse": {"name": self.word, "statusCode": 500, "body": self.word}}
        self.ids["serverResponseId"] = self.person.post(path, body).json()["id"]

    def _log_a_call(self) -> None:
        world, mock = self.person.world, self.ids["mockId"]
        call = Call(
            world.new_id(), mock, world.time, self.word, "success", 200, "GET", f"/{self.word}"
        )
        world.wait(world.store.add_calls, [call])

    def _make_a_state(self) -> None:
        self.ids["session"] = "a/session"
        path = f"/mocks/{self.ids['mockId']}/states/a/session"
        put = self.person.put(path, {"state": {"sequences": {self.word: 1}}})
        assert put.status_code == 200, put.text

    def _make_spec(self, workspace: str) -> None:
        if "POST" not in OPERATIONS.get("/specs", {}):
            self.ids["specId"] = self._store("spec", workspace)
            self.ids["tagId"] = self.person.world.new_id()
            return
        files = [{"path": "a.json", "content": OPENAPI.replace("taken", self.word)}]
        made = self.person.post(f"/specs?workspaceId={workspace}", SPEC | {"files": files})
        self.ids["specId"] = made.json()["id"]
        tags = f"/specs/{self.ids['specId']}/version-tags"
        self.ids["tagId"] = self.person.post(tags, {"name": self.word}).json()["data"]["id"]

    def _store(self, kind: DocumentKind, workspace: str) -> str:
        """Put in what its operations make in other ways."""
        world, owner = self.person.world, self.person.id
        new_id = workspace if kind == "globals" else world.new_id()
        content = b'{"status":"completed","values":[],"details":"%s"}' % self.word.encode()
        document = Document(
            kind, new_id, owner, workspace, self.word, content, world.time, world.time, owner
        )
        world.wait(world.store.add_document, document)
        self.ids[f"{kind}Id"] = new_id
        return new_id

    def _key_id(self) -> str:
        world = self.person.world
        (key,) = world.wait(world.store.keys, user_id=self.person.id)
        return key.id

    def sessions(self) -> tuple[SessionState, ...]:
        """The sessions of their mock."""
        world = self.person.world
        return world.wait(world.store.states, self.ids["mockId"], limit=9)

    def state(self) -> list[Any]:
        """Everything of theirs, as the store has it."""
        world, workspace = self.person.world, self.ids["workspaceId"]
        heads = [
            each
            for kind in get_args(DocumentKind)
            for each in world.wait(world.store.documents, kind, workspace=workspace)
        ]
        mocks = world.wait(world.store.mocks, workspace=workspace)
        return [
            world.wait(world.store.workspace, workspace),
            [world.wait(world.store.document, each.kind, each.id) for each in heads],
            [asdict(each) for each in mocks],
            [world.wait(world.store.server_responses, each.id) for each in mocks],
            [world.wait(world.store.count_calls, each.id) for each in mocks],
            self.sessions(),
            world.wait(world.store.user, self.person.id),
            [each.id for each in world.wait(world.store.keys, user_id=self.person.id)],
        ]


class Encounter:
    """Somebody with things of their own, and a stranger who would have them."""

    def __init__(self, world: World, role: Role, kind: str = "private") -> None:
        self.victim = Household(newcomer(world), kind, SECRET)
        self.stranger = newcomer(world)
        self.own = Household(self.stranger, "private", "mine").ids
        world.wait(world.store.replace_user, replace(self.stranger.user, role=role))
        self.before = self.victim.state()
        self._sessions = self.victim.sessions()
        self._store, self._revision = world.store, world.store.revision

    def nothing_changed(self) -> bool:
        """Whether the victim's things are as they were in the beginning."""
        if self.victim.sessions() != self._sessions:
            return False  # of which the revision says nothing
        return self._store.revision == self._revision or self.victim.state() == self.before

    def answer(self, operation: str, attempt: Try, ids: dict[str, str]) -> httpx.Response:
        method, path = operation.split(" ")
        ids = ids | {f"own.{name}": found for name, found in self.own.items()}
        more = {} if attempt.body is None else {"json": filled(attempt.body, ids)}
        url = filled(attempt.path or path, ids)
        return self.stranger.ask(method, url, params=filled(dict(attempt.query), ids), **more)
