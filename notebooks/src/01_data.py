# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 01 · See the data
#
# **What is a picture of a digit?** For a program it is 784 numbers and nothing else. Everything the network will ever know about handwriting comes from the 70,000 pictures of this lesson.
#
# **You will build** a first reader of digits, from one number for each picture, and learn how good it is.
#
# **You will be able to**
#
# - load the pictures and say what each number in them means,
# - turn pictures into columns and labels into targets, in the right shapes,
# - explain why the data is split in three, and what each part is for.
#
# About 25 minutes. Before this: [00 · Start](00_start.ipynb).

# %%
from mnet import figures, load_mnist
from mnet.live import panels
import numpy as np

mnist = load_mnist()
mnist

# %% [markdown]
# ## 1 · Seventy thousand pictures
#
# The pictures are MNIST: digits written by hand on forms, by workers of the US Census Bureau and by high-school pupils, then scanned, shrunk and centred. People have measured their programs on them since 1998. They came with the course, so nothing is downloaded; `data/README.md` tells where they are from.

# %%
figures.show(figures.digits, mnist.train.images[:10], mnist.train.labels[:10], 5, size=(7, 2.9))

# %% [markdown]
# In the corner of each picture stands its **label**: the digit a person says it is. A picture without its label is of no use for learning. Here is the function that read them.

# %%
figures.source(load_mnist)

# %% [markdown]
# It reads 60,000 labelled images of one pair of files, puts the last sixth aside, and reads 10,000 more from a second pair. Section 6 says why there are three parts.
#
# **Images lie in rows**: one row of 784 numbers for each picture. **Labels** are one number each.

# %%
mnist.train.images.shape, mnist.train.labels.shape, str(mnist.train.images.dtype)

# %% [markdown]
# ## 2 · One picture, 784 numbers
#
# `uint8` is a whole number from 0 to 255 in a single byte. Here 0 is blank paper and 255 is full ink, the other way round from a photograph. This is the beginning of the first picture, as the computer has it.

# %%
mnist.train.images[0][:160]

# %% [markdown]
# Not much of a digit. The 784 numbers are 28 rows of 28, written one after the other; fold them, and it appears.

# %%
figures.show(figures.pixels, mnist.train.images[0], size=(7, 7))

# %%
paper = (mnist.train.images == 0).mean()
print(f"{paper:.0%} of all training pixels are blank; the first label is {mnist.train.labels[0]}")

# %% [markdown]
# **Ask yourself.** If you shuffle the 784 pixels, the same way for every picture, you can read none of them. Can our network? It can, as well as before: nobody ever tells it which pixels are neighbours. Exercise 3 makes you see such a picture.
#
# ## 3 · From rows to columns
#
# A network multiplies and adds; it wants small fractions, not bytes. And the formulas of this course, like those of the book it follows, write one picture as a **column** $x$ of shape (784, 1). The method `columns` does both, for as many pictures as you ask for.

# %%
figures.source(type(mnist.train).columns)

# %%
x, y = mnist.train.columns(slice(0, 10))
x.shape, y.shape, str(x.dtype)

# %% [markdown]
# The pixels are now `float32`, and `pixel / 256` lies between 0, paper, and just below 1, ink:

# %%
float(x.min()), float(x.max()), 255 / 256

# %% [markdown]
# Why are the rows not stored as columns at once? Memory is one long line. In rows, the 784 bytes of a picture lie side by side, and fetching ten pictures touches ten places. In columns each pixel of a picture would lie 50,000 bytes from the next. `.T` copies nothing: it is another way to read the same line.

# %%
x.strides, x.T.strides

# %% [markdown]
# Strides count bytes. In `x` the next pixel of the same picture is 4 bytes away, which is one float32, and the next picture 3,136 bytes, which is 784 of them. Both views read the same memory.
#
# ### The trap: `(784,)` is not `(784, 1)`
#
# One picture taken from the rows has shape `(784,)`: a list of numbers, neither row nor column. NumPy then guesses what you mean, and its guess is called **broadcasting**. Here three answers meet their three targets, and both are the same numbers, so the differences should be three zeros.

# %%
answers = np.array([0.0, 1.0, 0.5])
targets = answers.reshape(3, 1)
targets - answers

# %% [markdown]
# Nine numbers, six of them wrong, and no error. `(3, 1)` minus `(3,)` makes a table of every target against every answer. This is the commonest mistake in code like ours, and it stays unseen: the program runs and learns nonsense. With shape `(3, 1)` on both sides it is right:

# %%
(targets - answers.reshape(3, 1)).ravel()

# %% [markdown]
# The functions of this course refuse the wrong shape rather than guess. This one belongs to lesson 04; look only at what it says.

