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
# - say what the learning rate and the mini-batch size change, and find good ones,
# - tell a network that has learnt by heart from one that can read.
#
# About 115 minutes: 75 to read and try, 40 for the exercises; after section 4 is a good place for a pause. Before this: [05 · Find who is to blame](05_backprop.ipynb).

# %%
import copy

from mnet import Network, backprop, feedforward, figures, load_mnist, predict, quadratic_cost, sigmoid
from mnet.live import panels
import numpy as np

mnist = load_mnist()
untrained = Network([784, 30, 10], rng=np.random.default_rng(0))

# %% [markdown]
# ## 1 · The price of one exact step
#
# Lesson 05 computes the gradient $\nabla C$ of the cost, and lesson 04 steps against it. The cost is a mean over all training images, so one exact step asks all 50,000 of them: here as 50 means of 1,000 images each, and the mean of those. The slopes along all weights and biases stand in one row of 23,860 numbers, as lesson 05 compared them.


# %%
def rough_gradient(net, places):
    """Return the gradient of the training images at these places, in one row."""
    nabla_b, nabla_w = backprop(net, *mnist.train.columns(places))
    return np.concatenate([nabla.ravel() for nabla in nabla_b + nabla_w])


def exact_gradient(net):
    return np.mean([rough_gradient(net, slice(k, k + 1000)) for k in range(0, 50_000, 1000)], axis=0)


exact = exact_gradient(untrained)
exact.shape

# %% [markdown]
# A network needs thousands of steps. At this price that makes hundreds of millions of images, for something a child picks up from a few hundred.
#
# The way out: you don't need the exact gradient, you need a good direction. Pick $m$ images $x_1 \dots x_m$ at random, and take the mean of *their* gradients:
#
# $$\frac{1}{m} \sum_{i=1}^{m} \nabla C_{x_i} \approx \nabla C \qquad \text{shapes: the same on both sides}$$
#
# It is the reasoning of an opinion poll: a thousand people, well chosen, speak for a country. How well do ten images speak for 50,000? Compare directions by the angle between them, whose cosine is the product of the two lists, as in lesson 04, divided by both lengths: at 0° the rough step goes exactly downhill, at 90° it is worthless, beyond that it climbs.


# %% tags=["predict"]
def angle_to_exact(m, rng, net=untrained, exact=exact):
    """Return the degrees between the gradient of m random images and the exact one."""
    rough = rough_gradient(net, rng.choice(50_000, m, replace=False))
    return np.degrees(np.arccos((rough * exact).sum() / np.linalg.norm(rough) / np.linalg.norm(exact)))


rng = np.random.default_rng(1)
sizes = 1, 10, 100, 1000
angles = [float(np.mean([angle_to_exact(m, rng) for _ in range(20)])) for m in sizes]
print(", ".join(f"{m:,}: ≈ {angle:.0f}°" for m, angle in zip(sizes, angles, strict=True) if m != 100))

# %% [markdown]
# These are mean angles of 20 draws. From 10 to 1,000 images the work grows a hundredfold, and the direction gets nearly ten times better. **Before you look at the picture:** what angle do you expect for 100 images?

# %% tags=["predict"]
figures.show(figures.angles, sizes, angles)

# %% [markdown]
# That is the law of every poll: the error of a mean falls like $1/\sqrt{m}$. (Very small handfuls stay below the dotted line, since no angle grows without bound.) Turn it round, and it is good news. Ten images cost a five-thousandth of the exact step, and from this untrained start they point downhill; for the price of one exact step you can take 5,000 rough ones, each from where the last one led.

# %%
print("ten images point within 25° to 50° of downhill:", 25 < angles[1] < 50)
print("1,000 do so six to twelve times as well:", 6 < angles[1] / angles[3] < 12)

# %% [markdown]
# ### When single steps are nearly noise
#
# It does not stay so easy. Later in the training, as section 6 measures, a handful's gradient is mostly noise, and many a step leads uphill. Lesson 04's bowl, $C = v_1^2 + 4 v_2^2$, is the place to see why that works all the same. Add noise to its gradient, about four times as long as the gradient at the start, $(2, 1)$, and walk 5,000 tiny steps. **Predict first:** does the ball come down from a cost of 8? And while it does, to a tenth of that, how large a share of its steps leads uphill?

# %% tags=["predict"]
from mnet import gradient_descent

noise = np.random.default_rng(2)


def noisy(v):
    return np.array([2.0, 8.0]) * v + noise.normal(0, 30, 2)


walk = gradient_descent(noisy, np.array([2.0, 1.0]), eta=0.0002, steps=5_000)
heights = walk**2 @ [1, 4]
descent = heights[: np.argmax(heights < 0.8) + 1]
uphill = np.mean(np.diff(descent) > 0)
print(f"{heights[0]:.1f} at first, ≈ {heights[-500:].mean():.2f} in the end")
print(f"uphill on the way down: ≈ {uphill:.0%} of the steps")

