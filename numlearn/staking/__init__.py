"""Corner REWARDS: dated rules, a ledger, a simulator, the price of NMR, a real chain.

*Stake* is what is at risk in one round, *position* all that one model has in the game.
`chain` is imported when it is first used; it needs ``pip install "numlearn[chain]"``.
"""

from numlearn._lazy import parts

__all__, __getattr__, __dir__ = parts(
    __name__,
    {
        "_history": "history",
        "_online": "compare_online",
        "_paths": "Paths",
        "_positions": "open_position",
        "_rules": "RULES Rules rule_set rules_on",
        "_scores": "score_table",
        "_simulate": "replay simulate",
        "currency": "Pool Trade in_dollars",
        "ledger": "Event Ledger NMR RatioType Refused Terms",
    },
    modules="chain incentives",
    also={"rules": "RULES"},
)
