"""`mnet check`: marks a folder of submitted notebooks by the course's own list of exercises.

Not a lesson. A submission is code that nobody has read. It runs in a room of its own (`room.py`), under
bubblewrap where that is installed, for so long and in so much memory, and hands over plain numbers and words.
This process judges them, and never runs a line of it.
"""

import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace as Told

import click
import psutil
from tqdm import tqdm

import mnet
from mnet.checks.course import course, found, own_cells
from mnet.checks.handed_in import KEY
from mnet.checks.handover import unpacked
from mnet.checks.judge import Given, _Answer
from mnet.cli import room
from mnet.cli.errors import Whole, claim, say, sentences, signals
from mnet.cli.marks import NOT_YET, PASSED, WRONG, Row, table, write_csv
from mnet.files import COURSE, DataError

ROOT = str(Path(__file__).parents[2])  # where mnet lies
NOTEBOOK_LIMIT = 2**28  # bytes of a notebook, outputs and all
REPORT_LIMIT = 16 * 2**20  # bytes read of what a submission hands over
IDLE = 30  # seconds in which one that uses no half second of a processor has hung
NO_WALLS = "Here is no bubblewrap, or none allowed: submissions run as you, with your files and your network."
PASSED_OVER = {"__MACOSX", "__pycache__", "site-packages", "node_modules"}  # and what begins with a dot
KEPT = "PATH", "SYSTEMROOT", "LANG", "LC_ALL"  # of your environment: none of your tokens
PATH = click.Path(path_type=Path, resolve_path=True)
AT_ONCE = min(2, os.cpu_count() or 1)  # submissions: each may take a core and all the memory allowed


@click.command("check", context_settings={"show_default": True})
@click.argument("folder", type=PATH)
@click.option("--csv", "to", type=PATH, help="Where the marks go.  [default: FOLDER.csv]")
@click.option("--overwrite", is_flag=True, help="Let the marks replace a file that is there.")
@click.option("--seconds", type=Whole(1), default=120, help="Time for each submission.")
@click.option("--memory", type=Whole(512), default=2048, help="Memory for each, in MiB.")
@click.option("--key", envvar=KEY, type=PATH, help="Mark what `mnet edition --second` asks.")
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
    if key:
        os.environ[KEY] = str(key)
    to, rows = to or folder.with_name(f"{folder.name}.csv"), []
    with signals() as asked, ThreadPoolExecutor(AT_ONCE) as pool:
        paths, _ = submissions(folder), course()  # a key that is none shows before the first minute of work
        claim("--csv", to, overwrite)
        if not bubblewrap():
            click.echo(NO_WALLS, err=True)
        warm_up()
        marked = [pool.submit(mark, path, folder, seconds, memory, asked) for path in paths]
        with tqdm(total=len(paths), unit=" submissions", disable=None, leave=False) as bar:
            while len(rows) < len(paths) and not asked:
                ready = wait(marked, 0.2).done
                if len(ready) > len(rows) and not asked:  # else one may have ended for that
                    bar.update(len(ready) - len(rows))
                    rows = [future.result() for future in marked if future in ready]
                    with suppress(DataError):  # room may come back, and the table is still to be printed
                        write_csv(to, rows)
        pool.shutdown(cancel_futures=True)  # those that run see that it was asked
    if rows:
        for line in table(rows):
            say(line)
        write_csv(to, rows)
        say(f"Written to {to}.")
    if len(rows) < len(paths):
        say(f"Stopped after {len(rows)} of {len(paths)} submissions.")
        ctx.exit(128 + asked[0])


def submissions(folder):
    """Return what was handed in: every notebook, and each file or folder beside them that holds none.

    DataError for a folder that is none, or empty.
    """
    try:
        entries = [entry for entry in Path(folder).iterdir() if _is_kept(entry.name)]
    except OSError as error:
        raise DataError(folder, error.strerror.lower(), "a folder of notebooks", "check the path") from None
    if not entries:
        raise DataError(folder, "an empty folder", "submitted notebooks", "put them there")
    return sorted(path for entry in entries for path in [*_notebooks_below(entry)] or [entry])