# %% [markdown]
# Nearly every second step leads up, and the ball comes down. The noise of many steps cancels, as in a poll; the slope, however faint, points the same way each time and adds up. That is the truth about small handfuls: a single step is nearly noise, their *mean* gets there.

# %%
print("between 38 % and 50 % uphill:", bool(0.38 < uphill < 0.5))
print("below 1 in the end:", bool(heights[-500:].mean() < 1))

# %% [markdown]
# ## 2 · Mini-batches
#
# Those ten images are a **mini-batch**. To treat all images alike, shuffle the whole set and deal it out like cards: 5,000 mini-batches of 10. When the pack is used up, one **epoch** is over; shuffle again.

# %%
from mnet import mini_batches

figures.source(mini_batches)

# %% [markdown]
# `order[k : k + 3]` stops at the end of the array by itself, so the last mini-batch may be shorter. Deal seven cards by threes:

# %%
[batch.tolist() for batch in mini_batches(7, 3, np.random.default_rng(0))]

# %% [markdown]
# Each number stands in exactly one mini-batch. The numbers are *places* in the training set, not images: shuffling them moves no pixels.

# %%
batches = mini_batches(50_000, 10, np.random.default_rng(0))
len(batches), sorted(np.concatenate(batches).tolist()) == list(range(50_000))

# %% [markdown]
# ## 3 · One step
#
# A step changes each weight and each bias against its own slope. That is equation (8) of lesson 04, written out for a network, with the **learning rate** η and the mean gradient of the mini-batch. The shapes are those of the first layer:
#
# $$w \leftarrow w - \eta\,\frac{\partial C}{\partial w} \qquad \text{shapes: } (30, 784) - \eta\,(30, 784) \tag{14}$$
#
# $$b \leftarrow b - \eta\,\frac{\partial C}{\partial b} \qquad \text{shapes: } (30, 1) - \eta\,(30, 1) \tag{15}$$
#
# Both are one function, [`update_mini_batch`](../mnet/sgd.py):

# %%
from mnet import update_mini_batch

figures.source(update_mini_batch)

# %% [markdown]
# Read the last two lines beside the two equations. Given η, `backprop` returns the steps themselves, $\eta\,\partial C/\partial w$ and $\eta\,\partial C/\partial b$: it multiplies δ, where the numbers are few. `w -= …` changes the array in place: the network that you hold is the network that learns. The book adds up the gradients of the single examples and writes $\eta / m$; here the $1/m$ is already inside `backprop`, which returns the mean.
#
# Check it on one weight, from hidden neuron 3 to output neuron 7: note the weight and its slope, take a step with η = 3, and look at the weight again.

# %%
learner = copy.deepcopy(untrained)
x, y = mnist.train.columns(batches[0])
w, slope = float(learner.weights[1][7, 3]), float(backprop(learner, x, y).nabla_w[1][7, 3])
update_mini_batch(learner, x, y, eta=3.0)
print(f"by hand: {w:.4f} - 3 · ({slope:.4f}) = {w - 3 * slope:.4f}")
print(f"by update_mini_batch:          {learner.weights[1][7, 3]:.4f}")

# %% [markdown]
# And on all of them at once, biases included. The slopes come from lesson 05's central differences, which know nothing of backpropagation; the network is small, and in 64-bit numbers, so that the check can be strict.

# %%
from mnet import numerical_gradient

small = Network([4, 3, 2], rng=np.random.default_rng(0), dtype=np.float64)
x4, y2 = np.random.default_rng(1).random((4, 5)), np.eye(2)[:, [0, 1, 1, 0, 1]]
stepped, slopes = copy.deepcopy(small), numerical_gradient(small, x4, y2)
update_mini_batch(stepped, x4, y2, eta=3.0)

# %%
for l in range(2):
    off_w = abs(small.weights[l] - 3 * slopes.nabla_w[l] - stepped.weights[l]).max()
    off_b = abs(small.biases[l] - 3 * slopes.nabla_b[l] - stepped.biases[l]).max()
    print(f"layer {l}: (14) agrees to 1e-8: {off_w < 1e-8}, (15) agrees to 1e-8: {off_b < 1e-8}")

# %% [markdown]
# ### Many steps on the same ten
#
# Does a step help? **Predict first:** take 1,000 steps, all on *the same* ten images. Where does their cost end? And how well does the network then read other images?

# %% tags=["predict"]
by_heart, costs = copy.deepcopy(untrained), []
for _ in range(1000):
    costs.append(quadratic_cost(feedforward(by_heart, x), y))
    update_mini_batch(by_heart, x, y, eta=3.0)
print(f"cost at first ≈ {costs[0]:.2f}, at last ≈ {costs[-1]:.3f}")

# %% tags=["predict"]
figures.show(figures.costs, costs)

