"""A ledger of NMR in whole wei, and the verbs that it shares with a real chain."""

from collections import Counter
from dataclasses import dataclass
from enum import IntEnum

from numlearn._files import tables_beside
from numlearn.errors import NumlearnError

__all__ = ["NMR", "Event", "Ledger", "RatioType", "Refused", "Terms"]

NMR = 10**18
NUMERAI = "numerai"
LIMIT = 2**128  # a product of two smaller numbers fits into a contract's 256 bits


class RatioType(IntEnum):
    """What it costs the counterparty to burn a stake (Erasure: NaN, Inf and Dec)."""

    NONE = 0
    FREE = 1
    DECIMAL = 2


REASONS = tables_beside(__file__)  # for which a verb is refused: what to do next


class Refused(NumlearnError):
    """A verb was refused, and nothing has changed.

    Attributes
    ----------
    reason : str
        With which the contract reverts, and the ledger refuses likewise.
    """

    def __init__(self, reason, what):
        self.reason = reason
        advice = REASONS.get(reason, "The contract's source says why")
        super().__init__(f"{what} was refused: {reason}. {advice}.")


@dataclass(frozen=True)
class Terms:
    """What staker and counterparty agreed on.

    Attributes
    ----------
    staker, counterparty : str
    ratio : int
        Wei that the counterparty burns of its own for each NMR of stake that it burns.
    ratio_type : RatioType
    atomic : bool
        False is Erasure's agreement of 2021: only the counterparty can release. True is
        a position of one round, as since 2026: nobody can while it is at risk, and once
        it is resolved the staker can.

    Examples
    --------
    >>> import numlearn as nl
    >>> terms = nl.staking.Terms("alice", ratio=nl.staking.NMR // 10)
    >>> terms.counterparty
    'numerai'
    """

    staker: str
    counterparty: str = NUMERAI
    ratio: int = 0
    ratio_type: RatioType = RatioType.FREE
    atomic: bool = False

    def cost(self, amount):
        """Return what burning so much of the stake costs, in wei, rounded up."""
        return -(-amount * self.ratio // NMR)

    def actor(self, verb):
        """Return the account that may use a verb."""
        if verb == "stake" or (verb == "release" and self.atomic):
            return self.staker
        return self.counterparty


@dataclass(frozen=True)
class Event:
    """One line of the history: who did what, on which position or account, in wei."""

    verb: str
    by: str
    on: str = ""
    amount: int = 0
    cost: int = 0


class Verbs:
    """What can be done with NMR; amounts are integers in wei (1 NMR = 10**18 wei).

    Accounts are names; "numerai" begins with all NMR there is. A position is a stake
    under an agreement; by default it has its staker's name. ``by`` is who tries, by
    default the one who may. Whatever is refused raises `Refused` and changes nothing.
    """

    def __init__(self, supply):
        self.issued = _whole(supply)
        if supply >= LIMIT:
            raise NumlearnError(
                f"A supply is less than 2**128 wei, and {supply} is not."
            )
        self.terms = {}

    def transfer(self, sender, receiver, amount):
        """Move NMR from one account's wallet to another's."""
        what = f"{sender}'s transfer to {receiver}"
        self._transfer(what, sender, receiver, _above_zero(what, amount))

    def burn(self, holder, amount):
        """Destroy NMR of one's own: it goes to nobody, and there is less of it."""
        what = f"{holder}'s burn"
        self._burn(what, holder, _above_zero(what, amount))

    def agree(
        self, staker, position=None, *,
        counterparty=NUMERAI, ratio=0, ratio_type=RatioType.FREE, atomic=False,
    ):  # fmt: skip
        """Make an agreement under which the staker can stake.

        Parameters
        ----------
        staker : str
        position : str, optional
            Its name; by default the staker's.
        counterparty : str
            Who rewards, punishes and, unless it is atomic, releases.
        ratio : int
            Cost of a punishment, in wei of the counterparty's for each NMR burned,
            rounded up to a whole wei; with DECIMAL above 0, otherwise 0.
        ratio_type : RatioType
            FREE is what Numerai agreed with its users in 2021.
        atomic : bool
            A position of one round, as since 2026; see `Terms`.

        Returns
        -------
        str
            The position's name.
        """
        position = position or staker
        if position in self.terms:
            raise NumlearnError(
                f"There is a position {position!r} already: give this one another name."
            )
        kind = RatioType(ratio_type)
        terms = Terms(staker, counterparty, _whole(ratio), kind, atomic)
        what = f"The agreement of {staker} and {counterparty}"
        if staker == counterparty:
            raise Refused("staker and counterparty are the same", what)
        if terms.ratio and terms.ratio_type is not RatioType.DECIMAL:
            raise Refused("the ratio is not zero", what)
        if not terms.ratio and terms.ratio_type is RatioType.DECIMAL:
            raise Refused("the ratio is zero", what)
        if terms.ratio >= LIMIT:
            raise Refused("the ratio is too large", what)
        self._agree(position, terms)
        self.terms[position] = terms
        return position

    def stake(self, position, amount, by=None):
        """Put NMR of the staker's wallet at stake; a first one makes the agreement."""
        if position not in self.terms:
            what = f"{by or position}'s stake on {position}"
            self._refuse_first(what, position, by, amount)
            self.agree(position)
        self._act("stake", position, by, amount)

    def reward(self, position, amount, by=None):
        """Add NMR of the counterparty's wallet to a stake."""
        self._act("reward", position, by, amount)

    def punish(self, position, amount, by=None):
        """Burn a part of a stake, and return what that cost the counterparty."""
        return self._act("punish", position, by, amount)

    def release(self, position, amount, by=None):
        """Give a part of a stake back to the staker's wallet."""
        self._act("release", position, by, amount)

    def close(self, position, by=None):
        """Close an atomic position's round: what is staked is at risk from now on."""
        self._act("close", position, by)

    def resolve(self, position, by=None):
        """End an atomic position's round: the staker may take what is left."""
        self._act("resolve", position, by)

    def audit(self):
        """Count all NMR: issued = in wallets + at stake + burned.

        Returns
        -------
        dict of str to int
            ``wallets``, ``stakes``, ``burned`` and ``issued``, in wei.

        Raises
        ------
        NumlearnError
            If the books do not add up, which must never be.

        Examples
        --------
        >>> import numlearn as nl
        >>> ledger = nl.staking.Ledger()
        >>> ledger.transfer("numerai", "alice", 100 * nl.staking.NMR)
        >>> ledger.stake("alice", 40 * nl.staking.NMR)
        >>> {what: amount // nl.staking.NMR for what, amount in ledger.audit().items()}
        {'wallets': 10999960, 'stakes': 40, 'burned': 0, 'issued': 11000000}
        """
        stakes = sum(self.staked(position) for position in self.terms)
        wallets = sum(self.balance(account) for account in self.accounts)
        parts = {"wallets": wallets, "stakes": stakes, "burned": self.burned}
        if sum(parts.values()) != self.issued or min(parts.values()) < 0:
            raise NumlearnError(f"The books do not add up to {self.issued}: {parts}.")
        return {**parts, "issued": self.issued}

    @property
    def burned(self):
        """All NMR that was ever destroyed, in wei."""
        return self.issued - self.total_supply

    def _refuse_first(self, what, staker, by, amount):
        """Refuse a stake before its agreement is made, so that none is left over."""
        amount = _above_zero(what, amount)
        if by not in (None, staker):
            raise Refused("only the staker", what)
        if amount > self.balance(staker):
            raise Refused("not enough NMR in the wallet", what)

    def _act(self, verb, position, by, amount=None):
        if position not in self.terms:
            raise NumlearnError(
                f"There is no position {position!r}: stake on it or agree() first."
            )
        by = by or self.terms[position].actor(verb)
        what = f"{by}'s {verb} on {position}"
        if amount is not None:
            amount = _above_zero(what, amount)
        return self._do(what, verb, position, by, amount)


def _whole(amount):
    if isinstance(amount, bool) or not isinstance(amount, int):
        raise NumlearnError(
            f"Amounts are whole numbers of wei, and {amount!r} is not one: "
            "write 5 * NMR for five NMR."
        )
    if not 0 <= amount < 2**256:
        raise NumlearnError(
            f"An amount is at least 0 and fits into 256 bits, and {amount} is not so."
        )
    return amount


def _above_zero(what, amount):
    if isinstance(amount, int) and amount <= 0:
        raise Refused("the amount is not above zero", what)
    return _whole(amount)


class _State(IntEnum):
    OPEN = 0
    CLOSED = 1
    RESOLVED = 2


_ENDS = {"close": _State.CLOSED, "resolve": _State.RESOLVED}


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
    >>> from numlearn.staking import NMR, Ledger
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
        cost = terms.cost(amount) if verb == "punish" else 0
        if verb in _ENDS:
            held.state, amount = _ENDS[verb], 0
        elif verb in ("stake", "reward"):
            self._take(what, by, amount)
            held.stake += amount
        else:
            self._take(what, by, cost)
            held.stake -= amount
            if verb == "release":
                self._wallets[terms.staker] += amount
            else:
                self.total_supply -= amount + cost
        self._note(verb, by, position, amount, cost)
        return cost if verb == "punish" else None

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
