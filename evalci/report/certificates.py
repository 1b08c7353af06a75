"""Certificates as lines for a terminal and as JSON, for `evalci stats aa`."""

from evalci.core.certificate import Certificate, reference, sentence
from evalci.core.json_value import JsonObject
from evalci.report.escape import one_line


def certificate_lines(certificate: Certificate, path: str, *, model: str) -> list[str]:
    """Return what a certificate of a model's id says, and where it was written."""
    open_share = 100 * certificate.undecided / certificate.runs
    what = f"{one_line(certificate.golden_set)} with {one_line(model)}"
    return [
        f"{what}, gate mode {certificate.mode.value}",
        f"  {sentence(reference(certificate, key=certificate.key), certificate.mode)}",
        f"  {open_share:.1f} % undecided, {certificate.calls_per_case:.1f} calls a case",
        f"  written to {path}; commit it",
    ]


def certificate_json(certificate: Certificate, *, model: str) -> JsonObject:
    """Return the certificate of a model's id for programs, with its rate and 95 % interval."""
    return {
        "golden_set": certificate.golden_set,
        "model": model,
        "mode": certificate.mode.value,
        "source": certificate.source.value,
        "runs": certificate.runs,
        "red": certificate.red,
        "undecided": certificate.undecided,
        "rate": certificate.rate,
        "low": certificate.interval.low,
        "high": certificate.interval.high,
        "calls_per_case": certificate.calls_per_case,
        "sentence": sentence(reference(certificate, key=certificate.key), certificate.mode),
    }