# %% [markdown]
# It comes down in stairs. While the right output of a picture is saturated at 0, that picture costs about one half, a tenth of which, 0.05, shows in the mean; one after the other wakes up, and the last one or two may not have yet. Nearly all of the ten are learnt by heart. Now ask the same network about 1,000 pictures that it has never seen.

# %% tags=["predict"]
others, answers = mnist.validation.columns(slice(0, 1000))
knows = {}
for name, images, wanted in ("the ten", x, y), ("others", others, answers):
    knows[name] = (predict(by_heart, images) == wanted.argmax(axis=0)).mean()
    print(f"{name}: right ≈ {knows[name]:.0%}")

# %% [markdown]
# Guessing would be right for 10 % of the others. Learning by heart is easy; only images that the network has not learnt from tell whether anything was *understood*. That is what the validation images are for.

# %%
print("cost above 1 at first, below 0.15 at last:", bool(costs[0] > 1 and costs[-1] < 0.15))
print("of the ten, at least 7 are right:", bool(knows["the ten"] >= 0.7))
print("of the others, 10 % to 35 %:", bool(0.1 <= knows["others"] <= 0.35))

# %% [markdown]
#
# ## 4 · The whole algorithm
#
# Shuffle, deal, step, repeat: **stochastic gradient descent**, SGD. "Stochastic" means that chance has a hand in it. One epoch is a loop of two lines, [`train_on`](../mnet/sgd.py):

# %%
from mnet import train_on

figures.source(train_on)

# %% [markdown]
# [`deal`](../mnet/data.py) gives `columns(batch)` for one mini-batch after the other; it turns the bytes of some 400 images at a time into numbers from 0 to 1, since ten at a time take longer.
#
# ### Why shuffle?
#
# **Predict first.** Deal 10,000 images in the order of their labels, all the zeros first, all the nines last, and train for one pass. What will the network answer to a picture?

# %% tags=["predict"]
by_label = np.argsort(mnist.train.labels[:10_000], kind="stable")
shuffled = np.random.default_rng(0).permutation(10_000)
reads = {}
for name, order in ("by label", by_label), ("shuffled", shuffled):
    fresh = copy.deepcopy(untrained)
    train_on(fresh, mnist.train, order.reshape(1000, 10), eta=3.0)
    said = predict(fresh, others)
    share, reads[name] = np.bincount(said).max() / 1000, (said == answers.argmax(axis=0)).mean()
    print(f"{name}: right ≈ {reads[name]:.0%}; its commonest answer to ≈ {share:.0%}")

# %% [markdown]
# In the order of labels it learns to say 0, unlearns that to say 1, and so on; from most starts it ends up saying 9 to everything, from a few it is stuck at an earlier digit. Shuffled, each handful is a fair sample of everything.

# %%
print("by label less than 30 % right:", bool(reads["by label"] < 0.3))
print("shuffled more than 50 % right:", bool(reads["shuffled"] > 0.5))

# %% [markdown]
#
# ### Count what it reads
#
# After each epoch [`evaluate`](../mnet/sgd.py) counts how many images are read correctly: an image counts when the loudest of the ten outputs is its digit. It needs the labels as digits, while the cost needs them one-hot; a `Split`, which is what `mnist.train` and the two other parts are, has both. The network is asked about 1,000 images at a time, to save memory.

# %%
from mnet import evaluate, sgd

figures.source(evaluate)

# %% [markdown]
# And [`sgd`](../mnet/sgd.py) puts it all together:

# %%
figures.source(sgd)

# %% [markdown]
# `yield` hands back one record an epoch and goes on when you ask for the next one, so *you* decide what to do between epochs: print, draw, stop.
#
# Train on the 50,000 and let the validation images judge. The exact counts differ a little from computer to computer, because sums of rounded numbers depend on their order; the lines below this cell are from the one that built this page.

# %% tags=["slow", "nbval-ignore-output"]
rng = np.random.default_rng(0)
net, correct, learnt = Network([784, 30, 10], rng=rng), [], []
for epoch in sgd(net, mnist.train, epochs=5, mini_batch_size=10, eta=3.0, rng=rng, test=mnist.validation):
    correct.append(epoch.correct / 100)
    learnt.append(evaluate(net, mnist.train) / 500)
    print(f"{epoch}, and {learnt[-1]:.1f} % of the training images")

# %% tags=["nbval-ignore-output"]
figures.show(figures.two_curves, learnt, correct)

# %% [markdown]
# From about 10 %, guessing, to more than nine digits in ten, in seconds. Nobody told the network what a loop or a stroke is. From ten random starts, nine read 93.5 to 95 % after five epochs, and one only 80 to 90 %: it never answers one of the ten digits. Lesson 07a finds the reason.

