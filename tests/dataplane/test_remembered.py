"""The memory keeps what is used, within its bounds."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from postiche.dataplane.remembered import SHARE, Remembered


@dataclass
class Thing:
    weight: int = 1


def kept(memory: Remembered[bytes, Thing], key: bytes, weight: int = 1) -> Thing:
    thing = Thing(weight)
    memory.keep(key, thing)
    return thing


def test_a_key_is_worth_a_value_when_it_comes_again() -> None:
    memory: Remembered[bytes, Thing] = Remembered()
    assert [memory.comes_again(b"k") for _ in range(3)] == [False, True, True]
    assert not memory.comes_again(b"other")


def test_what_is_kept_is_found_until_all_is_cleared() -> None:
    memory: Remembered[bytes, Thing] = Remembered()
    thing = kept(memory, b"k")
    assert memory.get(b"k") is thing
    memory.clear()
    assert memory.get(b"k") is None
    assert len(memory) == 0


def test_what_is_in_use_stays_however_much_passes_by() -> None:
    memory: Remembered[bytes, Thing] = Remembered(entries=10)
    hot = kept(memory, b"hot")
    for number in range(1000):
        kept(memory, b"%d" % number)
        assert memory.get(b"hot") is hot


def test_what_nobody_asks_for_is_forgotten() -> None:
    memory: Remembered[bytes, Thing] = Remembered(entries=10)
    kept(memory, b"cold")
    for number in range(30):
        kept(memory, b"%d" % number)
    assert memory.get(b"cold") is None


def test_what_is_too_heavy_is_not_kept() -> None:
    memory: Remembered[bytes, Thing] = Remembered(size=SHARE * 10)
    kept(memory, b"k", 10)
    assert memory.get(b"k") is None
    kept(memory, b"k", 9)
    assert memory.get(b"k") is not None


@given(st.lists(st.tuples(st.binary(max_size=2), st.integers(0, 200), st.booleans())))
def test_the_bounds_hold(steps: list[tuple[bytes, int, bool]]) -> None:
    memory: Remembered[bytes, Thing] = Remembered(entries=5, size=1000)
    held: dict[bytes, Thing] = {}
    for key, weight, asked in steps:
        if asked:
            assert memory.get(key) in (None, held.get(key))
        elif memory.get(key) is None:
            held[key] = kept(memory, key, weight)
        found = {key for key in held if key in memory}
        assert len(memory) <= 10
        assert sum(len(key) + held[key].weight for key in found) <= 2000
