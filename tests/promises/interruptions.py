"""Interruptions: `mnet train --save` and the notebook build, stopped at random moments or on a full disk.

And the places that people give by mistake, which nothing may be written to, and a stdout that takes no line.
Every other signal waits for a change in the folder, so that many arrive while a file is being written. Needs
Linux or macOS: Windows has no such signals.
"""

import contextlib
import gzip
import json
import os
import re
import resource
import shlex
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

import mnet
from mnet.cli.train import Run

ROOT = Path(__file__).resolve().parents[2]
TRAIN = [sys.executable, "-m", "mnet", "train"]
# 2,000 mini-batches and 22 saves: half a second.
SETTINGS = ["--epochs", "20", "--mini-batch-size", "5", "--eta", "1", "--seed", "7"]
# Without a grammar of web addresses, which takes jsonschema seconds to load and checks nothing here.
FAST = """import runpy, sys
sys.modules["rfc3987_syntax"] = None
del sys.argv[0]
runpy.run_path(sys.argv[0], run_name="__main__")"""
LESSON = '# %%\nprint("a long lesson\\n" * 100_000)\n'  # 2 MB to write
MARK = f"MNET_INTERRUPTED_{os.getpid()}"  # in the environment of all that is started here
# Room for one network of 96 kB, not for two.
SMALL_DISK = 'mount -t tmpfs -o size=150k none "$0" && exec "$@"'
READ_ONLY_DISK = 'mount -t tmpfs -o ro none "$0" && exec "$@"'
LONG = "1000000"  # epochs: nothing is refused after them
LIMIT = 60_000  # bytes of a file, where no disk can be mounted


def few_images(folder):
    """Write the first 600 training and 200 test images of the course as IDX files."""
    mnist = mnet.load_mnist()
    for part, split, n in ("train", mnist.train, 600), ("t10k", mnist.test, 200):
        images = split.images[:n].reshape(n, 28, 28)
        for name, array in ("images-idx3", images), ("labels-idx1", split.labels[:n]):
            header = np.array([0x800 + array.ndim, *array.shape], ">u4")
            path = Path(folder, f"{part}-{name}-ubyte.gz")
            path.write_bytes(gzip.compress(header.tobytes() + array.tobytes()))


# Each returns the path of an old file, the command that replaces it, the one that goes on after a stop, and
# how often the folder changes meanwhile.


def training(folder, data):
    path = Path(folder, "net.npz")
    Run([784, 30, 10], 1, 10, 3.0, seed=0).save(path)
    options = ["--data", data]
    return (
        path,
        [*TRAIN, *SETTINGS, *options, "--save", path, "--overwrite"],
        [*TRAIN, *options, "--resume", path],
        40,
    )


def build(folder, _):
    Path(folder, "src").mkdir()
    Path(folder, "src", "00_long.py").write_text(LESSON)
    path = Path(folder, "00_long.ipynb")
    path.write_text("the old notebook")
    _, program = (shutil.copy(ROOT / "notebooks" / name, folder) for name in ("sanitize.cfg", "build.py"))
    return path, [sys.executable, "-c", FAST, program], None, 1


def entries(folder):
    """Return what each write changes; None at the moment of a change itself."""
    with contextlib.suppress(FileNotFoundError), os.scandir(folder) as found:
        return [(entry.name, entry.stat().st_mtime_ns) for entry in found]


def strike(command, folder, number, latest, writes):
    """Start the command, send it the signal at a random moment or in one of its writes, see it end."""
    rng = np.random.default_rng()
    seconds, changes = rng.uniform(0, latest), rng.integers(1, writes + 1) if writes else 0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        for _ in range(changes):
            before = entries(folder)
            while process.poll() is None and entries(folder) == before:
                time.sleep(0.00005)
        time.sleep(10 ** rng.uniform(-5, -2) if changes else seconds)  # a write takes some milliseconds
        process.send_signal(number)
        try:
            process.wait(300)
        finally:
            process.kill()


