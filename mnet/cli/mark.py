"""`mnet check`: marks a folder of submitted notebooks by the course's own list of exercises.

Not a lesson. A submission is code that nobody has read. It runs in a room of its own (`room.py`), under
bubblewrap where that is installed, for so long and in so much memory, and hands over plain numbers and words.
This process judges them, and never runs a line of it.
"""

import functools
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import click
import psutil
from tqdm import tqdm

import mnet
from mnet import checks
from mnet.checks.course import course, found
from mnet.cli import room
from mnet.cli.edition import NOT_PASSED
from mnet.cli.errors import claim, say, sentences, signals
from mnet.cli.marks import NOT_YET, PASSED, WRONG, Row, table, write_csv
from mnet.files import COURSE, DataError

FILE_LIMIT = 64 * 2**20  # bytes of any file that a submission writes
REPORT_LIMIT = 16 * 2**20  # bytes read of what it hands over
NO_WALLS = (
    "Submissions run as you, with your files and your network: bubblewrap, which keeps them apart on Linux, "
    "is missing or not allowed here."
)
PASSED_OVER = {"__MACOSX", "__pycache__", "site-packages", "node_modules"}
DEPTH = 20  # folders within folders
AT_ONCE = min(2, os.cpu_count() or 1)  # submissions: each may take a core and all the memory allowed


@click.command("check", context_settings={"show_default": True})
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--csv", "to", type=click.Path(path_type=Path), help="Where the marks go.  [default: FOLDER.csv]"
)
@click.option("--overwrite", is_flag=True, help="Let the marks replace a file that is there.")
@click.option("--seconds", type=click.IntRange(1), default=120, help="Time for each submission.")
@click.option("--memory", type=click.IntRange(512), default=2048, help="Memory for each, in MiB.")
@click.pass_context
@sentences()
def check(ctx, folder, to, overwrite, seconds, memory):
    """Mark a folder of submitted notebooks with the checks of their exercises.

    The lessons say what counts, and no submission gives itself a mark. On Linux with bubblewrap, none sees
    your files, your network or another's work. Marks are written as they come. Ends with 0 once each
    submission has its row, whatever the marks; with 130 after Ctrl-C, which prints the rows so far; with 1
    where nothing can be read or written.
    """
    sys.stdout.reconfigure(errors="replace")  # for terminals without σ
    folder = folder.resolve()
    to = to or folder.with_name(f"{folder.name}.csv")
    with signals() as asked:
        paths, rows = submissions(folder), {}
        claim("--csv", to, overwrite)
        if not bubblewrap():
            click.echo(NO_WALLS, err=True)
        with closing(marked(paths, folder, seconds, memory, asked)) as ended:
            for number, row in tqdm(ended, total=len(paths), unit=" submissions", disable=None, leave=False):
                rows[number] = row
                with suppress(DataError):  # room may come back, and the table is still to be printed
                    write_csv(to, in_order(rows))
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
    """Return the values of {number: row} by number."""
    return [rows[number] for number in sorted(rows)]


def marked(paths, folder, seconds, memory, asked):
    """Yield (number, Row) as each submission ends, some at a time; stop them all once `asked` fills."""
    stop = threading.Event()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        try:
            running = {
                pool.submit(mark, path, folder, seconds, memory, stop): number
                for number, path in enumerate(paths)
            }
            while running and not asked:
                for future in wait(running, 0.1, FIRST_COMPLETED).done:
                    yield running.pop(future), future.result()
        finally:
            stop.set()
            pool.shutdown(cancel_futures=True)


def submissions(folder):
    """Return what was handed in: every notebook, and each file or folder beside them that holds none.

    DataError for a folder that is none, or empty.
    """
    folder, found = Path(folder), []
    try:
        entries = sorted(entry for entry in folder.iterdir() if not passed_over(entry))
    except OSError as error:
        raise DataError(
            folder, error.strerror.lower(), "a folder of submitted notebooks", "check the path"
        ) from None
    for entry in entries:
        found += sorted(notebooks_below(entry)) or [entry]
    if not found:
        raise DataError(folder, "an empty folder", "submitted notebooks", "put them there")
    return found


def passed_over(path):
    """Return whether this is what a system keeps beside a student's files, such as .venv or __MACOSX."""
    return path.name.startswith(".") or path.name in PASSED_OVER


def notebooks_below(folder):
    """Yield the notebooks in a folder, down to such depths as people use."""
    folders = [(folder, 0)]
    while folders:
        folder, depth = folders.pop()
        with suppress(OSError):  # a file, or a folder that may not be read
            for path in folder.iterdir() if depth < DEPTH else ():
                if path.is_dir() and not path.is_symlink() and not passed_over(path):
                    folders.append((path, depth + 1))
                elif is_notebook(path):
                    yield path


def is_notebook(path):
    """Return whether this is a file with the name of a notebook; to open a pipe would wait for ever."""
    return path.suffix.lower() == ".ipynb" and not path.name.startswith(".") and path.is_file()


def mark(path, folder, seconds=120, memory=2048, stop=None):
    """Run a submission and return its Row, whatever it is or does.

    folder : what `path` is named from; seconds, memory : the limits, memory in MiB; stop : an Event, ends it
    """
    name = _printable(os.fsencode(path.relative_to(folder)).decode("utf-8", "backslashreplace"))
    lesson = next((lesson for lesson in course() if lesson in path.name), None)
    student = name.split(os.sep)[0]
    if os.sep not in name:
        student = path.stem.replace(lesson or path.stem, "").strip(" _-.") or path.stem
    row = Row(_printable(student), name, lesson)
    try:
        return _marked(row, path, (seconds, memory), stop or threading.Event())
    except DataError as error:
        return row._replace(ran=str(error).removeprefix(f"{path}: ").partition(";")[0])
    except Exception as error:  # the others are marked all the same
        return row._replace(ran=_printable(f"could not be marked: {type(error).__name__}: {error}"))


