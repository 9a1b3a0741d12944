"""Submissions, honest and hostile: each ends in a clear row, and none marks itself."""

import csv
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import chdir, contextmanager
from pathlib import Path

import psutil
import pytest

from mnet import figures
from mnet.checks.course import course, own_cells
from mnet.cli import mark as marking
from mnet.cli import marks, room
from mnet.files import DataError
from tests.support.watch import wait_for

NOTEBOOKS = Path(marking.__file__).parents[2] / "notebooks"
HEAD = "from mnet import checks\nimport numpy as np"
ONE_HOT = "def one_hot(labels):\n    return np.eye(10)[labels]{}\nchecks.one_hot(one_hot)"
RIGHT, ROWS, EMPTY = ONE_HOT.format(".T"), ONE_HOT.format(""), "one_hot = ...\nchecks.one_hot(one_hot)"
HOT = "one_hot(my_one_hot)"  # as the course calls it
OF_01 = len(course()["01_data"])
PANEL = """
import mnet
from mnet.live import panels
mine = panels.training(mnet.load_mnist())
mine.training.advance(3000)
"""
FORGED = "mine.training.validation = [(1, 0, 0.99)]\nchecks.goal(mine, 0.94, 4)"
STAND_IN = """
from types import SimpleNamespace as N
checks.goal(N(training=N(validation=[(1, 0, 0.99)], ghosts=[])), 0.94, 4)
"""
INSIDE = "checks.answer('02 steepest', checks.answer('00 steps', 5000))"
DETACHED = "[sys.executable, '-c', 'import time; time.sleep(1234567)'], start_new_session=True"
REACH = (
    "import socket\ntry: socket.create_connection(('127.0.0.1', PORT), 1); assert False\nexcept OSError: pass"
)
posix = pytest.mark.skipif(os.name == "nt", reason="Windows limits no memory of a process")


def notebook(path, *sources):
    """Write a notebook of these code cells, as JupyterLab does, between two texts."""
    text = {"cell_type": "markdown", "metadata": {}, "source": ["checks.sigmoid(sigmoid)"]}
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": s} for s in sources]
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"cells": [text, *cells, text], "metadata": {}, "nbformat": 4}))
    return path


@pytest.fixture
def mark(tmp_path):
    """Mark one submission of these code cells."""

    def mark(*sources, **limits):
        return marking.mark(notebook(tmp_path / "a.ipynb", *sources), tmp_path, **limits)

    return mark


@pytest.fixture(params=["bubblewrap", "no walls"])
def walls(request, monkeypatch):
    """Run submissions with and without bubblewrap."""
    if request.param == "no walls":
        monkeypatch.setattr(marking, "bubblewrap", lambda: None)
    elif not marking.bubblewrap():
        pytest.skip("no bubblewrap, or the system forbids it")


inside = pytest.mark.skipif(not marking.bubblewrap(), reason="no bubblewrap, or the system forbids it")


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        (RIGHT, "passed"),
        (ROWS, "wrong: one_hot(labels) has shape (3, 10), expected (10, 3): each label is a row here"),
        (EMPTY, "not yet"),
        ("raise KeyError('mine')\nchecks.one_hot(one_hot)", None),
        ("# checks.one_hot(one_hot)", None),
    ],
)
def test_a_mark_names_the_mistake(source, wanted, mark):
    row = mark(HEAD, source)
    assert [*row.marks] == [HOT] * (wanted is not None)
    assert wanted is None or row.marks[HOT].startswith(wanted)
    assert row.ran == ("a cell failed: KeyError: 'mine'" if "mine" in source else "ran")


def test_the_last_answer_counts(mark):
    assert mark(HEAD, ROWS, RIGHT).marks == {HOT: "passed"}
    assert mark(HEAD, RIGHT, EMPTY).marks == {HOT: "not yet"}


def test_after_an_error_the_next_cells_run(mark):
    row = mark("import nonsense", HEAD, "def broken(:", "exit()", "raise ValueError", RIGHT)
    assert row.marks == {HOT: "passed"}
    assert row.ran == "3 cells failed: ModuleNotFoundError: No module named 'nonsense'"


