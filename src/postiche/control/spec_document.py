"""What a stored spec holds: files, version tags and the collections made from it.

Knows the shape of a spec's content and the rules for its files. Must not know
requests or the store. Contents of files are kept once each, under their hash,
for version tags hold them too.
"""

import hashlib
import posixpath
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson

from postiche.control import wire
from postiche.control.body import to_json

Part = dict[str, Any]

EXTENSIONS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("OPENAPI:2.0", "OPENAPI:3.0", "OPENAPI:3.1", "ASYNCAPI:2.0", "ASYNCAPI:3.0"),
        (".json", ".yaml", ".yml"),
    ),
    "PROTOBUF:2": (".proto",),
    "PROTOBUF:3": (".proto",),
    "GRAPHQL": (".graphql", ".gql"),
    "SMITHY:2.0": (".smithy",),
}
"""The types of specs, and how the names of their files end (POST /specs)."""

FORMATS = {".yml": "yaml", ".gql": "graphql"}
"""What GET /specs/{specId} calls a format that is not called like its extension."""

SEVERAL_FILES = ("OPENAPI:", "PROTOBUF:")
"""The types of specs to which files can be added (POST /specs/{specId}/files)."""

ROOT = "ROOT"
FILE_TYPES = ("DEFAULT", ROOT)

MEGABYTE = 1024 * 1024

MAX_FILE = 10
"""The largest file in megabytes (POST and PATCH of /specs/{specId}/files)."""

MAX_FIRST_FILE = 12
"""The largest file that a spec is made with, in megabytes (POST /specs)."""

MAX_FILES = 500
MAX_PATH = 500


def bad(
    detail: str, *, title: str = "Malformed request", kind: str | None = None, status: int = 400
) -> wire.ApiError:
    """An error of the specs' own kind: a problem body sent as plain JSON (apiSpec400Error)."""
    kind = kind or "https://api.postman.com/problems/bad-request"
    body = {"type": kind, "title": title, "status": status, "detail": detail}
    return wire.ApiError(status, body)


def not_found(title: str, detail: str) -> wire.ApiError:
    """Something of a spec, or the spec itself, is not there (apiSpec404Error)."""
    return bad(detail, title=title, kind="instanceNotFoundError", status=404)


def no_spec() -> wire.ApiError:
    """The spec is not there (apiSpec404Error, "Specification Not Found")."""
    return not_found(
        "Specification not found", "The specification you are trying to access does not exist."
    )


def no_entity() -> wire.ApiError:
    """A file or collection of a spec is not there (apiSpec404Error, "Instance Not Found")."""
    return not_found("Instance not found", "Entity that you are trying to access does not exist.")


@dataclass(slots=True)
class Spec:
    """A spec's content. `tagged` says that nothing changed since the last version tag."""

    type: str
    files: list[Part] = field(default_factory=list)
    tags: list[Part] = field(default_factory=list)
    generations: list[Part] = field(default_factory=list)
    source: str | None = None
    tagged: bool = False
    texts: dict[str, str] = field(default_factory=dict)

    @property
    def root(self) -> Part:
        """The root file, which every spec has."""
        return next(each for each in self.files if each["type"] == ROOT)

    def file(self, path: str) -> Part | None:
        """The file at a path."""
        return next((each for each in self.files if each["path"] == path), None)

    def text(self, file: Part) -> str:
        """What is in a file, of the spec or of a version tag."""
        content: str = self.texts[file["text"]]
        return content

    def write(self, file: Part, content: str) -> None:
        """Put a content into a file."""
        file["text"] = hashlib.sha256(content.encode()).hexdigest()
        self.texts[file["text"]] = content

    def by_path(self) -> dict[str, str]:
        """The contents of all files."""
        return {each["path"]: self.text(each) for each in self.files}

    @property
    def state(self) -> str:
        """A digest of all files, to tell whether they changed."""
        known = sorted((each["path"], each["type"], each["text"]) for each in self.files)
        return hashlib.sha256(orjson.dumps(known)).hexdigest()

    @property
    def format(self) -> str:
        """The format of the root file (GET /specs/{specId})."""
        extension: str = posixpath.splitext(self.root["path"])[1].lower()
        return FORMATS.get(extension, extension[1:])


def read_spec(content: bytes) -> Spec:
    """The spec in a stored document."""
    return Spec(**orjson.loads(content))


def write_spec(spec: Spec) -> bytes:
    """The spec as it is stored; texts that nothing holds any more are left out."""
    held: Iterable[list[Part]] = (spec.files, *(each["files"] for each in spec.tags))
    used = {file["text"] for files in held for file in files}
    kept = {key: text for key, text in spec.texts.items() if key in used}
    names = ("type", "files", "tags", "generations", "source", "tagged")
    return to_json("spec", {**{name: getattr(spec, name) for name in names}, "texts": kept})


# --- files ------------------------------------------------------------------------------


def check_path(path: str, spec_type: str) -> None:
    """Raises ApiError 400 for a path that no file of such a spec can have."""
    parts = path.split("/")
    odd = any(part in ("", ".", "..") or part != part.strip() for part in parts)
    if odd or len(path) > MAX_PATH or not path.isprintable() or "\\" in path:
        raise bad("The path parameter /filePath is invalid.")
    if not path.lower().endswith(EXTENSIONS[spec_type]):
        raise bad("Invalid file extension", title="Invalid parameters")


def check_size(content: str, limit: int = MAX_FILE) -> None:
    """Raises ApiError 400 for a content of more than `limit` megabytes."""
    if len(content.encode()) > limit * MEGABYTE:
        raise bad(f"File size exceeded the limit of {limit} MB")


def check_files(files: object, spec_type: str) -> list[Part]:
    """The files that a new spec is made with, each with a type. Raises ApiError 400."""
    if not isinstance(files, list) or not files:
        raise bad("Required body parameter files is missing")
    if len(files) > MAX_FILES:
        raise bad(f"A specification can have {MAX_FILES} files at most.")
    checked = [_checked_file(each, spec_type, alone=len(files) == 1) for each in files]
    if len({each["path"] for each in checked}) < len(checked):
        raise bad("Each file must have a path of its own.")
    roots = [each for each in checked if each["type"] == ROOT]
    if not roots:
        raise bad("At least one file must have type ROOT")
    if len(roots) > 1:
        raise bad("Only one file can have type ROOT")
    return checked


def _checked_file(file: object, spec_type: str, *, alone: bool) -> Part:
    given = file if isinstance(file, dict) else {}
    for name in ("path", "content"):
        if not isinstance(given.get(name), str):
            raise bad(
                f"The body parameter {name} is missing from the request.",
                title="Invalid request body",
                kind="invalidParamError",
            )
    kind = given.get("type", ROOT if alone else "DEFAULT")
    check_type(kind)
    check_path(given["path"], spec_type)
    check_size(given["content"], MAX_FIRST_FILE)
    return {"path": given["path"], "content": given["content"], "type": kind}


def check_type(kind: object) -> None:
    """Raises ApiError 400 for what is no type of a file."""
    if kind not in FILE_TYPES:
        raise bad(
            f"Required property `type` is invalid. Should be one of: {', '.join(FILE_TYPES)}",
            title="Required parameter is invalid",
            kind="InvalidParamsError",
        )
