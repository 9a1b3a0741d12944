"""What stands in for matplotlib's axes: the same calls, noted for the browser."""

import inspect

import numpy as np
import pytest
from matplotlib.axes import Axes as Matplotlib
from matplotlib.figure import Figure

from mnet.live.picture import Axes, Picture, numbers

pytestmark = pytest.mark.usefixtures("no_silent_errors")
METHODS = [
    name for name, _ in inspect.getmembers(Axes, inspect.isfunction) if name[0] != "_" and name != "noted"
]


@pytest.fixture
def ax():
    return Axes()


@pytest.fixture
def real():
    return Figure().subplots()


def noted(ax):
    """Return the one mark that was drawn."""
    (mark,) = ax.noted()["marks"]
    return mark


@pytest.mark.parametrize("name", METHODS)
def test_each_method_is_one_of_matplotlib(name):
    assert callable(getattr(Matplotlib, name))


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: ax.plot([1, 2, 5]),
        lambda ax: ax.plot([-3, 2], [7, 7.5]),
        lambda ax: (ax.plot([0.1, 10, 1000]), ax.set(yscale="log")),
        lambda ax: (ax.plot([1, 2]), ax.set(ylim=(0, None))),
        lambda ax: (ax.plot([1, 2]), ax.set(xlim=(3, -3))),
        lambda ax: ax.bar([0, 1], [2, 3], color="#000000"),
        lambda ax: (ax.bar([0, 1], [2, -3], color="#000000"), ax.margins(y=0.2)),
        lambda ax: ax.stairs([3, 1], [0, 2, 4], fill=True, color="#000000"),
        lambda ax: ax.imshow(np.zeros((2, 3)), cmap="gray_r"),
    ],
)
def test_its_axes_end_where_those_of_matplotlib_do(ax, real, draw):
    draw(ax)
    draw(real)
    look = ax.noted()["look"]
    assert look["xlim"] == pytest.approx(real.get_xlim())
    assert look["ylim"] == pytest.approx(real.get_ylim())


def test_a_line_counts_from_0_unless_told_otherwise(ax):
    ax.plot([5, 7])
    assert noted(ax)["x"] == numbers([0, 1])


def test_where_it_is_true_it_is_shaded(ax):
    ax.fill_between([1, 2, 3, 4, 5, 6], 0, 1, where=[True, True, False, False, True, True], color="#000000")
    assert noted(ax)["spans"] == numbers([1, 2, 5, 6])
    empty = Axes()
    empty.fill_between([1, 2], 0, 1, where=[False, False], color="#000000")
    assert noted(empty)["spans"] == b""


def test_a_picture_is_a_byte_a_pixel(ax):
    ax.imshow([[0, 5, 10], [20, -3, 2]], cmap="gray_r", vmin=0, vmax=10)
    mark = noted(ax)
    assert (list(mark["shades"]), mark["shape"]) == ([0, 128, 255, 255, 0, 51], [2, 3])


def test_it_is_in_sight_while_any_of_its_views_is():
    picture, told = Picture(), []
    picture.observe(lambda change: told.append(change.new), "sight")
    said = ("one", True), ("other", True), ("one", False), ("one", False), ("other", False), ("one", True)
    for view, seen in said:
        picture._handle_custom_msg({"view": view, "seen": seen}, [])
    assert told == [True, False, True]
    picture.close()


def test_what_it_does_not_know_it_refuses(ax):
    with pytest.raises(TypeError, match="drawstyle"):
        ax.plot([1], drawstyle="steps")