# %%
from mnet import cost_derivative

try:
    cost_derivative(answers, targets)
except ValueError as error:
    print(error)

# %% [markdown]
# ## 4 · The target, one-hot
#
# The network has ten output neurons, one a digit, and each answers between 0 and 1. So the **target** $y$ for a picture is ten numbers as well: 1 in the row of the right digit, 0 in the nine others. Row $k$ of the target for a label is
#
# $$y_k = \begin{cases} 1 & \text{if } k = \text{label} \\ 0 & \text{otherwise} \end{cases} \qquad y \text{ has shape } (10, 1)$$

# %%
from mnet import one_hot

figures.source(one_hot)

# %% [markdown]
# Two checks, then one line: `_ONE_HOT` is the 10 × 10 table with ones on its diagonal, and the labels pick rows from it. Three labels give three columns:

# %%
one_hot([5, 0, 4])

# %% [markdown]
# Why not let one neuron answer "5"? Because digits are names here, not amounts. An 8 misread as 9 is no smaller a mistake than an 8 misread as 3, and "half 3, half 8" is not 5.5. Ten separate answers say exactly what you want to know: how much does it look like each digit? To go back, ask in which row the 1 is.

# %%
bool((one_hot(mnist.train.labels).argmax(axis=0) == mnist.train.labels).all())

# %% [markdown]
# ## 5 · Read digits with one number
#
# How much can you tell from how much ink there is? Call the mean of a picture's 784 values its **darkness**: 0.0 is a blank sheet, and no picture reaches 1.0.

# %%
darkness = mnist.train.images.mean(axis=1) / 256
figures.show(figures.darkness_by_digit, darkness, mnist.train.labels, size=(7, 4.2))

# %% [markdown]
# A 0 takes more than twice the ink of a 1. The others crowd together. Now look at single pictures.
#
# **Predict first.** You are about to guess each digit from its darkness alone: whichever digit has the nearest mean. Guessing blindly is right for one picture in ten. How many in a hundred will darkness get right? Write your number down. Then browse, and see how often the last words of the line below agree with the label.

# %%
panels.digits(mnist)

# %% [markdown]
# Now count. The ten means come from the 50,000 training pictures, the guesses are for the 10,000 test pictures, which had no part in the means.

# %%
means = np.array([darkness[mnist.train.labels == digit].mean() for digit in range(10)])
test_darkness = mnist.test.images.mean(axis=1) / 256
guess = abs(test_darkness[:, None] - means).argmin(axis=1)
right = int((guess == mnist.test.labels).sum())
print(f"{right} of {len(guess)} right: {right / len(guess):.2%}")

# %% [markdown]
# 22.25 %. More than twice as good as blind guessing, from a single number. Which digits does it get?

# %%
for digit in 0, 1, 4, 7:
    print(f"{digit}: {(guess == digit)[mnist.test.labels == digit].mean():.0%} are read correctly")

# %% [markdown]
# The 0 and the 1 stand at the ends of the scale; whatever lies between is a lottery. One number is not enough. So compare all 784 with the **mean picture** of each digit instead.

# %%
images = mnist.train.images
mean_images = np.array([images[mnist.train.labels == digit].mean(axis=0) for digit in range(10)])
figures.show(figures.mean_digits, mean_images, size=(7, 2.9))

# %% [markdown]
# The distance between two pictures is the sum of their squared differences, pixel by pixel. For each test picture, which mean picture is nearest?

# %%
test = mnist.test.images.astype(np.float32)
distances = [((test - mean) ** 2).sum(axis=1) for mean in mean_images.astype(np.float32)]
nearest = np.argmin(distances, axis=0)
print(f"{(nearest == mnist.test.labels).mean():.0%} are read correctly")

# %% [markdown]
# Four in five, with nothing but averages. Any network worth its name has to beat this number, and lesson 06 does.
#
# ## 6 · Three parts, and what they are for
#
# | part | pictures | for |
# |---|---|---|
# | `train` | 50,000 | to learn from, again and again |
# | `validation` | 10,000 | to choose settings: how fast, how many neurons, when to stop |
# | `test` | 10,000 | to judge, once, at the end |
#
# A reader that learned its training pictures by heart would get all of them right, and that would say nothing about the next one. Hence pictures it has not seen. But why *two* such parts?
#
# Because choosing is a way of learning, too. Take 1,000 "readers" that roll dice. Score each on the same 100 pictures, keep the best, and score that one on the 9,900 others.

# %%
rng = np.random.default_rng(0)
dice = rng.integers(0, 10, size=(1000, 10_000), dtype=np.uint8)
correct = dice == mnist.validation.labels
best = correct[:, :100].mean(axis=1).argmax()
print(f"chosen for {correct[best, :100].mean():.0%}, then {correct[best, 100:].mean():.0%} on the others")

