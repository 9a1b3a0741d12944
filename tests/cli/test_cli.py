import subprocess
from importlib import metadata

from mnet.cli import main


def test_the_script_and_the_module_are_the_command(shell):
    (script,) = metadata.entry_points(group="console_scripts", name="mnet")
    assert script.load() is main
    done = subprocess.run(shell("--help"), capture_output=True, text=True, check=True)
    assert all(f"  {name} " in done.stdout for name in ("lab", "train", "check", "doctor"))
