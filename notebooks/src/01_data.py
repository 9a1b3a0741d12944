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
# **You will build** two readers of digits without any network: one knows a single number of each picture, the other ten average pictures. They set the marks that a network has to beat.
#
# **You will be able to**
#
# - load the pictures and say what each number in them means,
# - turn pictures into columns and labels into targets, in the right shapes,
# - notice the commonest silent mistake in code like this,
# - explain why the data is split in three, and what each part is for.
#
# About 55 minutes, exercises included. Before this: [00 · Start](00_start.ipynb).

# %%
from mnet import figures, load_mnist
from mnet.live import panels
import numpy as np

mnist = load_mnist()
mnist

# %% [markdown]
# ## 1 · Seventy thousand pictures
#
# The pictures are MNIST: digits written by hand on forms, by workers of the US Census Bureau and by high-school pupils, then scanned, shrunk and centred. People have measured their programs on them since 1998. They came with the course, so nothing is downloaded; [data/README.md](../data/README.md) tells where they are from.

# %%
figures.show(figures.digits, mnist.train.images[:10], mnist.train.labels[:10], 5, size=(7, 2.9))

# %% [markdown]
# In the corner of each picture stands its **label**: the digit a person says it is. Pictures alone are of no use here; the network learns from pairs of a picture and its label. This is the function that read them, [`load_mnist`](../mnet/data.py):

# %%
figures.source(load_mnist)

# %% [markdown]
# It reads 60,000 labelled pictures from one pair of files, cuts them at `n` and calls the last sixth *validation*; the second pair of files, called `t10k`, holds 10,000 more, the *test* pictures. (The lines that begin with `if` and `raise` refuse a file with too few pictures. `Mnist` gives each part its name, and `_once` sees to it that a cell run twice does not hold the pictures twice.) Why three parts? Section 6 says.
#
# **Pictures lie in rows**, one row of 784 numbers for each: shape $(n, 784)$. **Labels** are one number each: shape $(n,)$.

# %% [markdown]
# **Ask yourself.** Notes on this data that you find on the web say in one place that the training pictures have shape `(5000, 784)`, in another `(50000, 784)`. Which is it, and what do you do about a number in a text?

# %% tags=["predict"]
for name, split in zip(mnist._fields, mnist, strict=True):
    print(f"{name:10}", split.images.shape, split.labels.shape, split.images.dtype)

# %% [markdown]
# You print the shape. Shapes are cheap to look at, and wrong ones are behind most mistakes of this course.
#
# ## 2 · One picture, 784 numbers
#
# `uint8` is a whole number from 0 to 255, in a single byte. Here 0 is blank paper and 255 is full ink, the other way round from a photograph. This is the first picture, from number 150 to number 239:

# %%
mnist.train.images[0][150:240]

# %% [markdown]
# Not much of a digit. The 784 numbers are 28 rows of 28, written one after the other. Fold them, and it appears.

# %%
figures.show(figures.pixels, mnist.train.images[0], size=(7, 7))

# %% [markdown]
# To find number $i$ in the picture, divide by 28: the quotient is its row, the remainder its column. The 126 that you see in the list above is number 156:

# %%
row, column = divmod(156, 28)
row, column, int(mnist.train.images[0].reshape(28, 28)[row, column])

# %% [markdown]
# Find it in the picture: row 5, column 16, counted from 0. The sheet's corners are blank, and not in this picture alone. How many of the 784 places have no ink in *any* of the 50,000 training pictures?

# %% tags=["predict"]
darkest = mnist.train.images.max(axis=0)  # of each place, over all pictures
print(f"{(darkest == 0).sum()} places are blank in all of them")

# %% [markdown]
# ## 3 · From rows to columns
#
# A network multiplies and adds; it wants small fractions, not bytes. And the formulas of this course, like those of the book it follows, write one picture as a **column** $x$ of shape $(784, 1)$, and $m$ pictures as $m$ columns side by side, $(784, m)$. The method [`columns`](../mnet/data.py) does both, for as many pictures as you ask for.

