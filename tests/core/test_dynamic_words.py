"""The word lists of the dynamic variables."""

import pytest

from postiche.core import dynamic_words

LISTS = {
    name: words
    for name, words in vars(dynamic_words).items()
    if name.isupper() and isinstance(words, tuple) and all(isinstance(w, str) for w in words)
}


def test_there_are_lists() -> None:
    assert len(LISTS) >= 10


@pytest.mark.parametrize("name", LISTS)
def test_a_list_offers_a_choice_and_no_word_twice(name: str) -> None:
    words = LISTS[name]
    assert len(words) >= 2
    assert name == "WORDS" or len(set(words)) == len(words)  # WORDS is all the others, joined


@pytest.mark.parametrize("name", LISTS)
def test_every_word_can_stand_inside_a_json_string(name: str) -> None:
    assert not [word for word in LISTS[name] if not word.strip() or set(word) & set('"\\\n\r\t')]
