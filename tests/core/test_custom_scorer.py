"""Scorers of the user's own: whom the base trusts, and what the config may call them."""

from evalci.core.composite import Axis
from evalci.core.custom_scorer import (
    CustomScorer,
    axes_of,
    custom_scorers,
    trusted_scorers,
    with_versions,
)

FILE = CustomScorer(name="polite", file="scorers/polite.py", axis=Axis.QUALITY)
TONE = CustomScorer(name="tone", entry_point="acme-tone")


def test_the_section_says_where_a_scorer_comes_from_and_what_it_speaks_of() -> None:
    found = custom_scorers(
        {"polite": {"file": "scorers/polite.py", "axis": "quality"}, "tone": {"entry_point": "t"}}
    )

    assert found["polite"] == FILE
    assert (found["tone"].kind, found["tone"].axis) == ("entry_point", Axis.CORRECTNESS)
    assert axes_of(found) == {"polite": Axis.QUALITY, "tone": Axis.CORRECTNESS}


def test_an_entry_point_counts_once_the_base_names_it_by_any_name() -> None:
    own = {"tone": TONE, "polite": FILE}

    before = trusted_scorers(own, {})
    after = trusted_scorers(own, {"manner": CustomScorer(name="manner", entry_point="acme-tone")})

    assert (before["tone"].trusted, after["tone"].trusted) == (False, True)
    assert before["polite"].trusted


def test_the_version_of_an_entry_point_that_is_not_trusted_is_not_looked_up() -> None:
    own = trusted_scorers({"tone": TONE, "polite": FILE}, {})

    found = with_versions(own, lambda name: f"{name} 1.2")

    assert {scorer.version for scorer in found.values()} == {""}


def test_a_trusted_entry_point_knows_its_version() -> None:
    found = with_versions({"tone": TONE}, lambda name: f"{name} 1.2")

    assert found["tone"].version == "acme-tone 1.2"
