# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 04 · Measure how wrong it is
#
# **How wrong is the network, as one number?** An untrained network answers nonsense. Before it can improve, it needs to know how bad its answers are, and in which direction better lies.
#
# **You will build** the cost that this course makes small, and the walk downhill that makes it so.
#
# **You will be able to**
#
# - compute the cost of an answer by hand and read what the number means,
# - say what a partial derivative and a gradient are,
# - walk downhill, and compute beforehand at which learning rate the walk never settles.
#
# About 35 minutes. Before this: [03 · Connect neurons into a network](03_feedforward.ipynb).

# %%
from mnet import Network, feedforward, figures, load_mnist, one_hot, sigmoid
from mnet.live import panels
import numpy as np

mnist = load_mnist()

# %% [markdown]
# ## 1 · One picture, one number
#
# The network answers a picture with ten numbers $a$, and the target $y$ is ten numbers as well. Take the ten differences, square them so that too high and too low both count, and add them up. Half of that is the cost of one picture; the mean over all $m$ pictures is the cost of the network, the **quadratic cost**:
#
# $$C = \frac{1}{2m} \sum_x \lVert y - a \rVert^2 \tag{6}$$
#
# $a$ and $y$ both have shape (10, m), one picture a column; $C$ is a single number.

# %%
from mnet import quadratic_cost

figures.source(quadratic_cost)

# %% [markdown]
# Here the picture is a 3. The network says 0.6 in row 3, where it should say 1, and 0.1 in the nine other rows, where it should say 0.

# %%
y = one_hot([3])
a = np.full((10, 1), 0.1)
a[3] = 0.6
round(quadratic_cost(a, y), 6)

# %% [markdown]
# By hand: nine squares of 0.1 are 0.09, the square of 0.4 is 0.16. Together 0.25, and half of that is 0.125.
#
# What is a good cost, what a bad one? Some landmarks:

# %%
answers = {"perfect": y, "always 0": 0 * y, "always 0.5": 0 * y + 0.5, "sure, but of an 8": one_hot([8])}
for name, answer in answers.items():
    print(f"{quadratic_cost(answer, y):.2f}  {name}")

# %% [markdown]
# Notice the second: a network that says nothing at all pays 0.50. One that is sure of a wrong digit pays 1.00, more than one that keeps silent. The cost is never negative, and 0 means that every answer equals its target. It is not a percentage of mistakes.
#
# Now a real network, fresh and untrained, and the first 1,000 training pictures. It computes in float64 here, because you are about to measure small differences.

# %%
net = Network([784, 30, 10], rng=np.random.default_rng(0), dtype=np.float64)
x, y = mnist.train.columns(slice(0, 1000))
untrained = feedforward(net, x)
print(f"cost {quadratic_cost(untrained, y):.2f}")
print(f"on average {(untrained > 0.5).sum(axis=0).mean():.1f} of the ten outputs are above 0.5")

# %% [markdown]
# 2.26: far worse than silence. Its random weights make it say yes to several digits at once, and loudly.
#
# ## 2 · Which way is better?
#
# For one picture, and one output $a_j$ of the ten, only the part $\tfrac12 (y_j - a_j)^2$ of the cost matters. Its derivative is $-(y_j - a_j)$, and so
#
# $$\frac{\partial C_x}{\partial a} = a - y \tag{7}$$
#
# Now you see what the half is for: it cancels the 2 that the square leaves behind. Both sides have shape (10, m), one column a picture. In words: how far the answer lies above its target. This is the **error** of an answer in its simplest form.

# %%
from mnet import cost_derivative

figures.source(cost_derivative)

# %%
target = one_hot([3])
cost_derivative(a, target).ravel().round(3)

# %% [markdown]
# Nine outputs are 0.1 too high. Row 3 is 0.4 too low, hence the minus: raise it, and the cost falls. A positive derivative says "less of this", a negative one "more of this".
#
# Check it as in lesson 02, with a step to both sides. Here output 3 moves and the nine others keep still:

