"""What the fund hands to the users: features, targets, predictions of others."""

from numlearn.data import schema
from numlearn.data._calendar import (
    date_to_era,
    era_to_date,
    era_to_round,
    round_to_date,
    round_to_era,
)
from numlearn.data._describe import bin_shares, describe, era_sizes, recode
from numlearn.data._download import download
from numlearn.data._load import (
    load,
    load_benchmarks,
    load_example_predictions,
    load_metamodel,
)
from numlearn.data.sources import cache_folder, feature_sets, target_names

__all__ = [
    "bin_shares",
    "cache_folder",
    "date_to_era",
    "describe",
    "download",
    "era_sizes",
    "era_to_date",
    "era_to_round",
    "feature_sets",
    "load",
    "load_benchmarks",
    "load_example_predictions",
    "load_metamodel",
    "recode",
    "round_to_date",
    "round_to_era",
    "schema",
    "target_names",
]
