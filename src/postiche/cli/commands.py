"""The commands and their flags.

Must not know how anything is served, stored or printed; it loads what does
only for the command that needs it. Knows `postiche run` too, whose help and
mistakes are for typer, although what is typed plainly never comes here.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Optional

import typer

from postiche import __version__
from postiche.cli import recording
from postiche.cli.run import HOST, PORT, Typed, serve_files
from postiche.model import Role
from postiche.server.options import HELP

app = typer.Typer(
    name="postiche",
    help="Postman mock servers on your own machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
keys_app = typer.Typer(help="Make, list and revoke API keys.", no_args_is_help=True)
app.add_typer(keys_app, name="keys")
users_app = typer.Typer(help="Make, list and delete users, and set roles.", no_args_is_help=True)
app.add_typer(users_app, name="users")

_TIMES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]


UserName = Annotated[str, typer.Argument(metavar="USERNAME", help="Name of the user.")]

DatabaseUrl = Annotated[
    Optional[str],  # noqa: UP045 - read at run time by typer
    typer.Option(help=HELP["database_url"], show_default="a file in your data folder"),
]


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"postiche {__version__}")
        raise typer.Exit


@app.callback()
def postiche(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Postman mock servers on your own machine."""


@app.command(epilog="Every flag is also a variable: --mock-port is POSTICHE_MOCK_PORT.")
def serve(
    host: Annotated[str | None, typer.Option(help=HELP["host"], show_default="127.0.0.1")] = None,
    port: Annotated[int | None, typer.Option(help=HELP["port"], show_default="4000")] = None,
    mock_port: Annotated[int | None, typer.Option(help=HELP["mock_port"])] = None,
    mock_domain: Annotated[str | None, typer.Option(help=HELP["mock_domain"])] = None,
    public_url: Annotated[str | None, typer.Option(help=HELP["public_url"])] = None,
    database_url: DatabaseUrl = None,
    api_key_file: Annotated[Path | None, typer.Option(help=HELP["api_key_file"])] = None,
    workers: Annotated[int | None, typer.Option(help=HELP["workers"], show_default="1")] = None,
    max_body: Annotated[
        int | None, typer.Option(help=HELP["max_body"], show_default="104857600")
    ] = None,
    call_log: Annotated[
        bool | None,
        typer.Option("--call-log/--no-call-log", help=HELP["call_log"], show_default="on"),
    ] = None,
    call_log_days: Annotated[
        int | None, typer.Option(help=HELP["call_log_days"], show_default="30")
    ] = None,
    call_log_keep: Annotated[
        int | None, typer.Option(help=HELP["call_log_keep"], show_default="10000")
    ] = None,
    call_body_limit: Annotated[
        int | None, typer.Option(help=HELP["call_body_limit"], show_default="65536")
    ] = None,
    allow_upstream: Annotated[
        str | None, typer.Option(metavar="HOST[:PORT],...", help=HELP["allow_upstream"])
    ] = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="Fill an empty database with Postman's tutorial.")
    ] = False,
) -> None:
    """Serve the Postman API and the mock servers made through it."""
    flags = dict(locals())
    del flags["demo"]
    from postiche.cli import display
    from postiche.server import composition, listening
    from postiche.server.settings import read_settings

    settings = read_settings(flags)
    listening.run(composition.serve(settings, demo=demo, started=display.started))


@app.command()
def run(
    path: Annotated[list[Path], typer.Argument(help="Collection files exported from Postman.")],
    environment: Annotated[
        Path | None, typer.Option(help="Environment file whose variables fill the collections.")
    ] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = HOST,
    port: Annotated[
        int, typer.Option(help="Port to listen on; 0 picks one.", min=0, max=65535)
    ] = PORT,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print no line per call.")] = False,
) -> None:
    """Serve collection files as mock servers, without database, account or key."""
    serve_files(Typed(path, environment, host, port, quiet))


app.command()(recording.record)
app.command()(recording.capture)


@app.command()
def explain(
    path: Annotated[Path, typer.Argument(help="Collection file exported from Postman.")],
    method: Annotated[str, typer.Argument(help="Method of the request.")],
    url: Annotated[str, typer.Argument(help="URL of the request, or its path with the query.")],
    header: Annotated[
        Optional[list[str]],  # noqa: UP045 - read at run time by typer
        typer.Option("--header", "-H", help="Header of the request, 'Name: value'; repeatable."),
    ] = None,
    data: Annotated[
        Optional[str],  # noqa: UP045 - read at run time by typer
        typer.Option("--data", "-d", help="Body of the request; @FILE reads it from a file."),
    ] = None,
    environment: Annotated[
        Path | None, typer.Option(help="Environment file whose variables fill the collection.")
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, help="Examples to show at most.")
    ] = 10,
    json: Annotated[bool, typer.Option("--json", help="The same as JSON.")] = False,
) -> None:
    """Say which example answers a request, and why; exit code 1 if none does."""
    from postiche.cli import explaining

    request = explaining.request_of(method, url, header or [], data)
    found = explaining.explained(path, environment, request, limit)
    show = explaining.show_json if json else explaining.show
    show(found, explaining.base_of(url))
    if found.outcome.example is None:
        raise typer.Exit(1)


