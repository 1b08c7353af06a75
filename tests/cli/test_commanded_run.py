"""What `/evalci run` measures of a fork: what would be merged; what it leaves out is not green."""

import pytest

from evalci.cli import run_cli
from tests.cli.commands import PROMPT, Talk, confirmed, measured, ready_line
from tests.cli.desk import BROKEN, HARMLESS
from tests.cli.history import STRICT
from tests.cli.reading_desk import FACTS, READING, REPLY, RULES, desk_that_reads, talk

__all__ = ["desk_that_reads", "talk"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param(RULES, BROKEN, id="an include"),
        pytest.param(FACTS, "x = 2\n", id="a context file"),
        pytest.param("evalci.yaml", STRICT.replace("pp: 5", "pp: 100"), id="the config"),
        pytest.param("baselines/desk.main.json", "{}", id="the baseline"),
        pytest.param(".github/workflows/evalci.yml", "on: push\n", id="a workflow"),
    ],
)
def test_what_stays_the_base_s_is_named_and_not_green(talk: Talk, path: str, text: str) -> None:
    head = talk.propose({REPLY: HARMLESS, path: text})

    listed = talk.ask(f"/evalci run {head}")
    talk.ask(ready_line(listed))
    measured(talk, head)

    assert talk.job.checks == {"evalci / desk": "neutral"}
    assert path in listed
    assert f"not measured: {path}" in talk.job.comments[-1]


def test_what_the_cases_do_not_read_is_no_reason_for_doubt(talk: Talk) -> None:
    files = {REPLY: HARMLESS, "src/app.py": "x = 2\n", "README.md": "new\n", ".editorconfig": ""}
    head = talk.propose(files)

    confirmed(talk, head)
    measured(talk, head)

    assert talk.job.checks == {"evalci / desk": "success"}


def test_a_worse_prompt_still_fails_whatever_stays_the_base_s(talk: Talk) -> None:
    head = talk.propose({REPLY: BROKEN, RULES: BROKEN})

    confirmed(talk, head)
    measured(talk, head)

    assert talk.job.checks == {"evalci / desk": "failure"}
    assert RULES in talk.job.comments[-1]


def test_a_case_in_another_category_is_held_to_its_own(talk: Talk) -> None:
    cases = READING.replace("task_type: triage", "task_type: reply")
    manifest = 'version: "1.0"\nactive: 4\ncategories: {reply: 4}\n'
    head = talk.propose(
        {
            "golden/desk/cases.yaml": cases,
            "golden/desk/manifest.yaml": manifest,
            PROMPT: "Reply with exactly: {{ 'wrong' if q == 'shipping' else q }}\n",
        }
    )

    confirmed(talk, head)
    run = measured(talk, head)

    assert {case["id"]: case["category"] for case in run["cases"]}["triage-2"] == "triage"
    assert talk.job.checks == {"evalci / desk": "failure"}
    assert "category of triage-2" in talk.job.comments[-1]


def test_without_the_text_no_head_is_measured(
    talk: Talk, capsys: pytest.CaptureFixture[str]
) -> None:
    head = talk.propose({REPLY: HARMLESS})

    code = run_cli(["run", "--head", head])

    assert code == 3
    assert f"the text of `{head}` does not lie over this checkout" in capsys.readouterr().err
