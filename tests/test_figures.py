"""The pictures: each says in one sentence what it shows, is readable, and takes whatever may come."""

import base64
import inspect
import io
import re
from functools import partial
from itertools import combinations

import numpy as np
import pytest
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

import mnet
from mnet import Network, figures
from mnet.live import equations, network
from mnet.live.training import Training

OKABE_ITO = {"#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7"}
GREY = "#767676"  # for what steps back: earlier runs
DRAWINGS = {
    name: function
    for module in (figures, network)
    for name, function in inspect.getmembers(module, inspect.isfunction)
    if not name.startswith("_") and next(iter(inspect.signature(function).parameters), "") == "ax"
}
PARTS = {"paper", "signed_image", "network", "close_up"}  # of other pictures: they return no sentence
DRAWN = [name for name in DRAWINGS if name not in PARTS]


def call(*arguments, size=(7, 3.2), **named):
    return arguments, named, size


@pytest.fixture(scope="module")
def examples(mnist):
    """Return {name: [a call with arguments and a size as in a lesson, then the edges]}."""
    rng = np.random.default_rng(0)
    net, small = Network([784, 30, 10], rng=rng), Network([2, 2, 1], rng=rng)
    for part in (*small.weights, *small.biases):
        part[:] = np.round(2 * part) / 2
    images, labels = mnist.train.images[:1000], mnist.train.labels[:1000]
    x, y = mnist.train.columns(slice(0, 100))
    a = mnet.feedforward(net, x)
    means = np.array([images[labels == digit].mean(axis=0) for digit in range(10)])
    begun, run = Training(mnist), Training(mnist)
    run.advance(10)
    run.ghosts.append(run.ghost())
    curve, distance = np.linspace(0.2, 0.9, 50), np.linspace(-4, 4, 81)
    gradient = mnet.backprop(net, x, y)
    z = net.weights[0] @ x + net.biases[0]
    steps, checks = equations.steps(net, x[:, :1], y[:, :1], {}), equations.verify({})
    return {
        "accuracy_curve": [call([9013, 9200], 10_000), call([0], 1), call([5] * 300, 5)],
        "angles": [call([1, 10, 100, 1000], [54.0, 24.5, 8.4, 2.9]), call([1, 1000], [89.0, 60.0])],
        "angles_later": [call((0, 100), [[20.0, 30.0], [80.0, 95.0]])],
        "answer_on_curve": [call(z, size=(2, 2)) for z in (-40, 0, 40)],
        "answers": [call(a[:, 0], 5), call(np.zeros(10), 0), call(np.ones((10, 1)), 9), call(a[:, 1], None)],
        "backprop_step": [
            *(call(net, steps, k, 5, checks, curve, size=(9, 6)) for k in range(8)),
            *(call(net, steps, k, 5, checks, curve, chosen=j, size=(9, 6)) for k in (0, 7) for j in (9, 39)),
            call(net, steps, 0, 5, checks, curve, curve[::-1], size=(9, 6)),
            *(
                call(
                    net,
                    equations.steps(net, x[:, :1], y[:, :1], wrong),
                    k,
                    5,
                    equations.verify(wrong),
                    curve,
                    curve[:1],
                    size=(9, 6),
                )
                for wrong in equations.BREAKS.values()
                for k in (4, 5, 6, 7)
            ),
        ],
        "blame": [
            call(size=(8, 3.6)),
            *(call(z, y, size=(8, 3.6)) for z in (-8.0, 8.0) for y in (0, 1)),
        ],
        "broadcasting": [
            call([[0.0], [1.0], [0.5]], [0.0, 1.0, 0.5], size=(7, 2)),
            call([-1, 2], [3, 4, 5], size=(7, 2)),
        ],
        "browse": [call(mnist.train, means), call(mnist.test, means, digit=1, position=10**6)],
        "by_epoch": [
            call({"training": [0.91, 0.95], "validation": [0.9, 0.93]}),
            call({name: [0.5] for name in "abcd"}),
        ],
        "chain": [
            call(
                dict(zip(("x", "z₁", "a₁", "z₂", "a₂", "C"), [1, 1, 0.7, -0.2, 0.5, 0.15], strict=True)),
                [2, 0.2, -3, 0.25, -0.5],
                size=(9, 2.8),
            ),
            call({"z": -12.345, "a": 0.0, "C": 0.5}, [0.0, -1.0], size=(9, 2.8)),
        ],
        "confusion": [
            call(rng.integers(0, 990, (10, 10)), size=(6.4, 5.6)),
            call(np.eye(10, dtype=int), size=(6.4, 5.6)),
        ],
        "cost_curves": [
            call({"A": [0.125, 0.114], "B": [0.125, 0.458], "C": [0.125, 0.073]}, size=(9, 2.8)),
            call({"A": [0.0, 0.1]}),
        ],
        "cost_per_step": [call([1.0, 0.5]), call([0.0])],
        "costs": [call(curve[::-1]), call([0.0])],
        "darkness_by_digit": [call(images.mean(axis=1) / 256, labels, size=(7, 4.2))],
        "dark_or_light": [
            call(images[labels < 2], labels[labels < 2], w, b, size=(9, 3.6))
            for w, b in ((100, -11.5), (0, 0), (-200, 30))
        ],
        "descent": [
            call(),
            call(eta=1.2, v1=-3, v2=-2),
            call(v1=0, v2=0),
            call(eta=0.01, steps=1),
        ],
        "digits": [
            call(images[:20], labels[:20], size=(7, 1.6)),
            call(images[:10], labels[:10], 5, size=(7, 2.9)),
            call(images[:1]),
            call(images[:12], ["3→5"] * 12, columns=6, size=(8, 3)),
        ],
        "downhill": [call(size=(7, 4.6))],
        "error_by_layer": [call([0.001, 0.004, 0.1], size=(7, 2.6)), call([0.5], size=(7, 2.6))],
        "errors_beside": [
            call(a[:, :1] - y[:, :1], gradient.nabla_b[1], 7, size=(7, 4)),
            call(0.5 + np.arange(10) / 20, -np.arange(1, 11) / 80, 0, size=(7, 4)),
        ],
        "errors": [
            call(gradient.nabla_b[1], label=7),
            call(np.zeros(10), label=0),
            call(-np.ones(30), ticks=[]),
        ],
        "gains": [
            call({"the cured network": [0.976, 0.977], "+ cross-entropy": [0.978]}),
            call({f"+ change {k}": [0.9 + k / 100] * 5 for k in range(6)}),
        ],
        "gradient_arrow": [call(size=(7, 4.6)), call(0, 0, size=(7, 4.6)), call(-2, -1, size=(7, 4.6))],
        "gradient_image": [
            call(gradient.nabla_w[0][15], size=(4.8, 3.8)),
            call(np.zeros(784), size=(4.8, 3.8)),
        ],
        "layers": [
            call(net, x[:, :1], a[:, :1], 5, size=(9, 4.8)),
            call(Network([784, 100, 100, 10], rng=rng), x[:, :1], a[:, :1], 9, size=(9, 4.8)),
            call(net, x[:, :1], a[:, :1], None, size=(9, 4.8)),
            *(call(net, x[:, :1], a[:, :1], 5, chosen, size=(9, 4.8)) for chosen in (0, 29, 30, 39)),
        ],
        "layers_learning": [
            call([0.1, 0.9], [1e-3, 0.02], size=(9, 2)),
            call([0, 1, 0.5, 0.2], [0.0, 1e3, float("nan"), 1e-5], size=(9, 2)),
        ],
        "listeners": [
            call([1.043, -0.665], np.array([[-0.114], [0.069]]), 0.188, size=(8, 2.8)),
            call([-12.345, 0, 2], [-0.1, 0.2, 0], 0.0, size=(8, 2.8)),
        ],
        "looking": [
            call(x[:, 0], net.weights[0][0], -12.0, 5, size=(9, 3.2)),
            call(0 * x[:, 0], np.zeros(784), 0.0, 0, size=(9, 3.2)),
        ],
        "mean_digits": [call(means, size=(7, 2.9))],
        "neuron": [call(w=w, b=b) for w in (1, 0, -20, 20) for b in (0, -20, 20)],
        "nudge_errors": [
            call(10.0 ** np.arange(-13, 0), 10.0 ** -np.arange(13), "64 bits"),
            call(10.0 ** np.arange(-7, 0), [0.5] * 7, "32 bits"),
        ],
        "nudge": [
            call(distance, mnet.sigmoid(-distance) ** 2 / 2, -0.125),
            call(distance, mnet.sigmoid(-distance - 3) ** 2 / 2, 0.0),
        ],
        "one_epoch": [
            call(curve[::-1], curve, now, net.weights[0][:10] / 5, images[:12], ["3→5"] * 12, size=(9, 3.6))
            for now in (0, 49)
        ],
        "one_weight": [call(curve, np.arange(50) // 9, 4 + curve, 0.5, 1.0, size=(7, 4.2))],
        "pad": [
            call(images[0].reshape(28, 28), images[0].reshape(28, 28), a[:, 0], "A drawn digit, read as a 3.")
        ],
        "pixels": [call(images[0], size=(7, 7)), call(np.full(784, 255), size=(7, 7))],
        "reading": [
            call(images[0], a[:, 0], 5, size=(8, 3)),
            call(np.zeros(784), np.zeros(10), 0, size=(8, 3)),
        ],
        "receptive": [call(net.weights[0][:10], size=(8, 3.4)), call(net.weights[0][:1])],
        "runs": [
            call({f"η = {eta}": curve[::-1] * eta for eta in (0.1, 1, 3, 100)}, size=(7.6, 3.4)),
            call({"η = 1": [0.5]}),
        ],
        "saturation": [call([z, 3 * z], 1, size=(8, 4.8)), call([z / 28, 0 * z], 28, size=(8, 4.8))],
        "shifts": [call(curve[::-6], np.full(9, 0.9)), call([1.0], [1.0])],
        "sigmoid_curve": [call(), call(z=-8), call(z=8)],
        "slices": [call(size=(7, 3.6)), call(0.0, 0.0, size=(7, 3.6))],
        "slope": [call(z=z) for z in (1.0, 0.0, -8, 8)],
        "standard_normal": [call(net.weights[0].ravel()), call(np.zeros(1))],
        "taken_for": [
            call(images[:10], range(10), range(9, -1, -1), means, size=(8, 2.8)),
            call(images[:1], [3], [5], means, size=(3, 2.8)),
        ],
        "training_curves": [call(begun), call(run)],
        "tuning": [call((0.1, 1, 3, 10, 100), {10: curve[:5], 30: curve[1:6]}), call((3,), {30: [0.1]})],
        "two_curves": [call([90.2, 94.8], [90.9, 94.2]), call([10.0], [9.0])],
        "weighed": [
            call(means[0] / 256 - means[1] / 256, [images[0] / 256, images[1] / 256], -3.0, size=(8, 2.9)),
            call(-means[0] / 256 - means[1] / 256, [images[2] / 256]),
        ],
        "wiring": [call(small, [[1, 0], [0.5, 4.54e-5], [0.75]], size=(7, 3.6))],
    }


def test_each_picture_is_tested(examples):
    assert sorted(examples) == sorted(DRAWN)


@pytest.fixture
def draw(monkeypatch):
    """Return draw(name, *example): the figure as `png` makes it, its sentence, and the texts on it."""
    texts, draw_text = [], Text.draw

    def listen(text, renderer):
        texts.append(text)
        draw_text(text, renderer)

    monkeypatch.setattr(Text, "draw", listen)

    def draw(name, arguments, named, size):
        figures.know_plain_log()
        texts.clear()
        with rc_context(figures.STYLE):
            figure = Figure(figsize=size, layout="constrained", dpi=100)
            sentence = DRAWINGS[name](figure.subplots(), *arguments, **named)
            figure.draw_without_rendering()  # all lies where it does in a saved picture, laid out once
        return figure, sentence, [text for text in texts if text.get_visible() and text.get_text().strip()]

    return draw


@pytest.mark.parametrize("name", DRAWN)
def test_it_can_be_read(name, examples, draw):
    for example in examples[name]:
        figure, sentence, texts = draw(name, *example)
        assert re.fullmatch(r"\S.{15,}\.", sentence), sentence
        assert not re.search(r"\bnan\b|\binf\b|np\.|array\(", sentence), sentence

        boxes = [(text, text.get_window_extent()) for text in texts]
        for text, box in boxes:
            assert min(*box.min, *(figure.bbox.max - box.max)) > -1, f"{text} is cut"
            assert "$" not in text.get_text(), f"{text}: matplotlib loses memory with each formula it draws"
        for (one, box), (other, its) in combinations(boxes, 2):
            assert not box.padded(-2).overlaps(its.padded(-2)), f"{one} lies over {other}"

        for axes in figure.findobj(Axes):
            filled = {to_hex(patch.get_facecolor()).upper() for patch in axes.patches if patch.get_fill()}
            for line in axes.lines:
                bare = line.get_linestyle() == "None"  # markers alone
                colour = line.get_markeredgecolor() if bare else line.get_color()
                assert to_hex(colour).upper() in OKABE_ITO | {GREY}, line
                # On dark paper a panel draws blue lines in the lighter blue that bars have everywhere.
                on_dark = figures.SKY if colour == figures.BLUE else colour
                assert bare or not {colour, on_dark} & filled, f"{line} is lost on what is filled"
            if legend := axes.get_legend():
                box = legend.get_window_extent().padded(-3)
                for line in axes.lines:
                    points = line.get_transform().transform(np.column_stack(line.get_data()).astype(float))
                    assert not box.count_contains(points), f"the legend hides {line.get_label()}"


@pytest.mark.parametrize("name", DRAWN)
def test_it_is_a_picture_with_its_sentence_inside(name, examples):
    arguments, named, size = examples[name][0]
    make = partial(figures.png, DRAWINGS[name], *arguments, size=size, **named)
    picture, sentence = make()
    image = Image.open(io.BytesIO(picture))
    assert image.text["Description"] == sentence
    assert "Software" not in image.text  # else each version of matplotlib would write other bytes
    # Before matplotlib 3.11 a side of 4.6 inches, 459.99 dots, loses its fraction.
    assert image.size == pytest.approx([100 * side for side in size], abs=1)
    assert len(np.unique(np.asarray(image.convert("L")))) > 2, "nothing is drawn"
    assert make()[0] == picture


def test_what_a_circle_holds_is_no_wider_than_it(draw):
    net = mnet.Network([2, 1])
    _, _, texts = draw("wiring", [net, [[1.0, 4.54e-5], [0.123456]]], {}, (7, 3.6))
    assert {"1", "0", "0.123"} <= {text.get_text() for text in texts}


def test_the_middle_of_one_start_is_not_spoken_of(draw):
    assert "starts" not in draw("runs", [{"A": [2.0, 0.5]}], {}, (7, 3))[1]
    assert "starts" in draw("runs", [{"A": [[2.0, 0.5], [2.0, 0.6]]}], {}, (7, 3))[1]


def test_a_picture_is_saved_whole_or_not_at_all(tmp_path):
    sentence = figures.save(tmp_path / "slope.png", figures.slope, z=1.0)
    assert Image.open(tmp_path / "slope.png").text["Description"] == sentence
    with pytest.raises(mnet.DataError, match="cannot be written"):
        figures.save(tmp_path / "no" / "slope.png", figures.slope)


def test_show_prints_the_sentence_below_the_picture(capsys, monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.get_ipython", lambda: "a shell")
    monkeypatch.setattr("IPython.display.display", lambda *bundle, **how: shown.append((*bundle, how)))
    figures.show(figures.slope, z=1.0)
    ((bundle, how),) = shown
    sentence = "At z = 1 the sigmoid has value 0.731 and slope 0.197."
    assert bundle["text/plain"] == how["metadata"]["image/png"]["alt"] == sentence
    assert base64.b64decode(bundle["image/png"], validate=True) == figures.png(figures.slope, z=1.0)[0]
    assert capsys.readouterr().out == f"{sentence}\n"


def test_a_script_prints_the_sentence_alone(capsys):
    figures.show(figures.slope, z=1.0)
    assert capsys.readouterr().out == "At z = 1 the sigmoid has value 0.731 and slope 0.197.\n"


def test_source_prints_the_code_without_its_description(capsys):
    figures.source(mnet.sigmoid_prime)
    code = capsys.readouterr().out
    assert code.splitlines()[-2:] == ["    a = sigmoid(z) if a is None else a", "    return a * (1 - a)"]
    assert '"""' not in code
    figures.source(mnet.improved_sgd)
    assert "#" not in capsys.readouterr().out


@pytest.mark.parametrize("name", ["picture.pdf", "picture", "picture.png.svg"])
def test_a_png_is_saved_under_no_other_name(tmp_path, name):
    with pytest.raises(ValueError, match=r"^save: found .*, wanted a name that ends in \.png: a PNG .*\.$"):
        figures.save(tmp_path / name, figures.sigmoid_curve)
    assert not list(tmp_path.iterdir())
