"""A ledger of NMR: wallets, stakes and burns in whole wei, and a history."""

from collections import Counter
from dataclasses import dataclass
from enum import IntEnum

from numlearn.staking._verbs import (
    NMR,
    NUMERAI,
    Event,
    RatioType,
    Refused,
    Terms,
    Verbs,
)

__all__ = ["NMR", "Event", "Ledger", "RatioType", "Refused", "Terms"]


class _State(IntEnum):
    OPEN = 0
    CLOSED = 1
    RESOLVED = 2


@dataclass
class _Position:
    stake: int = 0
    state: _State = _State.OPEN


class Ledger(Verbs):
    """NMR as one table of who holds what, with the verbs of the chain.

    Parameters
    ----------
    supply : int
        Wei that exist at the start, all of it Numerai's; by default 11 million NMR.

    Examples
    --------
    >>> ledger = Ledger()
    >>> ledger.transfer("numerai", "alice", 100 * NMR)
    >>> ledger.stake("alice", 40 * NMR)
    >>> ledger.punish("alice", 10 * NMR)
    0
    >>> ledger.staked("alice") // NMR, ledger.burned // NMR
    (30, 10)
    """

    def __init__(self, supply=11_000_000 * NMR):
        super().__init__(supply)
        self.total_supply = supply
        self._wallets = Counter({NUMERAI: supply})
        self._positions = {}
        self._history = []

    @property
    def accounts(self):
        """The names of all who ever held NMR."""
        return tuple(self._wallets)

    @property
    def history(self):
        """All events, oldest first. Lines are added to it and never changed."""
        return tuple(self._history)

    def balance(self, account):
        """Return what is in an account's wallet, in wei."""
        return self._wallets.get(account, 0)

    def staked(self, position):
        """Return what is at stake in a position, in wei."""
        return self._positions[position].stake if position in self._positions else 0

    def _transfer(self, what, sender, receiver, amount):
        self._take(what, sender, amount)
        self._wallets[receiver] += amount
        self._note("transfer", sender, receiver, amount)

    def _burn(self, what, holder, amount):
        self._take(what, holder, amount)
        self.total_supply -= amount
        self._note("burn", holder, "", amount)

    def _agree(self, position, terms):
        self._positions[position] = _Position()
        self._note("agree", terms.staker, position)

    def _do(self, what, verb, position, by, amount):
        terms, held = self.terms[position], self._positions[position]
        if reason := _objection(verb, by, terms, held.state):
            raise Refused(reason, what)
        if verb in ("punish", "release") and amount > held.stake:
            raise Refused("not enough NMR in the stake", what)
        return getattr(self, f"_{verb}")(what, position, by, amount)

    def _stake(self, what, position, by, amount):
        self._take(what, by, amount)
        self._positions[position].stake += amount
        self._note("stake", by, position, amount)

    def _reward(self, what, position, by, amount):
        self._take(what, by, amount)
        self._positions[position].stake += amount
        self._note("reward", by, position, amount)

    def _punish(self, what, position, by, amount):
        cost = amount * self.terms[position].ratio // NMR
        self._take(what, by, cost)
        self._positions[position].stake -= amount
        self.total_supply -= amount + cost
        self._note("punish", by, position, amount, cost)
        return cost

    def _release(self, what, position, by, amount):
        self._positions[position].stake -= amount
        self._wallets[self.terms[position].staker] += amount
        self._note("release", by, position, amount)

    def _close(self, what, position, by, amount):
        self._positions[position].state = _State.CLOSED
        self._note("close", by, position)

    def _resolve(self, what, position, by, amount):
        self._positions[position].state = _State.RESOLVED
        self._note("resolve", by, position)

    def _take(self, what, account, amount):
        if amount > self.balance(account):
            raise Refused("not enough NMR in the wallet", what)
        if amount:
            self._wallets[account] -= amount

    def _note(self, *fields):
        self._history.append(Event(*fields))


def _objection(verb, by, terms, state):
    """Return why a verb is not allowed now, or None; what is in the stake comes later.

    The contract asks the same in the same order, so that both refuse alike.
    """
    if by != terms.actor(verb):
        staker = terms.actor(verb) == terms.staker
        return "only the staker" if staker else "only the counterparty"
    if not terms.atomic and verb in ("close", "resolve"):
        return "not an agreement of one round"
    if terms.atomic:
        if verb in ("stake", "close") and state is not _State.OPEN:
            return "the round is closed"
        if verb == "release" and state is not _State.RESOLVED:
            return "at risk until resolved"
        if verb in ("reward", "punish", "resolve") and state is not _State.CLOSED:
            early = state is _State.OPEN
            return "the round is not closed yet" if early else "the round is resolved"
    if verb == "punish" and terms.ratio_type is RatioType.NONE:
        return "no punishment allowed"
    return None
