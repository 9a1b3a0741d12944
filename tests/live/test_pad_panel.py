"""The pad beside a network, or beside a training panel, without a browser."""

import io

import numpy as np
import pytest
from PIL import Image

from mnet import Network, feedforward
from mnet.live import panels
from mnet.live.pad_panel import PadPanel
from tests.support.pictured import assert_pictured
from tests.support.watch import wait_for


@pytest.fixture
def digit(mnist):
    return mnist.test.images[0].reshape(28, 28)


def answers(net, centred):
    return feedforward(net, (centred.reshape(784, 1) / 256).astype(np.float32))[:, 0]


def test_the_pad_asks_the_network_it_was_given(digit):
    net = Network([784, 30, 10], rng=np.random.default_rng(0))
    panel = PadPanel(net)
    assert not panel.pad.answers.any()
    panel.draw(np.kron(digit, np.ones((4, 4))))
    np.testing.assert_array_equal(panel.pad.centred, digit)
    np.testing.assert_array_equal(panel.pad.answers, answers(net, digit))
    panel.close()


@pytest.mark.parametrize("act", ["Step", "Reset", "Add layer", "Remove layer", "the book's run"])
def test_the_pad_answers_with_the_network_of_this_moment(panel, digit, act):
    pad = PadPanel(panel)
    panel.training.advance(30)
    pad.draw(np.kron(digit, np.ones((4, 4))))
    before = pad.pad.answers
    if act in panel.buttons:
        panel.buttons[act].click()
    else:
        panel.preset.value = act
    assert not np.array_equal(pad.pad.answers, before)
    np.testing.assert_array_equal(pad.pad.answers, answers(panel.training.net, digit))
    pad.close()


def test_the_pad_follows_the_network_as_it_trains(panel, digit):
    pad, seen = PadPanel(panel), []
    pad.draw(np.kron(digit, np.ones((4, 4))))
    pad.pad.observe(lambda change: seen.append(change.new), "text")
    panel.buttons["Run"].click()
    wait_for(lambda: len(seen) > 2)
    panel.buttons["Pause"].click()
    np.testing.assert_array_equal(pad.pad.answers, answers(panel.training.net, digit))
    steps = len(seen)
    pad.close()
    assert panel.followers == []
    panel.buttons["Step"].click()
    assert len(seen) == steps


def picture(colour=255):
    stream = io.BytesIO()
    image = Image.new("L", (60, 60), 255 - colour)
    image.paste(colour, (26, 5, 34, 55))
    image.save(stream, "PNG")
    return stream.getvalue()


@pytest.fixture
def upload(digit):
    panel = PadPanel(Network([784, 30, 10], rng=np.random.default_rng(0)))

    def put(name, content):
        panel.pad._handle_custom_msg({"file": name}, [] if content is None else [memoryview(content)])
        return panel

    yield put
    panel.close()


def test_an_uploaded_picture_goes_on_the_pad(upload):
    panel = upload("dark.png", picture(0))
    assert panel.status.text == "Read from dark.png."
    dark = panel.pad.drawing
    assert dark.any()
    assert panel.pad.answers.any()
    upload("light.png", picture(255))
    assert panel.status.text == "Read from light.png."
    np.testing.assert_array_equal(panel.pad.drawing, dark)


@pytest.mark.parametrize("change", ["by hand", "by draw"])
def test_what_is_no_more_the_file_is_not_named_so(upload, digit, change):
    panel = upload("dark.png", picture(0))
    panel.pad._handle_custom_msg({"what": "all", "from": "a view"}, [])  # a page asks to see it
    assert panel.status.text == "Read from dark.png."
    if change == "by hand":
        said = {"what": "drawn", "from": "a view", "lengths": [], "based": True}
        panel.pad._handle_custom_msg(said, [memoryview(panel.pad.drawing.tobytes()), memoryview(b"")])
    else:
        panel.draw(digit)
    assert panel.status.text == ""
    upload("light.png", picture(255))
    assert panel.status.text == "Read from light.png."


def test_an_uploaded_text_is_refused_in_one_sentence(upload, caplog):
    panel = upload("dark.png", picture(0))
    before = panel.pad.drawing
    upload("notes.txt", b"not a picture")
    assert panel.status.text == ("That did not work: the file holds no picture: use a small PNG or JPEG.")
    assert panel.pad.drawing is before
    assert len(caplog.records) == 1
    caplog.clear()
    upload("light.png", picture(255))
    assert panel.status.text == "Read from light.png."


def test_a_file_that_the_browser_cannot_send_and_a_blank_sheet_are_refused_in_one_sentence(upload, caplog):
    panel = upload("dark.png", picture(0))
    before = panel.pad.drawing
    upload("big.tif", None)
    assert panel.status.text == (
        "That did not work: big.tif cannot be sent: it is large, and no picture that the browser can shrink; "
        "use a PNG or JPEG."
    )
    stream = io.BytesIO()
    Image.new("L", (60, 60), 240).save(stream, "PNG")
    upload("blank.png", stream.getvalue())
    assert "no digit is found in the picture: draw one" in panel.status.text
    assert panel.pad.drawing is before
    assert len(caplog.records) == 2
    caplog.clear()


def test_the_pad_shows_a_picture_without_a_kernel(digit):
    panel = PadPanel(Network([784, 30, 10], rng=np.random.default_rng(0)))
    empty = assert_pictured(panel, "Draw a digit in the square.")
    panel.draw(np.kron(digit, np.ones((4, 4))))
    assert panel.pad.text.startswith("The network reads a ")
    assert assert_pictured(panel, panel.pad.text) != empty
    panel.close()


def test_the_pad_follows_the_panel_in_the_place_of_a_closed_one(make_panel, digit):
    former, successor = make_panel(), make_panel(seed=1)
    pad = PadPanel(former)
    pad.draw(np.kron(digit, np.ones((4, 4))))
    former.close(successor=successor)
    np.testing.assert_array_equal(pad.pad.answers, answers(successor.net, digit))
    successor.buttons["Step"].click()
    np.testing.assert_array_equal(pad.pad.answers, answers(successor.net, digit))
    pad.close()
    assert successor.followers == []


def test_what_follows_a_pad_follows_the_pad_in_its_place(digit):
    net = Network([784, 30, 10], rng=np.random.default_rng(0))
    former, between, successor = (PadPanel(net) for _ in range(3))
    follower = panels.through(former)
    follower.picture.sight = True
    empty = follower.picture.drawn
    former.close(successor=between)
    between.close(successor=successor)
    successor.draw(np.kron(digit, np.ones((4, 4))))
    assert follower.picture.drawn != empty
    assert former.newest is successor
    follower.close()
    assert successor.followers == []
    successor.close()


def test_the_pad_of_a_panel_that_is_closed_for_good_answers_nothing(make_panel, digit):
    panel = make_panel()
    pad = PadPanel(panel)
    pad.draw(np.kron(digit, np.ones((4, 4))))
    assert pad.pad.answers.any()
    panel.close()
    assert not pad.pad.answers.any()
    assert pad.pad.text == "The panel that this pad read is closed: run its cell, then this cell again."
    pad.close()
