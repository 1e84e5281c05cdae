"""Packages whose parts are imported when they are first asked for (PEP 562)."""

import importlib
import operator
import re
import sys
from difflib import get_close_matches

ROOMS = (
    "data eras fund learner metamodel models models.submission plots scoring staking"
)
ROOMS += " world"
# What people call things elsewhere, and what that is here.
MEANT = {
    "plot|draw_|cumulat|lines?$|chart": "plots.score_lines",
    "train|validation|live|(^|_)load|(^|_)read|panel": "data.load",
    "make_.*world|make_data": "world.make",
    "feature_neutral_corr": "scoring.fnc",
    "correlation_contribution": "scoring.mmc",
    "sharpe|std|mean|volatility|statistics|metrics|summar": "scoring.summary",
    "drawdown": "scoring.max_drawdown",
    "corr|spearman|pearson|score": "scoring.corr",
    "kfold|purged|time_?series": "models.EraKFold",
    "lgbm|lightgbm|xgb|boost": "models.LightGBM",
    "submission": "models.submission.make",
    "validat|check_pred": "models.submission.faults",
    "submit|upload": "models.submission.upload",
    "ensemble|combine|average": "models.blend",
    "payout|pay|burn": "staking.RULES",
    "portfolio|positions": "fund.weights",
    "stake_weight": "metamodel.stake_weighted",
    "season|play|tournament|simulate": "world.run",
    "features?$": "data.feature_sets",
    "round": "data.round_to_era",
    "course|grade|exercise": "learner.check",
}


def parts(package, homes, *, modules="", also=None):
    """List a package's public names, each once, and import each when it is asked for.

    Parameters
    ----------
    package : str
        Its ``__name__``.
    homes : dict of str to str
        The public names, in words, by the module of the package in which they live.
    modules : str
        The modules that are listed themselves. A module whose name does not begin with
        an underscore is found even if it is not listed.
    also : dict of str to str, optional
        What people guess, and what it is: understood, not listed.

    Returns
    -------
    __all__ : list of str
    __getattr__, __dir__ : callable
    """
    home = {name: module for module in homes for name in homes[module].split()}
    listed = sorted([*home, *modules.split()])
    guessed = also or {}

    def getattr_(name):
        if name in home:
            module = importlib.import_module(f"{package}.{home[name]}")
            return getattr(module, name)
        if name in guessed:
            return operator.attrgetter(guessed[name])(sys.modules[package])
        address = f"{package}.{name}"
        try:
            if not name.startswith("_"):
                return importlib.import_module(address)
        except ModuleNotFoundError as error:
            if error.name != address:
                raise
        raise AttributeError(
            f"{package} has no {name!r}{_advice(name)}",
            name=name,
            obj=sys.modules[package],
        )

    def dir_():
        return sorted({*vars(sys.modules[package]), *listed})

    return listed, getattr_, dir_


def _advice(name):
    """Say what may be meant by a name that is not there."""
    if name.startswith("_"):  # asked for by Python's own tools
        return ""
    there, asked = {}, name.lower()
    for room in ROOMS.split():
        for one in importlib.import_module(f"numlearn.{room}").__all__:
            there.setdefault(one.lower(), f"{room}.{one}")
    found = [there[asked]] if asked in there else []
    found += [home for words, home in MEANT.items() if re.search(words, asked)][:1]
    found += [there[one] for one in get_close_matches(asked, there, 1, cutoff=0.75)]
    names = [f"numlearn.{home}" for home in dict.fromkeys(found)]
    return f": do you mean {' or '.join(names[:2])}?" if names else ""
