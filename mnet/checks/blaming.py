"""Lesson 05's exercise, as those in `exercises`, and lessons 04 and 05's questions, as in `questions`."""

from types import SimpleNamespace

import numpy as np

from mnet.checks import exercises
from mnet.checks.exercises import OURS, _gradient, _nets, _slope, _σ
from mnet.checks.judge import Question
from mnet.live.equations import BREAKS, _forward, backward

# fmt: off
_ROWS = {
    "x": lambda x, y, l, net: len(x),
    "y": lambda x, y, l, net: len(y),
    "delta": lambda x, y, l, net: net.sizes[l + 1],
}


def backprop(fn):
    """Check a function that gives (nabla_b, nabla_w), the mean gradient over the columns: lesson 05.

    >>> import mnet
    >>> backprop(lambda net, x, y: mnet.backprop(net, x, y)[::-1])  # doctest: +ELLIPSIS
    ✗ backprop: nabla_b[0] has shape (3, 4), expected (3, 1): nabla_b comes first, nabla_w second...
      Asked: backprop(Network([4, 3, 2]), x (4, 5), ...)
    """
    def walk(broken, **off):
        def wrong(net, x, y):
            _, nabla_b, nabla_w = zip(*backward(net, x, y, broken, **off), strict=True)
            return nabla_b[::-1], nabla_w[::-1]
        return wrong

    def either(sentence, one, two):
        """Name a mistake in BP1, in BP2 and in both."""
        wrong = {"BP1": one, "BP2": two, "BP1 and BP2": one | two}
        return {sentence.format(where): walk(broken) for where, broken in wrong.items()}

    def sloped(slope):
        """Put this in the place of σ′."""
        return ({"BP1": lambda a, y, z: (a - y) * slope(z)},
                {"BP2": lambda w, d, z: (w.T @ d) * slope(z)})

    def forward(net, x, y):
        """Begin at the first layer with the δ of the last one, as a loop does that is not reversed."""
        activations, zs = _forward(net, x)
        delta, nabla_b, nabla_w = (activations[-1] - y) * _slope(zs[-1]), [], []
        for i, w in enumerate(net.weights):
            nabla_b.append(delta.mean(axis=1, keepdims=True))
            nabla_w.append(delta @ activations[i].T / x.shape[1])
            delta = (w.T @ delta) * _slope(zs[i - 1]) if i > 0 else delta
        return nabla_b, nabla_w

    sum_b, sum_w = BREAKS["BP3: sum, not mean"], {"BP4": lambda d, a: d @ a.T}
    inside = {"BP2": lambda w, d, z: w.T @ (d * _slope(z))}

    def counted(rows, names):
        """Divide the sum over the batch by a number of rows."""
        def wrong(net, x, y):
            pair = _gradient(net, x, y)
            sizes = [rows(x, y, l, net) for l in range(len(net.weights))]
            return [[n * x.shape[1] / size for n, size in zip(nablas, sizes, strict=True)]
                    if name in names else nablas for name, nablas in zip("bw", pair, strict=True)]
        return wrong

    def moved(names):
        """Use the δ of the layer before, as a loop does that calls BP2 too early."""
        def wrong(net, x, y):
            deltas = [delta for delta, *_ in backward(net, x, y, {})][::-1]
            early = [deltas[max(l - 1, 0)] for l in range(len(deltas))]
            inputs = _forward(net, x)[0][:-1]
            for_b, for_w = (early if name in names else deltas for name in "bw")
            return [d.mean(axis=1, keepdims=True) for d in for_b], [
                d @ a.T / x.shape[1] for d, a in zip(for_w, inputs, strict=True)]
        return wrong

    def unguarded(net, x, y):
        """Carry δ back from the first layer, too, with the z of the last one, which zs[-1] is."""
        delta = [*backward(net, x, y, {})][-1][0]
        (net.weights[0].T @ delta) * _slope(_forward(net, x)[1][-1])
        return _gradient(net, x, y)

    def short(gap):
        """Leave out the first layer, as a loop does that ends too early."""
        return lambda *args: [[gap(nablas[0]), *nablas[1:]] for nablas in _gradient(*args)]

    early = "δ goes back too early: BP2 comes after BP3 and BP4 of its layer"
    m = "m is x.shape[1]"
    return exercises.judge(OURS["backprop"], fn, _nets(), {
        "σ′(z) is missing in BP1: (a - y) σ′(z)": walk(BREAKS["BP1: forget σ′"]),
        "σ′(z) is missing in BP2: (wᵀ δ) σ′(z)": walk(BREAKS["BP2: forget σ′"]),
        "σ′(z) is missing in BP1 and BP2": walk(BREAKS["BP1: forget σ′"] | BREAKS["BP2: forget σ′"]),
        **either("this is σ′ of the activation in {}: sigmoid_prime(z), not (a)",
                 *sloped(lambda z: _slope(_σ(z)))),
        **either("this is σ(z) in {}: its slope σ′(z) belongs there, sigmoid_prime(z)", *sloped(_σ)),
        **either("this is z (1 - z) in {}: σ′(z) is σ(z) (1 - σ(z))", *sloped(lambda z: z * (1 - z))),
        **either("δ is no mean, and {} divides by m: BP3 and BP4 alone do", {
            "BP1": lambda a, y, z: (a - y) * _slope(z) / a.shape[1]}, {
            "BP2": lambda w, d, z: (w.T @ d) * _slope(z) / d.shape[1]}),
        **{f"{why}: BP1 begins with a - y": walk({"BP1": lambda a, y, z, by=by: by(a - y) * _slope(z)})
            for why, by in {
                "the half in the cost cancels its 2": lambda d: 2 * d,
                "the 2 of the square cancels the half": lambda d: d / 2,
                "a δ has a sign, this is its size": abs,
                "this is squared": lambda d: d**2,
            }.items()},
        "the loop runs from the first layer to the last: blame travels back, reversed(range(L))": forward,
        "the brackets of BP2: (wᵀ δ) ⊙ σ′(z), first the product, then the slope of the layer it arrives in":
            walk(inside, z_off=1),
        "the brackets of BP2: (wᵀ δ) ⊙ σ′(z), the slope comes after the product": walk(inside),
        "BP3 stands behind BP2: " + early: moved("b"),
        "BP4 stands behind BP2: " + early: moved("w"),
        "BP3 and BP4 stand behind BP2: " + early: moved("bw"),
        "the first layer has no layer before it, and zs[-1] is the last: BP2 stands behind if i > 0":
            unguarded,
        "the loop stops one layer early, and nabla_b[0] and nabla_w[0] stay 0: range(L - 1, 0, -1) ends at 1":
            short(lambda n: 0 * n),
        "the loop stops one layer early, and nothing is written into nabla_b[0] and nabla_w[0]: "
            "range(L - 1, 0, -1) ends at 1": short(lambda n: None),
        **{f"len({what}) counts rows, not examples: {m}": counted(rows, "bw")
            for what, rows in _ROWS.items()},
        **{f"BP3 divides by len({what}), which counts rows: {m}": counted(rows, "b")
            for what, rows in _ROWS.items()},
        **{f"BP4 divides by len({what}), which counts rows: {m}": counted(rows, "w")
            for what, rows in _ROWS.items()},
        "the sign is wrong: BP1 begins with a - y": walk(BREAKS["BP1: wrong sign"]),
        "nabla_b is the sum over the batch: divide by m": walk(sum_b),
        "nabla_w is the sum over the batch: divide by m": walk(sum_w),
        "the gradient is the sum over the batch: divide by m": walk(sum_b | sum_w),
        "// cuts the fraction off: divide by m with /": walk({
            "BP3": lambda d: d.sum(axis=1, keepdims=True) // d.shape[1],
            "BP4": lambda d, a: d @ a.T // d.shape[1]}),
        "BP3 is the mean of δ over the examples, axis=1": walk({"BP3": lambda d: d}),
        "BP3: delta.mean() is one number for the whole layer: axis=1 gives each neuron its own, and "
            "keepdims=True a column": walk({"BP3": lambda d: d.mean()}),
        "BP3: axis=0 adds the neurons up, axis=1 the examples": walk(
            {"BP3": lambda d: d.mean(axis=0, keepdims=True)}),
        "BP3 gives a column (j, 1): keepdims=True": walk({"BP3": lambda d: d.mean(axis=1)}),
        "transpose BP4: delta @ a.T": walk(BREAKS["BP4: product transposed"]),
        "reshape folds the same line of numbers anew, .T turns the table: delta @ a.T in BP4": walk(
            {"BP4": lambda d, a: d @ a.reshape(a.shape[::-1]) / d.shape[1]}),
        "reshape folds the same line of numbers anew, .T turns the table: w.T @ delta in BP2": walk(
            {"BP2": lambda w, d, z: (w.reshape(w.shape[::-1]) @ d) * _slope(z)}),
        "BP4 is one layer off: its a comes in before w": walk({}, a_off=1),
        "BP4 is one layer off: into weights[i] comes activations[i], not [i - 1]": walk({}, a_off=-1),
        "transpose w in BP2: w.T @ delta": walk(BREAKS["BP2: w, not its transpose"]),
        "w is one layer off in BP2: it belongs to the later layer": walk({}, w_off=-1),
        "z is one layer off in BP2: it belongs to the earlier layer": walk({}, z_off=1),
        "a - y is the error of the last layer alone: others get (wᵀ δ) σ′(z)": lambda net, x, y: walk(
            {"BP2": lambda w, d, z: (_σ(z) - y) * _slope(z)})(net, x, y),
        "δ is the same in each layer: carry it back with BP2": walk({"BP2": lambda w, d, z: d}),
        "the bias is missing on the way forward: w a + b": lambda net, x, y: walk({})(
            SimpleNamespace(weights=net.weights, biases=[0 * b for b in net.biases]), x, y),
        "nabla_b comes first, nabla_w second": lambda *args: _gradient(*args)[::-1],
        "the order of layers is wrong: nabla_w[0] belongs to weights[0]":
            lambda *args: [nablas[::-1] for nablas in _gradient(*args)],
        "this is the gradient of the first example": lambda net, x, y: _gradient(net, x[:, :1], y[:, :1]),
        "only the last layer has its gradient: carry δ back to the others": lambda *args: [
            [*(0 * n for n in nablas[:-1]), nablas[-1]] for nablas in _gradient(*args)],
    })


# The arrays of an exercise of lesson 05: tanh neurons, and the fourth power for a cost.
_z, _y = np.array([[0.5], [-1.0], [2.0]]), np.array([[1.0], [0.0], [0.0]])
_a = np.tanh(_z)
_rise, _tanh_slope = (_a - _y) ** 3, 1 - _a**2

def _letters(found):
    """Return the letters of a word or of several: "b, c, a" is "BCA"."""
    return "".join(letter for letter in "".join(found).upper() if letter.isalpha())


QUESTIONS = {
    # 04 cost
    "04 curves": Question(lambda found: _letters(found) == "BCA", {
        "uphill the cost rises: which curve does?": lambda found: _letters(found)[0] != "B"
            and sorted(_letters(found)) == ["A", "B", "C"],
        "a step that forgets v starts from 0 each time, and comes no nearer: which curve stands still?":
            lambda found: _letters(found) == "BAC",
        "give three letters, such as \"ABC\": the curve of mistake 1, of 2 and of 3":
            lambda found: sorted(_letters(found)) != ["A", "B", "C"],
        "one letter for each mistake, in quotes": lambda found: isinstance(found, (int, float)),
    }, "three letters, in quotes: which curve rises, which stands still, which creeps?"),
    "04 eta": Question(0.5, {
        "this is v₁'s limit, and v₁ starts at 0 and stays there: only v₂ moves": 0.2,
        "here 1 - 4 η is 0: the ball lands in the middle after one step": 0.25,
        "this is about v₁, which stays at 0: only v₂ moves": lambda eta: eta in (0.1, 0.4, 10),
        "the slope of 2 v₂² is 4 v₂, so the curvature is 4 and not 2": 1.0,
        "this is the curvature along v₂: the limit is 2 / c": 4.0,
        "this is what stands before v₂²: the slope is 4 v₂, and the limit 2 / c": 2.0,
        "a step of η = 0 leads nowhere at all: look for 1 - 4 η = -1": 0.0,
        "it does settle there, sooner or later: look for 1 - 4 η = -1": lambda eta: 0 < eta < 0.5,
        "it runs away there: look for 1 - 4 η = -1": lambda eta: 0.5 < eta < 1e9,
    }, "along v₂ one step turns v₂ into (1 - 4 η) v₂: when is that -v₂?"),
    "04 best": Question(80 / 544, {
        "there v₂ is right after one step, and v₁ is not: the lowest place lies beyond": 0.125,
        "there v₁ is right after one step, and v₂ is far past the middle": 0.5,
        "this is the middle of both, (1/2 + 1/8) / 2: the steep direction counts for more":
            lambda eta: abs(eta - 0.3125) < 0.001,
        "from there the walk never settles: one step can do better": 0.25,
        "this is the cost there: wanted is η": lambda eta: abs(eta - 2.118) < 0.002,
        "this is the step of section 5: a longer one lands lower": 0.1,
        "η is positive: downhill": lambda eta: eta < 0,
        "too short: the cost is still falling there when η grows": lambda eta: 0 < eta < 0.146,
        "too long: the cost rises there again": lambda eta: 0.148 < eta < 1e9,
    }, "the cost after the step is (2 - 4 η)² + 4 (1 - 8 η)²: where is its slope along η 0?", within=1e-3),

    # 05 backprop
    "05 red": Question("BP2", {
        "all blame starts in BP1: a mistake there spoils the last layer's arrays too": "BP1",
        "BP3 makes both nabla_b, and one of them is right": "BP3",
        "BP4 makes both nabla_w, and one of them is right": "BP4",
        "it goes red at every mistake: which one goes red beside it?": "all four",
        "this is an equation's number in the course: give its name, BP1 to BP4": lambda name: str(name).strip(
            "() ") in {"9", "10", "11", "12", "13"},
        "give the name in quotes, 'BP1' to 'BP4'": lambda name: str(name) in {"1", "2", "3", "4"},
        "backprop calls all four: which one of them is wrong?": lambda name: "backprop" in str(name).lower(),
        "only one is wrong, and one mistake explains both arrays": lambda names: len({*names}
            & {"BP1", "BP2", "BP3", "BP4"}) > 1,
    }, "which of the four equations has no part in the two arrays that are right?"),

    "05 other": Question(_rise * _tanh_slope, {
        "this is BP1 of the quadratic cost: this one has a third power": (_a - _y) * _tanh_slope,
        "the slope of tanh is missing: a moves by 1 - a² for each unit of z": _rise,
        "this is the slope of the sigmoid, a (1 - a): that of tanh is 1 - a²": _rise * _a * (1 - _a),
        "the 4 comes down and cancels the fourth in front": 4 * _rise * _tanh_slope,
        "the fourth in front is gone: the 4 that comes down cancels it": _rise * _tanh_slope / 4,
        "the sign is wrong: a - y": -_rise * _tanh_slope,
        "the power falls by one: a fourth power has a third for its slope": (_a - _y) ** 4 * _tanh_slope,
        "this is the cost of each neuron: wanted is its slope along z": (_a - _y) ** 4 / 4,
        "this takes tanh twice: a is tanh(z) already, so the slope is 1 - a²": _rise * (1 - np.tanh(_a) ** 2),
        "a stands for tanh(z): the slope is 1 - a², not 1 - z²": _rise * (1 - _z**2),
        "it multiplies: the slope along a, times how fast a moves with z": _rise + _tanh_slope,
        "this adds the neurons up: each has its own δ": (_rise * _tanh_slope).sum(),
        "one δ for each neuron, in a column: the shape is (3, 1)": lambda found: np.shape(found) != (3, 1)
            and np.size(found) == 3,
        "the power stands on a - y as a whole: (a - y) ** 3": (_a**3 - _y) * _tanh_slope,
    }, "(a - y) to the third power, times 1 - a²: print both, and multiply", within=2e-4),
    "05 h": Question(lambda h: 1e-3 < float(h) < 5e-2 and not isinstance(h, str), {
        "there the curve is cut off at the corner: a smaller step is better": lambda h: 5e-2 <= h <= 1,
        "that is the nudge for 64 bits: with 7 digits the difference is nearly all rounding":
            lambda h: 1e-6 < h < 1e-4,
        "there the two costs agree in most of their seven digits, and rounding eats the difference":
            lambda h: 0 < h <= 1e-3,
        "h divides: it must not be 0": 0.0,
        "this is the power of ten: give the nudge itself, such as 1e-3": lambda h: 1 < abs(h) <= 12,
        "h is a step: give it without the minus": lambda h: -1 < h < 0,
    }, "a nudge such as 1e-4: which makes h² and 1e-7 / h about equal?"),
}
