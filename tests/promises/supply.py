"""Supply: few dependencies, each with its reason; pins with hashes; lessons that run without a network."""

import os
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
# Loaded by each Python that starts: writes down, and refuses, what leads off this machine.
GUARD = """
import os, sys

def closed(event, args):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        where = args[1][0] if isinstance(args[1], tuple) else ""  # a path, of a Unix socket: here
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        where = args[0] or ""
    else:
        return
    where = where.decode() if isinstance(where, bytes) else str(where)
    if where not in ("", "localhost", "::1") and not where.startswith("127."):
        with open(os.environ["MNET_CLOSED"], "a") as log:
            log.write(f"{event} {where}\\n")
        raise OSError(f"closed: {event} {where}")

sys.addaudithook(closed)
"""
RUN = """
import sys
import nbclient, nbformat
notebook = nbformat.read(sys.argv[1], 4)
client = nbclient.NotebookClient(notebook, timeout=900, kernel_name="python3")
client.resources = {"metadata": {"path": sys.argv[2]}}
client.execute()
"""


def rows(quick):
    """Yield the figures on what the course is made of."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    groups = project["project"]["optional-dependencies"]
    needed, tests = project["project"]["dependencies"], groups["test"]
    others = [line for group in groups.values() for line in group]
    pages = ROOT / "README.md", *ROOT.glob("docs/*.md")
    text = "".join(page.read_text("utf-8") for page in pages)
    absent = unexplained([Requirement(line).name for line in needed + others], text)
    figure = f"{len(needed)}, {len(others)} more to test, measure and teach"
    figure += "".join(f", {name} not named" for name in absent)
    yield "dependencies", figure, "each explained", not absent
    pins = (ROOT / "requirements-lock.txt").read_text("utf-8")
    wrong = mistaken(pins, needed + tests)
    count = len(re.findall(r"^[\w.-]+==", pins, re.MULTILINE))
    yield "pins", f"{count}, {len(wrong)} without a hash or out of range", "none", not wrong and count > 20
    lessons = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
    lessons = lessons[1:3] if quick else lessons
    attempts = [line for lesson in lessons for line in offline(lesson)]
    figure = f"{len(lessons)} run, {len(attempts)} attempts" + "".join(f", {line}" for line in attempts[:3])
    yield "lessons with the network closed", figure, "no attempt, no error", not attempts


def unexplained(names, text):
    """Return the packages that the text does not name."""
    plain = re.sub(r"[\W_]", "", text).lower()
    spoken = {"pytest-xdist": "xdist", "torch": "PyTorch"}
    return [name for name in names if re.sub(r"[\W_]", "", spoken.get(name, name)).lower() not in plain]


def mistaken(pins, ranges):
    """Return the pins without a hash, and the dependencies that no pin satisfies."""
    lines = [
        line for line in pins.replace("\\\n", "").splitlines() if line.strip() and not line.startswith("#")
    ]
    wrong = [line for line in lines if not re.search(r"--hash=sha256:[0-9a-f]{64}\b", line)]
    versions = {}
    for line in lines:
        pin = Requirement(line.split(" --hash")[0].strip())
        versions.setdefault(pin.name.lower(), []).append(str(pin.specifier).removeprefix("=="))
    for wanted in map(Requirement, ranges):
        found = versions.get(wanted.name.lower(), [])
        if not found or not all(wanted.specifier.contains(version) for version in found):
            wrong.append(f"{wanted}: {found}")
    return wrong


def offline(notebook):
    """Run a notebook where no socket leads off this machine; return what it tried, and its error."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "sitecustomize.py").write_text(GUARD)
        log = Path(folder, "log")
        log.touch()
        paths = os.pathsep.join(filter(None, (folder, os.environ.get("PYTHONPATH"))))
        environment = os.environ | {"PYTHONPATH": paths, "MNET_CLOSED": str(log)}
        command = [sys.executable, "-c", RUN, str(notebook), str(ROOT / "notebooks")]
        with open(Path(folder, "errors"), "w+") as told:  # no pipe: a kernel left behind would keep it open
            code = subprocess.run(command, env=environment, stderr=told, timeout=1200).returncode
            told.seek(0)
            errors = told.read().strip().splitlines()[-1:] if code else []
        return log.read_text().splitlines() + errors
