"""One line of meaning per setting, used by both of its faces."""

from typer.main import get_command

from postiche.cli.commands import app
from postiche.server.options import HELP
from postiche.server.settings import Settings

NO_FLAG = {"api_key"}


def test_every_setting_has_its_line() -> None:
    assert list(HELP) == list(Settings.model_fields)
    assert [field.description for field in Settings.model_fields.values()] == list(HELP.values())


def test_every_setting_but_the_key_is_a_flag_of_serve_with_the_same_line() -> None:
    serve = get_command(app).commands["serve"]  # type: ignore[attr-defined]
    flags = {parameter.name: parameter.help for parameter in serve.params}
    assert flags.keys() - {"demo"} == HELP.keys() - NO_FLAG
    assert all(flags[name] == HELP[name] for name in HELP.keys() - NO_FLAG)
