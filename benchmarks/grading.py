"""Grade a mixed class, twice: once straight through, once killed half-way and resumed.

python benchmarks/grading.py [COUNT]     (24 by default; 200 take some ten minutes)
"""

import csv
import json
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from numlearn import exercises
from numlearn._files import course_root
from numlearn.grading.trusted.grade import grade
from numlearn.lessons import find_lesson

sys.path.insert(0, str(course_root() / "tests" / "adversary"))
from attacks import ATTACKS, notebook

LESSONS = [find_lesson(slug).stem for slug in ("triangle", "scoring")]
KINDS = ("solved", "unsolved", "half-right", "wrong", "hostile")
JOBS = 2


def hand_in(folder, count):
    """Write a class; return the points that each student deserves."""
    deserved, hostile = {}, 0
    for number in range(count):
        stem, kind = LESSONS[number % 2], KINDS[number // 2 % len(KINDS)]
        student = f"{number:03d} {kind}"
        (folder / student).mkdir(parents=True)
        path = folder / student / f"{stem}.ipynb"
        if kind == "hostile":
            attack = list(ATTACKS.values())[hostile % len(ATTACKS)]
            hostile, deserved[student] = hostile + 1, 0
            path = path.with_name(f"{LESSONS[1]}.ipynb")
            path.write_bytes(notebook(*attack.cells))
        else:
            made, deserved[student] = lesson(stem, kind)
            path.write_text(json.dumps(made))
    return deserved


def lesson(stem, kind):
    """Return a lesson's notebook as this kind of student leaves it, and its points."""
    root, mine = course_root(), exercises.of_lesson(stem.partition("_")[2])
    empty, solved = (
        json.loads((root / place / f"{stem}.ipynb").read_text())
        for place in ("lessons", "solutions")
    )
    if kind == "unsolved":
        return empty, 0
    if kind == "wrong":
        wrong = [f"{e.name} = {'{}' if e.is_value else 'lambda *a: {}'}" for e in mine]
        solved["cells"].append({"cell_type": "code", "source": "\n".join(wrong)})
        return solved, 0
    kept = mine if kind == "solved" else mine[::2]
    blank = {cell["id"]: cell for cell in empty["cells"]}
    for at, cell in enumerate(solved["cells"]):
        if cell["id"] in {e.name for e in mine} - {e.name for e in kept}:
            solved["cells"][at] = blank[cell["id"]]
    return solved, sum(e.points for e in kept)


def read(path):
    """Return the rows of a table but for what differs from run to run."""
    with open(path, newline="", encoding="utf-8") as file:
        return [{**row, "seconds": ""} for row in csv.DictReader(file)]


def sums(rows):
    """Return each student's points."""
    points = Counter()
    for row in rows:
        points[row["student"]] += int(row["points"])
    return points


def command(folder, seed, out, *options):
    """Return the command that grades a class as the benchmark does."""
    call = [sys.executable, "-m", "numlearn", "grade", folder, "--seed-file", seed]
    call += ["--out", out, "--jobs", JOBS, *options]
    return [str(word) for word in call]


def kill_half_way(call, out, half):
    """Start grading in a process of its own and kill it once half is graded."""
    process = subprocess.Popen(
        call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while not out.exists() or len(sums(read(out))) < half:
        assert process.poll() is None, "it ended before it was half-way"
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    return len(sums(read(out)))


def work():
    """Return the seconds of computing so far, ours and that of what we started."""
    both = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in both)


def main(count):
    """Grade `count` notebooks; print how long it took and whether all was right."""
    with tempfile.TemporaryDirectory() as place:
        place = Path(place)
        deserved = hand_in(place / "class", count)
        (place / "seed").write_text("a secret of the benchmark")
        (place / "again").mkdir()
        given, out = (place / "class", place / "seed"), place / "grades.csv"
        began, worked = time.perf_counter(), work()
        graded = grade(*given, out=out, n_jobs=JOBS, progress=True)
        seconds, worked = time.perf_counter() - began, work() - worked
        assert sums(read(out)) == deserved
        again = place / "again" / "grades.csv"
        done = kill_half_way(command(*given, again), again, count // 2)
        grade(*given, out=again, n_jobs=JOBS, progress=True)
        assert read(again) == read(out)
    print(
        f"{graded.files} notebooks, {graded.rows} rows, graded in {seconds:.0f} s with"
        f" {JOBS} jobs ({worked / count:.1f} s of computing each, on"
        f" {worked / seconds:.2f} cores); every student's sum is right;"
        f" killed after {done} and taken up again, it is the same table"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 24)
