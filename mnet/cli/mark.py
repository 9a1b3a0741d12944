"""`mnet check`: marks submitted notebooks with `mnet.checks`.

Not a lesson. A submission is code that nobody has read, so it runs in a process of its own, for so long and
in so much memory, and in an empty folder that is deleted. There the checks themselves report each verdict;
what the submission prints goes nowhere.

That stops accidents and printed verdicts. It is no prison: the submission runs as you, and whoever takes the
checks apart from within can forge a verdict. Marks that count deserve a look at the code, and strangers' code
a container or a user account of its own.
"""

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter, namedtuple
from contextlib import suppress
from operator import index
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

import click
from tqdm import tqdm

from mnet import checks
from mnet.cli.errors import sentences
from mnet.files import DataError, read_bytes, write_whole

# submission: path within the folder; ran: how running it went; marks: {exercise: one of those below}
Row = namedtuple("Row", "submission ran marks")
PASSED, WRONG, NOT_YET, NOT_RUN = "passed", "wrong", "not yet", "did not run"  # "wrong: and the mistake"
SIGNS = {PASSED: "✓", WRONG: "✗", NOT_YET: "○", NOT_RUN: "–"}
NOTEBOOK_LIMIT = 16 * 2**20  # bytes of a notebook: brackets take twenty times as much once they are read
CHECKS = *checks.EXERCISES, "answer", "goal"  # those whose verdicts are marks
FILE_LIMIT = 64 * 2**20  # bytes of any file that a submission writes
REPORT_LIMIT = 2**20  # bytes read of what the checks report


@click.command("check", context_settings={"show_default": True})
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--csv", "to", type=click.Path(path_type=Path), help="Where the marks go.  [default: FOLDER.csv]"
)
@click.option("--seconds", type=click.IntRange(1), default=120, help="Time for each submission.")
@click.option("--memory", type=click.IntRange(512), default=2048, help="Memory for each, in MiB.")
@sentences()
def check(folder, to, seconds, memory):
    """Mark a folder of submitted notebooks with the checks of their exercises.

    Each runs in a process of its own. That stops accidents, not attackers: look at code before marks count.
    """
    sys.stdout.reconfigure(errors="replace")  # for terminals without σ
    folder = folder.resolve()
    bar = tqdm(submissions(folder), unit=" submissions", disable=None, leave=False)
    rows = [mark(path, folder, seconds, memory) for path in bar]
    for line in table(rows):
        click.echo(line)
    to = to or folder.with_name(f"{folder.name}.csv")
    write_csv(to, rows)
    click.echo(f"Written to {to}.")


def submissions(folder):
    """Return what was handed in: every notebook, and each file or folder beside them that holds none.

    DataError for a folder that is none, or empty.
    """
    folder, found = Path(folder), []
    try:
        entries = sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    except OSError as error:
        raise DataError(
            folder, error.strerror.lower(), "a folder of submitted notebooks", "check the path"
        ) from None
    for entry in entries:
        below = sorted(entry.rglob("*.ipynb")) if entry.is_dir() else []
        found += [path for path in below if ".ipynb_checkpoints" not in path.parts] or [entry]
    if not found:
        raise DataError(folder, "an empty folder", "submitted notebooks", "put them there")
    return found


def mark(path, folder, seconds=120, memory=2048):
    """Run a submission and return its Row, whatever it is or does.

    folder : what `path` is named from; seconds, memory : the limits, memory in MiB.
    """
    name = _printable(os.fsencode(path.relative_to(folder)).decode("utf-8", "backslashreplace"))
    try:
        sources = code_cells(path)
    except DataError as error:
        return Row(name, str(error).removeprefix(f"{path}: ").partition(";")[0], {})
    lines, end = _run(sources, seconds, memory)
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
    if path.suffix != ".ipynb" or not path.is_file():  # to open a pipe would wait for ever
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


def _run(sources, seconds, memory):
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
        end = _end(process, seconds)
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


def _end(process, seconds):
    """Wait for a process, and leave nothing of it after so many seconds; return why it ended, or None."""
    try:
        code = process.wait(seconds)
        return f"ended by signal {-code}" if code < 0 else None
    except subprocess.TimeoutExpired:
        return f"stopped after {seconds} seconds"
    finally:
        process.kill()
        if hasattr(os, "killpg"):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)  # what it started, too
        process.wait()


def _printable(text):
    """Return text on one line, of no more than 300 characters, none of which a terminal obeys."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:300]


# The table


def exercises(rows):
    """Return the names of all exercises in the rows, in order."""
    return list(dict.fromkeys(exercise for row in rows for exercise in row.marks))


def table(rows):
    """Return the marks as lines of text, then the mistakes, the commonest first."""
    names = exercises(rows)
    width = max(len(row.submission) for row in rows)
    yield "  ".join([" " * width, *names])
    for row in rows:
        signs = [
            SIGNS.get(row.marks.get(name, "").partition(":")[0], " ").center(len(name)) for name in names
        ]
        yield "  ".join([row.submission.ljust(width), *signs, row.ran if row.ran != "ran" else ""]).rstrip()
    yield ", ".join(f"{sign} {word}" for word, sign in SIGNS.items())
    wrong = Counter(
        f"{name}: {text.removeprefix(f'{WRONG}: ')}"
        for row in rows
        for name, text in row.marks.items()
        if text.startswith(WRONG)
    )
    for mistake, count in wrong.most_common():
        yield f"{count} × {mistake}"


def write_csv(path, rows):
    """Write the marks to a CSV file, a line a submission and a column an exercise, whole or not at all."""
    names, text = exercises(rows), io.StringIO()

    def safe(cell):  # a spreadsheet computes what begins like this
        return f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell

    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(map(safe, ["submission", "ran", "passed", *names]))
    for row in rows:
        marks = [row.marks.get(name, "") for name in names]
        lines.writerow(map(safe, [row.submission, row.ran, str(marks.count(PASSED)), *marks]))
    write_whole(path, lambda file: file.write(text.getvalue().encode("utf-8-sig")))  # which Excel wants


# What runs in the submission's process


def _obey_limits(seconds, memory):
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
