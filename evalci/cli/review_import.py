"""Does what `evalci review import` asks for: reads reviews, compares them, calibrates the judge."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from evalci.cli.calibration import write_calibration
from evalci.cli.review_files import REVIEWS, find_key, keep_labels, read_labels, reviewed_samples
from evalci.cli.show import print_text, say
from evalci.cli.workspace import Workspace, open_workspace
from evalci.core.answered import labelled, scales_in
from evalci.core.calibration import Calibration, JudgeFacts, calibrated, calibration_json
from evalci.core.json_value import JsonObject
from evalci.core.rating import Rating, pairs_of, raters_of
from evalci.core.review_key import ReviewKey
from evalci.core.reviewed import Reviewed, reviewed
from evalci.core.stats.agreement import Pair
from evalci.report.calibrations import calibration_lines
from evalci.report.escape import counted
from evalci.report.reviews import review_json, review_lines


def import_reviews(config_path: Path | None, places: Sequence[Path], *, as_json: bool) -> None:
    """Keep the reviews of one sample, say how they agree, and calibrate the judge with them."""
    workspace = open_workspace(config_path)
    clean = workspace.redactor.text
    read = [label for place in places for label in read_labels(place)]
    labels = [replace(label, note=clean(label.note)) for label in read]
    key, folder = find_key(workspace, labels)
    labelled(labels, key.items)  # a wrong score is found before anything is kept
    kept = keep_labels(folder, labels, key)
    scales = scales_in(key.items)
    found = reviewed(labelled(read_labels(kept), key.items).ratings, scales)
    calibration = _calibration(workspace, key, found)
    if as_json:
        data: JsonObject = {
            "format": 1,
            "review": review_json(found),
            "calibration": calibration and calibration_json(calibration[0]),
        }
        text = json.dumps(workspace.redactor.json(data), indent=1, ensure_ascii=False)
        print_text(workspace.redactor, f"{text}\n")
        return
    say("\n".join(review_lines(found, f"{REVIEWS}/{folder.name}/{kept.name}")))
    if calibration is not None:
        say("\n".join(calibration_lines(*calibration)))


def _calibration(
    workspace: Workspace, key: ReviewKey, found: Reviewed
) -> tuple[Calibration, str, Calibration | None] | None:
    """Write how the judge agrees with the reviewers, where both scored the same.

    Earlier samples that the same judge scored by the same rubrics count as well.
    """
    if not pairs_of(key.judged, found.ratings, scales_in(key.items)):
        return None
    pairs: dict[str, tuple[Pair, ...]] = {}
    reviewers: set[str] = set()
    stratified = False
    for one, ratings in _alike(workspace, key):
        stratified = stratified or len(one.items) < one.available
        for criterion, more in pairs_of(one.judged, ratings, scales_in(one.items)).items():
            pairs[criterion] = pairs.get(criterion, ()) + more
        reviewers.update(raters_of(ratings))
    made = calibrated(
        pairs,
        golden_set=key.golden_set,
        judge=JudgeFacts(
            name=key.judge, id=key.judged[0].rater, rubrics=key.rubrics, resolved=key.resolved
        ),
        against=counted(len(reviewers), "reviewer"),
    )
    return write_calibration(workspace, replace(made, stratified=stratified))


def _alike(workspace: Workspace, key: ReviewKey) -> Iterator[tuple[ReviewKey, tuple[Rating, ...]]]:
    """Yield every reviewed sample that the judge of a key scored as it did there."""
    for other, place in reviewed_samples(workspace):
        if other.judged and _asked(other) == _asked(key):
            yield other, labelled(read_labels(place), other.items).ratings


def _asked(key: ReviewKey) -> tuple[object, ...]:
    """Return what two samples share whose reviews may be taken together."""
    rater = key.judged[0].rater if key.judged else ""
    return key.golden_set, key.judge, rater, key.rubrics, key.resolved
