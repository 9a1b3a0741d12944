"""The training panel, through its traits and buttons, without a browser."""

import asyncio
import itertools
import statistics
import threading
import time

import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances

from mnet.live import training_panel
from mnet.live.pad_panel import PadPanel
from mnet.live.training import Training
from mnet.live.training_panel import TrainingPanel
from tests.support.pictured import assert_pictured
from tests.support.watch import until, wait_for, workers

BUTTONS = ["Run", "Pause", "Stop", "Step", "Reset", "Add layer", "Remove layer", "Clear"]
RUNS = {"Run": True, "Pause": False, "Stop": False, "Step": False}  # any other leaves it as it is


def shown(panel):
    """Return the sliders of the hidden layers that are in sight."""
    return [layer for layer in panel.layers if layer.layout.display is None]


def assert_sound(panel):
    """The controls say what the training obeys, and nothing went wrong."""
    training = panel.training
    assert (panel.eta.value, panel.mini_batch_size.value) == (training.eta, training.mini_batch_size)
    assert [layer.value for layer in shown(panel)] == training.net.sizes[1:-1]
    assert "did not work" not in panel.status.text
    assert "stopped:" not in panel.status.text


def assert_same(one, other):
    for a, b in zip(one.weights + one.biases, other.weights + other.biases, strict=True):
        np.testing.assert_array_equal(a, b)


class Clock:
    """A clock in place of `time`: each look at it takes a millisecond."""

    def __init__(self):
        self.now, self.slept = 1000.0, []

    def perf_counter(self):
        self.now += 0.001
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)


@pytest.fixture
def clock(monkeypatch):
    monkeypatch.setattr(training_panel, "time", Clock())
    return training_panel.time


# Controls


def test_the_controls_reach_from_end_to_end(panel):
    etas = [eta for _, eta in panel.eta.options]
    assert (etas[0], etas[-1]) == (0.001, 100.0)
    assert {0.01, 0.1, 0.5, 1.0, 3.0, 5.0, 10.0} < set(etas)
    assert [label for label, eta in panel.eta.options if eta in (0.001, 3.0, 100.0)] == ["0.001", "3", "100"]
    # Equal steps are about equal factors.
    assert min(b / a for a, b in itertools.pairwise(etas)) > 1.05
    assert max(b / a for a, b in itertools.pairwise(etas)) < 1.2
    assert [(s.min, s.max) for s in (panel.mini_batch_size, *panel.layers)] == [(1, 1000)] + [(1, 200)] * 3


def moves(panel):
    """Return, for each control, its least, usual and greatest value, or all of its options."""
    return {
        panel.eta: [0.001, 3.0, 100.0],
        panel.mini_batch_size: [1, 10, 1000],
        **{layer: [1, 30, 200] for layer in panel.layers},
        panel.preset: list(panel.preset.options),
        panel.prediction: list(panel.prediction.options),
    }


def test_every_control_through_its_values(panel):
    for layers in range(4):
        for control, values in moves(panel).items():
            if control in panel.layers and control not in shown(panel):
                continue
            for value in values:
                control.value = value
                assert control.value == value
                assert_sound(panel)
                panel.buttons["Step"].click()
                assert_sound(panel)
        while len(shown(panel)) > layers:
            panel.buttons["Remove layer"].click()
        while len(shown(panel)) <= min(layers, 2):
            panel.buttons["Add layer"].click()


