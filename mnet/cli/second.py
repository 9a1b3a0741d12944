"""The second set of exercises: of the kinds that lessons have, other numbers and functions for each class.

Not in the wheel that students install, since the solutions stand here. `mnet edition --second` asks for it.
"""

from collections import namedtuple
from textwrap import indent

import numpy as np

from mnet.checks.course import number as number_of
from mnet.checks.handed_in import hand_in

# text: what to do; begin: what the learner finds, which binds `subject`; solution: what binds it rightly;
# questions: what else `hand_in` gets, the arguments of each question that a function is asked
Exercise = namedtuple("Exercise", "name text subject begin solution questions")
SETUP = "import numpy as np\nfrom mnet import Network, checks, load_mnist"


TO_HAND_IN = """## To hand in

Your instructor marks what follows, and the checks here cannot: they say whether an answer is there. Numbers
want three digits. The exercises above are to practise."""


def dealt(lessons):
    """Return {lesson: (text, source) of its cells} of a new set, and the key to it.

    lessons : the names of the lessons; the key is {exercise: its lesson and answer}
    """
    lessons, cells, key = {number_of(name): name for name in lessons}, {}, {}
    begin = [(TO_HAND_IN, None), ("The names that these exercises use:", SETUP)]
    for one in exercises(np.random.default_rng()):
        name = lessons[one.name.partition(" ")[0]]
        source = f"{one.begin}\n\n\nchecks.hand_in({one.name!r}, {one.subject}{one.questions})"
        cells.setdefault(name, [*begin]).append((f"### {one.name}\n\n{one.text}", source))
        key[one.name] = {"lesson": name, "answer": answer(one)}
    return cells, key


def answer(exercise):
    """Return what the solution hands in, as plain numbers."""
    names = {"hand_in": hand_in}
    exec(f"{SETUP}\n{exercise.solution}", names)
    return np.array(eval(f"hand_in('', {exercise.subject}{exercise.questions})", names).given).tolist()


def number(name, text, right, before=""):
    """Return an exercise that wants a number, or some; `before` is what the solution computes first."""
    return Exercise(name, text, "my_answer", "my_answer = ...", f"{before}\nmy_answer = {right}", "")


def function(name, text, head, right, *questions):
    """Return an exercise that wants a function; `right` is its body, or what it returns."""
    begin, body = f"def {head}:\n    return ...", right if "\n" in right else f"return {right}"
    asked = "".join(f", ({question},)" for question in questions)
    return Exercise(name, text, head.partition("(")[0], begin, f"def {head}:\n{indent(body, '    ')}", asked)


