"""A class's whole courses, some of them hostile, marked in one run by `mnet check`.

Needs Linux with bubblewrap: uv run --extra test python -m tests.promises marking
"""

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from mnet.checks.course import course
from mnet.files import COURSE

ATTACKS = {  # each at the end of a lesson that is right
    "endless": "while True: pass",
    "hungry": "x = []\nwhile True: x.append(bytearray(2**24))",
    "forger": 'import os\nfor n in range(3, 99):\n    try: os.write(n, b\'["verdict", 1, 5, ""]\\n\')\n'
    "    except OSError: pass\nopen(os.environ['HOME'] + '/report', 'a').write('[' * 10**6)",
    "runaway": "import subprocess, sys\n"
    "subprocess.Popen([sys.executable, '-c', 'while True: pass'], start_new_session=True)",
    "wrecker": "import os, signal\nfor n in range(2, 10**5):\n    try: os.kill(n, signal.SIGSTOP)\n"
    "    except OSError: pass",
    "rewriter": "import glob, os, mnet\nfor path in glob.glob(os.path.dirname(mnet.__file__) + '/**/*.py'):\n"
    "    open(path, 'w').close()",
}
ATTACKED = "02_sigmoid.ipynb"


def hand_in(folder, attack=None):
    """Write a student's whole course, solved; with an attack at the end of one lesson."""
    shutil.copytree(COURSE / "notebooks" / "solutions", folder)
    if attack:
        path = folder / ATTACKED
        lesson = json.loads(path.read_text("utf-8"))
        cell = {"cell_type": "code", "source": attack, "metadata": {}, "outputs": [], "execution_count": None}
        lesson["cells"].append(cell)
        path.write_text(json.dumps(lesson), "utf-8")


def watched(command):
    """Run a command; return its seconds, and the most MB that it and all it started held at a moment."""
    began, most = time.monotonic(), 0
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    ) as run:
        marking = psutil.Process(run.pid)
        while run.poll() is None:
            held = 0
            for process in [marking, *marking.children(recursive=True)]:
                try:
                    held += process.memory_info().rss
                except psutil.Error:
                    continue
            most = max(most, held)
            time.sleep(0.5)
    return time.monotonic() - began, most / 1e6


def rows(quick):
    """Yield what marking a class takes, and whether every honest mark is right."""
    honest, hostile = (2, dict([*ATTACKS.items()][2:3])) if quick else (24, ATTACKS)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "class")
        for number in range(honest):
            hand_in(folder / f"honest{number:02}")
        for name, attack in hostile.items():
            hand_in(folder / name, attack)
        seconds, most = watched([sys.executable, "-m", "mnet", "check", str(folder)])
        with Path(place, "class.csv").open(encoding="utf-8-sig") as file:
            marks = {row["student"]: row for row in csv.DictReader(file)}
        running = psutil.process_iter(["cmdline"])  # None of a zombie
        left = [p for p in running if str(place) in " ".join(p.info["cmdline"] or [])]
    all_of_them = str(sum(map(len, course().values())))
    right = [marks.get(f"honest{n:02}", {}).get("passed") == all_of_them for n in range(honest)]
    count = honest + len(hostile)
    yield (
        f"{count} whole courses, {len(hostile)} hostile: a row each",
        str(len(marks)),
        str(count),
        len(marks) == count,
    )
    yield f"honest courses with all {all_of_them} marks", str(sum(right)), str(honest), all(right)
    yield "time a course", f"{seconds / count:.1f} s", "≤ 20 s", seconds / count <= 20
    yield (
        "the most memory that the marking and all submissions took",
        f"{most:,.0f} MB",
        "≤ 4,500 MB",
        most <= 4500,
    )
    yield "processes left", str(len(left)), "0", not left
