"""Pictures for the lessons. Each function draws on `ax` and returns in one sentence what the picture says.

The sentence stands under the picture, is its alternative text, and is compared when the lessons are
tested. This is the only module that knows matplotlib, and it loads it when the first picture is stored: that
takes longer than all other imports of a lesson together.
"""

import ast
import base64
import functools
import inspect
import io
import os
import textwrap

import numpy as np

from mnet import cross_entropy_error, gradient_descent, output_error, sigmoid, sigmoid_prime

# Okabe and Ito's colours, safe for the colour-blind; each also has a second cue: a dash, a marker, a label.
BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, VERMILLION, PURPLE = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7",
)  # fmt: skip
SCALE = float(os.environ.get("MNET_SCALE", "1"))  # of all pictures: `mnet lab --lecture` sets it
STYLE = {
    "font.size": 12,
    "axes.titlesize": 12,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "lines.linewidth": 2.2,
}


@functools.cache
def know_plain_log():
    """Let matplotlib know the scale "plain log", labelled 0.1, 1, 10: it loses kilobytes with each 10^-1."""
    from matplotlib.scale import LogScale, register_scale
    from matplotlib.ticker import LogFormatter

    class Plain(LogFormatter):
        def __call__(self, x, pos=None):  # "" where there is no room for a label
            return f"{x:g}" if super().__call__(x, pos) else ""

    class PlainLog(LogScale):
        name = "plain log"

        def __init__(self, *_, **options):  # matplotlib before 3.11 hands over the axis, later ones forbid it
            super().__init__(None, **options)

        def set_default_locators_and_formatters(self, axis):
            super().set_default_locators_and_formatters(axis)
            axis.set_major_formatter(Plain())
            axis.set_minor_formatter(Plain())

    register_scale(PlainLog)