@pytest.mark.parametrize(
    "cells",
    [
        ["%matplotlib inline\n" + HEAD, RIGHT],
        ["get_ipython().kernel\n" + HEAD, RIGHT],
        [HEAD, "%%time\n" + RIGHT],
        [HEAD, RIGHT.replace("(one_hot)", "(\n    one_hot\n)")],
        [HEAD, RIGHT + "; checks.answer('02 bias', 3)"],
        [
            "from mnet.checks import one_hot as check\nimport numpy as np",
            RIGHT.replace("checks.one_hot", "check"),
        ],
        [HEAD, "raise ValueError('x' * 2_000_000)", RIGHT],
        [
            HEAD,
            "class E(Exception): pass\nE.__name__ = 'E\\x1b[31m\\n=x'\nraise E('\\ud800\\x00' * 999)",
            RIGHT,
        ],
        [HEAD, "for _ in range(50): print('x' * 10**6)", RIGHT],
        ["input('your name?')", HEAD, RIGHT],
        ["import threading, time\nthreading.Thread(target=time.sleep, args=(1000,)).start()", HEAD, RIGHT],
        ["import asyncio\nawait asyncio.sleep(0)", "!true", HEAD, RIGHT],
    ],
    ids=range(12),
)
def test_an_honest_student_has_the_mark(cells, mark):
    row = mark(*cells)
    assert row.marks[HOT] == "passed", row
    assert row.ran.isprintable()
    assert len(row.ran) < 400


def test_huge_outputs_do_no_harm(tmp_path):
    path = notebook(tmp_path / "a.ipynb", HEAD, RIGHT)
    whole = json.loads(path.read_text())
    whole["cells"][1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * 50 * 2**20}]
    path.write_text(json.dumps(whole))
    assert marking.mark(path, tmp_path).marks == {HOT: "passed"}


def test_empty_cells_count_as_run(mark):
    assert mark(HEAD, "", RIGHT, "  \n", "").ran == "ran"


def test_who_has_all_marks_waits_for_no_cell_that_no_exercise_needs(mark, tmp_path, monkeypatch):
    own = {"slow = 3": []}
    monkeypatch.setattr(marking, "own_cells", lambda lesson: own)
    exercise = marking.course()["01_data"][0]
    monkeypatch.setattr(marking, "course", lambda: {"01_data": [exercise]})
    told, run, twice = [], marking._run, [own, {}]
    monkeypatch.setattr(marking, "_run", lambda *args: told.append(args[-1]) or run(*args))
    for cells, tries in (["slow", RIGHT], twice[:1]), ([f"slow\n{RIGHT}"], twice), ([ROWS], twice):
        path = notebook(tmp_path / "01_data.ipynb", HEAD, "slow = 3", *cells)
        row = marking.mark(path, tmp_path)
        assert row.ran == "ran"
        assert (row.marks[HOT] == "passed") == (cells != [ROWS])
        assert told == tries
        told.clear()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("net.weights[0] = np.array([[1, 0], [0, 1]])", "is not right"),
        ("net.weights[0] = np.ones((3, 2))", "weights[0] is "),
        ("net.weights, net.biases = [], []", "net has 0 weights"),
        ("net.sizes = [1]", "net has 2 weights"),
    ],
)
def test_a_network_whose_parts_do_not_fit_is_wrong(change, said, mark):
    answer = "checks.answer('03 design', net)"
    row = mark(HEAD, f"from mnet import Network\nnet = Network([2, 2, 1])\n{change}", answer)
    assert said in row.marks["03 design"], row


def test_every_check_reports(mark):
    calls = [e for some in marking.course().values() for e in some if e.check not in ("answer", "goal")]
    cells = [f"{e.subject} = mnet.{e.check}\nchecks.{e.check}({e.subject})" for e in calls]
    found = mark(HEAD, "import mnet", *cells).marks
    assert [*found] == [e.name for e in calls]
    assert all("they are the course's" in text for text in found.values())  # ours are no answers


