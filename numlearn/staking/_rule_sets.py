"""The rules of staking since March 2021, dated: what changed, when, and who says so.

Classic has its date as its name ("2021-03"), the other two tournaments begin with
theirs ("signals-2021-03"). Commits are those of github.com/numerai/docs.
Figures that no source gives are not filled in: a note says so.
"""

from dataclasses import replace
from datetime import date

from numlearn.staking._rules import Rules

_CHECKED = date(2026, 11, 24)

_2021_03 = Rules(
    name="2021-03",
    tournament="classic",
    valid_from=date(2021, 2, 20),
    valid_to=date(2022, 1, 7),
    source="tournament/learn.md at b21e110 (2021-04-14)",
    checked_on=_CHECKED,
    scores=("corr", "mmc"),
    corr_multiplier=1.0,
    mmc_multiplier=0.0,
    corr_choices=(1.0,),
    mmc_choices=(0.0, 0.5, 1.0, 2.0),
    threshold=300_000,
    cap=0.25,
    at_risk="the stake on the first Thursday of the round",
    rounds_a_week=1,
    lag=4,
    days_to_resolution=32,
    days_to_release=28,
    note="The page's formula has no cap; its text caps payouts at 25 % of the stake. "
    "The wording of February 2021 (025cf5e) capped the score instead. Until April 2021 "
    "the total stayed below the threshold, so that the factor was 1.",
)
_2022_01 = replace(
    _2021_03,
    name="2022-01",
    valid_from=date(2022, 1, 8),
    valid_to=date(2022, 5, 16),
    source="tournament/learn.md at fc6cfa8 (2022-01-08)",
    at_risk="the stake at Monday's deadline, 14:30 UTC",
    note="",
)
_2022_05 = replace(
    _2022_01,
    name="2022-05",
    valid_from=date(2022, 5, 17),
    valid_to=date(2022, 5, 26),
    source="tournament/learn.md at 52faf57 (2022-05-17)",
    scores=("corr", "tc"),
    note="The second score is TC; MMC is no longer paid.",
)
_2022_05_27 = replace(
    _2022_05,
    name="2022-05-27",
    valid_from=date(2022, 5, 27),
    valid_to=date(2022, 6, 15),
    source="tournament/learn.md at f3c0ea9 (2022-05-27)",
    caps_the_score=True,
)
_2022_06 = replace(
    _2022_05,
    name="2022-06",
    valid_from=date(2022, 6, 16),
    valid_to=date(2022, 10, 20),
    source="tournament/learn.md at 4ec20f4 (2022-06-16)",
    note="The page kept an example that the formula before had given (20 instead "
    "of 25 NMR).",
)
_2022_10 = replace(
    _2022_06,
    name="2022-10",
    valid_from=date(2022, 10, 21),
    valid_to=date(2023, 1, 7),
    source="tournament/learn.md at 4f7e3cd (2022-10-21)",
    at_risk="the whole stake at the close of the round, in up to 25 rounds at once",
    rounds_a_week=5,
    lag=25,
    days_to_release=32,
    note="Rounds from Tuesday to Saturday. The docs stop saying that the stake sits in "
    "an Ethereum contract.",
)
_2023_01 = replace(
    _2022_10,
    name="2023-01",
    valid_from=date(2023, 1, 8),
    valid_to=date(2023, 4, 30),
    source="numerai/docs at 45ed922 (2023-01-08)",
    threshold=360_000,
    note="",
)
_2023_05 = replace(
    _2023_01,
    name="2023-05",
    valid_from=date(2023, 5, 1),
    valid_to=date(2023, 10, 6),
    source="numerai/docs at 69d1e95 (2023-05-01)",
    corr_choices=(0.0, 0.5, 1.0),
    mmc_choices=(0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0),
    threshold=72_000,
    cap=0.05,
    note="A fifth of the payout for five times the rounds. Pages of that year print "
    "7200 in the formula of the payout factor. From 2023-05-13 the first score is "
    "CORR20v2 on Cyrus.",
)
_2023_10 = replace(
    _2023_05,
    name="2023-10",
    valid_from=date(2023, 10, 7),
    valid_to=date(2024, 1, 1),
    source="forum.numer.ai topic 6708, round 589",
    scores=("v2_corr20", "tc"),
    corr_choices=(0.0, 0.5, 1.0, 1.5, 2.0),
    mmc_choices=(0.0, 0.5, 1.0),
    note="TC counts only beside 2xCORR.",
)
_2024_01 = replace(
    _2023_10,
    name="2024-01",
    valid_from=date(2024, 1, 2),
    valid_to=date(2025, 12, 31),
    source="numerai-tournament/staking.md at 0ef33d6",
    scores=("v2_corr20", "mmc"),
    corr_multiplier=0.5,
    mmc_multiplier=2.0,
    corr_choices=(),
    mmc_choices=(),
    note="No choice of multipliers any more; MMC is paid again.",
)
_2026_01 = replace(
    _2024_01,
    name="2026-01",
    valid_from=date(2026, 1, 1),
    valid_to=date(2026, 8, 27),
    source="numerai-tournament/staking.md at b36e4cb; multipliers as six public "
    "repositories record them",
    corr_multiplier=0.75,
    mmc_multiplier=2.25,
    note="The paid target is Ender20. The docs leave the multipliers to the API.",
)
_2026_08 = replace(
    _2026_01,
    name="2026-08",
    valid_from=date(2026, 8, 28),
    valid_to=None,
    source="Numerai Canon (August 2026), round 1343 on; two public repositories agree",
    scores=("corr60", "mmc60"),
    corr_multiplier=3.0,
    mmc_multiplier=15.0,
    threshold=None,
    cap=1.0,
    at_risk="a slice of 1/64 of the position, locked until its round resolves",
    position_share=1 / 64,
    lag=64,
    days_to_resolution=90,
    days_to_release=90,
    note="Atomic Blockchain Staking, scores over 60 days. A page of June 2026 had "
    "announced 5 and 10.",
)

