"""Runs in which a hostile text stands in every place that data can come from."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from evalci.core.baseline import Acceptance, Baseline
from evalci.core.publication import Failure
from evalci.core.run import BaseRef, FileChange, PolicyChange, PromptRef, Run, RunCase, Standing
from evalci.core.trial import Finish, Output, Score, Trial
from tests.baselines import make_baseline, make_baseline_case
from tests.calls import make_output
from tests.runs import make_baseline_ref, make_carried, make_run, make_run_case, make_trial

HARMLESS = "harmless"
PLACES = (
    *("output", "expected", "case id", "case file", "category", "scorer", "scorer reason"),
    *("fail_if why", "failure reason", "reason to stop", "why unverified", "must-pass id"),
    *("prompt path", "prompt text", "prompt hash", "golden set", "golden set version", "folder"),
    *("model name", "model id", "resolved model", "commit", "branch", "time", "version"),
    *("baseline commit", "baseline model", "baseline version", "newer commit"),
    *("base commit", "base source", "policy path", "policy before", "policy after"),
)


class Taint:
    """Puts a text into some places and a harmless word into all others."""

    def __init__(self, text: str, places: Collection[str] = PLACES) -> None:
        """``places`` are some of `PLACES`."""
        self._text = text
        self._places = frozenset(places)

    def at(self, place: str) -> str:
        """Return what stands in a place."""
        assert place in PLACES
        return self._text if place in self._places else HARMLESS

    def runs(self) -> dict[str, Run]:
        """Return runs whose reports show every place, by what becomes of them."""
        cases = [*self._fallen(), *self._watched()]
        failing = [
            make_run_case((0.0,) * 5, id=f"{self.at('must-pass id')}{n}", must_pass=True)
            for n in range(2)
        ]
        sound = [make_run_case(id=f"a-{n}") for n in range(60)]
        return {
            "blocking": self._dressed(make_run(*cases)),
            "must pass": self._dressed(make_run(*failing, *sound)),
            "not measured": self._dressed(make_run(*self._unscored())),
            "stopped": self._dressed(make_run(make_run_case(), stopped=self.at("reason to stop"))),
            "unverified": self._dressed(
                make_run(make_run_case(), unverified=self.at("why unverified"))
            ),
            "no baseline": self._dressed(
                make_run(make_run_case((1.0,), None, category=self.at("category"))), baseline=None
            ),
        }

    def failures(self) -> tuple[Failure, ...]:
        """Return a golden set and a whole command that did not come to a run."""
        one = Failure(
            golden_set=self.at("golden set"),
            model=self.at("model name"),
            exit_code=3,
            error=self.at("failure reason"),
        )
        return one, replace(one, golden_set="", model="", exit_code=70)

    def baseline(self) -> Baseline:
        """Return a baseline that somebody accepted with a message."""
        case = make_baseline_case(id=self.at("case id"), prompt=self.at("prompt path"))
        return make_baseline(
            case,
            golden_set=self.at("golden set"),
            golden_set_version=self.at("golden set version"),
            model_id=self.at("model id"),
            commit=self.at("baseline commit"),
            accepted=Acceptance(by=self.at("branch"), at=self.at("time"), reason=self.at("output")),
        )

    def _fallen(self) -> list[RunCase]:
        """Return cases of a category that regressed, each with another cause."""
        score = Score(scorer=self.at("scorer"), value=0.0, reason=self.at("scorer reason"))
        nested = {self.at("expected"): [self.at("expected")]}
        return [
            self._case("1", self._trial(scores=(score,)), expected=self.at("expected")),
            self._case("2", self._trial(zeroed_by=self.at("fail_if why")), expected=nested),
            self._case("3", self._trial(scores=(score,)), standing=Standing.EDITED),
        ]

    def _watched(self) -> list[RunCase]:
        """Return must-pass cases of a second category that do not block, and one carried."""
        name, category = self.at("must-pass id"), f"{self.at('category')}/2"
        return [
            make_run_case(
                (1.0, 1.0, 0.0), (1.0,) * 3, id=f"{name}3", category=category, must_pass=True
            ),
            make_run_case((1.0,), (0.0,), id=f"{name}4", category=category, must_pass=True),
            make_carried(id=f"{name}5", category=category),
        ]

    def _unscored(self) -> list[RunCase]:
        failed = make_trial(composite=None, failure=self.at("failure reason"))
        category = self.at("category")
        return [
            replace(
                make_run_case((None,), id=self.at("case id"), category=category), trials=(failed,)
            ),
            make_run_case(id="a-2", category=category),
        ]

    def _case(self, number: str, trial: Trial, **changes: Any) -> RunCase:
        case = make_run_case((0.0,), id=f"{self.at('case id')}{number}", **changes)
        return replace(
            case,
            category=self.at("category"),
            source=self.at("case file"),
            prompt=self.at("prompt path"),
            trials=(trial,),
        )

    def _trial(self, **changes: Any) -> Trial:
        return make_trial(composite=0.0, output=self._output(), **{"scores": (), **changes})

    def _output(self) -> Output:
        return make_output(
            self.at("output"),
            requested_model=self.at("model id"),
            resolved_model=self.at("resolved model"),
            fingerprint=self.at("resolved model"),
            finish=Finish.TRUNCATED,
            finish_reason=self.at("output"),
        )

    def _dressed(self, run: Run, **changes: Any) -> Run:
        """Return a run with everything around its cases filled in."""
        path, digest = self.at("prompt path"), self.at("prompt hash")
        diff = FileChange(path=path, old=digest, new=digest, affects=1, diff=self.at("prompt text"))
        include = FileChange(path=f"{path}.2", old=None, new=digest, affects=1)
        policy = PolicyChange(
            path=self.at("policy path"), old=self.at("policy before"), new=self.at("policy after")
        )
        name, version = self.at("golden set"), self.at("golden set version")
        dressed = replace(
            run,
            golden_set=replace(run.golden_set, name=name, path=name, version=version),
            model=replace(run.model, name=self.at("model name"), id=self.at("model id")),
            provenance=replace(
                run.provenance,
                evalci=self.at("version"),
                started_at=self.at("time"),
                finished_at=self.at("time"),
                commit=self.at("commit"),
                branch=self.at("branch"),
                resolved_models=(self.at("resolved model"),),
            ),
            prompts=(PromptRef(path=path, hash=digest, cases=1),),
            changes=(diff, include),
            removed=(self.at("case id"),),
            unselected=(self.at("case id"),),
            base=BaseRef(commit=self.at("base commit"), source=self.at("base source")),
            policy_changes=(policy, replace(policy, old=""), replace(policy, new="")),
            folder=self.at("folder"),
            baseline=make_baseline_ref(
                commit=f"b{self.at('baseline commit')}",  # another than that of the run
                accepted_at=self.at("time"),
                golden_set_version=f"{self.at('baseline version')}-old",
                model_id=f"{self.at('baseline model')}-old",
                resolved_models=(f"{self.at('baseline model')}-old",),
                predates=self.at("newer commit"),
            ),
        )
        return replace(dressed, **changes)
