"""Several files that refer to each other, as one document that refers only to itself.

Knows `$ref`s between files. Must not know what is in the files. The files
referred to go under `x-files` of the root, where every reference leads then.
"""

import posixpath
from collections.abc import Mapping
from typing import Any

from postiche.importers.document import Document, DocumentError, read_document

FILES = "x-files"
"""An extension property of OpenAPI, so the bundle stays valid."""


def bundle(root: str, texts: Mapping[str, str]) -> Document:
    """The document at the path `root` with all it refers to, directly or not.

    `texts` are the files by path. Raises DocumentError for a root that is no
    object; other files that cannot be read, like those not there, are left out.
    """
    document = read_document(texts[root])
    files: dict[str, Any] = {}
    waiting = _redirect(document, root, root, texts)
    while waiting:
        path = waiting.pop()
        if path in files:
            continue
        try:
            files[path] = read_document(texts[path])
        except DocumentError:
            files[path] = {}
        waiting |= _redirect(files[path], path, root, texts) - files.keys()
    return {**document, FILES: files} if files else document


def _redirect(document: Document, path: str, root: str, texts: Mapping[str, str]) -> set[str]:
    """Let the references of one file lead to where they will stand; gives the files they name."""
    named: set[str] = set()
    waiting: list[Any] = [document]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            reference = node.get("$ref")
            if isinstance(reference, str):
                target, node["$ref"] = _redirected(reference, path, root, texts)
                named |= {target} - {root, ""}
            waiting += node.values()
    return named


def _redirected(reference: str, path: str, root: str, texts: Mapping[str, str]) -> tuple[str, str]:
    """The file a reference names, empty if there is none, and the reference within the bundle."""
    head, _, pointer = reference.partition("#")
    folder = posixpath.dirname(path)
    target = posixpath.normpath(posixpath.join(folder, head)) if head else path
    if target not in texts:
        return "", reference
    if target == root:
        return root, f"#{pointer}"
    return target, f"#/{FILES}/{target.replace('~', '~0').replace('/', '~1')}{pointer}"
