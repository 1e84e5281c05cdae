"""The ledger: Erasure's permissions of 2021, today's, and books that always add up."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from numlearn.errors import NumlearnError
from numlearn.staking import NMR, Event, Ledger, RatioType, Refused

STEPS = {"tried": 0, "refused": 0}


@pytest.fixture
def ledger():
    ledger = Ledger(1_000 * NMR)
    ledger.transfer("numerai", "alice", 100 * NMR)
    ledger.stake("alice", 40 * NMR)
    return ledger


def books(ledger):
    balances = {account: ledger.balance(account) for account in ledger.accounts}
    stakes = {position: ledger.staked(position) for position in ledger.terms}
    return balances, stakes, ledger.total_supply, ledger.history


def refuses(ledger, reason, verb, *arguments, **options):
    before = books(ledger)
    with pytest.raises(Refused) as refused:
        getattr(ledger, verb)(*arguments, **options)
    assert refused.value.reason == reason
    assert reason in str(refused.value) and str(refused.value).endswith(".")
    assert books(ledger) == before


def test_a_burn_lowers_the_supply_and_raises_nobodys_balance(ledger):
    before = {account: ledger.balance(account) for account in ledger.accounts}
    assert ledger.punish("alice", 10 * NMR) == 0
    assert {account: ledger.balance(account) for account in before} == before
    assert ledger.staked("alice") == 30 * NMR
    assert ledger.total_supply == 990 * NMR and ledger.burned == 10 * NMR


def test_the_staker_cannot_release_and_numerai_can(ledger):
    refuses(ledger, "only the counterparty", "release", "alice", NMR, by="alice")
    ledger.release("alice", 15 * NMR)
    assert ledger.balance("alice") == 75 * NMR


def test_an_atomic_stake_is_the_stakers_again_once_it_is_resolved(ledger):
    ledger.agree("alice", "round 1343", atomic=True)
    ledger.stake("round 1343", 2 * NMR)
    refuses(ledger, "at risk until resolved", "release", "round 1343", NMR)
    refuses(ledger, "the round is not closed yet", "punish", "round 1343", NMR)
    refuses(ledger, "the round is not closed yet", "resolve", "round 1343")
    ledger.close("round 1343")
    refuses(ledger, "the round is closed", "stake", "round 1343", NMR)
    refuses(ledger, "the round is closed", "close", "round 1343")
    refuses(ledger, "at risk until resolved", "release", "round 1343", NMR)
    ledger.punish("round 1343", NMR)
    ledger.reward("round 1343", 3 * NMR)
    ledger.resolve("round 1343")
    refuses(ledger, "the round is resolved", "punish", "round 1343", NMR)
    refuses(ledger, "only the staker", "release", "round 1343", NMR, by="numerai")
    ledger.release("round 1343", 4 * NMR)
    assert ledger.balance("alice") == 62 * NMR and ledger.staked("round 1343") == 0


def test_what_cannot_be_done_is_refused_and_changes_nothing(ledger):
    too_little = "not enough NMR in the wallet"
    refuses(ledger, too_little, "stake", "alice", 61 * NMR)
    refuses(ledger, "the amount is not above zero", "stake", "alice", -NMR)
    refuses(ledger, "the amount is not above zero", "punish", "alice", 0)
    refuses(ledger, "not enough NMR in the stake", "punish", "alice", 41 * NMR)
    refuses(ledger, "not enough NMR in the stake", "release", "alice", 41 * NMR)
    refuses(ledger, "only the staker", "stake", "alice", NMR, by="bob")
    refuses(ledger, "only the counterparty", "reward", "alice", NMR, by="alice")
    refuses(ledger, "only the counterparty", "punish", "alice", NMR, by="bob")
    refuses(ledger, "not an agreement of one round", "close", "alice")
    refuses(ledger, "only the staker", "stake", "carol", NMR, by="bob")
    refuses(ledger, too_little, "stake", "carol", NMR)
    refuses(ledger, too_little, "transfer", "bob", "alice", 1)
    refuses(ledger, too_little, "burn", "bob", 1)
    ledger.transfer("numerai", "bob", ledger.balance("numerai"))
    refuses(ledger, too_little, "reward", "alice", 1)


def test_words_and_fractions_are_no_amounts(ledger):
    for amount in (1.5, "5", True):
        with pytest.raises(NumlearnError, match="whole numbers of wei"):
            ledger.stake("alice", amount)
    with pytest.raises(NumlearnError, match="no position 'bob'"):
        ledger.punish("bob", NMR)
    with pytest.raises(NumlearnError, match="position 'alice' already"):
        ledger.agree("alice")
    for amount in (-1, 2**256):
        with pytest.raises(NumlearnError, match="fits into 256 bits"):
            Ledger(amount)


def test_erasures_example_of_griefing():
    # README of the protocol: Bob burns 10 of Alice's stake for 5, Alice of his for 10.
    ledger = Ledger(1_000 * NMR)
    for name, amount in (("alice", 510), ("bob", 105)):
        ledger.transfer("numerai", name, amount * NMR)
    decimal = RatioType.DECIMAL
    ledger.agree("alice", counterparty="bob", ratio=NMR // 2, ratio_type=decimal)
    ledger.agree("bob", counterparty="alice", ratio=NMR, ratio_type=decimal)
    ledger.stake("alice", 500 * NMR)
    ledger.stake("bob", 100 * NMR)
    assert ledger.punish("alice", 10 * NMR) == 5 * NMR
    assert ledger.punish("bob", 10 * NMR) == 10 * NMR
    assert ledger.staked("alice") == 490 * NMR and ledger.staked("bob") == 90 * NMR
    assert ledger.balance("alice") == ledger.balance("bob") == 0
    refuses(ledger, "not enough NMR in the wallet", "punish", "alice", 10 * NMR)
    assert ledger.burned == 35 * NMR


def test_the_cost_of_a_punishment_is_rounded_up(ledger):
    ledger.agree("alice", "third", ratio=NMR // 3, ratio_type=RatioType.DECIMAL)
    ledger.stake("third", 100)
    assert ledger.punish("third", 10) == 4


def test_no_punishment_and_impossible_agreements(ledger):
    ledger.agree("alice", "safe", ratio_type=RatioType.NONE)
    ledger.stake("safe", NMR)
    refuses(ledger, "no punishment allowed", "punish", "safe", 1)
    refuses(ledger, "the ratio is not zero", "agree", "alice", "x", ratio=1)
    decimal = {"ratio_type": RatioType.DECIMAL}
    refuses(ledger, "the ratio is zero", "agree", "alice", "x", **decimal)
    large = "the ratio is too large"
    refuses(ledger, large, "agree", "alice", "x", ratio=2**128, **decimal)
    with pytest.raises(NumlearnError, match="less than 2\\*\\*128 wei"):
        Ledger(2**128)
    same = "staker and counterparty are the same"
    refuses(ledger, same, "agree", "alice", "x", counterparty="alice")


def test_the_vectors_of_numerais_own_tests():
    ledger = Ledger(1_000 * NMR)
    ledger.transfer("numerai", "alice", 100 * NMR)
    stakes = []
    for verb, amount in (
        ("stake", 10),
        ("stake", 15),
        ("reward", 10),
        ("punish", 10),
        ("release", 10),
        ("release", 15),
        ("reward", 40),
        ("release", 15),
        ("punish", 10),
        ("release", 5),
    ):
        getattr(ledger, verb)("alice", amount * NMR)
        stakes.append(ledger.staked("alice") // NMR)
    assert stakes == [10, 25, 35, 25, 15, 0, 40, 25, 15, 10]


def test_the_history_says_what_happened_and_cannot_be_changed(ledger):
    ledger.punish("alice", NMR)
    assert ledger.history == (
        Event("transfer", "numerai", "alice", 100 * NMR),
        Event("agree", "alice", "alice"),
        Event("stake", "alice", "alice", 40 * NMR),
        Event("punish", "numerai", "alice", NMR),
    )
    with pytest.raises(AttributeError):
        ledger.history[0].amount = 0


ACCOUNTS = st.sampled_from(["numerai", "alice", "bob", "carol"])
POSITIONS = st.sampled_from(["alice", "bob", "safe", "dear", "round 1", "round 2"])
AMOUNTS = st.one_of(
    st.integers(-1, 3), st.integers(1, 60 * NMR), st.sampled_from([10**30, NMR])
)


class Books(RuleBasedStateMachine):
    """Anybody tries anything; whatever happens, the books add up."""

    @initialize()
    def start(self):
        self.ledger = Ledger(1_000 * NMR)
        for account in ("alice", "bob", "carol"):
            self.ledger.transfer("numerai", account, 50 * NMR)
        self.ledger.agree("alice", "safe", ratio_type=RatioType.NONE)
        self.ledger.agree(
            "bob", "dear", counterparty="carol", ratio=NMR * 2, ratio_type=2
        )
        self.ledger.agree("alice", "round 1", atomic=True)
        self.ledger.agree(
            "carol", "round 2", atomic=True, ratio=7, ratio_type=RatioType.DECIMAL
        )
        self.before = books(self.ledger)

    def attempt(self, verb, *arguments, **options):
        STEPS["tried"] += 1
        balances, _, supply, _ = self.before = books(self.ledger)
        try:
            getattr(self.ledger, verb)(*arguments, **options)
        except NumlearnError:
            STEPS["refused"] += 1
            assert books(self.ledger) == self.before
            return
        event = self.ledger.history[-1]
        gone = event.amount + event.cost if event.verb in ("punish", "burn") else 0
        assert self.ledger.total_supply == supply - gone
        if event.verb in ("punish", "burn"):
            for account in self.ledger.accounts:
                assert self.ledger.balance(account) <= balances.get(account, 0)
        if event.verb == "release":
            terms = self.ledger.terms[event.on]
            assert event.by == (terms.staker if terms.atomic else terms.counterparty)

    @rule(sender=ACCOUNTS, receiver=ACCOUNTS, amount=AMOUNTS)
    def transfer(self, sender, receiver, amount):
        self.attempt("transfer", sender, receiver, amount)

    @rule(holder=ACCOUNTS, amount=AMOUNTS)
    def burn(self, holder, amount):
        self.attempt("burn", holder, amount)

    @rule(
        verb=st.sampled_from(["stake", "reward", "punish", "release"]),
        position=POSITIONS,
        amount=AMOUNTS,
        by=st.one_of(st.none(), ACCOUNTS),
    )
    def act(self, verb, position, amount, by):
        self.attempt(verb, position, amount, by=by)

    @rule(verb=st.sampled_from(["close", "resolve"]), position=POSITIONS)
    def turn(self, verb, position):
        self.attempt(verb, position)

    @precondition(lambda self: hasattr(self, "ledger"))
    @invariant()
    def the_books_add_up(self):
        audit = self.ledger.audit()
        assert audit["issued"] == 1_000 * NMR
        assert self.ledger.history[: len(self.before[3])] == self.before[3]


def test_the_books_add_up_over_ten_thousand_steps(tell):
    STEPS.update(tried=0, refused=0)
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        Books,
        settings=settings(
            max_examples=250, stateful_step_count=50, deadline=None, derandomize=True
        ),
    )
    steps = f"{STEPS['tried']:,} steps tried, {STEPS['refused']:,} of them refused"
    tell("the ledger's books", steps)
    assert STEPS["tried"] >= 10_000
