"""Pull requests without keys: why nobody may be asked there, and the base's recorded answers."""

from evalci.cli.workspace import Workspace
from evalci.core.model_config import ModelConfig
from evalci.core.proposal import FORK
from evalci.core.trial import Output
from evalci.edges.environment import unset_secret
from evalci.edges.llm.recordings import read_recordings
from evalci.errors import NobodyAnswersError


def shut_out(workspace: Workspace, model: ModelConfig) -> str:
    """Return why a model is not asked in this job whatever it holds, empty where it may be.

    A fork's prompts and its own pipeline never meet a key, also where a repository hands its
    secrets to forks. The rule-based stand-in needs none.
    """
    return FORK if workspace.trigger.foreign and not model.scripted else ""


def require_secrets(model: ModelConfig) -> None:
    """Raise NobodyAnswersError when a secret that the user's own pipeline names is not set."""
    name = unset_secret(model.env)
    if name:
        message = f"model `{model.name}` needs the environment variable {name}"
        raise NobodyAnswersError(message, hint="set it, or take it out of `env`", variable=name)


def missing_secret(workspace: Workspace, model: ModelConfig, exc: NobodyAnswersError) -> str:
    """Return what this pull request lacks, empty where the lack is an error.

    It is one where the change itself asks for another key than its base: otherwise an edit of one
    word would take a check out of the way.
    """
    if workspace.trigger.event != "pull_request" or not exc.variable:
        return ""
    base = workspace.policy.base_config
    before = base.models.get(model.name) if base else None
    same = before is not None and _asks_as(before) == _asks_as(model)
    return f"{exc.variable} is not set" if same or base is None else ""


def _asks_as(model: ModelConfig) -> tuple[str, str | None, tuple[str, ...]]:
    return model.id, model.api_key_env, model.env


def base_recordings(workspace: Workspace, path: str) -> dict[tuple[str, int], Output]:
    """Return the recordings that the base has at a path, none where it has no such file."""
    files = workspace.policy.files
    text = files.text(path) if files else None
    return read_recordings(text, path) if text else {}
