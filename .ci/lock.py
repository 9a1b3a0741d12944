"""Refresh the pins: requirements-lock.txt for pip, and the same pins in pyproject.toml for `uv run`.

    uv run --no-project .ci/lock.py

A uv.lock would be one file in place of two, but it names the package index it was made from.
"""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OPTIONS = "--upgrade --universal --generate-hashes --no-annotate --no-header --quiet"

# --no-config, or the old pins in pyproject.toml would hold the new ones back.
command = f"uv pip compile --no-config {OPTIONS} --extra test pyproject.toml -o requirements-lock.txt"
subprocess.run(command.split(), cwd=ROOT, check=True)

pins = re.findall(r"^(\S+==.+?) \\$", (ROOT / "requirements-lock.txt").read_text("utf-8"), re.MULTILINE)
project = ROOT / "pyproject.toml"
head, opening, rest = project.read_text("utf-8").partition("constraint-dependencies = [\n")
tail = rest[rest.index("]\n") :]
lines = "".join(f'    "{pin}",\n' for pin in pins)
project.write_text(head + opening + lines + tail, "utf-8", newline="\n")
