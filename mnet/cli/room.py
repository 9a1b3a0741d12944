"""The room of a submission for `mnet check`: a real kernel runs it, and hands over what its checks ask of it.

Not a lesson. A process of its own runs this file, which needs nothing of mnet that takes long to load. All of
it may be in the hands of the submission, so it decides nothing: it writes down plain words, and whoever reads
them, in another process, trusts none and gives the marks.
"""

import json
import os
import re
import signal
import sys
from contextlib import suppress

FILE_LIMIT = 64 * 2**20  # bytes of any file that it writes
NOT_PASSED = "not passed yet"  # what a check of a class's edition raises: no fault of running it
LISTEN = "__import__('mnet.checks.handover').checks.handover.listen({!r})"


def code_cells(content):
    """Return the sources of the code cells of a notebook, given as bytes; ValueError for any other file."""
    said = {RecursionError: "endless brackets", UnicodeDecodeError: "no UTF-8 text"}
    said |= dict.fromkeys((KeyError, TypeError), "JSON without code cells of format 4")
    try:
        cells = json.loads(content)["cells"]
        return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        said = said.get(type(error), f"no JSON ({error})")
        raise ValueError(f"found {said}, wanted a Jupyter notebook") from None


def needed(sources, own):
    """Return the sources, those of the course's own emptied that bind no name in a cell behind them.

    own : {source: the names it binds}

    >>> needed(["a = 1", "b = a", "print(b)", "my_b = b"], {"a = 1": ["a"], "b = a": ["b"], "print(b)": []})
    ['a = 1', 'b = a', '', 'my_b = b']
    """
    kept, words = [], set()
    for source in reversed(sources):
        kept.append(source if source not in own or words.intersection(own[source]) else "")
        words.update(re.findall(r"\w+", kept[-1]))
    return kept[::-1]


def tell(report, said):
    """Write into the report how it went, as far as it went."""
    print(json.dumps(["ran", said]), file=report, flush=True)


def run(content, own, report):
    """Run a notebook's code in a kernel, without what is not needed, and tell how it goes."""
    # Grammars of web addresses and of durations, slow to load, by which nothing in a notebook is checked.
    sys.modules |= dict.fromkeys(("rfc3987_syntax", "isoduration"))
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError
    from nbformat.v4 import new_code_cell, new_notebook

    sources, failures = [LISTEN.format(report.name), *needed(code_cells(content), own)], []
    cells = [new_code_cell(source) for source in sources]
    client = NotebookClient(new_notebook(cells=cells), shutdown_kernel="immediate")
    client.output = lambda *_: None  # what a submission shows is no mark, and may be endless
    with suppress(Exception), client.setup_kernel():  # until the kernel dies
        for number, cell in enumerate(cells):
            tell(report, f"ended by itself in code cell {number}")  # unless it is heard of again
            try:
                client.execute_cell(cell, number)
            except CellExecutionError as error:
                if NOT_PASSED not in error.evalue and not own:  # it may need what is left out
                    failures.append(f"{error.ename}: {error.evalue[:300]}")
        count = f"{len(failures)} cells" if failures[1:] else "a cell"
        tell(report, f"{count} failed: {failures[0]}" if failures else "ran")


def main(report, seconds, memory, own):
    """Run the notebook in stdin within limits, and end whatever it has left."""
    # Twice the time, of the processor, for what slips away from the kill. Windows has no such limits.
    limits = {"AS": int(memory) * 2**20, "CPU": 2 * int(seconds), "FSIZE": FILE_LIMIT, "CORE": 0}
    with suppress(ImportError):
        import ctypes
        import resource

        for name, limit in limits.items():
            with suppress(ValueError, OSError):  # macOS refuses some
                resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (limit, limit))
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: it ends with its parent
    with open(report, "a") as file:
        try:
            run(sys.stdin.buffer.read(), json.loads(own), file)
        except ValueError as error:  # it is no notebook
            tell(file, str(error))
    os._exit(0)  # threads that a submission has left do not keep it here


if __name__ == "__main__":
    main(*sys.argv[1:])
