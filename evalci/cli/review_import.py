"""Does what `evalci review import` asks for: reads reviews, compares them, calibrates the judge."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from evalci.cli.calibration import write_calibration
from evalci.cli.review_files import REVIEWS, find_key, keep_labels, read_labels
from evalci.cli.show import print_text, say
from evalci.cli.workspace import Workspace, open_workspace
from evalci.core.answered import labelled, scales_in
from evalci.core.calibration import Calibration, calibrated, calibration_json
from evalci.core.json_value import JsonObject
from evalci.core.rating import pairs_of
from evalci.core.review_key import ReviewKey
from evalci.core.reviewed import Reviewed, reviewed
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
) -> tuple[Calibration, str] | None:
    """Write how the judge agrees with the reviewers, where both scored the same."""
    pairs = pairs_of(key.judged, found.ratings, scales_in(key.items))
    if not pairs:
        return None
    made = calibrated(
        pairs,
        golden_set=key.golden_set,
        judge=(key.judge, key.judged[0].rater),
        against=counted(len(found.reviewers), "reviewer"),
    )
    return write_calibration(workspace, made)
