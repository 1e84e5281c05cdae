"""From predictions to a submission that Numerai accepts: make, look for faults, upload.

>>> from numlearn.models import submission
>>> mine = submission.make(predictions)                             # doctest: +SKIP
>>> submission.faults(mine, live)                                   # doctest: +SKIP
[]
>>> submission.upload(mine, "my_model")                             # doctest: +SKIP
"""

from numlearn.models._faults import Fault, faults, make, require, validate
from numlearn.models._pickle import run_pickle, upload_pickle, write_pickle
from numlearn.models._read import read
from numlearn.models._upload import credentials, upload, upload_all

__all__ = [
    "Fault",
    "credentials",
    "faults",
    "make",
    "read",
    "require",
    "run_pickle",
    "upload",
    "upload_all",
    "upload_pickle",
    "validate",
    "write_pickle",
]
