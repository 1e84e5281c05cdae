"""Notebooks of people who would rather have points than work for them."""

import json
import os
from dataclasses import dataclass

from numlearn.lessons import find_lesson

LESSON = find_lesson("scoring").stem
GETS_OUT = "its process ended before all was answered"
TOO_LATE = "it took more than"
UNREADABLE = "what it sent back could not be read"
WRONG_VALUE = "Expected "


@dataclass(frozen=True)
class Attack:
    """A notebook, and what the row of ``numerai_corr`` says about it.

    Parameters
    ----------
    says : str
        Part of the row's message.
    cells : tuple of str
        ``@FOLDER@``, ``@SEED@``, ``@OUT@``, ``@PORT@`` stand for what a well-informed
        student knows of the grader.
    sandbox : str or None
        What the row says in the sandbox; None where it is not tried there.
    sandbox_only : bool
        Whether only the sandbox stops it.
    """

    says: str
    cells: tuple
    sandbox: str | None = None
    sandbox_only: bool = False


def attack(says, *cells, **more):
    return Attack(says, cells, **more)


def answer(code):
    """Return a cell whose answer does something else than answering."""
    body = "\n".join("    " + line for line in code.strip("\n").splitlines())
    return f"def numerai_corr(predictions, target):\n{body}\n"


FORGED = '{"exercise": "numerai_corr", "points": 4, "outcome": "done", "results": []}'
NONSENSE = '{"exercise": "numerai_corr", "results": [{"raised": ["", "", 1e999]}]}'
ZERO = answer("return 0.0")

