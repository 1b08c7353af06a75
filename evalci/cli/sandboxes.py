"""Opens the sandbox for a measurement that runs code, and none for one that does not."""

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache

import click

from evalci.core.case_set import CaseSet
from evalci.core.golden_set import Case
from evalci.core.ports import Sandbox
from evalci.core.run import Run
from evalci.core.sandbox import DEFAULT_IMAGE, LOCAL, Engine, SandboxPolicy
from evalci.errors import BadInputError, SandboxError
from evalci.project import Project, sandbox_images


def identity_in(policy: SandboxPolicy) -> Callable[[str], str]:
    """Return what tells an image's identity: the engine, or the policy where none answers."""

    @cache
    def identity(image: str) -> str:
        from evalci.edges.sandbox import declared_identity, open_sandbox

        try:
            sandbox = open_sandbox(policy)
        except SandboxError:
            return declared_identity(policy, image)
        try:
            return sandbox.identity(image)
        finally:
            sandbox.close()

    return identity


def harness_in(policy: SandboxPolicy) -> Callable[[str], str]:
    """Return what tells in what an answer is run, and by what: an image, and our code inside."""
    image_identity = identity_in(policy)

    def identity(image: str) -> str:
        from evalci.edges.sandbox import code_identity

        return f"{image_identity(image)}, code {code_identity()}"

    return identity


def with_sandbox(started: Run, project: Project, policy: SandboxPolicy) -> Run:
    """Return a run that says what its code answers run in, so that every report can."""
    chosen = {case.id for case in started.cases}
    cases = [item.case for item in project.prepared if item.case.id in chosen]
    images = sorted(sandbox_images(cases))
    if not images:
        return started
    names = "; ".join(map(identity_in(policy), images))
    word = names if policy.engine is Engine.LOCAL else f"docker: {names}"
    return replace(started, provenance=replace(started.provenance, sandbox=word))


def why_not_built(policy: SandboxPolicy, sets: Iterable[CaseSet]) -> str:
    """Return why golden sets need no default image that is not there, empty when they need it."""
    images = sandbox_images(case for found in sets for case in found.cases)
    if DEFAULT_IMAGE not in images:
        return "no golden set runs code in the default image"
    if policy.engine is Engine.LOCAL:
        return "the sandbox is local"
    if policy.image != DEFAULT_IMAGE:
        return f"`sandbox.image` is {policy.image}"
    from evalci.edges.sandbox import default_image

    made = default_image()
    return f"the engine has {made}" if made else ""


def refuse_unisolated(policy: SandboxPolicy, cases: Iterable[Case]) -> None:
    """Raise BadInputError where code that somebody else's text brings about could read the keys."""
    if policy.engine is Engine.LOCAL and sandbox_images(cases):
        raise BadInputError(
            "a case runs code, and `sandbox: {engine: local}` runs it beside the keys",
            hint="choose docker: text of others may make a model write anything",
        )


@contextmanager
def sandbox_for(policy: SandboxPolicy, project: Project, started: Run) -> Iterator[Sandbox | None]:
    """Yield a sandbox with every image that a run's due cases need; SandboxError without one.

    Nothing is asked of a model before this has succeeded.
    """
    due = {case.id for case in started.cases if case.planned > len(case.trials)}
    images = sandbox_images(item.case for item in project.prepared if item.case.id in due)
    with opened(policy, images) as sandbox:
        yield sandbox


@contextmanager
def opened(policy: SandboxPolicy, images: Collection[str]) -> Iterator[Sandbox | None]:
    """Yield a sandbox that has some images, none when there are none."""
    if not images:
        yield None
        return
    from evalci.edges.sandbox import open_sandbox

    if policy.engine is Engine.LOCAL:
        click.echo(f"evalci: sandbox {LOCAL}", err=True)
    sandbox = open_sandbox(policy)
    try:
        for image in sorted(images):
            sandbox.require(image, lambda line: click.echo(f"evalci: {line}", err=True))
        yield sandbox
    finally:
        sandbox.close()