def moment(prepare, data, whole, number, latest, count):
    """Interrupt once; return what is there then: the old file, the new one, or a spoilt one."""
    with TemporaryDirectory() as folder:
        path, command, resume, writes = prepare(folder, data)
        old = path.read_bytes()
        strike(command, folder, number, latest, writes * (count % 2))
        found = path.read_bytes()
        half = any(Path(folder).glob(".*.part"))
        if found == old:
            return "old", half
        if resume:  # to the end, which is the same as without a stop
            subprocess.run(resume, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            found = path.read_bytes()
        return ("new" if found == whole else "spoilt"), half


def uninterrupted(prepare, data):
    """Return the bytes of the file as it should be, and how many seconds it takes."""
    with TemporaryDirectory() as folder:
        path, command, *_ = prepare(folder, data)
        old, began = path.read_bytes(), time.monotonic()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        assert path.read_bytes() != old
        return path.read_bytes(), time.monotonic() - began


def left_running(seconds=20):
    """Return how many processes of those that were started here do not end (0 where /proc is missing)."""
    end = time.monotonic() + seconds
    while True:
        count = 0
        for path in Path("/proc").glob("[0-9]*/environ"):
            with contextlib.suppress(OSError):
                count += path.parent.name != str(os.getpid()) and MARK.encode() in path.read_bytes()
        if not count or time.monotonic() > end:
            return count
        time.sleep(0.2)


def interruptions(prepare, data, number, count):
    """Return a row: how many of `count` random moments left the old file, the new one, a spoilt one."""
    whole, seconds = uninterrupted(prepare, data)
    once = partial(moment, prepare, data, whole, number, 1.5 * seconds)  # two at once are slower
    with ThreadPoolExecutor(2) as two:
        outcomes = [*two.map(once, range(count))]
    found, half = Counter(name for name, _ in outcomes), sum(half for _, half in outcomes)
    figure = f"{found['old']} old, {found['new']} new, {found['spoilt']} spoilt"
    figure += f"; {half} came while it wrote" if number == signal.SIGKILL else ""
    what = f"{number.name} at {count} random moments of a {prepare.__name__}"
    return what, figure, "0 spoilt, resumed to the same bits", found["spoilt"] == 0


def refused(prepare, data, folder, limit):
    """Let the command run out of room; return what it says, and whether it left all as it was."""
    path, command, *_ = prepare(folder, data)
    old, before = path.read_bytes(), {name for name, _ in entries(folder)}
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    run = subprocess.run(command, capture_output=True, text=True)
    clear = run.returncode == 1 and "Traceback" not in run.stderr
    intact = path.read_bytes() == old and {name for name, _ in entries(folder)} == before
    return run.stderr.rpartition("Error: ")[2].rstrip().replace(f"{folder}/", ""), clear and intact


def mounted(script, folder):
    """Return a command that runs the next one with a disk of its own at `folder`; None where it cannot."""
    disk = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, folder]
    works = shutil.which("unshare") and not subprocess.run([*disk, "true"], capture_output=True).returncode
    return disk if works else None


def full_disk(prepare, data):
    """Return a row: a child finds a small disk of its own full, or may write no long file."""
    with TemporaryDirectory() as folder:
        disk = mounted(SMALL_DISK, folder)
        child = [sys.executable, __file__, prepare.__name__, data, folder, str(0 if disk else LIMIT)]
        run = subprocess.run([*(disk or ()), *child], capture_output=True, text=True, check=True)
    sentence, well = json.loads(run.stdout)
    what = f"{'a full disk' if disk else 'no file over 60 kB'} while a {prepare.__name__} saves"
    return what, sentence, "one sentence, the old file intact, nothing beside it", well


def filling_disk(data):
    """Return a row: a new run's first save fits the disk, its second does not, and it goes on elsewhere."""
    what, target = "a disk that fills up between two saves", "the first kept, resumed to the same bits"
    whole, _ = uninterrupted(training, data)
    with TemporaryDirectory() as folder, TemporaryDirectory() as elsewhere:
        if not (disk := mounted(SMALL_DISK, folder)):
            return what, "not tried: none can be mounted here", target, None
        path, other = Path(folder, "net.npz"), Path(elsewhere, "net.npz")
        command = [*TRAIN, *SETTINGS, "--data", data, "--save", path]
        resume = shlex.join([*TRAIN, "--data", data, "--resume", str(path), "--save", str(other)])
        script = ["sh", "-c", f'"$@"; ls -A "$0"; {resume}', folder, *command]
        run = subprocess.run([*disk, *script], capture_output=True, text=True)
        same = other.exists() and other.read_bytes() == whole
    first, kept, second = run.stdout.splitlines()[:3]
    met = same and first.startswith("Epoch 0") and kept == "net.npz" and second.startswith("Epoch 1")
    return what, run.stderr.rpartition("Error: ")[2].rstrip().replace(f"{folder}/", ""), target, met