# %%
figures.source(type(mnist.train).columns)

# %% [markdown]
# Read the last two lines: the chosen bytes times 1/256, turned on their side by `.T`; and the targets $y$, which are the subject of section 4. (`rows` picks the pictures that you ask for, and refuses a single number, which would give the wrong shape.) Ask for the first ten pictures:

# %%
x, y = mnist.train.columns(slice(0, 10))
x.shape, y.shape, str(x.dtype)

# %% [markdown]
# A pixel is now $\text{byte} / 256$, a `float32`: 0 is paper, and full ink is just below 1.

# %%
float(x.min()), float(x.max()), 255 / 256

# %% [markdown]
# **Ask yourself.** Why store rows, when columns are wanted? Memory is one long line; think of fetching ten pictures out of 50,000.
#
# <details><summary>Open this when you have an answer</summary>In rows, the 784 bytes of a picture lie side by side, so fetching ten pictures touches ten places. As columns, each pixel of a picture would lie 50,000 bytes from the next.</details>
#
# And turning rows into columns costs nothing: `.T` copies no number, it reads the same line in another order.

# %%
np.shares_memory(x, x.T), x.T.strides, x.strides

# %% [markdown]
# Strides say how many bytes to go on for the next row, and for the next column. In `x.T`, the rows, the next picture begins 3,136 bytes further on, which is 784 numbers of 4 bytes, and the next pixel is 4 bytes away. In `x` the two have changed places, and nothing has moved.
#
# ### The trap: `(784,)` is not `(784, 1)`
#
# One picture, taken out with a single number, has shape `(784,)`: a list of numbers, neither row nor column. Taken out with a list of one number, it is a column. They hold the same numbers.

# %%
flat, column = x[:, 0], x[:, [0]]
flat.shape, column.shape

# %% [markdown]
# **Predict first.** Subtract one from the other. Since both are the same picture, the difference should be 784 zeros. What shape will it have?

# %% tags=["predict"]
(column - flat).shape, (column - flat).size

# %% [markdown]
# 614,656 numbers, and no error. NumPy fills in what the shapes leave open, which is called **broadcasting**. It takes `(784,)` for a row, and then makes the two fit. On three numbers you can watch it:

# %%
answers = np.array([0.0, 1.0, 0.5])
targets = answers.reshape(3, 1)
targets - answers

# %%
figures.show(figures.broadcasting, targets, answers, size=(7, 2))

# %% [markdown]
# The three zeros that you wanted stand on the diagonal, and six numbers that mean nothing around them: each answer minus *another* target. This is the commonest mistake in code like ours, and it stays unseen: the program runs on and learns nonsense. With columns on both sides it is right:

# %%
(targets - answers.reshape(3, 1)).shape, (targets - answers.reshape(3, 1)).ravel()

# %% [markdown]
# `reshape(-1, 1)` makes a column of any list: $-1$ means "as many as there are". The functions of this course refuse the wrong shape rather than guess. This one belongs to lesson 04; read only what it says.

# %%
from mnet import cost_derivative

try:
    cost_derivative(answers, targets)
except ValueError as error:
    print(error)

# %% [markdown]
# ## 4 · The target, one-hot
#
# The network has ten output neurons, one a digit, and each answers between 0 and 1. So what it *should* answer, the **target** $y$, is ten numbers as well: 1 in the row of the right digit, 0 in the nine others. This is called **one-hot**.
#
# $$y_k = \begin{cases} 1 & \text{if } k = \text{label} \\ 0 & \text{otherwise} \end{cases} \qquad k = 0, \dots, 9; \quad y \text{ has shape } (10, 1)$$

# %%
from mnet import one_hot

figures.source(one_hot)

# %% [markdown]
# One line. [`_ONE_HOT`](../mnet/data.py) is the 10 × 10 table with ones on its diagonal; the labels pick rows from it, and `.T` turns them into columns. Three labels give three columns:

