"""What the fund hands to the users: features, targets, predictions of others."""

from numlearn._lazy import parts

__all__, __getattr__, __dir__ = parts(
    __name__,
    {
        "_calendar": "date_to_era era_to_date era_to_round round_to_date round_to_era",
        "_describe": "bin_shares describe era_sizes recode",
        "_download": "download",
        "_load": "load load_benchmarks load_example_predictions load_metamodel",
        "_stored": "stored",
        "sources": "cache_folder feature_sets target_names",
    },
    modules="schema",
)
