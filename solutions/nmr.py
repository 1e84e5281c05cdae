# ---
# jupyter:
#   numlearn:
#     question: Where does a burned stake go?
#     minutes: 45
#     objectives:
#       - put NMR at stake on a blockchain of your own and watch a burn lower the supply
#       - read in a contract's code who can take a stake out, then and now
#       - say what a punishment costs the one who punishes, at any griefing ratio
#     needs: ["{lesson:staking}", nothing about blockchains]
#     claims: [S20, S21, S22, S23, S25, S26, S35]
# ---

# %% [markdown]
# This lesson runs a real Ethereum inside this notebook. It needs three packages that the
# rest of the course does without; where they are missing, this cell adds them or says in
# one sentence what to install.
#
# Alice has 100 NMR and puts 40 of them at stake. Her predictions turn out badly, and
# Numerai burns 10. Here is everybody's NMR before and after. Look for the ten.

# %%
import pandas as pd
from numlearn.staking import NMR
from numlearn.staking.chain import Chain

nl.need("chain")

chain = Chain()
chain.transfer("numerai", "alice", 100 * NMR)
chain.stake("alice", 40 * NMR)


def holdings():
    wallets = {name: chain.balance(name) for name in ("numerai", "alice")}
    places = {**wallets, "Alice's stake": chain.staked("alice")}
    return pd.Series({**places, "total supply": chain.total_supply}) / NMR


before = holdings()
chain.punish("alice", 10 * NMR)
table = pd.DataFrame({"before": before, "after": holdings()}).astype(float)
table.assign(change=table["after"] - table["before"]).map("{:,.0f}".format)

# %% [markdown]
# Alice's stake is 10 smaller, and nobody's wallet is larger. The last row says where the
# ten went: there are fewer NMR in the world. Nobody received them.
#
# That was not a simulation of a **contract**, a small program that keeps other people's
# money by the rules in its code. It was a contract. The rest of this page opens it: what
# runs, what the burn does, who could have got the stake out, and what it costs to burn
# somebody.
#
# > **Caution.** The chain lives in this process and forgets everything when you close the
# > notebook; its keys can be guessed by anybody. Use no key and no address of it for real
# > money. Nothing here is financial advice.

# %% [markdown]
# ## 1. A stake is a number in somebody else's contract
#
# A **blockchain** is a ledger that many computers keep at once, so that no single one can
# rewrite it. Ethereum's holds balances and contracts. Whoever has an address can call a
# contract; what the code does not allow does not happen, whoever asks.
#
# Two contracts are enough here. `NMR` is the token (of the common kind called **ERC-20**):
# a table of who has how much. `Agreement` is between a staker and a counterparty who
# judges. Both are a few screens of a language called Vyper, written for this course.
#
# > **Then and now.** In March 2021 stakes were contracts like this one, built with a
# > protocol called **Erasure**. From 2022 the documentation no longer says so: a stake was
# > a line in Numerai's own books. Since August 2026 (round 1343 of the main tournament)
# > stakes are on chain again, in new contracts.
#
# Here is how NMR move from one to another:

# %%
from numlearn.staking.chain import source


def show(contract, function):
    """Print one function of a contract."""
    parts = source(contract).split("\n\n\n")
    print(next(part for part in parts if f"def {function}(" in part))


show("NMR", "_move")

# %% [markdown]
# `assert` is a condition: if it fails, the whole call is undone and the text is the reason.
# Amounts are whole numbers of **wei**, and 10¹⁸ wei are one NMR, so that no balance ever
# has a fraction. A cost with a fraction is rounded up: against whoever pays it, so that
# nobody does something for nothing by doing it in small pieces.
#
# **Predict before you run.** Alice has 60 NMR left in her wallet and tries to stake 61 of
# them. What changes?
#
# A chain is slow, so the course has a second one that is only Python: `Ledger`, with the
# same verbs and the same refusals. The course's tests run the same random sequences on
# both; the cell compares the story so far.

# %%
from numlearn.staking import Ledger, Refused