def read_only_disk(data):
    """Return a row: what is said of a disk that may only be read."""
    what, target = "a disk that may only be read", "one sentence"
    with TemporaryDirectory() as folder:
        if not (disk := mounted(READ_ONLY_DISK, folder)):
            return what, "not tried: none can be mounted here", target, None
        command = [*TRAIN, "--data", data, "--save", Path(folder, "net.npz")]
        run = subprocess.run([*disk, *command], capture_output=True, text=True)
    sentence = run.stderr.removeprefix("Error: ").rstrip().replace(f"{folder}/", "")
    return what, sentence, target, run.returncode == 1 and sentence.count("\n") == 0 < len(sentence)


def unwritable(folder):
    """Yield (what, path) of places that are no place for a new file, or must not lose their old one."""
    run = Run([784, 30, 10], 1, 10, 3.0, seed=0)
    run.use(mnet.load_mnist())
    for name in "network", "protected", "target":
        run.save(Path(folder, name))
    Path(folder, "protected").chmod(0o444)
    Path(folder, "photo").write_bytes(b"a photo")
    Path(folder, "link").symlink_to("target")
    Path(folder, "circle").symlink_to("circle")
    Path(folder, "astray").symlink_to("no/such/folder")
    Path(folder, "folder").mkdir()
    os.mkfifo(Path(folder, "FIFO"))
    yield from ((path.name, path) for path in [*Path(folder).iterdir()] if path.name != "target")
    yield "a folder that is missing", Path(folder, "missing", "file")
    yield "a name that is too long", Path(folder, "x" * 300)
    yield "no name", Path(folder, "folder", "..")


def inventory(folder):
    """Return the kind, the permissions and the content of all that is in a folder."""
    found = {}
    for path in Path(folder).rglob("*"):
        status = path.lstat()
        content = path.read_bytes() if stat.S_ISREG(status.st_mode) else None
        found[path] = status.st_mode, status.st_ino, content
    return found


def refused_at_once(option, path, data):
    """Return whether `mnet train` refuses the path in one sentence, before any epoch."""
    command = [*TRAIN, "--epochs", LONG, "--data", data, option, path]
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=60)
    except subprocess.TimeoutExpired:
        return False
    return bool(re.fullmatch(r"Error: .*wanted .*\n", run.stderr)) and not run.stdout


def places(data):
    """Return a row: how many of the unwritable places are refused before the training, and all is kept."""
    tries, faults = 0, []
    for option in "--save", "--plot":
        with TemporaryDirectory() as folder:
            for what, path in dict(unwritable(folder)).items():
                if option == "--plot":  # whose name must end in .png
                    path, place = Path(folder, f"{what}.png"), path
                    path.symlink_to(place)
                before = inventory(folder)
                refused = refused_at_once(option, path, data)
                tries += 1
                if not refused or inventory(folder) != before:
                    faults.append(f"{option} {what}")
    what = f"{tries} places not to be written, by --save and --plot"
    figure = f"{tries - len(faults)} refused before the training, all kept"
    return what, "; not: ".join([figure, *faults]), "all", not faults


def outputs(data):
    """Return a row: how many runs with a broken stdout or stderr end, or resume, to the same bits."""
    whole, _ = uninterrupted(training, data)
    redirections = ">/dev/full", "2>/dev/full", ">&-", "2>&-", "<&- >&- 2>&-", ">/dev/full 2>&-", "| head -1"
    faults = []
    for redirection in redirections:
        with TemporaryDirectory() as folder:
            path, command, resume, _ = training(folder, data)
            script = ["sh", "-c", f'"$@" {redirection}', "sh", *command]
            error = subprocess.run(
                script, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
            ).stderr
            subprocess.run(resume, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if path.read_bytes() != whole or "Traceback" in error or "Exception ignored" in error:
                faults.append(redirection)
    what = f"stdout or stderr full, closed or missing, in {len(redirections)} ways"
    figure = f"{len(redirections) - len(faults)} saved and resumed to the same bits"
    return what, "; not: ".join([figure, *faults]), "all, without a traceback", not faults


def rows(quick):
    os.environ[MARK] = "yes"
    with TemporaryDirectory() as data:
        few_images(data)
        for prepare in training, build:
            for number in signal.SIGINT, signal.SIGKILL:
                yield interruptions(prepare, data, number, 2 if quick else 100)
            yield full_disk(prepare, data)
        yield filling_disk(data)
        yield read_only_disk(data)
        yield places(data)
        yield outputs(data)
        count = left_running()
        yield "processes left running, kernels of interrupted builds among them", str(count), "0", count == 0


if __name__ == "__main__":
    _, name, data, folder, limit = sys.argv
    print(json.dumps(refused({"training": training, "build": build}[name], data, folder, int(limit))))
