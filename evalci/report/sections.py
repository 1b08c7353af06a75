"""The sections that one publisher has to say: one for each run, one for each failure."""

from collections.abc import Sequence
from dataclasses import replace

from evalci.core.gate import decide
from evalci.core.hashes import short
from evalci.core.json_value import encodable
from evalci.core.names import name_in
from evalci.core.publication import Failure, Origin
from evalci.core.run import Run
from evalci.core.verdict import Outcome, Verdict
from evalci.core.withheld import without_texts
from evalci.report.delimiters import MAX_LINE, Section, safe_url, safe_word, section_key
from evalci.report.escape import mark_code, markdown, unmarked
from evalci.report.failures import ICON, failure_error, failure_proceed, failure_title
from evalci.report.markdown import LIMIT, rungs
from evalci.report.overrides import comment_words
from evalci.report.view import ReportView, build_view

MAX_PLAIN = 150


def build_sections(
    runs: Sequence[Run],
    failures: Sequence[Failure],
    origin: Origin,
    *,
    max_examples: int,
    private: bool = False,
) -> tuple[Section, ...]:
    """Return the sections of one publisher; ``private`` leaves out prompts and answers."""
    measured = [_of_run(run, origin, max_examples=max_examples, private=private) for run in runs]
    return (*measured, *(_of_failure(failure, origin) for failure in failures))


def published_view(
    run: Run, verdict: Verdict, *, max_examples: int, private: bool = False
) -> ReportView:
    """Return the view of a run as GitHub may show it."""
    shown = without_texts(run) if private else run
    return build_view(shown, verdict, max_examples=max_examples)


def _of_run(run: Run, origin: Origin, *, max_examples: int, private: bool) -> Section:
    verdict = decide(run)
    view = published_view(run, verdict, max_examples=max_examples, private=private)
    if verdict.blocking and origin.event == "pull_request":
        ready = comment_words(verdict, origin.head, run.folder)
        view = replace(view, proceed=f"{view.proceed}{ready}")
    text, *shorter = (encodable(body.strip("\n")) for body in rungs(view) if len(body) <= LIMIT)
    return replace(
        _blank(name_in(run.folder, f"{run.golden_set.name}.{run.model.name}"), origin),
        icon=view.icon,
        title=_line(view.title.removeprefix(f"{view.icon} evalci: ")),
        quiet=_quiet(view, verdict),
        text=text,
        proceed=_line(view.proceed),
        shorter=tuple(dict.fromkeys(shorter)),
    )


def _blank(key: str, origin: Origin) -> Section:
    """Return a section that says where it is from, and nothing yet."""
    return Section(
        key=section_key(key),
        head=safe_word(origin.head),
        run_id=origin.run_id,
        attempt=origin.attempt,
        run_url=safe_url(origin.run_url),
        event=safe_word(origin.event),
        icon=ICON,
        title="",
        quiet=False,
        text="",
    )


def _quiet(view: ReportView, verdict: Verdict) -> bool:
    """Tell whether nothing changed: neither what is measured, nor the policy, nor a score."""
    return (
        verdict.outcome is Outcome.UNCHANGED
        and not verdict.blocking
        and not view.changes
        and not view.policy_changes
    )


def _of_failure(failure: Failure, origin: Origin) -> Section:
    blank = _blank(failure.key, origin)
    return replace(
        blank,
        title=failure_title(failure),
        text="\n".join(_failure_lines(failure, origin, blank.run_url)),
        proceed=failure_proceed(failure),
    )


def _failure_lines(failure: Failure, origin: Origin, url: str) -> list[str]:
    name = "the whole check"
    if failure.golden_set:
        known = name_in(failure.folder, failure.golden_set)
        name = f"{mark_code(known)} with {mark_code(failure.model)}"
    where = f" for {mark_code(short(origin.head))}" if origin.head else ""
    code = "killed" if failure.exit_code is None else f"exit code {failure.exit_code}"
    log = f" · [log of the workflow run]({url})" if url else ""
    error = failure_error(failure)
    return [
        "> [!WARNING]",
        f"> **There is no verdict of {markdown(name + where)}.**",
        "",
        *([error, ""] if error else []),
        f"**To proceed**: {failure_proceed(failure)}.",
        "",
        f"<sub>{code}{log}</sub>",
    ]


def _line(text: str) -> str:
    """Return a string of a view as Markdown; as one short piece of code where it is too long."""
    full = encodable(markdown(text))
    return (
        full if len(full) <= MAX_LINE else encodable(markdown(mark_code(unmarked(text), MAX_PLAIN)))
    )
