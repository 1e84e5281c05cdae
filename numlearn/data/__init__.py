"""What the fund hands to the users: features, targets, predictions of others."""

from numlearn._lazy import parts

__all__, __getattr__, __dir__ = parts(
    __name__,
    {
        "_compact": "expand",
        "_describe": "describe",
        "_download": "download",
        "_load": "load",
        "_predictions": "load_benchmarks load_example_predictions load_metamodel",
        "_shares": "bin_shares era_sizes recode",
        "_sources": "cache_folder feature_sets source_folder target_names",
    },
    modules="schema",
)
