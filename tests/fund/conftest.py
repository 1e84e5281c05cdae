import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def panel():
    """Forty weekly eras of 120 lasting stocks: a market, two styles, a weak signal."""
    rng = np.random.default_rng(3)
    eras, stocks, days = 40, 120, 5
    beta = rng.normal(1, 0.3, stocks)
    style = rng.normal(size=(2, stocks))
    sector = rng.integers(0, 6, stocks)
    truth = rng.normal(size=stocks)
    n_days = days * (eras + 4)
    daily = 0.0005 + beta * rng.normal(0.0005, 0.01, (n_days, 1))
    daily = daily + rng.normal(0, 0.004, (n_days, 2)) @ style
    daily += rng.normal(0, 0.006, (n_days, 6))[:, sector]
    daily += 0.0006 * truth + rng.normal(0, 0.02, (n_days, stocks))
    frames = []
    for era in range(eras):
        rows = rng.permutation(stocks)
        start = era * days + 2
        frame = pd.DataFrame({"era": f"{era + 101:04d}", "stock": rows})
        frame["beta"], frame["sector"] = beta[rows], [f"s{i}" for i in sector[rows]]
        frame["style_0"], frame["style_1"] = style[:, rows]
        frame["mm"] = 0.5 * truth[rows] + rng.normal(size=stocks)
        frame["mm"] += 0.3 * (beta[rows] - 1) / 0.3
        frame["return_5"] = daily[start : start + 5, rows].sum(axis=0)
        frame["return_20"] = daily[start : start + 20, rows].sum(axis=0)
        frame["volume"] = np.exp(rng.normal(size=stocks))
        frames.append(frame)
    panel = pd.concat(frames, ignore_index=True)
    panel.index = pd.Index([f"n{i:05d}" for i in range(len(panel))], name="id")
    return panel
