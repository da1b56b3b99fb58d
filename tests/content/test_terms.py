"""Words of the glossary are linked where a lesson first uses them, and nowhere else."""

from __future__ import annotations

import re

import pytest

from trainer.content.catalogue import Term
from trainer.content.markdown import PageScope, Targets, parse, render

TERMS = {
    "signal": Term(id="signal", term="Signal", also=["signals"], meaning="One contact."),
    "debt": Term(id="debt", term="Debt", meaning="What is owed."),
    "debt-bondage": Term(id="debt-bondage", term="Debt bondage", meaning="A debt that never ends."),
    "case": Term(id="case", term="Case", meaning="What the hotline makes of it.", link=False),
}
LESSON = PageScope(Targets(terms=TERMS), {}, "recognize")


def linked(text: str, scope: PageScope = LESSON) -> list[tuple[str, str]]:
    """List (term, words linked) in reading order."""
    html = render(parse(text), scope).html
    return re.findall(r'<a class="term" href="(?:#word-|/glossary#)([a-z-]+)">([^<]*)</a>', html)


def test_the_first_use_is_linked_in_any_of_its_forms_and_keeps_its_letters() -> None:
    assert linked("A signal. Another signal.\n\n- A Signal") == [("signal", "signal")]
    assert linked("SIGNALS count, and a signal.") == [("signal", "SIGNALS")]
    assert str(render(parse("One signal is no debt."), LESSON).html).strip() == (
        '<p>One <a class="term" href="#word-signal">signal</a> is no <a class="term" href="#word-debt">debt</a>.</p>'
    )


def test_the_lesson_lists_the_words_that_were_linked_so() -> None:
    assert [term.id for term in render(parse("A debt, a signal, a case."), LESSON).words] == ["debt", "signal"]


def test_the_longest_form_wins() -> None:
    assert linked("Debt bondage binds. A debt is owed.") == [("debt-bondage", "Debt bondage"), ("debt", "debt")]


@pytest.mark.parametrize("text", ["signaling", "asignal", "signal-like", "a non-signal", "signal_1", "an indebted man"])
def test_a_part_of_a_word_is_no_use_of_it(text: str) -> None:
    assert linked(text) == []


@pytest.mark.parametrize("text", ["A case.", "CASE by case"])
def test_a_word_that_often_means_something_else_is_left_alone(text: str) -> None:
    assert linked(text) == []
    assert linked(f"{text} The [case](glossary:case)") == [("case", "case")]


def test_a_link_that_the_author_wrote_wins_wherever_it_stands() -> None:
    assert linked("A signal.\n\nSome [contacts](glossary:signal) more.") == [("signal", "contacts")]


@pytest.mark.parametrize(
    "frame",
    [
        "## A {}",
        "### A {}\n\ntext",
        "[a {}](page:help)",
        "[[a {}]]",
        "`{}`",
        "```\n{}\n```",
        "| {} |\n|---|\n| x |",
        "::: ask\nA {}?\n:::",
        "::: story\nA {}.\n:::",
        "::: choose A {}?\n- [x] a {} => a {}\n- [ ] b => c\n:::",
        "::: reveal A {}?\ntext\n:::",
        "::: callout A {}\ntext\n:::",
    ],
)
def test_nothing_is_linked_in_headings_summaries_questions_and_links(frame: str) -> None:
    scope = PageScope(Targets(terms=TERMS, pages=frozenset({"help"})), {}, "recognize")
    assert linked(frame.replace("{}", "signal"), scope) == []
    later = linked(f"{frame}\n\nA signal.".replace("{}", "signal"), scope)
    assert later == [("signal", "signal")]  # the first use that may be linked is


@pytest.mark.parametrize(
    "frame",
    [
        "- {}",
        "> {}",
        "**{}**",
        "| a |\n|---|\n| {} |",
        "::: reveal Q\n{}\n:::",
        "::: callout T\n{}\n:::",
        "::: recap\n- {}\n:::",
    ],
)
def test_everywhere_else_it_is(frame: str) -> None:
    assert linked(frame.replace("{}", "signal")) == [("signal", "signal")]


def test_only_lessons_link_by_themselves() -> None:
    anywhere = PageScope(Targets(terms=TERMS), {})
    assert linked("A signal.", anywhere) == []
    assert linked("A [signal](glossary:signal).", anywhere) == [("signal", "signal")]


def test_what_was_parsed_is_not_changed() -> None:
    body = parse("A signal and a debt.\n\n- A signal")
    before = [token.as_dict() for token in body.tokens]
    first = render(body, LESSON)
    assert [token.as_dict() for token in body.tokens] == before
    assert render(body, LESSON) == first
    other = PageScope(Targets(terms={"debt": TERMS["debt"]}), {}, "recognize")
    assert [term.id for term in render(body, other).words] == ["debt"]


@pytest.mark.parametrize("text", ["ſignal", "A ſIGNAL", "ſignalſ"])
def test_letters_that_only_look_alike_when_case_is_ignored_do_no_harm(text: str) -> None:
    assert linked(f"{text} signal")[-1:] == [("signal", "signal")]


def test_without_a_glossary_nothing_is_linked() -> None:
    assert linked("A signal.", PageScope(Targets(), {}, "recognize")) == []


def test_a_term_may_go_on_in_the_next_line_of_the_file() -> None:
    assert linked("It is a debt\nbondage, and *that* is\nall.") == [("debt-bondage", "debt\nbondage")]
    assert linked("No *debt*\nbondage here.") == [("debt", "debt")]
