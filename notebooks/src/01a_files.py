# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 01a · Open the files
#
# **How do pictures lie in a file, and which file can you trust?** An appendix to lesson 01. Nothing later needs it; read it when you want to know what stands on the disk, or before you open a file from a stranger.
#
# **You will build** a reader of the data's files, in a line or two, and a file that runs a program when somebody loads it.
#
# **You will be able to**
#
# - read a file of plain bytes by its header,
# - notice a damaged file before anybody learns from it,
# - say why loading a pickle means running it, and what to load instead.
#
# About 30 minutes, exercises included. Before this: [01 · See the data](01_data.ipynb).

# %%
import gzip
from mnet import figures, load_mnist
from mnet.files import FOLDER
import numpy as np

mnist = load_mnist()

# %% [markdown]
# ## 1 · Sixteen bytes, and pictures
#
# The four files are in **IDX**, about the plainest format there is: a header of 4-byte whole numbers, then the pixels, one byte each. And they are packed with **gzip**. `gzip.open` unpacks while you read; here it reads the header of the test pictures.

# %%
with gzip.open(FOLDER / "t10k-images-idx3-ubyte.gz") as file:
    content = file.read()
np.frombuffer(content[:16], ">u4").tolist()

# %% [markdown]
# `>u4` reads 4-byte whole numbers, the most significant byte first. The first number says what kind of data follows (2051: bytes in three dimensions), the others how long each dimension is.
#
# **Predict first.** How many bytes does the whole file have, when it is unpacked?

# %% tags=["predict"]
print(f"{len(content):,} bytes; 16 + 10,000 · 28 · 28 is {16 + 10_000 * 28 * 28:,}")

# %% [markdown]
# So the first picture is the 784 bytes behind the header, and nothing else:

# %%
first = np.frombuffer(content[16 : 16 + 784], np.uint8)
figures.show(figures.digits, [first], size=(2, 2), what="7, cut out of the file behind its header")

# %% [markdown]
# **Predict first.** Somebody forgets the header and takes the first 784 bytes of the file for the first picture. Will there be an error? What will the digit look like?

# %% tags=["predict"]
shifted = np.frombuffer(content[:784], np.uint8)
figures.show(figures.digits, [shifted], size=(2, 2), what="picture that begins with the header")

# %% [markdown]
# No error, and no wrong shape: the digit is moved by sixteen pixels to the right, and what leaves its row on that side comes in again on the left, one row lower. (The specks at the top are the header, read as ink.) A network would learn from such pictures without a complaint. Lesson 01's advice to print shapes does not help here; to look at a picture does.
#
# ## 2 · Packed
#
# Most pixels are blank, and gzip writes "forty zeros" in place of forty zeros. How far does that shrink the pictures?

# %% tags=["predict"]
packed_size = (FOLDER / "t10k-images-idx3-ubyte.gz").stat().st_size
print(f"{packed_size:,} bytes on the disk, {packed_size / len(content):.0%} of the whole")

# %% [markdown]
# About a fifth. Packing loses nothing: what comes out is the same to the last bit. That is what tells it from the packing of photographs (JPEG), which gives back a picture that looks alike.
#
# ## 3 · Broken files
#
# Files get damaged: a full disk, a broken copy. A program that reads on regardless trains on noise. Make a file that promises ten pictures and holds nine, and try to load it. (It is not packed; `load_mnist` takes such files, too.)

# %%
from pathlib import Path
from tempfile import TemporaryDirectory

from mnet import DataError

with TemporaryDirectory() as folder:
    broken = np.array([2051, 10, 28, 28], ">u4").tobytes() + bytes(9 * 784)
    (Path(folder) / "train-images-idx3-ubyte").write_bytes(broken)
    try:
        load_mnist(folder)
    except DataError as error:
        print(str(error).removeprefix(folder)[1:])

# %% [markdown]
# Which file, what was found, what was wanted, what to do. (The name of the temporary folder is cut off.) But a header that fits says nothing about the pixels. **Ask yourself:** one pixel of 7,840,000 is changed. How would you notice, without a second copy of the file?

# %% tags=["predict"]
from hashlib import sha256

changed = bytearray(content)
changed[500_000] ^= 1
for name, each in {"as it came": content, "one bit changed": changed}.items():
    print(f"{name:16} {sha256(each).hexdigest()[:16]}…")

# %% [markdown]
# By a **checksum**: a number computed from all bytes, of which no two files are known to have the same. One bit decides about all its digits. The folder `data` lists those of its four files in `SHA256SUMS`, and `load_mnist` compares.
#
# ## 4 · The book's file: a pickle
#
# The book hands out the same data as one file, `mnist.pkl.gz`: a **pickle**, Python's own way of storing objects, packed with gzip. Inside are three pairs, each an array of pictures, already divided by 256, and an array of labels. Here are the first 100 of each part in that form:

# %%
import pickle

pairs = tuple((part.images[:100] / np.float32(256), part.labels[:100].astype(int)) for part in mnist)
packed = gzip.compress(pickle.dumps(pairs))
share = len(packed) / len(pickle.dumps(pairs))
print(f"packed ≈ {share:.1%} of its length, less than a sixth: {share < 1 / 6}")

# %% [markdown]
# Two calls undo it. For the book's file you would add `encoding="latin1"` to `pickle.loads`: a Python 2 wrote it, and its strings of bytes are otherwise read as ASCII text, which knows no byte above 127.

