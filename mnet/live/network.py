"""The network as a picture: an image, its neurons, the weights that matter most, and one neuron close up.

Drawn with the few marks that matplotlib and the browser both paint. The picture is 9 by 4.8 units.
"""

from functools import partial

import numpy as np

from mnet import figures, sigmoid
from mnet.figures import BLACK, BLUE, VERMILLION

PAPER = (0.1, 1.7, 1.5, 3.1)  # left, right, bottom and top of the image
TALL = 20  # neurons on top of one another; more stand in further columns
STRONGEST = 40  # lines between two layers
WIDTHS = 0.6, 1.4, 2.6


def places(sizes):
    """Return where the neurons of each layer stand: arrays (2, n) of x and y.

    >>> x, y = places([30, 10])[1]
    >>> sorted(set(x.round(2).tolist())), y.round(2).tolist()[:3]
    ([5.2], [3.62, 3.26, 2.9])
    """
    found = []
    for middle, n in zip(np.linspace(2.6, 5.2, len(sizes) + 1)[1:], sizes, strict=True):
        columns = -(-n // TALL)
        rows = -(-n // columns)
        column, row = np.divmod(np.arange(n), rows)
        gap = min(0.38, 3.6 / rows)
        found.append(np.array([middle + 0.17 * (column - columns + 1), 2 + gap * ((rows - 1) / 2 - row)]))
    return found


def pixels():
    """Return where the 784 pixels of the image lie, as `places` does."""
    left, right, bottom, top = PAPER
    row, column = np.divmod(np.arange(784), 28)
    return np.array([left + (column + 0.5) * (right - left) / 28, top - (row + 0.5) * (top - bottom) / 28])


def network(ax, image, layers, links, chosen=None):
    """Draw an image (784,), the neurons of each layer and the strongest links that lead to it.

    layers : for each layer its numbers (n,) and whether they lie around 0, drawn in two colours, or from 0
    to 1, drawn the brighter the larger; or None where there are no numbers.
    links : for each layer a matrix (n, size of the layer before), its signs drawn as colour and dash and its
    sizes as thickness; or a number n alone, for n neurons without lines.
    chosen : the number of a neuron, counted through all layers, whose links are drawn alone.
    """
    left, right, bottom, top = PAPER
    ax.imshow(np.reshape(image, (28, 28)), cmap="gray_r", vmin=0, vmax=1, extent=PAPER)
    ax.plot([left, right, right, left, left], [bottom, bottom, top, top, bottom], color=BLACK, linewidth=1)
    sizes = [link if np.isscalar(link) else len(link) for link in links]
    stand = places(sizes)
    first = np.cumsum([0, *sizes])
    for l, link in enumerate(links):
        if not np.isscalar(link):
            touched = _only(link, chosen, first[l], 0 if l == 0 else first[l - 1])
            _lines(ax, touched, (pixels(), *stand)[l], stand[l])
    for layer, (x, y) in zip(layers, stand, strict=True):
        _neurons(ax, x, y, layer)
    if chosen is not None:
        x, y = np.concatenate(stand, axis=1)[:, chosen]
        ax.scatter([x], [y], s=220, facecolors="none", edgecolors=VERMILLION, linewidths=3)
    ax.set(xlim=(0, 9), ylim=(-0.95, 3.85), aspect="equal")
    ax.set_axis_off()
    return stand


def _only(link, chosen, first, before):
    """Return the links to or from the chosen neuron: all of them, if none is chosen."""
    if chosen is None:
        return link
    kept = np.zeros_like(link)
    if first <= chosen < first + len(link):
        kept[chosen - first] = link[chosen - first]
    elif before <= chosen < first:
        kept[:, chosen - before] = link[:, chosen - before]
    return kept


def _lines(ax, link, start, end):
    """Draw the strongest links, in few marks: one for each sign and thickness."""
    size = abs(link).ravel()
    strongest = np.argpartition(-size, min(STRONGEST, size.size - 1))[:STRONGEST]
    strongest = strongest[size[strongest] > 0]
    to, come = np.unravel_index(strongest, link.shape)
    thick = np.digitize(size[strongest] / (size.max() or 1), [0.4, 0.75])
    for positive, color, dash in (True, BLUE, "-"), (False, VERMILLION, "--"):
        for k, width in enumerate(WIDTHS):
            these = (thick == k) & ((link.ravel()[strongest] > 0) == positive)
            ends = np.stack([start[:, come[these]], end[:, to[these]], np.full((2, these.sum()), np.nan)])
            x, y = ends.transpose(1, 2, 0).reshape(2, -1)
            if len(x):
                ax.plot(x, y, color=color, linestyle=dash, linewidth=width)


def _neurons(ax, x, y, layer):
    if layer is None:
        look = {"facecolors": "none"}
    else:
        numbers, signed = layer
        largest = (float(abs(numbers).max()) or 1.0) if signed else 1.0
        look = {"c": numbers, "cmap": "PuOr_r" if signed else "cividis"}
        look |= {"vmin": -largest if signed else 0.0, "vmax": largest}
    ax.scatter(x, y, s=60, edgecolors=BLACK, linewidths=1, picker=True, **look)


def looking(ax, x, w, b, label):
    """Draw one neuron looking at an image: x (784,) times the weights w (784,), their sum, its answer."""
    ax.set_axis_off()
    products, z = w * x, float(w @ x) + b
    titles = f"input x: a {label}", "weights w", "products w·x"
    parts = [ax.inset_axes([left, 0.3, 0.19, 0.55]) for left in (0, 0.25, 0.54)]
    figures.paper(parts[0], x, most=1)
    for part, values in zip(parts[1:], (w, products), strict=True):
        figures.signed_image(part, values.reshape(28, 28), label="")
        part.set(xticks=(), yticks=())
    for part, title in zip(parts, titles, strict=True):
        part.set(title=title)
    for left, sign in (0.22, "×"), (0.51, "="):
        ax.text(left, 0.575, sign, ha="center", va="center", fontsize=20, transform=ax.transAxes)
    curve = ax.inset_axes([0.83, 0.36, 0.17, 0.49])
    figures.answer_on_curve(curve, z)
    words = f"z = w·x + b = {z - b:.2f} + {b:.2f} = {z:.2f}".replace("+ -", "- ")
    says = f"a = σ(z) = {float(sigmoid(z)):.2f}"
    ax.text(0, 0.16, f"added up over 784 pixels: {words};  {says}", va="top", transform=ax.transAxes)
    most = int(abs(products).argmax())
    adds = f"pixel {divmod(most, 28)} adds most, {products[most]:.2f}"
    ax.text(0, 0.04, adds, va="top", fontsize=11, transform=ax.transAxes)
    return f"A {label}: {words}, {says}; {adds}."


def layers(ax, net, x, a, label, chosen=None):
    """Draw an image x (784, 1) on its way through the layers, their shapes, and the ten answers a (10, 1).

    label : the digit that it is; None for one that nobody has labelled
    chosen : the number of a neuron, counted through all layers, to see close up.
    """
    *heard, _ = forward(net, x)
    activations = [*heard[1:], np.asarray(a).reshape(-1, 1)]
    links = [w * a.ravel() for w, a in zip(net.weights, heard, strict=True)]
    stand = network(ax, x, [(a.ravel(), False) for a in activations], links, chosen=chosen)
    for digit, (left, up) in enumerate(stand[-1].T):
        ax.text(left + 0.17, up, f"{digit}: {activations[-1][digit, 0]:.2f}", fontsize=10, va="center")
    count = _shapes(ax, net, x, label)
    part = ax.inset_axes([0.75, 0.36, 0.235, 0.56])
    sentence = f"The network {net.sizes} has {count:,} weights and biases."
    if chosen is None:
        return f"{sentence} {figures.answers(part, activations[-1], label)}"
    loudest = int(activations[-1].argmax())
    labelled = "" if label is None else f"; the image is labelled {label}"
    sentence += f" The loudest of the ten output neurons is {loudest}{labelled}."
    l, j = address(net.sizes[1:], chosen)
    return f"{sentence} {close_up(part, net, heard[l], l, j)}"


def forward(net, x):
    """Return x and the activations of each layer."""
    activations = [x]
    for w, b in zip(net.weights, net.biases, strict=True):
        activations.append(sigmoid(w @ activations[-1] + b))
    return activations


def _shapes(ax, net, x, label):
    """Write the shape of each array and what the lines mean; return how many numbers the network holds."""
    ground = {"facecolor": "white", "edgecolor": "none", "pad": 1}
    what = "your drawing" if label is None else f"image, labelled {label}"
    ax.text(0.9, 1.38, f"{what}\nx {x.shape}", fontsize=11, ha="center", va="top", bbox=ground)
    pairs = list(zip(net.weights, net.biases, strict=True))
    count = sum(w.size + b.size for w, b in pairs)
    rows = [f"book's layer {l + 2}: {len(w)} neurons, weights[{l}] {w.shape}, biases[{l}] {b.shape}"
            for l, (w, b) in enumerate(pairs)]  # fmt: skip
    rows.append(f"{' + '.join(f'{w.size:,} + {b.size:,}' for w, b in pairs)} = {count:,} numbers")
    for number, row in enumerate(rows):
        ax.text(0.1, -0.12 - 0.24 * number, row, fontsize=11, va="center")
    ax.text(5.75, -0.12, "lines: the largest weight × input", fontsize=11, va="center")
    ax.text(5.75, -0.36, "— positive", color=BLUE, fontsize=11, va="center")
    ax.text(7.1, -0.36, "- - negative", color=VERMILLION, fontsize=11, va="center")
    return count


def address(sizes, number):
    """Return (layer, neuron in it) of a neuron counted through all layers.

    >>> address([30, 10], 0), address([30, 10], 31)
    ((0, 0), (1, 1))
    """
    first = np.cumsum([0, *sizes])
    l = int(np.searchsorted(first, number, side="right")) - 1
    return l, int(number - first[l])


def close_up(ax, net, heard, l, j, blame="", nabla=None):
    """Draw the weights of neuron j of layer l, which hears `heard` (n, 1), and work out its answer.

    blame : what to add to the answer; nabla : ∂C/∂w (n,), drawn in place of the weights
    """
    w, b = net.weights[l][j], float(net.biases[l][j, 0])
    z = float(w @ heard[:, 0]) + b
    most = int(abs(w * heard[:, 0]).argmax())
    shown, what = (w, "weight w") if nabla is None else (nabla, "∂C/∂w")
    if len(w) == 784:
        figures.signed_image(ax, shown.reshape(28, 28), label="")
        ax.set(xticks=(), yticks=())
        source = f"pixel {divmod(most, 28)}"
    else:
        figures.errors(ax, shown, ticks=range(0, len(w), 1 if len(w) <= 10 else 10))
        source = f"neuron {most}"
    words = f"z = w·a + b = {z - b:.2f} + {b:.2f} = {z:.2f}".replace("+ -", "- ")
    says = f"a = σ(z) = {float(sigmoid(z)):.2f}{blame}"
    ax.set(xlabel=f"{words}\n{says}", ylabel=what, title=f"neuron {j} of the book's layer {l + 2}")
    adds = f"{source} adds most, {w[most] * heard[most, 0]:.2f}"
    return f"Neuron {j} of the book's layer {l + 2}: {words}, {says}; {adds}."


def backprop_step(ax, net, steps, number, label, checks, intact, broken=None, chosen=None):
    """Draw one of the Steps of equations.py in the network, each Comparison and the costs of two trainings.

    chosen : the number of a neuron, hidden ones first, to see close up in place of the step's numbers
    intact, broken : the cost after every ten mini-batches, with the equations as they are and as broken.
    """
    ax.set_axis_off()
    step, last = steps[number], len(steps) - 1
    write = partial(ax.text, transform=ax.transAxes, va="top")
    write(0, 0.99, f"Step {number} of {last}: {step.name}", fontweight="bold")
    look = {"color": VERMILLION, "fontweight": "bold"} if step.broken else {}
    write(0, 0.93, f"{'✗ broken: ' if step.broken else ''}{step.formula}", fontsize=11, **look)
    _there_and_back(ax.inset_axes([0, 0.35, 0.62, 0.54]), steps, number, chosen)
    part = ax.inset_axes([0.1, 0.08, 0.42, 0.22])
    close = "" if chosen is None else f" {_blamed(part, net, steps, number, *address(net.sizes[1:], chosen))}"
    if chosen is None:
        _draw_step(part, step, label)
    _list(write, checks)
    failed = [check.name for check in checks if not check.passed]
    verdict = f"Failing: {', '.join(failed)}." if failed else "All checks agree."
    shape = "" if step.values is None else f", shape {step.values.shape}"
    learnt = _draw_learning(ax.inset_axes([0.68, 0.1, 0.3, 0.24]), intact, broken)
    return f"Step {number} of {last}: {step.name}{shape}. {verdict} {learnt}{close}"


def _blamed(ax, net, steps, number, l, j):
    """Draw neuron j of layer l close up, with what this step knows of its blame; return the sentence."""
    heard = steps[l].values.reshape(-1, 1)
    known = [("δ", steps[5 - l].values, 5 - l), ("∂C/∂w", steps[7 - l].links and steps[7 - l].values, 7 - l)]
    delta, nabla = (None if v is None or number < since else v[j] for _, v, since in known)
    blame = "" if delta is None else f", δ = {float(delta[0]):.2g}"
    return close_up(ax, net, heard, l, j, blame, nabla)


def _there_and_back(ax, steps, number, chosen):
    """Draw the network as it stands at this step: what is known of each neuron, and the lines at work."""
    image, a, a_out, *errors = [step.values for step in steps[:6]]
    hidden, output = [None, (a.ravel(), False)][min(number, 1)], None
    if number > 1:
        output = [(a_out.ravel(), False), *((e.ravel(), True) for e in errors[:2])][min(number, 4) - 2]
    if number > 4 and errors[2] is not None:
        hidden = (errors[2].ravel(), True)
    links = [len(a), len(a_out)]
    if steps[number].links is not None:
        l, link = steps[number].links
        links[l] = link
    stand = network(ax, image, [hidden, output], links, chosen)
    for digit, (left, up) in enumerate(stand[1].T):
        ax.text(left + 0.2, up, digit, fontsize=9, va="center")
    ax.set(xlim=(0, 5.6), ylim=(0, 4))


def _list(write, checks):
    write(0.66, 0.83, "checked on a 4-3-2 network:", fontsize=11)
    for row, check in enumerate(checks):
        mark, colour, weight = ("✓", BLUE, "normal") if check.passed else ("✗", VERMILLION, "bold")
        text = f"{mark} {check.name}: {check.words}"
        write(0.66, 0.76 - 0.065 * row, text, color=colour, fontweight=weight, fontsize=11)


def _draw_learning(ax, intact, broken):
    every = 10  # mini-batches between two costs
    end = every * (len(intact) - 1)
    ax.plot(range(0, end + 1, every), intact, color=BLUE)
    ax.set(xlabel="mini-batches", ylabel="cost C", xlim=(0, end), ylim=(0, None), xticks=(0, end // 2, end))
    words = f"In {end:,} mini-batches the cost falls to {intact[-1]:.2f}"
    if broken is None:
        return f"{words}."
    batches = range(0, every * len(broken), every)
    ax.plot(batches, broken, color=VERMILLION, linestyle="--", marker="x", markevery=10)
    ax.set(ylim=(0, 1.15 * max(*intact, *broken)))
    ax.set(title="— intact    ✗ broken" if len(broken) > 1 else "— intact    ✗ no step can be taken")
    if len(broken) == 1:
        return f"{words}; broken, no step can be taken."
    return f"{words}; broken, it goes from {broken[0]:.2f} to {broken[-1]:.2f}."


def _draw_step(ax, step, label):
    v = step.values
    if v is None:
        ax.set_axis_off()
        ax.text(0.5, 0.5, "The shapes do not fit:\nthere is nothing to draw.", ha="center")
    elif step.name == "the image":
        ax.set_axis_off()
        ax.text(0.5, 0.5, f"A {label}: 784 numbers from 0 to 1, one column x.", ha="center")
    elif v.shape[1] == 1:
        figures.errors(ax, v, ticks=range(0, len(v), 1 if len(v) <= 10 else 5))
        height = {"forward": "activation a", "cost": "a - y"}.get(step.name.split(",")[0], "error δ")
        ax.set(xlabel=f"output neuron; label {label}" if len(v) == 10 else "hidden neuron", ylabel=height)
    elif v.shape[1] == 784:
        loudest = int(abs(v).max(axis=1).argmax())
        figures.gradient_image(ax, v[loudest])
        ax.set(xlabel=f"weights of hidden neuron {loudest},\nthe most to blame", xticks=(), yticks=())
        ax.set(ylabel="")
    else:
        figures.signed_image(ax, v, aspect="auto")
        ax.set(xlabel="column: neuron heard", ylabel="row: neuron")
