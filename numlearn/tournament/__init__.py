"""For whoever rehearses: a tournament on this computer for the real client."""

from numlearn.tournament._server import TournamentServer, pointing_to

__all__ = ["TournamentServer", "pointing_to"]