state = chain.audit()
try:
    chain.stake("alice", 61 * NMR)
except Refused as refusal:
    print(refusal)
print("anything changed:", chain.audit() != state)

ledger = Ledger()
ledger.transfer("numerai", "alice", 100 * NMR)
ledger.stake("alice", 40 * NMR)
ledger.punish("alice", 10 * NMR)
same = ledger.audit() == chain.audit() and ledger.history == chain.history
print("ledger and chain agree:", same)

# %% [markdown]
# Refused, and nothing has changed. A contract has no half measures.

# %% [markdown]
# ### Exercise: create_stake
#
# Write `create_stake(wallet, stake)`, both whole numbers of NMR: on a new `Ledger`, give
# `"alice"` the NMR of `wallet` from `"numerai"` and let her stake `stake` of them. If the
# stake is refused, leave it at that. Return what is where, in NMR. For
# `create_stake(100, 40)`:
#
# ```
# {'wallet': 60.0, 'stake': 40.0, 'burned': 0.0}
# ```


# %% exercise="create_stake"
from contextlib import suppress


def create_stake(wallet, stake):
    """Return what is in alice's wallet, at stake and burned, in NMR."""
    # BEGIN SOLUTION
    books = Ledger()
    books.transfer("numerai", "alice", wallet * NMR)
    with suppress(Refused):
        books.stake("alice", stake * NMR)
    return {
        "wallet": books.balance("alice") / NMR,
        "stake": books.staked("alice") / NMR,
        "burned": books.burned / NMR,
    }
    # END SOLUTION


# %% [markdown]
# ### What a contract may take
#
# The stake left Alice's wallet, yet no contract can reach into a wallet. It can only ask the
# token for what its owner has **approved**: `approve(spender, amount)` first, and then the
# spender calls `transferFrom`. Before each stake, `chain.stake` approves just that amount.
#
# Here it is by hand. Each step of work on a chain is counted as **gas**, and the one who
# sends a transaction pays for it in Ether.
#
# **Predict before you run.** Bob tries to take 4 of Alice's NMR, then she approves 6, then
# he tries twice more. Which of the four transactions pass, and which cost gas?

# %%
token, bob = chain.token.functions, chain.address("bob")
take = token.transferFrom(chain.address("alice"), bob, 4 * NMR)


def sent(call, by):
    """Send a transaction; say whether it passed, and the gas it used."""
    signed = call.transact({"from": chain.address(by), "gas": 200_000})
    receipt = chain.w3.eth.wait_for_transaction_receipt(signed)
    return {"passed": receipt["status"] == 1, "costs gas": receipt["gasUsed"] > 0}


rows = {"bob takes 4": sent(take, "bob")}
rows["alice approves 6"] = sent(token.approve(bob, 6 * NMR), "alice")
rows["bob takes 4 now"] = sent(take, "bob")
rows["bob takes 4 again"] = sent(take, "bob")
pd.DataFrame(rows).T

# %% [markdown]
# Nothing without her approval; then up to it, and no wei beyond. Every one of the four was
# paid for, the refused ones too: somebody did the work of refusing.
#
# > **In the real world** many programs ask for an approval without a limit, because it saves
# > a transaction next time. Whoever controls such a contract then controls the wallet. Look
# > at the amount before you sign.

# %% [markdown]
# ## 2. The burn, read and run
#
# When Numerai punishes, `Agreement` lowers the stake and tells the token to destroy as
# much. And this is how the token destroys:

# %%
show("NMR", "_destroy")

# %% [markdown]
# Compare it with `_move` above. There, one balance falls and another rises. Here a balance
# falls, the total supply falls, and no line adds anything to anyone. This part is not an
# experiment: it is so by construction, and you have just read the construction.
#
# Now a season. Each round Alice earns or burns by the luck of a coin, 5 % of her stake
# either way. Rewards come out of Numerai's wallet.
#
# **Predict before you run.** She wins about as often as she loses, by the same percentage.
# Does the total supply stay where it is?

# %%
import numpy as np