def png(draw, *args, size=(7, 3.2), **kwargs):
    """Draw on a fresh figure of `size` inches; return (PNG bytes, the sentence `draw` returned)."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    know_plain_log()
    with rc_context(STYLE):
        figure = Figure(figsize=size, layout="constrained", facecolor="white")
        sentence = draw(figure.subplots(), *args, **kwargs)
        file = io.BytesIO()
        figure.savefig(
            file, format="png", dpi=100 * SCALE, metadata={"Software": None, "Description": sentence}
        )
    return file.getvalue(), sentence


def save(path, draw, *args, **kwargs):
    """Draw as `png` does and write the picture to a .png file, whole or not at all; return the sentence."""
    from mnet.files import write_whole

    if os.path.splitext(path)[1].lower() != ".png":
        raise ValueError(f"save: found {path}, wanted a name that ends in .png: a PNG is what it draws.")
    picture, sentence = png(draw, *args, **kwargs)
    write_whole(path, lambda file: file.write(picture))
    return sentence


def bundle(picture, sentence):
    """Return (data, metadata) as Jupyter wants them: the bytes as text, since not every kernel packs them."""
    data = {"image/png": base64.b64encode(picture).decode("ascii"), "text/plain": sentence}
    return data, {"image/png": {"alt": sentence}}


def show(draw, *args, **kwargs):
    """Show the picture in a notebook, with its sentence below and as alternative text.

    Elsewhere, as in a lesson run as a script, the sentence alone is printed.
    """
    from IPython import get_ipython
    from IPython.display import display

    picture, sentence = png(draw, *args, **kwargs)
    if get_ipython():
        data, metadata = bundle(picture, sentence)
        display(data, raw=True, metadata=metadata)
    print(textwrap.fill(sentence, 96))


def source(function):
    """Print the code of a function, read from its module, without its docstring and words to a formatter."""
    lines = textwrap.dedent(inspect.getsource(function)).splitlines()
    definition = ast.parse("\n".join(lines)).body[0]
    if ast.get_docstring(definition):
        quoted = definition.body[0]
        del lines[quoted.lineno - 1 : quoted.end_lineno]
    print("\n".join(line.removesuffix("  # fmt: skip") for line in lines))


# Lesson 01 -----------------------------------------------------------------------------------------


def digits(ax, images, labels=None, columns=10, what="handwritten digit", named="labelled"):
    """Tile images (n, 784) uint8 in rows of `columns`, each with its label, or its guess, above it."""
    n = len(images)
    columns = min(columns, n)
    rows = -(-n // columns)
    above = 0 if labels is None else 8  # room for a label
    high = 30 + above
    sheet = np.zeros((rows * high, columns * 30))
    for i, image in enumerate(images):
        y, x = divmod(i, columns)
        y, x = y * high + above, x * 30
        sheet[y + 1 : y + 29, x + 1 : x + 29] = np.reshape(image, (28, 28))
        if labels is not None:
            ax.text(x + 2, y - above + 1, labels[i], color=VERMILLION, va="top", fontweight="bold")
    ax.imshow(sheet, cmap="gray_r", vmin=0, vmax=255)
    ax.set_axis_off()
    named = "" if labels is None else f", {named} {', '.join(str(label) for label in labels)}"
    return f"{n} {what}s{named}." if n > 1 else f"A {what}{named}."


def pixels(ax, image):
    """Draw one image (784,) uint8 large, with the number of each pixel that holds ink written on it."""
    grid = np.reshape(image, (28, 28))
    ax.imshow(grid, cmap="gray_r", vmin=0, vmax=255)
    for row, column in np.argwhere(grid):
        ink = int(grid[row, column])
        ax.text(column, row, ink, ha="center", va="center", fontsize=7, color="white" if ink > 127 else BLACK)
    ax.set(xlabel="column of pixels, 0 to 27", ylabel="row of pixels, 0 to 27")
    return (
        f"28 rows of 28 pixels; {np.count_nonzero(grid)} of the 784 hold ink, from {grid[grid > 0].min()}"
        f" to {grid.max()}, and the blank ones hold 0."
    )


def broadcasting(ax, column, row):
    """Draw a column (n,) minus a row (m,) as NumPy computes it: both repeated, in grey, to tables (n, m)."""
    from matplotlib.patches import Rectangle

    n, m = len(column), len(row)
    column, row = np.broadcast_arrays(np.reshape(column, (n, 1)), np.reshape(row, (1, m)))
    tables = {
        f"column ({n}, 1)": (column, np.arange(m) == np.zeros((n, 1))),
        f"row ({m},)": (row, np.arange(n)[:, None] == np.zeros(m)),
        f"difference ({n}, {m})": (column - row, np.eye(n, m, dtype=bool)),
    }
    for k, (title, (table, given)) in enumerate(tables.items()):
        left = k * (m + 1.4)
        for (i, j), number in np.ndenumerate(table):
            fill, ink = ("white" if k < 2 else YELLOW, BLACK) if given[i, j] else ("#F0F0F0", "#767676")
            place = left + j, -i
            ax.add_patch(
                Rectangle(place, 1, 1, facecolor=fill, edgecolor=BLACK if given[i, j] else "#BBBBBB")
            )
            ax.text(
                left + j + 0.5, 0.5 - i, f"{number:g}".replace("-", "−"), ha="center", va="center", color=ink
            )
        ax.text(left + m / 2, 1.2, title, ha="center", va="bottom")
        if k:
            ax.text(left - 0.7, 1 - n / 2, "−="[k - 1], ha="center", va="center", fontsize=16)
    ax.set(xlim=(-0.1, 3 * m + 2.9), ylim=(0.9 - n, 1.8), aspect="equal")
    ax.set_axis_off()
    return (
        f"The column is repeated {m} times to the right, the row {n} times down (grey: copies), and the two"
        f" tables are subtracted: {n * m} numbers, the {min(n, m)} wanted ones on the diagonal."
    )


def taken_for(ax, images, labels, guesses, means):
    """Draw misread images (n, 784), each above the mean image of its label and the one it is taken for."""
    for k, (image, label, guess) in enumerate(zip(images, labels, guesses, strict=True)):
        for row, picture in enumerate([image, means[label], means[guess]]):
            part = ax.inset_axes([0.14 + 0.86 * k / len(images), 0.68 - 0.34 * row, 0.8 / len(images), 0.3])
            paper(part, picture)
        part.set(xlabel=f"{label} → {guess}")
    for top, word in zip((0.83, 0.49, 0.15), ("picture", "its mean", "nearer mean"), strict=True):
        ax.text(0.12, top, word, ha="right", va="center", fontsize=10, transform=ax.transAxes)
    ax.set_axis_off()
    pairs = ", ".join(f"{label} as {guess}" for label, guess in zip(labels, guesses, strict=True))
    return f"Pictures above the mean of their digit and the nearer one, for which they are taken: {pairs}."


def mean_digits(ax, means):
    """Tile the mean images (10, 784) of the ten digits."""
    digits(ax, means, range(10), columns=5)
    return "The mean of all training images of each digit: blurred where people differ, and still readable."


def darkness_by_digit(ax, darkness, labels):
    """Draw for each digit where the middle 80 % of its images lie in darkness (n,), and their mean."""
    means = np.array([darkness[labels == digit].mean() for digit in range(10)])
    low, high = np.transpose([np.percentile(darkness[labels == digit], [10, 90]) for digit in range(10)])
    ax.hlines(range(10), low, high, color=SKY, linewidth=9)
    ax.plot(means, range(10), "D", color=VERMILLION)
    for digit, mean in enumerate(means):  # at the bar's end it would read as the end's value
        ax.text(mean, digit - 0.26, f"{mean:.3f}", ha="center", va="bottom", fontsize=9)
    overlaps = np.triu((low[:, None] < high) & (low < high[:, None]), k=1).sum()
    ax.set(xlabel="darkness: mean of pixel / 256 (bar: middle 80 % of images, diamond: mean)", ylabel="digit")
    ax.set(yticks=range(10), ylim=(9.6, -0.9))
    return (
        f"The ten means run from {means.min():.3f} (digit {means.argmin()}) to {means.max():.3f}"
        f" (digit {means.argmax()}). Each bar spans the middle 80 % of a digit's images; of the 45 pairs of"
        f" bars {overlaps} overlap."
    )


def browse(ax, split, means, digit="any", position=0):
    """Draw one image of a Split beside the mean image of its digit, and its darkness among the digits' means.

    means : (10, 784); `position` counts the images of `digit`, or all, and past the last it stays there.
    """
    chosen = np.arange(len(split)) if digit == "any" else np.flatnonzero(split.labels == digit)
    number = int(chosen[min(position, len(chosen) - 1)])
    image, label = split.images[number], int(split.labels[number])
    darkness, scale = image.mean() / 256, means.mean(axis=1) / 256
    guess = int(abs(scale - darkness).argmin())
    ax.set_axis_off()
    pictures = {f"image {number:,}: a {label}": image, f"mean {label}": means[label]}
    for left, (title, picture) in zip((0, 0.32), pictures.items(), strict=True):
        part = ax.inset_axes([left, 0, 0.3, 0.86])
        paper(part, picture)
        part.set(title=title)
    ruler = ax.inset_axes([0.75, 0, 0.25, 0.86])
    ruler.axhline(darkness, color=VERMILLION, linestyle="--")
    for k in range(10):
        ruler.text(0.1 + 0.08 * k, scale[k], k, va="center", ha="center",
                   color=BLUE, fontweight="bold" if k == label else "normal")  # fmt: skip
    top = max(scale.max(), darkness) + 0.03
    ruler.set(title="the ten means", xticks=[], ylabel="darkness (line: this image)", ylim=(0, top))
    return (
        f"Image {number:,} is a {label}. Its darkness is {darkness:.3f}, the mean {label} has"
        f" {scale[label]:.3f}; by darkness alone you would guess {guess}."
    )


def paper(ax, image, most=255):
    """Show an image (784,), `most` where the ink is black, framed as on a sheet of paper."""
    ax.imshow(np.reshape(image, (28, 28)), cmap="gray_r", vmin=0, vmax=most)
    left, right = -0.5, 27.5
    ax.plot([left, right, right, left, left], [left, left, right, right, left], color=BLACK, linewidth=1)
    ax.set(
        xlim=(left - 0.1, right + 0.1), ylim=(right + 0.1, left - 0.1), xticks=(), yticks=(), frame_on=False
    )


# Lesson 02 -----------------------------------------------------------------------------------------


def sigmoid_curve(ax, z=None):
    """Draw σ from -8 to 8, with the step it softens, and mark σ(z) if z is given."""
    grid = np.linspace(-8, 8, 401)
    ax.plot(grid, grid > 0, color=BLACK, linestyle=":", label="step: no or yes")
    ax.plot(grid, sigmoid(grid), color=BLUE, label="sigmoid: how much")
    sentence = "The sigmoid rises smoothly from 0 to 1 and passes 0.5 at z = 0; the step jumps there."
    if z is not None:
        ax.plot([z], [sigmoid(z)], "o", color=VERMILLION, markersize=9)
        sentence = f"At z = {z:.1f} the sigmoid is {sigmoid(z):.3f}."
    ax.set(xlabel="weighted input z", ylabel="activation a")
    ax.legend(loc="upper left", frameon=False)
    return sentence


def slope(ax, z=0.0):
    """Draw σ with its tangent at z, and σ′ below it on the same axes."""
    grid, a, rise = np.linspace(-8, 8, 401), sigmoid(z), sigmoid_prime(z)
    ax.plot(grid, sigmoid(grid), color=BLUE, label="σ(z)")
    ax.plot(grid, sigmoid_prime(grid), color=GREEN, linestyle="--", label="slope σ′(z)")
    near = grid[abs(grid - z) < 1.5]
    ax.plot(near, a + rise * (near - z), color=VERMILLION, linestyle="-.", label=f"tangent at z = {z:g}")
    ax.plot([z], [a], "o", color=VERMILLION)
    ax.set(xlabel="weighted input z", ylabel="activation and slope", ylim=(-0.1, 1.1))
    ax.legend(loc="upper left", frameon=False)
    return f"At z = {z:g} the sigmoid has value {a:.3f} and slope {rise:.3f}."


def neuron(ax, w=1.0, b=0.0):
    """Draw one neuron's answer to inputs x from -5 to 5: its switch, its slope there, its saturation."""
    x = np.linspace(-5, 5, 401)
    z = w * x + b
    flat = sigmoid_prime(z) < 0.01
    shade = {"color": YELLOW, "alpha": 0.35, "hatch": "//", "edgecolor": "white", "linewidth": 0}
    ax.fill_between(x, 0, 1, where=flat, label="saturated: σ′(z) < 0.01", **shade)
    ax.plot(x, sigmoid(z), color=BLUE, label="a = σ(w x + b)")
    if w and abs(b / w) <= 5:
        switch = -b / w + 0.0  # -0.0 + 0.0 is 0.0
        near = x[abs(x - switch) < min(2 / abs(w), 5)]
        ax.plot(
            near, 0.5 + w / 4 * (near - switch), color=VERMILLION, linestyle="--", label="slope there: w / 4"
        )
        ax.plot([switch], [0.5], marker="o", color=VERMILLION)
        sentence = f"With w = {w:.1f} and b = {b:.1f} the neuron switches at x = {switch:.2f}"
    else:
        sentence = f"With w = {w:.1f} and b = {b:.1f} the neuron does not switch between x = -5 and 5"
    ax.set(xlabel="input x", ylabel="activation a", xlim=(-5, 5), ylim=(-0.05, 1.05))
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, 1.22), ncols=3, frameon=False, fontsize=10)
    return f"{sentence}; it is saturated over {flat.mean():.0%} of this range."


