"""The files of a review: labels that come back from people, and the key that stayed here."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from evalci.cli.workspace import Workspace
from evalci.core.answered import placed
from evalci.core.label import Label, labels_text, parse_labels
from evalci.core.review_key import ReviewKey, parse_key
from evalci.edges.files import json_document, write_text
from evalci.errors import BadInputError

REVIEWS = ".evalci/reviews"
KEY = "key.json"
LABELS = "labels.jsonl"
MAX_BYTES = 50_000_000


def read_labels(place: Path) -> tuple[Label, ...]:
    """Return the labels in a file anywhere on disk."""
    return parse_labels(_text(place), str(place))


def _text(place: Path) -> str:
    try:
        if place.stat().st_size > MAX_BYTES:
            raise BadInputError(f"{place} is larger than {MAX_BYTES // 1_000_000} MB")
        return place.read_text(encoding="utf-8-sig")
    except OSError as exc:
        raise BadInputError(f"cannot read {place}: {exc.strerror}") from None
    except UnicodeDecodeError:
        hint = "save it as CSV in UTF-8"
        raise BadInputError(f"{place}: not UTF-8 text", hint=hint) from None


def find_key(workspace: Workspace, labels: Sequence[Label]) -> tuple[ReviewKey, Path]:
    """Return the key of the sample that labels are about, and its folder."""
    samples = sorted({label.sample for label in labels})
    if len(samples) > 1:
        raise BadInputError("the files are about several samples", hint="import one after another")
    sample = samples[0]
    source = labels[0].source
    if re.fullmatch("[0-9a-f]{8}", sample, re.ASCII) is None:
        message = f"{source}: the column `sample` names none"
        raise BadInputError(message, hint="import what `evalci review sample` sent out")
    found = sorted(workspace.edges.files.inside(REVIEWS).glob(f"*.{sample}/{KEY}"))
    if not found:
        message = f"{source}: no key of sample `{sample}` in {REVIEWS}"
        raise BadInputError(message, hint="import where `evalci review sample` was run")
    return parse_key(json_document(_text(found[0]), str(found[0]))), found[0].parent


def reviewed_samples(workspace: Workspace) -> Iterator[tuple[ReviewKey, Path]]:
    """Yield the key of each sample that has reviews, with the file of its labels."""
    for place in sorted(workspace.edges.files.inside(REVIEWS).glob(f"*/{LABELS}")):
        key = place.with_name(KEY)
        yield parse_key(json_document(_text(key), str(key))), place


def keep_labels(folder: Path, labels: Sequence[Label], key: ReviewKey) -> Path:
    """Write labels beside the key, with those of other reviewers from before; return the file."""
    place = folder / LABELS
    now = {label.reviewer for label in labels}
    before = read_labels(place) if place.exists() else ()
    kept = [label for label in before if label.reviewer not in now]
    write_text(place, labels_text(placed([*kept, *labels], key.items)))
    return place
