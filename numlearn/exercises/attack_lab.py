"""Exercises: what hedging earns, and a rule that defeats unseen attacks."""

import numpy as np
import pandas as pd

from numlearn.exercises import Exercise, Mistake, Question
from numlearn.staking import RULES, Rules

PRIZE = 100.0  # NMR
NOW = RULES["2026-08"]
ROUNDS = 52


def bets(seed):
    """Return (scores, cap, burn_cap): even caps, a smaller burn, none at all."""
    rng = np.random.default_rng([seed, 2])
    cases = []
    for rounds, burn in ((30, 0.4), (30, 0.0), (12, 1.0), (20, 1.6), (1, 0.5)):
        cap = float(rng.integers(2, 9)) / 100
        scores = rng.normal(0.004, 0.05, rounds).round(4)
        cases.append((scores, cap, round(burn * cap, 4)))
    good = rng.uniform(0.06, 0.3, 8).round(3)
    return [(good, 0.05, 0.02), (-good, 0.1, 0.04), *cases]


def hedged_income(scores, cap, burn_cap):
    """Return what two hedged accounts earn of one NMR each."""
    both = np.concatenate([scores, -scores])
    return float(np.clip(both, -burn_cap, cap).sum())


class _Season:
    """A year of scores in which nobody's luck decides: its means are exact.

    Who is who stands in ``attrs`` of the tables, where only the judge looks; it does
    not travel to where a class's answers run.
    """

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.columns = []

    def noise(self, size):
        """Return a year of random numbers; for each there is its opposite."""
        half = self.rng.normal(0, size, ROUNDS // 2)
        return self.rng.permutation(np.concatenate([half, -half]))

    def model(self, corr, mmc, wild=0.02):
        """Return CORR and MMC of a model with these means."""
        luck = self.noise(wild)
        return corr + luck, mmc + 0.3 * luck + self.noise(wild / 3)

    def random(self, corr=0.0, mmc=0.0, wild=0.018):
        """Return CORR and MMC of random numbers: what they add is what they score."""
        luck = self.noise(wild)
        return corr + luck, mmc + 0.9 * luck

    def add(self, owner, scores, stake=500.0):
        """Add an account."""
        self.columns.append((owner, *scores, stake))

    def tables(self):
        """Return corr, mmc and stake, rounds × accounts, in a random order."""
        order = self.rng.permutation(len(self.columns))
        owner, corr, mmc, stake = zip(*(self.columns[n] for n in order))
        names = [f"account_{n}" for n in range(len(order))]
        rounds = pd.RangeIndex(1, ROUNDS + 1, name="round")
        tables = [
            pd.DataFrame(np.column_stack(values), rounds, names)
            for values in (corr, mmc, [np.full(ROUNDS, s) for s in stake])
        ]
        tables[2].attrs["owner"] = list(owner)
        return tuple(tables)


def seasons(seed):
    """Return tables (corr, mmc, stake): two seasons, parts of them, an extreme round.

    The seasons have known attackers and others. What was paid for a score in one table
    has to be paid for it in all.
    """
    known, unseen = _Season([seed, 3]), _Season([seed, 4])
    for season in (known, unseen):
        for n in range(12):
            model = season.model(0.012 + 0.0005 * n, 0.003 + 0.0005 * (n % 5))
            season.add("honest", model, 250.0 * (n % 4 + 1))
        season.add("exact copy", (0.021 + season.noise(0.02), np.zeros(ROUNDS)))
        season.add("anti", (-0.021 + season.noise(0.02), np.zeros(ROUNDS)))
    for _ in range(6):
        known.add("random", known.random())
    _add_hedged(known, "hedged", known.random())
    known.add("whale", known.random(-0.002, -0.006), 10_000.0)
    known.add("opposing", known.model(-0.014, -0.004))
    for _ in range(15):
        known.add("free", known.random(), 0.0)
    chorus, model = unseen.random(), unseen.model(0.015, 0.004)
    for _ in range(8):
        unseen.add("chorus", chorus, 250.0)
        unseen.add("many", model, 100.0)
    unseen.add("one", model, 800.0)
    unseen.add("large", model, 80_000.0)
    _add_hedged(unseen, "wildly hedged", unseen.random(wild=0.07), 900.0)
    _add_hedged(unseen, "free", unseen.random(), 0.0)
    unseen.add("opposing", unseen.random(-0.007, -0.003))
    return _with_parts(known.tables(), unseen.tables(), known.rng)


def _with_parts(known, unseen, rng):
    """Return the seasons and parts of them, which share a memory of what was paid."""
    paid = _Paid()
    known[2].attrs["first"] = True
    rows, columns = rng.permutation(ROUNDS), rng.permutation(known[0].shape[1])
    staked = known[2].iloc[0] > 0
    at, who = int(rng.integers(ROUNDS)), int(np.flatnonzero(staked)[0])
    parts = [
        tuple(table.iloc[rows, columns] for table in known),
        tuple(table.loc[:, staked][:20] for table in known),
        tuple(table[at : at + 1] for table in unseen),
        tuple(table.iloc[:, [who]] for table in known),
        tuple(table.iloc[[at], [who]] for table in known),
        *_beside(known, rng),
        _extreme(rng),
    ]
    for part in parts:
        part[2].attrs = {}
    cases = [known, unseen, *parts]
    for case in cases:
        case[2].attrs["paid"] = paid
    return cases


def _beside(known, rng):
    """Return rounds in which others have very much, and in which all have very little.

    No threshold lies above the one total and none below the other.
    """
    some = known[0].index[rng.permutation(ROUNDS)[:3]]
    crowded, poor = ([table.loc[some].copy() for table in known] for _ in range(2))
    for table, value in zip(crowded, (0.01, 0.003, 1e12)):
        table["account_x"] = value
    poor[2] *= 1e-9
    return tuple(crowded), tuple(poor)


def _extreme(rng):
    """Return two rounds beyond all that was ever seen."""
    stake = rng.integers(2, 900, 4) * 10.0
    corr = pd.DataFrame([[1.0, -1.0, 1.0, -1.0], [-0.7, 0.7, 0.9, 0.0]])
    mmc = pd.DataFrame([[1.0, -1.0, -1.0, 1.0], [-0.8, 0.8, 0.0, -0.9]])
    return corr, mmc, pd.DataFrame([stake] * 2)


class _Paid:
    """What a rule has paid so far, by score; it is one for all cases of a judging."""

    def __init__(self):
        self.clear()

    def __deepcopy__(self, memo):
        return self

    def clear(self):
        """Forget what was paid: another answer is judged."""
        self.payouts, self.shares = {}, {}

    def fault(self, corr, mmc, stake, paid):
        """Note a table of payouts; say where like was not paid alike, if anywhere."""
        cells = zip(*(table.ravel().tolist() for table in (corr, mmc, stake, paid)))
        for c, m, at_risk, now in cells:
            if not at_risk:
                continue
            before = self.payouts.setdefault((c, m, at_risk), now)
            if abs(now - before) > 1e-5 * at_risk:
                return (
                    "The same CORR and MMC on the same stake were paid"
                    f" {before:.4g} NMR in one table and {now:.4g} in another: a payout"
                    " may depend on nothing but the account's own scores and stake in"
                    " that round."
                )
            share = self.shares.setdefault((c, m), now / at_risk)
            if abs(now / at_risk - share) > 1e-5:
                return (
                    "The same scores were paid"
                    f" {100 * share:.4g} % of one stake and"
                    f" {100 * now / at_risk:.4g} % of another: one only has to split"
                    " a stake up, or to merge some."
                )
        return None


def _add_hedged(season, owner, scores, stake=500.0):
    season.add(owner, scores, stake)
    season.add(owner, tuple(-s for s in scores), stake)


def your_rule(corr, mmc, stake):
    """Pay by the rule of August 2026, of a slice of the stake."""
    payouts = stake * NOW.position_share * NOW.rate(NOW.score(corr, mmc))
    tables = tuple(table.to_numpy() for table in (corr, mmc, stake))
    payouts.attrs = {**stake.attrs, "tables": tables}
    return payouts


def defends(got, expected):
    """Judge a rule by what it pays to whom: None, or the first sentence against it."""
    corr, mmc, stake = expected.attrs["tables"]
    fault = _not_payouts(got, expected, stake)
    if fault:
        return fault
    paid = got.to_numpy(dtype=float)
    if "owner" in expected.attrs:
        fault = _not_a_defence(paid, stake, np.array(expected.attrs["owner"]))
    memory = expected.attrs.get("paid")
    if fault or memory is None:
        return fault
    if expected.attrs.get("first"):
        memory.clear()
    return memory.fault(corr, mmc, stake, paid)


def _a_year(share):
    """Say what somebody earned in a year: stakes stand still in all rounds."""
    nmr = f"{abs(100 * share):.1f} NMR in a year for each 100 NMR at stake"
    return f"lose {nmr}" if share < 0 else f"earn {nmr}"


def _not_a_defence(paid, stake, owner):
    """Say who earned in a year what they should not have, if anybody did."""
    income = pd.Series(paid.sum(axis=0)).groupby(owner).sum()
    growth = income / pd.Series(stake[0]).groupby(owner).sum()
    honest = growth["honest"]
    if honest < 0.05:
        return (
            f"Honest users {_a_year(honest)}. Below 5 NMR they find something better"
            " to do, and the tournament is over."
        )
    for who, name in _SUSPECTS.items():
        if growth.get(who, 0.0) > 0.1 * honest:
            return (
                f"{name} {_a_year(growth[who])}, and honest users"
                f" {100 * honest:.1f} NMR: a tenth of that is the most for noise."
            )
    if growth["opposing"] >= 0:
        return "Accounts that submit the opposite of a good model lose nothing."
    if growth["anti"] > -0.02:
        return (
            "Accounts that submit the opposite of the metamodel, with a CORR below zero"
            f" and no MMC, {_a_year(growth['anti'])}: let at least 2 NMR burn."
        )
    if growth["exact copy"] > 5 / 6 * honest:
        return (
            "Exact copies of the metamodel, which add nothing,"
            f" {_a_year(growth['exact copy'])}, and honest users {100 * honest:.1f}"
            " NMR: five sixths of that are the most for a copy."
        )
    if "many" in growth and not np.isclose(growth["many"], growth["one"], rtol=0.01):
        better = "eight accounts" if growth["many"] > growth["one"] else "one account"
        return (
            "The same model with the same NMR behind it earns more in"
            f" {better} than otherwise: one only has to split up, or to merge."
        )
    return None


_SUSPECTS = {
    "random": "Random accounts",
    "hedged": "Hedged accounts, one the opposite of the other,",
    "whale": "Whales, with noise and very large stakes,",
    "chorus": "Eight accounts of one person, all with the same noise,",
    "wildly hedged": "Hedged accounts with very large scores",
}


def _not_payouts(got, expected, stake):
    """Say what about an answer's result is no table of payouts, if anything."""
    if not isinstance(got, pd.DataFrame) or got.shape != expected.shape:
        return "Return a table like `stake`: NMR, rounds × accounts."
    if list(got.columns) != list(expected.columns):
        return "The columns, which are accounts, must stay in the order of the tables."
    if list(got.index) != list(expected.index):
        return "The rows, which are rounds, must stay in the order of the tables."
    try:
        paid = got.to_numpy(dtype=float)
    except (TypeError, ValueError):
        return "The table must hold numbers: NMR."
    if not np.isfinite(paid).all():
        return "Some payouts are missing or infinite."
    if (paid[stake == 0] != 0).any():
        return "An account without a stake was paid, and such accounts are free."
    if (paid < -stake - 1e-9).any():
        return "An account burned more than it had at stake: nobody can."
    if (paid > stake + 1e-9).any():
        return "An account was paid more than its whole stake in one round."
    return None


def _in_a_year(rule):
    """Return a wrong rule that is a right one in all but whole seasons.

    What it pays in a part of one, another rule may pay as well.
    """
    return lambda *tables: (rule if tables[0].size > 20 * ROUNDS else your_rule)(
        *tables
    )


def _beyond_all(rule):
    """Return a wrong rule that is a right one but for extreme rounds."""
    return lambda *tables: (rule if tables[0].abs().max().max() > 0.5 else your_rule)(
        *tables
    )


def _rate(corr, mmc, low=-0.05):
    return (0.75 * corr + 2.25 * mmc).clip(low, 0.05)


EXERCISES = (
    Exercise(
        name="hedged_income",
        points=2,
        hints=(
            "The second account's scores are `-scores`. Cap both, then add up all.",
            "`np.clip(scores, -burn_cap, cap).sum()`, and the same for `-scores`.",
        ),
        cases=bets,
        example=lambda: (np.array([0.04, -0.1, 0.03]), 0.05, 0.02),
        key=hedged_income,
        mistakes=(
            Mistake(
                lambda scores, cap, burn_cap: float(
                    np.clip(scores, -burn_cap, cap).sum()
                ),
                "That is the first account alone. The second one has the opposite"
                " scores.",
            ),
            Mistake(
                lambda scores, cap, burn_cap: (
                    2 * float(np.clip(scores, -burn_cap, cap).sum())
                ),
                "You counted the first account twice. The second one has the opposite"
                " scores: what the first one earns it burns, up to the caps.",
            ),
            Mistake(
                lambda scores, cap, burn_cap: float(
                    np.clip(np.abs(scores), 0, cap).sum()
                ),
                "You paid whichever of the two was right, and forgot that the other one"
                " burns.",
            ),
            Mistake(
                lambda scores, cap, burn_cap: 0.0,
                "Without caps it would be 0, and with the same cap on both. Cap each"
                " account's round on its own: gains at `cap`, burns at `burn_cap`.",
            ),
            Mistake(
                lambda scores, cap, burn_cap: hedged_income(scores, burn_cap, cap),
                "The caps have changed places: gains stop at `cap`, burns at"
                " `burn_cap`.",
            ),
            Mistake(
                lambda scores, cap, burn_cap: hedged_income(
                    np.array([scores.sum()]), cap, burn_cap
                ),
                "You capped what each account earns in all rounds. Each round has its"
                " caps: add up afterwards.",
            ),
            Mistake(
                lambda scores, cap, burn_cap: (
                    hedged_income(scores, cap, burn_cap) / len(scores)
                ),
                "That is what the two earn in a round, on average. Add up all rounds.",
            ),
            Mistake(
                lambda scores, cap, burn_cap: hedged_income(scores, cap, burn_cap) / 2,
                "You gave each account half an NMR. Each has a stake of 1 NMR.",
            ),
            Mistake(
                lambda scores, cap, burn_cap: float(len(scores) * (cap - burn_cap)),
                "You took each round for one beyond both caps. Where a score is within"
                " them, it counts as it is.",
            ),
            Mistake(
                lambda scores, cap, burn_cap: hedged_income(scores, np.inf, burn_cap),
                "You capped the burns alone. What a round pays stops at `cap`.",
            ),
            Mistake(
                lambda scores, cap, burn_cap: hedged_income(scores, cap, np.inf),
                "You capped the gains alone. What a round burns stops at `burn_cap`.",
            ),
            Mistake(
                lambda scores, cap, burn_cap: (
                    np.clip(scores, -burn_cap, cap) + np.clip(-scores, -burn_cap, cap)
                ),
                "That is what both earn round by round. Add up the rounds.",
            ),
        ),
        same={
            "arguments: np.clip([scores, -scores], -burn_cap, cap) →"
            " np.clip(-burn_cap, [scores, -scores], cap)": "`np.clip` takes the larger"
            " of its first two arguments, whichever comes first."
        },
    ),
    Exercise(
        name="your_rule",
        points=5,
        hints=(
            "Pay in proportion to the stake, so that free accounts get nothing and"
            " nobody gains by splitting up. Let a score and its opposite cancel.",
            "A copy has a good CORR and no MMC: let MMC count for more than CORR. And"
            " stop gains and burns at the same share of the stake.",
            "`stake * (a * corr + b * mmc).clip(-c, c)`: choose a, b and c.",
        ),
        cases=seasons,
        example=lambda: (
            pd.DataFrame({"a": [0.02], "b": [-0.01]}),
            pd.DataFrame({"a": [0.003], "b": [0.002]}),
            pd.DataFrame({"a": [100.0], "b": [200.0]}),
        ),
        key=your_rule,
        judge=defends,
        refuses=(Rules.rate, Rules.payout),
        mistakes=(
            Mistake(
                _in_a_year(lambda corr, mmc, stake: 0.0 * stake),
                "Paying nothing defeats every attack, and the tournament with them:"
                " honest users earn nothing and leave.",
            ),
            Mistake(
                _in_a_year(lambda corr, mmc, stake: 0.01 * stake),
                "You pay whoever stakes, whatever the scores: random accounts earn as"
                " much as honest users.",
            ),
            Mistake(
                _in_a_year(lambda corr, mmc, stake: -0.01 * stake),
                "Everybody burns, the honest ones as well. Nobody will come.",
            ),
            Mistake(
                _in_a_year(lambda corr, mmc, stake: stake * _rate(corr, mmc, 0.0)),
                "You pay good rounds and forget bad ones: of two hedged accounts one is"
                " right in every round, and so is paid in every round.",
            ),
            Mistake(
                _in_a_year(lambda corr, mmc, stake: stake * _rate(corr, mmc, -0.02)),
                "Burns stop earlier than gains. Hedged accounts live on the"
                " difference.",
            ),
            Mistake(
                _in_a_year(
                    lambda corr, mmc, stake: stake * (3 * corr).clip(-0.05, 0.05)
                ),
                "You pay for CORR alone. An exact copy of the metamodel has a better"
                " one than those whom it copied, and adds nothing.",
            ),
            Mistake(
                _in_a_year(
                    lambda corr, mmc, stake: stake * (3 * mmc).clip(-0.05, 0.05)
                ),
                "You do not look at CORR. Who submits the opposite of the metamodel has"
                " no MMC at all, and nothing burns.",
            ),
            Mistake(
                _in_a_year(lambda corr, mmc, stake: stake * _rate(corr, mmc)),
                "That is the rule of January 2026, under which an exact copy of the"
                " metamodel earns nearly as much as honest users: let MMC count for"
                " more beside CORR.",
            ),
            Mistake(
                _beyond_all(lambda corr, mmc, stake: stake * (0.5 * corr + 2.5 * mmc)),
                "Nothing caps your rule: in an extreme round it pays or burns more than"
                " the whole stake.",
            ),
            Mistake(
                _in_a_year(
                    lambda corr, mmc, stake: (
                        PRIZE * (corr.rank(axis=1, ascending=False) <= 10)
                    )
                ),
                "Prizes by rank go to accounts without a stake as well, and such"
                " accounts are free. Whoever opens enough of them takes the prizes.",
            ),
            Mistake(
                _in_a_year(lambda corr, mmc, stake: PRIZE * _rate(corr, mmc)),
                "Nothing in your rule depends on the stake. A free account can lose"
                " nothing and must get nothing.",
            ),
            Mistake(
                _in_a_year(lambda corr, mmc, stake: 10 * stake**0.5 * _rate(corr, mmc)),
                "The root of the stake pays small stakes better: eight small accounts"
                " earn more than one that is as large as they are together.",
            ),
            Mistake(
                _in_a_year(lambda corr, mmc, stake: stake * (75 * corr + 225 * mmc)),
                "Without a cap somebody burns more than there is at stake, which"
                " nobody can.",
            ),
        ),
        same={
            "arguments: (0.5 * corr + 2.5 * mmc).clip(-0.05, 0.05) →"
            " (0.5 * corr + 2.5 * mmc).clip(0.05, -0.05)": "pandas takes the smaller"
            " of two numbers as the lower one.",
            **dict.fromkeys(
                (
                    "constant: 0.05 → 0.05500000000000001",
                    "constant: 0.5 → 0.55",
                    "constant: 2.5 → 2.75",
                ),
                "It is another rule that does all that is asked for.",
            ),
        },
    ),
)

QUIZ = (
    Question(
        "Prizes go to the ten best of each week, and accounts are free. What pays?",
        {
            "Train a better model": "It helps a little. In a single week luck decides"
            " who is among the ten best.",
            "Open a hundred random accounts": "Right: places go by the number of"
            " accounts, and skill hardly shows in a week.",
            "Submit what everybody submits": "Then you share your place with them, in"
            " the middle.",
        },
        "b",
    ),
    Question(
        "Stakes burn as they earn, with the same cap on both. Two accounts submit"
        " opposites, with equal stakes. They…",
        {
            "earn, as one is always right": "And the other one burns exactly as much.",
            "are burned": "No. What one burns the other earns: over time they stay"
            " about where they are, and weigh in the blend as nothing.",
            "come out even, so that their stakes are idle": "Right. The rule does not"
            " find them out; it makes the attack pointless.",
        },
        "c",
    ),
    Question(
        "Which of these did stake and burn *not* defeat in this lesson?",
        {
            "Noise with a very large stake": "It burned: the larger its share in the"
            " metamodel, the worse its contribution.",
            "The copycat of a month-old metamodel": "Right. It is a good prediction"
            " with a stake behind it, and the rule pays for that.",
            "A hundred free accounts": "Without a stake they are scored, and neither"
            " paid nor traded on.",
        },
        "b",
    ),
)
