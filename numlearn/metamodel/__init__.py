"""What the users hand to the fund: one prediction out of thousands.

Stakes say who counts (`counted_stakes`), `stake_weighted` blends, `leave_one_out`
blends all but one, and `contribution` scores each model against the others.
"""

from numlearn.metamodel._blend import (
    equal_weighted,
    era_leave_one_out,
    era_stake_weighted,
    leave_one_out,
    stake_weighted,
)
from numlearn.metamodel._contribution import (
    break_even_crowd,
    contribution,
    ensemble_corr,
    era_contribution,
)
from numlearn.metamodel._stakes import counted_stakes

__all__ = [
    "break_even_crowd",
    "contribution",
    "counted_stakes",
    "ensemble_corr",
    "equal_weighted",
    "era_contribution",
    "era_leave_one_out",
    "era_stake_weighted",
    "leave_one_out",
    "stake_weighted",
]
