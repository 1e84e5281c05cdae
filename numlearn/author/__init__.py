"""For whoever writes lessons: masters become notebooks, proofs and pages."""
