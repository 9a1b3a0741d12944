"""The live panels, moved through their real controls, without a browser."""

import inspect
import json
import logging

import ipywidgets as widgets
import numpy as np
import pytest
from ipywidgets.widgets.widget import _remove_buffers

from mnet import Network, Split, feedforward
from mnet.live import equations, panels
from mnet.live.panel import Explorer
from tests.support.pictured import assert_pictured

pytestmark = pytest.mark.usefixtures("no_silent_errors")

# What the panels of lessons are called with, by the name of the parameter.


@pytest.fixture(scope="session")
def net():
    return Network([784, 30, 10], rng=np.random.default_rng(0))


@pytest.fixture(scope="session")
def split(mnist):
    return Split(mnist.validation.images[:200], mnist.validation.labels[:200])


@pytest.fixture(scope="session")
def centre():
    return lambda image: np.roll(image, 1, axis=0)


@pytest.fixture(scope="session")
def reader(net):
    return net


@pytest.fixture(scope="session")
def pad(net):
    pad = panels.pad(net)
    yield pad
    pad.close()


PANELS = [
    name
    for name, function in inspect.getmembers(panels, inspect.isfunction)
    if function.__module__ == panels.__name__ and not name.startswith("_")
]


@pytest.fixture(scope="module", params=PANELS)
def panel(request):
    function = getattr(panels, request.param)
    needs = [p for p in inspect.signature(function).parameters.values() if p.default is p.empty]
    panel = function(*(request.getfixturevalue(parameter.name) for parameter in needs))
    yield panel
    panel.close()


def parts(widget):
    """Return all widgets in a box, however deep."""
    return [part for child in getattr(widget, "children", ()) for part in [child, *parts(child)]]


def controls(panel):
    """Return what a learner can set: everything that has a value, but for files."""
    return [part for part in parts(panel) if hasattr(part, "value") and hasattr(part, "description")
            and not isinstance(part, widgets.FileUpload)]  # fmt: skip


def values(control):
    """Return the least and greatest value of a control, or its options if they are few, then the usual."""
    if isinstance(control, widgets.Checkbox):
        return [True, False, control.value]
    if not hasattr(control, "options"):
        return [control.min, control.max, control.value]
    options = [value for _, value in control._options_full]
    return [*(options if len(options) < 20 else (options[0], options[-1])), control.value]


def test_each_control_works_from_end_to_end(panel):
    for control in controls(panel):
        if isinstance(panel, Explorer) and control is panel.prediction:
            continue  # it moves nothing: see below
        shown = set()
        for value in values(control):
            control.value = value
            assert "did not work" not in panel.status.text
            if isinstance(panel, Explorer):
                assert panel.status.text == panel.picture.drawn["text"] == repr(panel)
                assert panel.status.text.endswith(".")
                shown.add(repr(panel.picture.drawn))
        assert not isinstance(panel, Explorer) or len(shown) > 1, f"{control.description} changes nothing"


def test_a_change_is_a_short_message(panel):
    if isinstance(panel, Explorer):
        state, _, buffers = _remove_buffers(panel.picture.get_state("drawn"))
        assert len(json.dumps(state)) + sum(map(len, buffers)) < 30_000


def test_a_prediction_is_told_how_it_came_out_once_that_shows(panel):
    if not isinstance(panel, Explorer):
        return
    before, (passed, *choices) = panel.status.text, panel.prediction.options
    verdicts = set()
    for predicted in choices:
        panel.prediction.value = predicted
        assert panel.status.text == f"You predict: {predicted}. Now move the controls and see."
        for control in panel.controls.values():
            usual = control.value
            for value in values(control):
                control.value = value
                _, _, said = panel.status.text.partition(panel.picture.drawn["text"])
                verdicts |= {said} if said else set()
            control.value = usual
    right = {f" You predicted: {choice}, and so it is." for choice in choices}
    together = "second" in panel.controls or "at best" in panel.prediction.description  # two: see below
    assert len(verdicts & right) == (not together)
    assert all(said.startswith(" You predicted: ") for said in verdicts)
    panel.prediction.value = passed
    assert panel.status.text == before == panel.picture.drawn["text"]


def test_the_layers_have_an_answer_to_their_question(mnist):
    panel = panels.layers(mnist)
    panel.prediction.value = "doubles the count"
    panel.controls["second"].value = 30
    assert panel.status.text.endswith(" You predicted: doubles the count. It is: adds a few per cent.")
    panel.prediction.value = "adds a few per cent"
    panel.controls["image"].value = 1
    assert panel.status.text.endswith(" You predicted: adds a few per cent, and so it is.")
    panel.close()


def test_the_controls_work_at_their_ends_together(panel):
    usual = [(control, values(control)) for control in controls(panel)]
    for end in 0, -2, -1:
        for control, its_values in usual:
            control.value = its_values[end]
        assert "did not work" not in panel.status.text