ATTACKS = {
    # Talking to the checker
    "redefines check": attack(
        WRONG_VALUE,
        "import numlearn\ndef check(*a, **k):\n    return 4.0\nnumlearn.check = check",
        ZERO,
        "check('numerai_corr')",
    ),
    "patches numlearn.learner": attack(
        WRONG_VALUE,
        "import sys, numlearn.learner as course\n"
        "from numlearn import answers as _answer\n"
        "from numlearn.grading import wire as _wire\n"
        "course.check = course.judge = lambda *a, **k: 4.0\n"
        "_answer.is_stub = lambda a: False\n"
        "_wire.TOLERANCE = 1e9",
        ZERO,
    ),
    "patches json": attack(
        UNREADABLE,
        f"import json\njson.dumps = lambda *a, **k: {NONSENSE!r}",
        ZERO,
    ),
    "patches comparison": attack(
        WRONG_VALUE,
        "import numpy as np, math\n"
        "np.isclose = np.allclose = math.isclose = lambda *a, **k: np.True_",
        ZERO,
    ),
    "patches the wire": attack(
        "Expected a number, got a dict",
        "from numlearn.grading import wire as _wire\n"
        '_wire.dumps = lambda value: \'{"dict": [["points", 4]]}\'',
        ZERO,
    ),
    "forges a report": attack(
        "answered 0 of 4",
        "import os\nfor fd in range(3, 30):\n"
        f"    try:\n        os.write(fd, {FORGED!r}.encode() + b'\\n')\n"
        "    except OSError:\n        pass\n"
        "os._exit(0)",
        sandbox="answered 0 of 4",
    ),
    # Answers that are not what they seem
    "equal to everything": attack(
        "holds an object of type Anything",
        "class Anything:\n"
        "    __eq__ = __le__ = __lt__ = lambda *a: True\n"
        "    __hash__ = None\n"
        "    __float__ = lambda s: 0.0\n"
        "    __array__ = lambda s, *a, **k: s",
        answer("return Anything()"),
    ),
    "numpy subclass": attack(
        "Expected a number, got an array",
        "import numpy as np\n"
        "class Liar(np.ndarray):\n"
        "    __eq__ = lambda *a: np.True_\n"
        "    all = any = __bool__ = lambda *a, **k: True\n"
        "    __array_ufunc__ = lambda *a, **k: np.True_",
        answer("return np.zeros(3).view(Liar)"),
    ),
    "float subclass": attack(
        WRONG_VALUE,
        "class Liar(float):\n"
        "    __eq__ = __le__ = __ge__ = lambda *a: True\n"
        "    __sub__ = __rsub__ = lambda *a: 0.0\n"
        "    __hash__ = float.__hash__",
        answer("return Liar(7)"),
    ),
    "str subclass": attack(
        "Expected a number, got text",
        "class Liar(str):\n"
        "    __eq__ = lambda *a: True\n"
        "    __float__ = lambda s: 0.0\n"
        "    __hash__ = str.__hash__",
        answer("return Liar('right')"),
    ),
    "objects in an array": attack(
        "holds an object of type Same",
        "import numpy as np\nclass Same:\n    __eq__ = lambda *a: True",
        answer("return np.array([Same()], dtype=object)"),
    ),
    "contains itself": attack(
        "nested too deeply", answer("loop = []\nloop.append(loop)\nreturn loop")
    ),
    "formula": attack(
        "ValueError: ;'=HYPERLINK", answer("raise ValueError(';=HYPERLINK(1)')")
    ),
    # Leaving early, staying late
    "SystemExit in a cell": attack(WRONG_VALUE, "raise SystemExit(0)", ZERO),
    "SystemExit in an answer": attack(
        "It raised SystemExit", answer("import sys\nsys.exit(0)")
    ),
    "os._exit": attack(GETS_OUT, ZERO, "import os\nos._exit(0)", sandbox=GETS_OUT),
    "segmentation fault": attack(
        GETS_OUT, ZERO, "import ctypes\nctypes.string_at(0)", sandbox=GETS_OUT
    ),
    "output at exit": attack(
        WRONG_VALUE,
        f"import atexit, os\natexit.register(lambda: os.write(3, {FORGED!r}.encode()))",
        ZERO,
    ),
    "writes to every descriptor": attack(
        UNREADABLE,
        "import os\nfor fd in range(256):\n"
        "    try:\n        os.write(fd, b'\\xff\\x00{]\\n' * 9)\n"
        "    except OSError:\n        pass",
        ZERO,
    ),
    "closes every descriptor": attack(
        GETS_OUT, "import os\nos.closerange(0, 256)", ZERO
    ),
    "endless loop in a cell": attack(WRONG_VALUE, "while True: pass", ZERO),
    "endless loop in an answer": attack(
        "does your loop end?", answer("while True: pass")
    ),
    "endless loop without signals": attack(
        TOO_LATE,
        "import signal\n"
        "for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:\n"
        "    signal.signal(number, signal.SIG_IGN)\n"
        "while True: pass",
        ZERO,
        sandbox=TOO_LATE,
    ),
    "sleeps": attack(TOO_LATE, "import time\ntime.sleep(10**6)", ZERO),
    # Taking everything there is
    "memory": attack(
        "It raised MemoryError",
        answer("hog = []\nwhile True:\n    hog.append(b'x' * 10**8)"),
    ),
    "memory of many processes": attack(
        "GiB of memory",
        "import ctypes, os, time\nfor n in range(12):\n    if os.fork() == 0:\n"
        "        ctypes.CDLL(None).prctl(15, b'\\xff) R 1')  # its name\n"
        "        hog = b'x' * (3 * 10**8)\n        time.sleep(10**6)\n"
        "time.sleep(10**6)",
        ZERO,
        sandbox="GiB of memory",
    ),
    "fork bomb": attack(
        TOO_LATE,
        ZERO,
        "import os\nwhile True:\n    try:\n        os.fork()\n"
        "    except OSError:\n        pass",
        sandbox=TOO_LATE,
    ),
    "processes that outlive it": attack(
        WRONG_VALUE,
        ZERO,
        "import os, time\nfor n in range(5):\n    if os.fork() == 0:\n"
        "        os.setsid()\n        while True:\n            if os.fork():\n"
        "                os._exit(0)\n            time.sleep(0.001)",
        sandbox=WRONG_VALUE,
    ),
    "thread bomb": attack(
        WRONG_VALUE,
        ZERO,
        "import threading, time\nfor n in range(10**5):\n"
        "    threading.Thread(target=time.sleep, args=(10**6,)).start()",
    ),
    "output flood": attack(
        WRONG_VALUE, ZERO, "while True: print('all work and no play' * 10**5)"
    ),
    "flood in the report": attack(
        "It is too long", answer("import numpy as np\nreturn np.ones(10**7)")
    ),
    "flood around the report": attack(
        "sent back more than",
        "import os\nwhile True:\n    for fd in range(3, 30):\n        try:\n"
        "            os.write(fd, b' ' * 10**6)\n        except OSError:\n"
        "            pass",
    ),
    "longest file": attack(
        "It raised OSError",
        answer("open('long', 'wb').write(b'x' * 10**8)"),
    ),
    "raises its limits": attack(
        "not allowed to raise maximum limit",
        answer(
            "import resource\nresource.setrlimit(resource.RLIMIT_NPROC, (10**6, 10**6))"
        ),
        sandbox="not allowed to raise maximum limit",
    ),
    # Looking and reaching around
    "deletes its folder": attack(
        WRONG_VALUE,
        "import os, shutil\nfor path in (os.getcwd(), '@FOLDER@', '@OUT@', '@SEED@'):\n"
        "    shutil.rmtree(path, ignore_errors=True)\n"
        "    try:\n        os.unlink(path)\n    except OSError:\n        pass",
        ZERO,
        sandbox=WRONG_VALUE,
    ),
    "a very deep folder": attack(
        WRONG_VALUE,
        "import os\nfor n in range(3000):\n    os.mkdir('d')\n    os.chdir('d')",
        ZERO,
    ),
    "reads seed, environment, command line": attack(
        "saw []",
        "import os\nseen = []\npid = 'self'\nwhile pid != '0':\n"
        "    for what in ('environ', 'fd/0', 'cwd/seed', 'maps'):\n"
        "        try:\n"
        "            found = open(f'/proc/{pid}/{what}', 'rb').read(9999)\n"
        "        except OSError:\n            continue\n"
        "        if pid != 'self' or b'OF_THE_GRADER' in found:\n"
        "            seen.append((what, found))\n"
        "    status = open(f'/proc/{pid}/status').read()\n"
        "    pid = status.split('PPid:')[1].split()[0]\n"
        "try:\n    seen.append(open('@SEED@').read())\nexcept OSError:\n    pass\n",
        answer("raise ValueError(f'saw {seen}')"),
        sandbox="saw []",
    ),
    # Signal 0 asks whether one may; where one may, the test should not end everybody.
    "kills its parent": attack(
        "hit []",
        "import os, signal\nhit = []\nown, parent = os.getpid(), os.getppid()\n"
        "for pid in map(int, filter(str.isdigit, os.listdir('/proc'))):\n"
        "    try:\n"
        "        os.kill(pid, signal.SIGKILL if pid == parent else 0)\n"
        "        hit += [pid] if pid != own else []\n"
        "    except OSError:\n        pass",
        answer("raise ValueError(f'hit {hit}')"),
        sandbox="hit []",
    ),
    "becomes root": attack(
        "It raised PermissionError",
        answer("import os\nos.setuid(0)"),
        sandbox="It raised PermissionError",
    ),
    "imports the key": attack(
        "Write this one yourself",
        "from numlearn.scoring import era_corr as numerai_corr, summary, corr\n"
        "def sharpe_drawdown(s):\n    row = summary(s).iloc[0]\n"
        "    return float(row['sharpe']), float(row['max_drawdown'])\n"
        "def era_scores(panel, p, t):\n    return corr(panel, [p], target=t)[p]",
        sandbox="Write this one yourself",
    ),
    "imports the exercises": attack(
        "is not defined",
        "from numlearn import exercises\n"
        "numerai_corr = exercises.find('numerai_corr')[1].key",
        "from numlearn.exercises import judge",
        "import numlearn.exercises.scoring as s\nnumerai_corr = s.scoring.era_corr",
        sandbox="is not defined",
    ),
    "opens a socket": attack(
        "It raised OSError",
        answer(
            "import socket\n"
            "socket.create_connection(('127.0.0.1', @PORT@), 5).send(b'seed?')\n"
            "return 0.0"
        ),
        sandbox="Error",
        sandbox_only=True,
    ),
    "copies a neighbour": attack(
        "It raised FileNotFoundError",
        answer(
            "import json\n"
            f"cells = json.load(open('@FOLDER@/honest/{LESSON}.ipynb'))['cells']\n"
            "names = {}\n"
            "exec(cells[0]['source'], names)\n"
            "return names['numerai_corr'](predictions, target)"
        ),
        sandbox="It raised FileNotFoundError",
        sandbox_only=True,
    ),
    "copies the solution": attack(
        "It raised FileNotFoundError",
        answer(
            "from numlearn._files import course_root\n"
            "import numlearn.scoring as s, pathlib\n"
            "(course_root() / 'solutions' / 'scoring.py').read_text()\n"
        ),
        sandbox="It raised FileNotFoundError",
        sandbox_only=True,
    ),
}