# %%
train_pair, validation_pair, test_pair = pickle.loads(gzip.decompress(packed))
train_pair[0].shape, train_pair[1].shape

# %% [markdown]
# That is all the book's loader does, and it is convenient. So why does this course not?
#
# ## 5 · Why a pickle is dangerous
#
# A pickle is not data, it is a program that builds data, and loading it runs that program. You need not call anything in it. What does this one do, when it is loaded?


# %% tags=["predict"]
class Surprise:
    def __reduce__(self):
        return print, ("I am code, and you ran me by loading a file.",)


pickle.loads(pickle.dumps(Surprise()))

# %% [markdown]
# It says hello; it could as well delete your files. `__reduce__` says how an object wants to be rebuilt: "call this function with these arguments", and it may name any function. So never load a pickle from someone whom you would not let type on your computer.
#
# If you have the book's file, [`read_pickle`](../mnet/data.py) reads it with an unpickler that builds arrays of numbers and refuses everything else, before it happens. Give it both files:

# %%
from mnet.data import read_pickle

with TemporaryDirectory() as folder:
    good, bad = Path(folder) / "mnist.pkl.gz", Path(folder) / "surprise.pkl"
    good.write_bytes(packed)
    bad.write_bytes(pickle.dumps(Surprise()))
    print(read_pickle(good))
    try:
        read_pickle(bad)
    except DataError as error:
        print(str(error).removeprefix(folder)[1:])

# %% [markdown]
# ## Your turn
#
# Replace each `...` and run the cell: the check says ○ for not yet, ✗ with the likely mistake, or ✓.
#
# ### Exercise 1 · How long is it?
#
# How many bytes has `train-images-idx3-ubyte`, unpacked? It holds the pictures of training and validation. Compute it before you open anything.
#
# <details><summary>Hint 1, a question</summary>What lies in the file besides the pixels of all its pictures?</details>
# <details><summary>Hint 2, where to look</summary>Section 1 adds up the same for the test pictures: only the count is another, 60,000.</details>

# %% tags=["exercise"]
from mnet import checks

my_length = ...
checks.answer("01a length", my_length)

# %% tags=["solution"]
from mnet import checks

my_length = 16 + 60_000 * 784
checks.answer("01a length", my_length)

# %% [markdown]
# ### Exercise 2 · Spot the bug
#
# Someone reads the first five labels of the test set as section 1 reads its pictures. There is no error, and five digits come out. They are not those of the first five test pictures. Run the cell, find out why, and mend it.
#
# <details><summary>Hint 1, a question</summary>How many dimensions do labels have, and how long is a header that names so many?</details>
# <details><summary>Hint 2, where to look</summary>Print <code>list(raw[:16])</code>: where does the header end, and where do the digits begin?</details>

# %% tags=["exercise", "predict"]
raw = gzip.decompress((FOLDER / "t10k-labels-idx1-ubyte.gz").read_bytes())
my_labels = np.frombuffer(raw, np.uint8)[16:21]
checks.answer("01a labels", my_labels)

# %% tags=["solution"]
raw = gzip.decompress((FOLDER / "t10k-labels-idx1-ubyte.gz").read_bytes())
my_labels = np.frombuffer(raw, np.uint8)[8:13]
checks.answer("01a labels", my_labels)

# %% [markdown]
# ### Exercise 3 · Which digit packs best?
#
# Pack each picture by itself. Of which digit are the packed pictures the shortest, in the mean? Predict it from what gzip does; the cell below the check measures.
#
# <details><summary>Hint 1, a question</summary>What does gzip shorten, and which digit leaves most of it?</details>
# <details><summary>Hint 2, where to look</summary>Look at the mean darkness of the ten digits in lesson 01: the one with the least ink has the longest runs of zeros.</details>

# %% tags=["exercise"]
my_digit = ...
checks.answer("01a packs", my_digit)

# %% tags=["solution"]
my_digit = 1
checks.answer("01a packs", my_digit)

# %% tags=["predict"]
some, digits = mnist.train.images[:2000], mnist.train.labels[:2000]
lengths = np.array([len(gzip.compress(image.tobytes())) for image in some])
means = [lengths[digits == digit].mean() for digit in range(10)]
order = np.argsort(means)
print(f"shortest: the {order[0]}, ≈ {means[order[0]]:.0f} bytes; longest: the {order[-1]}")

# %% [markdown]
# ## What you have now
#
# You read a header and cut pictures out of bytes, saw what a slip of sixteen bytes does in silence, broke a file and had it noticed, and ran a program by loading a file.
#
# ## In practice
#
# - Files of weights that people share are often pickles too. The formats that hold nothing but arrays, such as NumPy's `.npz`, are the safer ones; `Network.save` writes that.
# - An archive can unpack to far more than it weighs, until the memory is full. `load_mnist` stops when a file holds more than its format allows.
# - A checksum shows that a file is the one somebody listed. Whether that somebody can be trusted, it does not show.
#
# ## Read further
#
# The documentation of Python's module `pickle`, whose first warning says the same. The page of the data by Y. LeCun, C. Cortes and C. Burges, which defines IDX. In the code: [`read_idx`](../mnet/files.py) and [`pickled_arrays`](../mnet/pickles.py).
#
# Back to the course: [02 · Build one neuron](02_sigmoid.ipynb).