# %%
print(f"after one epoch ≈ {correct[0]:.1f} %, above 75 %: {correct[0] > 75}")
print(f"after five epochs ≈ {correct[-1]:.1f} %, above 80 %: {correct[-1] > 80}")
gap = learnt[-1] - correct[-1]
print(f"training above validation by ≈ {gap:.1f} points, less than 1.5: {abs(gap) < 1.5}")

# %% [markdown]
# ### Read the two curves together
#
# The dashed curve is the network on images that it learns from, the other on images that it never learns from. Three patterns tell you what to do next:
#
# | the two curves | what it means | what helps |
# |---|---|---|
# | both low, close together | it does not learn enough: **underfitting** | a better η, more steps, more neurons |
# | both rise, close together, as here | what it learns holds for others as well | go on |
# | training rises, validation stays behind | it learns its images by heart: **overfitting** | more images, or what lesson 08 has |
#
# The ten images of section 3 were the third pattern at its purest. With 50,000 images and 30 neurons the gap stays small.
#
# What happens within an epoch? The panel holds one over a part of the images, from another start: play it, or wind it back by **step**. **Predict first:** after what part of it does the network read half of the validation images? And do the weights take shape before it reads well, or after?

# %% tags=["nbval-ignore-output"]
panels.epoch(mnist)

# %% [markdown]
# <details><summary>What you should have seen: open it when you have played it</summary>
#
# The cost falls steeply within the first few steps, while hardly anything is read: at first the network learns to answer *no* ten times. Only then it learns when to say *yes*. Half of the images it reads only past the middle of this epoch. And by then the changes of the weights look much as they do at the end: they take shape before it reads well.
#
# </details>
#
# The book runs 30 epochs, and scores them on the test images. For as many, write `epochs=30` in the cell above that begins with `net, correct, learnt` and prints a line for each epoch; it takes six times as long. In this course the test images wait for lesson 08.
#
# The same start gives the same training, weight for weight, on one computer: chance comes from `rng` alone.

# %%
twins = [Network([784, 30, 10], rng=np.random.default_rng(5)) for _ in range(2)]
epochs = [list(sgd(twin, mnist.train, 1, 100, 3.0, np.random.default_rng(6))) for twin in twins]
bool(np.array_equal(twins[0].weights[0], twins[1].weights[0]))

# %% [markdown]
# ## 5 · How large a step?
#
# Lesson 04 promised that a small step lowers the cost by about $\eta \lVert \nabla C \rVert^2$, the learning rate times the sum of all squared slopes. Hold an untrained network to that promise, on one mini-batch, with larger and larger η:

# %%
start = Network([784, 30, 10], rng=np.random.default_rng(0), dtype=np.float64)
nabla = backprop(start, x, y)
squares = sum(float((n**2).sum()) for n in [*nabla.nabla_b, *nabla.nabla_w])
cost = quadratic_cost(feedforward(start, x), y)
for eta in 0.001, 0.1, 3, 100:
    trial = copy.deepcopy(start)
    update_mini_batch(trial, x, y, eta)
    now = quadratic_cost(feedforward(trial, x), y)
    print(f"η = {eta:<5}  promised {eta * squares:8.4f}   fell by {cost - now:.4f}, to {now:.4f}")

# %% [markdown]
# Small steps keep the promise. At η = 3 only a part of it comes true, for ten starts from 0.4 to 0.9 of it: the slopes change along the way. At η = 100 the promise is absurd, more than the cost has to give. And look where that step lands: here at a cost of one half, and for every second start; the others land between 0.5 and 0.8. One half is the cost of ten answers of 0, whatever the picture:

# %%
a = feedforward(trial, x)
print(f"loudest answer {a.max():.4f}, steepest slope σ′ = a (1 - a) = {(a * (1 - a)).max():.4f}")

# %% [markdown]
# Here every output is saturated, at one step. From the other starts it takes a few more. The blame of equation (9) carries a factor σ′, and with σ′ near 0 there is no blame, so no step. The network is not merely wrong: it can hardly learn any more.
#
# **Predict first.** Five starts, 20,000 images, four learning rates. Sketch four curves of the cost before you look.


# %%
def learn(eta, mini_batch_size, seed):
    """Train a fresh network on 20,000 images; return its costs at first and after each 1,000 of them."""
    rng = np.random.default_rng(seed)
    net = Network([784, 30, 10], rng=rng)
    batches, every = mini_batches(20_000, mini_batch_size, rng), 1000 // mini_batch_size
    costs = [quadratic_cost(feedforward(net, others), answers)]
    for k in range(0, len(batches), every):
        train_on(net, mnist.train, batches[k : k + every], eta)
        costs.append(quadratic_cost(feedforward(net, others), answers))
    return costs


def five_starts(name, eta, mini_batch_size):
    """Return the costs of five starts, a row each, and print where they end."""
    runs = np.array([learn(eta, mini_batch_size, seed) for seed in range(5)])
    print(f"{name}: five starts end between {runs[:, -1].min():.2f} and {runs[:, -1].max():.2f}")
    return runs


