"""Parquet files: is one whole, and open it lazily."""

from contextlib import contextmanager

import polars as pl

from numlearn.errors import NumlearnError

_MAGIC = b"PAR1"
_COLUMNS_AT_ONCE = 128


def footer_fault(path):
    """Return what is wrong with a parquet file's frame, or None.

    A parquet file begins and ends with the letters PAR1, and before the last four
    stands the length of the footer that tells where each column lies.
    """
    size = path.stat().st_size
    if size < 12:
        return f"has only {size} bytes"
    with path.open("rb") as file:
        head = file.read(4)
        file.seek(-8, 2)
        length, tail = int.from_bytes(file.read(4), "little"), file.read(4)
    if head != _MAGIC:
        return "does not begin as a parquet file does"
    if tail != _MAGIC or length > size - 12:
        return "ends before its footer, so it was cut short"
    return None


def content_fault(path):
    """Return what is wrong inside a parquet file, or None: every page is decoded."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path, page_checksum_verification=True)
        names = file.schema_arrow.names
        for group in range(file.num_row_groups):
            for first in range(0, len(names), _COLUMNS_AT_ONCE):
                file.read_row_group(group, names[first : first + _COLUMNS_AT_ONCE])
    except (pa.ArrowException, OSError):
        return "is damaged inside"
    return None


def scan(path):
    """Open a parquet file, or a folder of them in the order of their names, lazily.

    Parameters
    ----------
    path : pathlib.Path

    Returns
    -------
    polars.LazyFrame

    Raises
    ------
    NumlearnError
        If a file is cut short.
    """
    parts = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    for part in parts:
        fault = footer_fault(part)
        if fault:
            raise NumlearnError(f"{part.name} {fault}: download or copy it again.")
    return pl.scan_parquet(parts)


def column_types(frame, path):
    """Return the names and types of a scan's columns."""
    with _damage_told(path):
        return dict(frame.collect_schema())


def collect(frame, path):
    """Read what a lazy frame asks for."""
    with _damage_told(path):
        return frame.collect()


@contextmanager
def _damage_told(path):
    try:
        yield
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise NumlearnError(
            f"{path.name} is damaged inside and cannot be read: download or copy it "
            "again."
        ) from error
