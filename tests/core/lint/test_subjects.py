from postiche.core.lint.subjects import brief, by_index, called, placed, subjects
from postiche.core.plan import compile_plan
from postiche.core.variables import scope_of
from tests.core.building import collection, example


def test_subjects_are_the_planned_examples_in_file_order() -> None:
    made = collection(
        example("/b", name="b"), example("/{{long}}", name="gone"), example("/a", method="POST"),
        variables={"long": "x" * 70_000},
    )  # fmt: skip
    plan = compile_plan(made)
    found = subjects(made, plan, scope_of(made, None))
    assert [(each.named, each.asked) for each in found] == [
        ('200 "b"', "GET /b"),
        ('200 "an example"', "POST /a"),
    ]
    assert [each.planned for each in found] == list(by_index(plan).values())
    assert [index for index, _, _ in placed(made)] == [0, 1, 2]


def test_long_names_are_cut() -> None:
    assert brief("x" * 100) == "x" * 100
    assert len(brief("x" * 5000)) == 100
    assert len(called(example(name="x" * 5000))) < 120