rng = np.random.default_rng(13)
supply, stakes = [chain.total_supply], [chain.staked("alice")]
for good in rng.random(24) < 0.5:
    amount = chain.staked("alice") // 20
    (chain.reward if good else chain.punish)("alice", amount)
    supply.append(chain.total_supply)
    stakes.append(chain.staked("alice"))
change = np.array([float(s - supply[0]) for s in supply]) / NMR

# %%
import matplotlib.pyplot as plt

with nl.plots.style():
    figure, (above, below) = plt.subplots(2, 1, sharex=True, figsize=(8, 4.4))
    above.step(range(25), [s / NMR for s in stakes], where="post")
    above.set(
        title="The stake goes both ways, the supply only down", ylabel="stake (NMR)"
    )
    below.step(range(25), change, where="post", color=nl.plots.COLORS["loss"])
    below.set(xlabel="round", ylabel="change of\nsupply (NMR)")
    figure.align_ylabels()
nl.plots.caption(
    above,
    "Two step charts over 24 rounds: Alice's stake rises and falls, while the total"
    " supply stays level in good rounds and falls in bad ones.",
)
plt.show()

# %% [markdown]
# A good round moves NMR that existed already. A bad one destroys some. So the supply can
# fall or stay, and never rise. The same is true of the real NMR: since 2019 no new ones
# can be made, and burns are the only change that is left.
#
# > **In the real tournament** people sometimes think that their burns pay for the
# > winners' rewards, or for the fund's stocks. The code above has no such line, and
# > neither had Numerai's contracts of 2021: `totalSupply` fell, and the token's log
# > showed a transfer to address zero, where nobody lives.
#
# Whatever happens, every NMR ever issued is in a wallet, at stake, or burned. The chain
# can be asked for its whole history, and the history must explain the supply.

# %%
history = pd.DataFrame(chain.history)[["verb", "by", "on", "amount", "cost"]]
for column in ("amount", "cost"):
    history[column] = history[column].astype(float) / NMR
print(history.groupby("verb", sort=False)["amount"].agg(["size", "sum"]).round(1))
print(f"burned, by the token's own count: {chain.burned / NMR:.1f} NMR")

# %% [markdown]
# ### Exercise: supply_change
#
# Write `supply_change(history)`: a table of events like the one above, in NMR, with the
# columns `verb`, `by`, `on`, `amount` and `cost`; by how much did it change the total
# supply? A `cost` is what a punishment took from the wallet of the one who punished; it is
# destroyed, too. The verb `burn` destroys NMR from one's own wallet; anybody may. For
#
# ```
#       verb       by     on  amount  cost
# 0   reward  numerai  alice     5.0   0.0
# 1   punish  numerai  alice    10.0   2.0
# 2  release  numerai  alice    20.0   0.0
# ```
#
# it is
#
# ```
# -12.0
# ```


# %% exercise="supply_change"
def supply_change(history):
    """Return the change of the total supply, in NMR."""
    # BEGIN SOLUTION
    gone = history[history["verb"].isin(["punish", "burn"])]
    return -float(gone["amount"].sum() + gone["cost"].sum())
    # END SOLUTION


# %% [markdown]
# ## 3. Who can take a stake out?
#
# In 2021 newcomers were told that a stake is locked on the blockchain, out of their own
# reach and of everybody else's. Somebody could reach it, though, or no stake would ever
# have come back. Read it in the code.

# %%
show("Agreement", "release")

# %% [markdown]
# Two kinds of agreement: the one of 2021, and an `atomic` one that lives for a single
# round, as since 2026. An atomic round is open at first; it is closed (now it can burn) and
# then resolved. Whoever calls is `msg.sender`. Whoever is *paid* is the staker, in both:
# there is no argument that could name somebody else.
#
# **Predict before you run.** To **release** a stake is to give it back. Alice, Numerai and a
# stranger called Mallory try that at each stage, and then Numerai tries to burn. Who succeeds?

# %%
tries = {f"{who} releases": ("release", who) for who in ("alice", "numerai", "mallory")}
tries["numerai burns"] = ("punish", "numerai")