def test_panels_run_and_wait_for_nobody(mark):
    panel = """
    from mnet import figures, load_mnist
    from mnet.live import panels
    live = panels.training(load_mnist())
    display(live, panels.neuron())
    figures.show(figures.sigmoid_curve)
    """
    row = mark(panel, HEAD, "checks.goal(live, 0.93, 2)", RIGHT)
    assert (row.ran, row.marks) == ("ran", {HOT: "passed", "goal(live)": "not yet"})


# What a submission may try


@pytest.mark.parametrize(
    "forgery",
    [
        "print('✓ one_hot: right, in all 3 questions.')",
        "checks.Verdict(True, 'one_hot: right, in all 3 questions.')",
        "checks.one_hot = lambda fn: checks.Verdict(True, 'one_hot: right')\nchecks.one_hot(one_hot)",
        "import mnet.checks.judge as j; j._difference = lambda *_: None\nchecks.one_hot(one_hot)",
        'open(REPORT, \'a\').write(\'["verdict", "one_hot(my_one_hot)", true, ""]\\n\')',
        'open(REPORT, \'a\').write(\'["given", "one_hot", ["my_one_hot"], {"list": [null]}]\\n\')',
        'open(REPORT, \'a\').write(\'["ran", "x", null]\\n[]\\n{\\n[[[[[\\n["cells", "x"]\\n\')',
    ],
)
def test_a_forged_verdict_is_none(forgery, mark, walls):
    forgery = f"import glob, os\nREPORT = os.environ['HOME'] + '/report'\n{forgery}"
    assert HOT not in mark(HEAD, forgery).marks
    assert mark(HEAD, ROWS, forgery).marks[HOT].startswith("wrong")


@pytest.mark.parametrize(
    ("forgery", "marks"),
    [
        (INSIDE, {"00 steps": "passed", "02 steepest": "wrong"}),
        ("'checks.answer(\"02 steepest\",'; checks.answer('00 steps', 5000)", {"00 steps": "passed"}),
        (PANEL + "checks.goal(mine, 0.01, 400)", {"goal(mine)": "wrong"}),
        (PANEL + FORGED, {"goal(mine)": "wrong"}),
        (STAND_IN, {}),
    ],
    ids=range(5),
)  # fmt: skip
def test_credit_is_for_what_the_course_asks(forgery, marks, mark):
    found = mark(HEAD, forgery).marks
    assert {name: text.partition(":")[0] for name, text in found.items()} == marks


def test_one_right_answer_counts_once(mark, tmp_path):
    row = mark(HEAD, *[f"def f{n}(d): return np.eye(10)[d].T\nchecks.one_hot(f{n})" for n in range(6)])
    assert row.marks == {HOT: "passed"}
    row = marking.mark(notebook(tmp_path / "01_data.ipynb", HEAD, RIGHT, "checks.backprop(print)"), tmp_path)
    assert marks.score([row], "01_data") == f"1 of {OF_01}"
    others = ", ".join(exercise.name for exercise in course()["01_data"] if exercise.name != HOT)
    assert [*marks.remarks([row])] == ["extra: backprop(print)", f"01 missing: {others}"]


def test_an_endless_loop_is_stopped_with_all_it_started(mark, walls):
    sleep = "import time; time.sleep(1234567)"
    code = f"import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', {sleep!r}])\nwhile True: pass"
    began = time.monotonic()
    row = mark(HEAD, RIGHT, code, "checks.sigmoid(mine)", seconds=10)
    assert time.monotonic() - began < 30
    assert row.ran == "stopped after 10 seconds"
    assert row.marks == {HOT: "passed"}
    wait_for(lambda: not sleeping(), 5)  # the system takes a moment to end what was killed


def test_who_does_nothing_is_stopped_early(mark, walls, monkeypatch):
    monkeypatch.setattr(marking, "IDLE", 4)
    stop = "import os, signal\nfor n in os.getppid(), os.getpid(): os.kill(n, signal.SIGSTOP)"
    row = mark(HEAD, RIGHT, stop, seconds=100)
    assert (row.ran, row.marks) == ("stopped after 4 seconds without doing anything", {HOT: "passed"})