@pytest.mark.parametrize("running", [False, True])
def test_every_two_controls_in_both_orders(panel, running):
    panel.training.mnist = panel.training.mnist._replace(validation=panel.training.mnist.train)
    panel.buttons["Add layer"].click()
    panel.buttons["Add layer"].click()
    controls = moves(panel)
    if running:
        panel.PATIENCE = float("inf")  # no browser looks, and a busy machine takes its time
        panel.buttons["Run"].click()
        del controls[panel.layers[1]], controls[panel.prediction]  # slow, and no other than the rest
    for one, other in itertools.permutations(controls.items(), 2):
        for first, second in itertools.product(one[1][::2], other[1][::2]):
            one[0].value = first
            other[0].value = second
            assert_sound(panel)
            if other[0] is not panel.preset:
                assert other[0].value == second
            if one[0] is panel.preset or other[0] is panel.preset:  # presets have one layer or none
                while len(shown(panel)) < 3:
                    panel.buttons["Add layer"].click()
    assert panel.worker.running == running
    panel.buttons["Pause"].click()
    assert_sound(panel)


@pytest.mark.parametrize("preset", TrainingPanel.PRESETS)
def test_a_preset_sets_everything(panel, preset, messages):
    panel.buttons["Add layer"].click()
    panel.eta.value, panel.mini_batch_size.value = 0.5, 77
    messages.clear()
    panel.preset.value = preset
    sizes, eta, mini_batch_size = TrainingPanel.PRESETS[preset]
    training = panel.training
    assert (training.net.sizes, training.eta, training.mini_batch_size) == (sizes, eta, mini_batch_size)
    assert_sound(panel)
    assert panel.status.text == f"Preset: {preset}. Predict, then press Run."
    # At once: no moment with one setting of the preset and one of before.
    assert {message["settings"] for message, _ in messages} == {training.settings()}


def test_the_ghost_of_a_preset_names_the_settings_that_it_ran_with(panel):
    panel.training.advance(30)
    panel.preset.value = "η too large"
    assert panel.training.ghosts[0]["label"].startswith("η 3, mini-batch 10, [784, 30, 10]: ")


def test_a_preset_while_running_trains_no_mini_batch_with_the_old_settings(panel, monkeypatch):
    """One mini-batch with η = 100 saturates a network for good."""
    panel.eta.value = 100.0
    panel.buttons["Run"].click()
    wait_for(lambda: panel.training.steps > 50)
    configure, steps = panel.training.configure, []

    def slow(*settings):
        time.sleep(0.1)  # the worker would use it
        steps.append(panel.training.steps)
        configure(*settings)

    monkeypatch.setattr(panel.training, "configure", slow)
    panel.preset.value = "the book's run"
    assert steps[0] == 0
    assert panel.worker.running


def test_eta_and_mini_batch_size_reset_nothing_while_running_and_a_size_does(panel):
    panel.buttons["Run"].click()
    wait_for(lambda: panel.training.steps > 20)
    steps = panel.training.steps
    panel.eta.value, panel.mini_batch_size.value = 0.5, 20
    assert (panel.training.generation, panel.training.steps >= steps) == (1, True)
    wait_for(lambda: panel.training.obeyed == "η 0.5, mini-batch 20, [784, 30, 10]")
    panel.layers[0].value = 31
    assert panel.training.generation == 2
    assert panel.status.text == "The sizes changed: a new network [784, 31, 10] starts from the beginning."
    assert panel.worker.running
    assert_sound(panel)


# Buttons


def press(panel, name):
    if name == "preset":
        panel.preset.value = next(p for p in TrainingPanel.PRESETS if p != panel.preset.value)
    else:
        panel.buttons[name].click()


def test_of_two_sliders_moved_at_one_instant_none_is_lost(panel, monkeypatch):
    configure, begun, moved = panel.training.configure, threading.Event(), threading.Event()

    def slow(*settings):  # the first waits with what it has read until the second slider has moved
        if not begun.is_set():
            begun.set()
            moved.wait(0.2)
        configure(*settings)

    monkeypatch.setattr(panel.training, "configure", slow)
    first = threading.Thread(target=setattr, args=(panel.eta, "value", 0.5))
    first.start()
    begun.wait()
    panel.mini_batch_size.value = 20
    moved.set()
    first.join()
    assert (panel.training.eta, panel.training.mini_batch_size) == (0.5, 20)


