# pragma version >=0.4.1
"""
@title An agreement between a staker and a counterparty who judges
@notice The staker puts NMR in. The counterparty adds to it or burns of it, and a burn
        may cost the counterparty something too. Who can take NMR out?
        - As of 2021: only the counterparty can release it, to the staker alone.
        - An atomic one, as since 2026, lives for one round: it is closed, it is at risk,
          it is resolved, and then the staker takes what is left.
"""

interface Token:
    def transfer(receiver: address, amount: uint256) -> bool: nonpayable
    def transferFrom(owner: address, receiver: address, amount: uint256) -> bool: nonpayable
    def burn(amount: uint256): nonpayable
    def burnFrom(owner: address, amount: uint256): nonpayable

event Agreed:
    staker: indexed(address)
    counterparty: indexed(address)

event Staked:
    by: indexed(address)
    amount: uint256

event Rewarded:
    by: indexed(address)
    amount: uint256

event Punished:
    by: indexed(address)
    amount: uint256
    cost: uint256

event Released:
    by: indexed(address)
    amount: uint256

event Closed:
    by: indexed(address)

event Resolved:
    by: indexed(address)

# What a punishment costs: it is not allowed, it is free, or a ratio says so.
NO_PUNISHMENT: constant(uint8) = 0
FREE: constant(uint8) = 1
DECIMAL: constant(uint8) = 2
ONE: constant(uint256) = 10**18
LIMIT: constant(uint256) = 2**128  # a product of two smaller numbers fits into 256 bits

token: public(immutable(address))
staker: public(immutable(address))
counterparty: public(immutable(address))
ratio: public(immutable(uint256))
ratioType: public(immutable(uint8))
atomic: public(immutable(bool))

staked: public(uint256)
isClosed: public(bool)
isResolved: public(bool)


@deploy
def __init__(
    _token: address,
    _staker: address,
    _counterparty: address,
    _ratio: uint256,
    _ratioType: uint8,
    _atomic: bool,
):
    assert _staker != empty(address), "nobody stakes"
    assert _counterparty != empty(address), "nobody judges"
    assert _staker != _counterparty, "staker and counterparty are the same"
    assert _ratioType <= DECIMAL, "no such ratio type"
    assert _ratio == 0 or _ratioType == DECIMAL, "the ratio is not zero"
    assert _ratio > 0 or _ratioType != DECIMAL, "the ratio is zero"
    assert _ratio < LIMIT, "the ratio is too large"
    token = _token
    staker = _staker
    counterparty = _counterparty
    ratio = _ratio
    ratioType = _ratioType
    atomic = _atomic
    log Agreed(staker=_staker, counterparty=_counterparty)


@external
def stake(amount: uint256):
    """
    @notice Put NMR of the staker's at stake.
    """
    assert msg.sender == staker, "only the staker"
    assert not self.isClosed, "the round is closed"
    self._add(amount)
    log Staked(by=msg.sender, amount=amount)


@external
def reward(amount: uint256):
    """
    @notice Add NMR of the counterparty's to the stake.
    """
    self._judges()
    self._add(amount)
    log Rewarded(by=msg.sender, amount=amount)


@external
def punish(amount: uint256) -> uint256:
    """
    @notice Destroy a part of the stake. Nobody receives it.
    @return What it cost the counterparty, destroyed as well.
    """
    self._judges()
    assert ratioType != NO_PUNISHMENT, "no punishment allowed"
    self._remove(amount)
    cost: uint256 = (amount * ratio + ONE - 1) // ONE  # a part of a wei costs a whole one
    if cost > 0:
        extcall Token(token).burnFrom(msg.sender, cost)
    extcall Token(token).burn(amount)
    log Punished(by=msg.sender, amount=amount, cost=cost)
    return cost


@external
def release(amount: uint256):
    """
    @notice Give a part of the stake back to the staker.
    """
    if atomic:
        assert msg.sender == staker, "only the staker"
        assert self.isResolved, "at risk until resolved"
    else:
        assert msg.sender == counterparty, "only the counterparty"
    self._remove(amount)
    assert extcall Token(token).transfer(staker, amount), "the token has refused"
    log Released(by=msg.sender, amount=amount)


@external
def close():
    """
    @notice Begin an atomic agreement's round: the stake is at risk from now on.
    """
    assert msg.sender == counterparty, "only the counterparty"
    assert atomic, "not an agreement of one round"
    assert not self.isClosed, "the round is closed"
    self.isClosed = True
    log Closed(by=msg.sender)


@external
def resolve():
    """
    @notice End an atomic agreement's round: the result is final.
    """
    assert msg.sender == counterparty, "only the counterparty"
    assert atomic, "not an agreement of one round"
    self._judges()
    self.isResolved = True
    log Resolved(by=msg.sender)


@internal
def _judges():
    assert msg.sender == counterparty, "only the counterparty"
    if atomic:
        assert self.isClosed, "the round is not closed yet"
        assert not self.isResolved, "the round is resolved"


@internal
def _add(amount: uint256):
    assert amount > 0, "the amount is not above zero"
    assert extcall Token(token).transferFrom(msg.sender, self, amount), "the token has refused"
    self.staked += amount


@internal
def _remove(amount: uint256):
    assert amount > 0, "the amount is not above zero"
    assert amount <= self.staked, "not enough NMR in the stake"
    self.staked -= amount