def answer_on_curve(ax, z):
    """Draw σ, small, and on it the answer to this z; beyond the ends the dot stays at the end."""
    grid = np.linspace(-10, 10, 201)
    ax.plot(grid, sigmoid(grid), color=BLUE)
    ax.plot([np.clip(z, -10, 10)], [sigmoid(z)], color=VERMILLION, marker="o", markersize=9)
    ax.set(xlabel="z", title="activation a = σ(z)", xticks=(-10, 0, 10), yticks=(0, 0.5, 1))
    return f"At z = {z:.2f} the activation is {sigmoid(z):.2f}."


def dark_or_light(ax, images, labels, w=10.0, b=0.0):
    """Draw how dark the zeros and the ones are under the answer σ(w x + b) of a neuron, and what it misreads.

    images : (n, 784), zeros and ones; the neuron says yes to a zero. Its failures stand beside, six of each.
    """
    darkness, zeros = images.mean(axis=1) / 256, labels == 0
    a = sigmoid(w * darkness + b)
    right = (a > 0.5) == zeros
    ax.set_axis_off()
    main = ax.inset_axes([0, 0, 0.56, 1])
    grid, edges = np.linspace(0, 0.35, 351), np.linspace(0, 0.35, 36)
    counts = [np.histogram(darkness[which], edges)[0] for which in (zeros, ~zeros)]
    bars = [count / (1.2 * np.max(counts)) for count in counts]
    main.stairs(bars[0], edges, fill=True, color=SKY)
    main.plot(np.repeat(edges, 2), [0, *np.repeat(bars[1], 2), 0], color=VERMILLION, linewidth=1.5,
              label="ones (outlined)")  # fmt: skip
    main.plot(grid, sigmoid(w * grid + b), color=BLACK, linestyle="--", label="a = σ(w x + b)")
    main.axhline(0.5, color=BLACK, linestyle=":", linewidth=1)
    peak = edges[counts[0].argmax()]
    main.text(peak + 0.005, bars[0].max() / 2, "zeros", ha="center", va="center", backgroundcolor="white")
    main.set(
        xlabel="darkness x of a picture", ylabel="answer a; bars: how many", xlim=(0, 0.35), ylim=(0, 1.02)
    )
    main.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, frameon=False, fontsize=10)
    kinds = {"zeros read as ones": zeros, "ones read as zeros": ~zeros}
    for top, (title, which) in zip((0.54, 0), kinds.items(), strict=True):
        wrong = np.flatnonzero(which & ~right)
        ax.text(0.62, top + 0.38, f"{len(wrong)} {title}", va="bottom", fontsize=11, transform=ax.transAxes)
        for k, number in enumerate(wrong[np.linspace(0, len(wrong) - 1, min(6, len(wrong))).astype(int)]):
            paper(ax.inset_axes([0.62 + 0.065 * k, top, 0.06, 0.36]), images[number])
    switch = f"switches at darkness {-b / w + 0.0:.3f}" if w else "does not look at the picture"
    sure = np.where(zeros, a, 1 - a).mean()
    return (
        f"With w = {w:.0f} and b = {b:.1f} the neuron {switch}: {right.mean():.1%} of {len(a):,} zeros and"
        f" ones are read correctly. Its answer leans {sure:.2f} towards the right one, in the mean."
    )


# Lesson 03 -----------------------------------------------------------------------------------------


def wiring(ax, net, activations):
    """Draw a small network: neurons with their activations, weights on the lines, biases below."""
    positive, negative = {"color": BLUE}, {"color": VERMILLION, "linestyle": "--"}
    height = max(net.sizes)
    places = [[(2.6 * l, (n - 1) / 2 - j) for j in range(n)] for l, n in enumerate(net.sizes)]
    for l, (w, b) in enumerate(zip(net.weights, net.biases, strict=True)):
        for (j, k), weight in np.ndenumerate(w):
            (x, y), (right, up) = places[l][k], places[l + 1][j]
            ax.plot([x, right], [y, up], zorder=1, **(positive if weight > 0 else negative))
            at = 0.74  # nearer to the neuron that listens: there the lines do not cross
            ax.text(x + at * (right - x), y + at * (up - y), f"{weight:g}", ha="center", va="center",
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})  # fmt: skip
        for (x, y), bias in zip(places[l + 1], b.ravel(), strict=True):
            ax.text(x, y - 0.36, f"b = {bias:g}", ha="center", va="top", fontsize=10)
    for layer, answers in zip(places, activations, strict=True):
        for (x, y), a in zip(layer, np.ravel(answers), strict=True):
            ax.plot([x], [y], "o", markersize=40, markerfacecolor="white", markeredgecolor=BLACK)
            ax.text(x, y, f"{round(float(a), 3):g}", ha="center", va="center")  # 0.0000454 fits no circle
    ax.plot([], [], label="positive weight", **positive)
    ax.plot([], [], label="negative weight", **negative)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, frameon=False, fontsize=10)
    ax.set(xlim=(-0.5, 2.6 * len(net.sizes) - 2.1), ylim=(-height / 2 - 0.25, height / 2))
    ax.set_axis_off()
    said = ", ".join(f"{a:.3f}" for a in np.ravel(activations[-1]))
    return f"A network of {' - '.join(map(str, net.sizes))} neurons; its answer is {said}."


def weighed(ax, w, images, b=0.0):
    """Draw a neuron's weights (784,), and how much each pixel of some images (784,) adds to its z."""
    ax.set_axis_off()
    products = [w, *(w * image for image in images)]
    zs = [float(np.sum(product)) + b for product in products[1:]]
    titles = ["the weights", *(f"× picture: z = {z:.1f}" for z in zs)]
    for k, (title, product) in enumerate(zip(titles, products, strict=True)):
        part, most = ax.inset_axes([k / len(products), 0, 0.9 / len(products), 0.88]), abs(products[0]).max()
        shown = part.imshow(product.reshape(28, 28), cmap="PuOr_r", vmin=-most, vmax=most)
        part.set(title=title, xticks=(), yticks=())
    ax.figure.colorbar(shown, ax=ax, label="adds to z (purple: negative)", shrink=0.8)
    said = " and ".join(f"{z:.1f}" for z in zs)
    return f"Orange pixels push the neuron towards yes, purple ones towards no; its z here is {said}."