# %%
h = np.zeros((10, 1))
h[3] = 1e-5
measured = (quadratic_cost(a + h, target) - quadratic_cost(a - h, target)) / 2e-5
round(measured, 6)

# %% [markdown]
# ## 3 · Why not count the right answers?
#
# You want more right answers, so why not measure those? Take one weight out of the network's 23,860, the one from hidden neuron 18 to output 8. Turn it, leave all others alone, and watch both the count and the cost.


# %%
def answers_with(weight):
    net.weights[1][8, 18] = weight
    return feedforward(net, x)


def cost(weight):
    return quadratic_cost(answers_with(weight), y)


def right(weight):
    return int((answers_with(weight).argmax(axis=0) == mnist.train.labels[:1000]).sum())


# %%
now, h = float(net.weights[1][8, 18]), 1e-4
print(f"count {right(now)}, slope {(right(now + h) - right(now - h)) / (2 * h):.4f}")
print(f"cost {cost(now):.4f}, slope {(cost(now + h) - cost(now - h)) / (2 * h):.4f}")

# %% [markdown]
# 60 of 1,000: worse than guessing. And its slope is 0: a small turn of this weight changes no answer from wrong to right. The slope of the cost is not 0, and it tells you what to do: turn the weight down a little, and the cost falls. Here are both, over a wider range.

# %%
weights = np.linspace(now - 1, now + 1, 41)
counts, costs = [right(weight) for weight in weights], [cost(weight) for weight in weights]
slope = (cost(now + h) - cost(now - h)) / (2 * h)
net.weights[1][8, 18] = now
figures.show(figures.one_weight, weights, counts, costs, now, slope, size=(7, 4.2))

# %% [markdown]
# The count is a **staircase**. On a stair the ground is level: nothing tells you which way leads up, and at its edge you fall off without warning. The cost is a slope you can feel under your feet: it is smooth, so it has a derivative everywhere. That is what it is for. The two need not agree in every small stretch; here they even drift the same way, since a network this confused can win a few pictures while its answers get worse. Over a whole training both improve. You train on the cost, and in the end you still count.
#
# ## 4 · From slopes to a gradient
#
# The network has 23,860 numbers to turn. Start with two, $v = (v_1, v_2)$, and a cost you can survey, a bowl:
#
# $$C(v) = v_1^2 + 4 v_2^2$$


# %%
def bowl(v):
    return float(v[0] ** 2 + 4 * v[1] ** 2)


v = np.array([2.0, 1.0])
bowl(v)

# %% [markdown]
# Hold $v_2$ and turn only $v_1$: the cost is then a function of one number, and it has an ordinary slope. This is the **partial derivative** $\partial C / \partial v_1$: the slope in one direction while everything else is held. Here $\partial C/\partial v_1 = 2 v_1$ and $\partial C/\partial v_2 = 8 v_2$. What you measured in section 3 was a partial derivative as well, one of 23,860.

# %%
figures.show(figures.slices, *v, size=(7, 3.6))

# %% [markdown]
# Write the partial derivatives one below the other, and you have the **gradient**:
#
# $$\nabla C = \begin{pmatrix} \partial C / \partial v_1 \\ \partial C / \partial v_2 \end{pmatrix} = \begin{pmatrix} 2 v_1 \\ 8 v_2 \end{pmatrix} \qquad \text{as many numbers as } v$$


# %%
def gradient(v):
    return np.array([2.0, 8.0]) * v


gradient(v)

# %% [markdown]
# So *what is a gradient?* A list of slopes, one for each number you can turn. Read as an arrow, it points where the cost rises fastest, and the arrow is as long as the rise is steep. You need not believe that. Try all 360 directions from $v$, a tiny step each, and see which one rises most:

# %%
angles = np.radians(np.arange(360))
rises = [bowl(v + 1e-6 * np.array([np.cos(angle), np.sin(angle)])) for angle in angles]
direction = np.degrees(np.arctan2(*gradient(v)[::-1]))
print(f"steepest of the 360: {np.argmax(rises)} degrees; the gradient: {direction:.1f} degrees")

