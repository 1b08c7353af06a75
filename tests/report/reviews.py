"""A sample for reviewers, as its page and its sheet show it."""

from dataclasses import replace
from typing import Any

from evalci.core.answered import Answered
from evalci.core.criterion import Criterion, Level
from evalci.core.judge_question import Material
from evalci.core.review_sample import Candidate, Sample, Stratum

COMPLETE = Criterion(
    id="complete",
    text="Everything that the task asks for is there, and works for the inputs that it names.",
    weight=3,
    levels=(
        Level(score=0, means="the main request is missing", example="only a data model is given"),
        Level(score=1, means="a stated requirement is missing"),
        Level(score=2, means="every stated requirement is met", example="all of it, as asked"),
    ),
)
PLAIN = Criterion(id="plain", text="Nothing is there that was not asked for.")
CODE = '''\
def parse_port(text: str) -> int:
    """Return a port number; ValueError for anything else."""
    port = int(text)
    if not 0 < port < 65536:
        raise ValueError(f"{port} is no port; use a number from 1 to 65535, such as 8080 or 443")
    return port
'''
TASK = "code:\ndef parse_port(text):\n    return int(text)\n\nMake it refuse what is no port."


def make_candidate(name: str = "a1", **changes: Any) -> Candidate:
    """Return an answer to be reviewed; changes of `Material` are given by name, too."""
    material = Material(task=TASK, reference="Refuse 0 and 65536.", answer=CODE)
    parts = {key: changes.pop(key) for key in ("task", "reference", "answer") if key in changes}
    candidate = Candidate(
        answered=Answered(
            case=f"secret-{name}",
            trial=0,
            answer=f"hash-{name}",
            criteria=(COMPLETE, PLAIN),
            item=name,
        ),
        material=replace(material, **parts),
        stratum=Stratum.MIDDLE,
        seconds=90.0,
    )
    return replace(candidate, **changes)


def make_sample(*candidates: Candidate) -> Sample:
    """Return a sample of some answers, by default of three."""
    chosen = candidates or (
        make_candidate("a1"),
        make_candidate("a2", answer="I would write `int(text)`.", reference="", task=TASK * 20),
        make_candidate("a3", answer="\n".join(f"line {n} of a long answer" for n in range(90))),
    )
    return Sample(id="0123abcd", candidates=chosen, available=9)