def standard_normal(ax, values):
    """Draw how often each value occurs, with the standard normal curve over it."""
    grid = np.linspace(-4, 4, 201)
    ax.hist(values, bins=np.linspace(-4, 4, 41), density=True, color=SKY, label="weights")
    ax.plot(grid, np.exp(-(grid**2) / 2) / np.sqrt(2 * np.pi), "--", color=BLACK, label="standard normal")
    ax.set(xlabel="weight", ylabel="share per unit of weight")
    ax.legend(loc="upper left", frameon=False)
    within = (abs(values) < 1).mean()
    return f"{values.size:,} weights, bell-shaped around 0; {within:.0%} of them lie between -1 and 1."


def answers(ax, a, label):
    """Draw the ten answers a (10,) as bars: the loudest hatched, the label, if any, marked by an arrow."""
    a = np.ravel(a)
    chosen = int(a.argmax())
    colours, hatches = [SKY] * 10, [""] * 10
    colours[chosen], hatches[chosen] = ORANGE, "//"
    ax.bar(range(10), a, color=colours, hatch=hatches, edgecolor=BLACK, linewidth=0.8)
    if label:
        ax.text(label, 1.04, f"label {label} ↓", ha="center", va="bottom", fontsize=10)
    elif label == 0:  # beside the axis, not across it
        ax.text(-0.15, 1.04, "↓ label 0", ha="left", va="bottom", fontsize=10)
    ax.set(xlabel="output neuron, one a digit", ylabel="activation a", xticks=range(10), ylim=(0, 1.2),
           yticks=(0, 0.5, 1))  # fmt: skip
    labelled = "" if label is None else f"; the image is labelled {label}"
    return f"The loudest of the ten output neurons (hatched) is {chosen}{labelled}."


# Lesson 04 -----------------------------------------------------------------------------------------


def one_weight(ax, weights, right, costs, at, slope):
    """Draw the count of right answers and the cost over the values of one weight, with its slope `at` one."""
    ax.set_axis_off()
    above, below = ax.inset_axes([0, 0.56, 1, 0.44]), ax.inset_axes([0, 0, 1, 0.44])
    above.step(weights, right, where="mid", color=ORANGE)
    above.set(ylabel="right answers", xticklabels=[])
    above.yaxis.get_major_locator().set_params(integer=True)
    below.plot(weights, costs, color=BLUE)
    cost = np.interp(at, weights, costs)
    near = weights[abs(weights - at) < 0.5]
    below.plot(near, cost + slope * (near - at), color=VERMILLION, linestyle="--", label=f"slope {slope:.3f}")
    below.plot(at, cost, "o", color=VERMILLION)
    below.set(xlabel="value of one weight (dot: where it is now)", ylabel="cost C")
    below.legend(loc="lower right", frameon=False)
    return (
        f"While one weight goes from {weights[0]:.2f} to {weights[-1]:.2f}, the count of right answers jumps"
        f" between {len(set(right))} values; the cost is smooth, with slope {slope:.3f} where the weight is."
    )


def slices(ax, v1=2.0, v2=1.0):
    """Cut the bowl v1² + 4 v2² along each of its two numbers through one point, with each cut's slope."""
    grid, height = np.linspace(-2.5, 2.5, 201), v1**2 + 4 * v2**2
    cuts = {
        "v₁ moves": (grid**2 + 4 * v2**2, v1, 2 * v1, BLUE, "-"),
        "v₂ moves": (v1**2 + 4 * grid**2, v2, 8 * v2, GREEN, "--"),
    }
    for label, (cost, at, rise, color, line) in cuts.items():
        ax.plot(grid, cost, color=color, linestyle=line, label=f"{label}: slope {rise:g}")
        near = grid[abs(grid - at) < 0.9]
        ax.plot(near, height + rise * (near - at), color=VERMILLION, linestyle="-.", linewidth=1.5)
        ax.plot(at, height, "o", color=color)
    ax.set(xlabel="the number that moves, while the other is held", ylabel="cost C", ylim=(0, 22))
    ax.legend(loc="upper center", frameon=False)
    return f"At v = ({v1:g}, {v2:g}) the slope of the cost is {2 * v1:g} along v₁ and {8 * v2:g} along v₂."


def gradient_arrow(ax, v1=2.0, v2=1.0):
    """Draw the gradient of the bowl v1² + 4 v2² at a point: its two partial derivatives and their arrow."""
    _label_contours(ax)
    ring, radius = np.linspace(0, 2 * np.pi, 201), np.sqrt(v1**2 + 4 * v2**2)
    ax.plot(radius * np.cos(ring), radius / 2 * np.sin(ring), ":", color=BLACK, linewidth=1.5)
    slopes = np.array([2 * v1, 8 * v2])
    ends = [v1, v2] + slopes / 12
    ax.plot([v1, ends[0]], [v2, v2], "--", color=GREEN, label=f"∂C/∂v₁ = {slopes[0]:g}")
    ax.plot([ends[0]] * 2, [v2, ends[1]], "-.", color=BLUE, label=f"∂C/∂v₂ = {slopes[1]:g}")
    arrow = {"arrowstyle": "->", "color": VERMILLION, "linewidth": 2.5, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", ends, (v1, v2), arrowprops=arrow)
    ax.plot([], [], color=VERMILLION, label="gradient ∇C, a twelfth of its length")
    ax.plot(v1, v2, "o", color=BLACK)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3, frameon=False, fontsize=10)
    at, uphill = (f"({a:g}, {b:g})" for a, b in ((v1, v2), slopes))
    return f"At v = {at} the gradient is {uphill}: an arrow straight uphill, square to its (dotted) contour."


def downhill(ax):
    """Draw the contours of the bowl v1² + 4 v2² from above, with arrows against the gradient."""
    _label_contours(ax)
    ring = np.pi * np.arange(1, 24, 2) / 12
    for cost in 1, 4, 9:
        v1, v2 = np.sqrt(cost) * np.cos(ring), np.sqrt(cost) * np.sin(ring) / 2
        ax.quiver(v1, v2, -2 * v1, -8 * v2, color=BLUE, angles="xy", scale_units="xy", scale=16, width=0.005)
    return "Each arrow points straight downhill, square to its contour, and is longer where it is steeper."


def descent(ax, eta=0.1, v1=2.5, v2=1.5, steps=25):
    """Draw gradient descent on the bowl v1² + 4 v2²: its path from above, and the cost after each step.

    >>> for eta in 0.125, 0.2, 0.25, 0.26:
    ...     print(png(descent, eta=eta)[1].partition(". ")[0])
    With η = 0.12 the ball converges without oscillating
    With η = 0.20 the ball converges, oscillating on the way
    With η = 0.25 the ball oscillates for ever and never settles
    With η = 0.26 the ball diverges: each step lands farther away
    """
    start, curvature = np.array([v1, v2]), np.array([2.0, 8.0])
    walk = gradient_descent(lambda v: curvature * v, start, eta, steps)
    costs = walk**2 @ curvature / 2
    # Each step multiplies each number by its factor; a number that starts at 0 stays there.
    factor = (1 - eta * curvature)[abs(start) > 1e-9]
    largest = abs(factor).max(initial=0)
    if not factor.size:
        verdict = "rests at the bottom"
    elif np.isclose(largest, 1):
        verdict = "oscillates for ever and never settles"
    elif largest > 1:
        verdict = "diverges: each step lands farther away"
    elif (factor < -1e-9).any():
        verdict = "converges, oscillating on the way"
    else:
        verdict = "converges without oscillating"
    ax.set_axis_off()
    above, cost = ax.inset_axes([0, 0, 0.52, 1]), ax.inset_axes([0.7, 0, 0.3, 1])
    _contours(above)
    above.plot(*walk.T, color=VERMILLION, marker="o", markersize=5, linewidth=1.4)
    above.plot([v1], [v2], marker="s", color=BLACK, markersize=8)
    above.set(title=verdict.partition(":")[0], xlabel="v₁ (square: the start)")
    cost.plot(np.maximum(costs, 1e-12), color=VERMILLION, marker="o", markersize=4, linewidth=1.4)
    cost.set(yscale="plain log", xlabel="step", ylabel="cost C")
    return (
        f"With η = {eta:.2f} the ball {verdict}. The cost goes from {costs[0]:.3g}"
        f" to {costs[-1]:.3g} in {len(walk) - 1} steps."
    )


