"""A class on JupyterHub: every student runs lesson 06 at once, trains in its panel and moves its sliders.

Needs the extra `hub`: uv run --extra test --extra hub python -m tests.promises classroom. The hub, its proxy
and the students' sides of the conversations share the processors with the students' servers and kernels.
"""

import random
import re
import statistics
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path

import nbformat

from tests.support.front_end import FrontEnd
from tests.support.hub import jupyterhub

LESSON = "mnet/notebooks/06_sgd.ipynb"


def megabytes(pid, file, name):
    """Return an entry of a file in /proc/<pid> in MB."""
    kilobytes = re.search(rf"^{name}:\s+(\d+) kB", Path(f"/proc/{pid}/{file}").read_text(), re.M)[1]
    return int(kilobytes) * 1.024e-3


class Student:
    """One student: a server, a kernel, and a front end."""

    def __init__(self, hub, folder, number):
        self.rng, name = random.Random(number), f"student{number}"
        start = time.monotonic()
        self.page = FrontEnd(hub.start(name), hub.token)
        self.waited = time.monotonic() - start
        self.notebook = nbformat.read(folder / name / LESSON, as_version=4)
        self.pids = self.page.value("[os.getppid(), os.getpid()]")

    def memory(self):
        """Return MB of server and kernel, with their share of what other processes use too."""
        return sum(megabytes(pid, "smaps_rollup", "Pss") for pid in self.pids)

    def peak(self):
        """Return the most MB that server and kernel have ever had; all that is shared counts in full."""
        return sum(megabytes(pid, "status", "VmHWM") for pid in self.pids)

    def lesson(self):
        """Run the lesson from top to bottom, and start the training."""
        for cell in self.notebook.cells:
            if cell.cell_type == "code" and "raises-exception" not in cell.metadata.get("tags", []):
                self.page.run(cell.source, cell.id)
        self.page.click("Run")
        self.page.until(lambda: self.page.painted.get("speed"))

    def steer(self, changes):
        """Move sliders now and then; return ms from each change to its first point, and mini-batches/s."""
        times, began, steps = [], time.monotonic(), self.page.painted["steps"]
        for number in range(changes):
            self.page.listen(self.rng.uniform(0.2, 1))
            start = time.monotonic()
            self.page.change(number)
            self.page.until(self.page.answered)
            times.append(1000 * (time.monotonic() - start))
        return times, (self.page.painted["steps"] - steps) / (time.monotonic() - began)

    def well(self):
        """Return whether the kernel is the one that was started, and whether all sides then tell the same."""
        kept = self.page.value("[os.getppid(), os.getpid()]") == self.pids
        return kept, kept and self.page.agree("mine")


def rows(quick):
    """Yield what a class costs, and what its slowest student waits for."""
    number, changes = (2, 10) if quick else (12, 20)
    with (
        tempfile.TemporaryDirectory() as folder,
        jupyterhub(Path(folder)) as hub,
        ThreadPoolExecutor(number) as together,
    ):
        class_ = list(together.map(lambda n: Student(hub, Path(folder), n), range(1, number + 1)))

        def everyone(act, *arguments):
            return list(together.map(lambda student: act(student, *arguments), class_))

        most, ended = [], threading.Event()

        def watch():
            while not ended.wait(0.5):
                most.append(sum(student.memory() for student in class_))

        watching = threading.Thread(target=watch)
        watching.start()
        try:
            start = time.monotonic()
            everyone(Student.lesson)
            lesson = time.monotonic() - start
            times, speeds = zip(*everyone(Student.steer, changes), strict=True)
            times = list(chain.from_iterable(times))
            training = [student.memory() for student in class_]
        finally:
            ended.set()
            watching.join()
        peak = max(student.peak() for student in class_)
        kept, agree = zip(*everyone(Student.well), strict=True)
        everyone(lambda student: student.page.close())

    def row(what, figure, limit, unit, note=""):
        return what, f"{note}{figure:,.0f} {unit}", f"≤ {limit:,} {unit}", figure <= limit

    middle = statistics.median
    waited = max(student.waited for student in class_)
    yield row(f"{number} students at once: slowest start of a server and its kernel", waited, 60, "s")
    yield row("the whole of lesson 06, run by all at once", lesson, 300, "s")
    what = "memory of a student whose network trains (PSS of server and kernel)"
    yield row(what, max(training), 350, "MB", f"median {middle(training):.0f} MB, most ")
    what = "the most that a student had at any moment of the lesson (peak RSS of server and kernel)"
    yield row(what, peak, 500, "MB")
    yield row(f"the most that all {number} took at one moment (PSS)", max(most), 350 * number, "MB")
    what = f"slider → first point computed with its value, while all train, {len(times)} times"
    yield row(what, max(times), 2000, "ms", f"median {middle(times):.0f} ms, slowest ")
    figure = f"each {min(speeds):,.0f} to {max(speeds):,.0f}, together {sum(speeds):,.0f}"
    yield "mini-batches a second meanwhile", figure, "each > 0", min(speeds) > 0
    yield "kernels lost", str(number - sum(kept)), "0", all(kept)
    yield "then sliders, kernel and chart agree", f"{sum(agree)} of {number} students", "all", all(agree)
