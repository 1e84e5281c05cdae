"""Claims about the whole triangle, settled by playing it in several worlds.

``python tests/claims/claims_suite.py`` plays all seasons and writes data/claims.json,
which README and lessons read (`numlearn.world.claims`). A measure is a number a seed,
above 0 where it speaks for the claim. It holds if the 95 % interval over the seeds
(Student's t) lies above 0, fails if below, and is open if neither; a claim with several
measures holds, holds if, fails, or is not shown. Seeds 1 to 5 were looked at while the
crowd and the first claims were written; the stored table is of others.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from numlearn._files import course_root
from numlearn.scoring import era_corr
from numlearn.world import claims, crowd, interval
from numlearn.world.tournament import Live, run

SEEDS = range(11, 19)
SIZE = {"rounds": 104, "rows": 1500, "train": 100}
RULE = "2026-01"


def _honest(seed):
    return [u for u in crowd.mixed(48, seed) if u.behavior == "honest"][:24]


def _everyone(seed, spread=0.0):
    """Return honest users with company of every kind, all with a like stake."""
    others = [
        *[crowd.Random(f"random_{k}") for k in range(4)],
        *crowd.sybils(2),
        *[crowd.Opposing(f"opposing_{k}") for k in range(3)],
        crowd.Copycat("copycat_5", late=5),
        crowd.Copycat("copycat_26", late=26),
        crowd.PumpAndRun("runner", models=("sub_a",), own=0.0),
        crowd.Quant("twin", models=("sub_a",), own=0.0),
    ]
    return crowd.with_stakes([*_honest(seed), *others], spread=spread, seed=seed)


def _with_whale(seed):
    """Return honest users and one who stakes noise, as much as all others together."""
    users = crowd.with_stakes(_honest(seed), crowd.TOTAL / 2)
    return [*users, crowd.Whale("whale", crowd.TOTAL / 2)]


def _with_many_opposing(seed):
    opposing = [crowd.Opposing(f"opposing_{k}") for k in range(12)]
    return crowd.with_stakes([*_honest(seed), *opposing])


def _with_farm(seed):
    return [*crowd.with_stakes(_honest(seed)), *crowd.farm(100)]


def _with_desk(seed):
    desk = [crowd.Quant(f"quant_{k}", 0.0) for k in range(5)]
    return [*crowd.with_stakes(_honest(seed)), *desk]


SEASONS = {  # name: users of a seed, and what else is different
    "all kinds": (_everyone, {}),
    "all kinds, no burn": (_everyone, {"change": "no burn"}),
    "all kinds, MMC only": (_everyone, {"change": "MMC only"}),
    "all kinds, uneven": (lambda seed: _everyone(seed, spread=1.2), {}),
    "whale": (_with_whale, {}),
    "many opposing": (_with_many_opposing, {}),
    "farm": (_with_farm, {"change": "rank prizes"}),
    "desk": (_with_desk, {}),
}


def growth(season, *names):
    """Return the income of users whose names begin so, as a share of their stake."""
    users = season.users[season.users.index.str.startswith(names)]
    return users["income"].sum() / users["stake"].sum()


def _gain(name, first, last):
    """Say by how much weights by stake beat equal ones, between two rounds."""

    def measure(play):
        blends = np.array([week["blends"] for week in play(name).weeks[first:last]])
        return np.mean(blends[:, 0] - blends[:, 1])

    return measure


def blend_corr(season, first=0):
    """Return the metamodel's mean CORR, from a round on."""
    return float(np.mean([week["blends"][0] for week in season.weeks[first:]]))


def _weight_kept(season, name):
    weights = season.table("weight").filter(like=name).sum(axis=1)
    return weights.iloc[-1] / weights.iloc[0]


def _weight_lost(name):
    return lambda play: 1 - _weight_kept(play("all kinds"), name)


def _by_others(name):
    """Say how much more of the loss of weight others' growth explains than own loss."""

    def measure(play):
        season = play("all kinds")
        own = -np.log(1 + growth(season, name))
        return -np.log(_weight_kept(season, name)) - 2 * own

    return measure


