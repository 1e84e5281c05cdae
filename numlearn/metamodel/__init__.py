"""What the users hand to the fund: one prediction out of thousands.

Stakes say who counts (`counted_stakes`), `stake_weighted` blends, `leave_one_out`
blends all but one, and `contribution` scores each model against the others.
"""

from numlearn._lazy import parts

__all__, __getattr__, __dir__ = parts(
    __name__,
    {
        "_blend": "equal_weighted era_leave_one_out era_stake_weighted leave_one_out"
        " stake_weighted",
        "_contribution": "break_even_crowd contribution ensemble_corr era_contribution",
        "_stakes": "counted_stakes",
    },
)
