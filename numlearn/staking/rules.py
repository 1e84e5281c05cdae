"""Rule sets by name and by day, and a comparison with Numerai's own configuration."""

from datetime import date
from types import MappingProxyType

import pandas as pd

from numlearn.errors import NumlearnError
from numlearn.staking._api import asking, client
from numlearn.staking._rule_sets import RULE_SETS
from numlearn.staking._rules import Rules

__all__ = ["RULES", "Rules", "compare_online", "named", "rules_on"]


class _RuleSets(dict):
    """Rule sets by name; an unknown name is refused with the known ones."""

    def __missing__(self, name):
        raise NumlearnError(
            f"There is no rule set {name!r}: choose one of {', '.join(self)}."
        )


RULES = MappingProxyType(_RuleSets((rules.name, rules) for rules in RULE_SETS))


def named(rules):
    """Return the rule set of a name; a `Rules` passes through."""
    return rules if isinstance(rules, Rules) else RULES[rules]


def rules_on(day, tournament="classic"):
    """Return the rule set that was in force on a day.

    Parameters
    ----------
    day : datetime.date or str
        Such as "2021-03-26".
    tournament : {"classic", "signals", "crypto"}

    Raises
    ------
    NumlearnError
        If no rule set is known for that day.
    """
    day = date.fromisoformat(day) if isinstance(day, str) else day
    for rules in RULE_SETS:
        known = rules.valid_from <= day <= (rules.valid_to or date.max)
        if known and rules.tournament == tournament:
            return rules
    raise NumlearnError(
        f"No rule set of {tournament} is known for {day}: choose one by its name, of "
        f"{', '.join(RULES)}."
    )


def compare_online(tournaments=("classic", "signals", "crypto")):
    """Compare the rule sets of today with the configuration that Numerai publishes.

    Parameters
    ----------
    tournaments : sequence of str

    Returns
    -------
    DataFrame
        One row a figure: ``tournament``, ``round``, ``rules`` (ours for the day on
        which that round opened), ``figure``, ``ours``, ``online`` and ``equal``. A
        score that only one side pays has NaN on the other.

    Raises
    ------
    NumlearnError
        If the API does not answer, for example without a network.
    """
    rows = []
    for tournament in tournaments:
        api = client(tournament)
        with asking(f"the rounds of {tournament}"):
            latest = max(api.list_rounds(limit=5), key=lambda one: one["number"])
            theirs = _published(latest)
            opened = latest["openTime"].date()
        rules = rules_on(opened, tournament)
        ours = _kept(rules)
        for figure in sorted(ours.keys() | theirs.keys()):
            pair = ours.get(figure, float("nan")), theirs.get(figure, float("nan"))
            rows.append((tournament, latest["number"], rules.name, figure, *pair))
    columns = ["tournament", "round", "rules", "figure", "ours", "online"]
    table = pd.DataFrame(rows, columns=columns)
    close = (table["ours"] - table["online"]).abs() < 1e-9
    return table.assign(equal=close | (table["ours"].isna() & table["online"].isna()))


def _kept(rules):
    """Return our figures by name; a threshold that does not exist is NaN."""
    multipliers = rules.corr_multiplier, rules.mmc_multiplier
    paid = {
        f"multiplier of {score}": multiplier
        for score, multiplier in zip(rules.scores, multipliers, strict=True)
        if multiplier
    }
    return {"cap": rules.cap, "threshold": _number(rules.threshold), **paid}


def _published(round_info):
    """Return the API's figures of one round under the names that `_kept` uses."""
    paying = [one for one in round_info["roundScoreConfigs"] if one["isPayout"]]
    figures = {
        f"multiplier of {one['displayName']}": _number(one["defaultMultiplier"])
        for one in paying
    }
    for one in paying:
        figures["cap"] = _number(one["clipThreshold"])
        figures["threshold"] = _number(one["stakeThreshold"])
    return figures


def _number(value):
    return float("nan") if value is None else float(value)