_SIGNALS_2021_03 = replace(
    _2021_03,
    name="signals-2021-03",
    tournament="signals",
    valid_to=date(2021, 4, 14),
    source="numerai-signals/signals-overview.md at b21e110 (2021-04-14)",
    corr_multiplier=2.0,
    corr_choices=(2.0,),
    threshold=100_000,
    at_risk="the stake on the first Friday of the round",
    lag=1,
    days_to_resolution=7,
    note="Known to hold until the last day given; the next Signals rules here are of "
    "2024.",
)
_SIGNALS_2024_01 = replace(
    _2024_01,
    name="signals-2024-01",
    tournament="signals",
    valid_to=date(2025, 9, 1),
    source="numerai-signals/staking.md of 2024 and 2025",
    scores=("fnc_v4", "mmc"),
    corr_multiplier=1.0,
    mmc_multiplier=2.0,
    threshold=36_000,
    note="The first day is Classic's. The stake counts as 0 after a week without a "
    "submission, or if churn or turnover is too high. A page of 2024 gives a threshold "
    "of 24,000.",
)
_SIGNALS_2025_09 = replace(
    _SIGNALS_2024_01,
    name="signals-2025-09",
    valid_from=date(2025, 9, 2),
    valid_to=date(2026, 9, 24),
    source="numerai-signals/staking.md at b36e4cb (2026-04-19)",
    scores=("alpha", "mpc"),
    corr_multiplier=0.3,
    mmc_multiplier=0.8,
    cap=0.017,
    note="A page of June 2026 announced 4xALPHA + 8xMPC with atomic staking; until the "
    "last day given it had not come.",
)
_SIGNALS_2026_09 = replace(
    _SIGNALS_2025_09,
    name="signals-2026-09",
    valid_from=date(2026, 9, 25),
    valid_to=None,
    source="numerai-signals/staking.md as a public repository quotes it",
    scores=("ncorr", "nmmc"),
    corr_multiplier=0.5,
    mmc_multiplier=2.0,
    cap=0.035,
    note="Neutral correlation and neutral contribution. The threshold is carried over.",
)
_CRYPTO_2024_06 = replace(
    _2024_01,
    name="crypto-2024-06",
    tournament="crypto",
    valid_from=date(2024, 6, 17),
    valid_to=date(2026, 6, 17),
    source="numerai-crypto/staking.md at 2045acf",
    scores=("corr", "mmc"),
    corr_multiplier=0.0,
    mmc_multiplier=1.0,
    threshold=10_000,
    note="The page calls the payout factor logarithmic; it is threshold / total.",
)
_CRYPTO_2026_06 = replace(
    _CRYPTO_2024_06,
    name="crypto-2026-06",
    valid_from=date(2026, 6, 18),
    valid_to=None,
    source="numerai-tournament/atomic-blockchain-staking.md at 09e2517",
    corr_multiplier=0.1,
    mmc_multiplier=1.0,
    threshold=None,
    cap=1.0,
    at_risk="a slice of 1/24 of the position, locked until its round resolves",
    position_share=1 / 24,
    lag=24,
    note="Atomic Blockchain Staking; the first tournament that moved.",
)

RULE_SETS = (
    _2021_03,
    _2022_01,
    _2022_05,
    _2022_05_27,
    _2022_06,
    _2022_10,
    _2023_01,
    _2023_05,
    _2023_10,
    _2024_01,
    _2026_01,
    _2026_08,
    _SIGNALS_2021_03,
    _SIGNALS_2024_01,
    _SIGNALS_2025_09,
    _SIGNALS_2026_09,
    _CRYPTO_2024_06,
    _CRYPTO_2026_06,
)