def notebook(*cells, **more):
    """Return a notebook of code cells, as bytes."""
    made = [{"cell_type": "code", "source": cell, **more} for cell in cells]
    return json.dumps({"nbformat": 4, "metadata": {}, "cells": made}).encode()


def _link(path):
    path.symlink_to("/etc/passwd")


def _hole(size):
    return lambda path: (path.touch(), os.truncate(path, size))


def _outputs(path):
    """Write outputs that take twenty times as much when they are read."""
    nothing = ",".join(["[]"] * 2_000_000)
    text = notebook(ZERO, outputs=["@"]).decode()
    path.write_text(text.replace('"@"', nothing))


# What else can stand where a notebook should: how it is made, what its row says.
FILES = {
    "not JSON": (lambda p: p.write_bytes(b"\x89PNG\x00"), "it is not a notebook (JSON"),
    "empty": (lambda p: p.touch(), "it is not a notebook (JSON"),
    "other JSON": (
        lambda p: p.write_text('{"cells": 3}'),
        "it is not a notebook (JSON",
    ),
    "deep JSON": (lambda p: p.write_text("[" * 10**6), "it is not a notebook (JSON"),
    "nothing answered": (lambda p: p.write_bytes(notebook("1")), "is not defined"),
    "link": (_link, "it is a link"),
    "folder": (lambda p: p.mkdir(), "it is a folder"),
    "pipe": (os.mkfifo, "it is not a regular file"),
    "200 MB": (_hole(200_000_000), "it has 200,000,000 bytes"),
    "100,000 cells": (
        lambda p: p.write_bytes(notebook(*["x = 1"] * 100_000, ZERO)),
        WRONG_VALUE,
    ),
    "outputs that unfold": (_outputs, WRONG_VALUE),
}
