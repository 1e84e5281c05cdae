"""A real Ethereum of one's own, in this process: our contracts and their client.

Needs the extra: ``pip install "numlearn[chain]"``. The contracts are NMR.vy and
Agreement.vy beside this file, written for this course after the behaviour of NMR and of
Erasure's agreements in 2021.
"""

from numlearn.staking.chain._client import Chain, compiled, source

__all__ = ["Chain", "compiled", "source"]
