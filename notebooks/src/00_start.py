# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 00 · Start
#
# **Can 30 neurons learn to read in ten seconds?** See for yourself, before anything is explained. The lessons after this one take apart what happens here, until no line of it is a mystery.
#
# **You will build**, over the whole course, a network that learns to read handwritten digits from 50,000 real ones, in Python with nothing but NumPy.
#
# **You will be able to**
#
# - run the cells of a lesson, and start over when something goes wrong,
# - train a network: one call of `sgd` in a loop,
# - steer one with sliders while it learns, and let it read what you draw.
#
# About 30 minutes, exercises included. You need some Python, and to know what a derivative is. After this: [01 · See the data](01_data.ipynb).
#
# ## 1 · How a lesson works
#
# A lesson is a page of text and **cells** of code. Click the cell below and press **Shift + Enter**: the cell runs, and the next one is selected. `[*]` beside a cell means that it is at work, a number that it is done. Cells build on each other, so run them from top to bottom, or all at once with *Run → Run All Cells*.

# %%
from mnet import Network, evaluate, feedforward, figures, load_mnist, predict, sgd
from mnet.live import panels
import numpy as np

mnist = load_mnist()
mnist

# %% [markdown]
# The line with `load_mnist` read 70,000 pictures of digits, written by hand, from the folder `data`. They come in three parts: **train** to learn from, **validation** to choose by, **test** to judge by at the very end. Here are ten of the first part, each with its **label**, the digit it shows.

# %%
figures.show(figures.digits, mnist.train.images[:10], mnist.train.labels[:10], size=(9, 1.3))

# %% [markdown]
# The line below a figure says in words what it shows. You may change any cell and run it again; nothing breaks. Replace `[:10]` by `[10:20]`, in both places, and see other digits. If you get lost, *Kernel → Restart Kernel and Run All Cells* takes you back to a fresh start.
#
# ## 2 · Before it learns
#
# A picture is 28 rows of 28 **pixels**, 784 numbers that say how dark each spot is. A **network** of 784 inputs (one for each pixel), 30 neurons in the middle and 10 at the end (one for each digit) is a long list of numbers, too: its **weights** and **biases**, which lessons 02 and 03 explain. They begin at random. (`rng` is where the chance comes from. The 0 makes everyone begin with the same numbers; what is computed from millions of them can differ from computer to computer in its last digits.)

# %%
rng = np.random.default_rng(0)
net = Network([784, 30, 10], rng=rng)
net

# %% [markdown]
# This is how it answers: layer by layer, a short loop and a `return`. You need not understand it yet; lesson 03 is about it. (The line that begins with `@guarded` refuses what fits no network, lesson 02 says more of it; what stands behind a `#` is a note to readers.)

# %%
figures.source(feedforward)

# %% [markdown]
# **Predict first.** It knows nothing yet. How many of the 10,000 validation images will it read correctly? Write a number down, and run the cell.

# %% tags=["nbval-ignore-output", "predict"]
evaluate(net, mnist.validation)

# %% [markdown]
# There are ten digits, so a blind guess is right about one time in ten. Chance moves this network's share a little, and no network begins far from a guess:

# %%
share = evaluate(Network([784, 30, 10], rng=np.random.default_rng(0)), mnist.validation) / 10_000
print(f"right: ≈ {100 * share:.0f} of 100, between 2 and 20: {0.02 < share < 0.2}")

# %% [markdown]
# ## 3 · Let it learn
#
# Now show it the 50,000 training images, ten at a time, and after each ten change all its numbers a little, so that its answers come closer to the labels. Ten images are a **mini-batch**, the change is a **step**, and one pass over all images is an **epoch**. How much "a little" is, the **learning rate** says: η (eta), here 3.0. (`test=` takes the images to count on after each epoch, and the name is the book's. Here they are the validation images: whoever looks at a count after each epoch chooses by it, and the part called *test* is kept for the very end.)

# %% tags=["nbval-ignore-output"]
from time import perf_counter

began = perf_counter()
for epoch in sgd(net, mnist.train, epochs=1, mini_batch_size=10, eta=3.0, rng=rng, test=mnist.validation):
    print(epoch)
seconds = perf_counter() - began

# %% [markdown]
# Epochs count from 0, so this is the first. The line counts the validation images that it reads correctly now, none of which it has learnt from. The count differs a little from computer to computer, and from start to start; these two facts do not:

# %% tags=["nbval-ignore-output"]
print(f"{epoch.correct:,} of 10,000 are right, more than 8,500: {epoch.correct > 8_500}")
print(f"it took {seconds:.1f} seconds, less than ten: {seconds < 10}")

# %% [markdown]
# So yes, they can. Here are twenty digits that it has never seen, each with its guess and a question mark. Which of them does it misread?

