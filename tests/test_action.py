"""The action, our workflows and those of the manual keep what the manual promises of them."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.manual import MANUAL, README, ROOT

TOOLS = Path(sys.executable).parent
ACTION = ROOT / "action.yml"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PLACEHOLDER = "FULL_COMMIT_SHA"
TEMPLATES = re.findall(r"^```yaml\n(name: .*?)^```", MANUAL, re.DOTALL | re.MULTILINE)
# Inputs that are no options of evalci: where they go instead.
ELSEWHERE = {
    "artifact": "name",
    "github-token": "GITHUB_TOKEN",
    "python-version": "python-version",
    "working-directory": "working-directory",
}
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def parsed(text: str) -> Any:
    """Return YAML, with `on` as a word."""
    return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  # it makes texts only


ACTION_YAML = parsed(ACTION.read_text(encoding="utf-8"))
STEPS = ACTION_YAML["runs"]["steps"]
INPUTS, OUTPUTS = list(ACTION_YAML["inputs"]), list(ACTION_YAML["outputs"])
WORKFLOW_TEXTS = {
    **{file.name: file.read_text(encoding="utf-8") for file in WORKFLOWS},
    **{f"manual {parsed(text)['name']}": text for text in TEMPLATES},
}
MANUAL_WORKFLOWS = {parsed(text)["name"]: parsed(text) for text in TEMPLATES}
TEXTS = {"action.yml": ACTION.read_text(encoding="utf-8"), **WORKFLOW_TEXTS}


def steps_of(name: str) -> list[dict[str, Any]]:
    """Return every step of a file."""
    if name == "action.yml":
        return list(STEPS)
    jobs = parsed(WORKFLOW_TEXTS[name])["jobs"].values()
    return [step for job in jobs for step in job["steps"]]


def scripts() -> Iterator[Any]:
    """Yield every `run:` of every file, as a test parameter."""
    for name in TEXTS:
        for index, step in enumerate(steps_of(name)):
            if "run" in step:
                yield pytest.param(step["run"], id=f"{name} {step.get('id', index)}")


every_file = pytest.mark.parametrize("name", sorted(TEXTS))
every_workflow = pytest.mark.parametrize("name", sorted(WORKFLOW_TEXTS))
every_script = pytest.mark.parametrize("script", list(scripts()))


def tool(*arguments: str, text: str = "") -> None:
    """Run a linter, which must find nothing."""
    done = subprocess.run(
        [str(TOOLS / arguments[0]), *arguments[1:]],
        input=text,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def written(name: str, tmp_path: Path) -> str:
    """Return the path of a file of ours, or of a template with a commit in its placeholder."""
    folder = tmp_path if name == "action.yml" else tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / (name if name.endswith(".yml") else "template.yml")
    place.write_text(TEXTS[name].replace(PLACEHOLDER, "0" * 40), encoding="utf-8")
    return str(place)


# What the action takes and gives


@pytest.mark.parametrize("name", [name for name in INPUTS if name not in ELSEWHERE])
def test_an_input_reaches_evalci_as_a_variable(name: str) -> None:
    variable = f"EVALCI_{name.upper().replace('-', '_')}"
    forwarded = [step["env"][variable] for step in STEPS if variable in step.get("env", {})]

    assert forwarded
    assert all(f"inputs.{name}" in value for value in forwarded)


@pytest.mark.parametrize(("name", "key"), sorted(ELSEWHERE.items()))
def test_an_input_for_the_runner_goes_where_it_belongs(name: str, key: str) -> None:
    places = [{**step, **step.get("env", {}), **step.get("with", {})} for step in STEPS]

    assert f"${{{{ inputs.{name} }}}}" in [place.get(key) for place in places]


def test_every_variable_of_a_step_is_an_option_of_evalci_or_of_the_step_itself() -> None:
    said = subprocess.run(
        [sys.executable, "-c", _OPTIONS], capture_output=True, check=True, encoding="utf-8"
    )
    known = {*json.loads(said.stdout), "EVALCI_CACHE"}

    names = {name for step in STEPS for name in step.get("env", {}) if name.startswith("EVALCI_")}

    assert names - known == set()


_OPTIONS = """\
import click, json
from evalci.cli.app import app
def variables(command, context):
    for name in getattr(command, "list_commands", lambda _: [])(context):
        yield from variables(command.get_command(context, name), context)
    yield from (p.envvar for p in command.params if p.envvar)
