"""Count how many photographed digits the networks of lesson 07 read, one kind of photograph a row.

    uv run --extra test python -m benchmarks.photos            a thousand test digits a row, half an hour
    uv run --extra test python -m benchmarks.photos --quick    the first hundred, 3 minutes

Each digit is drawn large on a simulated sheet, photographed, saved as a JPEG, and read as the pad's button
reads a file. Three networks answer, trained by the course's code from fixed seeds: the 30 neurons that lesson
07 chooses, 100 whose first weights are divided by the root of their number, and 100 as lesson 08 trains them.
The preparation was tuned on validation digits (`--split validation`); the test digits are for the report. A
blank sheet of each kind is photographed too, a tenth as many times: no digit is to be found on it.
"""

import argparse
import io

import numpy as np
from PIL import Image, ImageFilter

import mnet
from benchmarks import improve
from mnet.images import centre, read_image

WIDE, TALL = 640, 480  # the photograph, in pixels
Y, X = np.mgrid[:TALL, :WIDE].astype(np.float32)

# What a kind does not name is as here. Grey levels are 0 … 255, angles degrees; a pair stands for a number
# between, drawn anew for each photograph. `depth` is how much darker than the paper the ink is; the `margin`
# around a digit that is cut out, a share of its longer side.
PLAIN = {"paper": 255, "depth": 215, "light": 0, "shadow": 0, "grain": 0, "ruled": 0, "squared": 0, "desk": 0}
PLAIN |= {"turned": 0, "tipped": 0, "blur": 1, "noise": 3, "fine": False, "exchanged": False, "margin": None}
ROOM = {"paper": (170, 255), "light": 50, "grain": 4, "ruled": 30}

KINDS = {
    "scan, black on white": {"depth": 255, "blur": 0, "noise": 0},
    "paper of 255": {},
    "paper of 200": {"paper": 200, "depth": 160},
    "paper of 180": {"paper": 180, "depth": 140},
    "paper of 120": {"paper": 120, "depth": 80},
    "light falls off by 50 across the sheet": {"paper": 230, "depth": 140, "light": 50},
    "edge of a shadow, 50 darker": {"paper": 230, "depth": 140, "shadow": 50},
    "pencil, 60 darker than the paper": {"paper": (120, 255), "depth": 60},
    "paper with grain": {"paper": 200, "depth": 140, "grain": 10},
    "ruled paper": {"paper": 220, "depth": 140, "ruled": 50},
    "squared paper": {"paper": 220, "depth": 140, "squared": 50},
    "ink and paper exchanged": {"paper": (120, 255), "depth": 100, "exchanged": True},
    "turned by up to 15°": {"paper": 200, "depth": 140, "turned": (-15, 15)},
    "camera tipped by up to 15°": {"paper": 200, "depth": 140, "tipped": (-15, 15)},
    "fine pen": {"paper": 200, "depth": 140, "fine": True},
    "sheet on a dark desk": {"paper": 200, "depth": 140, "desk": 70},
    "pencil in a room, on ruled paper": ROOM | {"depth": 60, "turned": (-5, 5)},
    "pen in a room, all of it": ROOM | {"depth": 120, "shadow": 50, "turned": (-15, 15), "tipped": (-10, 10)},
    "cut out, with a margin of 1 %": {"paper": 200, "depth": 140, "margin": 0.01},
}


def photograph(digit, rng, **kind):
    """Return a JPEG (a binary stream) of the digit, (28, 28) uint8, on a sheet; None leaves it blank."""
    scene = argparse.Namespace(**{
        name: rng.uniform(*value) if isinstance(value, tuple) else value
        for name, value in (PLAIN | kind).items()
    })  # fmt: skip
    ink = np.zeros((TALL, WIDE)) if digit is None else drawn(digit, rng, scene)
    sheet = scene.paper - np.maximum(scene.depth * ink, ruling(rng, scene))
    sheet -= scene.light * across(rng) + scene.shadow * shadow(rng) + scene.grain * texture(rng)
    sheet = np.where(beyond_the_sheet(rng), scene.desk + 5 * texture(rng), sheet) if scene.desk else sheet
    sheet = 255 - sheet if scene.exchanged else sheet
    return developed(sheet if scene.margin is None else cut_out(sheet, ink, scene.margin), rng, scene)