# %%
one_hot([5, 0, 4])

# %% [markdown]
# Rows count from 0, so the 1 of the first column stands in row 5, the sixth from above.
#
# **Ask yourself.** Why ten neurons, and not one that answers "5"? Think of a picture that could be a 3 or an 8.
#
# <details><summary>Open this when you have an answer</summary>Digits are names here, not amounts. An 8 misread as 9 is no smaller a mistake than an 8 misread as 3, and “half 3, half 8” is not 5.5. Ten separate answers say what you want to know: how much does it look like each digit?</details>
#
# ### Targets to learn, digits to count
#
# The book keeps two forms: its training pairs have one-hot targets, its validation and test pairs have plain digits. That looks careless, and has a reason:
#
# - To **learn**, the ten answers are compared with ten targets, number by number. Lesson 04 makes a cost of the differences.
# - To **count** right answers, you ask which of the ten is largest, and that is a digit. It is compared with a digit.
#
# In this course each part has both: `columns` gives targets, `labels` are digits. From one-hot back to digits, ask in which row of each column the largest number stands. NumPy calls that `argmax`; `axis=0` means "down each column".

# %%
y = one_hot(mnist.test.labels)
y.shape, y.argmax(axis=0)[:5], mnist.test.labels[:5]

# %%
bool((y.argmax(axis=0) == mnist.test.labels).all())

# %% [markdown]
# ## 5 · Read digits without a network
#
# How much can you tell from how much ink there is? Call the mean of a picture's 784 values its **darkness**: 0 is a blank sheet, and no picture comes near 1. To take the pictures of one digit alone, `labels == digit` makes a list of True and False, and `darkness[...]` with that list in its brackets keeps the places that say True.

# %%
darkness = mnist.train.images.mean(axis=1) / 256
means = np.array([darkness[mnist.train.labels == digit].mean() for digit in range(10)])
means.round(3)

# %%
figures.show(figures.darkness_by_digit, darkness, mnist.train.labels, size=(7, 4.2))

# %% [markdown]
# A 0 takes more than twice the ink of a 1, in the mean. The others crowd together. Now look at single pictures.
#
# **Predict first.** You are about to guess each digit from its darkness alone: whichever digit has the nearest mean. Guessing blindly is right for one picture in ten. How many in a hundred will darkness get right? Write your number down. Then browse, and see how often the last word below the picture agrees with the label.

# %%
panels.digits(mnist)

# %% [markdown]
# Now count. The ten means come from the 50,000 training pictures; the guesses are for the 10,000 test pictures, which had no part in the means. `[:, None]` makes a column of the 10,000 darknesses, so that broadcasting, this time on purpose, gives a table (10,000, 10) of their distances to the ten means. `argmin` is the counterpart of `argmax`, the position of the smallest number, and `axis=1` looks along each row.

# %% tags=["predict"]
test_darkness = mnist.test.images.mean(axis=1) / 256
guess = abs(test_darkness[:, None] - means).argmin(axis=1)
right = int((guess == mnist.test.labels).sum())
print(f"{right} of {len(guess)} right: {right / len(guess):.2%}")

# %% [markdown]
# 22.25 %, the number that the book reports too: more than twice as good as blind guessing, from a single number. Which digits does it get?

# %% tags=["predict"]
for digit in range(10):
    print(f"{digit}: {(guess == digit)[mnist.test.labels == digit].mean():.0%} are read correctly")

# %% [markdown]
# The 0 and the 1 stand at the ends of the scale, and do best; between them it is a lottery, and of most digits hardly any is read. One number is not enough. So compare all 784 with the **mean picture** of each digit instead.

# %%
images, labels = mnist.train.images, mnist.train.labels
mean_images = np.array([images[labels == digit].mean(axis=0) for digit in range(10)])
figures.show(figures.mean_digits, mean_images, size=(7, 2.9))

