"""What every panel has: its end, its place in a cell, a picture that follows its controls."""

import asyncio
import gc
import re
import weakref
from types import SimpleNamespace

import ipywidgets as widgets
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from ipywidgets.widgets.widget import _instances
from matplotlib.figure import Figure
from traitlets.config import Config

from mnet import figures
from mnet.live import panels
from mnet.live.panel import Explorer, Panel, slider
from mnet.live.picture import numbers
from mnet.live.saved import AROUND, note


def test_a_panel_of_its_own_must_say_how_it_looks():
    with pytest.raises(NotImplementedError):
        repr(Panel())


def test_moving_a_slider_many_times_keeps_no_figure():
    panel = panels.neuron()
    gc.collect()
    before = sum(isinstance(thing, Figure) for thing in gc.get_objects())
    for w in np.linspace(-20, 20, 10):
        panel.controls["w"].value = w
    gc.collect()
    assert sum(isinstance(thing, Figure) for thing in gc.get_objects()) == before


def test_a_closed_panel_leaves_no_widget_behind():
    before = set(_instances)
    panel = panels.neuron()
    assert len(set(_instances) - before) > 5
    panel.close()
    assert not set(_instances) - before


def test_a_panel_that_is_shown_speaks_with_all_its_parts(monkeypatch):
    panel, spoke = panels.neuron(), set()
    monkeypatch.setattr(widgets.Widget, "send_state", lambda part, key: spoke.add(part))
    panel.status._handle_custom_msg("shown", [])
    assert {*panel.children, *panel.controls.values(), panel.prediction} == spoke
    panel.close()


@pytest.fixture
def renewed(monkeypatch):
    """Return what is stored anew from now on: (which output of a cell, what is in it)."""
    told = []
    update = lambda data, display_id, **_: told.append((display_id, data))  # noqa: E731
    monkeypatch.setattr("mnet.live.panel.update_display", update)
    monkeypatch.setattr("mnet.live.panel.display", lambda *_, **__: None)
    monkeypatch.setattr(Panel, "QUIET", 0.05)
    return told


async def moved(panel, seen=True):
    """Show a panel, move its slider ten times and leave it at rest."""
    panel._ipython_display_()
    if seen:
        panel.status._handle_custom_msg("shown", [])
    for w in range(10):
        await asyncio.to_thread(setattr, panel.controls["w"], "value", w)  # sliders are heard in a thread
    await asyncio.sleep(0.3)


def test_what_is_stored_beside_a_panel_is_renewed_once_when_it_comes_to_rest(renewed):
    panel = panels.neuron()
    asyncio.run(moved(panel))
    (_, picture), (_, note) = renewed
    assert "With w = 9.0" in picture["text/plain"]
    assert "With w = 9.0" in note["text/html"]
    assert [which for which, _ in renewed] == [f"mnet-panel-{panel._number}-{k}" for k in (1, 2)]
    panel.close()


def test_a_slider_that_gets_another_end_waits_for_the_picture(mnist):
    panel, seen = panels.layers(mnist), []
    panel.picture.observe(lambda _: seen.append("picture"), "drawn")
    panel.controls["neuron"].observe(lambda _: seen.append("end"), "max")
    panel.controls["hidden"].value = 31
    assert seen == ["picture", "end"]
    panel.controls["neuron"].value = 40
    panel.controls["hidden"].value = 5
    assert panel.controls["neuron"].value == 14
    assert "Neuron 9 of the book's layer 3" in panel.status.text
    panel.close()


def test_what_a_note_hides_is_looked_for_among_outputs_alone():
    style = note(7, "")["text/html"].partition("{")[0].removeprefix("<style>")
    for selector in style.split(",\n"):  # each element of the page would be asked at each change
        asked = re.sub(r":(has|not)\((?:[^()]|\([^()]*\))*\)", "", selector).strip()
        assert asked.startswith(AROUND), asked
        assert asked.endswith(AROUND), asked


def test_where_no_page_shows_a_panel_what_is_stored_stays_what_the_cell_made(renewed):
    panel = panels.neuron()
    asyncio.run(moved(panel, seen=False))
    assert not renewed
    panel.close()


def test_a_panel_that_never_rests_is_stored_now_and_then(renewed, monkeypatch):
    panel = panels.neuron()
    monkeypatch.setattr(Explorer, "at_rest", False)
    for stale in 60, 0:  # the clock may have begun just now
        monkeypatch.setattr(Panel, "STALE", stale)
        panel._pictured = float("inf") if stale else 0.0
        asyncio.run(moved(panel))
        assert bool(renewed) == (not stale)
    panel.close()


def test_a_closed_panel_renews_nothing(renewed):
    panel = panels.neuron()

    async def close():
        panel._ipython_display_()
        panel.status._handle_custom_msg("shown", [])
        panel.controls["w"].value = 7
        await asyncio.sleep(0)  # it waits for rest
        panel.close()
        await asyncio.sleep(0.2)

    asyncio.run(close())
    assert not renewed