def exercises(rng):
    """Return the Exercises, with numbers that `rng` deals; what stands before a name is its lesson."""

    def one(*values):
        return values[rng.integers(len(values))]

    def array(*shape, low=-3.0, high=3.0):
        return f"np.array({rng.uniform(low, high, shape).round(2).tolist()})"

    images, batch, done = one(12_000, 18_000, 24_000), one(16, 32, 50, 64), int(rng.integers(3_000, 9_000))
    pixel, digit, first = (int(rng.integers(*ends)) for ends in ((100, 700), (0, 10), (2_000, 9_000)))
    w, x, steep, (h, k) = one(-7, -5, 6, 8), one(-3, 2, 5), one(12, 28, 36), rng.integers(11, 29, 2).tolist()
    p, q, u, v, eta = one(2, 3), one(5, 6, 7), one(-2, 2, 3), one(-1, 1), one(0.02, 0.03, 0.05)
    x1, w1, b1, w2, b2, y = rng.uniform(0.3, 2, 6).round(1).tolist()
    times, ink, decay, rate = one(9, 25, 36), one(1_024, 4_096, 65_536), one(1e-5, 4e-5), one(0.3, 0.8)
    labels = rng.permutation([*range(10), *rng.integers(0, 10, 20)]).tolist()
    read = [d if rng.random() < 0.6 else int(rng.integers(10)) for d in labels]
    net = f"Network([3, 4, 2], rng=np.random.default_rng({rng.integers(1000)}))"
    pair = f"{array(3, 4, low=0.05, high=0.95)}, np.eye(3)[:, {rng.integers(0, 3, 4).tolist()}]"
    return [
        number(
            "00 batches",
            f"A set of {images:,} images is dealt in mini-batches of {batch}; the last one of an "
            "epoch may be smaller. How many mini-batches is an epoch?",
            f"-(-{images} // {batch})",
        ),
        number(
            "00 epochs",
            f"{done:,} mini-batches of {batch} have gone through, of a set of {images:,} images. How "
            "many epochs are complete?",
            f"{done} // -(-{images} // {batch})",
        ),
        function(
            "01 signed",
            "Write `signed(labels)`: a column of ten numbers for each label, 1 in the row of its "
            "digit and -1 in all others. Its shape is `(10, n)`.",
            "signed(labels)",
            "2 * np.eye(10)[labels].T - 1",
            f"np.array({labels[:6]})",
        ),
        number(
            "01 place",
            f"In which row and column of a picture of 28 × 28 pixels does pixel number {pixel} lie? "
            "All count from 0. Give `[row, column]`.",
            f"[{pixel} // 28, {pixel} % 28]",
        ),
        number(
            "01 digit",
            f"How many of the first {first:,} validation images show a {digit}?",
            f"int((load_mnist().validation.labels[:{first}] == {digit}).sum())",
        ),
        function(
            "02 softsign",
            "Another neuron squashes by $s(z) = z / (1 + |z|)$, from -1 to 1. Write it for an array "
            "`z` of any shape.",
            "softsign(z)",
            "z / (1 + abs(z))",
            array(2, 4),
            array(2, 4),
        ),
        function(
            "02 slope",
            "Write the slope of that $s(z)$, too, for an array `z`.",
            "softsign_slope(z)",
            "1 / (1 + abs(z)) ** 2",
            array(2, 4),
        ),
        number("02 bias", f"A neuron has one weight, {w}. Which bias makes it switch at x = {x}?", -w * x),
        number(
            "02 steepest",
            f"A neuron with the sigmoid has one weight, {steep}. How steep is its answer at the "
            "switch, along x?",
            steep / 4,
        ),
        function(
            "03 softsign",
            "Write `forward(net, x)` for a network whose neurons all squash by $s(z) = z / (1 + "
            "|z|)$. The columns of `x` are examples.",
            "forward(net, x)",
            "for w, b in zip(net.weights, net.biases):\n    z = w @ x + b\n    x = z / (1 + "
            "abs(z))\nreturn x",
            f"{net}, {array(3, 5)}",
        ),
        number(
            "03 count",
            f"How many weights and biases does a network [784, {h}, {k}, 10] have?",
            785 * h + (h + 1) * k + (k + 1) * 10,
        ),
        function(
            "04 cost",
            "A cost that punishes large errors more: $C = \\frac{1}{4m} \\sum (a - y)^4$, over all "
            "outputs and all $m$ columns. Write it.",
            "cost(a, y)",
            "((a - y) ** 4).sum() / (4 * a.shape[1])",
            pair,
        ),
        function(
            "04 slope",
            "Write the slope of that cost for each example, $\\partial C_x / \\partial a$, in the "
            "shape of `a`.",
            "cost_slope(a, y)",
            "(a - y) ** 3",
            pair,
        ),
        number(
            "04 step",
            f"$C = {p} v_1^2 + {q} v_2^2$. From $v = ({u}, {v})$, where does one step with η = {eta} "
            "lead? Give `[v1, v2]`.",
            f"[{u} - {eta} * {2 * p} * {u}, {v} - {eta} * {2 * q} * {v}]",
        ),
        number(
            "04 limit",
            f"From which η on does a ball in the valley $C = {p} v_1^2 + {q} v_2^2$ never settle "
            "along $v_2$?",
            1 / q,
        ),
        function(
            "05 delta",
            "The cost of an example is $C_x = \\frac14 \\sum (a - y)^4$, and the output layer has "
            "the sigmoid. Write its error δ, from the outputs `a` and the targets `y`.",
            "delta(a, y)",
            "(a - y) ** 3 * a * (1 - a)",
            pair,
        ),
        number(
            "05 chain",
            f"A chain of two neurons with the sigmoid: $x = {x1}$, $w_1 = {w1}$, $b_1 = {b1}$, $w_2 = "
            f"{w2}$, $b_2 = {b2}$, $y = {y}$, and $C = \\frac12 (a_2 - y)^2$. What is $\\partial C / "
            "\\partial w_1$?",
            f"(a2 - {y}) * a2 * (1 - a2) * {w2} * a1 * (1 - a1) * {x1}",
            f"a1 = 1 / (1 + np.exp(-({w1} * {x1} + {b1})))\na2 = 1 / (1 + np.exp(-({w2} * a1 + {b2})))",
        ),
        function(
            "06 momentum",
            "A step that remembers: the new speed is μ times the speed, less η times the gradient, "
            "and the weight moves by the new speed. Return both, `(v, w)`.",
            "step(w, v, nabla, eta, mu)",
            "v = mu * v - eta * nabla\nreturn v, w + v",
            f"{array(2, 3)}, {array(2, 3)}, {array(2, 3)}, {one(0.1, 0.4)}, {one(0.5, 0.9)}",
        ),
        number(
            "06 angle",
            f"A mini-batch gets {times} times the images. By which factor does the small angle "
            "between its gradient and the exact one change?",
            times**-0.5,
        ),
        function(
            "07 share",
            "Write `shares(labels, answers)`: for each of the ten digits, the share of its images "
            "that are read correctly, ten numbers.",
            "shares(labels, answers)",
            "np.array([(answers == d)[labels == d].mean() for d in range(10)])",
            f"np.array({labels}), np.array({read})",
        ),
        number(
            "07 ink",
            f"A camera gives ink from 0 to {ink - 1:,}. By which number do you divide, so that a "
            "network of the course finds it as in its own images, from 0 to just below 1?",
            ink,
        ),
        function(
            "08 decay",
            "Another weight decay takes the same length from each weight, whatever its size: $w "
            "\\leftarrow w - \\eta \\nabla - \\eta \\lambda\\, \\mathrm{sign}(w)$. Return the new "
            "weights.",
            "decayed(w, nabla, eta, lam)",
            "w - eta * nabla - eta * lam * np.sign(w)",
            f"{array(2, 3)}, {array(2, 3)}, {one(0.5, 2.0)}, {one(0.01, 0.1)}",
        ),
        number(
            "08 half",
            f"With η = {rate} and weight decay λ = {decay}, after how many epochs of 5,000 "
            "mini-batches has a weight that nothing else moves lost half of itself?",
            f"np.log(0.5) / np.log(1 - {rate} * {decay}) / 5_000",
        ),
    ]