# %% [markdown]
# A hundred thousand images in all for each rate, and a line as soon as its five starts are through:

# %% tags=["slow", "nbval-ignore-output", "predict"]
by_eta = {f"η = {eta}": five_starts(f"η = {eta}", eta, 10) for eta in (0.001, 0.1, 3, 100)}

# %% tags=["nbval-ignore-output", "predict"]
figures.show(figures.runs, by_eta, size=(7.6, 3.4))

# %% [markdown]
# Each mark is a measurement, the middle one of the five starts; its bar runs from the lowest to the highest of them. The smallest rate crawls; 0.1 falls at once to about one half, the cost of saying nothing, and then goes on slowly; 3 gets through; 100 jumps into saturation and lies flat. Two values are likely. With all ten outputs stuck at 0, each image costs one half. With one output stuck at 1 and nine at 0, an image of that digit costs nothing and any other $\tfrac12 (1 + 1) = 1$: nine tenths on average.

# %%
crawls, slow, learns, flat = (runs[:, -1] for runs in by_eta.values())
print("η = 0.001 still costs more than 0.8:", bool((crawls > 0.8).all()))
print("the middle one of η = 0.1 is between 0.3 and 0.6:", bool(0.3 < np.median(slow) < 0.6))
print("η = 3 is below 0.3:", bool((learns < 0.3).all()))
stuck = np.minimum(abs(flat - 0.5), abs(flat - 0.9)) < 0.05
print("η = 100 ends within 0.05 of 0.5 or of 0.9:", bool(stuck.all()))

# %% [markdown]
# ## 6 · How many at a time?
#
# The mini-batch size $m$ is a bargain, too. A larger handful gives a better direction, as section 1 measured, and takes multiplications in proportion to $m$. In one epoch of 50,000 images you get

# %%
for m in 1, 10, 100, 1000:
    print(f"{50_000 // m:6,} steps with mini-batches of {m:,}")

# %% [markdown]
# **Predict first.** η stays at 3, each network sees the same 20,000 images. Does the better direction make up for the missing steps?

# %% tags=["slow", "nbval-ignore-output", "predict"]
by_size = {f"m = {m:,}": five_starts(f"m = {m:,}", 3, m) for m in (10, 100, 1000)}

# %% tags=["nbval-ignore-output", "predict"]
figures.show(figures.runs, by_size, size=(7.6, 3.4))

# %% [markdown]
# It does not: twenty excellent steps lose against two thousand rough ones. A better direction deserves more trust, that is, a larger η; how far that carries, before the steps saturate the network, you can try in the panel.

# %%
ten, hundred, thousand = (runs[:, -1] for runs in by_size.values())
print("mini-batches of 10 cost least, from each start:", bool((ten < np.minimum(hundred, thousand)).all()))
print("mini-batches of 1,000 still cost more than 0.4:", bool((thousand > 0.4).all()))

# %% [markdown]
# ### The direction wears out
#
# Section 1 measured the angle for an untrained network. Measure it again while one learns, each time with 50 draws of ten images. **Predict first:** does the angle to the exact gradient grow or shrink?

# %% tags=["slow", "predict"]
walker, dealer = copy.deepcopy(untrained), np.random.default_rng(4)
dealt = mini_batches(50_000, 10, dealer)
stops, then = (0, 20, 100, 500, 2_000, 5_000), []
for start, end in zip((0, *stops), stops, strict=False):
    train_on(walker, mnist.train, dealt[start:end], eta=3.0)
    now = exact_gradient(walker)
    then.append([angle_to_exact(10, dealer, walker, now) for _ in range(50)])
    print(f"after {end:5,} steps ≈ {np.mean(then[-1]):.0f}°, uphill ≈ {np.mean(np.array(then[-1]) > 90):.0%}")

# %% tags=["predict"]
figures.show(figures.angles_later, stops, then)

# %% [markdown]
# Do larger handfuls help? Ask the network of section 4, five epochs later:

# %% tags=["predict"]
rng = np.random.default_rng(3)
later = exact_gradient(net)
draws = {m: [angle_to_exact(m, rng, net, later) for _ in range(50)] for m in (10, 100, 1000)}
for m, found in draws.items():
    print(f"{m:5,} images ≈ {np.mean(found):.0f}°, uphill ≈ {np.mean(np.array(found) > 90):.0%} of the draws")

# %% [markdown]
# It grows, within a few steps already. At first all images agree that ten outputs say too much. Once that is learnt, what is left is where the digits differ, and in the end where the images differ among themselves. Ten of them then give little more than noise, like the ball of section 1, and a hundred are hardly better; a thousand still have a direction. So there is a reason to take larger handfuls, or smaller steps, towards the end.