@pytest.mark.parametrize("running", [False, True])
def test_every_two_buttons_in_both_orders(panel, running):
    for names in itertools.product([*BUTTONS, "preset"], repeat=2):
        press(panel, "Run" if running else "Pause")
        expected = running
        for name in names:
            press(panel, name)
            expected = RUNS.get(name, expected)
            assert panel.worker.running == expected, names
            assert len(workers()) == expected
            assert_sound(panel)


def test_what_each_button_says_and_does(panel):
    training, status = panel.training, panel.status
    assert status.text == "Ready. Predict what the cost will do, then press Run."
    panel.buttons["Step"].click()
    panel.buttons["Step"].click()
    assert status.text == "One mini-batch more: 2 so far."
    assert training.steps == 2
    panel.buttons["Run"].click()
    assert status.text == "Training with η 3, mini-batch 10, [784, 30, 10]."
    wait_for(lambda: training.steps > 100)
    panel.buttons["Pause"].click()
    steps = training.steps
    assert status.text == "Paused. The run has only begun."
    assert not workers()
    panel.buttons["Run"].click()  # goes on where it was
    wait_for(lambda: training.steps > steps)
    assert training.generation == 1
    panel.buttons["Stop"].click()  # the run is over, and stays in the picture
    assert not workers()
    assert status.text.startswith("Stopped. ")
    assert status.text.endswith(" Run starts a new network.")
    assert (training.steps, len(training.ghosts), training.generation) == (0, 1, 2)
    panel.buttons["Reset"].click()
    assert status.text == "A new network, η 3, mini-batch 10, [784, 30, 10]."
    assert (training.steps, len(training.ghosts)) == (0, 1)
    panel.buttons["Clear"].click()
    assert status.text == "Earlier runs are cleared."
    assert training.ghosts == []
    panel.buttons["Add layer"].click()
    assert status.text == "The sizes changed: a new network [784, 30, 30, 10] starts from the beginning."
    panel.buttons["Remove layer"].click()
    assert status.text == "The sizes changed: a new network [784, 30, 10] starts from the beginning."


def test_layers_go_from_none_to_three_and_it_says_so(panel):
    add, remove = panel.buttons["Add layer"], panel.buttons["Remove layer"]
    panel.layers[0].value = 44
    for sizes in [784, 44, 30, 10], [784, 44, 30, 30, 10]:
        add.click()
        assert panel.training.net.sizes == sizes
        assert_sound(panel)
    generation = panel.training.generation
    add.click()
    assert panel.status.text == "3 hidden layers are the most this panel has."
    panel.layers[2].value = 7
    for sizes in [784, 44, 30, 10], [784, 44, 10], [784, 10]:
        remove.click()
        assert panel.training.net.sizes == sizes
        assert_sound(panel)
    remove.click()
    assert panel.status.text == "There is no hidden layer to remove."
    assert panel.training.net.sizes == [784, 10]
    assert panel.training.generation == generation + 4  # the refused two started nothing
    add.click()
    assert panel.training.net.sizes == [784, 30, 10]
    assert_sound(panel)


def test_training_in_the_background_is_the_same_training(panel, data):
    panel.buttons["Run"].click()
    wait_for(lambda: panel.training.steps > 150)
    panel.buttons["Pause"].click()
    alone = Training(data)
    alone.advance(panel.training.steps)
    assert_same(panel.training.net, alone.net)
    assert panel.training.cost.points == alone.cost.points


def test_the_browser_gets_all_that_was_trained(panel, messages):
    panel.buttons["Run"].click()
    wait_for(lambda: panel.training.steps > 300)
    panel.layers[0].value = 12
    wait_for(lambda: panel.training.steps > 300)
    panel.buttons["Pause"].click()
    curve = np.zeros((0, 2), np.float32)
    for message, [buffer] in messages:
        new = np.frombuffer(buffer, np.float32).reshape(-1, 2)
        curve = new if message["fresh"] else np.concatenate([curve, new])
    np.testing.assert_array_equal(curve, np.array(panel.training.cost.points, np.float32))
    assert messages[-1][0]["steps"] == panel.training.steps


