"""A market of synthetic stocks: what moves their prices, and the truth behind it.

Every stock has two hidden *traits* of three levels that last for years, and eight
*signals* that fade within weeks. Both earn a premium: the traits mostly through
combinations (which trees find and lines do not), the signals in proportion. Market,
sectors, industries and styles move the prices too; the target will take these out.

All arithmetic is elementwise or a sum in a fixed order, so that another machine's
linear algebra cannot change a byte of the data made from it.
"""

from dataclasses import dataclass, field

import numpy as np

DAYS = 5  # trading days in a week, hence in an era
TRAITS = 2
SIGNALS = 8
LEVELS = np.array([-1.224744871, 0.0, 1.224744871])  # equally likely, unit variance
GRID = np.stack(np.meshgrid(*[np.arange(3)] * TRAITS, indexing="ij"), -1)
GRID = GRID.reshape(-1, TRAITS)  # the nine types: one row of trait levels each


@dataclass(frozen=True)
class MarketRules:
    """The numbers that shape a market; premia are 20-day information coefficients.

    An information coefficient (IC) is the correlation of what is known today with the
    residual return of the next 20 days.
    """

    flip: float = 0.004  # weekly chance that a trait is drawn anew
    tilt: float = 0.45  # how far an industry's stocks share their traits
    fade: float = 0.5  # weekly autocorrelation of a signal as the features show it
    payoff: float = 0.9  # weekly autocorrelation of what a signal still earns
    cell_ic: float = 0.034  # combinations of traits
    cell_shock: float = 0.021
    cells: int = 9
    trait_ic: float = 0.010  # traits in proportion
    trait_shock: float = 0.025
    signal_ic: float = 0.031  # signals in proportion, all together
    signal_shock: float = 0.024
    drift: float = 0.003  # slow change of each trait's and signal's premium: some flip
    drift_memory: float = 0.98
    regime: float = 0.2  # all premia rise and fall together
    regime_memory: float = 0.97
    idio: float = 0.020  # daily volatilities
    market: float = 0.010
    market_drift: float = 0.0005
    sector: float = 0.006
    industry: float = 0.018
    style: float = 0.004
    beta_trait: float = 0.3  # how much market beta rides on the first trait
    sectors: int = 10
    industries: int = 50
    styles: int = 3


@dataclass(frozen=True)
class Market:
    """A simulated market and its whole truth.

    Attributes
    ----------
    returns : numpy.ndarray, (days, stocks) float32
        Daily returns; row d - 1 is day d, and era e is the evening of day 5 e.
    market : numpy.ndarray, (days,)
        The return that a beta of one shares.
    types : numpy.ndarray, (weeks + 1, stocks) int8
        Which of the nine combinations of traits a stock has, at each era.
    signals : numpy.ndarray, (weeks + 1, 8, stocks) float32
        What the features can see of the fading signals, at each era.
    size : numpy.ndarray, (weeks + 1, stocks) float32
        Log size: the largest stocks make up the universe.
    sector, industry : numpy.ndarray, (stocks,)
        Membership; an industry lies within one sector.
    style : numpy.ndarray, (3, stocks)
        Exposures to the style factors.
    """

    seed: int
    rules: MarketRules
    returns: np.ndarray = field(repr=False)
    market: np.ndarray = field(repr=False)
    types: np.ndarray = field(repr=False)
    signals: np.ndarray = field(repr=False)
    size: np.ndarray = field(repr=False)
    sector: np.ndarray = field(repr=False)
    industry: np.ndarray = field(repr=False)
    style: np.ndarray = field(repr=False)
    own_beta: np.ndarray = field(repr=False)

    def beta(self, era):
        """Return each stock's market beta at an era."""
        first_trait = LEVELS[GRID[self.types[era], 0]]
        return self.own_beta + self.rules.beta_trait * first_trait

    def forward(self, era, days, skip=2):
        """Return the sum of returns of days 5 era + skip + 1 … 5 era + skip + days."""
        start = DAYS * era + skip
        return np.add.reduce(self.returns[start : start + days], 0, dtype=np.float64)


