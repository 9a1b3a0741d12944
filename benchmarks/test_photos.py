"""The benchmark of photographs: its quick form, on a few digits and with readers that are trained at once."""

import sys

import numpy as np
import pytest

import mnet
from benchmarks import photos


@pytest.fixture(scope="module")
def reader():
    """Train one network for an epoch."""
    rng = np.random.default_rng(0)
    net = mnet.Network([784, 30, 10], rng=rng)
    list(mnet.sgd(net, mnet.load_mnist().train, 1, 10, 3.0, rng))
    return net


def test_the_quick_form_prints_a_row_for_each_kind(monkeypatch, capsys, reader):
    mnist = mnet.load_mnist()
    monkeypatch.setattr(photos.mnet, "load_mnist", lambda: mnist._replace(test=mnist.test[:3]))
    monkeypatch.setattr(photos, "readers", lambda: {"one epoch": reader})
    monkeypatch.setattr(sys, "argv", ["photos.py", "--quick"])
    photos.main()
    head, _, *rows = capsys.readouterr().out.splitlines()
    assert head == "| photograph | one epoch | blank sheet: no digit |"
    assert [row.split(" | ")[0] for row in rows] == [
        "| the digits themselves",
        *(f"| {k}" for k in photos.KINDS),
    ]
    assert all(len(row.split(" | ")) == 3 for row in rows)


@pytest.mark.parametrize(
    "kind",
    [
        "ruled paper",
        "pencil, 60 darker than the paper",
        "sheet on a dark desk",
        "cut out, with a margin of 1 %",
    ],
)
def test_photographs_are_read_nearly_as_well_as_the_digits(reader, kind):
    split = mnet.load_mnist().validation[:20]
    _, (_, [read], blank) = photos.rows({"": reader}, split, [kind])
    assert read >= 0.8
    assert blank == 1


def test_the_same_photograph_is_taken_twice():
    digit = mnet.load_mnist().validation.images[0].reshape(28, 28)
    room = photos.KINDS["pen in a room, all of it"]
    one, other = (photos.photograph(digit, np.random.default_rng(0), **room).getvalue() for _ in range(2))
    assert one == other
    assert one != photos.photograph(None, np.random.default_rng(0), **room).getvalue()