def attempts(position):
    """Try each with 1 NMR, and write down what is told."""
    told = {}
    for name, (verb, who) in tries.items():
        try:
            getattr(chain, verb)(position, NMR, by=who)
            told[name] = "done"
        except Refused as refusal:
            told[name] = refusal.reason
    return told


# %%
chain.transfer("numerai", "mallory", 1 * NMR)
rows = {"2021": attempts("alice")}
chain.agree("alice", "round 1343", atomic=True)
chain.stake("round 1343", 10 * NMR)
rows["2026, open"] = attempts("round 1343")
chain.close("round 1343")
rows["2026, closed"] = attempts("round 1343")
chain.resolve("round 1343")
rows["2026, resolved"] = attempts("round 1343")
pd.DataFrame(rows).T

# %% [markdown]
# In 2021 the one account that could release a stake was Numerai's: never to itself, only to
# the staker, who had no say in the code. You asked on the website, and about four weeks
# later the NMR came. Under the atomic agreement nobody can *take* a stake at risk, though
# the judge can still burn it; afterwards the staker alone can take it. So a stake at risk
# is out of everybody's reach, except for burning.
#
# Two things can still go wrong, and no line of this code helps. A judge who never resolves
# locks the stake for ever. And NMR *sent* to the agreement's address, with `transfer`, are
# in no stake: no verb moves them again.
#
# > **Then and now.** The wallet has changed hands as well. In 2021 Numerai kept it for
# > you; since the move of 2026 each participant has an embedded wallet, whose key is the
# > participant's. The real agreement pays by a proof of the round's result, for one slice
# > of 1/64 a round. This is told, not run.

# %% [markdown]
# ### Exercise: who_can_release
#
# Write `who_can_release(staker, atomic, stage)`: the name of the staker, True for an
# atomic agreement or False for that of 2021, and the stage `"open"`, `"closed"` or
# `"resolved"` (which the agreement of 2021 does not know and does not care about). Return
# who can release the stake: the staker's name, `"numerai"` or `"nobody"`. For
# `who_can_release("zoe", True, "resolved")`:
#
# ```
# 'zoe'
# ```


# %% exercise="who_can_release"
def who_can_release(staker, atomic, stage):
    """Return the name of the account that can release a stake."""
    # BEGIN SOLUTION
    if not atomic:
        return "numerai"
    return staker if stage == "resolved" else "nobody"
    # END SOLUTION


# %% [markdown]
# ## 4. What does it cost to burn somebody?
#
# Erasure called it **griefing**: I destroy something of yours, and it costs me something
# too. The **griefing ratio** is that price for each NMR that burns, and it is agreed on
# before anybody stakes. At a ratio of 0.5, burning 10 costs 5. The thought behind it: a
# punishment that costs the punisher is one that you can believe was deserved.
#
# There are three kinds of agreement: no punishment at all, free punishment, and a decimal
# ratio.
#
# **Predict before you run.** Numerai judged thousands of stakes every week. Which of the
# three did it agree on with its users?

# %%
from contextlib import suppress

from numlearn.staking import RatioType


def burn_half(name, kind, ratio=0):
    """Let Mallory stake 10 and Alice burn 5, and return what is left and gone, in NMR."""
    terms = {"ratio_type": kind, "ratio": int(ratio * NMR)}
    chain.transfer("numerai", "mallory", 10 * NMR)
    chain.stake(chain.agree("mallory", name, counterparty="alice", **terms), 10 * NMR)
    supply = chain.total_supply
    with suppress(Refused):
        chain.punish(name, 5 * NMR)
    left, gone = chain.staked(name), supply - chain.total_supply
    return {"stake left": left / NMR, "supply falls by": gone / NMR}


rows = {x: burn_half(x, RatioType[x.upper()]) for x in ("none", "free")}
rows |= {x: burn_half(str(x), RatioType.DECIMAL, x) for x in (0.5, 2)}
pd.DataFrame(rows).T.rename_axis("ratio")

