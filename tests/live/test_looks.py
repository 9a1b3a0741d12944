"""The second look beside the curves: what it shows, and that it costs nothing where nobody looks."""

import json

import pytest
from ipywidgets.widgets.widget import _remove_buffers

from mnet.live.picture import Picture
from mnet.live.training_panel import LOOKS

SHOWN = [name for name, (draw, _) in LOOKS.items() if draw]


@pytest.fixture
def drawings(monkeypatch):
    """Return the list of the functions drawn from now on."""
    drawn, draw = [], Picture.draw

    def listen(picture, function, **values):
        drawn.append(function)
        return draw(picture, function, **values)

    monkeypatch.setattr(Picture, "draw", listen)
    return drawn


@pytest.mark.parametrize("name", SHOWN)
def test_it_shows_the_network_of_this_moment(panel, name):
    panel.second.sight = True
    panel.look.value = name
    before = repr(panel.second.drawn)
    panel.training.configure(3.0, 100)
    panel.training.advance(20)
    panel.step()
    assert repr(panel.second.drawn) != before
    state, _, buffers = _remove_buffers(panel.second.get_state("drawn"))
    assert len(json.dumps(state)) + sum(map(len, buffers)) < 30_000
    assert panel.second.layout.display is None
    assert panel.chart.height < 200
    panel.look.value = "the curves alone"
    assert (panel.second.layout.display, panel.chart.height) == ("none", 280)


def test_nothing_is_drawn_out_of_sight(panel, drawings):
    panel.look.value = SHOWN[0]
    panel.step()
    assert drawings == []
    panel.second.sight = True
    assert len(drawings) == 1
    panel.look.value = "the curves alone"
    panel.step()
    assert len(drawings) == 1


def test_while_it_trains_it_is_drawn_at_most_ten_times_a_second(panel, drawings):
    panel.second.sight, panel.look.value = True, SHOWN[0]
    drawings.clear()
    for now in range(0, 2000, 20):  # milliseconds
        panel._tell(5000 + now / 1000)
    assert 10 <= len(drawings) <= 20