def test_who_works_now_and_then_is_not_stopped(monkeypatch):
    monkeypatch.setattr(marking, "IDLE", 4)
    work = "import time\nfor n in range(1, 4):\n    time.sleep(1)\n    while time.process_time() < n: pass"
    process = psutil.Popen([sys.executable, "-c", work])
    assert marking._end(process, 60, 512, stop=[]) is None
    assert process.returncode == 0


def sleeping():
    """Return the processes that sleep for 1,234,567 seconds."""
    return [p for p in psutil.process_iter(["cmdline"]) if "1234567" in " ".join(p.info["cmdline"] or [])]


@inside
@pytest.mark.parametrize(
    "code",
    [
        f"subprocess.Popen({DETACHED})",
        "assert not any(os.path.exists(p) for p in (NEIGHBOUR, SOLUTIONS, PARENT))",
        "assert all(int(p) < 200 for p in os.listdir('/proc') if p.isdigit())  # its own processes alone",
        "os.kill(os.getppid(), signal.SIGSTOP) if os.getppid() > 9 else None",
        "try: open(os.path.dirname(checks.__file__) + '/judge.py', 'a'); assert False\nexcept OSError: pass",
        REACH,
        "assert not any(b'TOKEN' in open(f'/proc/{p}/environ', 'rb').read() for p in ('1', 'self'))",
    ],
    ids=["session", "files", "processes", "stop", "checks", "network", "environment"],
)
def test_bubblewrap_keeps_a_submission_apart(code, mark, tmp_path, monkeypatch):
    monkeypatch.setenv("TOKEN", "secret")
    neighbour = notebook(tmp_path / "neighbour.ipynb", HEAD)
    with socket.create_server(("127.0.0.1", 0)) as server:
        known = f"NEIGHBOUR, PORT = {str(neighbour)!r}, {server.getsockname()[1]}\n"
        known += f"SOLUTIONS, PARENT = {str(NOTEBOOKS / 'solutions')!r}, '/proc/{os.getpid()}'\n"
        row = mark(HEAD, f"import os, signal, subprocess, sys\n{known}{code}", RIGHT)
    assert (row.ran, row.marks) == ("ran", {HOT: "passed"})
    wait_for(lambda: not sleeping(), 5)  # the system takes a moment to end what was killed


@posix
def test_a_memory_bomb_harms_nobody_else(mark, walls):
    row = mark(HEAD, RIGHT, "bomb = []\nwhile True: bomb.append(np.ones(10**6))", "checks.sigmoid(mine)")
    assert row.marks == {HOT: "passed"}
    assert "MemoryError" in row.ran or "ended by" in row.ran or "memory" in row.ran


@posix
def test_memory_is_limited_for_all_that_a_submission_starts(mark, walls):
    hold = "import time; x = bytearray(300 * 2**20); time.sleep(1234567)"
    code = f"import subprocess, sys\nfor _ in range(4): subprocess.Popen([sys.executable, '-c', {hold!r}])"
    code += "\nwhile True: pass"
    assert mark(HEAD, code, memory=1024).ran == "stopped with more than 1024 MiB of memory"
    psutil.wait_procs(sleeping(), timeout=5)  # who was killed may need a moment for so much memory
    wait_for(lambda: not sleeping(), 5)  # the system takes a moment to end what was killed


@pytest.mark.parametrize(
    "code",
    [
        "import os; os._exit(0)",
        "import os; os.abort()",
        "import signal, os; os.kill(os.getpid(), signal.SIGKILL)",
        "import ctypes; ctypes.string_at(0)",
    ],
)
def test_what_ends_the_process_ends_only_its_own_marks(code, mark):
    row = mark(HEAD, RIGHT, code, "checks.sigmoid(mine)")
    assert row.ran == "ended by itself in code cell 3"
    assert row.marks == {HOT: "passed"}


