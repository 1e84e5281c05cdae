"""Grade a class: run each notebook apart, and judge here what comes back.

This is the trusted side. The notebooks run in processes of their own (``child``,
``_containment``) and send back plain data, which is compared here with the answer
key, on inputs that come from a secret seed. Nothing else that a notebook says counts.
"""

import hashlib
import json
import os
import queue
import re
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numlearn
from numlearn import exercises
from numlearn.course import _submissions, _wire
from numlearn.course._answer import WriteItYourself
from numlearn.course._check import Outcome, Verdict
from numlearn.course._containment import FOLDER, Containment, Limits
from numlearn.course._gradebook import COLUMNS, Journal, gradebook, write_csv
from numlearn.errors import NumlearnError

PLAIN = "plain numbers, text, lists, dicts, arrays, Series and DataFrames"
SUSPECT = 3  # so many times the grader may be ended while a notebook runs
VARIES = re.compile(rf"(?<=0x)[0-9a-fA-F]{{6,}}|(?<={FOLDER})\w+")