def cost_per_step(ax, costs):
    """Draw the cost after each step of a descent, the start first."""
    ax.plot(costs, color=BLUE)
    ax.set(xlabel="step", ylabel="cost C", ylim=(0, None))
    ax.grid(axis="y", alpha=0.3)
    return f"The cost goes from {costs[0]:.3f} to {costs[-1]:.3f} in {len(costs) - 1} steps."


def cost_curves(ax, curves):
    """Draw the costs after each step of several descents {name: (n,)}, side by side on one scale."""
    ax.set_axis_off()
    highest, width = max(map(max, curves.values())), 1 / len(curves)
    for k, (name, costs) in enumerate(curves.items()):
        part = ax.inset_axes([k * width, 0, 0.8 * width, 1])
        part.plot(costs, color=BLUE)
        part.set(title=name, xlabel="step", ylim=(0, 1.1 * highest))
        part.set(ylabel="" if k else "cost C")
        part.grid(axis="y", alpha=0.3)
    said = ", ".join(f"{name} from {costs[0]:.3f} to {costs[-1]:.3f}" for name, costs in curves.items())
    return f"{len(curves)} costs: {said}."


def _label_contours(ax):
    _contours(ax)
    for cost in 1, 4, 9:
        ax.text(0, -np.sqrt(cost) / 2, f"C = {cost}", fontsize=9, ha="center", va="center",
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})  # fmt: skip


def _contours(ax):
    """Draw where the bowl is 0.25, 1, 4, 9 and 16 high: ellipses, twice as long as wide."""
    ring = np.linspace(0, 2 * np.pi, 101)
    for half in 0.5, 1, 2, 3, 4:
        ax.plot(half * np.cos(ring), half / 2 * np.sin(ring), color=SKY, linewidth=1.2)
    ax.plot([0], [0], marker="+", color=BLACK, markersize=10)
    ax.set(xlim=(-3, 3), ylim=(-2, 2), aspect="equal", xlabel="v₁", ylabel="v₂")


# Lesson 05 -----------------------------------------------------------------------------------------


def nudge(ax, distance, cost, delta):
    """Draw the cost (n,) while one z moves by `distance` (n,), and the tangent with slope δ."""
    here = np.interp(0, distance, cost)
    near = distance[abs(distance) < 1.5]
    ax.plot(distance, cost, color=BLUE, label="cost C")
    ax.plot(near, here + delta * near, "--", color=VERMILLION, label=f"tangent, slope δ = {delta:.3f}")
    ax.plot([0], [here], "o", color=VERMILLION)
    ax.set(xlabel="nudge added to z", ylabel="cost C", ylim=(0, 1.3 * cost.max()))
    ax.legend(loc="upper right", frameon=False)
    return f"Where the neuron stands, the cost is {here:.3f} and its slope along z is δ = {delta:.3f}."


def chain(ax, values, rates):
    """Draw a chain {name: number} that ends in the cost: its values forward, and back ∂C/∂ of each.

    rates[i] is how much entry i + 1 moves for each unit that entry i moves.
    """
    slopes = np.cumprod([1.0, *rates[::-1]])[::-1]
    middle, box = {"ha": "center", "va": "center"}, {"boxstyle": "round,pad=0.4", "facecolor": "white"}
    ax.text(-0.6, 1, "forward:\nvalues", ha="right", va="center")
    ax.text(-0.6, 0, "back:\n∂C/∂ of each", ha="right", va="center")
    for i, ((name, value), slope) in enumerate(zip(values.items(), slopes, strict=True)):
        ax.text(i, 1, f"{name}\n{value:.3f}", bbox=box | {"edgecolor": BLUE}, **middle)
        ax.text(i, 0, f"{slope:.3f}", bbox=box | {"edgecolor": VERMILLION, "linestyle": "--"}, **middle)
        if name.startswith("z"):
            ax.text(i, -0.42, f"error δ{name[1:]}", fontsize=11, fontweight="bold", **middle)
    for i, rate in enumerate(rates):
        for up, start, end, colour in (1, 0.32, 0.68, BLUE), (0, 0.66, 0.36, VERMILLION):
            arrow = {"arrowstyle": "->", "linewidth": 1.8, "color": colour, "shrinkA": 0, "shrinkB": 0}
            ax.annotate("", (i + end, up), (i + start, up), arrowprops=arrow)
        ax.text(i + 0.5, 0.34, f"× {rate:.3f}", fontsize=10, **middle)
    ax.set(xlim=(-1.7, len(rates) + 0.4), ylim=(-0.6, 1.5))
    ax.set_axis_off()
    first = next(iter(values))
    return f"Forward the chain ends in C = {value:.3f}; back, the rates make ∂C/∂{first} = {slopes[0]:.3f}."


def listeners(ax, w, delta, slope):
    """Draw how a neuron is blamed (BP2) by those that hear it with weights w (k,) and have errors δ (k,)."""
    w, delta = np.ravel(w), np.ravel(delta)
    middle, box = {"ha": "center", "va": "center"}, {"boxstyle": "round,pad=0.5", "facecolor": "white"}
    arrow = {"arrowstyle": "->", "linewidth": 1.8, "color": VERMILLION, "linestyle": "--"}
    for k, (weight, blame) in enumerate(zip(w, delta, strict=True)):
        up = (len(w) - 1) / 2 - k
        ax.annotate("", (0.55, 0.14 * up), (2.5, up), arrowprops=arrow)
        ax.text(1.5, 0.56 * up, f"w = {weight:.3f}", fontsize=11, backgroundcolor="white", **middle)
        ax.text(3, up, f"neuron {k}\nδ = {blame:.3f}", bbox=box | {"edgecolor": BLUE}, **middle)
        ax.text(3.7, up, f"sends w δ = {weight * blame:.3f}", va="center")
    total = float(w @ delta)
    ax.text(0, 0, f"σ′(z) = {slope:.3f}", bbox=box | {"edgecolor": VERMILLION}, **middle)
    ax.text(0, -0.4, f"sum {total:.3f}, times σ′:\nδ = {total * slope:.3f}", ha="center", va="top")
    ax.set(xlim=(-0.9, 5.4), ylim=(-len(w) / 2 - 0.1, len(w) / 2))
    ax.set_axis_off()
    return (
        f"{len(w)} listeners send back {total:.3f}; times σ′ = {slope:.3f} that is δ = {total * slope:.3f}."
    )


