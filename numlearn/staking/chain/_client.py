"""A Python client with the ledger's verbs, each one a transaction on Ethereum.

The contracts are compiled once in a process.
"""

from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path

from numlearn.errors import instead_of, one_of
from numlearn.staking.ledger import NMR, NUMERAI, Event, Refused, Verbs

GAS = {"gas": 1_500_000, "gasPrice": 10**10}

CONTRACTS = ("NMR", "Agreement")
_EVENTS = {
    "Agreed": "agree",
    "Staked": "stake",
    "Rewarded": "reward",
    "Punished": "punish",
    "Released": "release",
    "Closed": "close",
    "Resolved": "resolve",
}


class Chain(Verbs):
    """NMR on an Ethereum that lives in this process and ends with it.

    Each account has a key of its own, each agreement is a contract of its own, and each
    verb is a transaction signed by the one who tries it. Who puts NMR into an agreement
    approves just that amount first, in a transaction of its own. A refused transaction
    is mined all the same, and changes nothing but its sender's nonce and ether.

    Parameters
    ----------
    supply : int
        Wei that exist at the start, all of it Numerai's; by default 11 million NMR.

    Attributes
    ----------
    w3 : web3.Web3
        The connection, for those who want to look behind the verbs.
    token : web3 contract
        NMR.

    Examples
    --------
    >>> from numlearn.staking import NMR
    >>> from numlearn.staking.chain import Chain
    >>> chain = Chain()
    >>> chain.transfer("numerai", "alice", 100 * NMR)
    >>> chain.stake("alice", 40 * NMR)
    >>> chain.punish("alice", 10 * NMR)
    0
    >>> chain.staked("alice") // NMR, chain.burned // NMR
    (30, 10)
    """

    def __init__(self, supply=11_000_000 * NMR):
        super().__init__(supply)
        with extra_installed():
            from web3 import EthereumTesterProvider, Web3

            provider = EthereumTesterProvider()
        self.w3 = Web3(provider)
        self._tester = provider.ethereum_tester
        self._addresses, self._agreements, self._history = {}, {}, []
        self.token, _ = self._deploy("the token", "NMR", NUMERAI, supply)

    @property
    def accounts(self):
        """The names of all who ever had an address here."""
        return tuple(self._addresses)

    @property
    def history(self):
        """All events as the contracts logged them, oldest first."""
        return tuple(self._history)

    @property
    def total_supply(self):
        """All NMR that exists now, in wei."""
        return self.token.functions.totalSupply().call()

    def address(self, account):
        """Return an account's address; a new name gets a key and some ether for gas."""
        if account not in self._addresses:
            # A key that anybody can compute from a name: never for real money.
            key = self.w3.keccak(text=f"numlearn {account}").hex().removeprefix("0x")
            self._addresses[account] = self._tester.add_account("0x" + key)
            ether = {"from": self.w3.eth.accounts[0], "value": 10**20}
            self.w3.eth.send_transaction({**ether, "to": self._addresses[account]})
        return self._addresses[account]

    def agreement(self, position):
        """Return the contract of a position."""
        return self._agreements[position]

    def balance(self, account):
        """Return what is in an account's wallet, in wei."""
        if account not in self._addresses:
            return 0
        return self.token.functions.balanceOf(self.address(account)).call()

    def staked(self, position):
        """Return what is at stake in a position, in wei."""
        if position not in self._agreements:
            return 0
        return self._agreements[position].functions.staked().call()

    def _transfer(self, what, sender, receiver, amount):
        move = self.token.functions.transfer(self.address(receiver), amount)
        self._note_move("transfer", self._send(what, move, sender))

    def _burn(self, what, holder, amount):
        burn = self.token.functions.burn(amount)
        self._note_move("burn", self._send(what, burn, holder))

    def _agree(self, position, terms):
        both = self.address(terms.staker), self.address(terms.counterparty)
        agreed = *both, terms.ratio, int(terms.ratio_type), terms.atomic
        what = f"The agreement {position}"
        contract, receipt = self._deploy(
            what, "Agreement", terms.counterparty, self.token.address, *agreed
        )
        self._agreements[position] = contract
        self._history.append(self._logged(contract, position, receipt))

    def _do(self, what, verb, position, by, amount):
        contract = self._agreements[position]
        arguments = () if amount is None else (amount,)
        call = getattr(contract.functions, verb)(*arguments)
        needed = {"stake": amount, "reward": amount}.get(verb, 0)
        if verb == "punish":
            needed = min(self.terms[position].cost(amount), 2**256 - 1)
        with self._approved(contract.address, needed, by):
            receipt = self._send(what, call, by)
        event = self._logged(contract, position, receipt)
        self._history.append(event)
        return event.cost if verb == "punish" else None

    @contextmanager
    def _approved(self, spender, amount, account):
        """Let a contract take so much of an account's own NMR, this once."""
        approve = partial(self.token.functions.approve, spender)
        if amount:
            self._send(f"{account}'s approval", approve(amount), account)
        try:
            yield
        except Refused:
            if amount:
                self._send(f"{account}'s approval", approve(0), account)
            raise

    def _note_move(self, verb, receipt):
        """Add what the token logged to the history; whom nobody knows is nobody."""
        names = self._names()
        [log] = self.token.events.Transfer().process_receipt(receipt)
        moved = log["args"]
        receiver = names.get(moved["receiver"], "")
        event = Event(verb, names[moved["sender"]], receiver, moved["amount"])
        self._history.append(event)

    def _logged(self, contract, position, receipt):
        """Read what the agreement's contract logged in one transaction."""
        from web3.logs import DISCARD

        for name, verb in _EVENTS.items():
            for log in contract.events[name]().process_receipt(receipt, errors=DISCARD):
                fields = log["args"]
                by = self._names()[fields.get("by") or fields["staker"]]
                amounts = (fields.get(key, 0) for key in ("amount", "cost"))
                return Event(verb, by, position, *amounts)
        raise AssertionError(f"the contract of {position} has logged nothing")

    def _names(self):
        return {address: name for name, address in self._addresses.items()}

    def _deploy(self, what, name, account, *arguments):
        code = compiled(name)
        factory = self.w3.eth.contract(abi=code["abi"], bytecode=code["bytecode"])
        receipt = self._send(what, factory.constructor(*arguments), account)
        address = receipt["contractAddress"]
        return self.w3.eth.contract(address, abi=code["abi"]), receipt

    def _send(self, what, call, account):
        """Send a transaction; if it was reverted, refuse with the contract's reason."""
        sender = {"from": self.address(account)}
        hashed = call.transact({**sender, **GAS})
        receipt = self.w3.eth.wait_for_transaction_receipt(hashed)
        if receipt["status"] == 0:
            raise Refused(self._reason(call, sender), what)
        return receipt

    def _reason(self, call, sender):
        from eth_tester.exceptions import TransactionFailed

        try:
            call.estimate_gas(sender)
        except TransactionFailed as failed:
            return str(failed).removeprefix("execution reverted: ")
        raise AssertionError("a transaction was reverted that now would pass")


def source(name):
    """Return the Vyper source of a contract, "NMR" or "Agreement"."""
    one_of(name, CONTRACTS, "contract")
    return (Path(__file__).parent / f"{name}.vy").read_text(encoding="utf-8")


@cache
def compiled(name):
    """Compile a contract.

    Parameters
    ----------
    name : {"NMR", "Agreement"}

    Returns
    -------
    dict
        ``abi``, a list of what can be called, and ``bytecode``, a hexadecimal str.
    """
    text = source(name)
    with extra_installed():
        from vyper import compile_code
    return compile_code(text, output_formats=["abi", "bytecode"])


def extra_installed():
    """Turn a missing package into the one sentence that says what to install."""
    return instead_of(
        ImportError,
        'A chain needs packages that are not installed: pip install "numlearn[chain]". '
        "Everything else works without them.",
    )
