# pragma version >=0.4.1
"""
@title NMR in miniature
@notice An ERC-20 token that can be destroyed: a burn lowers the total supply, and no
        balance rises by it. All of it is issued once, to whoever deploys it.
"""

event Transfer:
    sender: indexed(address)
    receiver: indexed(address)
    amount: uint256

event Approval:
    owner: indexed(address)
    spender: indexed(address)
    amount: uint256

name: public(constant(String[9])) = "Numeraire"
symbol: public(constant(String[3])) = "NMR"
decimals: public(constant(uint8)) = 18
totalSupply: public(uint256)
balanceOf: public(HashMap[address, uint256])
allowance: public(HashMap[address, HashMap[address, uint256]])


@deploy
def __init__(supply: uint256):
    assert supply < 2**128, "more NMR than an agreement can count"
    self.totalSupply = supply
    self.balanceOf[msg.sender] = supply
    log Transfer(sender=empty(address), receiver=msg.sender, amount=supply)


@external
def transfer(receiver: address, amount: uint256) -> bool:
    """
    @notice Move the caller's own tokens.
    """
    self._move(msg.sender, receiver, amount)
    return True


@external
def transferFrom(owner: address, receiver: address, amount: uint256) -> bool:
    """
    @notice Move tokens of somebody who has approved the caller.
    """
    self._spend(owner, amount)
    self._move(owner, receiver, amount)
    return True


@external
def approve(spender: address, amount: uint256) -> bool:
    """
    @notice Let somebody move up to `amount` of the caller's tokens.
    @dev As with the real NMR, only from zero or to zero: a spender who is quick could
         otherwise use the old and the new approval. See changeApproval.
    """
    assert amount == 0 or self.allowance[msg.sender][spender] == 0, "approved already"
    self._approve(spender, amount)
    return True


@external
def changeApproval(spender: address, old: uint256, new: uint256) -> bool:
    """
    @notice Change an approval that is still what the caller believes it to be.
    """
    assert self.allowance[msg.sender][spender] == old, "the approval has changed"
    self._approve(spender, new)
    return True


@external
def burn(amount: uint256):
    """
    @notice Destroy the caller's own tokens.
    """
    self._destroy(msg.sender, amount)


@external
def burnFrom(owner: address, amount: uint256):
    """
    @notice Destroy tokens of somebody who has approved the caller.
    """
    self._spend(owner, amount)
    self._destroy(owner, amount)


@internal
def _approve(spender: address, amount: uint256):
    self.allowance[msg.sender][spender] = amount
    log Approval(owner=msg.sender, spender=spender, amount=amount)


@internal
def _spend(owner: address, amount: uint256):
    approved: uint256 = self.allowance[owner][msg.sender]
    assert amount <= approved, "not approved"
    self.allowance[owner][msg.sender] = approved - amount


@internal
def _move(owner: address, receiver: address, amount: uint256):
    assert receiver != empty(address), "burn destroys, a transfer does not"
    assert amount <= self.balanceOf[owner], "not enough NMR in the wallet"
    self.balanceOf[owner] -= amount
    self.balanceOf[receiver] += amount
    log Transfer(sender=owner, receiver=receiver, amount=amount)


@internal
def _destroy(owner: address, amount: uint256):
    assert amount <= self.balanceOf[owner], "not enough NMR in the wallet"
    self.balanceOf[owner] -= amount
    self.totalSupply -= amount
    log Transfer(sender=owner, receiver=empty(address), amount=amount)