# %% [markdown]
# The distance between two pictures is the sum of their squared differences, pixel by pixel. For each test picture, find the nearest mean picture.
#
# **Predict first.** How many in a hundred will this one get right?


# %% tags=["predict"]
def nearest(pictures, means):
    """Return for each picture (n, 784) the row of the nearest of the means (10, 784)."""
    return np.argmin([((pictures - mean) ** 2).sum(axis=1) for mean in means], axis=0)


test, small_means = mnist.test.images.astype(np.float32), mean_images.astype(np.float32)
taken = nearest(test, small_means)
print(f"{(taken == mnist.test.labels).mean():.0%} are read correctly")

# %% [markdown]
# Four in five, with nothing but averages. Any network worth its name has to beat this number, and lesson 06 does.
#
# **Predict first.** Where does it fail? Look at the ten mean pictures again: which digit will it misread most, and what will it take it for?

# %% tags=["predict"]
pairs = []
for digit in range(10):
    wrong = (mnist.test.labels == digit) & (taken != digit)
    other = np.bincount(taken[wrong]).argmax()  # bincount: how often 0, 1, 2, … occurs
    pairs.append(np.flatnonzero(wrong & (taken == other))[0])  # flatnonzero: the places that say True
    share = wrong.sum() / (mnist.test.labels == digit).sum()
    print(f"{digit}: {share:.0%} are misread, most often as {other}")

# %% [markdown]
# The 5 is hardest; and the mistakes go in pairs, 4 and 9, 3 and 8. Of each row, here is the first such picture.

# %% tags=["predict"]
figures.show(
    figures.taken_for,
    mnist.test.images[pairs],
    mnist.test.labels[pairs],
    taken[pairs],
    mean_images,
    size=(8, 2.8),
)

# %% [markdown]
# You read most of them at a glance. A mean picture is *one* way to write a digit, upright and of middle thickness; whoever leans, or draws a bar through the 7, puts ink where the mean has none. **Ask yourself:** of all wrong answers, which digit is given most often, and what have those pictures in common?

# %% tags=["predict"]
missed = taken != mnist.test.labels
print("how often each digit is a wrong answer:", np.bincount(taken[missed]).tolist())
thin = test_darkness[missed & (taken == 1)].mean()
print(f"darkness of those taken for a 1: {thin:.3f}; of all pictures: {test_darkness.mean():.3f}")

# %% [markdown]
# The 1: a thin stroke misses every mean, and misses the one with the least ink by the least. A reader that could *learn* which pixels count would do better.
#
# **Ask yourself.** Shuffle the 784 pixels, in the same order for every picture. You can read none of them any more. Can this reader?

# %% tags=["predict"]
order = np.random.default_rng(0).permutation(784)
print(f"shuffled: {(nearest(test[:, order], small_means[:, order]) == mnist.test.labels).mean():.0%}")

# %% [markdown]
# These are the first five training pictures in that order: a 5, a 0, a 4, a 1 and a 9.

# %%
figures.show(figures.digits, mnist.train.images[:5][:, order], size=(7, 1.5), what="shuffled digit")

# %% [markdown]
# It can, and its score is the same: it adds up 784 squares, in whatever order. Our network will be like that, too. Nobody tells it which pixels are neighbours, and it does not need to know.
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
# Take 1,000 "readers" that roll dice. Score each on the same 100 pictures, keep the best, and score that one on the 9,900 others. **Predict first:** what will the best one score, there and there?

# %% tags=["predict"]
rng = np.random.default_rng(0)
dice = rng.integers(0, 10, size=(1000, 10_000), dtype=np.uint8)
correct = dice == mnist.validation.labels
best = correct[:, :100].mean(axis=1).argmax()
print(f"chosen for {correct[best, :100].mean():.0%}, then {correct[best, 100:].mean():.0%} on the others")