@app.command()
def lint(
    path: Annotated[list[Path], typer.Argument(help="Collection files exported from Postman.")],
    environment: Annotated[
        Path | None, typer.Option(help="Environment file whose variables fill the collections.")
    ] = None,
    form: Annotated[
        Literal["text", "json", "github"],
        typer.Option("--format", help="For people, for programs, or for GitHub Actions."),
    ] = "text",
    json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 for warnings too.")] = False,
) -> None:
    """Say what in collection files will surprise whoever calls their mock servers."""
    from postiche.cli.linting import lint_files

    raise typer.Exit(lint_files(path, environment, "json" if json else form, strict=strict))


@keys_app.command("create")
def create_key(
    name: Annotated[str, typer.Argument(help="What the key is for.")] = "command line",
    user: Annotated[
        Optional[str],  # noqa: UP045 - read at run time by typer
        typer.Option(help="Name of the user it is for.", show_default="the first user"),
    ] = None,
    expires: Annotated[
        Optional[datetime],  # noqa: UP045 - read at run time by typer
        typer.Option(help="When it ends, in UTC.", formats=_TIMES, show_default="never"),
    ] = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Make an API key and print it, once: only its hash is kept."""
    from postiche.server import accounts

    ends = None if expires is None else expires.replace(tzinfo=UTC)
    making = accounts.create_key(_database(database_url), name, username=user, expires_at=ends)
    typer.echo(_administer(making)[1])


@keys_app.command("list")
def list_keys(database_url: DatabaseUrl = None) -> None:
    """List the API keys: whose they are, a hint, when they were made, end and were used."""
    from postiche.cli import display
    from postiche.server import accounts

    display.keys(_administer(accounts.list_keys(_database(database_url))))


@keys_app.command("revoke")
def revoke_key(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="Id, as `keys list` shows it.")],
    database_url: DatabaseUrl = None,
) -> None:
    """Revoke an API key; running servers refuse it within a second."""
    from postiche.server import accounts

    _administer(accounts.revoke_key(_database(database_url), key_id))
    typer.echo(f"revoked {key_id}")


@users_app.command("create")
def create_user(
    username: UserName,
    role: Annotated[Role, typer.Option(help="What they may do.")] = "editor",
    email: Annotated[str, typer.Option(help="Their e-mail address.")] = "",
    database_url: DatabaseUrl = None,
) -> None:
    """Make a user with a personal workspace; `keys create --user` gives them a key."""
    from postiche.server import accounts

    making = accounts.create_user(_database(database_url), username, role, email)
    typer.echo(_administer(making).id)


@users_app.command("list")
def list_users(database_url: DatabaseUrl = None) -> None:
    """List the users: id, name and role."""
    from postiche.cli import display
    from postiche.server import accounts

    display.users(_administer(accounts.list_users(_database(database_url))))


@users_app.command("role")
def change_role(
    username: UserName,
    role: Annotated[Role, typer.Argument(help="What they may do from now on.")],
    database_url: DatabaseUrl = None,
) -> None:
    """Give a user another role."""
    from postiche.server import accounts

    _administer(accounts.change_role(_database(database_url), username, role))
    typer.echo(f"{username} is {role}")


@users_app.command("delete")
def delete_user(username: UserName, database_url: DatabaseUrl = None) -> None:
    """Delete a user with their keys, and with what only they could see."""
    from postiche.server import accounts

    _administer(accounts.delete_user(_database(database_url), username))
    typer.echo(f"deleted {username}")


@app.command()
def calls(
    mock: Annotated[str, typer.Argument(help="Id, uid or name of a mock server.")],
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on and print calls as they come.")
    ] = False,
    limit: Annotated[int, typer.Option("--limit", "-n", min=0, help="Calls to begin with.")] = 20,
    json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Print the calls to a mock server, the newest last."""
    from postiche.cli import display
    from postiche.server import administration

    show = display.call_as_json if json else display.call
    following = administration.show_calls(
        _database(database_url), mock, limit=limit, follow=follow, show=show
    )
    try:
        _administer(following)
    except KeyboardInterrupt:
        if not follow:
            raise


def _database(database_url: str | None) -> str:
    from postiche.server.settings import read_settings

    return read_settings({"database_url": database_url}).database_url


def _administer(work: Any) -> Any:
    import asyncio

    return asyncio.run(work)