def _is_kept(name):
    return not name.startswith(".") and name not in PASSED_OVER


def _notebooks_below(folder):
    """Yield the notebooks in a folder, down to such depths as people use."""
    for place, folders, names in os.walk(folder):
        deep = len(Path(place).relative_to(folder).parts) + 1 >= 20
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
    student = path.stem.replace(lesson or path.stem, "").strip(" _-.") or path.stem
    student = name.split(os.sep)[0] if os.sep in name else _printable(student)
    row = Row(student, name, lesson, "found no notebook, wanted a Jupyter notebook")
    # Most of the time goes into cells that no exercise needs: at first they are left out.
    own = own_cells(lesson)
    try:
        for left_out in ([own, {}] if own else [{}]) if is_notebook(path) else []:
            row = _marked(row, path, (seconds, memory), stop, left_out)
            right = [*row.marks.values()].count(PASSED) == len(course().get(lesson, ()))
            if row.ran.startswith("stopped") or (row.ran == "ran" and right):
                break
    except Exception as error:  # the others are marked all the same
        row = row._replace(ran=_printable(f"could not be marked: {type(error).__name__}: {error}"))
    return row


def _marked(row, path, limits, stop, own):
    report, end = _run(path, *limits, stop, own)
    ran, marks, extra = "could not be run", {}, {}
    for record in report:
        with suppress(Exception):  # a submission may have written it, whatever it liked
            kind, *what = json.loads(record)
            if kind == "ran":
                ran = _printable(what[0])
            elif KEY not in os.environ or what[0] == "hand_in":  # else the lesson's own, to practise
                name, mark = judged(*what)
                (marks if mark else extra)[name] = mark
    return row._replace(ran=end or ran, marks=marks, extra=[*extra][:5])


def judged(check, names, packed):
    """Return (exercise, mark) for what was handed over; the mark is None for what the course does not ask."""
    exercise = found(check, names)
    if exercise is None:
        return _printable(f"{check}({names[0]})")[:60], None
    try:
        given, how = unpacked(packed), getattr(mnet.checks, check)
        if check in ("answer", "hand_in"):
            verdict = how(exercise.subject, given)
        elif check == "goal":
            verdict = how(reached(*given), *exercise.arguments)
        else:
            both = ([_Answer(*fields) for fields in answers] for answers in given[1:])
            verdict = how(Given(given[0], *both))
    except ValueError as error:  # a network whose parts do not fit
        return exercise.name, f"{WRONG}: {_printable(str(error))}"
    message = _printable(verdict.message.partition(": ")[2].partition("\n")[0])
    return exercise.name, {True: PASSED, None: NOT_YET, False: f"{WRONG}: {message}"}[verdict.passed]


def reached(net, points):
    """Return what `goal` looks at: the points of a run, none better than its network proves to be here."""
    if sum(net.sizes) > 3000:
        raise ValueError("no network of a panel")
    measured = mnet.evaluate(net, mnist().validation) / len(mnist().validation)
    points = [(float(at), 0.0, min(float(share), measured)) for at, share in points]
    return Told(training=Told(net=net, validation=points, ghosts=[], verdict=lambda: ""))


mnist = functools.cache(mnet.load_mnist)  # of thousands of goals


def _run(path, seconds, memory, stop, own):
    """Run a submission in its room; return the lines of its report, and why it was stopped, or None."""
    if path.stat().st_size > NOTEBOOK_LIMIT:
        return [], f"found more than {NOTEBOOK_LIMIT:,} bytes, wanted a Jupyter notebook"
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home,  # for IPython's folder as well
        open(f"{home}/report", "w+b") as report,  # before the submission can put something else there
        open(shutil.copyfile(path, f"{home}/handed-in"), "rb") as notebook,  # a copy, for /proc lets it write
    ):
        os.mkdir(f"{home}/here")
        env = {name: os.environ[name] for name in KEPT if name in os.environ}
        env |= dict.fromkeys(("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP"), home)
        env |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        env |= {"PYTHONPATH": ROOT}
        told = map(str, (report.name, seconds, memory, json.dumps(own)))
        process = psutil.Popen(
            [*_walls(home, memory), sys.executable, "-P", room.__file__, *told],
            stdin=notebook, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            cwd=f"{home}/here", env=env, start_new_session=True,
        )  # fmt: skip
        end = _end(process, seconds, memory, stop)
        return report.read(REPORT_LIMIT).splitlines(), end