# %%
at_first, *_, at_last = (np.mean(found) for found in then)
print("after an epoch half as large again as at first, or more:", bool(at_last > 1.5 * at_first))
print("in the end between 60° and 90°, with ten images:", bool(60 < np.mean(draws[10]) < 90))
print("of their draws, 2 % to 50 % lead uphill:", bool(0.02 < np.mean(np.array(draws[10]) > 90) < 0.5))

# %% [markdown]
# ### Look inside while it learns
#
# When a training goes wrong, the cost alone does not say where. Watch each layer: how loud its neurons are, how many of them are flat, how large its gradient is, and how far one step moves its weights, compared with their size.


# %%
def inside(net):
    """Print each layer's mean activation, share of flat neurons, gradient (its length) and step."""
    x, y = mnist.train.columns(slice(0, 1000))
    a = x
    for l, (w, b, nabla) in enumerate(zip(net.weights, net.biases, backprop(net, x, y).nabla_w, strict=True)):
        a = sigmoid(w @ a + b)
        flat, gradient = (a * (1 - a) < 0.01).mean(), np.linalg.norm(nabla)
        says = f"mean a ≈ {a.mean():.2f}, flat ≈ {flat:.0%}, ‖∂C/∂w‖ ≈ {gradient:.4f}"
        print(f"  weights[{l}]: {says}, step ≈ {3 * gradient / np.linalg.norm(w):.5f} of w")


# %% tags=["nbval-ignore-output"]
watched = copy.deepcopy(untrained)
for start, end in (0, 100), (100, 1000), (1000, 5000):
    print(f"after {start:,} steps")
    inside(watched)
    train_on(watched, mnist.train, dealt[start:end], eta=3.0)

# %% [markdown]
# The outputs become flat for the best of reasons: they are right, and sure. A flat layer at the *start* is another matter, and lesson 07a meets one. Under way, a step is a ten-thousandth to a few thousandths of the weights. Far less says that no blame arrives, and far more that η is too large.
#
# ### When it does not learn
#
# A diagnosis goes from the cheap to the dear. Each line rules something out:
#
# | look at | right is | if not |
# |---|---|---|
# | the cost before the first step | what random answers cost: here from 1 to 3 | wrong targets, or wrong shapes |
# | ten images, many steps (section 3) | learnt by heart | a bug in the gradient or in the update |
# | a baseline: guessing by darkness reads 22 % | beaten within an epoch | labels that do not belong to their images |
# | each layer, as above | none is flat all over, and steps count | the first weights, or η |
# | the two curves (section 4) | close together, rising | more images, or more neurons |
#
# And change *one* thing at a time, or you will not know which of them helped.
#
# ## 7 · Steer it while it runs
#
# Below, the training runs for as long as you like. The learning rate and the mini-batch size act at the very next mini-batch; a change of the layers starts a new network, and the run before it stays as a dotted curve with its settings.
#
# **Predict first.** Run it at η = 3 until it reads 92 % of the validation images. You then drag η to 100. What will the cost do? And when you drag it back to 3: will the network recover? Choose an answer under "predict first", and only then move.

# %%
live = panels.training(mnist)
live.training.advance(2_500)  # half an epoch, so that there is something to see
live

# %% [markdown]
# <details><summary>What you should have seen: open it when you have dragged</summary>
#
# The curve jumps up and stays there, with η back at 3, too. The steps of η = 100 threw the outputs into saturation, and out of there no blame leads back.
#
# </details>
#
# The same with a copy of the network from section 4:

# %% tags=["predict"]
tossed, dealer, kept = copy.deepcopy(net), np.random.default_rng(4), []
for eta in 3, 100, 3:
    train_on(tossed, mnist.train, mini_batches(50_000, 10, dealer)[:2_000], eta)
    kept.append(evaluate(tossed, mnist.validation) / 100)
    print(f"after 2,000 steps of η = {eta:3}: right ≈ {kept[-1]:.0f} %")

# %% [markdown]
# *Reset* is the only way out; lesson 07a shows which networks begin in this trap.

# %%
print("more than half before η = 100, less than half from there on:", kept[0] > 50 > max(kept[1:]))

# %% [markdown]
# More to try, each in under a minute:
#
# | move | watch |
# |---|---|
# | η from 3 to 0.01 | the curve goes flat: every step is right, and tiny |
# | mini-batch from 10 to 1,000 | a hundredth of the steps in an epoch: smooth, and slow |
# | mini-batch 1 | a step for each image: restless, and more work for the computer in each epoch |
# | remove the hidden layer | slow, and stuck: ten starts read 10 to 45 % after 250 steps, and 55 to 75 % after four epochs |
# | add a second hidden layer | no slower, and no better: 92 to 95 % after four epochs, from ten starts |
#
# Without a hidden layer it is not capacity that is missing, since the same network, cured as in lesson 07a, reads about nine in ten: its outputs begin in saturation, with 784 inputs each.
#
# ## Your turn
#
# Replace each `...` and run the cell: the check says ○ for not yet, ✗ with the likely mistake, or ✓.
#
# ### Exercise 1 · A step from a sum
#
# The book's program adds up what the images of a mini-batch say, and has no mean. Here is such a gradient: two lists, with one array for each layer, in the order of `net.biases` and `net.weights`.


