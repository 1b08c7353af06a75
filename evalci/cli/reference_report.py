"""What `evalci golden check-references` prints, and when it fails."""

from collections.abc import Sequence

from evalci.case_sets import case_problems
from evalci.cli.sandboxes import opened
from evalci.cli.show import say
from evalci.cli.workspace import Workspace
from evalci.core.case_set import CaseSet
from evalci.core.problem import raise_problems
from evalci.errors import BadInputError
from evalci.project import sandbox_images
from evalci.references import ReferenceCheck, check_references


def report_references(workspace: Workspace, sets: Sequence[CaseSet], *, mutate: bool) -> None:
    """Check the references of golden sets; BadInputError when one fails its own tests."""
    failed = 0
    for found in sets:
        raise_problems(case_problems(found))
        images = sandbox_images(found.cases)
        with opened(workspace.config.sandbox, images) as sandbox:
            checks = check_references(found.cases, sandbox, mutate=mutate) if sandbox else []
        if not checks:
            say(f"{found.path}: no case has both code scorers and a reference")
        failed += _report(found.path, checks, mutate=mutate)
    if failed:
        raise BadInputError(f"{failed} references fail their own case", hint="see above")


def _report(path: str, checks: Sequence[ReferenceCheck], *, mutate: bool) -> int:
    bad = [check for check in checks if check.failed]
    for check in bad:
        say(f"{path}: {check.case}: {'; '.join(check.failed)}")
    if checks:
        say(f"{path}: {len(checks) - len(bad)} of {len(checks)} references pass")
    if mutate and checks:
        blind = [check for check in checks if check.cannot_fail]
        for check in blind:
            say(f"{path}: {check.case}: the tests notice none of {check.mistakes} mistakes")
        say(f"{path}: {len(blind)} of {len(checks)} cases cannot fail")
    return len(bad)
