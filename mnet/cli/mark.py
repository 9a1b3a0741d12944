"""`mnet check`: marks a folder of submitted notebooks by the course's own list of exercises.

Not a lesson. A submission is code that nobody has read. It runs in a room of its own (`room.py`), under
bubblewrap where that is installed, for so long and in so much memory, and hands over plain numbers and words.
This process judges them, and never runs a line of it.
"""

import atexit
import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import click
import psutil
from tqdm import tqdm

import mnet
from mnet import checks
from mnet.checks.course import course, found, own_cells
from mnet.checks.handed_in import KEY
from mnet.cli import room
from mnet.cli.edition import NOT_PASSED
from mnet.cli.errors import Whole, claim, say, sentences, signals
from mnet.cli.marks import NOT_YET, PASSED, WRONG, Row, table, write_csv
from mnet.files import COURSE, DataError

FILE_LIMIT = 64 * 2**20  # bytes of any file that a submission writes
REPORT_LIMIT = 16 * 2**20  # bytes read of what it hands over
NO_WALLS = (
    "Submissions run as you, with your files and your network: bubblewrap, which keeps them apart on Linux, "
    "is missing or not allowed here."
)
PASSED_OVER = {"__MACOSX", "__pycache__", "site-packages", "node_modules"}  # and what begins with a dot
DEPTH = 20  # folders within folders
AT_ONCE = min(2, os.cpu_count() or 1)  # submissions: each may take a core and all the memory allowed


@click.command("check", context_settings={"show_default": True})
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--csv", "to", type=click.Path(path_type=Path), help="Where the marks go.  [default: FOLDER.csv]"
)
@click.option("--overwrite", is_flag=True, help="Let the marks replace a file that is there.")
@click.option("--seconds", type=Whole(1), default=120, help="Time for each submission.")
@click.option("--memory", type=Whole(512), default=2048, help="Memory for each, in MiB.")
@click.option(
    "--key",
    envvar=KEY,
    type=click.Path(path_type=Path),
    help="Mark what `mnet edition --second` asks.",
)
@click.pass_context
@sentences()
def check(ctx, folder, to, overwrite, seconds, memory, key):
    """Mark a folder of submitted notebooks with the checks of their exercises.

    The lessons say what counts, and no submission gives itself a mark. On Linux with bubblewrap, none sees
    your files, your network or another's work. Marks are written as they come. Ends with 0 once each
    submission has its row, whatever the marks; with 130 after Ctrl-C, which prints the rows so far; with 1
    where nothing can be read or written.
    """
    sys.stdout.reconfigure(errors="replace")  # for terminals without σ
    folder = folder.resolve()
    if key:
        os.environ[KEY] = str(key)
    to = to or folder.with_name(f"{folder.name}.csv")
    with signals() as asked, ThreadPoolExecutor(AT_ONCE) as pool:
        paths, _ = submissions(folder), course()  # a key that is none shows before the first minute of work
        claim("--csv", to, overwrite)
        if not bubblewrap():
            click.echo(NO_WALLS, err=True)
        bytecode()  # before two want it at once
        running = {pool.submit(mark, path, folder, seconds, memory, asked): path for path in paths}
        rows, bar = {}, tqdm(total=len(paths), unit=" submissions", disable=None, leave=False)
        while running and not asked:
            for future in wait(running, 0.1, FIRST_COMPLETED).done:
                path, row = running.pop(future), future.result()
                if asked:  # then it may have ended for that, and would seem endless
                    continue
                rows[path] = row
                bar.update()
                with suppress(DataError):  # room may come back, and the table is still to be printed
                    write_csv(to, in_order(rows))
        bar.close()
        pool.shutdown(cancel_futures=True)  # those that run see that it was asked
    if not rows:
        say("Nothing is marked yet, so nothing is written.")
        ctx.exit(128 + asked[0])
    for line in table(in_order(rows)):
        say(line)
    write_csv(to, in_order(rows))
    say(f"Written to {to}.")
    if len(rows) < len(paths):
        say(f"Stopped after {len(rows)} of {len(paths)} submissions.")
        ctx.exit(128 + asked[0])


def in_order(rows):
    """Return the rows of {path: Row} by path."""
    return [rows[path] for path in sorted(rows)]


def submissions(folder):
    """Return what was handed in: every notebook, and each file or folder beside them that holds none.

    DataError for a folder that is none, or empty.
    """
    try:
        entries = [entry for entry in Path(folder).iterdir() if _is_kept(entry.name)]
    except OSError as error:
        raise DataError(
            folder, error.strerror.lower(), "a folder of submitted notebooks", "check the path"
        ) from None
    if not entries:
        raise DataError(folder, "an empty folder", "submitted notebooks", "put them there")
    return sorted(path for entry in entries for path in [*_notebooks_below(entry)] or [entry])


def _is_kept(name):
    return not name.startswith(".") and name not in PASSED_OVER