def cut_out(sheet, ink, margin):
    """Return the part of the sheet that the ink takes, and so much around it; all where there is none."""
    for axis in range(2 * ink.any()):
        where = np.flatnonzero((ink > 0.1).any(axis=1 - axis))
        wide = round(margin * max(np.ptp(np.nonzero(ink > 0.1), axis=1)))
        sheet = sheet.take(range(max(0, where[0] - wide), where[-1] + 1 + wide), axis, mode="clip")
    return sheet


def drawn(digit, rng, scene):
    """Return (TALL, WIDE) from 0 to 1, the share of ink: the digit somewhere, 0.2 to 0.6 of the height."""
    side = rng.uniform(0.2, 0.6) * TALL / 20 * 28  # of all 28 × 28; the ink fits 20 × 20 of them
    room = 0.5 * side + 38 * bool(scene.desk)
    x, y = (rng.uniform(room, n - room) for n in (WIDE, TALL))
    tip = np.tan(np.deg2rad(scene.tipped)) / WIDE * np.eye(2)[rng.integers(2)]  # sideways, or back
    picture = fine(digit) if scene.fine else Image.fromarray(digit)
    # Point p of the photograph, as seen from the digit's middle, shows the point turn @ p / (1 + tip @ p) of
    # the picture, as seen from its middle; Pillow wants both from the corner, and the last number 1.
    half, angle = picture.width / 2, np.deg2rad(scene.turned)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) * picture.width / side
    turn = turn + half * tip
    rows = np.vstack([np.column_stack([turn, half - turn @ [x, y]]), [*tip, 1 - tip @ [x, y]]])
    flat = (rows / rows[2, 2]).ravel()[:8]
    shown = picture.transform((WIDE, TALL), Image.Transform.PERSPECTIVE, flat, Image.Resampling.BICUBIC)
    return np.asarray(shown, np.float32) / 255


def fine(digit):
    """Return the digit drawn with a fine pen: its middle line, one MNIST pixel wide, as a larger picture."""
    large = np.asarray(Image.fromarray(digit).resize((140, 140), Image.Resampling.BICUBIC))
    pen = Image.fromarray(np.uint8(255) * thinned(large > 110))
    return pen.filter(ImageFilter.MaxFilter(5))


def thinned(ink):
    """Return the middle line of a drawing, (h, w) bools: the thinning of Zhang and Suen."""
    turns = [(1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1)]  # north, and on clockwise
    before = None
    while before is None or (before != ink).any():
        before = ink
        for first in True, False:
            around = np.array([np.roll(ink, turn, (0, 1)) for turn in turns])
            north, east, south, west = around[::2]
            starts = (~around & np.roll(around, -1, axis=0)).sum(axis=0)
            inner = east & south & (north | west) if first else north & west & (east | south)
            count = around.sum(axis=0)
            ink = ink & ~((count >= 2) & (count <= 6) & (starts == 1) & ~inner)
    return ink


def ruling(rng, scene):
    """Return (TALL, WIDE), how much darker than the paper the printed lines are, two pixels wide."""
    angle, apart = np.deg2rad(scene.turned), rng.uniform(25, 60)
    down, right = Y * np.cos(angle) - X * np.sin(angle), X * np.cos(angle) + Y * np.sin(angle)
    lines = [
        np.clip(1.5 - abs((way + rng.uniform(0, apart)) % apart - apart / 2), 0, 1) for way in (down, right)
    ]
    return np.maximum(max(scene.ruled, scene.squared) * lines[0], scene.squared * lines[1])


def across(rng):
    """Return (TALL, WIDE) from 0 on one side of the photograph to 1 on the other, in some direction."""
    angle = rng.uniform(0, 2 * np.pi)
    way = X * np.cos(angle) + Y * np.sin(angle)
    return (way - way.min()) / (way.max() - way.min())


def shadow(rng):
    """Return (TALL, WIDE), 0 in the light and 1 in the shadow, whose edge is 5 to 40 pixels soft."""
    return np.clip((across(rng) - rng.uniform(0.2, 0.8)) * WIDE / rng.uniform(5, 40) + 0.5, 0, 1)


