"""The parts of benchmarks/trust, importable by name."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _parts(monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "benchmarks" / "trust")