# %% tags=["nbval-ignore-output", "predict"]
x, y = mnist.validation.columns(slice(0, 20))
guesses = [f"{digit}?" for digit in predict(net, x)]
figures.show(figures.digits, mnist.validation.images[:20], guesses, named="read as", size=(9, 2.2))

# %% tags=["predict"]
labels = mnist.validation.labels[:20]
print("labels:", labels.tolist())
right = int((predict(net, x) == labels).sum())
print(f"right ≈ {right} of the 20")

# %% [markdown]
# ## 4 · Steer it while it learns
#
# Below is another network in a **panel**. It has 1,000 steps of learning behind it, a fifth of an epoch, so that there is a curve to look at. (It looks at the validation images twice an epoch: so far at the start alone.) **Predict first:** how will the cost, the curve that says how wrong it is, move from here? Then press *Run*, and while it runs, drag the learning rate: the next ten images obey. *Reset* begins anew and keeps the old curve for comparison.

# %%
live = panels.training(mnist)
live.training.advance(1_000)
live

# %% [markdown]
# Try to ruin it: what does η = 100 do, and what 0.001? Do not worry yet about why; lessons 04 and 06 explain it, and lesson 07a rescues a network that is stuck.
#
# ### Draw a digit
#
# The network in the panel above reads what you draw here, even while it learns. Draw large, with the mouse or a finger. If it reads your digit wrongly, let it learn a little longer; lesson 07 shows what else it may be.

# %% tags=["nbval-ignore-output"]
pad = panels.pad(live)
pad.draw(mnist.validation.images[0].reshape(28, 28))  # a digit to begin with: clear it and draw your own
pad

# %% [markdown]
# A panel needs a running **kernel**, the Python behind the page. On a page without one, such as GitHub's view of this file, you see a picture of the panel, and nothing moves. If the sliders here do not move either, run the panel's cell again. *Kernel → Interrupt* does not stop a panel: its *Pause* does.
#
# ## 5 · The course
#
# | lesson | the question |
# |---|---|
# | [01 · See the data](01_data.ipynb) | What is a picture of a digit? |
# | [01a · Open the files](01a_files.ipynb) | Which file can you trust? (An appendix.) |
# | [02 · Build one neuron](02_sigmoid.ipynb) | What does one neuron do? |
# | [03 · Connect neurons into a network](03_feedforward.ipynb) | How do layers make a network? |
# | [04 · Measure how wrong it is](04_cost.ipynb) | How wrong is it, as one number? |
# | [05 · Find who is to blame](05_backprop.ipynb) | Who is to blame? |
# | [06 · Learn from 50,000 pictures](06_sgd.ipynb) | How does it learn from 50,000 pictures? |
# | [07 · Recognise a digit](07_recognise.ipynb) | Can it read *my* digit? |
# | [07a · Look inside](07a_inside.ipynb) | What did it learn, and why does a larger one learn nothing? |
# | [08 · Make it better](08_improve.ipynb) | How does it misread only a third as many? |
#
# Each lesson from 01 to 06, and 08, builds one module of the package `mnet`: a file of Python with the same name as the lesson. These seven load, answer and learn, and by the end you will have read every function of theirs that does. The rest of the package draws the pictures and panels.

# %%
from pathlib import Path
import mnet

names = ["data", "sigmoid", "feedforward", "cost", "backprop", "sgd"]
texts = [Path(mnet.__file__).with_name(f"{name}.py").read_text(encoding="utf-8") for name in names]
lines = "".join(texts).count("\n")
print(f"six modules with all their explanations have ≈ {lines} lines, under 1,000: {lines < 1_000}")

# %% [markdown]
# ## When something fails
#
# - **A cell says `NameError`:** a cell before it has not run. *Run → Run All Above Selected Cell* mends that.
# - **Nothing answers, or all is muddled:** *Kernel → Restart Kernel and Run All Cells*.
# - **A slider shows as text, or data are missing:** open *File → New → Terminal*, go to the course's folder and run `uv run mnet doctor` (without uv: `mnet doctor`). It examines Python, packages, data and widgets, and says what to do about each fault.
# - **You run the course in a browser, without an install:** the cell at the very top brings `mnet` there. Sliders wait while a cell runs, nothing interrupts one but *Kernel → Restart Kernel*, and there is no terminal: for the original page, delete the file in the list of files and reload.
# - **You want the original page back:** `git checkout -- notebooks/00_start.ipynb` in the terminal. It discards what you changed on the page.
#
# ## Your turn
#
# Each lesson ends with exercises that check your answer. Replace the three dots `...` and run the cell: the check says ○ for not yet, ✗ with the likely mistake, or ✓. When you are stuck, the folder `solutions` has each lesson with the answers filled in.
#
# ### Exercise 1 · Count the steps
#
# Predict: in one epoch of section 3, how often are the numbers of the network changed?
#
# <details><summary>Hint 1, a question</summary>How many images does the network look at before it changes anything?</details>
# <details><summary>Hint 2, where to look</summary>Section 3 says how many images an epoch has, and how many make a step: divide.</details>

