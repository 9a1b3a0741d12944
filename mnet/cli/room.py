"""The room of a submission for `mnet check`: a real kernel runs it, and hands over what its checks ask of it.

Not a lesson. All of this may be in the hands of the submission, so it decides nothing: it writes down plain
numbers and words, and whoever reads them, in a process of its own, trusts none and gives the marks.
"""

import ctypes
import json
import os
import re
import signal
import sys
from contextlib import suppress

import numpy as np

from mnet import checks
from mnet.checks.judge import Given, _Answer
from mnet.feedforward import Network
from mnet.files import DataError, read_bytes
from mnet.guards import refuse_parameters

NOTEBOOK_LIMIT = 2**28  # bytes of a notebook, outputs and all
MOST = 200_000  # numbers of an array: a network of the course has half as many
PR_SET_PDEATHSIG = 1  # of linux/prctl.h
LISTEN = "__import__('mnet.cli.room').cli.room.listen({!r})"


def plain(value):
    """Return a value as JSON can hold it: numbers, words, and the names of all other kinds.

    >>> plain((1, "one", ..., np.eye(1)))
    {'list': [1, 'one', {'kind': 'ellipsis'}, {'array': [1.0], 'shape': [1, 1]}]}
    """
    if value is None or type(value) in (bool, int, float, str):
        return value[:1000] if type(value) is str else value
    if isinstance(value, (list, tuple)) and len(value) <= MOST:
        return {"list": [plain(part) for part in value]}
    if type(value) is Network and {*vars(value)} == {"sizes", "weights", "biases"}:
        return {"network": plain([value.sizes, value.weights, value.biases])}
    with suppress(Exception):  # whatever an object does when it is asked for numbers
        array = np.asarray(value)
        if array.dtype.kind in "biuf" and array.size <= MOST:
            return {"array": array.ravel().tolist(), "shape": list(array.shape)}
    return {"kind": type(value).__name__[:60]}


def unpacked(value):
    """Return the value that `plain` packed; TypeError, KeyError or ValueError where it did not.

    >>> unpacked(plain([1, ..., np.eye(1)]))
    [1, Ellipsis, array([[1.]])]
    """
    if not isinstance(value, dict):
        return value
    if "list" in value:
        return [unpacked(part) for part in value["list"]]
    if "array" in value:
        if (array := np.array(value["array"])).dtype.kind not in "biuf":
            raise TypeError("no numbers")
        return array.reshape(value["shape"])
    if "network" in value:
        net = Network.__new__(Network)
        net.sizes, *arrays = unpacked(value["network"])
        net.weights, net.biases = ([np.asarray(array, float) for array in some] for some in arrays)
        refuse_parameters(net)
        return net
    return ... if value["kind"] == "ellipsis" else type(str(value["kind"]), (), {})()


def given(check, verdict, arguments):
    """Return what a check asked about, packed."""
    if check == "answer":
        return plain(arguments[1])
    if check == "hand_in":
        return plain(verdict.given)
    if check == "goal":
        training = arguments[0].training
        points = [training.validation, *(ghost["validation"] for ghost in training.ghosts)]
        return plain([training.net.biases, training.net.weights, [p[::2] for run in points for p in run]])
    return plain([verdict.given.kind, *([[*answer] for answer in some] for some in verdict.given[1:])])


def as_given(packed):
    """Return what a function has Given, from `given`."""
    kind, *both = unpacked(packed)
    return Given(kind, *([_Answer(*fields) for fields in some] for some in both))