# %% [markdown]
# To go down, go against it. Seen from above, with a line wherever the cost has the same height:

# %%
figures.show(figures.downhill, size=(7, 4.6))

# %% [markdown]
# **Ask yourself.** Do the arrows point to the lowest place, in the middle? Look at those upper left. They point where it is steepest *here*, which is another matter. A gradient knows only the ground it stands on.
#
# ## 5 · Walk downhill
#
# Stand somewhere, measure the gradient, take a step against it, repeat. This is **gradient descent**:
#
# $$v \leftarrow v - \eta\, \nabla C(v) \tag{8}$$
#
# $v$ and $\nabla C$ have the same shape. The **learning rate** $\eta$ (eta) is one positive number that says how far to go.

# %%
from mnet import gradient_descent

figures.source(gradient_descent)

# %% [markdown]
# Equation (8) is the line that computes `step`; the rest checks the arguments, keeps the way for a picture, and stops if the numbers grow beyond bounds. Two steps from $v = (2, 1)$ with $\eta = 0.1$:

# %%
gradient_descent(gradient, v, eta=0.1, steps=2).round(3)

# %% [markdown]
# By hand: the gradient at (2, 1) is (4, 8). A tenth of it is (0.4, 0.8), and $2 - 0.4 = 1.6$, $1 - 0.8 = 0.2$.
#
# Why does this lower the cost? A small move $\Delta v$ changes it by about $\nabla C \cdot \Delta v$. With $\Delta v = -\eta \nabla C$ that is $-\eta \lVert \nabla C \rVert^2$, which is never positive. "About" and "small" are the catch.
#
# **Predict first.** A small $\eta$ crawls. A large one jumps. At which $\eta$ does the ball below never settle, however long it runs? The clue: along $v_2$, one step turns $v_2$ into $v_2 - \eta \cdot 8 v_2 = (1 - 8\eta)\, v_2$. Commit to a number, then move the slider.

# %%
panels.descent()

# %% [markdown]
# What you should have seen, as the learning rate grows from left to right:
#
# - Up to $\eta = 0.125$ the ball **converges** without turning back; at 0.125 the factor $1 - 8\eta$ is 0, and $v_2$ is right after one step.
# - Then the factor is negative: each step leaps across the valley. The ball **oscillates**, and still converges while the factor stays above $-1$.
# - At $\eta = 0.25$ the factor is $-1$: from one side to the other, for ever.
# - Beyond, each leap is longer than the last. The ball **diverges**.
#
# Where the slope grows by $c$ for each unit you move, $c$ is called the **curvature**, and the same sum gives the rule: the walk settles if $\lvert 1 - \eta c \rvert < 1$, that is, if $0 < \eta < 2/c$. The bowl has $c = 2$ along $v_1$ and $c = 8$ along $v_2$.

# %%
[float(2 / c) for c in (2, 8)]

# %% [markdown]
# Both must hold, so the steeper direction decides: 0.25. Put it to the test with 50 steps each.

# %%
for eta in 0.01, 0.1, 0.24, 0.25, 0.26:
    walk = gradient_descent(gradient, v, eta, steps=50)
    print(f"η = {eta:.2f}: cost {bowl(walk[-1]):.2g} after {len(walk) - 1} steps")

# %% [markdown]
# The narrow direction limits $\eta$, and the wide one then has to creep: at $\eta = 0.1$ the ball spends nearly all its steps on $v_1$. Every learning rate in this course is such a bargain, and in lesson 06 you strike it with a slider while a network trains.
#
# ## 6 · A neuron that tunes itself
#
# In lesson 02 you set a weight and a bias by hand, so that one neuron told zeros from ones by their darkness. Let it walk there. First the data: darkness, counted from its mean and in units of its spread, so that both directions of the bowl are about equally steep.