print(json.dumps(sorted(variables(app, click.Context(app)))))
"""


@pytest.mark.parametrize("name", INPUTS)
def test_the_readme_describes_an_input(name: str) -> None:
    assert re.search(rf"^\| `{name}` \| .* \| .* \|$", README, re.MULTILINE)


@pytest.mark.parametrize("name", OUTPUTS)
def test_the_readme_describes_an_output(name: str) -> None:
    assert re.search(rf"^\|[^|]*`{name}`[^|]* \| .* \|$", README, re.MULTILINE)


@pytest.mark.parametrize("name", OUTPUTS)
def test_an_output_is_what_publish_said(name: str) -> None:
    value = ACTION_YAML["outputs"][name]["value"]

    assert value == f"${{{{ steps.publish.outputs.{name} }}}}"


# Secrets


def test_only_who_talks_with_github_gets_the_token() -> None:
    asking = [step["id"] for step in STEPS if "token" in json.dumps(step).lower()]

    assert asking == ["command", "past", "publish", "history"]


@pytest.mark.parametrize("step", ["install", "command", "sandbox", "merge", "publish", "gate"])
def test_a_step_starts_evalci_under_its_own_name(step: str) -> None:
    (script,) = [each["run"] for each in STEPS if each.get("id") == step]

    assert f'/start.py" {step} ' in script


def test_the_history_is_kept_with_the_rights_of_publish() -> None:
    (script,) = [each["run"] for each in STEPS if each.get("id") == "history"]

    assert '/start.py" publish ' in script


@pytest.mark.parametrize("name", ["past", "history"])
def test_without_the_input_a_variable_of_the_job_says_where_the_history_is(name: str) -> None:
    (given,) = [each["env"] for each in STEPS if each.get("id") == name]

    assert given["EVALCI_HISTORY"] == "${{ inputs.history || env.EVALCI_HISTORY }}"


def test_the_action_can_reach_a_history_in_postgresql() -> None:
    lock = (ACTION.parent / ".github" / "requirements" / "action.txt").read_text(encoding="utf-8")

    assert re.search(r"^psycopg-binary==", lock, re.MULTILINE)


def test_model_keys_go_to_what_measures_and_to_nothing_else() -> None:
    measuring = [step["id"] for step in STEPS if '/start.py" run' in step.get("run", "")]

    assert measuring == ["run", "top-up"]


# Workflows


@every_script
def test_no_expression_stands_in_a_script(script: str) -> None:
    assert "${{" not in script


@every_script
def test_shellcheck_finds_nothing(script: str) -> None:
    tool("shellcheck", "--shell=bash", "-", text=script)


@every_file
def test_every_action_is_a_commit_with_its_version(name: str) -> None:
    text = TEXTS[name].replace(PLACEHOLDER, "0" * 40)
    used = re.findall(r"uses: (.*)$", text, re.MULTILINE)

    assert [use for use in used if not (PINNED.fullmatch(use) or use.startswith("./"))] == []


@every_workflow
def test_no_right_is_given_to_a_whole_workflow(name: str) -> None:
    assert parsed(WORKFLOW_TEXTS[name])["permissions"] == {}


@every_workflow
def test_every_job_names_its_rights(name: str) -> None:
    jobs = parsed(WORKFLOW_TEXTS[name])["jobs"]

    assert [job for job, content in jobs.items() if not content.get("permissions")] == []


@every_workflow
def test_runs_of_one_ref_do_not_race(name: str) -> None:
    assert set(parsed(WORKFLOW_TEXTS[name])["concurrency"]) == {"group", "cancel-in-progress"}


@every_workflow
def test_no_checkout_keeps_the_token(name: str) -> None:
    checkouts = [s for s in steps_of(name) if s.get("uses", "").startswith("actions/checkout@")]

    assert [s for s in checkouts if s["with"]["persist-credentials"] != "false"] == []


@pytest.mark.parametrize(
    "checkout",
    [
        pytest.param(before, id=name)
        for name in sorted(WORKFLOW_TEXTS)
        for before, step in pairwise(steps_of(name))
        if step.get("uses", "").startswith(("./", "evalci/evalci@"))
    ],
)
def test_evalci_gets_the_whole_history(checkout: dict[str, Any]) -> None:
    assert checkout["with"]["fetch-depth"] == "0"


@every_file
def test_zizmor_finds_nothing(name: str, written: str) -> None:
    persona = "regular" if name.startswith("manual") else "pedantic"

    tool("zizmor", "--offline", "--no-progress", f"--persona={persona}", written)


@every_file
def test_the_schema_of_github_accepts_it(name: str, written: str) -> None:
    kind = "actions" if name == "action.yml" else "workflows"

    tool("check-jsonschema", "--builtin-schema", f"vendor.github-{kind}", written)


def test_the_poster_hears_every_workflow_that_checks_forks() -> None:
    checks = [n for n, w in MANUAL_WORKFLOWS.items() if "pull_request" in w["on"]]

    heard = MANUAL_WORKFLOWS["evalci forks"]["on"]["workflow_run"]["workflows"]

    assert heard == checks == ["evalci", "evalci shards"]


def test_no_stranger_starts_the_job_that_obeys() -> None:
    condition = MANUAL_WORKFLOWS["evalci commands"]["jobs"]["obey"]["if"]

    assert (
        'contains(fromJSON(\'["OWNER", "MEMBER", "COLLABORATOR"]\'), '
        "github.event.comment.author_association)"
    ) in " ".join(condition.split())


def test_the_manual_has_a_template_for_each_way_to_start() -> None:
    assert [parsed(text)["name"] for text in TEMPLATES] == [
        "evalci",
        "evalci weekly",
        "evalci shards",
        "evalci forks",
        "evalci commands",
        "evalci baseline",
    ]
