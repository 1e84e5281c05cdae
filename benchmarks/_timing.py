"""Interleaved rounds of CPU time: a busy machine slows peers and ours alike."""

import statistics
import time

from threadpoolctl import threadpool_limits


def interleave(contenders, rounds=5, clock=time.process_time):
    """Run each contender once a round; return the seconds of every round, by name.

    One BLAS thread for everyone: threads that wait for each other would be timed too.
    """
    seconds = {name: [] for name in contenders}
    with threadpool_limits(1, user_api="blas"):
        for _ in range(rounds):
            for name, run in contenders.items():
                start = clock()
                run()
                seconds[name].append(clock() - start)
    return seconds


def ratio(seconds, peer, ours):
    """Return the median of the rounds' ratios, and the lowest and highest of them."""
    ratios = [a / b for a, b in zip(seconds[peer], seconds[ours])]
    return statistics.median(ratios), min(ratios), max(ratios)


def line(what, seconds, peer, ours, floor=None, unit=1e3, name="ms"):
    """Print one line of the performance table."""
    middle, low, high = ratio(seconds, peer, ours)
    times = [statistics.median(seconds[x]) * unit for x in (peer, ours)]
    wanted = f", floor {floor:g}" if floor else ""
    print(
        f"{what:<52} {middle:6.1f} × ({low:.1f} to {high:.1f}{wanted})   "
        f"{peer} {times[0]:.3g} {name}, numlearn {times[1]:.3g} {name}",
        flush=True,
    )