def errors(ax, delta, label=None, ticks=range(10)):
    """Draw one layer's δ (j, 1) as bars: positive plain, negative hatched; the label's bar is named."""
    delta = np.ravel(delta)
    colours, hatches = [SKY if d < 0 else ORANGE for d in delta], ["//" if d < 0 else "" for d in delta]
    ax.bar(range(len(delta)), delta, color=colours, hatch=hatches, edgecolor=BLACK, linewidth=0.8)
    ax.axhline(0, color=BLACK, linewidth=0.8)
    ax.set(xlabel="neuron", ylabel="error δ", xticks=ticks)
    ax.margins(y=0.2)
    most = int(abs(delta).argmax())
    if label is None:
        return f"The error δ is largest in size at neuron {most}."
    ax.text(label, max(delta[label], 0), f"label {label}", ha="center", va="bottom", fontsize=10)
    sign = "negative" if delta[label] < 0 else "positive"
    return f"Most to blame is output neuron {most}; at the label, {label}, δ is {sign}: its z should rise."


def errors_beside(ax, wrong, delta, label):
    """Draw how wrong each output is, a - y (j, 1), above its δ (j, 1)."""
    ax.set_axis_off()
    above, below = ax.inset_axes([0, 0.56, 1, 0.44]), ax.inset_axes([0, 0, 1, 0.44])
    errors(above, wrong, label)
    above.set(xlabel="", ylabel="a - y", xticklabels=[])
    return errors(below, delta, label)


def gradient_image(ax, values):
    """Draw 784 gradients as pixels: orange + where cost rises with the weight, purple - where it falls."""
    values = np.reshape(values, (28, 28))
    signed_image(ax, values)
    ax.set(xlabel="pixel column", ylabel="pixel row", xticks=(0, 27), yticks=(0, 27))
    zero = (values == 0).mean()
    return f"The gradient of one neuron's 784 weights, each at the pixel it hears; {zero:.0%} are exactly 0."


def signed_image(ax, values, aspect="equal", label="∂C/∂w"):
    """Show a matrix in colours around 0, its larger values also marked + or -, with a bar of the colours."""
    largest = float(abs(values).max()) or 1.0
    colours = {"cmap": "PuOr_r", "vmin": -largest, "vmax": largest}
    ax.imshow(values, aspect=aspect, **colours)
    for sign, marker in (1, "+"), (-1, "_"):
        rows, columns = np.nonzero(sign * values > 0.4 * largest)
        ax.plot(columns, rows, linestyle="", marker=marker, color="black", markersize=5, markeredgewidth=1)
    bar = ax.inset_axes([1.06, 0, 0.05, 1])
    scale = np.linspace(largest, -largest, 64).reshape(64, 1)
    bar.imshow(scale, aspect="auto", extent=(0, 1, -largest, largest), **colours)
    for value, va in (-largest, "bottom"), (0.0, "center"), (largest, "top"):  # within the bar's own height
        bar.text(1.5, value, f"{value:.2g}", fontsize=10, va=va)
    bar.set(title=label, xticks=(), yticks=(), frame_on=False)


def error_by_layer(ax, sizes):
    """Draw the mean |δ| of each layer on a logarithmic axis, the first layer with weights on top."""
    names = [f"layer {l + 2}" for l in range(len(sizes))]
    ax.plot(sizes, names, "D", color=VERMILLION, markersize=8)  # dots: a bar has no length where 0 is not
    for name, size in zip(names, sizes, strict=True):
        ax.annotate(f"{size:.4f}", (size, name), (10, 0), textcoords="offset points", va="center")
    ax.set(xscale="plain log", xlabel="mean |δ| (logarithmic)", ylabel="the book's layers")
    ax.set(xlim=(min(sizes) / 3, 3 * max(sizes)))
    ax.grid(axis="x", alpha=0.3)
    ax.margins(y=0.2)
    ax.invert_yaxis()
    order = "shrinks" if (np.diff(sizes) > 0).all() else "does not shrink"
    return f"From the output back to the first hidden layer, the mean size of δ {order} layer by layer."


def nudge_errors(ax, nudges, errors, name):
    """Draw the relative errors (n,) of central differences over their nudges h (n,), both logarithmic."""
    ax.plot(nudges, errors, "o-", color=BLUE, markersize=5)
    ax.set(xscale="plain log", yscale="plain log", xlabel="nudge h (logarithmic)")
    ax.set(ylabel="relative error\n(logarithmic)", title=name)
    ax.grid(alpha=0.3)
    best = nudges[int(np.argmin(errors))]
    return f"In {name} the relative error is large at both ends and least near h = {best:.0e}."


# Lesson 06 -----------------------------------------------------------------------------------------


def angles(ax, sizes, degrees):
    """Draw the angle between the gradient of m random images and that of all, on logarithmic axes."""
    law = degrees[-1] * np.sqrt(sizes[-1] / np.asarray(sizes))
    ax.loglog(sizes, law, color=BLACK, linestyle=":", label="a tenth of the angle for 100 times the images")
    ax.loglog(sizes, degrees, color=BLUE, marker="o", linestyle="", label="measured")
    ax.set(xlabel="images in the mini-batch, m (logarithmic)", ylabel="angle (degrees)", ylim=(1, 400))
    ax.set(yticks=(1, 10, 100), yticklabels=("1", "10", "100"))
    ax.set(xticks=sizes, xticklabels=[f"{m:,}" for m in sizes])
    ax.legend(loc="upper right", frameon=False)
    return (
        f"With m = {sizes[0]:,} the gradient is off by {degrees[0]:.0f} degrees, with m = {sizes[-1]:,} by"
        f" {degrees[-1]:.0f}: the angle falls with the root of m."
    )


def costs(ax, costs):
    """Draw the cost after each step."""
    ax.plot(costs, color=BLUE)
    ax.set(xlabel="step", ylabel="cost C", ylim=(0, None))
    return f"The cost falls from {costs[0]:.2f} to {costs[-1]:.2f} in {len(costs)} steps."


def accuracy_curve(ax, correct, total):
    """Draw the share of images read correctly after each epoch; `correct` counts them, of `total`."""
    share = 100 * np.asarray(correct, float) / total
    ax.plot(share, color=BLUE, marker="o", markersize=4)
    ax.set(xlabel="epoch", ylabel="read correctly (%)")
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.grid(axis="y", alpha=0.3)
    last, best = share[-1], share.max()
    return f"After {len(share)} epochs {last:.1f} % of {total:,} images are right; at best {best:.1f} %."


def runs(ax, runs):
    """Draw the costs of several settings {name: (starts, n)}: the middle start, in bars to all of them."""
    looks = zip((BLACK, ORANGE, BLUE, VERMILLION), "osD^", strict=True)
    for place, ((name, costs), (color, marker)) in enumerate(zip(runs.items(), looks, strict=False)):
        costs = np.atleast_2d(costs)
        at = np.arange(costs.shape[1]) + 0.12 * place  # beside each other
        _measured(ax, at, costs, color=color, marker=marker, markersize=5, label=name)
    ax.set(xlabel="thousands of images learnt from", ylabel="cost C", ylim=(0, None))
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    ends = ", ".join(f"{np.median(np.atleast_2d(c)[:, -1]):.2f} with {name}" for name, c in runs.items())
    several = any(np.ndim(costs) > 1 for costs in runs.values())
    return f"The cost ends at {ends}{': the middle one of the starts' if several else ''}."


def _measured(ax, at, runs, **look):
    """Mark the middle of the runs (n, len(at)) at each place, in a bar to all; nothing is known between."""
    middle = np.median(runs, axis=0)
    reach = middle - runs.min(axis=0), runs.max(axis=0) - middle
    ax.errorbar(at, middle, reach, linestyle="", elinewidth=1, capsize=2, **look)


