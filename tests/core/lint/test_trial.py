from postiche.core.lint.trial import MAX_TRIED, tie_break
from tests.core.building import example, get

from .linting import tried


def test_the_points_of_one_example_add_up_whoever_wins() -> None:
    trial = tried(example("/users/7", name="a"), example("/users/{{id}}", name="b"), example("/x"))
    asked = get("/users/7")
    points = [trial.points(subject.planned, asked) for subject in trial.subjects]
    assert points == [100, 80, None]
    assert trial.winner(asked) is trial.subjects[0].planned


def test_what_a_filter_puts_out_has_no_points() -> None:
    trial = tried(example("/a", sends={"X-A": "1"}), match_header=True, headers=("X-A",))
    assert trial.points(trial.subjects[0].planned, get("/a")) is None


def test_the_header_that_brings_an_example_is_the_mildest_one() -> None:
    trial = tried(
        example("/a", name="one", id="1"),
        example("/a", name="two", id="2", code=404),
        example("/a", name="thrée", id="3"),
        example("/a", name="one", id="4"),
        example("/a", name="", code=404),
    )
    assert [trial.selector(subject) for subject in trial.subjects] == [
        "x-mock-response-code: 200",
        "x-mock-response-code: 404",
        "x-mock-response-name: thrée",
        "x-mock-response-id: 4",
        None,
    ]


def test_a_path_is_tried_so_often_for_each_purpose() -> None:
    trial = tried(example("/a/{{x}}"), example("/a/{{y}}"), example("/b"))
    one, alike, other = trial.subjects
    assert all(trial.admits("tie", one) for _ in range(MAX_TRIED))
    assert not trial.admits("tie", alike)
    assert trial.admits("tie", other)
    assert trial.admits("doubt", one)
    assert trial.admits("tie", one, ("elsewhere",))


def test_the_reason_of_a_tie_break_is_named() -> None:
    def reason(*made: tuple[str | None, int]) -> str:
        trial = tried(*(example("/", id=i, code=code) for i, code in made))
        one, other = (subject.planned for subject in trial.subjects)
        return tie_break(one, other)

    assert reason(("a", 200), ("b", 404)) == "its status, exactly 200"
    assert reason(("a", 200), ("b", 200)) == "its id, which sorts first"
    assert reason((None, 404), ("b", 404)) == "its place in the file"
