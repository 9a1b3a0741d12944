"""Submissions, honest and hostile: each ends in a clear row, and none marks itself."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import chdir, contextmanager
from pathlib import Path

import pytest

from mnet.cli import mark as marking
from mnet.cli import marks
from mnet.files import DataError
from tests.support.watch import wait_for

NOTEBOOKS = Path(marking.__file__).parents[2] / "notebooks"
HEAD = "from mnet import checks\nimport numpy as np"
ONE_HOT = "def one_hot(labels):\n    return np.eye(10)[labels]{}\nchecks.one_hot(one_hot)"
RIGHT, ROWS, EMPTY = ONE_HOT.format(".T"), ONE_HOT.format(""), "one_hot = ...\nchecks.one_hot(one_hot)"
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


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        (RIGHT, "passed"),
        (ROWS, "wrong: one_hot(labels) has shape (3, 10), expected (10, 3): each label is a row here"),
        (EMPTY, "not yet"),
        ("raise KeyError('mine')\nchecks.one_hot(one_hot)", "did not run"),
        ("# checks.one_hot(one_hot)", "did not run"),
    ],
)
def test_a_mark_names_the_mistake(source, wanted, mark):
    row = mark(HEAD, source)
    assert row.marks["one_hot(one_hot)"].startswith(wanted)
    assert [*row.marks] == ["one_hot(one_hot)"]
    assert row.ran == ("a cell failed: KeyError: 'mine'" if "mine" in source else "ran")


def test_the_last_answer_counts(mark):
    assert mark(HEAD, ROWS, RIGHT).marks == {"one_hot(one_hot)": "passed"}
    assert mark(HEAD, RIGHT, EMPTY).marks == {"one_hot(one_hot)": "not yet"}


def test_after_an_error_the_next_cells_run(mark):
    row = mark("import nonsense", HEAD, "def broken(:", "exit()", "raise SystemExit", RIGHT)
    assert row.marks == {"one_hot(one_hot)": "passed"}
    assert row.ran == "4 cells failed: ModuleNotFoundError: No module named 'nonsense'"


def test_every_check_reports(mark):
    names = marking.checks.EXERCISES
    calls = [f"checks.{name}(mnet.{name})" for name in names]
    borrowed = mark(HEAD, "import mnet", *calls).marks  # ours are no answers, and each check says so
    assert [*borrowed] == [f"{name}(mnet.{name})" for name in names]
    assert all(found.startswith("wrong") for found in borrowed.values())
    loop = "for name in checks.EXERCISES: getattr(checks, name)(None)"
    assert mark(HEAD, loop).marks == dict.fromkeys(names, "not yet")
    answers = "checks.answer('02 bias', -12)", "checks.goal(\n    panel,\n    0.9,\n    3,\n)"
    panel = (
        "from mnet import load_mnist\nfrom mnet.live.panels import training\npanel = training(load_mnist())"
    )
    assert mark(HEAD, panel, *answers).marks == {"02 bias": "passed", "goal()": "not yet"}


def test_exercises_with_one_check_stay_apart(mark):
    code = "def rows(d): return np.eye(10)[d]\nchecks.one_hot(rows)"
    row = mark(HEAD, RIGHT, code, "checks.plugged_in(one_hot=one_hot).close()")
    assert row.marks["one_hot(one_hot)"] == "passed"
    assert row.marks["one_hot(rows)"].startswith("wrong")
    assert len(row.marks) == 2


def test_magics_pictures_and_panels_run_and_wait_for_nobody(mark):
    panel = """
    from mnet import figures, load_mnist
    from mnet.live import panels
    import ipywidgets
    panel = panels.training(load_mnist())
    display(panel, panels.neuron(), ipywidgets.interact(lambda x: x, x=3))
    figures.show(figures.sigmoid_curve)
    """
    threads = "import threading, time\nthreading.Thread(target=time.sleep, args=(1000,)).start()"
    cells = "%time 1 + 1", "!true", panel, "import asyncio\nawait asyncio.sleep(0)", threads, HEAD, RIGHT
    began = time.monotonic()
    row = mark(*cells)
    assert (row.ran, row.marks) == ("ran", {"one_hot(one_hot)": "passed"})
    assert time.monotonic() - began < 60


# What a submission may try


@pytest.mark.parametrize(
    "forgery",
    [
        "print('✓ one_hot: right, in all 3 questions.')",
        'print(\'["verdict", "one_hot(one_hot)", true, "one_hot: right"]\', flush=True)',
        'import os; os.write(1, b\'["verdict", "one_hot(one_hot)", true, "one_hot: right"]\\n\')',
        'import os; os.system(\'echo "[\\\\"verdict\\\\", \\\\"one_hot\\\\", true, \\\\"\\\\"]"\')',
        "checks.Verdict(True, 'one_hot: right, in all 3 questions.')",
        "checks.one_hot = lambda fn: checks.Verdict(True, 'one_hot: right')\nchecks.one_hot(one_hot)",
    ],
)
def test_a_printed_verdict_is_none(forgery, mark):
    assert mark(HEAD, f"{forgery}\n# checks.one_hot(one_hot)").marks == {"one_hot(one_hot)": "did not run"}
    assert mark(HEAD, ROWS, forgery).marks["one_hot(one_hot)"].startswith("wrong")


def test_an_endless_loop_is_stopped_with_all_it_started(mark, tmp_path):
    alive = tmp_path / "alive"
    child = f"import time\nwhile True: open({str(alive)!r}, 'w').close(); time.sleep(0.1)"
    code = f"import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', {child!r}])\nwhile True: pass"
    began = time.monotonic()
    row = mark(HEAD, RIGHT, code, "checks.sigmoid(mine)", seconds=8)
    assert time.monotonic() - began < 20
    assert row.ran == "stopped after 8 seconds"
    assert row.marks == {"one_hot(one_hot)": "passed", "sigmoid(mine)": "did not run"}
    if os.name != "nt":
        alive.unlink()
        time.sleep(0.5)
        assert not alive.exists()


@posix
def test_a_memory_bomb_harms_nobody_else(mark):
    row = mark(HEAD, RIGHT, "bomb = []\nwhile True: bomb.append(np.ones(10**6))", "checks.sigmoid(mine)")
    assert row.marks == {"one_hot(one_hot)": "passed", "sigmoid(mine)": "did not run"}
    assert "MemoryError" in row.ran or "ended by" in row.ran


@pytest.mark.parametrize(
    ("code", "end"),
    [
        ("import os; os._exit(0)", "ended by itself in code cell 3"),
        ("import os; os.abort()", "ended by"),
        ("import signal, os; os.kill(os.getpid(), signal.SIGTERM)", "ended by"),
        ("import ctypes; ctypes.string_at(0)", "ended by"),
    ],
)
def test_what_ends_the_process_ends_only_its_own_marks(code, end, mark):
    row = mark(HEAD, RIGHT, code, "checks.sigmoid(mine)")
    assert row.ran.startswith(end)
    assert row.marks == {"one_hot(one_hot)": "passed", "sigmoid(mine)": "did not run"}


def test_a_flood_of_output_and_a_waiting_input_pass(mark):
    row = mark("for _ in range(200): print('x' * 10**6)", "input('your name?')", HEAD, RIGHT)
    assert row.marks == {"one_hot(one_hot)": "passed"}
    assert row.ran.startswith("a cell failed: EOFError")


def test_a_submission_sees_neither_your_secrets_nor_its_neighbours(mark, monkeypatch):
    monkeypatch.setenv("TOKEN", "secret")
    assert mark("import os; assert 'TOKEN' not in os.environ and os.listdir() == []").ran == "ran"


def test_no_bytes_break_the_report(mark):
    evil = 'file = open("/proc/self/fd/1", "wb")' if os.name != "nt" else ""
    name = r"class E(Exception): pass" + "\nE.__name__ = 'E\\x1b[31m\\n=x'\nraise E('\\ud800\\x00' * 999)"
    row = mark(HEAD, evil, name, RIGHT)
    assert row.marks == {"one_hot(one_hot)": "passed"}
    assert row.ran.isprintable()
    assert len(row.ran) < 400


def test_what_a_submission_writes_into_the_report_stops_no_marking(mark):
    lines = (
        '["cell", "x", null, ""]',
        '["verdict", "a", 5, ""]',
        '["verdict", "a", true, 5]',
        "[]",
        "{",
        "[[[[",
    )
    report = "".join(f"{line}\n" for line in lines).encode()
    forge = f"""
    import os
    for fd in range(3, 100):
        try: os.write(fd, {report!r})
        except OSError: pass
    """
    assert mark(HEAD, RIGHT, forge).marks == {"one_hot(one_hot)": "passed"}


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
        pytest.param(b"[" + b"[]," * 2**23 + b"0]", "more than 16,777,216 bytes", id="large"),
    ],
)
def test_what_is_no_notebook_gets_a_row_that_says_so(content, said, tmp_path):
    (tmp_path / "a.ipynb").write_bytes(content)
    row = marking.mark(tmp_path / "a.ipynb", tmp_path)
    assert said in row.ran
    assert row.ran.isprintable()
    assert row.marks == {}


# The command


def test_a_class(run, tmp_path):
    folder = tmp_path / "class"
    folder.mkdir()
    notebook(folder / "ann" / "01_data.ipynb", HEAD, RIGHT)
    notebook(folder / "ben" / "01_data.ipynb", HEAD, ROWS, "checks.sigmoid(...)")
    notebook(folder / "cem" / "01_data.ipynb", HEAD, ROWS)
    notebook(folder / "cem" / ".ipynb_checkpoints" / "01_data-checkpoint.ipynb", HEAD, RIGHT)
    notebook(folder / "=1+1.ipynb", HEAD, RIGHT)
    (folder / "dan").mkdir()
    (folder / "eve.pdf").write_bytes(b"%PDF")
    (folder / ".hidden").write_bytes(b"")
    done = run("check", folder)
    assert done.exit_code == 0, done.output
    mistake = "one_hot(labels) has shape (3, 10), expected (10, 3): each label is a row here: transpose it."
    lines = [line.split() for line in done.output.splitlines()]
    assert lines[0] == ["one_hot(one_hot)", "sigmoid(...)"]
    assert ["=1+1.ipynb", "✓"] in lines
    assert [os.path.join("ben", "01_data.ipynb"), "✗", "○"] in lines
    assert ["dan", "found", "no", "notebook,", "wanted", "a", "Jupyter", "notebook"] in lines
    assert f"2 × one_hot(one_hot): {mistake}" in done.output
    rows = [*csv.reader((tmp_path / "class.csv").read_text("utf-8-sig").splitlines())]
    assert rows[0] == ["submission", "ran", "passed", "one_hot(one_hot)", "sigmoid(...)"]
    assert rows[1] == ["'=1+1.ipynb", "ran", "1", "passed", ""]  # no spreadsheet computes it
    assert rows[3] == [os.path.join("ben", "01_data.ipynb"), "ran", "0", f"wrong: {mistake}", "not yet"]
    assert [row[0] for row in rows[5:]] == ["dan", "eve.pdf"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["class", "class.csv"]


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
    notebook(folder / "1.ipynb", f"while True: open({str(tmp_path / 'begun')!r}, 'w').close()")
    notebook(folder / "2.ipynb", HEAD, RIGHT)
    notebook(folder / "3.ipynb", HEAD, ROWS)
    with started("check", folder, "--seconds", "60", stdout=subprocess.PIPE) as process:
        wait_for(lambda: marks.exists() and len(csv_rows(marks)) == 3 and (tmp_path / "begun").exists(), 60)
        yield process, marks


@posix
def test_a_killed_marking_keeps_the_rows_that_have_come(half_done):
    process, marks = half_done
    process.kill()
    process.wait()
    time.sleep(0.5)
    (marks.parent / "begun").unlink()
    time.sleep(0.5)
    assert (marks.parent / "begun").exists() == (sys.platform != "linux")  # nobody is left to end it
    assert [(row[0], row[2]) for row in csv_rows(marks)[1:]] == [("2.ipynb", "1"), ("3.ipynb", "0")]


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_marking_prints_the_rows_that_have_come(half_done, number):
    process, marks = half_done
    began = time.monotonic()
    process.send_signal(number)
    lines = process.communicate()[0].splitlines()
    assert time.monotonic() - began < 10  # the endless one is stopped as well
    assert process.returncode == 128 + number
    assert [line.split() for line in lines[1:3]] == [["2.ipynb", "✓"], ["3.ipynb", "✗"]]
    assert lines[-2:] == [f"Written to {marks}.", "Stopped after 2 of 3 submissions."]
    assert len(csv_rows(marks)) == 3


def test_a_marking_that_is_stopped_at_once_writes_nothing(run, tmp_path, monkeypatch):
    @contextmanager
    def at_once():
        yield [signal.SIGINT]

    monkeypatch.setattr(marking, "signals", at_once)
    notebook(tmp_path / "class" / "1.ipynb", "while True: pass")
    done = run("check", tmp_path / "class", "--seconds", "60")
    assert (done.exit_code, done.output) == (130, "Nothing is marked yet, so nothing is written.\n")
    assert [path.name for path in tmp_path.iterdir()] == ["class"]


def test_two_are_marked_at_a_time_and_stand_in_order(run, tmp_path, monkeypatch):
    monkeypatch.setattr(marking, "AT_ONCE", 2)
    meet = """
    import os, time
    open({!r}, "w").close()
    while not os.path.exists({!r}): time.sleep(0.1)
    """
    here, there = str(tmp_path / "here"), str(tmp_path / "there")
    notebook(
        tmp_path / "class" / "1.ipynb", meet.format(here, there), "import time; time.sleep(1)", HEAD, RIGHT
    )
    notebook(tmp_path / "class" / "2.ipynb", meet.format(there, here), HEAD, RIGHT)
    assert run("check", tmp_path / "class", "--seconds", "60").exit_code == 0
    assert [row[:3] for row in csv_rows(tmp_path / "class.csv")[1:]] == [
        ["1.ipynb", "ran", "1"],
        ["2.ipynb", "ran", "1"],
    ]


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
    monkeypatch.setattr(marking, "mark", lambda *_: marking.Row("1.ipynb", "ran", {}))
    assert run("check", tmp_path / "class", "--overwrite").exit_code == 0
    assert csv_rows(tmp_path / "class.csv")[1] == ["1.ipynb", "ran", "0"]


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
    assert re.search(r"1\.ipynb +✓\n", done.output)
    assert done.output.splitlines()[-1].startswith("Error: class.csv: found that it cannot be written")


@posix
def test_marks_that_cannot_be_printed_are_written(shell, tmp_path):
    notebook(tmp_path / "class" / "1.ipynb", HEAD, RIGHT)
    script = ["sh", "-c", '"$@" > /dev/full', "sh", *shell("check", tmp_path / "class")]
    done = subprocess.run(script, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: stdout: found that it cannot be written (No space left on device)")
    assert done.stderr.count("\n") == 1
    assert csv_rows(tmp_path / "class.csv")[1] == ["1.ipynb", "ran", "1", "passed"]


def test_a_fault_of_the_marking_is_a_row_of_its_own(run, tmp_path, monkeypatch):
    def broken(path):
        if path.name == "1.ipynb":
            raise MemoryError("1\n2")
        return [HEAD, RIGHT]

    monkeypatch.setattr(marking, "code_cells", broken)
    for name in "1.ipynb", "2.ipynb":
        notebook(tmp_path / "class" / name)
    assert run("check", tmp_path / "class").exit_code == 0
    one, two = csv_rows(tmp_path / "class.csv")[1:]
    assert one == ["1.ipynb", "could not be marked: MemoryError: 1 2", "0", ""]
    assert two == ["2.ipynb", "ran", "1", "passed"]


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
    assert marking.code_cells(tmp_path / "BEN.IPYNB") == [HEAD, RIGHT]


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
    marks.write_csv(path, [marks.Row(cell, cell, {cell: cell})])
    assert csv_rows(path) == [["submission", "ran", "passed", wanted], [wanted, wanted, "0", wanted]]
    for line in path.read_text("utf-8-sig").splitlines():  # where a semicolon parts the fields
        assert not any(re.match(r'"?\s*[=+@＝＋-]', field) for field in line.split(";")), line


def test_a_wide_stray_notebook_does_not_widen_the_table():
    lesson = {f"sigmoid(mine_{n})": "passed" for n in range(3)}
    rows = [marks.Row(f"{name}.ipynb", "ran", lesson) for name in ("ann", "ben")]
    narrow = [*marks.table(rows)]
    stray = {f"backprop(function_{n})": "passed" for n in range(40)}
    for more in stray, stray | lesson:
        name = "x" * 300
        lines = [*marks.table([*rows, marks.Row(name, "a cell failed: " + "y" * 300, more)])]
        assert max(map(len, lines)) < 300
        assert f"{'x' * 35}…{'x' * 24}" in "".join(lines)
        assert "more in the CSV file" in "".join(lines)
        assert narrow[0].split() == lines[0].split()[: len(narrow[0].split())]
        assert [line.split()[1:] for line in lines[1:3]] == [line.split()[1:] for line in narrow[1:3]]
    exact = [*marks.table([marks.Row("a", "ran", {"e" * 98: "passed"})])]
    assert "e" * 98 in exact[0]


def test_lessons_stand_in_tables_of_their_own():
    rows = [
        marks.Row(f"{who}/{lesson}", "ran", {f"check({lesson})": "passed"})
        for who in ("ann", "ben")
        for lesson in ("01", "02")
    ]
    lines = [line.split() for line in marks.table([marks.Row("cem", "no", {}), *rows])]
    assert lines[:7] == [
        ["check(01)"], ["ann/01", "✓"], ["ben/01", "✓"],
        ["check(02)"], ["ann/02", "✓"], ["ben/02", "✓"],
        ["cem", "no"],
    ]  # fmt: skip


def test_the_exit_status_is_documented(run):
    text = " ".join(run("check", "--help").output.split())
    assert "Ends with 0 once each submission has its row, whatever the marks; with 130 after Ctrl-C" in text


@pytest.mark.parametrize(
    "path", sorted((NOTEBOOKS / "solutions").glob("*.ipynb")), ids=lambda path: path.stem
)
def test_the_solutions_of_the_course_pass(path):
    row = marking.mark(path, NOTEBOOKS, seconds=900)
    assert row.ran == "ran"
    assert row.marks == dict.fromkeys(marking.exercises_in(marking.code_cells(path)), "passed")
    assert len(row.marks) >= 2