def angles_later(ax, steps, degrees):
    """Draw the angles (len(steps), n) of draws of ten images to the exact gradient, after these steps."""
    degrees = np.asarray(degrees)
    places = np.arange(len(steps))
    ax.axhspan(90, 180, facecolor=YELLOW, alpha=0.35, hatch="//", edgecolor="white", linewidth=0)
    for place, found in zip(places, degrees, strict=True):
        ax.plot(np.full(len(found), place), found, "o", color=SKY, markersize=4, alpha=0.6)
    ax.plot(places, degrees.mean(axis=1), color=BLUE, marker="_", markersize=26, linestyle="", label="mean")
    ax.text(0, 94, "uphill")
    ax.set(xlabel="steps learnt", ylabel="angle (degrees)", ylim=(0, 130), yticks=(0, 30, 60, 90, 120))
    ax.set(xticks=places, xticklabels=[f"{step:,}" for step in steps])
    ax.legend(loc="lower right", frameon=False)
    first, last = degrees.mean(axis=1)[[0, -1]]
    return f"Ten images are off by {first:.0f} degrees at first and by {last:.0f} after {steps[-1]:,} steps."


def two_curves(ax, training, validation):
    """Draw the share read correctly after each epoch, in percent, of the training and of other images."""
    for share, name, look in (training, "training", "s--"), (validation, "validation", "o-"):
        color = VERMILLION if name == "training" else BLUE
        ax.plot(range(1, len(share) + 1), share, look, color=color, markersize=5, label=f"{name} images")
    ax.set(xlabel="epochs", ylabel="read correctly (%)")
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.grid(axis="y", alpha=0.3)
    ax.legend(loc="lower right", frameon=False)
    return (
        f"After {len(training)} epochs {training[-1]:.1f} % of the training images are right and"
        f" {validation[-1]:.1f} % of the validation images."
    )


def training_curves(ax, training):
    """Draw a live training as it stands: cost on training and validation images, over the epochs."""
    for ghost in training.ghosts:
        ax.plot(*zip(*ghost["cost"], strict=True), color="#767676", linestyle=":", linewidth=1.5)
    ax.plot(*zip(*training.cost.points, strict=True), color=BLUE, label="training")
    epochs, costs, _ = zip(*training.validation, strict=True)
    ax.plot(epochs, costs, color=VERMILLION, linestyle="--", marker="s", markersize=4, label="validation")
    ax.set(xlabel="epochs", ylabel="cost (logarithmic)", yscale="plain log")
    ax.legend(loc="upper right", frameon=False)
    return f"Live training with {training.settings()}, {training.epochs:.1f} epochs so far."


# Lesson 07 -----------------------------------------------------------------------------------------


def layers_learning(ax, saturated, steps):
    """Draw each layer's share of saturated neurons and the size of its next step, the first layer first."""
    ax.set_axis_off()
    layers = range(2, len(steps) + 2)
    shares = ax.inset_axes([0.06, 0.2, 0.38, 0.62])
    shares.bar(layers, 100 * np.asarray(saturated), color=SKY, edgecolor=BLACK)
    shares.set(title="saturated: σ′ below 0.01 (%)", ylim=(0, 100))
    sizes = ax.inset_axes([0.6, 0.2, 0.38, 0.62])
    seen = np.clip(np.nan_to_num(steps), 1e-8, 10)
    sizes.plot(layers, seen, color=VERMILLION, linestyle="", marker="D", markersize=9)
    sizes.set(title="next step of a weight (logarithmic)", yscale="plain log", ylim=(1e-8, 10))
    for part in shares, sizes:
        part.set(xlabel="the book's layer", xticks=layers, xlim=(1.4, len(steps) + 1.6))
    for layer, step, at in zip(layers, steps, seen, strict=True):
        sizes.text(layer + 0.12, at, f"{step:.1e}", va="center", fontsize=10)
    said = (
        f"{share:.0%} saturated and steps of {step:.1e} in layer {layer}"
        for layer, share, step in zip(layers, saturated, np.nan_to_num(steps), strict=True)
    )
    return f"By the book's layers: {', '.join(said)}."


def one_epoch(ax, costs, shares, now, learnt, images, named):
    """Draw one epoch up to step `now`: cost, share read, what ten neurons learnt and a dozen answers.

    learnt : (10, 784), from -1 to 1, how far each weight has moved
    """
    ax.set_axis_off()
    for left, values, title in (
        (0.05, costs, "cost C"),
        (0.33, 100 * np.asarray(shares), "read correctly (%)"),
    ):
        part = ax.inset_axes([left, 0.5, 0.2, 0.38])
        part.plot(values[: now + 1], color=BLUE)
        part.plot([now], [values[now]], color=VERMILLION, marker="o", markersize=8)
        end = len(values) - 1
        part.set(title=title, xlim=(0, end), ylim=(0, 1.1 * max(values)), xticks=(0, end))
    digits(ax.inset_axes([0.6, 0.36, 0.4, 0.52]), 127.5 * (1 + learnt), columns=5)
    ax.text(0.8, 0.91, "learnt by ten hidden neurons", ha="center", transform=ax.transAxes)
    digits(ax.inset_axes([0, 0, 1, 0.26]), images, named, columns=12)
    return f"Cost {costs[now]:.2f}; {shares[now]:.0%} of the validation images are read correctly."


def tuning(ax, etas, grid):
    """Draw the share read by networks {hidden neurons: (starts, learning rates)}, in bars to all starts."""
    looks = (BLUE, "o"), (VERMILLION, "s"), (GREEN, "D")
    for place, ((hidden, shares), (color, marker)) in enumerate(zip(grid.items(), looks, strict=False)):
        at = np.asarray(etas) * 1.1**place  # beside each other
        _measured(
            ax, at, 100 * np.atleast_2d(shares), color=color, marker=marker, label=f"{hidden} hidden neurons"
        )
    ax.set(xlabel="learning rate η (logarithmic)", ylabel="read correctly (%)", ylim=(0, 100), xscale="log")
    ax.set(xticks=etas, xticklabels=[f"{eta:g}" for eta in etas])
    ax.minorticks_off()
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3, frameon=False)
    best = {
        hidden: etas[int(np.median(np.atleast_2d(shares), axis=0).argmax())]
        for hidden, shares in grid.items()
    }
    said = ", ".join(f"with {hidden} hidden neurons at η = {eta:g}" for hidden, eta in best.items())
    return f"The most images are read {said}."


def reading(ax, image, a, label):
    """Draw an image (784,) uint8 beside the ten answers a (10,) to it."""
    ax.set_axis_off()
    sheet, bars = ax.inset_axes([0, 0, 0.34, 1]), ax.inset_axes([0.46, 0.04, 0.54, 0.96])
    paper(sheet, image)
    sentence = answers(bars, a, label)
    return f"{sentence} It answers {np.max(a):.2f}, and the ten answers sum to {np.sum(a):.2f}."