@pytest.mark.parametrize("teller", ["shell", "kernel"])  # as in a notebook, and in a browser's Python
def test_a_cell_run_again_frees_its_former_panels_and_no_others(monkeypatch, teller):
    before, parent = set(_instances), {}
    shell = InteractiveShell(config=Config(HistoryManager={"enabled": False}))
    told = SimpleNamespace(get_parent=lambda: parent)
    shell.__dict__["kernel" if teller == "kernel" else "get_parent"] = (
        told if teller == "kernel" else told.get_parent
    )
    shell.user_ns["panels"] = panels
    monkeypatch.setattr("mnet.live.panel.get_ipython", lambda: shell)

    def run(cell, source="panels.neuron()"):
        parent.update(metadata={"cellId": cell}, header={"msg_id": f"run {shell.execution_count}"})
        return shell.run_cell(source, store_history=True).result

    def alive():
        return set(_instances) - before

    run("another")
    other = alive()
    run("cell", "panels.neuron(), panels.neuron()")  # both stay: they are of one run
    assert len(alive()) == 3 * len(other)
    run("cell")
    assert len(alive()) == 2 * len(other)
    last = run("cell")
    assert len(alive()) == 2 * len(other)
    assert other < alive()
    assert [number for number, shown in shell.user_ns["Out"].items() if isinstance(shown, Panel)] == [1, 4]
    assert "_3" not in shell.user_ns
    assert shell.user_ns["_4"] is last
    assert 3 not in getattr(shell.history_manager, "outputs", {})
    former = weakref.ref(last)
    gc.disable()  # Python may look too late
    for _ in range(4):  # IPython's _, __ and ___ hold three
        last = run("cell")
    gc.enable()
    assert former() is None
    for panel in shell.user_ns["_1"], last:
        panel.close()


# Explorer


def sketch(ax, n=0):
    ax.plot([n])
    if n == 3:
        raise ValueError("three is too many")
    return f"A dot at {n}."


def test_the_explorer_draws_what_its_controls_say():
    panel = Explorer(sketch, size=(3, 2), n=slider("n", 1, 0, 5))
    assert panel.snapshot() == figures.png(sketch, n=1, size=(3, 2))
    panel.controls["n"].value = 2
    assert panel.snapshot() == figures.png(sketch, n=2, size=(3, 2))
    (line,) = panel.picture.drawn["marks"]
    assert line["y"] == numbers([2])
    assert panel.picture.drawn["text"] == panel.status.text == repr(panel) == "A dot at 2."


def test_the_explorer_says_what_its_drawing_raises_and_goes_on(caplog):
    panel = Explorer(sketch, n=slider("n", 1, 0, 5))
    panel.controls["n"].value = 3
    assert panel.status.text == "That did not work: three is too many"
    assert [type(record.exc_info[1]) for record in caplog.records] == [ValueError]
    caplog.clear()
    panel.controls["n"].value = 4
    assert panel.status.text == "A dot at 4."


def test_a_fault_at_the_start_is_raised_where_the_learner_sees_it():
    with pytest.raises(ValueError, match="three"):
        Explorer(sketch, n=slider("n", 3, 0, 5))


def test_a_play_button_moves_its_slider():
    panel = Explorer(sketch, plays="n", n=slider("n", 1, 0, 2))
    (button,) = [part for part in panel.children[0].children if isinstance(part, widgets.Play)]
    assert (button.min, button.max, button.value) == (0, 2, 1)
    button.value = 2
    assert panel.status.text == "A dot at 2."
    panel.controls["n"].value = 0
    assert button.value == 0


# Controls


@pytest.mark.parametrize(
    ("step", "kind", "form"),
    [(1, widgets.IntSlider, "d"), (0.5, widgets.FloatSlider, ".1f"), (0.01, widgets.FloatSlider, ".2f")],
)
def test_a_slider_reads_out_as_many_decimals_as_it_steps(step, kind, form):
    control = slider("weight", 0, -1, 1, step)
    assert isinstance(control, kind)
    assert (control.description, control.readout_format, control.step) == ("weight", form, step)


@pytest.mark.parametrize(
    ("slider", "typed", "value"),
    [
        ("weight w", "7,5", 7.5),
        ("weight w", "−12.0", -12.0),
        ("weight w", " 3.2 ", 3.0),  # its steps are halves
        ("weight w", "99", 20.0),
    ],
)
def test_a_typed_number_is_taken(slider, typed, value):
    panel = panels.neuron()
    panel.status._handle_custom_msg({"slider": slider, "typed": typed}, [])
    assert panel.controls["w"].value == value
    panel.close()


@pytest.mark.parametrize("typed", ["abc", "", "nan", "1e999"])
def test_what_is_no_number_leaves_the_slider_and_is_told(typed):
    panel = panels.neuron()
    panel.status._handle_custom_msg({"slider": "weight w", "typed": typed}, [])
    assert panel.controls["w"].value == 1
    assert panel.status.text == f'"{typed}" is no number: weight w stays as it is. Type one such as 2.'
    panel.close()


@pytest.mark.parametrize("mend", ["typed", "moved", "typed the same"])
def test_a_refusal_goes_when_the_value_is_mended(make_panel, mend):
    panel = make_panel()
    before = panel.status.text
    for typed in "abc", "7;5":
        panel.status._handle_custom_msg({"slider": "learning rate η", "typed": typed}, [])
        assert f'"{typed}" is no number' in panel.status.text
    if mend == "moved":
        panel.eta.value = 5.0
    else:
        typed = "5" if mend == "typed" else "3"
        panel.status._handle_custom_msg({"slider": "learning rate η", "typed": typed}, [])
    assert panel.status.text == before


def test_a_page_that_asks_is_told_that_the_kernel_lives(monkeypatch):
    panel, said = panels.neuron(), []
    monkeypatch.setattr(panel.status, "send", said.append)
    panel.status._handle_custom_msg("alive?", [])
    assert said == ["alive"]
    panel.close()
