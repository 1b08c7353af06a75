"""Forecasts what `evalci run` would do in each golden set that a selection touches."""

from collections.abc import Sequence
from dataclasses import replace

from evalci.cli.checks import touched_sets
from evalci.cli.paid import asked_models
from evalci.cli.session import Session, planned_run
from evalci.cli.workspace import Workspace
from evalci.core.base_names import base_names
from evalci.core.case_set import CaseSet
from evalci.core.forecast import Forecast, at_worst, forecast_of, with_budget
from evalci.core.model_config import ModelConfig
from evalci.edges import tariff_of
from evalci.edges.llm.budget import require_prices
from evalci.errors import BadInputError
from evalci.project import Project, judge_questions


def forecasts(
    workspace: Workspace, model: ModelConfig, session: Session, names: Sequence[str]
) -> list[Forecast]:
    """Return a forecast for each golden set with a selected case; no model is asked."""
    sets = touched_sets(workspace.case_sets(names), session.selection)
    return [_forecast(workspace, found, model, session) for found in sets]


def _forecast(
    workspace: Workspace, found: CaseSet, model: ModelConfig, session: Session
) -> Forecast:
    project, run = planned_run(workspace, found, model, session)
    forecast = forecast_of(
        run,
        workspace.baseline_named(base_names(workspace.policy, found, model)),
        concurrency=workspace.config.concurrency,
        questions=judge_questions(project),
    )
    forecast = with_budget(forecast, run.budget)
    if forecast.recorded or model.scripted:
        return forecast
    requests = {item.case.id: project.request(item, 0) for item in project.prepared}
    worst = at_worst(forecast.cases, requests, tariff_of(model))
    warnings = (*forecast.warnings, *_refusal(workspace, project))
    return replace(forecast, worst=worst, warnings=warnings)


def _refusal(workspace: Workspace, project: Project) -> tuple[str, ...]:
    """Return why a run would end before its first call, nothing where it would not."""
    paid = [model for model in asked_models(project) if not model.scripted]
    try:
        require_prices(paid, workspace.config.budget, tariff_of)
    except BadInputError as exc:
        return (f"`evalci run` would end at once: {exc}",)
    return ()
