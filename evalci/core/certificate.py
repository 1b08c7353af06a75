"""The false-alarm certificate: how often a gate fails on its golden set when nothing changed."""

import hashlib
import json
from dataclasses import asdict, dataclass
from enum import StrEnum

from evalci.core.baseline import Baseline
from evalci.core.document import Document
from evalci.core.json_value import as_object, integer, number
from evalci.core.policy import GatePolicy, Mode
from evalci.core.problem import Problem, raise_problems
from evalci.core.stats.intervals import Interval, wilson_interval

FORMAT = 1


class Source(StrEnum):
    """Where the trials of a certificate's runs come from."""

    RESAMPLED = "resampled"
    LIVE = "live"


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """``red`` of ``runs`` failed although nothing changed; ``undecided`` stayed open.

    ``key`` names the baseline's scores and the gate that it is about, see `certificate_key`.
    """

    golden_set: str
    model: str
    mode: Mode
    source: Source
    runs: int
    red: int
    undecided: int
    calls_per_case: float
    key: str
    format: int = FORMAT

    @property
    def rate(self) -> float:
        """Return the share of runs that failed."""
        return self.red / self.runs

    @property
    def interval(self) -> Interval:
        """Return Wilson's 95 % interval of the rate."""
        return _interval(self.red, self.runs)


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRef:
    """The false-alarm certificate in force: ``red`` of ``runs`` failed with nothing changed.

    ``live`` runs asked a model, others were drawn from recorded trials; a ``stale`` certificate is
    about other scores or another gate than those in force.
    """

    runs: int
    red: int
    live: bool = False
    stale: bool = False


def certificate_path(folder: str, golden_set: str, model: str) -> str:
    """Return where a certificate lies: beside the baseline that it is about."""
    return f"{folder}/{golden_set}.{model}.certificate.json"


def certificate_key(baseline: Baseline, policy: GatePolicy) -> str:
    """Return a name for the scores of a baseline and the gate over them."""
    cases = [f"{c.id}:{c.hashes.content}:{[t.score for t in c.trials]}" for c in baseline.cases]
    return hashlib.sha256("\n".join([repr(policy), *cases]).encode()).hexdigest()[:16]


def certificate_text(certificate: Certificate) -> str:
    """Return the file of a certificate: the same bytes on every machine."""
    data = asdict(certificate) | {"calls_per_case": round(certificate.calls_per_case, 6)}
    return json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def parse_certificate(document: Document) -> Certificate:
    """Return the certificate in a file; BadInputError for anything else."""
    raise_problems(document.check("certificate"))
    data = as_object(document.data)
    found = Certificate(
        golden_set=str(data["golden_set"]),
        model=str(data["model"]),
        mode=Mode(str(data["mode"])),
        source=Source(str(data["source"])),
        runs=integer(data["runs"], 1),
        red=integer(data["red"], 0),
        undecided=integer(data["undecided"], 0),
        calls_per_case=number(data["calls_per_case"], 0.0),
        key=str(data["key"]),
    )
    if found.red + found.undecided > found.runs:
        message = "more runs failed or stayed undecided than there were"
        raise_problems([Problem(source=document.source, message=message, hint=_AGAIN)])
    return found


_AGAIN = "write it again with `evalci stats aa`"


def quoted(certificate: Certificate, *, key: str, mode: Mode) -> CertificateRef | None:
    """Return what a run keeps of a certificate, None of one about another mode's rule."""
    return reference(certificate, key=key) if certificate.mode is mode else None


def reference(certificate: Certificate, *, key: str) -> CertificateRef:
    """Return a certificate as a run keeps it; ``key`` is the one of the scores in force."""
    return CertificateRef(
        runs=certificate.runs,
        red=certificate.red,
        live=certificate.source is Source.LIVE,
        stale=key != certificate.key,
    )


def sentence(certificate: CertificateRef, mode: Mode) -> str:
    """Return what the footer of a report says; it owns up to a stale certificate.

    In `threshold` mode it is the line that says how often this rule is wrong here.
    """
    red = min(certificate.red, certificate.runs)
    found = _interval(red, certificate.runs)
    source = "runs from live trials" if certificate.live else "simulated runs"
    rate = f"{_percent(red / certificate.runs)} % of {certificate.runs:,} {source}"
    bounds = f"95 %: {_percent(found.low)}–{_percent(found.high)} %"
    if mode is Mode.THRESHOLD:
        text = f"how often this rule is wrong here: red in {rate} with nothing changed ({bounds})"
    else:
        text = f"false alarms of this gate here: {rate} with nothing changed ({bounds})"
    if certificate.stale:
        return f"{text}; baseline or gate changed since, evalci stats aa renews it"
    return text


def _interval(red: int, runs: int) -> Interval:
    found = wilson_interval(red, runs)
    assert found is not None  # noqa: S101  # there is at least one run
    return found


def _percent(share: float) -> str:
    """Return a percentage with the digits that a reader can use."""
    value = round(100 * share, 1)
    return f"{value:.1f}" if 0 < value < 10 else f"{value:.0f}"
