"""`/evalci run` and `rerun`: a pull request's text as data over the code of the default branch."""

from pathlib import PurePosixPath

from evalci.cli.commanded import Deed, Order
from evalci.cli.head import deciding, hand_over, over_base, seen
from evalci.cli.measured import Check, checks, no_run
from evalci.cli.sandboxes import refuse_unisolated
from evalci.cli.workspace import Workspace
from evalci.core.head_text import LaidOver, Proposal, Reach, Tree, proposal
from evalci.core.prompt import load_prompt, prompts_used
from evalci.edges.files import RepoFiles
from evalci.edges.git import top_level
from evalci.edges.github.artifacts import WorkflowRun
from evalci.edges.github.conversation import Conversation
from evalci.edges.github.head_tree import HeadTree
from evalci.errors import BadInputError
from evalci.project import foreign_code
from evalci.report import replies


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
        return Deed(reply=replies.listed(found, head, workspace.edges.history.folder()))
    if order.command.digest != found.digest(head):
        hint = f"`/evalci run {head}` lists it again"
        raise BadInputError("the text is another one than that of the digest", hint=hint)
    _lay_over(workspace, found, tree, head)
    return Deed(measure=True, publish=True)


def obey_rerun(order: Order, talk: Conversation) -> Deed:
    """Start the check of the head again, with the rights that it had."""
    run = _last_checked(order)
    talk.rerun(run.id)
    return Deed(reply=replies.rerun(_url(order.github.event.origin.run_url, run.id)))


def _last_checked(order: Order) -> WorkflowRun:
    """Return the newest finished run that measured this project.

    Without one it is the newest of which nobody knows what it measured: a crash, or a fork's job.
    """
    known: list[Check] = []
    folder = order.workspace.edges.history.folder()
    for check in checks(order, order.github.artifacts.finished(order.now.head)):
        if folder in check.folders:
            return check.run
        known.append(check)
    if not known:
        hint = "it may still be going on; its page on GitHub has a button, too"
        raise BadInputError("no finished check of this head is known", hint=hint)
    unknown = [check.run for check in known if not check.folders]
    if not unknown:
        raise no_run(order, known)
    return unknown[0]


def _url(own: str, run_id: int) -> str:
    return f"{own.rpartition('/')[0]}/{run_id}" if own else str(run_id)


def reach_of(workspace: Workspace) -> Reach:
    """Return where text may be taken from, as the base's config and cases say.

    Paths are seen from the top of the repository.
    """
    sets, files = workspace.case_sets(), workspace.edges.files
    refuse_unisolated(workspace.config.sandbox, [case for found in sets for case in found.cases])
    used = prompts_used([case for found in sets for case in found.cases])
    prompts = [load_prompt(path, files) for path in used]
    known = {*used, *(include.path for prompt in prompts for include in prompt.includes)}
    config = workspace.config
    return Reach(
        golden_sets=seen(workspace, config.golden_sets),
        prompts=seen(workspace, known),
        never=seen(workspace, deciding(config)),
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
    return proposal(head, before, now, reach, whole=tree.everything())


def _lay_over(workspace: Workspace, found: Proposal, tree: HeadTree, head: str) -> None:
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
    laid = LaidOver(head=head, taken=tuple(texts), left_out=found.left_out, complete=found.complete)
    hand_over(workspace, laid)
    cases = [case for each in over_base(workspace, laid).case_sets() for case in each.cases]
    refuse_unisolated(workspace.config.sandbox, cases)
    foreign = foreign_code(cases, known=[case for each in before for case in each.cases])
    if foreign:
        name, case = foreign
        raise BadInputError(
            f"case `{case}` wants the scorer `{name}` to run what no case of the default branch has"
        )
