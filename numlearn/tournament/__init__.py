"""For whoever rehearses: a tournament on this computer for the real client."""

from numlearn._lazy import parts

__all__, __getattr__, __dir__ = parts(
    __name__, {"_server": "TournamentServer pointing_to serve"}
)
