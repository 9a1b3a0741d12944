"""`mnet check`: marks submitted notebooks with `mnet.checks`.

Not a lesson. A submission is code that nobody has read, so it runs in a process of its own, for so long and
in so much memory, and in an empty folder that is deleted. There the checks themselves report each verdict;
what the submission prints goes nowhere.

That stops accidents and printed verdicts. It is no prison: the submission runs as you, and whoever takes the
checks apart from within can forge a verdict. Marks that count deserve a look at the code, and strangers' code
a container or a user account of its own.
"""

import ctypes
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import closing, suppress
from operator import index
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

import click
from tqdm import tqdm

from mnet import checks
from mnet.cli.errors import claim, say, sentences, signals
from mnet.cli.marks import NOT_RUN, NOT_YET, PASSED, WRONG, Row, table, write_csv
from mnet.files import DataError, read_bytes

NOTEBOOK_LIMIT = 16 * 2**20  # bytes of a notebook: brackets take twenty times as much once they are read
CHECKS = *checks.EXERCISES, "answer", "goal"  # those whose verdicts are marks
FILE_LIMIT = 64 * 2**20  # bytes of any file that a submission writes
PASSED_OVER = {"__MACOSX", "__pycache__", "site-packages", "node_modules"}
DEPTH = 20  # folders within folders
AT_ONCE = min(2, os.cpu_count() or 1)  # submissions: each may take a core and all the memory allowed
PR_SET_PDEATHSIG = 1  # of linux/prctl.h
REPORT_LIMIT = 2**20  # bytes read of what the checks report


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

    Each runs in a process of its own. That stops accidents, not attackers: look at code before marks count.
    Marks are written as they come. Ends with 0 once each submission has its row, whatever the marks; with
    130 after Ctrl-C, which prints the rows so far; with 1 where nothing can be read or written.
    """
    sys.stdout.reconfigure(errors="replace")  # for terminals without σ
    folder = folder.resolve()
    to = to or folder.with_name(f"{folder.name}.csv")
    with signals() as asked:
        paths, rows = submissions(folder), {}
        claim("--csv", to, overwrite)
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
    try:
        return _marked(name, code_cells(path), seconds, memory, stop or threading.Event())
    except DataError as error:
        return Row(name, str(error).removeprefix(f"{path}: ").partition(";")[0], {})
    except Exception as error:  # the others are marked all the same
        return Row(name, _printable(f"could not be marked: {type(error).__name__}: {error}"), {})


def _marked(name, sources, seconds, memory, stop):
    lines, end = _run(sources, seconds, memory, stop)
    marks, cells, failures = _read(lines)
    if end is None and cells < len(sources):
        end = f"ended by itself in code cell {cells + 1}"
    elif end is None and failures:
        count = f"{len(failures)} cells" if failures[1:] else "a cell"
        end = f"{count} failed: {failures[0]}"
    return Row(name, end or "ran", dict.fromkeys(exercises_in(sources), NOT_RUN) | marks)


def code_cells(path):
    """Return the sources of a notebook's code cells; DataError for any other file."""
    wanted = "a Jupyter notebook"
    if not is_notebook(path):
        raise DataError(path, "no notebook", wanted)
    try:
        cells = json.loads(read_bytes(path, NOTEBOOK_LIMIT))["cells"]
        sources = [cell["source"] for cell in cells if cell["cell_type"] == "code"]
        return ["".join(source) for source in sources]
    except DataError:
        raise
    except RecursionError:
        raise DataError(path, "endless brackets", wanted) from None
    except UnicodeDecodeError:
        raise DataError(path, "no UTF-8 text", wanted) from None
    except ValueError as error:
        raise DataError(path, f"no JSON ({error})", wanted) from None
    except (KeyError, TypeError):
        raise DataError(path, "JSON without code cells of format 4", wanted) from None


def exercises_in(sources):
    """Return the exercises that the code checks, in order: as a check and what it asks, or as a question.

    >>> exercises_in(["checks.backprop(mine)", "checks.answer('02 b', 1)", "checks.plugged_in(f=mine)"])
    ['backprop(mine)', '02 b']
    """
    calls = re.findall(r"\bchecks\.(\w+)\(([^()\n]*)", "\n".join(sources))
    return list(dict.fromkeys(_exercise(*call) for call in calls if call[0] in CHECKS))


def _exercise(check, argument):
    if check == "answer":
        return _printable(argument.split(",")[0].strip("\"' "))[:60]
    return _printable(f"{check}({argument})")[:60]


