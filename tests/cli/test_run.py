"""`postiche run`, read without typer: never otherwise than typer reads it."""

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.core import TyperCommand, TyperGroup, TyperOption
from typer.main import get_command

from postiche.cli.commands import app
from postiche.cli.run import HOST, PORT, Typed, read_plainly

FILE = Path("shop.json")


def command() -> TyperCommand:
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    run = group.commands["run"]
    assert isinstance(run, TyperCommand)
    return run


RUN = command()


@pytest.mark.parametrize(
    ("words", "typed"),
    [
        ("shop.json", Typed([FILE])),
        ("shop.json pets.json", Typed([FILE, Path("pets.json")])),
        ("--port 0 shop.json", Typed([FILE], port=0)),
        ("shop.json --port=8080 -q", Typed([FILE], port=8080, quiet=True)),
        ("--quiet --host :: shop.json", Typed([FILE], host="::", quiet=True)),
        ("--environment e.json shop.json", Typed([FILE], Path("e.json"), HOST, PORT)),
        ("a=b.json", Typed([Path("a=b.json")])),
    ],
)
def test_what_is_typed_plainly_is_read(words: str, typed: Typed) -> None:
    assert read_plainly(words.split()) == typed


@pytest.mark.parametrize(
    "words",
    [
        ["shop.json", "--help"],
        ["shop.json", "--no-such-flag"],
        ["shop.json", "--quiet=1"],
        ["shop.json", "--port", "65536"],
        ["shop.json", "--port", "web"],
        ["shop.json", "--port"],
        ["shop.json", "--host", "--port", "1"],
        ["--", "-shop.json"],
        ["*.json"],
        ["~/shop.json"],
        ["%APPDATA%"],
        [""],
        [],
    ],
)
def test_what_could_be_misread_is_left_to_typer(words: list[str]) -> None:
    assert read_plainly(words) is None


FLAGS = ["--environment", "--host", "--port", "--quiet", "-q", "--env", "-qq", "--", "-", "--help"]
VALUES = ["shop.json", "e.json", "::1", "0", "80", "080", "59999", "65535", "1_0", "", "a=b", "--x"]
words = st.sampled_from(FLAGS) | st.sampled_from(VALUES) | st.text(max_size=4)


@given(
    st.lists(
        words | st.builds("{}={}".format, st.sampled_from(FLAGS), st.sampled_from(VALUES)),
        max_size=6,
    )
)
def test_it_never_reads_anything_but_what_typer_would(words: list[str]) -> None:
    typed = read_plainly(words)
    if typed is not None:
        read = RUN.make_context("run", list(words)).params
        assert Typed(**read) == typed


def test_the_fields_are_what_the_command_takes() -> None:
    declared = {parameter.name for parameter in RUN.params}
    assert {field.name for field in dataclasses.fields(Typed)} == declared


@pytest.mark.parametrize(
    ("flag", "takes_value"),
    [
        (flag, not option.is_flag)
        for option in RUN.params
        if isinstance(option, TyperOption)
        for flag in option.opts
        if option.name != "help"
    ],
)
def test_no_flag_makes_it_slow(flag: str, takes_value: bool) -> None:
    """A flag that `read_plainly` does not know works, but loads typer first."""
    assert read_plainly(["shop.json", flag, *["1"] * takes_value]) is not None