def stream(seed, name, number=0):
    """Return the random generator of one named part of a world.

    Each week and each era draws from its own, so a longer world begins with the
    shorter one and work that was interrupted can go on from any era.
    """
    return np.random.default_rng([seed, *name.encode(), number])


def sum_in_order(columns, weights):
    """Sum columns times weights, one after the other: the same bits everywhere."""
    total = columns[0] * weights[0]
    for column, weight in zip(columns[1:], weights[1:]):
        total = total + column * weight
    return total


def draw_market(seed, weeks, stocks, rules=None):
    """Draw a market, week by week.

    Parameters
    ----------
    seed : int
        Everything follows from it.
    weeks : int
        Number of weeks of five days.
    stocks : int
        Number of stocks.
    rules : MarketRules, optional
        The market's numbers.

    Returns
    -------
    Market
        The first weeks are the same whatever `weeks` is.
    """
    rules = rules or MarketRules()
    fixed = _Fixed(rules, stocks, stream(seed, "structure"))
    state = _State(rules, fixed, stream(seed, "week"))
    returns = np.empty((weeks * DAYS, stocks), np.float32)
    market = np.empty(weeks * DAYS)
    types = np.empty((weeks + 1, stocks), np.int8)
    signals = np.empty((weeks + 1, SIGNALS, stocks), np.float32)
    size = np.empty((weeks + 1, stocks), np.float32)
    for week in range(weeks + 1):
        if week:
            rng = stream(seed, "week", week)
            days = slice((week - 1) * DAYS, week * DAYS)
            returns[days], market[days] = _returns(rules, fixed, state, rng)
            state.step(rng)
        types[week], signals[week], size[week] = state.type, state.shown, state.size
    return Market(
        seed, rules, returns, market, types, signals, size,
        fixed.sector, fixed.industry, fixed.style, fixed.own_beta,
    )  # fmt: skip


class _Fixed:
    """What never changes: memberships, exposures and mean premia."""

    def __init__(self, rules, stocks, rng):
        self.industry = rng.integers(0, rules.industries, stocks)
        self.sector = self.industry % rules.sectors
        self.style = rng.normal(0, 1, (rules.styles, stocks))
        self.own_beta = rng.normal(1, 0.25, stocks)
        self.taste = rng.normal(0, 1, (TRAITS, rules.industries))
        self.cells = _cells(rules.cells, rng)
        weights = rng.uniform(0.6, 1.4, rules.cells)
        self.cell_premium = weights / sum_in_order(self.cells, weights).std()
        self.trait_premium = rng.choice([-1, 1], TRAITS) / TRAITS**0.5
        sizes = rng.uniform(0.5, 1.5, SIGNALS) * rng.choice([-1, 1], SIGNALS)
        self.signal_premium = sizes / np.add.reduce(sizes**2) ** 0.5
        # What one unit of a shown signal earns on average in the next four weeks.
        reach = np.add.reduce(rules.payoff ** np.arange(4)) / 4
        fresh = (1 - rules.fade**2) ** 0.5
        self.earned = reach * fresh / (1 - rules.fade * rules.payoff)


def _cells(number, rng):
    """Effects of trait combinations on the nine types, without any linear part."""
    cells = []
    for j in range(number):
        a, b = j % TRAITS, (j + 1) % TRAITS
        if j < TRAITS:
            cell = 1.0 * (GRID[:, a] == 1)  # the middle differs from both ends
        else:
            corner = rng.choice([0, 2], 2)
            cell = 1.0 * (GRID[:, a] == corner[0]) * (GRID[:, b] == corner[1])
        cell -= cell.mean()
        for trait in range(TRAITS):  # traits are orthogonal on the full grid
            level = LEVELS[GRID[:, trait]]
            cell -= level * (np.add.reduce(cell * level) / np.add.reduce(level**2))
        cells.append(cell / cell.std() * rng.choice([-1, 1]))
    return np.array(cells)


