"""The figures on hostile files turn red when a reader runs something, takes memory or gives wrong data."""

import json
import subprocess
import sys

import pytest

from tests.promises import hostile

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="measures memory by Linux's /proc")


def test_the_quick_form_is_met():
    for what, figure, _, met in hostile.rows(quick=True):
        assert met, (what, figure)


def found(change, part, *arguments):
    """Return what a part finds once the statements `change` have broken something, in its own process."""
    code = f"""
import json, pickle, sys
import mnet, numpy as np
from tests.promises import hostile
{change}
hostile.main(hostile.{part}, json.loads(sys.argv[1]))"""
    command = [sys.executable, "-c", code, json.dumps(arguments)]
    return json.loads(subprocess.run(command, cwd=hostile.ROOT, stdout=subprocess.PIPE, check=True).stdout)


RUNNING = [
    "os.system",
    "eval",
    "a function",
    "a file to write",
    "a socket",
    "a new process",
    "code from bytes",
]
RUNNING += ["a module by its name", "a reduce, protocol 0", "a reduce in a reduce, protocol 5"]


@pytest.mark.parametrize("attack", RUNNING)
def test_what_a_pickle_runs_is_seen(attack):
    unguarded = "hostile.READERS['pickle'] = lambda path: pickle.loads(path.read_bytes())"
    assert found(unguarded, "corpus", [attack])["ran"]


BREAKS = {
    "a limit too large": ("mnet.files.IDX_LIMIT = mnet.pickles.IDX_LIMIT = 3 * 10**8", "bombs"),
    "an error of our own": ("mnet.Network.load = lambda path: 1 / 0", "corpus", ["objects"]),
    "labels of something else": (
        "hostile.READERS['labels'] = lambda p: [hostile.read_idx(p, ()) * 2]",
        "fuzz",
        200,
    ),
    "pixels of something else": (
        "mnet.pickles._Array.map = lambda a, f: np.zeros(a.shape, 'u1')",
        "fuzz",
        200,
    ),
    "a changed byte that no one sees": (
        "was, hostile.read_idx = hostile.read_idx, lambda p, item, _: was(mnet.data.FOLDER / p.name, item)",
        "changed_bytes",
        2,
        True,
    ),
}


@pytest.mark.parametrize("broken", BREAKS)
def test_a_reader_that_is_not_sound_is_seen(broken):
    assert not hostile.sound(found(*BREAKS[broken]), 1, refused=broken.startswith("a changed"))