# %%
digits = mnist.train.columns(slice(0, 5000))[0].mean(axis=0, dtype=np.float64)
labels = mnist.train.labels[:5000]
darkness, zero = digits[labels < 2], 1.0 * (labels[labels < 2] == 0)[None]
scaled = (darkness - darkness.mean()) / darkness.std()
scaled.shape, zero.shape

# %% [markdown]
# The two numbers to turn are the weight and the bias, $v = (w, b)$. The cost is (6), of the neuron's answers (2) to all 1,042 pictures. And the gradient needs no formula: nudge each number to both sides, as you did above.


# %%
def neuron_cost(v):
    return quadratic_cost(sigmoid(v[0] * scaled + v[1])[None], zero)


def neuron_gradient(v, h=1e-5):
    return np.array([neuron_cost(v + nudge) - neuron_cost(v - nudge) for nudge in h * np.eye(2)]) / (2 * h)


neuron_gradient(np.array([0.0, 0.0])).round(3)

# %% [markdown]
# Starting from nothing, $w = 0$ and $b = 0$, the slope along $w$ is the larger by far, and negative: more weight, less cost. Off it goes.

# %%
walk = gradient_descent(neuron_gradient, np.array([0.0, 0.0]), eta=10.0, steps=100)
figures.show(figures.cost_per_step, [neuron_cost(v) for v in walk])

# %%
w, b = walk[-1]
right = (sigmoid(w * scaled + b)[None] > 0.5) == zero
print(f"{right.mean():.1%} of {right.size} zeros and ones are told apart")

# %% [markdown]
# By hand you had 94.8 % as well. And what did the neuron find? Turned back into plain darkness, its weight and bias are

# %%
plain_w = w / darkness.std()
plain_b = b - plain_w * darkness.mean()
print(f"weight {plain_w:.0f}, bias {plain_b:.0f}: it switches at darkness {-plain_b / plain_w:.2f}")

# %% [markdown]
# You had chosen 100 and -12, which switches at 0.12, after looking at the means. The neuron looked at nothing but its cost, and walked to the same place. **This is learning**, all of it: a cost, a gradient, many small steps.
#
# One thing stands in the way of a whole network. To nudge each number to both sides takes two questions a number:

# %%
parameters = sum(w.size + b.size for w, b in zip(net.weights, net.biases, strict=True))
print(f"{2 * parameters:,} passes through the data for one step")

# %% [markdown]
# Lesson 05 gets all 23,860 slopes out of one pass forward and one pass back.
#
# ## Your turn
#
# 1. In the panel, start at $v_2 = 0$. At which $\eta$ does the ball never settle now? Compute it first.
# 2. A bowl $C(v) = 50 v_1^2$ has gradient $100 v_1$. Which is the largest $\eta$ that settles? Test one just below and one just above with `gradient_descent(lambda v: 100 * v, np.array([1.0]), eta, 50)`.
# 3. Give `quadratic_cost` the picture of section 1 twice, with `np.hstack([a, a])` and `np.hstack([target, target])`. Predict: does the cost double?
# 4. Walk the neuron of section 6 with $\eta$ = 1 and $\eta$ = 100. Which cost do they reach in 100 steps?
#
# ## What you have now
#
# You measured how wrong an answer is, saw why a count cannot lead the way, put slopes together into a gradient, walked down it, and computed where walking turns into leaping. And one neuron has learned.
#
# ## In practice
#
# - A network's cost is no bowl. It has many valleys and long flat stretches, its curvature differs from place to place, and so nobody computes $2/c$ beforehand: you try learning rates. The three behaviours are the same.
# - For classifying, most people now use the cross-entropy cost, which learns faster from confident mistakes; the book's chapter 3 is about it. Everything here works for it, but for (7).
# - Libraries define "mean squared error" without the half and divide by the number of outputs as well. The walk is the same with another $\eta$.
#
# ## Read further
#
# Michael Nielsen, *Neural Networks and Deep Learning*, chapter 1, "Learning with gradient descent", equations (6) to (15).
#
# Next: [05 · Find who is to blame](05_backprop.ipynb).
