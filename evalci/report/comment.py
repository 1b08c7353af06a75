"""The one comment of a pull request: a section for each golden set and model, merged and sized."""

from collections.abc import Sequence
from dataclasses import dataclass

from evalci.core.gate import decide
from evalci.core.publication import Failure, Origin
from evalci.core.run import Run
from evalci.report.markdown import render_markdown
from evalci.report.view import build_view


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What the comment says of one golden set with one model; ``title`` and ``text`` are Markdown.

    ``key`` is `<golden set>.<model>`, empty for the whole command. ``quiet`` says that nothing
    changed and there is nothing to say. ``shorter`` are the same text with ever less in it.
    """

    key: str
    head: str
    run_id: int
    attempt: int
    run_url: str
    event: str
    icon: str
    title: str
    quiet: bool
    text: str
    proceed: str = ""
    shorter: tuple[str, ...] = ()


def build_sections(
    runs: Sequence[Run],
    failures: Sequence[Failure],
    origin: Origin,
    *,
    max_examples: int,
    private: bool = False,
) -> tuple[Section, ...]:
    """Return the sections of one publisher; ``private`` leaves out prompts and answers."""
    del failures, private
    sections = []
    for run in runs:
        view = build_view(run, decide(run), max_examples=max_examples)
        sections.append(
            Section(
                key=f"{run.golden_set.name}.{run.model.name}",
                head=origin.head,
                run_id=origin.run_id,
                attempt=origin.attempt,
                run_url=origin.run_url,
                event=origin.event,
                icon=view.icon,
                title=view.title,
                quiet=False,
                text=render_markdown(view),
            )
        )
    return tuple(sections)


def merged_comment(bodies: Sequence[str], mine: Sequence[Section]) -> str:
    """Return the comment that says what ``bodies`` (every comment of ours) and ``mine`` say."""
    del bodies
    return "\n".join(section.text for section in mine)


def holds(body: str, mine: Sequence[Section]) -> bool:
    """Tell whether a comment has each section of mine, or a newer one of its key."""
    return all(section.text in body for section in mine)


def worth_a_comment(mine: Sequence[Section]) -> bool:
    """Tell whether any section has something to say."""
    return not all(section.quiet for section in mine)
