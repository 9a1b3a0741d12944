"""Pictures of one digit made as MNIST holds them: read from a file, taken off the paper, centred."""

import io
import os

import numpy as np

SIDE = 448  # pixels of the longer side that a picture is examined at


def centre(drawing):
    """Return the drawing as MNIST would hold it: ink scaled to 20 × 20, its mass centred in 28 × 28.

    drawing : (h, w) array, 0 paper … 255 ink. Returns (28, 28) uint8; all 0 for an empty drawing.
    Raises ValueError for another shape or values. Lesson 07.

    >>> stroke = np.zeros((112, 112))
    >>> stroke[5:60, 3:10] = 255
    >>> rows, columns = np.nonzero(centre(stroke))
    >>> int(rows.max() - rows.min() + 1), bool(13 <= columns.mean() <= 14)
    (20, True)
    """
    drawing = as_drawing(drawing)
    rows, columns = np.nonzero(drawing > 0)
    if not len(rows):
        return np.zeros((28, 28), np.uint8)
    ink = drawing[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    scale = 20 / max(ink.shape)
    small = shrink(ink, [max(1, round(side * scale)) for side in ink.shape])
    mass = small.sum()
    corner = []
    for axis, n in enumerate(small.shape):
        middle = float((small.sum(axis=1 - axis) * np.arange(n)).sum() / mass)
        # At a tie, half a pixel, the last bit of a sum must not choose the row.
        corner.append(int(np.clip(round(round(14 - middle, 6)), 0, 28 - n)))
    sheet = np.zeros((28, 28))
    sheet[corner[0] : corner[0] + small.shape[0], corner[1] : corner[1] + small.shape[1]] = small
    return np.rint(sheet).astype(np.uint8)


def shrink(image, shape):
    """Scale an image to another shape, each new pixel the mean of the area it covers."""
    rows, columns = (_shares(old, new) for old, new in zip(image.shape, shape, strict=True))
    return rows @ image @ columns.T


def _shares(old, new):
    """Return (new, old): the share of each old pixel in the mean that a new one is, along one side."""
    edges, starts = np.linspace(0, old, new + 1), np.arange(old)
    overlap = np.minimum(edges[1:, None], starts + 1) - np.maximum(edges[:-1, None], starts)
    return overlap.clip(0) * new / old


def as_ink(picture):
    """Return a drawing or the digit in a picture as (h, w) floats, 0 paper … 255 ink.

    picture : an array (h, w), 0 paper … 255 ink; or whatever `read_image` takes. An array that is not mostly
    0, or (h, w, 3 or 4) colours, is taken for a picture. Raises ValueError as that and `as_drawing` do.
    """
    from PIL import Image  # matplotlib brings it along

    if not isinstance(picture, (np.ndarray, list, tuple)):
        return read_image(picture)
    if isinstance(picture, np.ndarray) and picture.dtype == np.uint8 and picture.shape[2:] in ((3,), (4,)):
        return read_image(Image.fromarray(picture))
    drawing = as_drawing(picture)
    return drawing if np.median(drawing) == 0 else read_image(Image.fromarray(drawing.astype(np.uint8)))


def read_image(picture):
    """Return the digit in a picture as (h, w) floats, 0 paper … 255 ink, its longer side at most 448.

    picture : path, open file or bytes of a PNG, JPEG, …; or Pillow's Image. Raises ValueError for what is
    no picture, and for one where no digit is found.
    """
    return find_digit(grey_levels(picture))


def grey_levels(picture):
    """Return a picture as (h, w) floats, 0 black … 255 white, turned upright, at most 448 a side."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    if isinstance(picture, (bytes, bytearray, memoryview)):
        picture = io.BytesIO(picture)
    if not (isinstance(picture, (str, os.PathLike, Image.Image)) or hasattr(picture, "read")):
        found = f"the picture is of type {type(picture).__name__}"
        raise ValueError(f"{found}, wanted an array, a file, its path or bytes, or Pillow's Image.")
    try:
        with picture.copy() if isinstance(picture, Image.Image) else Image.open(picture) as image:
            # One bit's dots, and a palette's colours, mix only as shades; a photograph may lie on its side.
            shades = image.convert("RGBA") if image.mode in ("1", "P") else image
            shades.thumbnail((SIDE, SIDE))
            rgba = np.asarray(ImageOps.exif_transpose(shades).convert("RGBA"), float)
    except UnidentifiedImageError:
        raise ValueError("the file holds no picture: use a small PNG or JPEG.") from None
    except (OSError, ValueError, TypeError, Image.DecompressionBombError) as error:
        raise ValueError(f"the picture cannot be read ({error}): use a small PNG or JPEG.") from None
    grey, opaque = rgba[..., :3] @ [0.299, 0.587, 0.114], rgba[..., 3] / 255
    return opaque * grey + (1 - opaque) * paper_under(grey, opaque)


def paper_under(grey, opaque):
    """Return the grey level that belongs under what is transparent."""
    if not opaque.any():
        return 255
    mean = np.average(grey, weights=opaque)
    return mean if opaque.mean() > 0.5 else 255 * (mean < 128)  # little is opaque: that is the ink


def find_digit(grey):
    """Return the ink (h, w), 0 … 255, of the digit in a picture (h, w) of grey levels; ValueError for none.

    The paper may be of any level, unevenly lit, ruled or squared, and darker than the ink.
    """
    times = max(1, SIDE // max(grey.shape))
    grey = grey.repeat(times, axis=0).repeat(times, axis=1)
    frame, level = frame_of(grey)
    wide = np.pad(grey, frame, constant_values=level)
    ink = thickened(largest_patch(relief(without_lines(smoothed(wide, 3)))))
    return ink[frame:-frame, frame:-frame] if frame else ink


def frame_of(grey):
    """Return the width and level of a frame to put around: ink may touch the edge of a painted picture.

    Much of such a picture is paper of one level. No photograph's is, and it gets no frame.
    """
    levels, counts = np.unique(grey, return_counts=True)
    most = counts.argmax()
    return (max(grey.shape) // 4 if 4 * counts[most] > grey.size else 0), levels[most]


def smoothed(image, size):
    """Return the mean of the square of `size` pixels around each pixel; the edge goes on beyond itself."""
    for _ in range(2):
        image = np.pad(image.T, [(size // 2 + 1, size // 2), (0, 0)], mode="edge").cumsum(axis=0)
        image = (image[size:] - image[:-size]) / size
    return image


def slide(extreme, image, size):
    """Return the np.maximum or np.minimum of the square of `size` pixels around each pixel."""
    for _ in range(2):
        image = np.pad(image.T, [(size // 2, size // 2), (0, 0)], mode="edge")
        width = 1  # of the strips that are reduced: it doubles until it is `size`
        while width < size:
            step = min(width, size - width)
            image = extreme(image[:-step], image[step:])
            width += step
    return image


def relief(grey):
    """Return how far the ink stands out from the paper around it, whichever of them is the darker."""
    size = max(grey.shape) // 4 | 1  # no stroke is as wide
    wide = np.pad(grey, size, mode="edge")
    paper = slide(np.minimum, slide(np.maximum, wide, size), size)  # dark strokes are filled
    ground = slide(np.maximum, slide(np.minimum, wide, size), size)  # light ones are cut down
    around = smoothed(wide, size)
    dark, light, above = (
        part[size:-size, size:-size] for part in (paper - wide, wide - ground, wide - around)
    )
    return light if (above**3 * np.maximum(dark, light)).sum() > 0 else dark


def without_lines(grey):
    """Return the picture without what runs straight across all of it, one way or at right angles to it."""
    detail = grey - smoothed(grey, 25)
    slope = slope_of_lines(detail)
    for _ in range(2):
        lines = lines_along(detail, slope)
        grey, detail, slope = (grey - lines).T, (detail - lines).T, -slope
    return grey


def slope_of_lines(detail):
    """Return by how many rows the printed lines fall from one column to the next, -0.3 to 0.3."""

    def clearness(slope):
        ways = sheared(detail, slope, 16), sheared(detail.T, -slope, 16)
        return sum(np.nansum(np.median(way, axis=1) ** 2) for way in ways)

    best = max(np.arange(-0.3, 0.3001, 0.01), key=clearness)
    return max(best + np.arange(-0.01, 0.0101, 0.001), key=clearness)


def sheared(image, slope, step=1, beyond=0):
    """Return every so many columns, each moved up as a line of that slope falls; NaN where nothing is."""
    h, w = image.shape
    columns = np.arange(0, w, step)
    rows = np.arange(-beyond, h + beyond)[:, None] + np.rint(slope * (columns - w / 2)).astype(int)
    return np.where((rows >= 0) & (rows < h), image[rows.clip(0, h - 1), columns], np.nan)


def lines_along(detail, slope, parts=8):
    """Return what the lines of that slope add to the picture, as dark as where they are faintest.

    A stroke of the digit lies in one part of its line or some, a printed line in all eight.
    """
    w = detail.shape[1]
    beyond = int(0.2 * w) + 1
    straight = sheared(detail, slope, beyond=beyond)
    width = -(-w // parts)
    parts = [np.median(straight[:, k : k + width], axis=1) for k in range(0, w, width)]
    faintest = np.fmin.reduce(parts).clip(0) + np.fmax.reduce(parts).clip(None, 0)
    faintest[np.isfinite(parts).sum(axis=0) < 3] = 0  # too short to tell
    return sheared(np.tile(faintest[:, None], w), -slope)[beyond:-beyond]


def largest_patch(ink, cell=8):
    """Return the darkest patch of ink and those near it, their level made 255 and all else 0.

    Raises ValueError where there is none. What is less than a cell apart is one patch.
    """
    h, w = ink.shape
    low, pale = np.quantile(ink, [0.05, 0.25])  # of the paper, were half of the picture ink
    noise = (pale - low) / 0.97
    ink = ink - pale - 0.67 * noise
    top = np.quantile(ink, 0.998)
    least = max(6 * noise, 0.3 * top, 12)
    cells = np.pad(ink, [(0, -h % cell), (0, -w % cell)]).reshape(-(-h // cell), cell, -1, cell)
    patches = connected(cells.max(axis=(1, 3)) > least)
    mass = np.bincount(patches.ravel(), (cells - least).clip(0).sum(axis=(1, 3)).ravel())
    mass[~is_inside(patches)] = 0
    here = np.kron(with_neighbours(patches, mass), np.ones((cell, cell)))[:h, :w]
    ink = ink * here
    stroke = ink[ink > least]
    if mass.max() == 0 or len(stroke) < 30 or (level := np.quantile(stroke, 0.8)) < 25:
        raise ValueError("no digit is found in the picture: draw one, large and dark, with paper around it.")
    ink = ink / level
    return np.where(ink > max(0.25, 3 * noise / level), 255 * ink.clip(0, 1), 0)


def is_inside(patches):
    """Return for each number of the patches whether that one may be a digit: neither paper nor the desk.

    A desk shows at the edge, or as a seam near it. So lies a digit that fills a picture, which goes far in.
    """
    h, w = patches.shape
    down, right = h // 10 + 1, w // 10 + 1
    inside = np.isin(np.arange(patches.max() + 1), patches[down:-down, right:-right])
    inside[0] = False
    for number in {*patches[0], *patches[-1], *patches[:, 0], *patches[:, -1]}:
        inside[number] &= np.ptp(np.nonzero(patches == number), axis=1).max() + 1 > 0.6 * max(h, w)
    return inside


def with_neighbours(patches, mass, near=0.35, least=0.1):
    """Return where the heaviest patch is, and each that is a part of its digit, as the roof of a 5 may be.

    Such a one lies nearer than that part of what is found so far is wide or high, and is no speck.
    """
    digit, before = patches == mass.argmax(), None
    while before is None or (digit != before).any():
        before = digit
        reach = 1 + round(near * (np.ptp(np.nonzero(digit), axis=1).max() + 1))
        found = np.unique(patches[slide(np.maximum, digit, 2 * reach + 1)])
        digit = digit | np.isin(patches, found[mass[found] > least * mass.max()])
    return digit


def thickened(ink, least=0.11):
    """Return the ink with strokes at least as wide as MNIST's thin ones, that part of the digit's size."""
    dark = ink > 127
    rim = dark & ~slide(np.minimum, dark, 3)
    width = 2 * dark.sum() / rim.sum()
    lack = least * (np.ptp(np.nonzero(dark), axis=1).max() + 1) - width
    return slide(np.maximum, ink, int(lack) | 1) if lack > 1 else ink


def connected(mask):
    """Return a number for each connected patch of a mask (h, w), at each of its cells; 0 elsewhere."""
    numbers = np.where(mask, np.arange(1, mask.size + 1).reshape(mask.shape), 0)
    while True:
        spread = slide(np.maximum, numbers, 3) * mask
        if (spread == numbers).all():
            return numbers
        numbers = spread


def as_drawing(drawing):
    """Return the drawing as floats (h, w), 0 paper … 255 ink, or raise ValueError."""
    try:
        drawing = np.asarray(drawing)
    except ValueError:
        raise ValueError("the drawing has rows of different lengths, wanted (h, w) numbers.") from None
    sides = drawing.shape
    if len(sides) != 2 or drawing.dtype.kind not in "biuf" or min(sides) < 4 or max(sides) > 2000:
        raise ValueError(f"the drawing is {drawing.dtype} {sides}, wanted (h, w) numbers, 4 to 2,000 a side.")
    drawing = drawing.astype(float)
    if not (np.isfinite(drawing).all() and drawing.min() >= 0 and drawing.max() <= 255):
        raise ValueError("the drawing has values outside 0 (paper) to 255 (ink).")
    if 0 < drawing.max() <= 1:
        raise ValueError("the drawing has no value above 1, wanted 0 (paper) to 255 (ink): multiply by 255.")
    return drawing
