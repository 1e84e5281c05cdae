"""Compiling the contracts, once in a process."""

from functools import cache
from pathlib import Path

from numlearn.errors import instead_of, one_of

CONTRACTS = ("NMR", "Agreement")


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
