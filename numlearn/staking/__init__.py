"""Corner REWARDS: dated rules, a ledger, a simulator, the price of NMR, a real chain.

*Stake* is what is at risk in one round, *position* all that one model has in the game.
`chain` is imported when it is first used; it needs ``pip install "numlearn[chain]"``.
"""

import importlib

from numlearn.staking import incentives
from numlearn.staking._history import history
from numlearn.staking._online import compare_online
from numlearn.staking._paths import Paths
from numlearn.staking._positions import open_position
from numlearn.staking._rules import RULES, Rules, rule_set, rules_on
from numlearn.staking._scores import score_table
from numlearn.staking._simulate import replay, simulate
from numlearn.staking.currency import Pool, Trade, in_dollars
from numlearn.staking.ledger import NMR, Event, Ledger, RatioType, Refused, Terms

__all__ = [
    "NMR",
    "RULES",
    "Event",
    "Ledger",
    "Paths",
    "Pool",
    "RatioType",
    "Refused",
    "Rules",
    "Terms",
    "Trade",
    "chain",
    "compare_online",
    "history",
    "in_dollars",
    "incentives",
    "open_position",
    "replay",
    "rule_set",
    "rules_on",
    "score_table",
    "simulate",
]


def __getattr__(name):
    """Import the chain when it is first asked for (PEP 562); `rules` means RULES."""
    if name == "chain":
        return importlib.import_module("numlearn.staking.chain")
    if name == "rules":
        return RULES
    raise AttributeError(f"numlearn.staking has no {name!r}")
