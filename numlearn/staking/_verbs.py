"""The verbs of staking, in the same words for a Python ledger and for a real chain."""

from dataclasses import dataclass
from enum import IntEnum

from numlearn.errors import NumlearnError

NMR = 10**18
NUMERAI = "numerai"


class RatioType(IntEnum):
    """What it costs the counterparty to burn a stake (Erasure: NaN, Inf and Dec)."""

    NONE = 0
    FREE = 1
    DECIMAL = 2


# The reasons for which ledger and contract refuse a verb, and what to do next.
REASONS = {
    "the amount is not above zero": "Give a whole number of wei from 1 on",
    "not enough NMR in the wallet": "Look at balance() first",
    "not enough NMR in the stake": "Look at staked() first",
    "only the staker": "Let the staker do it",
    "only the counterparty": "Only the one who judges may",
    "staker and counterparty are the same": "Nobody can judge themselves",
    "the ratio is not zero": "A ratio needs RatioType.DECIMAL",
    "no punishment allowed": "The agreement was made with RatioType.NONE",
    "not an agreement of one round": "Make one with agree(..., atomic=True)",
    "the round is closed": "Stake before it closes",
    "the round is not closed yet": "Call close() first",
    "the round is resolved": "Its result is final",
    "at risk until resolved": "Wait until the round is resolved",
}


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
    """

    staker: str
    counterparty: str = NUMERAI
    ratio: int = 0
    ratio_type: RatioType = RatioType.FREE
    atomic: bool = False

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
        self,
        staker,
        position=None,
        *,
        counterparty=NUMERAI,
        ratio=0,
        ratio_type=RatioType.FREE,
        atomic=False,
    ):
        """Make an agreement under which the staker can stake.

        Parameters
        ----------
        staker : str
        position : str, optional
            Its name; by default the staker's.
        counterparty : str
            Who rewards, punishes and, unless it is atomic, releases.
        ratio : int
            Cost of a punishment, in wei of the counterparty's for each NMR burned;
            0 unless `ratio_type` is DECIMAL.
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
        terms = Terms(
            staker, counterparty, _whole(ratio), RatioType(ratio_type), atomic
        )
        what = f"The agreement of {staker} and {counterparty}"
        if staker == counterparty:
            raise Refused("staker and counterparty are the same", what)
        if terms.ratio and terms.ratio_type is not RatioType.DECIMAL:
            raise Refused("the ratio is not zero", what)
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
