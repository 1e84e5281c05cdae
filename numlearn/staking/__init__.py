"""Corner REWARDS: dated rules, a ledger, a simulator, the price of NMR, a real chain.

*Stake* is what is at risk in one round, *position* all that one model has in the game.
`chain` is imported when it is first used; it needs ``pip install "numlearn[chain]"``.
"""

from numlearn._lazy import parts

__all__, __getattr__, __dir__ = parts(
    __name__,
    {
        "_online": "compare_online history",
        "_paths": "Paths",
        "_rules": "RULES Rules rule_set rules_on",
        "_scores": "score_table",
        "_simulate": "open_position replay simulate",
        "currency": "Pool Trade in_dollars",
        "ledger": "Event Ledger NMR RatioType Refused Terms",
    },
    modules="chain incentives",
    also={"rules": "RULES"},
)
