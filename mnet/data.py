"""Lesson 01: the handwritten digits, read from files and checked before anyone learns from them."""

import weakref
from collections import namedtuple
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mnet.files import FOLDER, DataError, read_pairs
from mnet.guards import digits, guarded, refuse_split, rows
from mnet.pickles import pickled_arrays

_ONE_HOT = np.eye(10, dtype=np.float32)

Mnist = namedtuple("Mnist", "train validation test")
Mnist.__doc__ = "Three Splits: train to learn from, validation to choose settings, test to judge once."


@dataclass(frozen=True, eq=False)
class Split:
    """Images in rows and their labels, kept as bytes to save memory.

    images : (n, 784) uint8, 0 paper … 255 ink; labels : (n,) uint8, digits 0 … 9. Anything else is a
    ValueError. `len(split)` is n. Lesson 01.
    """

    images: np.ndarray
    labels: np.ndarray

    def __post_init__(self):
        refuse_split(self.images, self.labels)

    def __len__(self):
        return len(self.labels)

    def __repr__(self):
        return f"Split({len(self):,} images)"

    def __getitem__(self, which):
        """Return the chosen images and their labels as a Split: `train[:1000]`."""
        return Split(rows("Split", self.images, which), self.labels[which])

    def columns(self, which=slice(None)):
        """Return the chosen images and targets as float32 columns: x (784, k), pixel / 256, and y (10, k).

        >>> x, y = load_mnist().train.columns(slice(0, 10))
        >>> x.shape, y.shape, float(x.max())
        ((784, 10), (10, 10), 0.99609375)
        """
        x = rows("columns", self.images, which) * np.float32(1 / 256)
        return x.T, _ONE_HOT[self.labels[which]].T

    def deal(self, batches):
        """Yield `columns(batch)` for each index array in the list `batches`, as `mini_batches` makes them.

        It turns the pixels of some 400 images at a time into floats, which costs less than ten at a time.

        >>> [x.shape for x, y in load_mnist().train.deal([[3, 1], [0]])]
        [(784, 2), (784, 1)]
        """
        some = max(1, 400 // len(batches[0])) if len(batches) else 1
        for k in range(0, len(batches), some):
            x, y = self.columns(np.concatenate(batches[k : k + some]))
            start = 0
            for batch in batches[k : k + some]:
                end = start + len(batch)
                yield x[:, start:end], y[:, start:end]
                start = end


@guarded(labels=digits)
def one_hot(labels):
    """Turn each digit into a column that is all 0 but for a 1 in the digit's row: (10, n) float32.

    labels : (n,) whole numbers 0 … 9, or ValueError. The targets y are one-hot, labels are digits.
    Lesson 01; Nielsen, chapter 1, the code of `mnist_loader`.

    >>> from mnet import one_hot
    >>> one_hot([2, 0])[:3]
    array([[0., 1.],
           [0., 0.],
           [1., 0.]], dtype=float32)
    """
    return _ONE_HOT[labels].T.copy()


def load_mnist(folder=FOLDER):
    """Read the four IDX files of a folder: Mnist(train, validation, test), 50,000 / 10,000 / 10,000 images.

    folder : the course's own data unless given; any folder of four IDX files will do, packed or not, with
    a dot or a dash in their names (Fashion-MNIST, say), and so does Keras' mnist.npz. The last sixth of its
    training images becomes the validation split. Files are checked by its SHA256SUMS; a warning names those
    that are not listed there. Raises DataError for a missing or broken file: which, what was found, what
    was wanted, what to do. What somebody holds already is not held twice.
    Lesson 01; Nielsen, chapter 1, "Implementing our network to classify digits".

    >>> load_mnist()
    Mnist(train=Split(50,000 images), validation=Split(10,000 images), test=Split(10,000 images))
    """
    folder = Path(folder)
    (images, labels), (test_images, test_labels) = read_pairs(folder)
    n = len(labels) - len(labels) // 6
    if n == len(labels):
        raise DataError(folder, f"{n} training images", "6 or more, the last sixth to validate")
    train = Split(images[:n], labels[:n])
    validation = Split(images[n:], labels[n:])
    test = Split(test_images, test_labels)
    return _once(Mnist(train, validation, test))


_alive = weakref.WeakSet()


def _once(mnist):
    """Return the parts that somebody holds already, where they are alike: a cell run again adds no copy."""
    held = []
    for split in mnist:
        for other in list(_alive):
            if np.array_equal(other.labels, split.labels) and np.array_equal(other.images, split.images):
                split = other
        _alive.add(split)
        held.append(split)
    return Mnist(*held)


def read_pickle(path):
    """Read Nielsen's `mnist.pkl.gz`: three pairs of float images (n, 784), pixel / 256 or / 255, and labels.

    Returns Mnist, as `load_mnist` does. NumPy arrays are all it admits: a pickle can ask Python to run
    anything, and here nothing runs. Raises DataError. Lesson 01; Nielsen, chapter 1, `mnist_loader`.
    """
    with pickled_arrays(
        path, "three pairs of images (n, 784), pixel / 256 or / 255, and labels 0 … 9"
    ) as pairs:
        if len(pairs) != 3:
            raise ValueError(f"{len(pairs)} groups")
        scale = pairs[0][0].scale()
        return Mnist(*(Split(x.as_bytes("f", scale), labels.as_bytes("iu", 1)) for x, labels in pairs))
