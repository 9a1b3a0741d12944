"""The figures on mutants turn red when one survives."""

import ast

import pytest

from mnet.sigmoid import sigmoid_prime
from tests.promises import mutation


@pytest.fixture(autouse=True)
def two_lessons(monkeypatch):
    monkeypatch.setattr(mutation, "TESTS", ["sigmoid", "cost"])


def test_everything_but_messages_is_changed():
    mutants = mutation.mutants("sigmoid")
    assert len({ast.dump(ast.parse(source)) for _, source in mutants}) == len(mutants)
    of_the_slope = [what for what, _ in mutants if what.startswith(f"sigmoid.{sigmoid_prime.__name__}: ")]
    assert {what.partition(": ")[2] for what in of_the_slope} == {
        "@guarded(z='...', a='...') → def sigmoid_prime(z, a=None):",
        "guarded(z='...', a='...') → guarded(z='...')",
        "guarded(z='...', a='...') → guarded(a='...')",
        "a is None → a is not None",
        "'...' → '..'",
        "return a * (1 - a) → return",
        "a * (1 - a) → a / (1 - a)",
        "1 - a → 1 + a",
        "1 → 2",
    }


@pytest.mark.parametrize(
    ("killer", "reasons", "met"), [("a test", False, True), (None, True, False), (None, False, False)]
)
def test_a_survivor_needs_a_reason_and_is_counted(monkeypatch, killer, reasons, met):
    monkeypatch.setattr(mutation, "coverage", lambda *tests: (1.0, 0.5))
    monkeypatch.setattr(mutation, "survey", lambda jobs: [killer for _ in jobs])
    everything = [what for lesson in mutation.TESTS for what, _ in mutation.mutants(lesson)]
    monkeypatch.setattr(mutation, "REASONS", dict.fromkeys(everything * reasons, "as it should be"))
    sound, killed, unexplained, lines, branches = mutation.rows(quick=True)
    assert sound[-1] is (killer is None)
    assert (killed[-1], unexplained[-1], lines[-1], branches[-1]) == (
        met,
        bool(killer) or reasons,
        True,
        False,
    )


def test_lines_that_no_test_runs_are_counted():
    lines, branches = mutation.coverage("mnet/sigmoid.py", "tests/test_sigmoid.py")
    assert 0 < branches < lines < 0.5