# %%
def summed(net, x, y):
    """Return the sum of the gradients of the single images, not their mean."""
    nabla_b, nabla_w = backprop(net, x, y)
    return [x.shape[1] * nabla for nabla in nabla_b], [x.shape[1] * nabla for nabla in nabla_w]


# %% [markdown]
# Write the update with `summed`, so that the network moves as equations (14) and (15) say, for mini-batches of any size. Afterwards `net` must hold the new numbers; return nothing.
#
# <details><summary>Hint 1, a question</summary>A mini-batch of twenty has a sum twice as long as one of ten. Should the step be twice as long, too?</details>
# <details><summary>Hint 2, where to look</summary>Section 3, below the function, says what the book writes in the place of η. And <code>w -= …</code> changes the array itself, while <code>w = w - …</code> makes a new one, which the network gets by <code>net.weights[l] = …</code>.</details>

# %% tags=["exercise"]
from mnet import checks


def my_update(net, x, y, eta): ...


checks.update_mini_batch(my_update)

# %% tags=["solution"]
from mnet import checks


def my_update(net, x, y, eta):
    m = x.shape[1]
    sum_b, sum_w = summed(net, x, y)
    for l in range(len(net.weights)):
        net.weights[l] -= eta / m * sum_w[l]
        net.biases[l] -= eta / m * sum_b[l]


checks.update_mini_batch(my_update)

# %% [markdown]
# Once the check says ✓, the next cell puts your update in the place of ours, everywhere in `mnet`: this training, and the panel of exercise 5, learn with *your* step. While the dots stand, they learn with ours; a wrong answer is refused again.

# %%
yours = checks.plugged_in(update_mini_batch=my_update)

# %% [markdown]
# Compare the counts with those of section 4, which began with the same seed:

# %% tags=["slow", "nbval-ignore-output"]
rng = np.random.default_rng(0)
for epoch in sgd(Network([784, 30, 10], rng=rng), mnist.train, 2, 10, 3.0, rng, mnist.validation):
    print(epoch)

# %% [markdown]
# ### Exercise 2 · Spot the bug
#
# This update asks one example at a time, adds up their gradients, and divides by $m$ at the end, as the book's code does. It was typed from a page of notes that gives the rule as $w \to \frac{\eta}{m} \sum_x \delta\, a^T$. Run the check, and mend what is wrong. What does a network with this update remember of all the steps before?
#
# <details><summary>Hint 1, a question</summary>The rule of the notes gives where a step leads. From where does it start?</details>
# <details><summary>Hint 2, where to look</summary>The last two lines of the function, beside equations (14) and (15).</details>


# %% tags=["exercise", "predict"]
def from_notes(net, x, y, eta):
    m = x.shape[1]
    sum_b, sum_w = [0 * b for b in net.biases], [0 * w for w in net.weights]
    for i in range(m):
        nabla_b, nabla_w = backprop(net, x[:, [i]], y[:, [i]])
        for l in range(len(sum_w)):
            sum_b[l] += nabla_b[l]
            sum_w[l] += nabla_w[l]
    for l in range(len(sum_w)):
        net.weights[l] = eta / m * sum_w[l]
        net.biases[l] = eta / m * sum_b[l]


checks.update_mini_batch(from_notes)


# %% tags=["solution"]
def from_notes(net, x, y, eta):
    m = x.shape[1]
    sum_b, sum_w = [0 * b for b in net.biases], [0 * w for w in net.weights]
    for i in range(m):
        nabla_b, nabla_w = backprop(net, x[:, [i]], y[:, [i]])
        for l in range(len(sum_w)):
            sum_b[l] += nabla_b[l]
            sum_w[l] += nabla_w[l]
    for l in range(len(sum_w)):
        net.weights[l] = net.weights[l] - eta / m * sum_w[l]
        net.biases[l] = net.biases[l] - eta / m * sum_b[l]


checks.update_mini_batch(from_notes)

# %% [markdown]
# ### Exercise 3 · Four times the images
#
# You go from mini-batches of 100 images to 400. By which factor does the angle between the mini-batch gradient and the exact one change, for the untrained network? Predict it from section 1; the cell after the check measures it, for the trained network of section 4 as well.
#
# <details><summary>Hint 1, a question</summary>How many times as many people must a poll ask, for its error to be half as large?</details>
# <details><summary>Hint 2, where to look</summary>The law behind the picture of section 1: what does it make of 4 m in place of m?</details>

# %% tags=["exercise"]
my_factor = ...
checks.answer("06 angle", my_factor)

