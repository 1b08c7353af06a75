"""Finds the false-alarm certificate that is in force, for the footer of a report."""

from evalci.cli.workspace import Workspace
from evalci.core.base_names import Names
from evalci.core.certificate import (
    CertificateRef,
    certificate_key,
    certificate_path,
    parse_certificate,
    quoted,
)
from evalci.edges.files import json_document
from evalci.errors import BadInputError


def certificate_in_force(workspace: Workspace, names: Names) -> CertificateRef | None:
    """Return the certificate of a golden set with a model, None without one that can be read.

    Certificate, baseline and gate are those in force: the base revision's where there is one. It
    decides nothing, so one that cannot be read stops nothing.
    """
    baseline = workspace.baseline_named(names)
    path = certificate_path(workspace.config.baseline.dir, names.golden_set, names.model)
    files = workspace.policy.files
    text = workspace.own_text(path) if files is None else files.text(path)
    if text is None or baseline is None:
        return None
    try:
        certificate = parse_certificate(json_document(text, path))
    except BadInputError:
        return None
    gate = workspace.config.gate
    return quoted(certificate, key=certificate_key(baseline, gate), mode=gate.mode)