def _farm_share(block):
    """Return which share of the ten first places free accounts take, above one half."""

    def measure(play):
        corr = play("farm").table("corr")
        corr = corr.groupby((corr.index - 1) // block).mean()
        first = corr.rank(axis=1, ascending=False) <= 10
        return first.filter(like="farm").to_numpy().sum() / first.to_numpy().sum() - 0.5

    return measure


def _over_desk(play):
    season = play("desk")
    desk = []
    for number, era in enumerate(season.arena.live[: len(season.weeks)], 1):
        live = Live(season.arena, number, [])
        quants = [u for u in season.crowd if u.behavior == "quant"]
        blend = sum(user.predict(live) for user in quants)
        desk.append(era_corr(blend, era.targets["target"]))
    return blend_corr(season) - float(np.mean(desk))


def _over_users(quantile):
    def measure(play):
        season = play("desk")
        users = season.users[season.users["behavior"] == "honest"]
        return blend_corr(season) - users["corr"].quantile(quantile)

    return measure


def _together(name):
    """Correlate, over quarters, the fund's return with CORR or with net payouts."""

    def measure(play):
        rounds = play("all kinds").rounds
        rounds = rounds.assign(net=rounds["paid"] - rounds["burned"])
        quarters = rounds.groupby((rounds["round"] - 1) // 13)[["fund_return", name]]
        return quarters.sum().corr().iloc[0, 1]

    return measure


@dataclass(frozen=True)
class Claim:
    """A sentence, how it is measured, and what of it is built in.

    Attributes
    ----------
    id, lesson, sentence : str
    measures : dict of str to callable
        What is measured, and a function of ``play``, which returns a season by its name
        in `SEASONS`.
    built_in : str
        What holds by construction.
    """

    id: str
    lesson: str
    sentence: str
    measures: dict[str, Callable] = field(repr=False)
    built_in: str = ""


def _grows(season, name, sign=1.0):
    return lambda play: sign * growth(play(season), name)


def _little(name):
    """Say by how much users stay below a quarter of what honest ones earn."""
    return lambda play: (
        growth(play("all kinds"), "honest") / 4 - growth(play("all kinds"), name)
    )


CLAIMS = (
    Claim(
        "opposing-burn",
        "attack_lab",
        "Who submits the opposite of a good model is burned.",
        {"share of the stake lost": _grows("all kinds", "opposing", -1)},
        "that the model is good",
    ),
    Claim(
        "whale-burn",
        "attack_lab",
        "A whale that stakes noise, as much as all others together, is burned.",
        {
            "share of the stake lost": _grows("whale", "whale", -1),
            "MMC lost a round": lambda play: -play("whale").users.loc["whale", "mmc"],
        },
        "its own weight in the metamodel makes its MMC negative",
    ),
    Claim(
        "noise-earns-nothing",
        "attack_lab",
        "Random numbers, alone or as two accounts that hedge each other, earn next to "
        "nothing where payouts can burn.",
        {
            "random: below a quarter of honest growth": _little("random"),
            "pairs: below a quarter of honest growth": _little("hedged"),
        },
        "an expected score of 0; the scores of two that hedge each other cancel",
    ),
    Claim(
        "noise-is-burned",
        "attack_lab",
        "They even lose a part of their stake.",
        {
            "random: share of the stake lost": _grows("all kinds", "random", -1),
            "pairs: share of the stake lost": _grows("all kinds", "hedged", -1),
        },
        "equal steps up and down, compounded, lose",
    ),
    Claim(
        "noise-earns-without-burn",
        "attack_lab",
        "The same random numbers earn where nothing burns.",
        {
            "random: growth": _grows("all kinds, no burn", "random"),
            "pairs: growth": _grows("all kinds, no burn", "hedged"),
        },
        "payouts that are never negative have a positive mean",
    ),
    Claim(
        "bad-faith-loses-weight",
        "attack_lab",
        "Those in bad faith lose weight in the metamodel.",
        {
            "random: share of the weight lost": _weight_lost("random"),
            "hedged: share of the weight lost": _weight_lost("hedged"),
            "opposing: share of the weight lost": _weight_lost("opposing"),
        },
    ),
    Claim(
        "weight-lost-to-others-growth",
        "attack_lab",
        "They lose it because others grow, not because they burn.",
        {
            "random: log weight lost to others, less to burns": _by_others("random"),
            "hedged: log weight lost to others, less to burns": _by_others("hedged"),
            "opposing: log weight lost to others, less to burns": _by_others(
                "opposing"
            ),
        },
    ),
    Claim(
        "farms-win-prizes",
        "attack_lab",
        "A hundred free accounts with noise take most of the ten first places.",
        {
            "share of places in single rounds, above a half": _farm_share(1),
            "share of places over 13 rounds, above a half": _farm_share(13),
        },
        "noise of a single round is larger than skill",
    ),
    Claim(
        "stake-weights-win",
        "metamodel",
        "Weighing by stake beats weighing equally.",
        {
            "all kinds, second year": _gain("all kinds", 52, None),
            "honest users only, second year": _gain("desk", 52, None),
            "a third in opposition, second year": _gain("many opposing", 52, None),
            "uneven stakes, first quarter": _gain("all kinds, uneven", 0, 13),
            "uneven stakes, second year": _gain("all kinds, uneven", 52, None),
            "half of the stake behind noise, first quarter": _gain("whale", 0, 13),
            "half of the stake behind noise, second year": _gain("whale", 52, None),
        },
        "at the start, with equal stakes, both are the same",
    ),
    Claim(
        "burns-keep-the-metamodel",
        "one_rule",
        "Without burns the metamodel gets worse.",
        {
            "CORR, second year": lambda play: (
                blend_corr(play("all kinds"), 52)
                - blend_corr(play("all kinds, no burn"), 52)
            )
        },
    ),
    Claim(
        "copycats-earn",
        "contribution",
        "A copycat that sees the metamodel late earns all the same.",
        {
            "5 rounds late: growth": _grows("all kinds", "copycat_5"),
            "26 rounds late: growth": _grows("all kinds", "copycat_26"),
            "5 rounds late: above the honest": lambda play: (
                growth(play("all kinds"), "copycat_5")
                - growth(play("all kinds"), "honest")
            ),
            "only MMC is paid, 5 rounds late: growth": _grows(
                "all kinds, MMC only", "copycat_5"
            ),
        },
        "that it can learn the recipe: all models are made of those that it mixes",
    ),
    Claim(
        "crowd-beats-desk",
        "crowd",
        "The metamodel of 24 users is better than a desk of five quants alike.",
        {"CORR above the desk's blend": _over_desk},
        "the desk has the main target's best trees, the crowd has other models too",
    ),
    Claim(
        "crowd-beats-users",
        "metamodel",
        "The metamodel is better than its users.",
        {
            "CORR above the median user": _over_users(0.5),
            "CORR above nine in ten": _over_users(0.9),
        },
        "a mean of models that err differently errs less",
    ),
    Claim(
        "running-pays",
        "attack_lab",
        "Who stakes only after good scores earns more than who stays.",
        {
            "growth above a twin that stays": lambda play: (
                growth(play("all kinds"), "runner") - growth(play("all kinds"), "twin")
            )
        },
        "scores of neighbouring rounds share days",
    ),
    Claim(
        "all-gain-together",
        "alignment",
        "In quarters in which the metamodel scores well, fund and users gain.",
        {
            "correlation of fund and metamodel": _together("metamodel_corr"),
            "correlation of fund and NMR paid less burned": _together("net"),
        },
        "score and return are of the same stocks and days",
    ),
)


def measure(seed, size=SIZE):
    """Play one seed's seasons.

    Returns
    -------
    effects : dict of (claim, measure) to float
    hashes : dict of str to str
        Of each season's payouts, in millionths of an NMR.
    """
    played = {}

    def play(name):
        if name not in played:
            users, options = SEASONS[name]
            options = {"rules": RULE, **size, **options}
            played[name] = run(seed, users=users(seed), **options)
        return played[name]

    effects = {
        (claim.id, name): float(function(play))
        for claim in CLAIMS
        for name, function in claim.measures.items()
    }
    return effects, {name: _hash(season) for name, season in played.items()}


def _hash(season):
    payouts = season.table("payout").round(6).to_numpy() + 0.0
    return hashlib.blake2b(payouts.tobytes(), digest_size=4).hexdigest()


def judge(values):
    """Return mean, low, high and verdict of one measure over the seeds."""
    mean, low, high = interval(values)
    verdict = "holds" if low > 0 else "fails" if high < 0 else "open"
    return mean, low, high, verdict


def settle(seeds=SEEDS, size=SIZE, progress=None):
    """Play all seeds and judge all claims.

    Returns
    -------
    dict
        As it is stored: how it was made, hashes by seed, and the claims.
    """
    results = {}
    for done, seed in enumerate(seeds, 1):
        results[seed] = measure(seed, size)
        if progress:
            progress(done, len(seeds))
    settled = []
    for claim in CLAIMS:
        lines = []
        for name in claim.measures:
            values = [effects[claim.id, name] for effects, _ in results.values()]
            mean, low, high, verdict = judge(values)
            figures = {"mean": mean, "low": low, "high": high}
            figures = {k: float(f"{v:.4g}") for k, v in figures.items()}
            values = [float(f"{v:.4g}") for v in values]
            lines.append({"name": name, **figures, "verdict": verdict, "seeds": values})
        verdicts = {line["verdict"] for line in lines}
        facts = {k: v for k, v in vars(claim).items() if k != "measures"}
        settled.append({**facts, "verdict": _whole(verdicts), "measures": lines})
    hashes = {str(seed): found for seed, (_, found) in results.items()}
    made = {"rules": RULE, **size, "seeds": list(seeds)}
    return {"made": made, "hashes": hashes, "claims": settled}


def _whole(verdicts):
    if verdicts == {"holds"}:
        return "holds"
    if "holds" in verdicts:
        return "holds if"
    return "fails" if "fails" in verdicts else "not shown"


def main():
    """Settle all claims, store the table, and print it."""
    table = settle(progress=lambda done, total: print(f"seed {done} of {total}"))
    path = course_root() / "data" / "claims.json"
    path.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    shown = claims()[["claim", "settled", "measure", "mean", "low", "high"]]
    print(shown.to_string(index=False))


if __name__ == "__main__":
    main()
