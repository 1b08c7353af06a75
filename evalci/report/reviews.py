"""What came of a review, as lines for a terminal and as JSON."""

from math import ceil

from evalci.core.json_value import JsonObject
from evalci.core.review_sample import Sample, Stratum
from evalci.core.reviewed import MAX_DIFFERING, Reviewed
from evalci.report.escape import counted, one_line

MOST_DISPUTES = 20


def sample_line(sample: Sample, path: str) -> str:
    """Return what was drawn, and where it was written."""
    strata = [f"{sample.of(one)} {one.value}" for one in Stratum if sample.of(one)]
    size = f"{len(sample.candidates)} of {counted(sample.available, 'answer')}"
    time = counted(ceil(sample.minutes), "minute")
    return f"{path}: {size} ({', '.join(strata)}), about {time}"


def review_lines(found: Reviewed, path: str) -> list[str]:
    """Return who reviewed, how they agree, the cases on which they do not, and the file."""
    who = ", ".join(one_line(name, 40) for name in found.reviewers)
    lines = [f"{counted(len(found.ratings), 'score')} of {who}, kept in {path}"]
    agreement = found.agreement
    if agreement is None:
        return [*lines, "  no two reviewers scored the same answer: nothing to compare"]
    parts = [f"mean absolute difference {agreement.mad:.2f}"]
    if agreement.kappa is not None and agreement.weighted_kappa is not None:
        parts.append(f"kappa {agreement.kappa:.2f}, weighted {agreement.weighted_kappa:.2f}")
    lines.append(f"  reviewers compared on {counted(agreement.pairs, 'pair')}: {', '.join(parts)}")
    limit = f"more than {100 * MAX_DIFFERING:.0f} % of what they both scored"
    if not found.disputes:
        return [*lines, f"  no case on which they differ on {limit}"]
    shown = found.disputes[:MOST_DISPUTES]
    lines.append(f"  they differ on {limit} in {counted(len(found.disputes), 'case')}:")
    lines += [f"    {one_line(d.case)}: {d.differing} of {d.compared}" for d in shown]
    more = len(found.disputes) - len(shown)
    return lines + [f"    and {more} more"] * bool(more)


def review_json(found: Reviewed) -> JsonObject:
    """Return what came of a review for programs."""
    agreement = found.agreement
    return {
        "reviewers": list(found.reviewers),
        "scores": len(found.ratings),
        "compared": agreement.pairs if agreement else 0,
        "mad": agreement.mad if agreement else None,
        "kappa": agreement.kappa if agreement else None,
        "weighted_kappa": agreement.weighted_kappa if agreement else None,
        "disputes": [
            {"case": d.case, "differing": d.differing, "compared": d.compared}
            for d in found.disputes
        ],
    }
