"""The triangle turning: a synthetic market, the data made from it, a toy year."""

from numlearn.world.toy import toy_year, year_totals

__all__ = ["toy_year", "year_totals"]
