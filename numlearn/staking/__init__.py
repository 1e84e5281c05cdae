"""Corner REWARDS: dated rules, a ledger, a simulator, the price of NMR, a real chain.

*Stake* is what is at risk in one round, *position* all that one model has in the game.
`chain` needs ``pip install "numlearn[chain]"``.
"""

from numlearn._lazy import parts

_HOMES = {
    "_history": "history",
    "_online": "compare_online",
    "_paths": "Paths",
    "_positions": "open_position",
    "_rules": "RULES Rules rule_set rules_on",
    "_scores": "score_table",
    "_simulate": "replay simulate",
    "currency": "Pool Trade in_dollars",
    "ledger": "NMR Event Ledger RatioType Refused Terms",
}

__all__, _find, __dir__ = parts(__name__, _HOMES, "chain incentives")


def __getattr__(name):
    """Import what is asked for; `rules` is taken for RULES."""
    return _find("RULES" if name == "rules" else name)