# %% tags=["solution"]
my_factor = 1 / np.sqrt(4)
checks.answer("06 angle", my_factor)

# %% tags=["predict"]
factors = {}
for name, *which in ("untrained", untrained, exact), ("trained", net, later):
    rng = np.random.default_rng(2)
    of_100, of_400 = (np.mean([angle_to_exact(m, rng, *which) for _ in range(50)]) for m in (100, 400))
    factors[name] = of_400 / of_100
    print(f"{name}: ≈ {factors[name]:.2f}")

# %% [markdown]
# The law of the root holds for small angles. Where the noise is longer than the slope, the angle is near a right one, and cannot grow any further: four times the images bring less.

# %%
if my_factor is not ...:
    print("untrained within 0.1 of yours:", bool(abs(factors["untrained"] - my_factor) < 0.1))
    print("trained above yours by more than 0.15:", bool(factors["trained"] - my_factor > 0.15))

# %% [markdown]
# ### Exercise 4 · Find the bug from a curve
#
# A friend trains as in section 5, with η = 3 and mini-batches of 10, and sends the cost after each 1,000 images, once on the images that the network learns from and once on others. There is one bug in the whole program. Here are both, one upon the other, with the run of section 5:

# %%
theirs = [1.82, 0.50, 0.49, 0.49, 0.49, 0.49, 0.48, 0.48, 0.48, 0.47, 0.47]
theirs += [0.47, 0.47, 0.47, 0.47, 0.46, 0.46, 0.46, 0.46, 0.46, 0.46]
others_of_theirs = [1.85, *theirs[1:]]
ours = by_eta["η = 3"]
figures.show(figures.runs, {"section 5": ours, "learnt from": theirs, "others": others_of_theirs})

# %% [markdown]
# Which bug is it: `"eta"` (η is far smaller than it says), `"saturated"` (all outputs are stuck at 0), `"by heart"` (it has too few images), or `"labels"` (the labels were shuffled apart from their images)?
#
# <details><summary>Hint 1, a question</summary>Where does this curve go on to? What do ten answers cost that are the same for each picture: ten zeros, or ten times 0.1?</details>
# <details><summary>Hint 2, where to look</summary>The table at the end of section 6, beside the two curves: which line is the first that fails?</details>

# %% tags=["exercise"]
my_bug = ...
checks.answer("06 curve", my_bug)

# %% tags=["solution"]
my_bug = "labels"
checks.answer("06 curve", my_bug)

# %% [markdown]
# <details><summary>Once the check says ✓</summary>Ten answers of 0.1 cost ½ (0.9² + 9 · 0.1²) = 0.45, which is the least that a network can pay if the pictures say nothing about the labels. From ten starts, this bug made on purpose, it pays 0.44 to 0.48 after an epoch, on all images alike. It has learnt the one thing that there is to learn: each digit is right once in ten times.</details>
#
# ### Exercise 5 · Faster than the book
#
# Reach **94 % of the validation images within 4 epochs**, with 30 hidden neurons. The book's η = 3, held all the way, falls a little short. But nothing forbids you to move a slider while it trains. Press *Run*, steer, *Pause*, and run the check below the panel. A *Reset* begins a new attempt; earlier ones count as well.
#
# <details><summary>Hint 1, a question</summary>What do you want of η in the first epochs, far from the bottom, and what in the last one?</details>
# <details><summary>Hint 2, where to look</summary>Section 5: is 3 the largest η that gets through? And when you lower it, each step counts for less: how late can you afford to?</details>

# %%
mine = panels.training(mnist, seed=3)
mine

# %% tags=["exercise"]
checks.goal(mine, 0.94, 4, hidden=30)

# %% tags=["solution", "slow", "nbval-ignore-output"]
for eta, steps in (6, 12_500), (1.5, 7_500):
    mine.training.configure(eta, 10)
    mine.training.advance(steps)
checks.goal(mine, 0.94, 4, hidden=30)

# %% [markdown]
# ## What you have now
#
# You dealt shuffled mini-batches, updated weights and biases by equations (14) and (15), trained a network on 50,000 real images, saw what too small and too large a step do, and changed a training's course while it ran.
#
# ## In practice
#
# - The learning rate is the first thing to tune, and people lower it as training goes on: large steps first, small ones to settle. Exercise 5 shows why.
# - Mini-batches of 32 to 512 are common, since large matrix products use the computer better. Smaller ones are noisier, and the noise can help.
# - Refinements of the step (momentum, Adam) keep a memory of earlier gradients. The loop around them is the one you have read.
#
# ## Read further
#
# Michael Nielsen, *Neural Networks and Deep Learning*, chapter 1, "Learning with gradient descent": equations (18) and (19) for the rough gradient, (20) and (21) for the update; and "Implementing our network to classify digits" for the whole program.
#
# Next: [07 · Recognise a digit](07_recognise.ipynb).