def _notebooks_below(folder):
    """Yield the notebooks in a folder, down to such depths as people use."""
    for place, folders, names in os.walk(folder):
        deep = len(Path(place).relative_to(folder).parts) + 1 >= DEPTH
        folders[:] = filter(_is_kept, [] if deep else folders)
        yield from (path for name in names if is_notebook(path := Path(place, name)))


def is_notebook(path):
    """Return whether this is a file with the name of a notebook; to open a pipe would wait for ever."""
    return path.suffix.lower() == ".ipynb" and _is_kept(path.name) and path.is_file()


def mark(path, folder, seconds=120, memory=2048, stop=()):
    """Run a submission and return its Row, whatever it is or does.

    folder : what `path` is named from; seconds, memory : the limits, memory in MiB; stop : fills to end it
    """
    name = _printable(os.fsencode(path.relative_to(folder)).decode("utf-8", "backslashreplace"))
    lesson = next((lesson for lesson in course() if lesson in path.name), None)
    student = name.split(os.sep)[0]
    if os.sep not in name:
        student = path.stem.replace(lesson or path.stem, "").strip(" _-.") or path.stem
    row = Row(_printable(student), name, lesson)
    try:
        if not is_notebook(path):
            raise DataError(path, "no notebook", "a Jupyter notebook")
        if own := lesson and own_cells(lesson):  # most of the time goes into cells that no exercise needs
            quick = _marked(row, path, (seconds, memory), stop, own)
            right = [*quick.marks.values()].count(PASSED) == len(course()[lesson])
            if quick.ran.startswith("stopped") or (quick.ran == "ran" and right):
                return quick
        return _marked(row, path, (seconds, memory), stop)
    except DataError as error:
        return row._replace(ran=str(error).removeprefix(f"{path}: ").partition(";")[0])
    except Exception as error:  # the others are marked all the same
        return row._replace(ran=_printable(f"could not be marked: {type(error).__name__}: {error}"))


def _marked(row, path, limits, stop, own=None):
    records, end = _run(path, limits, stop, own)
    cells, ran, failures, marks, extra = None, 0, [], {}, []
    for record in records:
        with suppress(Exception):  # a submission may have written it, whatever it liked
            kind, *what = json.loads(record)
            if kind == "no notebook":
                return row._replace(ran=_printable(what[0]))
            if kind == "cells":
                cells = int(what[0])
            elif kind == "ran":
                ran = int(what[0])
                failed = what[1] and NOT_PASSED not in what[1] and not own  # it may lack what is left out
                failures += [_printable(what[1])] if failed else []
            elif kind == "given":
                if KEY in os.environ and what[0] != "hand_in":  # the lesson's own exercises, to practise
                    continue
                name, mark = judged(*what)
                marks |= {name: mark} if mark else {}
                extra += [] if mark or name in extra else [name]
    if end is None and cells is None:
        end = "could not be run"
    elif end is None and ran < cells:
        end = f"ended by itself in code cell {ran + 1}"
    elif end is None and failures:
        count = f"{len(failures)} cells" if failures[1:] else "a cell"
        end = f"{count} failed: {failures[0]}"
    return row._replace(ran=end or "ran", marks=marks, extra=extra[:5])


def judged(check, names, packed):
    """Return (exercise, mark) for what was handed over; the mark is None for what the course does not ask."""
    exercise = found(check, names)
    if exercise is None:
        return _printable(f"{check}({names[0]})")[:60], None
    try:
        if check in ("answer", "hand_in"):
            verdict = getattr(checks, check)(exercise.subject, room.unpacked(packed))
        elif check == "goal":
            verdict = checks.goal(reached(*room.unpacked(packed)), *exercise.arguments)
        else:
            verdict = getattr(checks, check)(room.as_given(packed))
    except ValueError as error:  # a network whose parts do not fit
        return exercise.name, f"{WRONG}: {_printable(str(error))}"
    message = _printable(verdict.message.partition(": ")[2].partition("\n")[0])
    return exercise.name, {True: PASSED, None: NOT_YET, False: f"{WRONG}: {message}"}[verdict.passed]


def reached(biases, weights, points):
    """Return what `goal` looks at: the points of a run, none better than its network proves to be here."""
    sizes = [len(b) for b in biases]
    if sum(sizes) > 2000:
        raise ValueError("no network of a panel")
    net = mnet.Network([784, *sizes])
    net.biases[:], net.weights[:] = biases, weights
    validation = mnet.load_mnist().validation
    measured = mnet.evaluate(net, validation) / len(validation)
    points = [(float(at), 0.0, min(float(share), measured)) for at, share in points]
    told = SimpleNamespace(net=net, validation=points, ghosts=[], verdict=lambda: "")
    return SimpleNamespace(training=told)


