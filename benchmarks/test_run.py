"""The benchmark measures what it says: tried on a few images, without any of the libraries it compares."""

import sys

import numpy as np
import pytest

import mnet
from benchmarks import peers, run
from tests.support.per_example import floats, per_example_step

NUMPY_ONLY = "mnet", "per-example original", "first edition", "matrix products alone"


@pytest.fixture(scope="module")
def few():
    train = mnet.load_mnist().train
    return mnet.Split(train.images[:205], train.labels[:205])  # no multiple of ten: the last batch is short


def test_the_per_example_original_and_sgd_agree(few):
    net = mnet.Network([784, 30, 10], np.random.default_rng(0), dtype=np.float64)
    weights, biases = [w.copy() for w in net.weights], [b.copy() for b in net.biases]
    list(mnet.sgd(net, few, 1, 10, 3.0, np.random.default_rng(1)))
    x, y = (rows.astype(float)[:, :, None] for rows in floats(few))
    for batch in mnet.mini_batches(len(few), 10, np.random.default_rng(1)):
        per_example_step(weights, biases, [(x[i], y[i]) for i in batch], 3.0)
    for theirs, ours in zip(weights + biases, net.weights + net.biases, strict=True):
        np.testing.assert_allclose(theirs, ours, rtol=0, atol=1e-10)


def test_the_table_has_a_row_for_each_contestant(few):
    contestants = {name: peers.CONTESTANTS[name] for name in NUMPY_ONLY}
    epochs, shares, absent = run.line_up(contestants, few, few, least=0)
    rows = run.table(run.race(epochs, 1), shares).splitlines()[2:]
    assert [row.split(" | ")[0] for row in rows] == [f"| {name}" for name in NUMPY_ONLY]
    assert rows[0].split(" | ")[3] == "1.00"
    assert not absent


def test_a_contestant_that_does_not_learn_is_an_error(few):
    with pytest.raises(SystemExit, match=r"mnet reads .* wanted more than 100%"):
        run.line_up({"mnet": peers.CONTESTANTS["mnet"]}, few, few, least=1)


@pytest.mark.parametrize("name", ["PyTorch eager", "scikit-learn", "JAX", "numba"])
def test_a_missing_peer_is_left_out_with_a_remedy(few, monkeypatch, name):
    for module in "torch", "sklearn.exceptions", "jax", "numba":
        monkeypatch.setitem(sys.modules, module, None)  # as if not installed
    epochs, _, absent = run.line_up({name: peers.CONTESTANTS[name]}, few, few)
    assert not epochs
    assert len(absent) == 1
    assert absent[0].startswith(f"{name} is left out")
    assert "`uv run --extra bench python -m benchmarks.run`" in absent[0]


def test_contestants_take_turns():
    turns = []
    seconds = run.race({name: lambda name=name: turns.append(name) for name in "ab"}, 2)
    assert turns == ["a", "b", "a", "b"]
    assert list(seconds) == ["a", "b"]


def test_the_quick_run_prints_every_table(monkeypatch, capsys):
    contestants = {name: peers.CONTESTANTS[name] for name in ("mnet", "matrix products alone")}
    monkeypatch.setattr(run, "CONTESTANTS", contestants)
    monkeypatch.setattr(run, "HIDDEN", (10, 30))
    monkeypatch.setattr(run, "MINI_BATCHES", (10, 100))
    monkeypatch.setattr(sys, "argv", ["run.py", "--quick"])
    run.main()
    printed = capsys.readouterr().out
    for row in (
        "| mnet |",
        "| `load_mnist()` |",
        "| peak memory",
        "| hidden size | 10 |",
        "| mini-batch size | 10 |",
    ):
        assert row in printed


def test_the_picture_is_drawn(tmp_path):
    line = {"mnet": {1: 2.0, 10: 1.0}, "matrix products alone": {1: 1.0, 10: 0.5}}
    run.draw({"mnet": 1.0, "numba": 2.0}, {"hidden": line, "mini-batch": line}, tmp_path / "speed.png")
    assert (tmp_path / "speed.png").read_bytes().startswith(b"\x89PNG")
