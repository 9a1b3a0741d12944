# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 06 · Learn from 50,000 pictures
#
# **How does a network learn from 50,000 pictures, when one step on all of them takes so long?** It takes a handful at a time, and steps at once.
#
# **You will build** the loop that trains the network, and steer it while it runs.
#
# **You will be able to**
#
# - deal 50,000 images into shuffled mini-batches,
# - update every weight and bias with one line each,
# - explain what the learning rate and the mini-batch size change, and see it happen.
#
# About 35 minutes. Before this: [05 · Find who is to blame](05_backprop.ipynb).

# %%
from mnet import Network, backprop, figures, load_mnist, quadratic_cost, feedforward
from mnet.live import panels
import numpy as np

mnist = load_mnist()
rng = np.random.default_rng(0)
net = Network([784, 30, 10], rng=rng)

# %% [markdown]
# ## 1 · The price of one exact step
#
# Lesson 05 computes the gradient of the cost, and lesson 04 steps against it. The cost is a mean over all training images, so one exact step asks all 50,000 of them. How many steps does the network need? Thousands. That makes hundreds of millions of images for something a person picks up from a few hundred.
#
# The way out: you don't need the exact gradient, you need a good direction. Ask ten images picked at random, and step at once.

# %%
x, y = mnist.train.columns()
exact = backprop(net, x, y).nabla_w[1].ravel()


def angle_to_exact(m):
    """Degrees between the gradient of m random images and the gradient of all of them."""
    x, y = mnist.train.columns(np.random.default_rng(1).choice(50_000, m, replace=False))
    rough = backprop(net, x, y).nabla_w[1].ravel()
    return np.degrees(np.arccos(rough @ exact / np.linalg.norm(rough) / np.linalg.norm(exact)))


[round(float(angle_to_exact(m))) for m in (10, 100, 1000)]

# %% [markdown]
# That is the angle, in degrees, between the rough direction and the exact one, for 10, 100 and 1,000 images (the weights of the last layer). At 90° a direction would be worthless. Ten images already point the right way, more or less, and cost a five-thousandth of the work.
#
# **Ask yourself.** From 10 to 100 images the work grows tenfold. Does the direction get ten times better?
#
# ## 2 · Mini-batches
#
# Those ten images are a **mini-batch**. To treat all images alike, shuffle the whole set and deal it out like cards: 5,000 mini-batches of 10. When the pack is used up, one **epoch** is over; shuffle again.

# %%
from mnet import mini_batches

figures.source(mini_batches)

# %%
[batch.tolist() for batch in mini_batches(7, 3, np.random.default_rng(0))]

# %% [markdown]
# Each number stands in exactly one mini-batch, and the last one is shorter when the sizes don't divide. The numbers are *places* in the training set, not images: shuffling them moves no pixels.

# %%
batches = mini_batches(50_000, 10, rng)
len(batches), sorted(np.concatenate(batches).tolist()) == list(range(50_000))

# %% [markdown]
# ### Why shuffle?
#
# Suppose that all zeros came first, then all ones. The network would learn to say "zero" for 5,000 pictures, then unlearn it. Shuffled, each handful is a fair sample of everything.
#
# ## 3 · One step
#
# A step changes each weight and each bias against its own slope. With the **learning rate** η and the mean over the $m$ images of the mini-batch:
#
# $$w \leftarrow w - \eta\,\frac{\partial C}{\partial w} \qquad \text{shapes: } (30, 784) - \eta\,(30, 784) \tag{14}$$
#
# $$b \leftarrow b - \eta\,\frac{\partial C}{\partial b} \qquad \text{shapes: } (30, 1) - \eta\,(30, 1) \tag{15}$$

# %%
from mnet import update_mini_batch

figures.source(update_mini_batch)

# %% [markdown]
# Read the last two lines beside the two equations. `w -= …` changes the array in place: the network that you hold is the network that learns. The $1/m$ is already inside `backprop`, which returns the mean.
#
# Check it: do one step by hand on a copy, one with the function, and compare.

# %%
x, y = mnist.train.columns(batches[0])
eta = 3.0
by_hand = net.weights[0] - eta * backprop(net, x, y).nabla_w[0]
update_mini_batch(net, x, y, eta)
bool(np.array_equal(by_hand, net.weights[0]))

# %% [markdown]
# Does a step help? Take many steps on *the same* ten images and watch their cost.

# %%
costs = []
for _ in range(1000):
    costs.append(quadratic_cost(feedforward(net, x), y))
    update_mini_batch(net, x, y, eta)
print(f"cost above 0.5 at first: {costs[0] > 0.5}; below 0.1 after 1,000 steps: {costs[-1] < 0.1}")

# %%
figures.show(figures.costs, costs)

# %% [markdown]
# At least nine of the ten pictures are learnt by heart. That is not reading: ask the same network about 1,000 pictures that it has never seen.

