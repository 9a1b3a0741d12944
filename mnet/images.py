"""Pictures of one digit made as MNIST holds them: read from a file, shrunk, centred by mass."""

import numpy as np


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


def read_image(file):
    """Return a picture file (path or file object; PNG, JPEG, …) as (h, w) floats, 0 paper … 255 ink.

    Whichever of dark and light is rarer is taken for ink. Raises ValueError for what is no picture.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError  # matplotlib brings it along

    try:
        with Image.open(file) as image:
            image.thumbnail((448, 448))
            image = ImageOps.exif_transpose(image).convert("RGBA")  # a phone's photograph may lie on its side
            paper = Image.new("RGBA", image.size, "white")  # under what is transparent
            grey = np.asarray(Image.alpha_composite(paper, image).convert("L"), float)
    except UnidentifiedImageError:
        raise ValueError("the file holds no picture: use a small PNG or JPEG.") from None
    except (OSError, Image.DecompressionBombError) as error:
        raise ValueError(f"the picture cannot be read ({error}): use a small PNG or JPEG.") from None
    ink = 255 - grey if grey.mean() > 127 else grey
    return np.where(ink > 0.3 * ink.max(), ink, 0.0)  # paper is never quite white


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
