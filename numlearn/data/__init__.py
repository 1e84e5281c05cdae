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
from numlearn.data._sources import cache_folder, feature_sets, target_names

__all__ = [
    "cache_folder",
    "describe",
    "download",
    "feature_sets",
    "load",
    "load_benchmarks",
    "load_example_predictions",
    "load_metamodel",
    "schema",
    "target_names",
]
