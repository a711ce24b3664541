"""The commands that record real services: `postiche record` and `postiche capture`.

Knows their flags and what they print. Must not know how anything is recorded;
it loads what does only when a command runs.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from postiche.core.recording.recorder import Added
    from postiche.core.recording.upstream import Target
    from postiche.model import Exchange
    from postiche.server.recording import Captured

Redact = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME",
        help="Header, JSON field, form field or query key whose value is not saved; repeatable.",
    ),
]
Timeout = Annotated[
    float, typer.Option(min=0.001, help="Seconds to wait for the service, and for each more of it.")
]


def record(
    target: Annotated[str, typer.Option(metavar="URL", help="Service to record: scheme and host.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Collection file to write or go on.")],
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(help="Port to listen on; 0 picks one.", min=0, max=65535)
    ] = 3000,
    environment_variable: Annotated[
        str, typer.Option(metavar="NAME", help="Variable that stands for the service in URLs.")
    ] = "baseUrl",
    redact: Redact = None,
    ids_to_variables: Annotated[
        bool,
        typer.Option("--ids-to-variables", help="Join /users/1 and /users/2 in one /users/:id."),
    ] = False,
    timeout: Timeout = 30.0,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print no line per call.")] = False,
) -> None:
    """Pass calls on to a real service and save them as a collection with examples."""
    from postiche.server import listening, recording

    options = recording.RecordOptions(
        target,
        out,
        host,
        port,
        variable=environment_variable,
        redact=tuple(redact or ()),
        ids_to_variables=ids_to_variables,
        timeout=timeout,
    )
    counts = {"saved": 0, "left out": 0}

    def show(exchange: "Exchange", added: "Added") -> None:
        state = _state(added)
        if state in counts:
            counts[state] += 1
        if state == "left out" or not quiet:
            _call(exchange, added, state)

    listening.run(recording.record(options, show, lambda url, to: _recording(url, to, out)))
    typer.echo(f"{counts['saved']} saved, {counts['left out']} left out: {out}")


def capture(
    collection: Annotated[Path, typer.Argument(help="Collection file exported from Postman.")],
    environment: Annotated[
        Path | None, typer.Option(help="Environment file whose variables fill the requests.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="File to write.", show_default="the collection itself"),
    ] = None,
    request: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Request to send, by name, path or id; repeatable."),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Send also requests that have an example.")
    ] = False,
    redact: Redact = None,
    allow_upstream: Annotated[
        list[str] | None,
        typer.Option(
            metavar="HOST[:PORT]", help="Host that may be contacted at any address; repeatable."
        ),
    ] = None,
    timeout: Timeout = 30.0,
) -> None:
    """Send the requests of a collection that have no example, and save the replies as examples."""
    from postiche.server import ephemeral, listening, recording

    options = recording.CaptureOptions(
        tuple(request or ()), every, tuple(redact or ()), tuple(allow_upstream or ()), timeout
    )
    file = recording.CollectionFile(collection, out)
    known = None if environment is None else ephemeral.load_environment(environment)
    outcome: list[recording.Captured] = []

    def show(captured: "Captured") -> None:
        outcome.append(captured)
        _captured(captured)

    listening.run(recording.capture(file, known, options, show))
    failed = sum(each.failure is not None for each in outcome)
    saved = sum(each.example is not None for each in outcome)
    typer.echo(f"{len(outcome)} sent, {saved} saved, {failed} failed: {file.file}")
    if failed:
        raise typer.Exit(1)


# --- what is printed --------------------------------------------------------------------


def _recording(url: str, target: "Target", out: Path) -> None:
    from postiche.cli.display import plain

    typer.echo(f"Recording {target.origin} to {plain(str(out))}")
    typer.echo(f"Listening on {url}, Ctrl-C stops")


def _state(added: "Added") -> str:
    if added.example is not None:
        return "saved"
    return "known already" if added.note is None else "left out"


def _call(exchange: "Exchange", added: "Added", state: str) -> None:
    from postiche.cli.display import plain

    # Not the query: keys that are to be redacted stand there.
    path = exchange.request.target.partition("?")[0]
    line = f"{exchange.request.method} {path} {exchange.reply.status} {state}"
    typer.echo(plain(line + (f": {added.note}" if added.note else "")))


def _captured(captured: "Captured") -> None:
    from postiche.cli.display import plain

    if captured.failure is not None:
        typer.echo(plain(f"{captured.place.path}: failed: {captured.failure}"), err=True)
        return
    what = "known already" if captured.known else f"saved {captured.example}"
    typer.echo(plain(f"{captured.place.path}: {what}"))