# %% [markdown]
# The winner was lucky, and luck does not carry over. Whatever you choose by a set of pictures, its score on *those* pictures is too good. So you choose on `validation` and report on `test`; a test set that helped to choose is used up. Lesson 07 chooses its settings this way.
#
# The test pictures come from other writers than the training pictures. That is on purpose: the question is whether the network can read a stranger.
#
# ## 7 · Files, whole and broken
#
# The four files are in **IDX**, about the plainest format there is: a short header of 4-byte whole numbers, then the pixels, one byte each. The header says what kind of data follows (2051: bytes in three dimensions) and how long each dimension is. The files are packed with **gzip**, which shrinks them well, since most pixels are blank.

# %%
import gzip

from mnet.files import FOLDER

with gzip.open(FOLDER / "t10k-images-idx3-ubyte.gz") as file:
    header = file.read(16)
np.frombuffer(header, ">u4").tolist()

# %% [markdown]
# Files get damaged: a full disk, a broken download. A program that reads on regardless trains on noise. Make a file that promises ten images and holds nine, and try to load it.

# %%
from pathlib import Path
from tempfile import TemporaryDirectory

from mnet import DataError

with TemporaryDirectory() as folder:
    content = np.array([2051, 10, 28, 28], ">u4").tobytes() + bytes(9 * 784)
    (Path(folder) / "train-images-idx3-ubyte").write_bytes(content)
    try:
        load_mnist(folder)
    except DataError as error:
        print(str(error).removeprefix(folder)[1:])

# %% [markdown]
# Which file, what was found, what was wanted, what to do. (The name of the temporary folder is cut off.) The course's own files are also compared with their checksums, so a single flipped bit is noticed.
#
# ### Why not the pickle?
#
# The book hands out the same data as `mnist.pkl.gz`, a **pickle**: Python's own way of storing objects. A pickle is not data, it is a program for building data, and loading it runs that program. This one says hello; it could as well delete your files.

# %%
import pickle


class Surprise:
    def __reduce__(self):
        return print, ("I am code, and you ran me by loading a file.",)


pickle.loads(pickle.dumps(Surprise()))

# %% [markdown]
# That is why the course ships IDX. If you have the book's file, `mnet.data.read_pickle` reads it with an unpickler that can build arrays of numbers and refuses everything else before it happens:

# %%
from mnet.data import read_pickle

with TemporaryDirectory() as folder:
    path = Path(folder) / "mnist.pkl"
    path.write_bytes(pickle.dumps(Surprise()))
    try:
        read_pickle(path)
    except DataError as error:
        print(str(error).removeprefix(folder)[1:])

# %% [markdown]
# ## Your turn
#
# 1. Always answer with the same digit. Which one scores best on the test pictures, and how much? `np.bincount(mnist.test.labels)` helps. Now you know what 11 % means when a network shows it.
# 2. In section 5, count the right guesses on `mnist.validation` rather than `mnist.test`. Is the difference from 22.25 % large or small, and what does that say about a difference of a tenth of a percent between two networks?
# 3. Draw a shuffled picture: `order = np.random.default_rng(0).permutation(784)`, then `figures.show(figures.pixels, mnist.train.images[0][order], size=(7, 7))`. Does its darkness change? Does the reader by mean pictures score differently when all pictures are shuffled in this order?
# 4. Predict the shape of `one_hot([7]) - np.zeros(10)`, then look.
#
# ## What you have now
#
# You loaded 70,000 pictures and saw the numbers they are; you turned rows into columns and labels into one-hot targets, and kept clear of the `(784,)` trap; you read digits by darkness and by mean pictures, and you know which pictures to learn from, choose by and judge on.
#
# ## In practice
#
# - MNIST is tidy: every digit is upright, centred and alone. Lesson 07 shows how a digit of your own must be centred the same way before the network can read it.
# - Some labels are wrong or doubtful, so 100 % is not to be had, and a claim of it should worry you.
# - `load_mnist("another/folder")` reads any data in these four files; Fashion-MNIST, pictures of clothes, has the same shapes.
# - Dividing by 256 follows the book's file and is exact in float32; many programs divide by 255, so that full ink is exactly 1. The network does not care.
#
# ## Read further
#
# Michael Nielsen, *Neural Networks and Deep Learning*, chapter 1, "Implementing our network to classify digits", which has the guess by darkness as well. Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document recognition", Proceedings of the IEEE, 1998: the paper of the data.
#
# Next: [02 · Build one neuron](02_sigmoid.ipynb).
