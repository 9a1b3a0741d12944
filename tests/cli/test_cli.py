import os
import subprocess
from importlib import metadata

import pytest

from mnet.cli import main


def test_the_script_and_the_module_are_the_command(shell):
    (script,) = metadata.entry_points(group="console_scripts", name="mnet")
    assert script.load() is main
    done = subprocess.run(shell("--help"), capture_output=True, text=True, check=True)
    assert all(f"  {name} " in done.stdout for name in ("lab", "train", "check", "doctor"))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such device")
@pytest.mark.parametrize("word", ["doctor", "--help", "--version"])
@pytest.mark.parametrize(
    ("redirection", "status", "said"),
    [
        (
            ">/dev/full",
            1,
            "Error: stdout: found that it cannot be written (No space left on device), wanted ",
        ),
        ("| head -0", 0, ""),  # the status is that of head
        ("2>&-", 0, ""),
        (">&- 2>&-", 0, ""),
    ],
)
def test_a_command_minds_no_broken_output(shell, word, redirection, status, said):
    script = ["sh", "-c", f'"$@" {redirection}', "sh", *shell(word)]
    done = subprocess.run(script, capture_output=True, text=True)
    assert (done.returncode, done.stderr[: len(said)]) == (status, said)
    assert done.stderr.count("\n") == bool(said)


@pytest.mark.skipif(os.name == "nt", reason="a shell of Windows closes no stderr")
def test_a_file_never_takes_the_place_of_a_missing_stderr(shell, tmp_path):
    code = "import os, sys; from mnet.cli import main; main(['--version'], standalone_mode=False); " \
           f"os.write(2, b'a cry'); print(open({str(tmp_path / 'file')!r}, 'w').fileno())"  # fmt: skip
    done = subprocess.run(["sh", "-c", '"$0" -c "$1" 2>&-', shell()[0], code], capture_output=True, text=True)
    assert int(done.stdout.split()[-1]) > 2
