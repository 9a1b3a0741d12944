"""The table of what is measured tells what is missed, and is whole whatever happens."""

import runpy
import sys
from types import SimpleNamespace

import pytest


def breaks_off(quick):
    yield "first", quick, "all", True
    raise OSError("no room")


def part(*rows):
    return lambda quick: iter(rows)


@pytest.mark.parametrize(
    ("rows", "last", "missed"),
    [
        (part(("speed", 3, "5", False)), "| inputs | speed | 3 | 5 | **no** |", 1),
        (part(("speed", 3, "5", None)), "| inputs | speed | 3 | 5 | – |", 0),
        (part(("speed", 7, "5", True)), "| inputs | speed | 7 | 5 | yes |", 0),
        (breaks_off, "| inputs | measured to the end | OSError: no room | all | **no** |", 1),
    ],
)
def test_what_is_missed_is_told_and_the_rest_is_measured(rows, last, missed, monkeypatch, capsys):
    for name, its_rows in ("inputs", rows), ("supply", part(("pins", 0, "0", True))):
        monkeypatch.setitem(sys.modules, f"tests.promises.{name}", SimpleNamespace(rows=its_rows))
    monkeypatch.setattr(sys, "argv", ["promises", "--quick", "inputs", "supply"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("tests.promises", run_name="__main__")
    assert ended.value.code == missed
    table = capsys.readouterr().out.splitlines()
    assert table[-2:] == [last, "| supply | pins | 0 | 0 | yes |"]
