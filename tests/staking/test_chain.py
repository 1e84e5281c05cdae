"""The chain: our contracts, and the same books as the ledger's after anything."""

import os
import subprocess
import sys

import numpy as np
import pytest

from numlearn.errors import NumlearnError
from numlearn.staking import NMR, Ledger, RatioType, Refused
from numlearn.staking.chain import Chain, compiled, source

WITHOUT = """
import sys
sys.modules.update(dict.fromkeys(["web3", "vyper", "eth_tester"]))
import numlearn.staking as staking
from numlearn.errors import NumlearnError
staking.Ledger().transfer("numerai", "alice", 1)
try:
    staking.chain.Chain()
except NumlearnError as error:
    print(error)
"""

SEQUENCES = int(os.environ.get("NUMLEARN_SEQUENCES", "3"))
SHARES = {"stake": 40, "reward": 12, "punish": 16, "release": 16, "turn": 6, "move": 10}
SHARES |= {"agree": 2}
EXTREME = [1, 1_000 * NMR, 2**128 - 1, 2**128, 2**255, 2**256 - 1]


def test_without_the_extra_one_sentence_says_what_to_install():
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=True
    )
    assert 'pip install "numlearn[chain]"' in done.stdout


def test_an_unknown_contract_is_refused():
    with pytest.raises(NumlearnError, match="no contract 'Relay'"):
        source("Relay")


@pytest.fixture(scope="module")
def chain():
    pytest.importorskip("web3")
    pytest.importorskip("vyper")
    chain = Chain(1_000 * NMR)
    chain.transfer("numerai", "alice", 100 * NMR)
    chain.stake("alice", 40 * NMR)
    return chain


def test_the_token_is_an_erc20_that_can_be_destroyed(chain):
    token = chain.token.functions
    assert token.name().call() == "Numeraire" and token.symbol().call() == "NMR"
    assert token.decimals().call() == 18
    supply = token.totalSupply().call()
    receipt = chain._send("It", token.burn(7), "alice")
    [log] = chain.token.events.Transfer().process_receipt(receipt)
    assert int(log["args"]["receiver"], 16) == 0 and log["args"]["amount"] == 7
    assert token.totalSupply().call() == supply - 7


def test_approvals_go_from_or_to_zero_or_are_changed_knowingly(chain):
    token, bob = chain.token.functions, chain.address("bob")
    chain._send("It", token.approve(bob, 5), "alice")
    with pytest.raises(NumlearnError, match="approved already"):
        chain._send("It", token.approve(bob, 6), "alice")
    with pytest.raises(NumlearnError, match="the approval has changed"):
        chain._send("It", token.changeApproval(bob, 4, 6), "alice")
    chain._send("It", token.changeApproval(bob, 5, 6), "alice")
    move = token.transferFrom(chain.address("alice"), bob, 4)
    chain._send("It", move, "bob")
    assert token.allowance(chain.address("alice"), bob).call() == 2
    with pytest.raises(NumlearnError, match="not approved"):
        chain._send("It", move, "bob")


def test_the_contract_itself_refuses_what_the_client_never_sends(chain):
    contract = chain.agreement("alice").functions
    with pytest.raises(Refused, match="not above zero"):
        chain._send("It", contract.stake(0), "alice")
    with pytest.raises(Refused, match="not above zero"):
        chain._send("It", contract.punish(0), "numerai")
    nobody = "0x" + "0" * 40
    with pytest.raises(NumlearnError, match="burn destroys"):
        chain._send("It", chain.token.functions.transfer(nobody, 1), "alice")
    both = chain.address("alice"), chain.address("numerai")
    for people, kind, ratio, reason in (
        (both, 3, 0, "no such ratio type"),
        (both, 1, 1, "is not zero"),
        (both, 2, 0, "the ratio is zero"),
        (both, 2, 2**128, "the ratio is too large"),
        ((both[0], nobody), 1, 0, "nobody judges"),
        ((nobody, both[1]), 1, 0, "nobody stakes"),
    ):
        with pytest.raises(NumlearnError, match=reason):
            terms = chain.token.address, *people, ratio, kind, False
            chain._deploy("It", "Agreement", "numerai", *terms)
    with pytest.raises(NumlearnError, match="more NMR than an agreement can count"):
        chain._deploy("It", "NMR", "numerai", 2**128)