def _faded(value, memory, news):
    """Let a value of constant variance go on: a part of it stays, a part is new."""
    return memory * value + (1 - memory**2) ** 0.5 * news


class _State:
    """What changes from week to week."""

    def __init__(self, rules, fixed, rng):
        self.rules, self.fixed = rules, fixed
        stocks = len(fixed.industry)
        self.levels = np.stack([self._draw(k, rng) for k in range(TRAITS)])
        self.shown = rng.standard_normal((SIGNALS, stocks))
        older = rules.payoff / (1 - rules.payoff**2) ** 0.5
        self.paid = self.shown + older * rng.standard_normal((SIGNALS, stocks))
        self.base = rng.normal(0, 1, stocks)
        self.size = self.base.copy()
        self.drift = np.zeros(TRAITS + SIGNALS)
        self.regime = 0.0
        self._type()

    def step(self, rng):
        rules = self.rules
        for trait in range(TRAITS):
            fresh = self._draw(trait, rng)
            flip = rng.random(len(fresh)) < rules.flip
            self.levels[trait] = np.where(flip, fresh, self.levels[trait])
        self._type()
        news = rng.standard_normal(self.shown.shape)
        self.shown = _faded(self.shown, rules.fade, news)
        self.paid = rules.payoff * self.paid + news
        wander = rng.normal(0, 0.05, len(self.base))
        self.size = self.base + 0.97 * (self.size - self.base) + wander
        news = rng.normal(0, rules.drift, len(self.drift))
        self.drift = _faded(self.drift, rules.drift_memory, news)
        news = rng.normal(0, rules.regime)
        self.regime = _faded(self.regime, rules.regime_memory, news)

    def _draw(self, trait, rng):
        own = rng.standard_normal(len(self.fixed.industry))
        shared = self.fixed.taste[trait][self.fixed.industry]
        value = _faded(shared, self.rules.tilt, own)
        return np.searchsorted([-0.4307, 0.4307], value).astype(np.int8)

    def _type(self):
        self.type = np.ravel_multi_index(tuple(self.levels), (3,) * TRAITS)


def _returns(rules, fixed, state, rng):
    """Return the five days' returns (5, stocks) of a week and the market's own."""
    stocks = len(fixed.industry)
    market = rng.normal(rules.market_drift, rules.market, DAYS)
    beta = fixed.own_beta + rules.beta_trait * LEVELS[state.levels[0]]
    out = np.empty((DAYS, stocks))
    for day in range(DAYS):
        common = beta * market[day]
        common += rng.normal(0, rules.sector, rules.sectors)[fixed.sector]
        common += rng.normal(0, rules.industry, rules.industries)[fixed.industry]
        common += sum_in_order(fixed.style, rng.normal(0, rules.style, rules.styles))
        noise = rng.standard_t(5, stocks) * 0.6**0.5
        out[day] = common + rules.idio * (_alpha(rules, fixed, state, rng) + noise)
    return out, market


def _alpha(rules, fixed, state, rng):
    """Return each stock's expected residual return of a day, in daily idio units."""
    daily = 20**-0.5  # a daily coefficient of IC * 20**-0.5 adds up to IC in 20 days
    life = 1 + state.regime
    shock = rng.normal(0, rules.cell_shock / daily, rules.cells)
    cells = sum_in_order(fixed.cells, life * rules.cell_ic * fixed.cell_premium + shock)
    shock = rng.normal(0, rules.trait_shock / daily, TRAITS)
    premium = life * (rules.trait_ic * fixed.trait_premium + state.drift[:TRAITS])
    traits = sum_in_order(LEVELS[GRID.T], premium + shock)
    shock = rng.normal(0, rules.signal_shock / daily, SIGNALS)
    premium = life * (rules.signal_ic * fixed.signal_premium + state.drift[TRAITS:])
    signals = sum_in_order(state.paid, (premium + shock) / fixed.earned)
    return daily * ((cells + traits)[state.type] + signals)
