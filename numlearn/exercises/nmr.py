"""Exercises: stakes and burns on a ledger, and who may end them."""

from contextlib import suppress

import numpy as np
import pandas as pd

from numlearn.exercises import Exercise, Mistake, Question
from numlearn.staking import NMR, Ledger, RatioType, Refused

NAMES = ("alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan")
DESTROYED = ("burn", "punish")
STAGES = ("open", "closed", "resolved")
VERBS = ("transfer", "agree", "stake", "reward", "punish", "release", "burn")


def wallets_and_stakes(seed):
    """Return sums for a wallet and a stake: a part, all, one more, far more, one."""
    rng = np.random.default_rng([seed, 1])
    a, b, c, d, e = (int(x) for x in rng.integers(50, 500, 5))
    return [(a, a // 3), (b, b), (c, c + 1), (d, 3 * d), (e, 1)]


def create_stake(wallet, stake):
    """Give alice NMR, let her stake some, and return what is where, in NMR."""
    return _on(Ledger(), wallet, stake)


def _on(ledger, wallet, stake):
    ledger.transfer("numerai", "alice", wallet * NMR)
    with suppress(Refused):
        ledger.stake("alice", stake * NMR)
    return {
        "wallet": ledger.balance("alice") / NMR,
        "stake": ledger.staked("alice") / NMR,
        "burned": ledger.burned / NMR,
    }


def punishments(seed):
    """Return stakes, punishments up to all of them, and ratios from 0 to above 1."""
    rng = np.random.default_rng([seed, 2])
    stakes = rng.integers(100, 900, 6).tolist()
    ratios = rng.permutation([0.25, 0.75, 1.5, 3.0]).tolist()
    parts = [stake // part | 1 for stake, part in zip(stakes, (7, 3, 9, 5, 2, 11))]
    parts[2] = stakes[2]
    return list(zip(stakes, parts, [*ratios, 0, 1]))


def grief(stake, punishment, ratio):
    """Burn a part of a stake at a ratio and return what that leaves and costs."""
    ledger = Ledger()
    ledger.transfer("numerai", "alice", stake * NMR)
    kind = RatioType.DECIMAL if ratio else RatioType.FREE
    ledger.agree("alice", ratio=int(ratio * NMR), ratio_type=kind)
    ledger.stake("alice", stake * NMR)
    cost = ledger.punish("alice", punishment * NMR)
    return {
        "stake": ledger.staked("alice") / NMR,
        "cost": cost / NMR,
        "burned": ledger.burned / NMR,
    }


def positions(seed):
    """Return every kind of position and stage, each with a staker of its own."""
    stakers = np.random.default_rng([seed, 3]).permutation(NAMES).tolist()
    kinds = [(atomic, s) for atomic in (False, True) for s in STAGES]
    return [(staker, *kind) for staker, kind in zip(stakers, kinds)]


def who_can_release(staker, atomic, stage):
    """Try everybody on a ledger and return who can release a stake."""
    for account in (staker, "numerai"):
        ledger = Ledger()
        ledger.transfer("numerai", staker, NMR)
        ledger.agree(staker, atomic=atomic)
        ledger.stake(staker, NMR)
        if atomic and stage in ("closed", "resolved"):
            ledger.close(staker)
        if atomic and stage == "resolved":
            ledger.resolve(staker)
        try:
            ledger.release(staker, NMR, by=account)
        except Refused:
            continue
        return account
    return "nobody"


def histories(seed):
    """Return histories in NMR: every verb, none that destroys, no event, many."""
    rng = np.random.default_rng([seed, 4])
    calm = [verb for verb in VERBS if verb not in DESTROYED]
    return [
        (_history(rng, [*VERBS, *rng.choice(["reward", "punish", "burn"], 6)]),),
        (_history(rng, calm),),
        (_history(rng, []),),
        (_history(rng, [*VERBS, *rng.choice(VERBS, 20)]),),
    ]


def _history(rng, verbs):
    verbs = rng.permutation(np.array(verbs, dtype=object))
    table = pd.DataFrame({"verb": verbs})
    table["by"] = rng.choice(["numerai", "alice", "mallory"], len(verbs))
    table["on"] = np.where(verbs == "burn", "", rng.choice(NAMES, len(verbs)))
    table["amount"] = rng.uniform(1, 99, len(verbs)).round(1)
    table.loc[table["verb"] == "agree", "amount"] = 0.0
    costs = rng.choice([0.0, 0.5, 2.0], len(verbs)) * table["amount"]
    table["cost"] = costs.where(table["verb"] == "punish", 0.0)
    return table


def _three_events():
    rows = [("reward", 5.0, 0.0), ("punish", 10.0, 2.0), ("release", 20.0, 0.0)]
    table = pd.DataFrame(rows, columns=["verb", "amount", "cost"])
    table.insert(1, "by", "numerai")
    table.insert(2, "on", "alice")
    return table


def supply_change(history):
    """Return by how much a history changed the total supply, in NMR."""
    gone = history[history["verb"].isin(DESTROYED)]
    return -float(gone["amount"].sum() + gone["cost"].sum())


def _amounts(history, *verbs):
    return float(history.loc[history["verb"].isin(verbs), "amount"].sum())


def _in_wei(wallet, stake):
    """Forget to divide by NMR, with the ledger's own integers."""
    ledger = Ledger()
    ledger.transfer("numerai", "alice", wallet * NMR)
    with suppress(Refused):
        ledger.stake("alice", stake * NMR)
    return {
        "wallet": ledger.balance("alice"),
        "stake": ledger.staked("alice"),
        "burned": ledger.burned,
    }


def _on_the_old_books(wallet, stake):
    """Go on with the lesson's ledger, as it is when the exercise is reached."""
    ledger = Ledger()
    ledger.transfer("numerai", "alice", 100 * NMR)
    ledger.stake("alice", 40 * NMR)
    ledger.punish("alice", 10 * NMR)
    return _on(ledger, wallet, stake)


def _griefed(stake, cost, burned):
    return {"stake": stake, "cost": cost, "burned": burned}


def _who(name, atomic, stage):
    if not atomic:
        return "numerai"
    return name if stage == "resolved" else "nobody"


BOTH = (
    "The supply falls by what the stake loses *and* by what that costs: both sums are"
    " destroyed, and nobody gets either."
)

EXERCISES = (
    Exercise(
        name="create_stake",
        points=2,
        hints=(
            "A `Ledger` speaks the verbs of the chain: `transfer`, then `stake`."
            " Amounts go in as wei (`* NMR`) and are shown in NMR (`/ NMR`).",
            "A stake above the wallet raises `Refused`. Put the stake under `try:` and"
            " write `except Refused: pass`: nothing has changed then.",
            'What is left is a dict of `books.balance("alice") / NMR`,'
            ' `books.staked("alice") / NMR` and `books.burned / NMR`, if `books` is'
            " your `Ledger()`.",
        ),
        cases=wallets_and_stakes,
        example=lambda: (100, 40),
        key=create_stake,
        same={
            "operator: books.burned / NMR → books.burned * NMR": "to stake burns"
            " nothing, so what is burned is 0 in any unit",
        },
        mistakes=(
            Mistake(
                _in_wei,
                "That is in wei, and NMR is asked for: divide by `NMR`.",
            ),
            Mistake(
                _on_the_old_books,
                "There was NMR in those books before: begin with a new `Ledger()`.",
            ),
            Mistake(
                lambda wallet, stake: create_stake(wallet, stake) | {"wallet": wallet},
                "The stake still counts as in the wallet. Whoever stakes moves the NMR"
                " out of the wallet.",
            ),
            Mistake(
                lambda wallet, stake: (
                    create_stake(wallet, stake)
                    | {"burned": create_stake(wallet, stake)["stake"]}
                ),
                "To stake is not to burn: all NMR still exists, some of it elsewhere.",
            ),
            Mistake(
                lambda wallet, stake: {
                    "wallet": wallet - stake,
                    "stake": stake,
                    "burned": 0,
                },
                "Somebody staked more than the wallet held. The contract refuses that,"
                " and a refusal changes nothing.",
            ),
            Mistake(
                lambda wallet, stake: create_stake(wallet, min(wallet, stake)),
                "A stake above the wallet is refused as a whole: nothing is staked, and"
                " not as much as there is.",
            ),
            Mistake(
                lambda wallet, stake: (
                    create_stake(wallet, stake)
                    if stake <= wallet
                    else {"wallet": 0, "stake": 0, "burned": 0}
                ),
                "Where the stake is refused the NMR is still in the wallet: a refusal"
                " changes nothing.",
            ),
            Mistake(
                lambda wallet, stake: {
                    key: nmr / NMR for key, nmr in create_stake(wallet, stake).items()
                },
                "Amounts go into the ledger in wei: multiply by `NMR` there, and divide"
                " by it at the end.",
            ),
            Mistake(
                lambda wallet, stake: (
                    create_stake(wallet, stake) | {"burned": float(stake)}
                    if stake > wallet
                    else create_stake(wallet, stake)
                ),
                "A stake that is refused burns nothing: a refusal changes nothing.",
            ),
            Mistake(
                lambda wallet, stake: create_stake(
                    wallet, stake if stake < wallet else wallet + 1
                ),
                "All of a wallet can be staked: the contract refuses only what is above"
                " it.",
            ),
        ),
    ),
    Exercise(
        name="grief",
        points=2,
        hints=(
            "The ratio is what the one who punishes pays for each NMR that is burned.",
            "Both sums are destroyed: what the stake loses, and what that costs.",
            "The cost is `punishment * ratio`. Or let a `Ledger` tell you: `agree`"
            " takes `ratio=int(ratio * NMR)` and `ratio_type=RatioType.DECIMAL`, or"
            " `RatioType.FREE` where the ratio is 0.",
        ),
        cases=punishments,
        example=lambda: (500, 10, 0.5),
        key=grief,
        mistakes=(
            Mistake(
                lambda s, p, r: _griefed(s - p, p / r, p + p / r),
                "You divided by the ratio. It says what each burned NMR costs, so the"
                " cost is the punishment times the ratio.",
            ),
            Mistake(
                lambda s, p, r: _griefed(s - p, 0.0, p),
                "That is the free punishment that Numerai agreed with its users. Here a"
                " ratio says what it costs.",
            ),
            Mistake(
                lambda s, p, r: _griefed(s - p, p * r, p),
                "The cost is burned, too: the supply falls by both.",
            ),
            Mistake(
                lambda s, p, r: _griefed(s - p, p * r, p * r),
                BOTH,
            ),
            Mistake(
                lambda s, p, r: _griefed(s - p, p * r, p - p * r),
                BOTH,
            ),
            Mistake(
                lambda s, p, r: _griefed(s - p, p * r, -p - p * r),
                "The size is right: say by how much the supply *falls*, as a number"
                " above zero.",
            ),
            Mistake(
                lambda s, p, r: _griefed(s - p - p * r, p * r, p + p * r),
                "The cost is paid by the one who punishes, out of their own wallet; the"
                " stake loses the punishment alone.",
            ),
            Mistake(
                lambda s, p, r: _griefed(s - p, s * r, p + s * r),
                "The cost is that of what is burned, `punishment * ratio`, not of the"
                " whole stake.",
            ),
            Mistake(
                lambda s, p, r: _griefed(s - p, int(p * r), int(p + int(p * r))),
                "You cut the cost down to a whole number. NMR has decimals.",
            ),
            Mistake(
                lambda s, p, r: _griefed(s - p, p * 0.5, p * 1.5),
                "0.5 is the ratio of the example alone: `ratio` is an argument.",
            ),
        ),
    ),
    Exercise(
        name="who_can_release",
        points=2,
        hints=(
            "Read the table above row by row: it has every case.",
            "Without `atomic` the stage does not matter: one account always can.",
            'With `atomic` it is `staker` once the stage is `"resolved"`; before that,'
            ' `"nobody"`.',
        ),
        cases=positions,
        example=lambda: ("zoe", True, "resolved"),
        key=who_can_release,
        mistakes=(
            Mistake(
                lambda staker, atomic, stage: (
                    "numerai" if not atomic else staker if stage != "open" else "nobody"
                ),
                "A closed round is at risk. The staker has to wait until it is"
                " resolved.",
            ),
            Mistake(
                lambda staker, atomic, stage: (
                    "numerai"
                    if not atomic
                    else "nobody"
                    if stage == "closed"
                    else staker
                ),
                "The staker has to wait while the round is open, too: only a resolved"
                " one can be taken out.",
            ),
            Mistake(
                lambda staker, atomic, stage: (
                    staker if atomic and stage == "resolved" else "numerai"
                ),
                "Numerai cannot release an atomic position: until the round is resolved"
                " nobody can.",
            ),
            Mistake(
                lambda staker, atomic, stage: (
                    staker if stage == "resolved" else "numerai"
                ),
                "The agreement of 2021 does not know stages: what it allows, it allows"
                " at any time, and always to the same account.",
            ),
            Mistake(
                lambda staker, atomic, stage: staker,
                "The staker is not the one who releases under the agreement of 2021.",
            ),
            Mistake(
                lambda staker, atomic, stage: who_can_release("staker", atomic, stage),
                "Return the name that the argument `staker` holds, not the word.",
            ),
            Mistake(
                lambda staker, atomic, stage: "numerai",
                "So it was in 2021. Once an atomic round is resolved, the stake is the"
                " staker's to take.",
            ),
            Mistake(
                lambda staker, atomic, stage: (
                    staker if atomic and stage == "resolved" else "nobody"
                ),
                "Not nobody: in 2021 one account could release at any time. Whose"
                " transaction passed?",
            ),
            Mistake(
                lambda staker, atomic, stage: _who("zoe", atomic, stage),
                "Return the name that the argument `staker` holds: it is not always"
                " `zoe`.",
            ),
            Mistake(
                lambda staker, atomic, stage: _who("alice", atomic, stage),
                "Return the name that the argument `staker` holds: it is not always"
                " `alice`.",
            ),
            Mistake(
                lambda staker, atomic, stage: who_can_release(
                    staker, atomic, stage
                ).capitalize(),
                "Names are lowercase here: `numerai`, `nobody`, and the staker's as it"
                " is given.",
            ),
            Mistake(
                lambda staker, atomic, stage: (
                    who_can_release(staker, atomic, stage)
                    if atomic
                    else who_can_release(staker, atomic, stage).capitalize()
                ),
                "Names are lowercase here: `numerai`, `nobody`, and the staker's as it"
                " is given.",
            ),
            Mistake(
                lambda staker, atomic, stage: [who_can_release(staker, atomic, stage)],
                "Return the name itself, and no list of it.",
            ),
        ),
    ),
    Exercise(
        name="supply_change",
        points=3,
        hints=(
            "Which verbs only move NMR from one place to another? They do not count.",
            "Two verbs destroy: `punish` and `burn`. A punishment has a `cost`, too.",
            'Pick the rows with `history[history["verb"].isin(["punish", "burn"])]`,'
            " add up both columns, and mind the sign: the supply falls.",
        ),
        cases=histories,
        example=lambda: (_three_events(),),
        key=supply_change,
        mistakes=(
            Mistake(
                lambda h: _amounts(h, "punish", "burn") + float(h["cost"].sum()),
                "The size is right. The supply falls, so the change is negative.",
            ),
            Mistake(
                lambda h: -_amounts(h, "punish", "burn"),
                "What a punishment costs the other side is destroyed as well.",
            ),
            Mistake(
                lambda h: float(h["cost"].sum()) - _amounts(h, "punish", "burn"),
                "A cost does not come back: it is destroyed, as what it punishes is.",
            ),
            Mistake(
                lambda h: -_amounts(h, "punish") - float(h["cost"].sum()),
                "Punishments are not the only way: `burn` destroys, too.",
            ),
            Mistake(
                lambda h: supply_change(h) + _amounts(h, "reward"),
                "A reward makes no new NMR: it comes out of the counterparty's wallet.",
            ),
            Mistake(
                lambda h: supply_change(h) - _amounts(h, "release"),
                "What is released goes back to the staker's wallet and still exists.",
            ),
            Mistake(
                lambda h: -float(h["amount"].sum() + h["cost"].sum()),
                "You added up every event. Most verbs only move NMR from one place to"
                " another.",
            ),
            Mistake(
                lambda h: supply_change(h[h["by"] == "numerai"]),
                "Others than Numerai can destroy NMR as well: the verb counts, not who"
                " did it.",
            ),
            Mistake(
                lambda h: supply_change(h[h["on"] == "alice"]),
                "You looked at what was done to alice. The total supply falls whoever"
                " loses.",
            ),
        ),
    ),
)

QUIZ = (
    Question(
        "Your stake of 100 NMR is punished by 10. Who has 10 NMR more than before?",
        {
            "The fund": "No. If it had, it would gain from poor predictions.",
            "The other stakers": "Not one of their balances moves. With less NMR in"
            " the world each may be worth a little more or not: no contract says so.",
            "Nobody": "Right: your stake and the total supply fall by 10, and every"
            " other balance stays what it was.",
        },
        "c",
    ),
    Question(
        "March 2021: Alice wants her stake back at once. What can she do?",
        {
            "Call `release` herself": "Tried above: only the counterparty may.",
            "Ask Numerai, whose `release` can pay nobody but her": "Right. She asked on"
            " the website, and about four weeks later it was hers.",
            "Nothing, the NMR is lost": "No: `release` pays the staker. She needs"
            " somebody else to call it.",
        },
        "b",
    ),
    Question(
        "In Erasure's own idea a griefer pays for what is burned. Did that hold Numerai"
        " back in 2021?",
        {
            "No, its agreements said: free": "Right. Their ratio type made punishment"
            " cost nothing, so nothing in the contract held it back.",
            "Yes, at a ratio of 1": "A ratio is part of the agreement, and Numerai's"
            " had none: punishing was free.",
            "Yes, because it received what was burned": "That would be the opposite of"
            " a cost, and nobody receives what is burned.",
        },
        "a",
    ),
)
