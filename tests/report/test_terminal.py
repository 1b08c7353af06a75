"""The report on a terminal: colour only when asked, and foreign text stays text."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from evalci.core.gate import decide
from evalci.core.run import Run
from evalci.core.trial import Score
from evalci.report.formats import render
from evalci.report.terminal import render_terminal
from evalci.report.view import build_view, plain_text
from tests.calls import make_output
from tests.report import faces
from tests.runs import make_run, make_run_case

EVERY_FACE = [pytest.param(face, id=name) for name, face in faces.FACES.items()]


def printed(run: Run, *, colour: bool = False, width: int = 160) -> str:
    return render_terminal(build_view(run, decide(run)), width=width, colour=colour)


def answered(text: str, reason: str = "no") -> Run:
    """Return a run with one fallen case that answered this."""
    case = make_run_case((0.0,))
    score = Score(scorer="exact", value=0.0, reason=reason)
    trial = replace(case.trials[0], output=make_output(text), scores=(score,))
    return make_run(replace(case, trials=(trial,)))


@pytest.mark.parametrize("face", EVERY_FACE)
def test_without_colour_there_is_no_escape_sequence(face: Callable[[], Run]) -> None:
    assert "\x1b" not in printed(face())


def test_with_colour_the_title_is_styled() -> None:
    first = printed(faces.regression(), colour=True).splitlines()[0]

    assert first.startswith("\x1b[")
    assert "evalci: this change makes" in first


@pytest.mark.parametrize("face", EVERY_FACE)
def test_title_first_and_the_way_to_proceed_near_the_end(face: Callable[[], Run]) -> None:
    run = face()
    view = build_view(run, decide(run))

    lines = printed(run, width=300).splitlines()

    assert lines[0] == plain_text(view.title)
    assert f"To proceed: {plain_text(view.proceed)}" in lines[-2:]
    assert lines[-1] == plain_text(view.footer)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[red]x[/red]", id="markup"),
        pytest.param("[/]", id="a closing tag"),
        pytest.param("[/nope]", id="closing what never opened"),
        pytest.param("[link=http://e.org]x[/link]", id="a link"),
        pytest.param("\\[bold]x", id="a backslash before markup"),
        pytest.param("x\\", id="a backslash at the end"),
        pytest.param("x\\\\", id="two backslashes at the end"),
        pytest.param("x\\\\\\", id="three backslashes at the end"),
        pytest.param("[bold]x\\", id="markup and a backslash"),
        pytest.param(":tada: [0] [a-z]", id="emoji and brackets"),
        pytest.param("[@click=app.bell]x[/]", id="an action"),
    ],
)
def test_markup_in_foreign_text_stays_text(text: str) -> None:
    lines = [line.strip() for line in printed(answered(text, reason=text)).splitlines()]

    assert f"| {text}" in lines
    assert f"a-1  passed 3/3 → 0/1  exact: {text}" in lines


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("\x1b[31mred\x1b[0m", id="colour"),
        pytest.param("\x1b]8;;http://e.org\x07x\x1b]8;;\x07", id="a link"),
        pytest.param("a\x07\x08\x9b31m", id="controls"),
        pytest.param("a\u202eb\u2066", id="overrides"),
    ],
)
def test_escape_sequences_in_foreign_text_are_not_printed(text: str) -> None:
    shown = printed(answered(text, reason=text))

    assert not set(shown) & set("\x1b\x07\x08\x9b\u202e\u2066")


@pytest.mark.parametrize(
    ("lines", "more"), [(10, "| … 4 more lines"), (7, "| … 1 more line")], ids=["four", "one"]
)
def test_a_long_output_is_cut_after_six_lines(lines: int, more: str) -> None:
    shown = printed(answered("\n".join(f"line {n}" for n in range(lines))))

    found = [line.strip() for line in shown.splitlines() if line.startswith("      |")]
    assert found == [*(f"| line {n}" for n in range(6)), more]


def test_no_line_is_wider_than_asked_when_an_answer_is_long() -> None:
    shown = printed(answered("x" * 5_000), width=80)

    assert max(len(line) for line in shown.splitlines()) <= 80


def test_where_a_table_has_no_room_every_row_is_a_line_with_its_numbers() -> None:
    shown = printed(faces.regression(), width=40)

    assert "Baseline" not in shown
    assert (
        "  - 🔴 review 1.00 → 0.78 (0.35–1.00), \n"
        "−22.2 pp (−22.2 %), 6×3: regression: \n"
        "fell by more than the 5 pp allowed\n"
    ) in shown


def test_a_narrow_table_cuts_no_number_and_its_outcomes_stand_below_it() -> None:
    shown = printed(faces.regression(), width=80)

    assert "…" not in shown[: shown.index("\nOutcomes\n")]
    assert "\n  - review: " in shown


@pytest.mark.parametrize("face", EVERY_FACE)
def test_the_report_command_prints_what_the_terminal_shows(face: Callable[[], Run]) -> None:
    run = face()

    assert render(run, "terminal") == printed(run, width=120)


def test_policy_changes_stand_below_what_changed() -> None:
    lines = printed(faces.policy_changed()).splitlines()

    first = lines.index("Policy changes, in force after merge")
    assert lines[first + 1] == "  - evalci.yaml: gate.default.max_drop.pp 5 → 50"
    assert lines.index("What changed since the baseline (0123456)") < first
