"""Parquet files: is one whole, and open it lazily."""

from contextlib import contextmanager

import polars as pl

from numlearn.eras import order, parquet_parts
from numlearn.errors import NumlearnError, first_line

_MAGIC = b"PAR1"
_NAMELESS = "__index_level_0__"  # how pandas stores an index without a name
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


def stored(path):
    """Open a parquet file, or a folder of them in the order of their names, lazily.

    In a folder partitioned by era (``era=0001/…``) the parts follow the eras.

    Parameters
    ----------
    path : pathlib.Path

    Returns
    -------
    polars.LazyFrame

    Raises
    ------
    NumlearnError
        If there is no parquet file in a folder, or one is cut short.
    """
    parts = parquet_parts(path)
    for part, _ in parts:
        if fault := footer_fault(part):
            raise NumlearnError(f"{part.name} {fault}: download or copy it again.")
    files, eras = zip(*parts)
    if eras[0] is None:
        return pl.scan_parquet(files, hive_partitioning=False)
    options = {"hive_partitioning": True, "hive_schema": {"era": pl.String}}
    frame = pl.scan_parquet(files, **options)
    if all(map(str.isdigit, eras)):  # pandas writes era=1 of numbers
        frame = frame.with_columns(pl.col("era").str.zfill(4))
    return frame


def scan(path):
    """Open what is stored at a path with ids and eras as text.

    Where there is no column ``id`` and pandas kept a nameless index, that is the id;
    eras that are numbers get four digits.
    """
    frame = stored(path)
    columns = column_types(frame, path)
    if "id" not in columns and columns.get(_NAMELESS) == pl.String:
        frame = frame.rename({_NAMELESS: "id"})
    kind = columns.get("era", pl.String)
    if kind == pl.String:
        return frame
    era = pl.col("era")
    if kind.is_float():
        order(collect(frame.select(era.unique()), path)["era"].to_list())
    if kind.is_numeric():
        era = era.cast(pl.Int64).cast(pl.String).str.zfill(4)
    return frame.with_columns(era.cast(pl.String))


def column_types(frame, path):
    """Return the names and types of a scan's columns."""
    with _trouble_told(path):
        return dict(frame.collect_schema())


def collect(frame, path):
    """Read what a lazy frame asks for."""
    with _trouble_told(path):
        return frame.collect()


@contextmanager
def _trouble_told(path):
    try:
        yield
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        parts = path.rglob("*.parquet") if path.is_dir() else [path]
        damaged = next((part for part in parts if content_fault(part)), None)
        said = f"{path.name} is whole but cannot be read ({first_line(error)}): write "
        said += "it anew, all of its parts with the same columns."
        if damaged is not None:
            said = f"{damaged.name} is damaged inside and cannot be read: download or "
            said += "copy it again."
        raise NumlearnError(said) from error
