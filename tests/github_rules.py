"""The documented rules by which GitHub refuses the body of a request."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

MAX_BODY = 65_536
MAX_ANNOTATIONS = 50
CONCLUSIONS = {
    *("action_required", "cancelled", "failure", "neutral", "success", "skipped", "timed_out"),
}
LEVELS = {"notice", "warning", "failure"}


class Refusal(Exception):  # an answer, not an error of ours
    """An answer other than success."""

    def __init__(self, status: int, message: str, *details: Mapping[str, str]) -> None:
        """``details`` are GitHub's `errors`."""
        super().__init__(message)
        self.status = status
        self.body: dict[str, Any] = {"message": message, "documentation_url": "https://docs"}
        if details:
            self.body["errors"] = list(details)


def title(text: Any) -> str:
    """Return a title; refuse what is none."""
    if not isinstance(text, str) or not text.strip() or len(text) > 256:
        raise invalid("title", "title is missing or over 256 characters")
    return text


def invalid(field_: str, message: str) -> Refusal:
    """Return a 422 about one field."""
    detail = {"resource": "Request", "code": "invalid", "field": field_, "message": message}
    return Refusal(422, "Validation Failed", detail)


def require(body: Mapping[str, Any], names: Iterable[str]) -> None:
    """Refuse a body that lacks one of some fields."""
    for name in names:
        if name not in body:
            raise invalid(name, f"`{name}` wasn't supplied")


def known(body: Mapping[str, Any], names: set[str]) -> None:
    """Refuse fields that the documentation does not have: GitHub itself ignores some of them."""
    for name in body:
        if name not in names:
            raise invalid(name, f"`{name}` is not a permitted key")


def comment_body(body: Any) -> str:
    """Return the text of a comment; refuse what is none."""
    if not isinstance(body, str) or not body.strip():
        raise invalid("body", "Body can't be blank")
    if len(body) > MAX_BODY:
        raise invalid("body", f"Body is too long (maximum is {MAX_BODY} characters)")
    return body


def check_fields(body: Mapping[str, Any]) -> None:
    """Refuse a check run that GitHub would not take."""
    status, conclusion = body.get("status"), body.get("conclusion")
    if status not in {None, "queued", "in_progress", "completed"}:
        raise invalid("status", f"{status} is not a status")
    if conclusion is not None and conclusion not in CONCLUSIONS:
        raise invalid("conclusion", f"{conclusion} is not a conclusion")
    if status == "completed" and conclusion is None:
        raise invalid("conclusion", "conclusion is required when status is completed")
    url = body.get("details_url")
    if url is not None and not re.match(r"https?://", url):
        raise invalid("details_url", "details_url must use http or https")
    if "output" in body:
        _check_output(body["output"])


def _check_output(output: Mapping[str, Any]) -> None:
    require(output, ("title", "summary"))
    known(output, {"title", "summary", "text", "annotations", "images"})
    if not output["title"]:
        raise invalid("output.title", "title can't be blank")
    for name in ("summary", "text"):
        if len(output.get(name, "")) > MAX_BODY - 1:
            raise invalid(f"output.{name}", f"{name} is too long")
    annotations = output.get("annotations", [])
    if len(annotations) > MAX_ANNOTATIONS:
        raise invalid("output.annotations", "no more than 50 items are allowed")
    for annotation in annotations:
        _check_annotation(annotation)


def _check_annotation(annotation: Mapping[str, Any]) -> None:
    names = ("path", "start_line", "end_line", "annotation_level", "message")
    require(annotation, names)
    known(annotation, {*names, "start_column", "end_column", "title", "raw_details"})
    if annotation["annotation_level"] not in LEVELS:
        raise invalid("annotation_level", "annotation_level is unknown")
    if not 1 <= annotation["start_line"] <= annotation["end_line"]:
        raise invalid("end_line", "end_line is before start_line")
    if annotation["path"].startswith(("/", "./")):
        raise invalid("path", "path is not relative to the repository")
    if len(annotation["message"].encode()) > 64 * 1024 or not annotation["message"]:
        raise invalid("message", "message is empty or over 64 KB")
    if len(annotation.get("title", "")) > 255:
        raise invalid("title", "title is over 255 characters")
