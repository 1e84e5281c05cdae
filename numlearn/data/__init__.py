"""What the fund hands to the users: features, targets, predictions of others."""

from numlearn.data import schema
from numlearn.data._describe import describe
from numlearn.data._download import download
from numlearn.data._load import load
from numlearn.data._predictions import (
    load_benchmarks,
    load_example_predictions,
    load_metamodel,
)
from numlearn.data._shares import bin_shares, era_sizes, recode
from numlearn.data._sources import cache_folder, feature_sets, target_names
from numlearn.data._stored import stored

__all__ = [
    "bin_shares",
    "cache_folder",
    "describe",
    "download",
    "era_sizes",
    "feature_sets",
    "load",
    "load_benchmarks",
    "load_example_predictions",
    "load_metamodel",
    "recode",
    "schema",
    "stored",
    "target_names",
]
