"""Grants overrides, and says which of them still count for a run.

An override of a category covers that category alone: not its must-pass cases, which are named
one by one, and not the run as a whole, which has the name `*`. It is bound to what was measured:
while requests and scoring of the cases it covers are the same, a push keeps it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from evalci.core.hashes import digest, short
from evalci.core.override_terms import WHOLE, Override, OverridePolicy, Role
from evalci.core.problem import did_you_mean
from evalci.core.run import Run, RunCase
from evalci.core.verdict import Verdict
from evalci.errors import BadInputError

__all__ = [
    "WHOLE",
    "Giver",
    "Override",
    "OverridePolicy",
    "Role",
    "Wish",
    "digest_of",
    "grant",
    "in_force",
    "may_not",
]
DIGEST_FORMAT = 1
MAX_REASON = 1_000
CLOCKS_DIFFER = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Giver:
    """A person who gives an override: their role here, and whether the change is their own."""

    login: str
    role: Role
    author: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody asks to let through, and why; ``until`` None asks for as long as allowed.

    ``head`` is the commit that they looked at, ``source`` where they said so.
    """

    category: str
    reason: str
    by: str
    head: str
    source: str
    until: date | None = None


def may_not(giver: Giver, policy: OverridePolicy) -> str:
    """Return why a person may give no override here, an empty text when they may."""
    if not giver.role.reaches(policy.who):
        return f"{giver.login} has not the `{policy.who.value}` permission that it takes"
    if giver.author and not policy.author_may:
        return f"{giver.login} wrote this change, so somebody else must let it through"
    return ""


def grant(
    run: Run, verdict: Verdict, wish: Wish, *, now: datetime, policy: OverridePolicy
) -> Override:
    """Return the override that a wish asks for; whether that person may is asked elsewhere.

    Raises BadInputError with one sentence for a name that blocks nothing, for a reason that is too
    short, and for a day that is past or too far away.
    """
    _refuse_idle(run, verdict, wish.category)
    reason = "".join(letter for letter in " ".join(wish.reason.split()) if letter.isprintable())
    if short_by := _too_short(reason, policy):
        raise BadInputError(short_by)
    if len(reason) > MAX_REASON:
        raise BadInputError(f"the reason is longer than {MAX_REASON} characters")
    return Override(
        golden_set=run.golden_set.name,
        model=run.model.name,
        category=wish.category,
        reason=reason,
        by=wish.by,
        granted_at=now.isoformat(timespec="seconds"),
        until=_last_day(wish, now.date(), policy).isoformat(),
        head=wish.head,
        digest=digest_of(run, wish.category),
        source=wish.source,
    )


def blocking_names(verdict: Verdict) -> tuple[str, ...]:
    """Return what can be overridden: what blocks now, and what would without its override."""
    categories = [
        r.summary.category.name for r in verdict.categories if r.blocks or r.override is not None
    ]
    categories += [f.category for f in verdict.findings if f.blocks]
    known = {result.summary.category.name for result in verdict.categories}
    cases = [m.case.id for m in verdict.must_pass if m.confirmed and m.case.id not in known]
    whole = [WHOLE] * (verdict.whole_blocks or verdict.whole_override is not None)
    return tuple(dict.fromkeys((*categories, *cases, *whole)))


def _refuse_idle(run: Run, verdict: Verdict, name: str) -> None:
    names = blocking_names(verdict)
    if name in names:
        return
    what = f"{run.golden_set.name} with {run.model.name}"
    if not names:
        raise BadInputError(f"nothing of {what} fails: there is nothing to override")
    known = f"what fails: {', '.join(names)}"
    if name == WHOLE or covered_cases(run, name):
        raise BadInputError(f"`{name}` of {what} does not fail", hint=known)
    hint = did_you_mean(name, names)
    raise BadInputError(f"{what} has no category or must-pass case `{name}`", hint=hint or known)


def _too_short(reason: str, policy: OverridePolicy) -> str:
    least = policy.min_reason_chars
    if len(reason) >= least:
        return ""
    return f"the reason has {len(reason)} characters, `override.min_reason_chars` wants {least}"


def _last_day(wish: Wish, today: date, policy: OverridePolicy) -> date:
    latest = today + timedelta(days=policy.max_days)
    until = wish.until or latest
    if until < today:
        raise BadInputError(f"{until} is past", hint=f"name a day up to {latest}")
    if until > latest:
        message = f"{until} is more than `override.max_days` ({policy.max_days}) away"
        raise BadInputError(message, hint=f"name a day up to {latest}")
    return until


def covered_cases(run: Run, name: str) -> tuple[RunCase, ...]:
    """Return the cases of a category, else the must-pass case of that id, or all for `*`."""
    if name == WHOLE:
        return run.cases
    return run.by_category().get(name, ()) or tuple(
        case for case in run.cases if case.id == name and case.must_pass
    )


def digest_of(run: Run, name: str) -> str:
    """Return what an override is bound to: request and harness hash of every case it covers."""
    cases = [[c.id, c.hashes.request, c.hashes.harness] for c in covered_cases(run, name)]
    return digest(
        {
            "format": DIGEST_FORMAT,
            "golden_set": run.golden_set.name,
            "model": run.model.name,
            "category": name,
            "cases": sorted(cases),
        }
    )


def in_force(
    run: Run, overrides: Iterable[Override], *, now: datetime, policy: OverridePolicy
) -> tuple[Override, ...]:
    """Return the overrides that are about a run, those that do not count with the reason why.

    The run need not be measured: what was planned decides. Those of another golden set or model
    are left out.
    """
    return tuple(
        replace(one, refused=one.refused or _why_not(run, one, now=now, policy=policy))
        for one in dict.fromkeys(overrides)
        if (one.golden_set, one.model) == (run.golden_set.name, run.model.name)
    )


def _why_not(run: Run, one: Override, *, now: datetime, policy: OverridePolicy) -> str:
    if past := _out_of_time(one, now, policy):
        return past
    if short_by := _too_short(one.reason, policy):
        return short_by
    if not covered_cases(run, one.category):
        return "there is nothing of that name here any more"
    if one.digest != digest_of(run, one.category):
        since = f" since {short(one.head)}" if one.head else ""
        return f"what it covers is asked or scored otherwise{since}"
    return ""


def _out_of_time(one: Override, now: datetime, policy: OverridePolicy) -> str:
    try:
        granted, until = datetime.fromisoformat(one.granted_at), date.fromisoformat(one.until)
        ahead = granted - now > CLOCKS_DIFFER
    except (ValueError, TypeError):
        return "its dates cannot be read"
    if now.date() > until:
        return f"it ended on {until}"
    if ahead:
        return f"it was granted in the future, on {granted.date()}"
    if until - granted.date() > timedelta(days=policy.max_days):
        return f"it lasts longer than `override.max_days` ({policy.max_days})"
    return ""


def counting(overrides: Iterable[Override]) -> dict[str, Override]:
    """Return the overrides that count by what they cover, of several the one that lasts longest."""
    ordered = sorted(overrides, key=lambda one: (one.until, one.granted_at))
    return {one.category: one for one in ordered if not one.refused}
