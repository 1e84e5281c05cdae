"""Exercises: stakes and burns on a ledger, and who may end them."""

from contextlib import suppress

import numpy as np
import pandas as pd

from numlearn.exercises import Exercise, Mistake, Question
from numlearn.staking import NMR, Event, Ledger, RatioType, Refused

NAMES = ("alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan")
DESTROYED = ("burn", "punish")


def wallets_and_stakes(seed):
    """Return sums of NMR for a wallet and a stake; the last stake is too large."""
    rng = np.random.default_rng([seed, 1])
    wallets = rng.integers(50, 500, 3)
    stakes = [int(wallets[0] // 3), int(wallets[1] // 4), int(wallets[2] + 7)]
    return [(int(wallet), stake) for wallet, stake in zip(wallets, stakes)]


def create_stake(wallet, stake):
    """Give alice NMR, let her stake some, and return what is where, in NMR."""
    ledger = Ledger()
    ledger.transfer("numerai", "alice", wallet * NMR)
    with suppress(Refused):
        ledger.stake("alice", stake * NMR)
    return {
        "wallet": ledger.balance("alice") / NMR,
        "stake": ledger.staked("alice") / NMR,
        "burned": ledger.burned / NMR,
    }


def punishments(seed):
    """Return stakes, punishments within them, and ratios other than 0 and 1."""
    rng = np.random.default_rng([seed, 2])
    stakes = rng.integers(100, 900, 3)
    ratios = rng.permutation([0.25, 0.5, 3.0])
    return [(int(s), int(s // 7), float(r)) for s, r in zip(stakes, ratios)]


def grief(stake, punishment, ratio):
    """Burn a part of a stake at a ratio and return what that leaves and costs."""
    ledger = Ledger()
    ledger.transfer("numerai", "alice", stake * NMR)
    ledger.agree("alice", ratio=int(ratio * NMR), ratio_type=RatioType.DECIMAL)
    ledger.stake("alice", stake * NMR)
    cost = ledger.punish("alice", punishment * NMR)
    return {
        "stake": ledger.staked("alice") / NMR,
        "cost": cost / NMR,
        "burned": ledger.burned / NMR,
    }


def positions(seed):
    """Return every kind of position and stage, with a staker who changes by seed."""
    staker = NAMES[seed % len(NAMES)]
    kinds = [(True, "resolved"), *((False, s) for s in ("open", "closed", "resolved"))]
    return [(staker, *kind) for kind in [*kinds, (True, "open"), (True, "closed")]]


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
    """Return two histories in NMR, with every verb that moves or destroys some."""
    rng = np.random.default_rng([seed, 3])
    cases = []
    for rounds in (6, 20):
        verbs = ["transfer", "stake", "reward", "punish", "release", "burn"]
        verbs += list(rng.choice(["reward", "punish"], rounds))
        events = [Event(v, "numerai", "alice", int(rng.integers(1, 99))) for v in verbs]
        table = pd.DataFrame(events).astype({"amount": float, "cost": float})
        table["cost"] = np.where(table["verb"] == "punish", table["amount"] / 2, 0.0)
        cases.append((table,))
    return cases


def supply_change(history):
    """Return by how much a history changed the total supply, in NMR."""
    gone = history[history["verb"].isin(DESTROYED)]
    return -float(gone["amount"].sum() + gone["cost"].sum())


def _amounts(history, verb):
    return float(history.loc[history["verb"] == verb, "amount"].sum())


def _changed(function, **figures):
    """Return a wrong answer: the right one with figures changed by functions of it."""

    def answer(*case):
        right = function(*case)
        return right | {key: change(right) for key, change in figures.items()}

    return answer


def _in_wei(wallet, stake):
    return {key: amount * NMR for key, amount in create_stake(wallet, stake).items()}


def _staked_anyway(wallet, stake):
    return {"wallet": wallet - stake, "stake": stake, "burned": 0}


EXERCISES = (
    Exercise(
        name="create_stake",
        points=2,
        hints=(
            "A `Ledger` speaks the verbs of the chain: `transfer`, then `stake`."
            " Amounts go in as wei (`* NMR`) and are shown in NMR (`/ NMR`).",
            "A stake above the wallet raises `Refused`. Put the stake under `try:` and"
            " write `except Refused: pass`: nothing has changed then.",
            'What is left is a dict of `ledger.balance("alice") / NMR`,'
            ' `ledger.staked("alice") / NMR` and `ledger.burned / NMR`.',
        ),
        cases=wallets_and_stakes,
        key=create_stake,
        mistakes=(
            Mistake(
                _in_wei,
                "That is in wei, and NMR is asked for: divide by `NMR`.",
            ),
            Mistake(
                _changed(create_stake, wallet=lambda is_: is_["wallet"] + is_["stake"]),
                "The stake still counts as in the wallet. Whoever stakes moves the NMR"
                " out of the wallet.",
            ),
            Mistake(
                _changed(create_stake, burned=lambda is_: is_["stake"]),
                "To stake is not to burn: all NMR still exists, some of it elsewhere.",
            ),
            Mistake(
                _staked_anyway,
                "Somebody staked more than the wallet held. The contract refuses that,"
                " and a refusal changes nothing.",
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
            " takes `ratio=int(ratio * NMR)` and `ratio_type=RatioType.DECIMAL`.",
        ),
        cases=punishments,
        key=grief,
        mistakes=(
            Mistake(
                lambda s, p, r: {"stake": s - p, "cost": p / r, "burned": p + p / r},
                "You divided by the ratio. It says what each burned NMR costs, so the"
                " cost is the punishment times the ratio.",
            ),
            Mistake(
                lambda s, p, r: {"stake": s - p, "cost": 0.0, "burned": p},
                "That is the free punishment that Numerai agreed with its users. Here a"
                " ratio says what it costs.",
            ),
            Mistake(
                lambda s, p, r: {"stake": s - p, "cost": p * r, "burned": p},
                "The cost is burned, too: the supply falls by both.",
            ),
            Mistake(
                lambda s, p, r: {"stake": s - p, "cost": p * r, "burned": p - p * r},
                "The cost does not go to the staker or back into circulation: both sums"
                " are destroyed.",
            ),
            Mistake(
                lambda s, p, r: {
                    "stake": s - p - p * r,
                    "cost": p * r,
                    "burned": p + p * r,
                },
                "The cost is paid by the one who punishes, out of their own wallet; the"
                " stake loses the punishment alone.",
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
        key=who_can_release,
        mistakes=(
            Mistake(
                lambda staker, atomic, stage: staker if atomic else "numerai",
                "Under an atomic agreement the staker has to wait: while the round is"
                " open or closed, nobody can take anything out.",
            ),
            Mistake(
                lambda staker, atomic, stage: (
                    staker if atomic and stage == "resolved" else "numerai"
                ),
                "Numerai cannot release an atomic position: until the round is resolved"
                " nobody can.",
            ),
            Mistake(
                lambda staker, atomic, stage: staker,
                "The staker is not the one who releases under the agreement of 2021.",
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
        key=supply_change,
        mistakes=(
            Mistake(
                lambda h: -supply_change(h),
                "The size is right. The supply falls, so the change is negative.",
            ),
            Mistake(
                lambda h: supply_change(h) + float(h["cost"].sum()),
                "What a punishment costs the other side is destroyed as well.",
            ),
            Mistake(
                lambda h: supply_change(h) + _amounts(h, "burn"),
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