def test_each_control_has_a_name_and_a_plain_read_out(panel):
    for control in controls(panel):
        assert control.description
        if isinstance(control, widgets.FloatSlider):
            decimals = int(control.readout_format[1:-1])
            assert round(control.step, decimals) == control.step > 0


def test_a_panel_is_a_widget_a_picture_and_a_sentence(panel):
    assert_pictured(panel, repr(panel))
    assert repr(panel).endswith(".")


def test_a_network_that_misreads_nothing_has_no_misread_images(net, split):
    right = feedforward(net, split.columns()[0]).argmax(axis=0) == split.labels
    with pytest.raises(
        ValueError, match=r"^misread: the network reads all .* correctly: give it more images"
    ):
        panels.misread(net, Split(split.images[right], split.labels[right]))


def test_the_guard_of_this_file_sees_what_a_button_swallows(caplog):
    button = widgets.Button()
    button.on_click(lambda _: 1 / 0)
    with caplog.at_level(logging.WARNING):
        button.click()
    assert [record.exc_info[0] for record in caplog.records] == [ZeroDivisionError]
    caplog.clear()


@pytest.mark.parametrize("broken", equations.BREAKS)
def test_a_broken_equation_is_written_as_it_is_computed(mnist, net, broken):
    x, y = mnist.test.columns(slice(0, 1))
    intact, steps = (equations.steps(net, x, y, equations.BREAKS[name]) for name in ("nothing", broken))
    acting = [step.name for step, usual in zip(steps, intact, strict=True) if step.formula != usual.formula]
    assert acting == [step.name for step in steps if step.broken]
    assert all(broken[:3] in name for name in acting)
    assert bool(acting) == (broken != "nothing")


def test_a_click_on_a_neuron_chooses_it(mnist):
    panel = panels.layers(mnist)
    panel.picture.picked = 3
    assert (panel.controls["neuron"].value, panel.picture.picked) == (2, 0)
    assert "Neuron 2 of the book's layer 2: z = " in panel.status.text
    panel.controls["hidden"].value = 1
    assert panel.controls["neuron"].max == 10
    panel.close()


def test_each_neuron_is_chosen_on_the_way_back_too(mnist):
    panel = panels.backprop(mnist)
    panel.picture.picked = 31
    assert "Neuron 0 of the book's layer 3: z = " in panel.status.text
    assert "δ = " not in panel.status.text
    for step, drawn in (4, "weight w"), (6, "∂C/∂w"):
        panel.controls["step"].value = step
        assert ", δ = " in panel.status.text
        assert drawn in {part["look"].get("ylabel") for part in panel.picture.drawn["parts"]}
    panel.controls["broken"].value = "BP2: w, not its transpose"  # nothing can be computed
    panel.controls["neuron"].value, panel.controls["step"].value = 0, 7
    assert "δ = " not in panel.status.text
    panel.close()


def test_what_is_drawn_on_the_pad_goes_through_the_network_where_that_is_seen(mnist, net):
    pad = panels.pad(net)
    panel = panels.through(pad)
    before = panel.status.text, repr(panel.picture.drawn)
    three = mnist.validation.images[0].reshape(28, 28)
    pad.draw(three)
    assert (panel.status.text, repr(panel.picture.drawn)) == before  # out of sight
    panel.picture.sight = True
    assert repr(panel.picture.drawn) != before[1]
    now = repr(panel.picture.drawn)
    pad.draw(three[::-1])
    assert repr(panel.picture.drawn) != now
    loudest = int(pad.pad.answers.argmax())
    assert f"output neurons (hatched) is {loudest}." in panel.status.text
    panel.close()
    assert not pad.followers
    pad.close()


def test_the_neuron_that_is_tuned_by_hand_counts_what_it_reads(mnist, no_silent_errors):
    panel = panels.dark_or_light(mnist)
    few = mnist.train.labels[:5000] < 2
    darkness, zeros = mnist.train.images[:5000][few].mean(axis=1) / 256, mnist.train.labels[:5000][few] == 0
    panel.prediction.value = "all"
    for w, b in (100, -11.5), (-100, 11.5), (10, 0), (0, 1):
        panel.controls["w"].value, panel.controls["b"].value = w, b
        right = ((w * darkness + b > 0) == zeros).mean()
        assert f" {right:.1%} of 1,042 zeros and ones" in panel.status.text
        misread = [text for text in texts_of(panel.picture.drawn) if " read as " in text]
        assert sum(int(text.split()[0]) for text in misread) == round((1 - right) * zeros.size)
        assert ("It is: about 95." in panel.status.text) == (right > 0.94)


def texts_of(noted):
    """Return every text of a picture's plot and its parts."""
    own = [mark["text"] for mark in noted["marks"] if mark["kind"] == "text"]
    return own + [text for part in noted["parts"] for text in texts_of(part)]
