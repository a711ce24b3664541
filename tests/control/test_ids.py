from datetime import timedelta
from itertools import islice
from uuid import UUID

from postiche.control.ids import id_after, ordered_ids

from .world import NOON

SEED = UUID("12ece9e1-2abf-4edc-8e34-de66e74114d2")
HIGHEST_SEED = UUID(int=2**128 - 1)


def test_ids_sort_in_the_order_in_which_they_were_drawn() -> None:
    for seed in (SEED, HIGHEST_SEED, UUID(int=0)):
        drawn = list(islice(ordered_ids(NOON, seed), 5000))
        assert drawn == sorted(set(drawn))


def test_ids_of_a_later_moment_sort_after_all_earlier_ones() -> None:
    earlier = list(islice(ordered_ids(NOON, HIGHEST_SEED), 10))
    later = next(ordered_ids(NOON + timedelta(milliseconds=1), UUID(int=0)))
    assert max(earlier) < later


def test_ids_are_uuids_of_version_7() -> None:
    for seed in (SEED, HIGHEST_SEED):
        drawn = UUID(next(ordered_ids(NOON, seed)))
        assert drawn.version == 7
        assert drawn.int >> 80 == int(NOON.timestamp() * 1000)


def test_two_collections_of_one_moment_share_no_ids() -> None:
    other_seed = UUID(int=SEED.int ^ 1 << 60)
    one = set(islice(ordered_ids(NOON, SEED), 100))
    other = set(islice(ordered_ids(NOON, other_seed), 100))
    assert not one & other


FRESH = "01a20320-a200-7002-8000-000000abcdef"
LAST = "ffffffff-ffff-ffff-ffff-ffffffffffff"


def test_a_new_id_sorts_after_all_siblings_but_the_very_last() -> None:
    older = "01000000-0000-4000-8000-000000000000"
    newer = "F0000000-0000-4000-8000-000000000000"
    assert id_after([], FRESH) == FRESH
    assert id_after([older], FRESH) == FRESH
    assert id_after([newer, older], FRESH) == "f0000000-0000-4000-8000-000000000001"
    assert id_after([LAST], FRESH) == FRESH