def listen(report):
    """Write what each check asks about into the report; the submission's kernel begins with this."""
    from IPython import get_ipython

    def draw_nothing(_):
        figures = sys.modules.get("mnet.figures")  # which takes a second to load: many ask for none
        if figures:
            figures.png = lambda *_, **how: (b"", "")

    def tell(check, verdict, arguments, names):
        asked = arguments[0]
        mine = [name for name, value in [*names.items()] if value is asked][-20:]
        own = asked if check in ("answer", "hand_in") else getattr(asked, "__name__", type(asked).__name__)
        write(report, "given", check, [str(own), *mine], given(check, verdict, arguments))

    checks.watchers.append(tell)
    shell = get_ipython()
    shell.ask_exit = lambda: None  # exit() ends no lesson: the next cells may be right
    shell.display_formatter.format = lambda *_, **how: ({}, {})  # nobody looks, so nothing is drawn
    shell.events.register("pre_run_cell", draw_nothing)


def write(report, *record):
    """Append a record to the report, in one piece."""
    with open(report, "ab", 0) as file:
        file.write(f"{json.dumps(record)}\n".encode())


def code_cells(path):
    """Return the sources of a notebook's code cells; DataError for any other file."""
    said = {RecursionError: "endless brackets", UnicodeDecodeError: "no UTF-8 text"}
    said |= dict.fromkeys((KeyError, TypeError), "JSON without code cells of format 4")
    content = read_bytes(path, NOTEBOOK_LIMIT)
    try:
        sources = [cell["source"] for cell in json.loads(content)["cells"] if cell["cell_type"] == "code"]
        return ["".join(source) for source in sources]
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        said = said.get(type(error), f"no JSON ({error})")
        raise DataError(path, said, "a Jupyter notebook") from None


def needed(sources, own):
    """Return the sources, those of the course's own emptied that bind no name in a cell behind them.

    own : {source: the names it binds}

    >>> needed(["a = 1", "b = a", "print(b)", "my_b = b"], {"a = 1": ["a"], "b = a": ["b"], "print(b)": []})
    ['a = 1', 'b = a', '', 'my_b = b']
    """
    kept, words = [], set()
    for source in reversed(sources):
        source = source if source not in own or words.intersection(own[source]) else ""
        words.update(re.findall(r"\w+", source))
        kept.append(source)
    return kept[::-1]


def run(path, report, own):
    """Run a notebook's code in a kernel, without what is not needed, and report each cell that has ended."""
    # A grammar of web addresses, which takes jsonschema a second to load, and checks nothing in a notebook.
    sys.modules.setdefault("rfc3987_syntax", None)
    from nbclient import NotebookClient
    from nbformat.v4 import new_code_cell, new_notebook

    class Client(NotebookClient):
        def output(self, *_):  # what a submission shows is no mark, and may be endless
            return None

    def ended(cell, cell_index, execute_reply):
        reply = execute_reply["content"]
        failed = f"{reply['ename']}: {reply['evalue'][:300]}" if reply["status"] == "error" else ""
        write(report, "ran", cell_index, failed)

    try:
        sources = needed(code_cells(path), own)
    except DataError as error:
        write(report, "no notebook", str(error).removeprefix(f"{path}: ").partition(";")[0])
        return
    write(report, "cells", len(sources))
    # nbclient passes over empty cells, and would not count them.
    cells = [
        new_code_cell(source if source.strip() else "None") for source in [LISTEN.format(report), *sources]
    ]
    client = Client(
        new_notebook(cells=cells), kernel_name="python3", allow_errors=True, on_cell_executed=ended
    )
    with suppress(Exception):  # a kernel that died: the cells that ran are counted
        client.execute()


def main(path, report, seconds, memory, file_size, own):
    """Run a notebook within limits, end with the marking, and end whatever the notebook has left."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    # Twice the time, of the processor, for what slips away from the kill. Windows has no such limits.
    limits = {"AS": int(memory) * 2**20, "CPU": 2 * int(seconds), "FSIZE": int(file_size), "CORE": 0}
    with suppress(ImportError):
        import resource

        for name, limit in limits.items():
            with suppress(ValueError, OSError):  # macOS refuses some
                resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (limit, limit))
    run(path, report, json.loads(own))
    os._exit(0)  # threads that a submission has left do not keep it here
