"""`/evalci run` and `rerun`: a pull request's text as data over the code of the default branch."""

import posixpath
from collections.abc import Iterable
from pathlib import PurePosixPath

from evalci.cli.commanded import Deed, Order
from evalci.cli.workspace import Workspace
from evalci.core.head_text import Proposal, Reach, Tree, proposal
from evalci.core.prompt import load_prompt, prompts_used
from evalci.edges.files import CONFIG_PLACES, RepoFiles
from evalci.edges.git import top_level
from evalci.edges.github.conversation import Conversation
from evalci.edges.github.head_tree import HeadTree
from evalci.errors import BadInputError
from evalci.project import foreign_code
from evalci.report import replies

OVERRIDES = "overrides"


def obey_run(order: Order) -> Deed:
    """List the text that would be taken over; with the digest of that list, lay it over the base.

    Nothing of a pull request is checked out, and nothing is rendered or asked here: the next step
    does that, with the keys and without the token.
    """
    head, workspace = order.now.head, order.workspace
    tree = order.github.head_tree(head)
    found = _proposal(order, tree, reach_of(workspace))
    if not found.changes:
        return Deed(reply=replies.nothing_to_run(head))
    if not order.command.digest:
        return Deed(reply=replies.listed(found, head))
    if order.command.digest != found.digest(head):
        hint = f"`/evalci run {head}` lists it again"
        raise BadInputError("the text is another one than that of the digest", hint=hint)
    _lay_over(workspace, found, tree)
    return Deed(measure=True, publish=True)


def obey_rerun(order: Order, talk: Conversation) -> Deed:
    """Start the check of the head again, with the rights that it had."""
    run = order.github.artifacts.newest_finished(order.now.head)
    if run is None:
        hint = "it may still be going on; its page on GitHub has a button, too"
        raise BadInputError("no finished check of this head is known", hint=hint)
    talk.rerun(run.id)
    return Deed(reply=replies.rerun(_url(order.github.event.origin.run_url, run.id)))


def _url(own: str, run_id: int) -> str:
    return f"{own.rpartition('/')[0]}/{run_id}" if own else str(run_id)


def reach_of(workspace: Workspace) -> Reach:
    """Return where text may be taken from, as the base's config and cases say.

    Paths are seen from the top of the repository.
    """
    sets, files = workspace.case_sets(), workspace.edges.files
    used = prompts_used([case for found in sets for case in found.cases])
    prompts = [load_prompt(path, files) for path in used]
    known = {*used, *(include.path for prompt in prompts for include in prompt.includes)}
    config = workspace.config
    never = {*CONFIG_PLACES, config.source, config.baseline.dir, OVERRIDES, *config.inputs_hashed}
    return Reach(
        golden_sets=_seen(workspace, config.golden_sets),
        prompts=_seen(workspace, known),
        never=_seen(workspace, never),
    )


def _proposal(order: Order, tree: HeadTree, reach: Reach) -> Proposal:
    history = order.workspace.edges.history
    tip = order.github.event.sha
    fork_point = tree.fork_point(tip)
    before, now = history.tree(fork_point), history.tree(tip)
    if before is None or now is None:
        hint = "set `fetch-depth: 0` in actions/checkout"
        raise BadInputError("the history of the default branch was not fetched", hint=hint)
    head: Tree = tree.files(reach.folders)
    return proposal(head, before, now, reach)


def _lay_over(workspace: Workspace, found: Proposal, tree: HeadTree) -> None:
    """Write the text once all of it is read; refuse what would bring code into the sandbox."""
    before = workspace.case_sets()
    texts = {c.path: tree.text(c.id, c.path) if c.id else None for c in found.changes}
    base = workspace.edges.files.base
    top = (top_level(base) or base).resolve()
    files = RepoFiles(base=top, border=top, parse=workspace.edges.files.parse)
    for path in texts:
        # The base may have a link where the head has a folder: what it leads to is not in reach.
        if files.inside(path) != top / PurePosixPath(path):
            raise BadInputError(f"`{path}` lies behind a symlink of the default branch")
    for path, text in texts.items():
        if text is None:
            files.inside(path).unlink(missing_ok=True)
        else:
            files.write(path, text)
    foreign = foreign_code(
        [case for found in workspace.case_sets() for case in found.cases],
        known=[case for found in before for case in found.cases],
    )
    if foreign:
        name, case = foreign
        raise BadInputError(
            f"case `{case}` wants the scorer `{name}` to run what no case of the default branch has"
        )


def _seen(workspace: Workspace, paths: Iterable[str]) -> tuple[str, ...]:
    """Return paths of the config's folder as they are seen from the top of the repository."""
    folder = workspace.edges.history.folder()
    return tuple(sorted({posixpath.normpath(posixpath.join(folder, path)) for path in paths}))