# %%
others, answers = mnist.validation.columns(slice(0, 1000))
for name, images, wanted in ("learnt", x, y), ("others", others, answers):
    a = feedforward(net, images)
    share = (a.argmax(0) == wanted.argmax(0)).mean()
    print(
        f"{name}: at least 9 in 10 right: {share >= 0.9}, cost above 0.3: {quadratic_cost(a, wanted) > 0.3}"
    )

# %% [markdown]
# Learning by heart is easy; only images that the network has not learnt from tell whether anything was *understood*. That is what the validation split is for.
#
# ## 4 · The whole algorithm
#
# Shuffle, deal, step, repeat: **stochastic gradient descent**, SGD. "Stochastic" means that chance has a hand in it. After each epoch `evaluate` counts how many images are read correctly; an image counts when the loudest of the ten outputs is its digit.

# %%
from mnet import evaluate, sgd

figures.source(evaluate)

# %%
figures.source(sgd)

# %% [markdown]
# `sgd` hands back one record an epoch, so you decide what to do between epochs: print, draw, stop. The loop inside it is short enough to show too.

# %%
from mnet.sgd import train_on

figures.source(train_on)

# %% [markdown]
# Train on the 50,000 and let the validation images judge. The exact counts differ a little from computer to computer, because sums of rounded numbers depend on their order; the lines below this cell are from the one that built this page.

# %% tags=["nbval-ignore-output"]
rng = np.random.default_rng(0)
net = Network([784, 30, 10], rng=rng)
correct = []
for epoch in sgd(net, mnist.train, 5, 10, 3.0, rng, test=mnist.validation):
    correct.append(epoch.correct)
    print(epoch)

# %%
print(f"above 88 % after one epoch: {correct[0] > 8800}; above 92 % after five: {correct[-1] > 9200}")

# %% [markdown]
# From about 10 %, guessing, to more than nine digits in ten, in seconds. Nobody told the network what a loop or a stroke is.
#
# The same start gives the same training, weight for weight, on one computer: chance comes from `rng` alone.

# %%
nets = [Network([784, 30, 10], rng=np.random.default_rng(5)) for _ in range(2)]
for twin in nets:
    list(sgd(twin, mnist.train, 1, 100, 3.0, np.random.default_rng(6)))
bool(np.array_equal(nets[0].weights[0], nets[1].weights[0]))

# %% [markdown]
# ## 5 · Steer it while it runs
#
# Below, the same training runs for as long as you like. The learning rate and the mini-batch size act at the very next mini-batch; a change of the layers starts a new network, and the run before it stays as a dotted curve with its settings.
#
# **Predict first.** Run it at η = 3 until the validation reaches 94 %. You then drag η to 100. What will the cost do? And when you drag it back to 3: will the network recover? Choose an answer under "predict first", and only then move.

# %%
live = panels.training(mnist)
live.training.advance(2_500)  # half an epoch, so that there is something to see
live

# %% [markdown]
# Things to try, each in under a minute:
#
# | move | watch |
# |---|---|
# | η from 3 to 0.01 | the curve goes flat: every step is right, and tiny |
# | η from 3 to 100 | each step overshoots; outputs saturate, and a saturated network hardly moves again, whatever η is |
# | mini-batch from 10 to 1,000 | a hundred times fewer steps an epoch: smooth, and slow per epoch |
# | mini-batch 1 | a step for each image: restless, many steps, slower per image |
# | remove the hidden layer | the curve is quick at first and stays lower, near 92 % |
#
# Why does a network that was thrown into saturation not come back? Equation (9): each blame carries a factor σ′, and in a saturated neuron that factor is nearly 0. No blame, no step. Lesson 07 takes this apart.
#
# ## Your turn
#
# 1. Reset, and reach 94 % on the validation images within three epochs. Write down your settings, then try to do it with two hidden layers.
# 2. With mini-batch 1,000, find an η that learns about as well per epoch as η = 3 does with mini-batch 10. Is it larger or smaller, and why?
# 3. Find the bug: a friend writes the update as `w = eta * nw`. What does the network forget at every step? What would you see in the panel?
#
# ## What you have now
#
# You dealt shuffled mini-batches, updated weights and biases by equations (14) and (15), trained a network on 50,000 real images, and changed its course while it ran.
#
# ## In practice
#
# - The learning rate is the first thing to tune, and people lower it as training goes on: large steps first, small ones to settle.
# - Mini-batches of 32 to 512 are common, since large matrix products use the computer better. Smaller ones are noisier, and the noise can help.
# - Refinements of the step (momentum, Adam) keep a memory of earlier gradients. The loop around them is the one you have read.
#
# ## Read further
#
# Michael Nielsen, *Neural Networks and Deep Learning*, chapter 1, "Learning with gradient descent", equations (20) and (21), and "Implementing our network to classify digits".
#
# Next: [07 · Recognise a digit](07_recognise.ipynb).
