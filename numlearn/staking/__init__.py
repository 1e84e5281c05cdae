"""Corner REWARDS: dated rules, a ledger, a simulator, the price of NMR, a real chain.

`chain` is imported when it is first used; it needs ``pip install "numlearn[chain]"``.
"""

import importlib

from numlearn.staking import incentives
from numlearn.staking._history import history
from numlearn.staking._paths import Paths
from numlearn.staking._simulate import replay, simulate
from numlearn.staking.currency import Pool, Trade, in_dollars
from numlearn.staking.ledger import NMR, Event, Ledger, RatioType, Refused, Terms
from numlearn.staking.rules import RULES, Rules, compare_online, rules_on

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
    "replay",
    "rules_on",
    "simulate",
]


def __getattr__(name):
    """Import the chain when it is first asked for (PEP 562)."""
    if name == "chain":
        return importlib.import_module("numlearn.staking.chain")
    raise AttributeError(f"numlearn.staking has no {name!r}")