def test_a_submission_sees_no_secrets(mark, monkeypatch, walls):
    monkeypatch.setenv("TOKEN", "secret")
    assert mark("import os; assert 'TOKEN' not in os.environ and os.listdir() == []").ran == "ran"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no JSON"),
        (b'{"cells": [', "no JSON"),
        (b"[" * 10**5, "endless brackets"),
        ("café".encode("latin1"), "no UTF-8 text"),
        (b"[]", "JSON without code cells"),
        (b'{"cells": [{"cell_type": "code", "source": 3}]}', "JSON without code cells"),
        (b'{"worksheets": []}', "JSON without code cells"),
        (b"\x00" * 10, "no UTF-8 text"),
        pytest.param(b"[" * 2**28 + b"]", "more than 268,435,456 bytes", id="large"),
    ],
)
def test_what_is_no_notebook_gets_a_row_that_says_so(content, said, tmp_path):
    (tmp_path / "a.ipynb").write_bytes(content)
    row = marking.mark(tmp_path / "a.ipynb", tmp_path)
    assert said in row.ran
    assert row.ran.isprintable()
    assert row.marks == {}


def test_a_lesson_is_left_out_but_for_what_its_solutions_need():
    sources = room.code_cells((NOTEBOOKS / "solutions" / "07a_inside.ipynb").read_bytes())
    kept = [*filter(None, room.needed(sources, own_cells("07a_inside")))]
    assert len(kept) < len(sources) / 2
    assert kept[0].startswith("from mnet import Network")
    assert any(source.startswith("sick, cured = panels.training") for source in kept)
    assert kept[-1].endswith("checks.goal(sick, 0.96, 3)")
    assert not any("race(100, seed" in source for source in kept)


@inside
def test_a_submission_takes_compiled_what_it_imports_and_changes_none_of_it(mark, monkeypatch):
    compiled = Path(figures.__cached__)
    compiled.unlink(missing_ok=True)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    marking.warm_up()
    row = mark(f"import mnet.figures\n{HEAD}\nread = mnet.figures.__cached__", "open(read, 'wb')")
    assert compiled.exists()
    assert row.ran.startswith(f"a cell failed: OSError: [Errno 30] Read-only file system: '{compiled}'")