def warm_up():
    """Have what submissions import compiled where it lies: they may not write there, and each would wait.

    uv compiles nothing when it installs.
    """
    names = "ipykernel.kernelapp, matplotlib.pyplot, mnet.checks.handover, mnet.live.panels, nbclient"
    env = os.environ | dict.fromkeys(("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"), "")
    # -P: none of their names is looked for where the command runs, maybe beside the submissions.
    command = [sys.executable, "-P", "-c", f"import {names}"]
    subprocess.run(command, env=env | {"PYTHONPATH": ROOT}, stderr=subprocess.DEVNULL)


@functools.cache
def bubblewrap():
    """Return the path of bubblewrap; None where there is none, or where the system forbids what it needs."""
    path = shutil.which("bwrap")
    tried = [path, "--unshare-all", "--ro-bind", "/", "/", "true"]
    return path if path and not subprocess.run(tried, stderr=subprocess.DEVNULL).returncode else None


def _walls(home, memory):
    """Return the words before a command that let it see its home, with the report, and little else.

    They are bubblewrap's; none where there is none.
    """
    if not bubblewrap():
        return []
    # What is not named is not there: no network, no other process, no other submission.
    system = "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/fonts"
    python = sys.prefix, sys.base_prefix, os.path.dirname(os.path.realpath(sys.executable))
    seen = [*system, *python, mnet.__path__[0], str(COURSE / "data")]
    size = ["--size", str(memory * 2**19)]
    return [
        bubblewrap(), "--unshare-all", "--die-with-parent", "--cap-drop", "ALL",
        "--proc", "/proc", "--dev", "/dev", *size, "--tmpfs", "/dev/shm", "--remount-ro", "/dev",
        *size, "--tmpfs", tempfile.gettempdir(), "--dir", f"{home}/here",
        *(word for place in seen for word in ("--ro-bind-try", place, place)),
        # The solutions are hidden behind an empty folder: in a wheel they lie inside Python's.
        "--ro-bind", f"{home}/here", str(COURSE / "notebooks"),
        "--bind", f"{home}/report", f"{home}/report", "--remount-ro", "/",
    ]  # fmt: skip


def _end(process, seconds, memory, stop):
    """Wait for a process, and leave nothing of it; return why it was stopped, or None where it ended."""
    tree, began, worked = [process], time.monotonic(), 0
    busy = began
    try:
        while process.poll() is None:
            with suppress(psutil.Error):
                tree = [process, *process.children(recursive=True)]
            held = used = 0  # bytes, what they share counted for each; seconds of a processor
            for one in tree:
                with suppress(psutil.Error):
                    held += one.memory_info().rss
                    used += sum(one.cpu_times())
            now = time.monotonic()
            if abs(used - worked) > 0.5:  # less than before, once a process is gone
                worked, busy = used, now
            if stop or now > began + seconds:
                return f"stopped after {seconds} seconds"
            if now > busy + IDLE:
                return f"stopped after {IDLE} seconds without doing anything"
            if held > memory * 2**20:
                return f"stopped with more than {memory} MiB of memory"
            with suppress(psutil.TimeoutExpired):
                process.wait(0.2)
    finally:
        with suppress(psutil.Error):
            tree += process.children(recursive=True)
        for one in tree:
            with suppress(psutil.Error):
                one.kill()
        process.wait()


def _printable(text):
    """Return text on one line, of no more than 300 characters, none of which a terminal obeys."""
    return " ".join("".join(c if c.isprintable() else " " for c in text[:2000]).split())[:300]