# %% [markdown]
# Here Alice is the judge, so she pays, out of her own wallet: the supply falls by the
# punishment *and* by its cost. At a ratio of 2 she destroys more of her own than of
# Mallory's. Would she?
#
# Take her place. Mallory has promised you work and put 10 NMR at stake. To shirk saves him
# effort. To burn his stake repairs nothing, but it is worth something to you: your anger,
# or your name as a judge who means it. You burn if that is more than the cost, and Mallory
# works that out before he decides. Move the ratio, and look for the value at which he
# begins to shirk.

# %%
import seaborn as sns


def judge(ratio=0.5, worth_to_you=6.0, his_effort=4.0):
    burns = worth_to_you > 10 * ratio
    yours = {"let it be": 0, "burn": worth_to_you - 10 * ratio}
    his = {"work": -his_effort, "shirk": -10 * burns}
    with nl.plots.style():
        _, axes = plt.subplots(1, 2, sharey=True, figsize=(8, 3.4))
        for ax, who, result in zip(
            axes, ("You, if he shirks", "Mallory"), (yours, his)
        ):
            sns.barplot(x=list(result), y=list(result.values()), ax=ax, width=0.5)
            ax.set(ylim=(-22, 12), xlabel=who, ylabel="gain (NMR)")
            ax.axhline(0, color=nl.plots.COLORS["ink"], linewidth=1)
        told = "burn" if burns else "not burn", max(his, key=his.get)
        axes[0].set_title("You would {}, so he will {}".format(*told))
    nl.plots.caption(axes, "Bars: you would {}, so he will {}.".format(*told))


nl.plots.explore(
    judge,
    ratio=(0.0, 2.0, 0.1),
    worth_to_you=(0.0, 10.0, 1.0),
    his_effort=(0.0, 9.0, 1.0),
)

# %% [markdown]
# A threat works if it would be carried out and costs more than work. At 0.5 a burn of ten
# costs five, which your anger is worth, and he works. From 0.6 on it costs all that your
# anger is worth, and he shirks. At 0 burning costs nothing, so it deters whoever shirks;
# but it would cost nothing to burn someone who *worked*, either. A high price makes an
# unjust burn dear, a low one makes a threat credible, and one number cannot do both.
#
# Numerai's agreements of 2021 were of the second kind: ratio type "infinite", in the words
# of its contract, so that one unit of cost buys any amount of punishment. The two-sided
# idea that gives Erasure its charm did not bind it. What did bind it is what you have seen:
# it could destroy a stake or return it, and never keep it.
#
# > **Then and now.** Erasure carried more than one tournament. A second one, *Erasure
# > Quant*, had already ended by March 2021, and Numerai Signals had taken its place.

# %% [markdown]
# ### Exercise: grief
#
# Write `grief(stake, punishment, ratio)`: what is at stake, what of it is burned (never
# more than the stake) and the griefing ratio (0 or more), all in NMR. Return what is left
# at stake, what it costs the one who punishes, and by how much the supply falls. An
# example of Erasure's own, `grief(500, 10, 0.5)`:
#
# ```
# {'stake': 490.0, 'cost': 5.0, 'burned': 15.0}
# ```


# %% exercise="grief"
def grief(stake, punishment, ratio):
    """Return what a punishment leaves, costs and destroys, in NMR."""
    # BEGIN SOLUTION
    cost = punishment * ratio
    return {"stake": stake - punishment, "cost": cost, "burned": punishment + cost}
    # END SOLUTION


# %% quiz="nmr"

# %% [markdown]
# ## In this notebook you
#
# - put NMR at stake on a blockchain of your own, and watched a burn lower the total supply
#   and raise nobody's balance;
# - read in a contract who can take a stake out: the counterparty in 2021, always to the
#   staker; today the staker alone, once the round is resolved;
# - worked out what a punishment costs at any griefing ratio, and saw that Numerai's was
#   free.
#
# The two contracts are `source("NMR")` and `source("Agreement")`: each fits on a few
# screens. Numerai's own account of staking is in its [documentation](https://docs.numer.ai).
