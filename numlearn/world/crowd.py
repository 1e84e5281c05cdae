"""The users: who takes part, with which model, how much stake, and to what end.

A user is a small frozen dataclass. To add a kind, subclass `User`, say what it predicts
and, if it does more than to stake on, how much it puts at risk:

>>> @dataclass(frozen=True)
... class Moody(User):
...     behavior = "moody"
...
...     def predict(self, live):  # one number a row; None for no submission
...         mood = 1 if live.round % 2 else -1
...         return mood * live.base("trees") + live.noise(self.name)
...
...     def share(self, past):  # of the own position, from 0 to 1
...         return 0.5

`live` is a `numlearn.world.tournament.Live`: ``live.panel`` is what the fund hands out
(era and features), ``live.base(name)`` one of the models of ``MODELS``, fitted to the
world's past, ``live.noise(key)`` fresh random numbers, and ``live.published(late)`` the
metamodels that are known by then. A user has no memory of its own: everything follows
from the round, so that a season can be taken up where it was left. For a model of one's
own there is `Own`.

Predictions are judged as Numerai judges a submission: each row needs a finite number,
and not all may be equal. A Series is aligned by its ids, a bare array by position.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import cycle, islice
from numbers import Integral, Real

import numpy as np

from numlearn.errors import NumlearnError, real_number, whole_number
from numlearn.world._arena import MODELS
from numlearn.world._features import TABLES

__all__ = [
    "MODELS",
    "Copycat",
    "Hedged",
    "Honest",
    "Leaver",
    "Opposing",
    "Own",
    "PumpAndRun",
    "Quant",
    "Random",
    "User",
    "Weak",
    "Whale",
    "farm",
    "mixed",
    "six",
    "sybils",
    "with_stakes",
]


def _number(least, most=np.inf):
    return lambda x: isinstance(x, Real) and least <= x <= most and np.isfinite(x)


_FIELDS = {  # of the users: what is allowed, in code and in words
    "name": (lambda x: isinstance(x, str) and x != "", "a text"),
    "stake": (_number(0), "a number of NMR, 0 or above"),
    "own": (_number(0), "a number, 0 or above"),
    "fear": (_number(0, 1), "a number from 0 to 1"),
    "late": (lambda x: isinstance(x, Integral) and x >= 1, "a whole number from 1"),
    "sign": (lambda x: x in (1, -1), "1 or -1"),
    "model": (lambda x: x in MODELS, f"one of {', '.join(MODELS)}"),
    "models": (
        lambda x: isinstance(x, tuple | list) and x and set(x) <= set(MODELS),
        f"one or several of {', '.join(MODELS)}",
    ),
    "function": (callable, "a function of live.panel, such as your model's predict"),
}
TOTAL = 360_000  # NMR behind a mixed crowd, five times the threshold of 2023 to 2026


@dataclass(frozen=True)
class User:
    """Somebody who takes part.

    Parameters
    ----------
    name : str
        Unlike any other's.
    stake : float
        NMR at the start. Without a stake one is scored and weighs nothing.
    """

    name: str
    stake: float = 100.0
    behavior = "user"  # what a season sums up by
    bad_faith = False
    base_models = ()  # those that it asks for, which are then fitted beforehand
    checked = ("name", "stake")  # fields whose values are looked at

    def __post_init__(self):
        for name, (allowed, what) in _FIELDS.items():
            value = getattr(self, name, None)
            if name in self.checked and not allowed(value):
                raise NumlearnError(f"{name} of {self.name} is {what}, not {value!r}.")

    def predict(self, live):
        """Return a prediction for each row of the live era; None submits nothing."""
        raise NotImplementedError

    def share(self, past):
        """Return which share of the position to put at risk; `past` is a `Past`."""
        return 1.0


@dataclass(frozen=True)
class Honest(User):
    """A mean of base models and noise of one's own, in good faith.

    Parameters
    ----------
    models : str or tuple of str
        Of ``MODELS``.
    own : float
        Size of the noise, beside a mean of size about 1: what makes users of the same
        models differ.

    Examples
    --------
    >>> import numlearn as nl
    >>> nl.world.crowd.Honest("alice", 100.0, models=("trees",))
    Honest(name='alice', stake=100.0, models=('trees',), own=0.5)
    """

    models: tuple = ("trees",)
    own: float = 0.5
    behavior = "honest"

    checked = (*User.checked, "models", "own")

    def __post_init__(self):
        if isinstance(self.models, str):
            object.__setattr__(self, "models", (self.models,))
        super().__post_init__()

    @property
    def base_models(self):  # noqa: D102
        return self.models

    def predict(self, live):  # noqa: D102
        blend = sum(live.base(name) for name in self.models) / len(self.models)
        return blend + self.own * live.noise(self.name) if self.own else blend


@dataclass(frozen=True)
class Weak(Honest):
    """In good faith with a poor model: too few features, or overfitted.

    Examples
    --------
    >>> import numlearn as nl
    >>> nl.world.crowd.Weak("bob", 100.0).models
    ('overfit',)
    """

    models: tuple = ("overfit",)
    own: float = 1.0
    behavior = "weak"


@dataclass(frozen=True)
class Quant(Honest):
    """One of a team from similar backgrounds: strong models, hardly different ones.

    Examples
    --------
    >>> import numlearn as nl
    >>> nl.world.crowd.Quant("desk", 100.0).behavior
    'quant'
    """

    models: tuple = ("trees", "trees_b")
    own: float = 0.2
    behavior = "quant"


@dataclass(frozen=True)
class Leaver(Honest):
    """Honest, but takes the stake away once it fell below its highest worth.

    Parameters
    ----------
    fear : float
        By which share of the highest worth it has to fall, from 0 to 1.

    Examples
    --------
    >>> import numlearn as nl
    >>> nl.world.crowd.Leaver("carol", 100.0, fear=0.1).fear
    0.1
    """

    fear: float = 0.2
    behavior = "leaver"

    checked = (*Honest.checked, "fear")

    def share(self, past):  # noqa: D102
        peak = np.maximum.accumulate(past.positions)
        return 0.0 if (past.positions < (1 - self.fear) * peak).any() else 1.0


@dataclass(frozen=True)
class PumpAndRun(Honest):
    """Stakes all while its last four resolved scores are good, and runs when not.

    Examples
    --------
    >>> import numlearn as nl
    >>> nl.world.crowd.PumpAndRun("eve", 100.0).behavior
    'pump_and_run'
    """

    behavior = "pump_and_run"

    def share(self, past):  # noqa: D102
        return 1.0 if past.scores[-4:].sum() > 0 else 0.0


@dataclass(frozen=True)
class Copycat(User):
    """Copies the metamodel as it was: a mixture of base models that looks like it.

    Rows have new ids in every round, so an old metamodel cannot be handed in again.
    What a copycat can do is to learn how it was made from models that everyone has.

    Parameters
    ----------
    late : int
        Rounds until it sees a metamodel, from 1; before the first it hands in nothing.
    own : float
        As in `Honest`.

    Examples
    --------
    >>> import numlearn as nl
    >>> nl.world.crowd.Copycat("echo", 100.0, late=2).late
    2
    """

    late: int = 5
    own: float = 0.15
    behavior = "copycat"
    base_models = tuple(MODELS)

    checked = (*User.checked, "late", "own")

    def predict(self, live):  # noqa: D102
        copy = live.imitation(self.late)
        return None if copy is None else copy + self.own * live.noise(self.name)


@dataclass(frozen=True)
class Random(User):
    """Hands in fresh random numbers.

    Examples
    --------
    >>> import numlearn as nl
    >>> nl.world.crowd.Random("dice").stake
    100.0
    """

    behavior = "random"
    bad_faith = True

    def predict(self, live):  # noqa: D102
        return live.noise(self.name)


@dataclass(frozen=True)
class Whale(Random):
    """Hands in random numbers, behind which stands a very large stake.

    Examples
    --------
    >>> import numlearn as nl
    >>> nl.world.crowd.Whale("whale", 1_000_000.0).behavior
    'whale'
    """

    behavior = "whale"


@dataclass(frozen=True)
class Opposing(User):
    """Hands in the opposite of a good model.

    Examples
    --------
    >>> import numlearn as nl
    >>> nl.world.crowd.Opposing("mallory", 100.0).behavior
    'opposing'
    """

    model: str = "trees"
    own: float = 0.5
    behavior = "opposing"
    bad_faith = True

    checked = (*User.checked, "model", "own")

    @property
    def base_models(self):  # noqa: D102
        return (self.model,)

    def predict(self, live):  # noqa: D102
        return self.own * live.noise(self.name) - live.base(self.model)


@dataclass(frozen=True)
class Hedged(User):
    """One of two accounts of one person: the same random numbers, opposite signs.

    Examples
    --------
    >>> import numlearn as nl
    >>> one = nl.world.crowd.Hedged("up", 100.0, pair="p")
    >>> other = nl.world.crowd.Hedged("down", 100.0, pair="p", sign=-1)
    >>> one.sign + other.sign
    0
    """

    pair: str = "pair"
    sign: int = 1
    behavior = "hedged"
    bad_faith = True

    checked = (*User.checked, "sign")

    def predict(self, live):  # noqa: D102
        return self.sign * live.noise(self.pair)


@dataclass(frozen=True)
class Own(User):
    """A model of your own.

    Parameters
    ----------
    function : callable
        Takes ``live.panel``, a DataFrame with era and features; returns a number a row.

    Examples
    --------
    >>> import numlearn as nl
    >>> me = nl.world.crowd.Own("me", 50.0, function=lambda panel: panel["feature_1"])
    >>> me.behavior, me.stake
    ('own', 50.0)
    """

    function: Callable = field(default=None, repr=False)
    behavior: str = "own"

    checked = (*User.checked, "function")

    def predict(self, live):  # noqa: D102
        return self.function(live.panel)


@dataclass(frozen=True)
class _Free(Random):
    behavior = "farm"


def sybils(number, stake=100.0, name="hedged"):
    """Return so many pairs of accounts that hedge each other.

    Examples
    --------
    >>> import numlearn as nl
    >>> [user.name for user in nl.world.crowd.sybils(1)]
    ['hedged_0+', 'hedged_0-']
    """
    return [
        Hedged(f"{name}_{k}{'+' if sign > 0 else '-'}", stake, f"{name}_{k}", sign)
        for k in range(whole_number(number, "number of pairs"))
        for sign in (1, -1)
    ]


def farm(number, stake=0.0):
    """Return so many free accounts of one person, each with random numbers.

    Examples
    --------
    >>> import numlearn as nl
    >>> [user.name for user in nl.world.crowd.farm(3)]
    ['farm_0', 'farm_1', 'farm_2']
    """
    accounts = range(whole_number(number, "number of accounts"))
    return [_Free(f"farm_{k}", stake) for k in accounts]


def six(stake=100.0):
    """Return the crowd of the first lesson: few, and each easy to tell apart.

    Examples
    --------
    >>> import numlearn as nl
    >>> [(user.name, user.behavior) for user in nl.world.crowd.six()][:3]
    [('honest_1', 'honest'), ('honest_2', 'honest'), ('honest_3', 'honest')]
    """
    return [
        Honest("honest_1", stake, ("trees", "line"), own=0.2),
        Honest("honest_2", stake, ("trees",), own=0.5),
        Honest("honest_3", stake, ("line",), own=0.5),
        Weak("weak", stake, ("narrow",), own=0.5),
        Random("random", stake),
        Opposing("opposing", stake),
    ]


def with_stakes(users, total=TOTAL, spread=0.0, seed=0):
    """Return the same users with stakes that add up to a total.

    Parameters
    ----------
    users : list of User
    total : float
        In NMR.
    spread : float
        Standard deviation of the stakes' logarithm; 0 is the same for all.
    seed : int

    Examples
    --------
    >>> import numlearn as nl
    >>> users = nl.world.crowd.with_stakes(nl.world.crowd.farm(3), total=300)
    >>> [user.stake for user in users]
    [100.0, 100.0, 100.0]
    """
    total, spread = real_number(total, "total"), real_number(spread, "spread")
    rng = np.random.default_rng(whole_number(seed, "seed"))
    draw = np.exp(spread * rng.standard_normal(len(users)))
    stakes = draw * total / draw.sum()
    return [replace(user, stake=float(s)) for user, s in zip(users, stakes)]


_OTHERS = {
    "quant": Quant, "copycat": Copycat, "random": Random, "opposing": Opposing,
    "leaver": Leaver, "pump_and_run": PumpAndRun,
}  # fmt: skip


def mixed(number=30, seed=0, total=TOTAL, spread=0.0):
    """Return a crowd of all kinds: three in five are honest.

    Parameters
    ----------
    number : int
        How many users. A larger crowd begins with the smaller one, but for the stakes.
    seed, total, spread
        As in `with_stakes`; the seed also draws how noisy each user is.

    Returns
    -------
    list of User

    Examples
    --------
    >>> import numlearn as nl
    >>> from collections import Counter
    >>> Counter(user.behavior for user in nl.world.crowd.mixed(20)).most_common(2)
    [('honest', 13), ('quant', 2)]
    """
    number, seed = whole_number(number, "number", 1), whole_number(seed, "seed")
    rng, count, users = np.random.default_rng([seed, 1]), Counter(), []
    for kind in islice(cycle(TABLES["crowd"]["order"]), number):
        own = float(np.round(rng.uniform(0.2, 0.9), 2))
        count[kind] += 1
        users += _of_kind(kind, count[kind], own)
    return with_stakes(users[:number], total, spread, seed)


def _of_kind(kind, n, own):
    """Return the n-th user of a kind, or the n-th pair."""
    name = f"{kind}_{n}"
    if kind == "hedged":
        return sybils(1, name=name)
    if kind not in TABLES["crowd"]:
        return [_OTHERS[kind](name)]
    models = TABLES["crowd"][kind]
    models = tuple(models[(n - 1) % len(models)])
    if kind == "weak":
        return [Weak(name, models=models)]
    return [Honest(name, models=models, own=own)]
