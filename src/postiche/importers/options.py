"""How an OpenAPI document is to be turned into a collection.

Knows the options of the Postman API's import (behaviour C.5) and their
defaults. Must not know what they lead to.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

from postiche.importers.document import DocumentError

NameSource = Literal["Fallback", "URL"]
Indent = Literal["Space", "Tab"]
Folders = Literal["Paths", "Tags"]

_CHOICES: dict[str, tuple[str, ...]] = {
    "requestNameSource": get_args(NameSource),
    "indentCharacter": get_args(Indent),
    "folderStrategy": get_args(Folders),
}


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """The options, named as Postman names them; `parametersResolution` is gone and ignored."""

    requestNameSource: NameSource = "Fallback"  # noqa: N815
    indentCharacter: Indent = "Space"  # noqa: N815
    folderStrategy: Folders = "Paths"  # noqa: N815
    includeAuthInfoInExample: bool = True  # noqa: N815
    enableOptionalParameters: bool = True  # noqa: N815
    keepImplicitHeaders: bool = False  # noqa: N815
    includeDeprecated: bool = True  # noqa: N815
    alwaysInheritAuthentication: bool = False  # noqa: N815
    nestedFolderHierarchy: bool = False  # noqa: N815


def read_options(given: Mapping[str, Any]) -> ImportOptions:
    """The options a client gave; unknown ones are ignored, as in Postman's own example.

    Raises DocumentError for a value that an option cannot have.
    """
    known = {each.name: given[each.name] for each in fields(ImportOptions) if each.name in given}
    for name, value in known.items():
        choices = _CHOICES.get(name)
        if choices is None and not isinstance(value, bool):
            raise DocumentError(f"The option {name} must be true or false.")
        if choices is not None and value not in choices:
            raise DocumentError(f"The option {name} must be one of {', '.join(choices)}.")
    return ImportOptions(**known)
