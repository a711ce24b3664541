import pytest

from postiche.importers.document import DocumentError
from postiche.importers.options import ImportOptions, read_options


def test_options_have_postmans_defaults() -> None:
    assert read_options({}) == ImportOptions(
        requestNameSource="Fallback",
        indentCharacter="Space",
        folderStrategy="Paths",
        includeAuthInfoInExample=True,
        enableOptionalParameters=True,
        keepImplicitHeaders=False,
        includeDeprecated=True,
        alwaysInheritAuthentication=False,
        nestedFolderHierarchy=False,
    )


def test_what_is_not_known_is_ignored() -> None:
    assert read_options({"parametersResolution": 5, "other": []}) == ImportOptions()
    assert read_options({"folderStrategy": "Tags"}).folderStrategy == "Tags"


def test_impossible_values_are_refused() -> None:
    refused: list[dict[str, object]] = [
        {"folderStrategy": "tags"},
        {"indentCharacter": []},
        {"requestNameSource": 1},
    ]
    for given in refused:
        with pytest.raises(DocumentError, match="must be one of"):
            read_options(given)
    with pytest.raises(DocumentError, match="true or false"):
        read_options({"keepImplicitHeaders": "yes"})
