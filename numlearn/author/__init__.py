"""For whoever writes lessons: masters become notebooks, proofs and pages."""

from numlearn._lazy import parts

__all__, __getattr__, __dir__ = parts(
    __name__,
    {},
    modules="build export mutants new proof readme stored styles",
)