def test_a_paused_panel_shows_new_settings_at_once(panel, messages):
    panel.eta.value = 0.5
    assert messages[-1][0]["settings"] == "η 0.5, mini-batch 10, [784, 30, 10]"
    panel.buttons["Add layer"].click()
    assert messages[-1][0]["settings"] == "η 0.5, mini-batch 10, [784, 30, 30, 10]"
    panel.training.advance(30)
    panel.buttons["Reset"].click()
    assert len(messages[-1][0]["ghosts"]) == 1
    panel.buttons["Clear"].click()
    assert messages[-1][0]["ghosts"] == []


# Prediction


def test_a_prediction_is_held_against_the_run_or_passed_over(panel, monkeypatch):
    monkeypatch.setattr(panel.training, "verdict", lambda: "Learning.")
    panel.training.seen = 2000
    assert panel._comment() == "Learning."
    panel.prediction.value = "hardly moves"
    assert panel._comment() == "Learning. You predicted that the cost hardly moves."
    panel.training.seen = 900  # too early to tell
    assert panel._comment() == "Learning."


# Frames, and nobody looking


def test_frames_keep_their_distance_and_the_speed_is_right(panel, messages, clock):
    panel._begin()
    frames = []
    while len(frames) < 20:
        count, before = len(messages), panel.training.steps
        panel._slice()
        assert panel.training.steps > before
        assert len(messages) - count in (0, 1)
        if len(messages) > count:
            frames.append((clock.now, panel.training.steps, messages[-1][0]["speed"]))
    for (t1, steps1, _), (t2, steps2, speed) in itertools.pairwise(frames):
        assert panel.FRAME <= t2 - t1 < panel.FRAME + 0.02
        assert speed == pytest.approx((steps2 - steps1) / (t2 - t1), rel=0.1)


def test_a_moved_slider_is_answered_sooner_than_a_frame(panel, messages, clock):
    panel._begin()
    start = clock.now
    panel.training.configure(0.5, 10)
    while not messages:
        panel._slice()
    assert messages[0][0]["obeyed"] == "η 0.5, mini-batch 10, [784, 30, 10]"
    assert panel.ANSWER <= clock.now - start < panel.ANSWER + 0.02 < panel.FRAME


def test_a_page_gathers_the_moves_of_a_drag_while_it_trains_and_a_cell_waits_for_nothing(panel, clock):
    """It sends the next value when this one is dealt with: so the moves of a drag are few."""

    def drag(eta):  # as a page's messages come, in a thread of their own
        thread = threading.Thread(target=setattr, args=(panel.eta, "value", eta))
        thread.start()
        thread.join()

    drag(2.0)
    panel.run()
    panel.eta.value = 1.0  # by a cell
    assert clock.slept == []
    drag(2.0)
    assert clock.slept == [panel.GATHER]
    panel.pause()


def test_a_slice_lasts_a_few_milliseconds(panel, clock):
    panel._begin()
    start = clock.now
    panel._slice()
    assert TrainingPanel.SLICE <= clock.now - start <= TrainingPanel.SLICE + 0.004


def test_the_status_speaks_every_few_seconds(panel, clock, monkeypatch):
    panel._begin()
    monkeypatch.setattr(panel.training, "advance", lambda n: None)
    monkeypatch.setattr(Training, "begun", True)
    spoken, end = [], clock.now + 19
    panel.status.observe(lambda change: spoken.append(clock.now), "text")
    panel._comment = lambda: f"It is {clock.now}."
    while clock.now < end:
        assert panel._slice()
    assert len(spoken) in (4, 5)
    assert all(3.9 < b - a < 4.2 for a, b in itertools.pairwise(spoken))