# %% tags=["exercise"]
from mnet import checks

my_steps = ...
checks.answer("00 steps", my_steps)

# %% tags=["solution"]
from mnet import checks

my_steps = 50_000 // 10
checks.answer("00 steps", my_steps)

# %% [markdown]
# ### Exercise 2 · A tiny learning rate
#
# Train with η = 0.001 in place of 3.0. What does the share of validation images that are read correctly do within the first epoch? Predict: `"climbs to 90 %"`, `"hardly moves"` or `"falls"`. Then choose the preset *η too small* in the panel of section 4, press *Reset* and *Run*, and look at both curves: the cost does something else.
#
# <details><summary>Hint 1, a question</summary>Each step is thousands of times smaller, and there are no more of them. How far can they lead?</details>
# <details><summary>Hint 2, where to look</summary>Watch the line with the validation images, not the cost: where is it after one epoch, and where was it at 0?</details>

# %% tags=["exercise"]
my_prediction = ...
checks.answer("00 small", my_prediction)

# %% tags=["solution"]
my_prediction = "hardly moves"
checks.answer("00 small", my_prediction)

# %% [markdown]
# ### Exercise 3 · Reach a goal
#
# Get a network in the panel of section 4 to read 93 % of the validation images within two epochs. With η = 3 and mini-batches of 10 it falls a little short. Choose other settings with the sliders, one at a time and the learning rate first: more neurons may get stuck, for which lesson 07a has the reason and the cure. Chance has its share in such a goal. The panel begins with the same numbers after each *Reset*, so here the settings alone decide; from other numbers the best of them may fall a little short. Press *Reset*, then *Run*, and *Pause* after two epochs; then run this cell. It looks at the earlier runs as well, so try as often as you like.
#
# <details><summary>Hint 1, a question</summary>The cost still falls when the two epochs are over. What makes each step longer?</details>
# <details><summary>Hint 2, where to look</summary>Leave the sizes at 30; drag the learning rate to somewhere between 5 and 8.</details>

# %% tags=["exercise"]
checks.goal(live, accuracy=0.93, epochs=2)

# %% tags=["solution", "nbval-ignore-output"]
live.eta.value = 5.0
live.reset()
live.training.advance(10_000)  # what Run does, for two epochs
checks.goal(live, accuracy=0.93, epochs=2)

# %% [markdown]
# ### Exercise 4 · Read the curves
#
# Three networks begin with the same numbers and learn from the same 1,000 images, ten times over. After each time, their cost on 1,000 other images is measured. They differ in the learning rate alone: 0.03, 3 and 100, in an order that chance has chosen.

# %%
from mnet import quadratic_cost

etas = dict(zip("ABC", np.random.default_rng(0).permutation([0.03, 3, 100]), strict=True))
others, targets = mnist.validation.columns(slice(0, 1000))
curves = {}
for name, eta in etas.items():
    rng_of_its_own = np.random.default_rng(0)
    learner = Network([784, 30, 10], rng=rng_of_its_own)
    curves[name] = [quadratic_cost(feedforward(learner, others), targets)]
    for _ in sgd(learner, mnist.train[:1000], epochs=10, mini_batch_size=10, eta=eta, rng=rng_of_its_own):
        curves[name].append(quadratic_cost(feedforward(learner, others), targets))
figures.show(figures.runs, curves, size=(7.6, 3.2))

# %% [markdown]
# Which curve has which learning rate? Answer with three letters, the smallest learning rate first.
#
# <details><summary>Hint 1, a question</summary>Small steps lead downhill, and take their time. Which curve looks like that?</details>
# <details><summary>Hint 2, where to look</summary>Two curves are at one half after the first thousand. In one of them the cost goes on falling. What happened in the other, and at which learning rate in the panel have you seen it?</details>

# %% tags=["exercise"]
my_order = ...
checks.answer("00 curves", my_order)

# %% tags=["solution"]
my_order = "BCA"
checks.answer("00 curves", my_order)

# %% tags=["predict"]
print({name: float(eta) for name, eta in etas.items()})

# %% [markdown]
# ## What you have now
#
# You ran a lesson, trained a network, steered one to a goal while it learnt, told learning rates apart by their curves, and had it read a digit of your own.
#
# ## In practice
#
# - Training a network in a library looks much like section 3: a model, data in small batches, a learning rate, a loop over epochs. What the library hides is what you are going to write.
# - The digits are MNIST, put together in the 1990s. They are easy by today's measure, which makes them right for learning: a run takes seconds, so you can afford to be curious. What would `Network([784, 10])` reach, with no neurons in the middle? Change section 3 and see.
#
# ## Read further
#
# The course follows Michael Nielsen, *Neural Networks and Deep Learning*, chapters 1 and 2, in its names and formulas: read the two side by side.
#
# Next: [01 · See the data](01_data.ipynb).