def _run(path, limits, stop, own, fill=None):
    """Run a submission in its room; return the lines of its report, and why it ended, or None.

    fill : a folder for the bytecode of what it imports
    """
    seen = fill or bytecode()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:  # for IPython's folder as well
        report = Path(home, "report")
        report.touch()
        (here := Path(home, "here")).mkdir()
        more = [*limits, FILE_LIMIT, json.dumps(own or {})]
        command, place, seen = _command(path, home, report, ["--bind" if fill else "--ro-bind", seen], more)
        # None of your tokens, and no folder of yours.
        kept = "PATH", "SYSTEMROOT", "LANG", "LC_ALL"
        env = {name: os.environ[name] for name in kept if name in os.environ}
        env |= dict.fromkeys(("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP", "IPYTHONDIR"), place)
        env |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        env |= {"PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONPYCACHEPREFIX": seen}
        env |= {} if fill else {"PYTHONDONTWRITEBYTECODE": "1"}
        null = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
        process = subprocess.Popen(command, cwd=here, env=env, start_new_session=True, **null)
        with report.open("rb") as file:  # before the submission can put something else there
            end = _end(process, *limits, stop)
            return file.read(REPORT_LIMIT).splitlines(), end


@functools.cache
def bytecode():
    """Return a folder with all that lessons import, compiled: most of a short lesson's time, if each had to.

    uv compiles nothing when it installs, and a submission writes nothing that another one reads.
    """
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    cell = {"cell_type": "code", "source": "import mnet.autodiff, mnet.figures, mnet.live.panels"}
    (lesson := Path(folder, "lesson.ipynb")).write_text(json.dumps({"cells": [cell]}))
    _run(lesson, (60, 2048), (), None, folder)
    return folder


@functools.cache
def bubblewrap():
    """Return the path of bubblewrap; None where there is none, or where the system forbids what it needs."""
    path = shutil.which("bwrap")
    tried = [path, "--unshare-all", "--ro-bind", "/", "/", "true"]
    return path if path and not subprocess.run(tried, stderr=subprocess.DEVNULL).returncode else None


def _command(path, home, report, cache, more):
    """Return what runs a submission, its home and where bytecode is: in a system that holds nothing else.

    That is bubblewrap's. cache : how the folder of bytecode is bound, and which it is
    """

    def room_of(path, report):
        begin = "import sys; from mnet.cli.room import main; main(*sys.argv[1:])"
        return [sys.executable, "-c", begin, *map(str, (path, report, *more))]

    if not bubblewrap():
        return room_of(path, report), home, cache[1]
    # What is not named is not there: no network, no other process, no home, no other submission.
    system = "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/fonts"
    python = sys.prefix, sys.base_prefix, os.path.dirname(os.path.realpath(sys.executable))
    seen = [*system, *python, mnet.__path__[0], str(COURSE / "data")]
    lessons = str(COURSE / "notebooks")  # with the solutions: in a wheel they lie inside Python's folder
    hidden = [lessons] if any(lessons.startswith(f"{place}/") for place in seen) else []
    size = ["--size", str(more[1] * 2**19)]
    return [
        bubblewrap(), "--unshare-all", "--die-with-parent", "--cap-drop", "ALL",
        "--proc", "/proc", "--dev", "/dev",
        *size, "--tmpfs", "/dev/shm", *size, "--tmpfs", "/tmp", "--dir", "/tmp/home/here",
        *(word for place in seen for word in ("--ro-bind-try", place, place)),
        *(word for place in hidden for word in ("--tmpfs", place)),
        *cache, "/tmp/bytecode",
        "--ro-bind", str(path), "/tmp/home/submission.ipynb", "--bind", str(report), "/tmp/home/report",
        "--chdir", "/tmp/home/here", *room_of("/tmp/home/submission.ipynb", "/tmp/home/report"),
    ], "/tmp/home", "/tmp/bytecode"  # fmt: skip


def _end(process, seconds, memory, stop):
    """Wait for a process, and leave nothing of it after its time or memory; return why it ended, or None."""
    latest = time.monotonic() + seconds
    try:
        while process.poll() is None:
            held = 0  # by all that it started, what they share counted for each
            for one in _tree(process.pid):
                with suppress(psutil.Error):
                    held += one.memory_info().rss
            if stop or time.monotonic() > latest:
                return f"stopped after {seconds} seconds"
            if held > memory * 2**20:
                return f"stopped with more than {memory} MiB of memory"
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.2)
        return f"ended by signal {-process.returncode}" if process.returncode < 0 else None
    finally:
        for one in [*_tree(process.pid), process]:
            with suppress(psutil.Error, OSError):
                one.kill()
        process.wait()


def _tree(pid):
    with suppress(psutil.Error):
        return psutil.Process(pid).children(recursive=True)
    return []


def _printable(text):
    """Return text on one line, of no more than 300 characters, none of which a terminal obeys."""
    return " ".join("".join(c if c.isprintable() else " " for c in text[:2000]).split())[:300]
