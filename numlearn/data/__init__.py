"""What the fund hands to the users: features, targets, predictions of others."""

from numlearn.data import schema
from numlearn.data._describe import bin_shares, describe, era_sizes, recode
from numlearn.data._download import download
from numlearn.data._load import (
    load,
    load_benchmarks,
    load_example_predictions,
    load_metamodel,
)
from numlearn.data._stored import stored
from numlearn.data.sources import cache_folder, feature_sets, target_names

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