# %% [markdown]
# The winner was lucky, and luck does not carry over. Choosing is a way of learning, too: whatever you choose by a set of pictures, its score on *those* pictures is too good. The settings that you choose, such as the number of neurons, are called **hyper-parameters**, to tell them from the weights that the network learns. So you choose them on `validation` and report on `test`; a test set that helped to choose is used up. Lesson 07 chooses its settings this way. (Section 5 judged its two readers on `test`. That is fair as long as nothing is chosen by those scores.)
#
# The test pictures come from other writers than the training pictures. That is on purpose: the question is whether the network can read a stranger. The validation pictures are cut from the file of the training pictures, so they are no such strangers: do not wonder when a network reads a few more of them than of the test pictures.

# %% [markdown]
# ## Your turn
#
# Replace each `...` and run the cell: the check says ○ for not yet, ✗ with the likely mistake, or ✓.
#
# ### Exercise 1 · Write one-hot
#
# Write the function of section 4: `labels` is an array of $n$ digits, the answer has shape $(10, n)$. The table `_ONE_HOT` is the course's; start from zeros, or from `np.eye(10)`.
#
# <details><summary>Hint 1, a question</summary>In a table of zeros of that shape, which single number becomes 1 for the label in place i: in which row, in which column?</details>
# <details><summary>Hint 2, where to look</summary>With <code>y = np.zeros((10, len(labels)))</code> above a loop over <code>enumerate(labels)</code>, the line in the loop sets <code>y[row, column]</code>; <code>return</code> stands behind the loop.</details>

# %% tags=["exercise"]
from mnet import checks


def my_one_hot(labels):
    return ...


checks.one_hot(my_one_hot)

# %% tags=["solution"]
from mnet import checks


def my_one_hot(labels):
    y = np.zeros((10, len(labels)))
    for i, label in enumerate(labels):
        y[label, i] = 1
    return y


checks.one_hot(my_one_hot)

# %% [markdown]
# One-hot targets can add. In the matrix product (`@`; lesson 03 takes it apart) of $y$, shape $(10, n)$, with the pictures, $(n, 784)$, the ones of row 3 pick the pictures of a 3: row 3 of the product is their sum. Once the check says ✓, this cell adds with *your* function. While the dots stand, it adds with ours; a wrong answer is refused again.

# %%
import mnet

with checks.plugged_in(one_hot=my_one_hot):
    y = mnet.one_hot(labels[:5000])
sums = y @ images[:5000].astype(np.float32)
sums.shape, bool(np.allclose(sums[3], images[:5000][labels[:5000] == 3].sum(axis=0)))

# %% [markdown]
# ### Exercise 2 · Spot the bug
#
# Someone counts how many of the first 1,000 validation pictures are read correctly by darkness. There is no error, and the count is nonsense: more are right than there are pictures. (`keepdims=True` leaves the darknesses as a column, as `[:, None]` did in section 5, and the second line needs that.) Run the cell, find the slip, and mend what is compared, not the first line.
#
# <details><summary>Hint 1, a question</summary>How many comparisons does <code>==</code> make here, and how many did you want?</details>
# <details><summary>Hint 2, where to look</summary>Print the shapes on both sides of <code>==</code> in the third line: which of the two came about in the line above it?</details>

# %% tags=["exercise", "predict"]
ink = mnist.validation.images[:1000].mean(axis=1, keepdims=True) / 256
my_guess = abs(ink - means).argmin(axis=1).reshape(-1, 1)
my_count = int((my_guess == mnist.validation.labels[:1000]).sum())
checks.answer("01 count", my_count)

# %% tags=["solution"]
ink = mnist.validation.images[:1000].mean(axis=1, keepdims=True) / 256
my_guess = abs(ink - means).argmin(axis=1)
my_count = int((my_guess == mnist.validation.labels[:1000]).sum())
checks.answer("01 count", my_count)