def test_training_that_nobody_sees_pauses_after_patience(panel, clock, monkeypatch):
    monkeypatch.setattr(panel.training, "advance", lambda n: None)
    panel._begin()
    start = clock.now
    while panel._slice():
        assert clock.now < start + 11 + TrainingPanel.PATIENCE
        if clock.now < start + 10:
            panel.chart._handle_custom_msg("seen", [])  # as chart.js does while it is in sight
            seen = clock.now
    assert clock.now - seen >= TrainingPanel.PATIENCE
    assert panel.status.text == "Paused, since no page was heard for 20 s. Press Run to go on."


@pytest.mark.parametrize("held_up", [30, 8 * 3600])
def test_a_kernel_that_slept_or_was_held_up_trains_on(panel, clock, monkeypatch, held_up):
    monkeypatch.setattr(panel.training, "advance", lambda n: None)
    panel._begin()
    assert panel._slice()
    clock.now += held_up
    woke = clock.now
    while panel._slice():
        assert clock.now < woke + 1 + TrainingPanel.PATIENCE  # if nobody is there
    assert clock.now > woke - 2 + TrainingPanel.PATIENCE


def test_unseen_training_ends_its_thread_and_can_go_on(panel):
    panel.PATIENCE = 0.05
    panel.buttons["Run"].click()
    wait_for(lambda: not workers())
    assert not panel.worker.running
    assert panel.status.text == "Paused, since no page was heard for 0.05 s. Press Run to go on."
    panel.PATIENCE, steps = 20, panel.training.steps
    panel.buttons["Run"].click()
    wait_for(lambda: panel.training.steps > steps)


# What goes wrong


def test_an_error_in_the_worker_reaches_the_status_line(panel, monkeypatch, caplog):
    with monkeypatch.context() as patch:
        patch.setattr(panel.training, "advance", lambda n: 1 / 0)
        panel.buttons["Run"].click()
        wait_for(lambda: not workers())
    assert panel.status.text == "The training stopped: division by zero"
    assert not panel.worker.running
    assert [record.exc_info[0] for record in caplog.records] == [ZeroDivisionError]
    caplog.clear()
    panel.buttons["Run"].click()  # another try
    wait_for(lambda: panel.training.steps > 10)
    assert_sound(panel)


def test_an_error_in_a_callback_reaches_the_status_line(panel, caplog):
    panel.mini_batch_size.max = 5000
    panel.mini_batch_size.value = 1001
    assert panel.status.text.startswith("That did not work: mini_batch_size is 1001, wanted a whole number")
    assert panel.training.mini_batch_size == 10
    assert len(caplog.records) == 1
    caplog.clear()


def test_without_threads_the_same_panel_trains(panel, data, no_threads):
    async def session():
        panel.buttons["Run"].click()
        await until(lambda: panel.training.steps > 60)
        panel.eta.value = 0.5
        await until(lambda: panel.training.obeyed.startswith("η 0.5"))
        panel.buttons["Add layer"].click()
        await until(lambda: panel.training.steps > 60)
        assert panel.worker.running
        panel.buttons["Pause"].click()
        assert panel.status.text.startswith("Paused.")
        steps = panel.training.steps
        await asyncio.sleep(0.02)
        assert panel.training.steps == steps
        panel.PATIENCE = 0.01
        panel.buttons["Run"].click()
        await until(lambda: not panel.worker.running)

    asyncio.run(session())
    assert panel.status.text == "Paused, since no page was heard for 0.01 s. Press Run to go on."
    alone = Training(data, [784, 30, 30, 10], eta=0.5)
    alone.advance(panel.training.steps)
    assert_same(panel.training.net, alone.net)


def test_without_threads_a_moved_slider_is_obeyed_at_once(panel, no_threads):
    async def session():
        panel.buttons["Run"].click()
        seconds = []
        for eta in [0.5, 1.0, 2.0, 3.0] * 5:
            began = time.perf_counter()
            panel.eta.value = eta
            await until(lambda eta=eta: panel.training.obeyed.startswith(f"η {eta:.3g},"))
            seconds.append(time.perf_counter() - began)
        panel.buttons["Pause"].click()
        return seconds

    assert statistics.median(asyncio.run(session())) < 0.06