def beyond_the_sheet(rng):
    """Return (TALL, WIDE) bools, True where the desk shows: up to 32 pixels along each side, at a slant."""
    left, right, top, bottom = rng.uniform(0, 32, 4)
    slant = rng.uniform(-0.02, 0.02)
    x, y = X + slant * (Y - TALL / 2), Y - slant * (X - WIDE / 2)
    return (x < left) | (x > WIDE - right) | (y < top) | (y > TALL - bottom)


def texture(rng):
    """Return (TALL, WIDE) of mean 0 and deviation 1: the grain of paper, two pixels wide."""
    small = rng.standard_normal((TALL // 2, WIDE // 2), np.float32)
    large = np.asarray(Image.fromarray(small).resize((WIDE, TALL), Image.Resampling.BICUBIC))
    return large / large.std()


def developed(sheet, rng, scene):
    """Return what a camera makes of the sheet: blurred, noisy, cut off at 0 and 255, a JPEG."""
    image = Image.fromarray(np.clip(sheet, 0, 255).astype(np.uint8))
    seen = np.asarray(image.filter(ImageFilter.GaussianBlur(scene.blur)), np.float32)
    seen = seen + scene.noise * rng.standard_normal(seen.shape, np.float32)
    stream = io.BytesIO()
    Image.fromarray(np.clip(seen, 0, 255).astype(np.uint8)).save(stream, "JPEG", quality=85)
    stream.seek(0)
    return stream


def readers():
    """Return {name: network}: the one lesson 07 chooses, one with scaled weights, and lesson 08's."""
    nets = {}
    for hidden, epochs in (30, 4), (100, 10):
        rng = np.random.default_rng(0)
        net = nets[f"{hidden} neurons"] = mnet.Network([784, hidden, 10], rng=rng)
        if hidden == 100:
            mnet.scale_weights(net)
        list(mnet.sgd(net, mnet.load_mnist().train, epochs, 10, 3.0, rng))
    nets["100, lesson 08"], _ = improve.train(improve.ALL, seed=0, epochs=improve.EPOCHS)
    return nets


def prepared(file):
    """Return the photograph as a column of 784, or None where no digit is found on it."""
    try:
        digit = centre(read_image(file))
    except ValueError:
        return None
    return digit.reshape(784, 1).astype(np.float32) / 256 if digit.any() else None


def read(net, columns):
    """Return (n,) ints: what the network reads in each column, -1 for None."""
    return np.array([-1 if x is None else mnet.predict(net, x)[0] for x in columns])


def photographs(kind, digits, blank=False):
    """Yield the columns made of photographs of that kind, each by a chance of its own."""
    for k, digit in enumerate(digits.reshape(-1, 28, 28)):
        rng = np.random.default_rng([k, list(KINDS).index(kind)])
        yield prepared(photograph(None if blank else digit, rng, **KINDS[kind]))


def rows(nets, split, kinds=tuple(KINDS)):
    """Yield (name, share that each network reads, share of blank sheets where no digit is found) a kind."""
    scans = split.columns()[0].T.reshape(-1, 784, 1)
    yield "the digits themselves", shares(nets, scans, split), None
    for kind in kinds:
        columns = list(photographs(kind, split.images))
        blank = [x is None for x in photographs(kind, split.images[: -(-len(split) // 10)], blank=True)]
        yield kind, shares(nets, columns, split), np.mean(blank)


def shares(nets, columns, split):
    """Return the share of the columns that each network reads as labelled."""
    return [np.mean(read(net, columns) == split.labels) for net in nets.values()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a hundred digits a row, not a thousand")
    parser.add_argument("--split", choices=["validation", "test"], default="test", help="which digits")
    arguments = parser.parse_args()
    split = getattr(mnet.load_mnist(), arguments.split)[: 100 if arguments.quick else 1000]
    nets = readers()
    print("| photograph |", " | ".join(nets), "| blank sheet: no digit |")
    print("|---" + "|--:" * (len(nets) + 1) + "|")
    for name, read_of_each, blank in rows(nets, split):
        cells = [*(f"{part:.1%}" for part in read_of_each), "–" if blank is None else f"{blank:.0%}"]
        print(f"| {name} |", " | ".join(cells), "|", flush=True)


if __name__ == "__main__":
    main()