def confusion(ax, counts):
    """Draw how often each digit (row) is read as each other one (column); the diagonal is what went right."""
    wrong = counts * (1 - np.eye(10, dtype=int))
    ax.imshow(wrong, cmap="Oranges", vmin=0, vmax=1.4 * wrong.max())
    for (label, answer), count in np.ndenumerate(counts):
        ax.text(answer, label, count, ha="center", va="center", fontsize=10,
                color="#767676" if label == answer else BLACK)  # fmt: skip
    ax.set(xlabel="the network's answer", ylabel="label", xticks=range(10), yticks=range(10))
    label, answer = np.unravel_index(wrong.argmax(), wrong.shape)
    return f"The most frequent mistake: a {label} read as a {answer}, {wrong.max()} times."


def receptive(ax, w, columns=5):
    """Tile what neurons listen to: rows of w (n, 784) as pictures, black for positive, white for negative."""
    scale = np.abs(w).max()  # one for all: a neuron that has learnt little looks grey
    digits(ax, 127.5 * (1 + w / scale), columns=columns)
    return f"The weights of {len(w)} neurons, on one scale: black where ink excites, white where it inhibits."


def shifts(ax, raw, centred):
    """Draw the share read correctly when digits are 0, 1, 2 … pixels off, raw and after centring."""
    ax.plot(100 * np.asarray(raw), color=VERMILLION, marker="s", linestyle="--", label="as they are")
    ax.plot(100 * np.asarray(centred), color=BLUE, marker="o", label="centred by mass")
    ax.set(xlabel="shift to the right (pixels)", ylabel="read correctly (%)", xticks=range(len(raw)))
    ax.set(ylim=(0, 105))
    ax.legend(loc="lower left", frameon=False)
    return (
        f"Shifted by {len(raw) - 1} pixels, {raw[-1]:.0%} of the digits are read correctly"
        f" as they are and {centred[-1]:.0%} centred."
    )


def pad(ax, drawing, centred, answers, sentence):
    """Draw what is on the drawing pad, what the network sees of it, and the ten answers."""
    ax.set_axis_off()
    for left, image, title in (0.0, drawing, "as drawn"), (0.3, centred, "centred, as MNIST"):
        part = ax.inset_axes((left, 0, 0.26, 0.9))
        part.imshow(image, cmap="gray_r", vmin=0, vmax=255)
        part.set(xticks=(), yticks=(), title=title)
    part = ax.inset_axes((0.68, 0.12, 0.32, 0.78))
    part.bar(range(10), answers, color=BLUE)
    part.set(xticks=range(10), ylim=(0, 1), xlabel="digit", ylabel="answer")
    return sentence


def saturation(ax, zs, divisor):
    """Draw the weighted inputs zs of a hidden and an output layer, with their slopes; shade the saturated."""
    ax.set_axis_off()
    parts = []
    for row, (name, z) in enumerate(zip(("hidden", "output"), zs, strict=True)):
        bottom, slopes = 0.6 - 0.6 * row, sigmoid_prime(z)
        left, right = ax.inset_axes([0.02, bottom, 0.45, 0.34]), ax.inset_axes([0.55, bottom, 0.45, 0.34])
        edge = np.arccosh(49)  # σ′(z) = 1 / (2 + 2 cosh z) falls to 0.01 here, at z = 4.58
        for start, end in (-40, -edge), (edge, 40):
            left.axvspan(start, end, facecolor=YELLOW, alpha=0.35, hatch="//", edgecolor="white", linewidth=0)
        _shares(left, z, np.linspace(-40, 40, 81), BLUE)
        right.axvspan(0, 0.01, facecolor=YELLOW, alpha=0.35, hatch="//", edgecolor="white", linewidth=0)
        _shares(right, slopes, np.linspace(0, 0.25, 26), GREEN)
        left.set(xlabel="weighted input z", ylabel="share (%)", xlim=(-40, 40), title=f"{name} layer: z")
        right.set(xlabel="slope σ′(z)", xlim=(0, 0.25), ylim=(0, 100), title=f"{name} layer: σ′")
        parts.append(f"{(slopes < 0.01).mean():.0%} in the {name} layer")
    return f"Weights divided by {divisor}: slopes below 0.01 (shaded) are {parts[0]} and {parts[1]}."


def _shares(ax, values, edges, color):
    counts, _ = np.histogram(values, edges)
    ax.stairs(100 * counts / values.size, edges, fill=True, color=color)


# Lesson 08 -----------------------------------------------------------------------------------------


def by_epoch(ax, curves):
    """Draw the shares of images read after each epoch of several runs or splits: {name: shares}."""
    looks = (BLUE, "o-"), (VERMILLION, "s--"), (GREEN, "D-."), (BLACK, "^:")
    for (name, shares), (color, look) in zip(curves.items(), looks, strict=False):
        ax.plot(
            range(1, len(shares) + 1), 100 * np.asarray(shares), look, color=color, markersize=4, label=name
        )
    ax.set(xlabel="epochs", ylabel="read correctly (%)")
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.grid(axis="y", alpha=0.3)
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    said = ", ".join(f"{shares[-1]:.1%} by {name}" for name, shares in curves.items())
    return f"After {len(shares)} epochs are read: {said}.".replace("%", " %")


def blame(ax, z=2.0, y=0):
    """Draw what an answer σ(z) costs and the δ it gets, by the quadratic cost and by cross-entropy."""
    ax.set_axis_off()
    line, a = np.linspace(-8, 8, 161), sigmoid(np.linspace(-8, 8, 161))
    surprise = np.logaddexp(0, -line if y else line)  # -ln a or -ln(1 - a), as no rounding spoils it
    parts = {
        "cost": ((a - y) ** 2 / 2, surprise),
        "error δ": (output_error(a[None], 0 * a[None] + y, line[None])[0], a - y),
    }
    for left, (name, curves) in zip((0, 0.56), parts.items(), strict=True):
        part = ax.inset_axes([left, 0.05, 0.42, 0.8])
        for label, curve, color, look in zip(
            ("quadratic", "cross-entropy"), curves, (BLUE, VERMILLION), ("-", "--"), strict=True
        ):
            part.plot(line, curve, linestyle=look, color=color, label=label)
            part.plot([z], [np.interp(z, line, curve)], marker="o", color=color)
        part.set(xlabel="weighted input z", title=name)
        part.axhline(0, color=BLACK, linewidth=0.8)
    part.legend(loc="lower center", bbox_to_anchor=(-0.15, 1.08), ncols=2, frameon=False)
    said = sigmoid(np.array([[z]]))
    wanted, place = 0 * said + y, np.array([[z]])
    old, new = (float(error(said, wanted, place)[0, 0]) for error in (output_error, cross_entropy_error))
    return (
        f"At z = {z:.1f} the neuron says {said[0, 0]:.4f} where {y} is right: δ is {old:.4f} by the quadratic"
        f" cost, {new:.4f} by cross-entropy."
    )


def gains(ax, rows):
    """Draw the shares of images read by several starts of each recipe, {name: shares}, and their means."""
    for place, shares in enumerate(rows.values()):
        ax.plot(100 * np.asarray(shares), [place] * len(shares), "o", color=SKY, markeredgecolor=BLACK)
        ax.plot([100 * np.mean(shares)] * 2, [place - 0.3, place + 0.3], color=VERMILLION)
    ax.set(xlabel="validation images read correctly (%)", yticks=range(len(rows)), yticklabels=[*rows])
    ax.set(ylim=(len(rows) - 0.5, -0.5))
    ax.grid(axis="x", alpha=0.3)
    said = "; ".join(f"{name} {np.mean(shares):.2%}" for name, shares in rows.items())
    return f"Each dot is a start, each bar their mean: {said}.".replace("%", " %")