def _marked(row, path, limits, stop):
    if not is_notebook(path):
        raise DataError(path, "no notebook", "a Jupyter notebook")
    records, end = _run(path, limits, stop)
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
                failures += [_printable(what[1])] if what[1] and NOT_PASSED not in what[1] else []
            elif kind == "given":
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
    if check == "answer":
        question, value = room.unpacked(packed)
        exercise = found(check, [question])
    else:
        exercise = found(check, names)
    if exercise is None:
        return _printable(f"{check}({question if check == 'answer' else ', '.join(names[:1])})")[:60], None
    if check == "answer":
        verdict = checks.answer(question, value)
    elif check == "goal":
        verdict = checks.goal(reached(*room.unpacked(packed)), *exercise.arguments)
    else:
        verdict = getattr(checks, check)(room.as_given(packed))
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
    told = SimpleNamespace(validation=points, ghosts=[], verdict=lambda: "")
    return SimpleNamespace(training=told)


def _run(path, limits, stop):
    """Run a submission in its room; return the lines of its report, and why it ended, or None."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as home:  # IPython's folder goes there as well
        report = Path(home, "report")
        report.touch()
        (here := Path(home, "here")).mkdir()
        command, place = _command(path, home, report, limits)
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=here,
            env=_environment(place),
            start_new_session=True,
        )
        with report.open("rb") as file:  # before the submission can put something else there
            end = _end(process, limits, stop)
            return file.read(REPORT_LIMIT).splitlines(), end


@functools.cache
def bubblewrap():
    """Return the path of bubblewrap; None where there is none, or where the system forbids what it needs."""
    path = shutil.which("bwrap")
    tried = [path, "--unshare-all", "--ro-bind", "/", "/", "true"]
    return path if path and not subprocess.run(tried, stderr=subprocess.DEVNULL).returncode else None


def _command(path, home, report, limits):
    """Return what runs a submission, and its home: under bubblewrap in a system that holds nothing else."""

    def room_of(path, report):
        begin = "import sys; from mnet.cli.room import main; main(*sys.argv[1:])"
        return [sys.executable, "-c", begin, *map(str, (path, report, *limits, FILE_LIMIT))]

    if not bubblewrap():
        return room_of(path, report), home
    # What is not named is not there: no network, no other process, no home, no other submission.
    system = "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/fonts"
    python = sys.prefix, sys.base_prefix, os.path.dirname(os.path.realpath(sys.executable))
    seen = [*system, *python, mnet.__path__[0], str(COURSE / "data")]
    lessons = str(COURSE / "notebooks")  # with the solutions: in a wheel they lie inside Python's folder
    hidden = [lessons] if any(lessons.startswith(f"{place}/") for place in seen) else []
    size = ["--size", str(limits[1] * 2**19)]
    return [
        bubblewrap(), "--unshare-all", "--die-with-parent", "--cap-drop", "ALL",
        "--proc", "/proc", "--dev", "/dev",
        *size, "--tmpfs", "/dev/shm", *size, "--tmpfs", "/tmp", "--dir", "/tmp/home/here",
        *(word for place in seen for word in ("--ro-bind-try", place, place)),
        *(word for place in hidden for word in ("--tmpfs", place)),
        "--ro-bind", str(path), "/tmp/home/submission.ipynb", "--bind", str(report), "/tmp/home/report",
        "--chdir", "/tmp/home/here", *room_of("/tmp/home/submission.ipynb", "/tmp/home/report"),
    ], "/tmp/home"  # fmt: skip


def _environment(home):
    """Return the environment variables of a submission: none of your tokens, and no folder of yours."""
    keep = "PATH", "SYSTEMROOT", "LANG", "LC_ALL"
    variables = {name: os.environ[name] for name in keep if name in os.environ}
    variables |= dict.fromkeys(("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP", "IPYTHONDIR"), home)
    course = str(Path(__file__).parents[2])
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return variables | threads | {"PYTHONPATH": course, "PYTHONDONTWRITEBYTECODE": "1"}


def _end(process, limits, stop):
    """Wait for a process, and leave nothing of it after its time or memory; return why it ended, or None."""
    seconds, memory = limits
    try:
        latest = time.monotonic() + seconds
        while process.poll() is None:
            if stop.is_set() or time.monotonic() > latest:
                return f"stopped after {seconds} seconds"
            if _memory(process.pid) > memory * 2**20:
                return f"stopped with more than {memory} MiB of memory"
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.2)
        return f"ended by signal {-process.returncode}" if process.returncode < 0 else None
    finally:
        for one in [*_tree(process.pid), process]:  # what it started, too
            with suppress(psutil.Error, OSError):
                one.kill()
        if hasattr(os, "killpg"):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _tree(pid):
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        return []


def _memory(pid):
    """Return the bytes of all that a process started, what they share counted for each."""
    total = 0
    for one in _tree(pid):
        with suppress(psutil.Error):
            total += one.memory_info().rss
    return total


def _printable(text):
    """Return text on one line, of no more than 300 characters, none of which a terminal obeys."""
    return " ".join("".join(c if c.isprintable() else " " for c in text[:2000]).split())[:300]