def test_nothing_is_imported_from_beside_the_submissions(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in "nbclient", "ipykernel", "numpy":
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    marking.warm_up()
    assert not (tmp_path / "ran").exists()


@inside
def test_a_submission_does_not_change_what_was_handed_in(mark, tmp_path):
    code = "for n in '0', '1': open(f'/proc/{os.getppid()}/fd/{n}', 'r+').write('x' * 99)"
    mark("import os", code, HEAD, RIGHT)
    assert (tmp_path / "a.ipynb").read_text().startswith('{"cells"')


@inside
def test_what_a_submission_writes_has_an_end(mark):
    """Its files lie in memory, and each place for them has a size."""
    code = """
    import os, pathlib, tempfile
    mounts = [line.split()[1:4] for line in open("/proc/mounts")]
    for place, kind, options in mounts:
        if kind == "tmpfs" and os.access(place, os.W_OK) and "rw" in options.split(","):
            assert "size=" in options, place
    try: pathlib.Path("/x").touch(); assert False
    except OSError: pathlib.Path(tempfile.gettempdir(), "x").touch()
    """
    assert mark(code).ran == "ran"


# The command


def test_a_class(run, tmp_path):
    folder = tmp_path / "class"
    folder.mkdir()
    notebook(folder / "ann" / "01_data.ipynb", HEAD, RIGHT)
    notebook(folder / "ann" / "02_sigmoid.ipynb", HEAD, "checks.answer('02 bias', -12)")
    notebook(folder / "ben_01_data.ipynb", HEAD, ROWS, "checks.sigmoid(...)")
    notebook(folder / "ann" / ".ipynb_checkpoints" / "01_data-checkpoint.ipynb", HEAD, RIGHT)
    notebook(folder / "=1+1.ipynb", HEAD, RIGHT)
    (folder / "eve.pdf").write_bytes(b"%PDF")
    done = run("check", folder)
    assert done.exit_code == 0, done.output
    lines = [line.split() for line in done.output.splitlines()]
    assert ["01", "02"] in lines
    assert [line[:7] for line in lines if line[0] == "ann"] == [
        ["ann", "1", "of", f"{OF_01}", "1", "of", "5"]
    ]
    assert "eve  " in done.output
    mistake = "one_hot(labels) has shape (3, 10), expected (10, 3): each label is a row here: transpose it."
    assert f"1 × {HOT}: {mistake}" in done.output
    rows = [
        dict(zip(csv_rows(tmp_path / "class.csv")[0], row, strict=True))
        for row in csv_rows(tmp_path / "class.csv")
    ]
    found = [(row["student"], row["passed"], row["01_data"], row["02_sigmoid"], row[HOT]) for row in rows[1:]]
    assert found == [
        ("'=1+1", "1", f"1 of {OF_01}", "", "passed"),
        ("ann", "2", f"1 of {OF_01}", "1 of 5", "passed"),
        ("ben", "0", f"0 of {OF_01}", "0 of 5", f"wrong: {mistake}"),
        ("eve", "0", "", "", "missing"),
    ]
    assert "found no notebook" in rows[4]["remarks"]


def test_where_bubblewrap_is_missing_a_line_says_so(run, tmp_path, monkeypatch):
    monkeypatch.setattr(marking, "bubblewrap", lambda: None)
    notebook(tmp_path / "class" / "1.ipynb", HEAD, RIGHT)
    assert marking.NO_WALLS in run("check", tmp_path / "class").output


@pytest.mark.parametrize(("folder", "said"), [("nowhere", "no such file"), (".", "an empty folder")])
def test_a_folder_without_submissions_is_said(run, folder, said, tmp_path):
    with pytest.raises(DataError, match=said):
        marking.submissions(tmp_path / folder)
    done = run("check", tmp_path / folder)
    assert (done.exit_code, done.output.count("\n")) == (1, 1)
    assert said in done.output


def csv_rows(path):
    return [*csv.reader(path.read_text("utf-8-sig").splitlines())]


@pytest.fixture
def half_done(started, tmp_path):
    """Start the marking of an endless and two quick submissions; give it when the quick ones are written."""
    folder, marks = tmp_path / "class", tmp_path / "class.csv"
    folder.mkdir()
    notebook(folder / "1.ipynb", "while True: pass")
    notebook(folder / "2.ipynb", HEAD, RIGHT)
    notebook(folder / "3.ipynb", HEAD, ROWS)
    with started(
        "check", folder, "--seconds", "60", stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        wait_for(lambda: marks.exists() and len(csv_rows(marks)) == 3, 60)
        yield process, marks


@posix
def test_a_killed_marking_keeps_the_rows_that_have_come(half_done):
    process, marks = half_done
    left = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.wait()
    assert left
    if sys.platform == "linux":
        wait_for(lambda: not any(one.is_running() and one.status() != "zombie" for one in left), 10)
    assert [row[:2] for row in csv_rows(marks)[1:]] == [["2", "1"], ["3", "0"]]


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_marking_prints_the_rows_that_have_come(half_done, number):
    process, marks = half_done
    began = time.monotonic()
    process.send_signal(number)
    lines = process.communicate()[0].splitlines()
    assert time.monotonic() - began < 10  # the endless one is stopped as well
    assert process.returncode == 128 + number
    assert [line.split()[0] for line in lines[1:3]] == ["2", "3"]
    assert lines[-2:] == [f"Written to {marks}.", "Stopped after 2 of 3 submissions."]
    assert len(csv_rows(marks)) == 3


def test_a_marking_that_is_stopped_at_once_writes_nothing(run, tmp_path, monkeypatch):
    @contextmanager
    def at_once():
        yield [signal.SIGINT]

    monkeypatch.setattr(marking, "signals", at_once)
    notebook(tmp_path / "class" / "1.ipynb", "while True: pass")
    done = run("check", tmp_path / "class", "--seconds", "60")
    assert (done.exit_code, done.output) == (130, "Stopped after 0 of 1 submissions.\n")
    assert [path.name for path in tmp_path.iterdir()] == ["class"]


def test_two_are_marked_at_a_time_and_stand_in_order(run, tmp_path, monkeypatch):
    both = threading.Barrier(2, timeout=30)

    def meet(path, *_):
        both.wait()
        time.sleep(path.stem == "1")
        return marks.Row(path.stem, path.name)

    monkeypatch.setattr(marking, "AT_ONCE", 2)
    monkeypatch.setattr(marking, "mark", meet)
    for name in "1.ipynb", "2.ipynb":
        notebook(tmp_path / "class" / name)
    assert run("check", tmp_path / "class").exit_code == 0
    assert [row[0] for row in csv_rows(tmp_path / "class.csv")[1:]] == ["1", "2"]


@pytest.fixture
def no_marking(monkeypatch):
    """Let nothing be marked: what is wrong shows before."""
    monkeypatch.setattr(marking, "mark", lambda *_: pytest.fail("it was marked"))


def test_marks_are_replaced_only_when_asked(run, tmp_path, no_marking, monkeypatch):
    notebook(tmp_path / "class" / "1.ipynb", HEAD, RIGHT)
    for options in [], ["--csv", tmp_path / "my marks"]:
        path = options[1] if options else tmp_path / "class.csv"
        path.write_text("with remarks by hand")
        done = run("check", tmp_path / "class", *options)
        assert done.exit_code == 1
        assert "wanted a new name; --overwrite replaces it, another name keeps it." in done.output
        assert path.read_text() == "with remarks by hand"
    monkeypatch.setattr(marking, "mark", lambda *_: marking.Row("1", "1.ipynb"))
    assert run("check", tmp_path / "class", "--overwrite").exit_code == 0
    assert csv_rows(tmp_path / "class.csv")[1][:2] == ["1", "0"]


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("missing/marks.csv", "wanted a folder that is there; to mend it, make that folder or choose"),
        ("class", "wanted the name of a file; to mend it, add one to the path."),
        ("fixed.csv", "wanted permission to write it; to mend it, give yourself that permission"),
    ],
)
def test_marks_that_cannot_be_written_show_before_the_marking(run, tmp_path, no_marking, place, said):
    notebook(tmp_path / "class" / "1.ipynb", HEAD, RIGHT)
    (tmp_path / "fixed.csv").write_text("")
    (tmp_path / "fixed.csv").chmod(0o444)
    done = run("check", tmp_path / "class", "--csv", tmp_path / place, "--overwrite")
    assert (done.exit_code, done.output.count("\n")) == (1, 1)
    assert said in done.output


