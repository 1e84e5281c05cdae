"""Where the rates of simulated rounds come from: real stretches, or a fitted model.

Both are generators that fill and yield one array of paths × models a round.
"""

import numpy as np


def bootstrap(rates, block, shape, rng):
    """Draw stretches of the table: whole rounds, all models together.

    Parameters
    ----------
    rates : ndarray, rounds × models, float32
    block : int
        Rounds in a stretch. The table is a circle, so that each round is as likely.
    shape : (paths, models)
    rng : numpy.random.Generator

    Yields
    ------
    ndarray of that shape, the same one each time
    """
    circle = np.concatenate([rates, rates[: block - 1]])
    drawn = np.empty(shape, np.float32)
    while True:
        rows = rng.integers(0, len(rates), shape[0])
        for _ in range(block):
            # "clip" writes straight into `drawn`; no row is ever out of bounds.
            np.take(circle, rows, axis=0, out=drawn, mode="clip")
            yield drawn
            rows += 1


def fit(scores):
    """Fit means, covariances and one memory to a table of scores.

    Parameters
    ----------
    scores : DataFrame, rounds × models

    Returns
    -------
    mean : ndarray, models
    mixing : ndarray, models × models
        Independent numbers of variance 1, times this, have the table's covariances.
    memory : float
        The median over models of the correlation of a round with the next.
    """
    values = scores.to_numpy(dtype=float)
    centred = values - values.mean(axis=0)
    variances, directions = np.linalg.eigh(centred.T @ centred / len(values))
    mixing = (directions * np.sqrt(np.maximum(variances, 0.0))).T
    energy = (centred**2).sum(axis=0)
    moving = energy > 0
    memory = (centred[1:] * centred[:-1]).sum(axis=0)[moving] / energy[moving]
    memory = float(np.median(memory)) if moving.any() else 0.0
    return values.mean(axis=0), mixing, min(max(memory, 0.0), 0.999)


def autoregression(model, limit, shape, rng):
    """Draw from a first-order autoregression with the fitted moments, capped.

    Parameters
    ----------
    model : (mean, mixing, memory)
        As `fit` returns it, in units of the rate.
    limit : float
        The cap.
    shape, rng
        As in `bootstrap`.

    Yields
    ------
    ndarray of that shape, the same one each time
    """
    mean, mixing, memory = model
    shock_size = np.sqrt(1.0 - memory**2)
    mixing = (mixing * shock_size).astype(np.float32)
    mean = np.broadcast_to(mean.astype(np.float32), shape).copy()
    limit, memory = np.float32(limit), np.float32(memory)
    state = rng.standard_normal(shape, dtype=np.float32)
    state /= np.float32(shock_size)
    shocks, drawn = np.empty_like(state), np.empty_like(state)
    while True:
        if shape[1] == 1:
            np.multiply(state, mixing[0, 0], out=drawn)
        else:
            np.matmul(state, mixing, out=drawn)
        drawn += mean
        drawn.clip(-limit, limit, out=drawn)
        yield drawn
        state *= memory
        rng.standard_normal(out=shocks, dtype=np.float32)
        state += shocks
