"""Cutting a scene into sentences, with the words that decide it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trainer.content.sentences import Sentence, in_sentences

STORY = ("Mr. Osei drags the hose at 5 a.m. today. The rent comes off.", '"Go," he says. "We\'re short!" You wait.')


def cut(paragraphs: tuple[str, ...], *decides: str) -> list[Sentence]:
    found = in_sentences(paragraphs, decides)
    assert found is not None
    return [one for paragraph in found for one in paragraph]


def text(sentence: Sentence) -> str:
    return "".join(part for part, _decides in sentence.parts)


def test_a_sentence_ends_at_its_mark_and_not_behind_a_title_or_inside_a_quotation() -> None:
    assert [text(one) for one in cut(STORY)] == [
        "Mr. Osei drags the hose at 5 a.m. today.",
        "The rent comes off.",
        '"Go," he says.',
        '"We\'re short!"',
        "You wait.",
    ]
    assert [one.number for one in cut(STORY)] == [1, 2, 3, 4, 5]


def test_the_words_that_decide_stand_out_where_they_are() -> None:
    found = cut(STORY, "rent comes", "short!")
    assert [one.number for one in found if one.decides] == [2, 4]
    assert found[1].parts == (("The ", False), ("rent comes", True), (" off.", False))
    assert found[3].parts == (("\"We're ", False), ("short!", True), ('"', False))


def test_words_may_go_on_in_the_next_sentence_and_overlap() -> None:
    found = cut(STORY, "a.m. today. The rent", "The rent comes")
    assert [one.number for one in found if one.decides] == [1, 2]
    assert found[1].parts == (("The rent", True), (" comes", True), (" off.", False))


def test_words_that_do_not_stand_there_are_no_answer() -> None:
    assert in_sentences(STORY, ["rent comes", "the rent went up"]) is None


_WORDS = st.lists(st.sampled_from(["Mr.", "he", "says.", '"No!"', "She", "waits?", "A", "door", "p.m."]), min_size=1)


@given(st.lists(_WORDS, min_size=1, max_size=3), st.data())
def test_no_letter_is_lost_or_told_twice(paragraphs: list[list[str]], data: st.DataObject) -> None:
    story = tuple(" ".join(words) for words in paragraphs)
    whole = " ".join(story)
    start = data.draw(st.integers(0, len(whole) - 1))
    end = data.draw(st.integers(start + 1, len(whole)))
    decides = " ".join(whole[start:end].split())
    found = in_sentences(story, [decides] if decides else [])
    assert found is not None
    assert [" ".join(text(one) for one in paragraph) for paragraph in found] == list(story)
    assert not decides or any(one.decides for paragraph in found for one in paragraph)