def test_marks_that_cannot_be_written_any_more_are_printed(run, tmp_path, monkeypatch):
    def full(*_):
        raise DataError("class.csv", "that it cannot be written", "room for it", "free some")

    monkeypatch.setattr(marking, "write_csv", full)
    notebook(tmp_path / "class" / "1.ipynb", HEAD, RIGHT)
    done = run("check", tmp_path / "class")
    assert done.exit_code == 1
    assert re.search(rf"\n1 +1 of {OF_01}", done.output)
    assert done.output.splitlines()[-1].startswith("Error: class.csv: found that it cannot be written")


@posix
def test_marks_that_cannot_be_printed_are_written(shell, tmp_path):
    notebook(tmp_path / "class" / "1.ipynb", HEAD, RIGHT)
    script = ["sh", "-c", '"$@" > /dev/full', "sh", *shell("check", tmp_path / "class")]
    done = subprocess.run(script, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: stdout: found that it cannot be written (No space left on device)")
    assert done.stderr.count("\n") == 1
    assert csv_rows(tmp_path / "class.csv")[1][:3] == ["1", "1", f"1 of {OF_01}"]


def test_a_fault_of_the_marking_is_a_row_of_its_own(run, tmp_path, monkeypatch):
    def broken(row, path, *_):
        if path.name == "1.ipynb":
            raise MemoryError("1\n2")
        return row

    monkeypatch.setattr(marking, "_marked", broken)
    for name in "1.ipynb", "2.ipynb":
        notebook(tmp_path / "class" / name)
    assert run("check", tmp_path / "class").exit_code == 0
    one, two = csv_rows(tmp_path / "class.csv")[1:]
    assert one[:3] == ["1", "0", "could not be marked: MemoryError: 1 2"]
    assert two[:2] == ["2", "0"]


def test_what_systems_leave_behind_is_passed_over(tmp_path):
    ann = tmp_path / "ann"
    for name in (
        "01.ipynb",
        "02.IPYNB",
        "._01.ipynb",
        "__MACOSX/ann/01.ipynb",
        ".venv/01.ipynb",
        "venv/lib/python3.11/site-packages/nbformat/01.ipynb",
        ".ipynb_checkpoints/01-checkpoint.ipynb",
        "deep/er/03.ipynb",
        "__mine__/04.ipynb",
    ):
        (ann / name).parent.mkdir(parents=True, exist_ok=True)
        notebook(ann / name, HEAD, RIGHT)
    notebook(tmp_path / "__MACOSX" / "ann.ipynb", HEAD, RIGHT)
    notebook(tmp_path / "BEN.IPYNB", HEAD, RIGHT)
    found = [path.relative_to(tmp_path).as_posix() for path in marking.submissions(tmp_path)]
    assert found == [
        "BEN.IPYNB",
        "ann/01.ipynb",
        "ann/02.IPYNB",
        "ann/__mine__/04.ipynb",
        "ann/deep/er/03.ipynb",
    ]


@posix
def test_folders_without_end_are_a_row_of_their_own(tmp_path):
    (tmp_path / "ann").mkdir()
    notebook(tmp_path / "ann" / "1.ipynb", HEAD)
    (tmp_path / "ben").mkdir()
    (tmp_path / "ben" / "loop").symlink_to(tmp_path)
    with chdir(tmp_path):
        for _ in range(1500):
            os.mkdir("d")
            os.chdir("d")
        notebook(Path("1.ipynb"), HEAD)
    try:
        assert marking.submissions(tmp_path) == [
            tmp_path / "ann" / "1.ipynb", tmp_path / "ben", tmp_path / "d"
        ]  # fmt: skip
        assert marking.mark(tmp_path / "d", tmp_path).ran == "found no notebook, wanted a Jupyter notebook"
    finally:
        subprocess.run(["rm", "-rf", tmp_path / "d"], check=True)  # pytest would recurse


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("=1+1", "'=1+1"),
        ("＝1+1", "'＝1+1"),
        ("  @SUM(A1)", "'  @SUM(A1)"),
        ("a;=1+1", "a;'=1+1"),
        ("a； ＋1", "a；' ＋1"),
        ("wrong: 3 | -2", "wrong: 3 |' -2"),
        ("a = b; -w x + b", "a = b;' -w x + b"),
        ("wrong: b = -w x", "wrong: b = -w x"),
        ("", ""),
    ],
)
def test_no_spreadsheet_computes_a_field(cell, wanted, tmp_path):
    path = tmp_path / "marks.csv"
    marks.write_csv(path, [marks.Row(cell, cell, "01_data", cell, {HOT: cell})])
    row = dict(zip(*csv_rows(path), strict=True))
    assert (row["student"], row[HOT]) == (wanted, wanted)
    assert row["remarks"].startswith(wanted)
    for line in path.read_text("utf-8-sig").splitlines():  # where a semicolon parts the fields
        assert not any(re.match(r'"?\s*[=+@＝＋-]', field) for field in line.split(";")), line


def test_the_exit_status_is_documented(run):
    text = " ".join(run("check", "--help").output.split())
    assert "Ends with 0 once each submission has its row, whatever the marks; with 130 after Ctrl-C" in text


@pytest.mark.parametrize(
    "path", sorted((NOTEBOOKS / "solutions").glob("*.ipynb")), ids=lambda path: path.stem
)
def test_the_solutions_of_the_course_pass(path):
    row = marking.mark(path, NOTEBOOKS, seconds=900)
    assert row.ran == "ran"
    assert row.marks == {exercise.name: "passed" for exercise in marking.course()[path.stem]}
    assert len(row.marks) >= 2