def test_an_agreement_takes_only_what_was_approved_this_once(chain):
    """Nobody consents for another, and nothing is left approved."""
    chain.agree("alice", "dear", ratio=NMR // 2, ratio_type=RatioType.DECIMAL)
    chain.stake("dear", 9)
    assert chain.punish("dear", 1) == 1
    chain.reward("dear", 3)
    with pytest.raises(Refused, match="not enough NMR in the wallet"):
        chain.stake("dear", 1_000 * NMR)
    for account in ("alice", "numerai"):
        left = chain.token.functions.allowance(
            chain.address(account), chain.agreement("dear").address
        )
        assert left.call() == 0


def test_a_refused_transaction_is_mined_and_changes_nothing(chain):
    before = chain.audit(), chain.history, chain.w3.eth.block_number
    with pytest.raises(Refused, match="only the counterparty"):
        chain.release("alice", NMR, by="alice")
    assert (chain.audit(), chain.history) == before[:2]
    assert chain.w3.eth.block_number == before[2] + 1


def test_the_sources_compile_to_what_is_deployed(chain):
    on_chain = chain.w3.eth.get_code(chain.token.address).hex().removeprefix("0x")
    assert on_chain in compiled("NMR")["bytecode"]


def start(books):
    """The same beginning on both: two people, five agreements."""
    for account in ("alice", "bob"):
        books.transfer("numerai", account, 60 * NMR)
    decimal = RatioType.DECIMAL
    books.agree("alice", "none", ratio_type=RatioType.NONE)
    books.agree("bob", "dear", counterparty="alice", ratio=2 * NMR, ratio_type=decimal)
    books.agree("alice", "round", atomic=True)
    books.agree("bob", "third", atomic=True, ratio=NMR // 3, ratio_type=decimal)
    return ["alice", "none", "dear", "round", "third"]


def sequence(seed, positions, length=24):
    """A random sequence of verbs: about half of them possible."""
    rng = np.random.default_rng(seed)
    shares = np.array(list(SHARES.values())) / sum(SHARES.values())
    for _ in range(length):
        verb = rng.choice(list(SHARES), p=shares)
        by = rng.choice(["numerai", "alice", "bob"]) if rng.random() < 0.1 else None
        by = by and str(by)
        position = str(rng.choice(positions))
        amount = int(rng.integers(0, 16)) * NMR + int(rng.integers(0, 3))
        if rng.random() < 0.1:
            amount = EXTREME[rng.integers(len(EXTREME))]
        if verb == "agree":
            kind = RatioType(int(rng.integers(3)))
            terms = {"ratio": amount, "ratio_type": kind}
            yield "agree", ("bob", f"{position} again"), terms
        elif verb == "turn":
            yield str(rng.choice(["close", "resolve"])), (position,), {"by": by}
        elif verb == "move" and rng.random() < 0.7:
            yield "transfer", ("alice", "bob", amount), {}
        elif verb == "move":
            yield "burn", ("bob", amount), {}
        else:
            yield str(verb), (position, amount), {"by": by}


def play(books, seed):
    """Play one sequence; return what was refused and what is left."""
    positions, refusals = start(books), []
    for verb, arguments, options in sequence(seed, positions):
        try:
            getattr(books, verb)(*arguments, **options)
            refusals.append(None)
        except NumlearnError as refused:
            refusals.append(str(refused))
    balances = {name: books.balance(name) for name in ("numerai", "alice", "bob")}
    stakes = {position: books.staked(position) for position in positions}
    return refusals, balances, stakes, books.audit(), books.history


def test_the_same_sequences_end_alike_on_ledger_and_chain(tell):
    pytest.importorskip("web3")
    pytest.importorskip("vyper")
    tried, refused = 0, 0
    for seed in range(SEQUENCES):
        on_ledger, on_chain = (
            play(Ledger(1_000 * NMR), seed),
            play(Chain(1_000 * NMR), seed),
        )
        assert on_ledger == on_chain, f"sequence {seed}"
        tried += len(on_ledger[0])
        refused += sum(reason is not None for reason in on_ledger[0])
    tell(
        "the same steps on ledger and chain",
        f"{SEQUENCES} sequences, {tried} steps, {refused} of them refused: all alike",
    )
    assert 0 < refused < tried