# %% [markdown]
# ### Exercise 3 · Where is pixel 400?
#
# Number 400 of the 784: in which row and which column of the picture does it lie, both counted from 0? Work it out on paper, answer `[row, column]`, and find it in the picture of section 2.
#
# <details><summary>Hint 1, a question</summary>How many whole rows lie in front of it, and how many pixels of its own row?</details>
# <details><summary>Hint 2, where to look</summary>Section 2 does it for number 156, with <code>divmod</code>.</details>

# %% tags=["exercise"]
my_place = ...
checks.answer("01 pixel", my_place)

# %% tags=["solution"]
my_place = [400 // 28, 400 % 28]
checks.answer("01 pixel", my_place)

# %% [markdown]
# ### Exercise 4 · The same answer to everything
#
# A reader that does not look at the picture gives the same answer to all. How many of the 10,000 test pictures can it get right at best? Predict a number; then let Python count. Remember it: a network that shows it in lesson 06 has learnt nothing.
#
# <details><summary>Hint 1, a question</summary>Which answer is right most often, and does each digit occur as often as the others?</details>
# <details><summary>Hint 2, where to look</summary><code>np.bincount(mnist.test.labels)</code> counts how often each digit occurs.</details>

# %% tags=["exercise"]
my_best = ...
checks.answer("01 same", my_best)

# %% tags=["solution"]
my_best = np.bincount(mnist.test.labels).max()
checks.answer("01 same", my_best)

# %% [markdown]
# ### Exercise 5 · Turned round
#
# A scanner hands over the test pictures with paper and ink exchanged, each byte as 255 minus itself. The reader by mean pictures of section 5 does not know that: its ten means stay as they are. Which digit will it answer most often, and will it still beat blind guessing? Predict both, answer with the digit; the cell below the check measures.
#
# <details><summary>Hint 1, a question</summary>Such a picture is nearly all ink. From which of the ten means does a sheet full of ink differ least?</details>
# <details><summary>Hint 2, where to look</summary>The distance adds up over 784 pixels how much ink a mean lacks: compare the means of darkness in section 5.</details>

# %% tags=["exercise"]
my_answer = ...
checks.answer("01 turned", my_answer)

# %% tags=["solution"]
my_answer = 0
checks.answer("01 turned", my_answer)

# %% tags=["predict"]
turned = nearest(255 - test, small_means)
print("how often it answers 0 to 9:", np.bincount(turned, minlength=10).tolist())
print(f"{(turned == mnist.test.labels).mean():.1%} are read correctly")

# %% [markdown]
# Nothing failed, no shape was wrong, and it is worse than blind. Pictures from elsewhere have to be made like those that a reader knows; lesson 07 does it with yours.
#
# ## What you have now
#
# You loaded 70,000 pictures and saw the numbers they are; you turned rows into columns and labels into one-hot targets, and kept clear of the `(784,)` trap; you read digits by darkness (22.25 %) and by mean pictures (82 %), and saw where those fail; and you know which pictures to learn from, choose by and judge on.
#
# ## In practice
#
# - MNIST is tidy: every digit is upright, centred and alone. Lesson 07 shows how a digit of your own must be centred the same way before the network can read it.
# - Some labels are wrong or doubtful, so 100 % is not to be had, and a claim of it should worry you.
# - `load_mnist("another/folder")` reads any data in these four files; Fashion-MNIST, pictures of clothes, has the same shapes.
# - Dividing by 256 follows the book's file and is exact in float32; many programs divide by 255, so that full ink is exactly 1. The network does not care.
# - What the four files look like inside, how a damaged one is noticed, and why the book's file, a pickle, can be dangerous to open: [01a · Open the files](01a_files.ipynb), an appendix for whenever you like.
#
# ## Read further
#
# Michael Nielsen, *Neural Networks and Deep Learning*, chapter 1, "Implementing our network to classify digits", which has the three parts, the loader and the guess by darkness. Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document recognition", Proceedings of the IEEE, 1998: the paper of the data.
#
# Next: [02 · Build one neuron](02_sigmoid.ipynb).
