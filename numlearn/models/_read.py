"""Read a file of predictions, in whichever of its many dialects somebody has it."""

import bz2
import gzip
import lzma
import os
import warnings
import zipfile
import zlib
from io import BytesIO

import pandas as pd

from numlearn._files import origin
from numlearn.errors import instead_of, of_type
from numlearn.models._faults import FORMS, as_table


def _unzipped(content):
    with zipfile.ZipFile(BytesIO(content)) as file:
        return file.read(file.namelist()[0])


_PACKED = {
    b"\x1f\x8b": gzip.decompress,
    b"PK\x03\x04": _unzipped,
    b"BZh": bz2.decompress,
    b"\xfd7zXZ": lzma.decompress,
}
_UNREADABLE = (ValueError, OSError, EOFError, zlib.error, lzma.LZMAError, IndexError)
_UNREADABLE += (zipfile.BadZipFile, pd.errors.ParserWarning)
_IDS = {name for form in FORMS.values() for name in form.ids}
_GAPS = ["", "nan", "NaN", "-nan", "-NaN", "NA", "N/A", "#N/A", "<NA>", "NULL", "null"]
_GAPS += ["None"]


def read(path):
    """Read a file of predictions, with ids as text.

    Parameters
    ----------
    path : str, path or bytes
        A CSV, packed (gzip, zip, …) or not, separated by commas, semicolons, tabs or
        bars, or a parquet file; or its content.

    Returns
    -------
    DataFrame
        Ids as the text that stands in the file ("NA" is a ticker and "0123456" keeps
        its zero), predictions as numbers.

    Raises
    ------
    NumlearnError
        If there is no such file, or it is not of these kinds.
    """
    content, name = _content(path)
    if content[:4] == b"PAR1":
        return _from_parquet(content, name)
    failed = f"{name} cannot be read as a CSV ({{error}}): write it with "
    failed += "to_csv(..., index=False), or as parquet."
    with instead_of(_UNREADABLE, failed):
        return _from_csv(content)


def _content(path):
    """Return a file's bytes, and how a sentence names it."""
    if isinstance(path, bytes):
        return path, "The file"
    of_type(path, str | os.PathLike, "A file of predictions is given by its path")
    return origin(path).read_bytes(), path


def _from_parquet(content, name):
    failed = f"{name} cannot be read as parquet ({{error}}): write it anew."
    with instead_of((ValueError, OSError), failed):
        frame = pd.read_parquet(BytesIO(content))
    for form in FORMS.values():
        table = as_table(frame, form)
        if found := [column for column in table.columns if column in form.ids]:
            return table.astype(dict.fromkeys(found, "str"))
    return frame


def _from_csv(content):
    for mark, unpacked in _PACKED.items():
        content = unpacked(content) if content.startswith(mark) else content
    text = _text(content)
    header = text.lstrip("\n\r").partition("\n")[0]
    mark = max(",;\t|", key=header.count)
    names = pd.read_csv(_lines(text), sep=mark, nrows=0).columns
    ids = [name for name in names if str(name).strip() in _IDS]
    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)  # of lost fields
        frame = pd.read_csv(
            _lines(text),
            sep=mark,
            decimal="," if mark == ";" and "," in text else ".",
            dtype=dict.fromkeys(ids, str),
            keep_default_na=False,
            na_values={name: [""] if name in ids else _GAPS for name in names},
            index_col=False,
        )
    frame[ids] = frame[ids].apply(lambda column: column.str.strip())
    return frame.rename(columns=lambda column: str(column).strip())


def _text(content):
    """Decode a file; Excel writes a mark at its beginning, in one of two codes."""
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = content.decode("utf-16" if wide else "utf-8-sig")
    if not text.strip() or "\0" in text:
        raise ValueError("it is not text" if text.strip() else "it is empty")
    return text


def _lines(text):
    return BytesIO(text.encode())