# Several panels


def test_of_two_panels_one_trains(make_panel):
    one, other = make_panel(), make_panel(eta=0.5)
    one.buttons["Run"].click()
    wait_for(lambda: one.training.steps)
    other.buttons["Run"].click()
    assert (one.worker.running, other.worker.running) == (False, True)
    assert len(workers()) == 1
    steps = one.training.steps
    wait_for(lambda: other.training.steps > 20)
    assert one.training.steps == steps
    one.close()  # has no effect on the other
    assert other.worker.running
    other.close()
    assert not workers()


def test_closing_stops_and_frees_everything(data):
    before = set(_instances)
    panel = TrainingPanel(Training(data))
    pad = PadPanel(panel)
    panel.buttons["Run"].click()
    wait_for(lambda: panel.training.steps)
    pad.close()
    assert panel.followers == []
    panel.close()
    assert not workers()
    assert not set(_instances) - before
    panel.close()
    pad.close()


def test_the_pad_follows_a_few_times_a_second(panel, clock, monkeypatch):
    shows = []
    panel.followers.append(lambda: shows.append(clock.now))
    monkeypatch.setattr(panel.training, "advance", lambda n: None)
    panel._begin()
    end = clock.now + 3
    while clock.now < end:
        panel._slice()
    assert len(shows) in range(9, 13)


# Without a kernel


def test_the_training_panel_shows_a_picture_without_a_kernel(panel):
    first = assert_pictured(panel, "Live training with η 3, mini-batch 10, [784, 30, 10], 0.0 epochs so far.")
    panel.training.advance(150)
    second = assert_pictured(
        panel, "Live training with η 3, mini-batch 10, [784, 30, 10], 1.5 epochs so far."
    )
    panel.buttons["Reset"].click()
    third = assert_pictured(panel, "Live training with η 3, mini-batch 10, [784, 30, 10], 0.0 epochs so far.")
    assert len({first, second, third}) == 3  # the last one has a ghost


def test_a_running_panel_shows_a_picture_too(panel):
    panel.buttons["Run"].click()
    for _ in range(3):
        assert panel.snapshot()[0].startswith(b"\x89PNG")


def test_a_panel_that_another_one_stops_says_so_and_shows_no_speed(make_panel, messages):
    one, other = make_panel(), make_panel()
    one.run()
    wait_for(lambda: any(message["speed"] for message, _ in messages))
    other.chart.send = lambda *_, **__: None
    other.run()
    assert one.status.text == "Paused, since another panel runs. Press Run to go on here."
    assert messages[-1][0]["steps"] == one.training.steps
    assert messages[-1][0]["speed"] == 0
    other.pause()


def test_nothing_is_judged_before_it_can_be_and_no_speed_stands_beside_a_pause(panel, messages):
    panel.run()
    wait_for(lambda: any(message["speed"] for message, _ in messages))
    assert panel.status.text != "The run has only begun."
    wait_for(lambda: panel.training.begun and panel.status.text == panel.training.verdict())
    panel.pause()
    assert messages[-1][0]["speed"] == 0


@pytest.mark.parametrize(
    ("slider", "typed", "settings"),
    [
        ("learning rate η", "5", "η 5, mini-batch 10"),
        ("learning rate η", "0,31", "η 0.3, mini-batch 10"),
        ("mini-batch size", "25", "η 3, mini-batch 25"),
        ("mini-batch size", "1,000", "η 3, mini-batch 1000"),
    ],
)
def test_a_typed_setting_is_the_one_that_is_obeyed(panel, slider, typed, settings):
    panel.status._handle_custom_msg({"slider": slider, "typed": typed}, [])
    assert panel.training.settings() == f"{settings}, [784, 30, 10]"