def _run(sources, seconds, memory, stop):
    """Run the cells in a process of their own; return the lines of its report, and why it ended, or None."""
    with (
        TemporaryDirectory(ignore_cleanup_errors=True) as home,  # IPython's folder goes there as well
        TemporaryFile() as cells,
        TemporaryFile() as report,  # a pipe would stay open in whatever the submission starts
    ):
        cells.write(json.dumps([sources, seconds, memory]).encode())
        cells.seek(0)
        (here := Path(home, "here")).mkdir()
        process = subprocess.Popen(
            [sys.executable, "-c", "from mnet.cli.mark import _submission; _submission()"],
            stdin=cells,
            stdout=report,
            stderr=subprocess.DEVNULL,
            cwd=here,
            env=_environment(home),
            start_new_session=True,
        )
        end = _end(process, seconds, stop)
        report.seek(0)
        return report.read(REPORT_LIMIT).splitlines(), end


def _read(report):
    """Return what the lines of a report tell: {exercise: mark}, the last cell that ran, what failed."""
    marks, cells, failures = {}, 0, []
    for line in report:
        # A submission may have written into it, whatever it liked.
        with suppress(ValueError, TypeError, KeyError, AttributeError, RecursionError):
            kind, what, passed, message = json.loads(line)
            if kind == "cell":
                cells = index(what)
                failures += [_printable(message)] if message else []
            elif kind == "verdict":
                message = message.partition("\n")[0]
                texts = {True: PASSED, None: NOT_YET, False: f"{WRONG}: {_printable(message)}"}
                marks[_printable(what)[:60]] = texts[passed]
    return marks, cells, failures


def _environment(home):
    """Return the environment variables of a submission: none of your tokens, and no folder of yours."""
    keep = "PATH", "SYSTEMROOT", "LANG", "LC_ALL"
    variables = {name: os.environ[name] for name in keep if name in os.environ}
    variables |= dict.fromkeys(("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP"), home)
    course = str(Path(__file__).parents[2])
    return variables | {"PYTHONPATH": course, "OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "agg"}


def _end(process, seconds, stop):
    """Wait for a process, and leave nothing of it after so many seconds; return why it ended, or None."""
    try:
        latest = time.monotonic() + seconds
        while process.poll() is None:
            if stop.is_set() or time.monotonic() > latest:
                return f"stopped after {seconds} seconds"
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.1)
        return f"ended by signal {-process.returncode}" if process.returncode < 0 else None
    finally:
        process.kill()
        if hasattr(os, "killpg"):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)  # what it started, too
        process.wait()


def _printable(text):
    """Return text on one line, of no more than 300 characters, none of which a terminal obeys."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:300]


# What runs in the submission's process


def _obey_limits(seconds, memory):
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # no marking, no submission
    with suppress(ImportError):  # Windows has no such limits
        import resource

        for name, limit in (
            ("RLIMIT_AS", memory * 2**20),
            ("RLIMIT_CPU", 2 * seconds),  # for what slips away from the kill
            ("RLIMIT_FSIZE", FILE_LIMIT),
            ("RLIMIT_CORE", 0),
        ):
            with suppress(ValueError, OSError):  # macOS refuses some
                resource.setrlimit(getattr(resource, name), (limit, limit))


def _report_to(file):
    """Report each verdict of a check, and whose it is; return the function that reports."""

    def tell(*record):
        file.write(json.dumps(record) + "\n")
        file.flush()

    def tell_verdict(name, verdict, line):
        # Several exercises of a lesson may have one check: the line that asks tells them apart.
        exercise = next(iter(exercises_in([line[line.find(f"checks.{name}(") :]])), name)
        tell("verdict", exercise, verdict.passed, verdict.message.partition(": ")[2])

    checks.watchers.append(tell_verdict)
    return tell


def _submission():
    """Run the cells that stdin holds, within limits; report on stdout."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    sources, seconds, memory = json.load(sys.stdin)
    report = os.fdopen(os.dup(1), "w", encoding="utf-8")
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)  # what the submission prints is no verdict
    _obey_limits(seconds, memory)
    tell = _report_to(report)
    shell = InteractiveShell.instance(config=Config(HistoryManager={"enabled": False}))
    for number, source in enumerate(sources, 1):
        try:
            error = shell.run_cell(source, store_history=True)
            error = error.error_before_exec or error.error_in_exec
        except BaseException as problem:  # memory may end while IPython reports that it has ended
            error = problem
        # As after an error on a page, the learner goes on: the next cells may be right.
        told = f"{type(error).__name__}: {error}".rstrip(": ") if error is not None else ""
        tell("cell", number, None, told)
    os._exit(0)  # threads that a submission has left do not keep it here
