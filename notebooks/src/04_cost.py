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
# About 85 minutes, exercises included. Before this: [03 · Connect neurons into a network](03_feedforward.ipynb).

# %%
import mnet
from mnet import Network, checks, feedforward, figures, load_mnist, one_hot, sigmoid
from mnet.live import panels
import numpy as np

mnist = load_mnist()

# %% [markdown]
# ## 1 · One picture, one number
#
# The network answers a picture with ten numbers $a$, and the target $y$ is ten numbers as well. Take the ten differences, square them so that too high and too low both count, and add them up: that is $\lVert y - a \rVert^2$, the squared length of $y - a$. Half of it is the cost of one picture $x$, written $C_x$. The small $x$ says which picture it belongs to. The mean over all $m$ pictures is the cost of the network, $C$ without an $x$, the **quadratic cost**:
#
# $$C = \frac1m \sum_x C_x = \frac{1}{2m} \sum_x \lVert \underset{(10,\,1)}{y} - \underset{(10,\,1)}{a} \rVert^2 \tag{6}$$
#
# For $m$ pictures, $a$ and $y$ both have the shape $(10, m)$, one picture a column; $C$ is a single number. (The letter $x$ has several jobs, as in the book: it is a picture's 784 numbers, under a sum it says which picture, and in lesson 02 $x_1$ was one input of a neuron.) The function is [`quadratic_cost`](../mnet/cost.py):

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
# **Ask yourself.** Show the network the same picture twice, and it answers the same twice. Does the cost double? Commit to yes or no.

# %% tags=["predict"]
round(quadratic_cost(np.hstack([a, a]), np.hstack([y, y])), 6)

# %% [markdown]
# It stays: (6) is a mean. So you can compare the costs of ten pictures and of ten thousand.
#
# What is a good cost, what a bad one? Some landmarks:

# %% tags=["predict"]
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
# Take one picture and turn one of its ten outputs, $a_j$, while the nine others keep still. How fast does its cost change? One step a line:
#
# $$
# \begin{aligned}
# \frac{\partial C_x}{\partial a_j} &= \frac{\partial}{\partial a_j}\, \tfrac12 \sum_k (y_k - a_k)^2 && \text{the cost of one picture} \\
# &= \frac{\partial}{\partial a_j}\, \tfrac12 (y_j - a_j)^2 && \text{the nine other terms keep still} \\
# &= \tfrac12 \cdot 2\,(y_j - a_j) \cdot (-1) && \text{chain rule: the slope of } y_j - a_j \text{ is } -1 \\
# &= a_j - y_j
# \end{aligned}
# $$
#
# (Section 3 of lesson 02 has the slope of a square, and the chain rule.) Now you see what the half is for: it cancels the 2 that the square leaves behind. All outputs and all pictures at once:
#
# $$\underset{(10,\,m)}{\frac{\partial C_x}{\partial a}} = \underset{(10,\,m)}{a} - \underset{(10,\,m)}{y} \tag{7}$$
#
# In words: how far the answer lies above its target. Each column is the slope of its own picture's cost, not of the mean. The round ∂ says that everything else was held; section 4 comes back to it. The function is [`cost_derivative`](../mnet/cost.py):

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
nudge = np.zeros((10, 1))
nudge[3] = 1e-5
measured = (quadratic_cost(a + nudge, target) - quadratic_cost(a - nudge, target)) / 2e-5
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
# 60 of 1,000: no better than guessing. And its slope is 0: a small turn of this weight changes no answer from wrong to right. The slope of the cost is not 0, and it tells you what to do: turn the weight down a little, and the cost falls. Here are both, over a wider range.

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
# Each curve is a cut through the bowl, with its own tangent. Check the two slopes at $(2, 1)$ by the central difference: nudge one number, hold the other.

# %%
nudges = 1e-5 * np.eye(2)  # along v1 alone, and along v2 alone
[round((bowl(v + nudge) - bowl(v - nudge)) / 2e-5, 6) for nudge in nudges]

# %% [markdown]
# Write the partial derivatives one below the other (in the code, in a list of shape (2,), as $v$ is), and you have the **gradient**, ∇C (say "nabla C"):
#
# $$\underset{(2,)}{\nabla C} = \begin{pmatrix} \partial C / \partial v_1 \\ \partial C / \partial v_2 \end{pmatrix} = \begin{pmatrix} 2 v_1 \\ 8 v_2 \end{pmatrix} \qquad \text{as many numbers as } v$$


# %%
def gradient(v):
    return np.array([2.0, 8.0]) * v


gradient(v)

# %% [markdown]
# So *what is a gradient?* A list of slopes, one for each number you can turn. You can also read it as an arrow: so far along $v_1$, so far along $v_2$. Here is the bowl from above, with a line wherever the cost has the same height:

# %%
figures.show(figures.gradient_arrow, *v, size=(7, 4.6))

# %% [markdown]
# The arrow points where the cost rises fastest, and it is as long as the rise is steep. You need not believe that. Try all 360 directions from $v$, a tiny step each, and see which one rises most:

# %%
angles = np.radians(np.arange(360))
rises = [bowl(v + 1e-6 * np.array([np.cos(angle), np.sin(angle)])) for angle in angles]
along_v1, along_v2 = gradient(v)
direction = np.degrees(np.arctan2(along_v2, along_v1))  # the angle of the arrow, from the v1 axis
print(f"steepest of the 360: {np.argmax(rises)} degrees; the gradient: {direction:.1f} degrees")
steepest = (max(rises) - bowl(v)) / 1e-6
print(f"it rises by {steepest:.2f} a unit; the gradient's length: {np.hypot(*gradient(v)):.2f}")

# %% [markdown]
# To go down, go against it. The same, with its sign turned, at many places:

# %%
figures.show(figures.downhill, size=(7, 4.6))

# %% [markdown]
# **Ask yourself.** Do the arrows point to the lowest place, in the middle? Look at those upper left, then compute one: how far from the way to the middle does the arrow at $(-2, 1)$ point?

# %% tags=["predict"]
here = np.array([-2.0, 1.0])
downhill, to_the_middle = -gradient(here), -here
cosine = downhill @ to_the_middle / (np.linalg.norm(downhill) * np.linalg.norm(to_the_middle))
print(f"{np.degrees(np.arccos(cosine)):.0f} degrees beside it")

# %% [markdown]
# They point where it is steepest *here*, which is another matter. A gradient knows only the ground it stands on.
#
# ## 5 · Walk downhill
#
# Stand somewhere, measure the gradient, take a step against it, repeat. This is **gradient descent**:
#
# $$\underset{(d,)}{v} \leftarrow \underset{(d,)}{v} - \eta\, \underset{(d,)}{\nabla C(v)} \tag{8}$$
#
# The arrow reads "becomes". There are $d$ numbers to turn, 2 here, and $v$ and $\nabla C$ have the same shape. The **learning rate** $\eta$ (eta) is one positive number that says how far to go. The function is [`gradient_descent`](../mnet/cost.py):

# %%
from mnet import gradient_descent

figures.source(gradient_descent)

# %% [markdown]
# Equation (8) is the line that computes `step`; the rest keeps the way for a picture, and stops if the numbers grow beyond bounds. Two steps from $v = (2, 1)$ with $\eta = 0.1$:

# %%
gradient_descent(gradient, v, eta=0.1, steps=2).round(3)

# %% [markdown]
# By hand: the gradient at (2, 1) is (4, 8). A tenth of it is (0.4, 0.8), and $2 - 0.4 = 1.6$, $1 - 0.8 = 0.2$.
#
# Why does this lower the cost? A slope is how much the cost rises for each unit you move, so a small move $\Delta v$ changes the cost by each slope times its move, added up:
#
# $$
# \begin{aligned}
# \Delta C &\approx \frac{\partial C}{\partial v_1} \Delta v_1 + \frac{\partial C}{\partial v_2} \Delta v_2 && \text{slope times move, along each number} \\
# &= \nabla C \cdot \Delta v && \text{the same, as a product of two lists} \\
# &= -\eta\, \nabla C \cdot \nabla C && \text{rule (8): } \Delta v = -\eta\, \nabla C \\
# &= -\eta\, \lVert \nabla C \rVert^2 && \text{a square, with a minus: never positive}
# \end{aligned}
# $$
#
# At $(2, 1)$, where $\lVert \nabla C \rVert^2 = 4^2 + 8^2 = 80$, a step with $\eta = 0.001$ should lower the cost by about 0.08, one with $\eta = 0.1$ by about 8:

# %%
[round(bowl(v - eta * gradient(v)) - bowl(v), 4) for eta in (0.001, 0.1)]

# %% [markdown]
# The small step keeps the promise. The large one gets two thirds of it: the slopes have changed on the way. "About" and "small" are the catch.
#
# The second line also says what you saw in the pictures, that the arrow is square to its contour. Along a contour the cost stays as it is, so for a small move $\Delta v$ along it $\nabla C \cdot \Delta v = 0$; and two arrows whose product is 0 are square to each other. At $(2, 1)$, where $\nabla C = (4, 8)$, such a move is along $(2, -1)$:

# %%
move = 1e-3 * np.array([2.0, -1.0])
print(f"the product: {gradient(v) @ move:.6f}, the cost rises by {bowl(v + move) - bowl(v):.6f}")
print(f"as long a move along the gradient: {bowl(v + 1e-3 * np.array([1.0, 2.0])) - bowl(v):.6f}")

# %% [markdown]
# (What is left of the rise is the contour's bend.)
#
# **Predict first.** A small $\eta$ crawls. A large one jumps. At which $\eta$ does the ball below never settle, however long it runs? The clue: along $v_2$, one step turns $v_2$ into $v_2 - \eta \cdot 8 v_2 = (1 - 8\eta)\, v_2$. Commit to a number, then move the slider.

# %%
panels.descent()

# %% [markdown]
# <details><summary>What you should have seen, as the learning rate grows: open it when you have moved the slider</summary>
#
# - Up to $\eta = 0.125$ the ball **converges** without turning back; at 0.125 the factor $1 - 8\eta$ is 0, and $v_2$ is right after one step.
# - Then the factor is negative: each step leaps across the valley. The ball **oscillates**, and still converges while the factor stays above $-1$.
# - At $\eta = 0.25$ the factor is $-1$: from one side to the other, for ever.
# - Beyond, each leap is longer than the last. The ball **diverges**.
#
# </details>
#
# Where the slope grows by $c$ for each unit you move, $c$ is called the **curvature**, and the same step, which multiplies the place by $1 - \eta c$, gives the rule: the walk settles if $\lvert 1 - \eta c \rvert < 1$, that is, if $0 < \eta < 2/c$. The bowl has $c = 2$ along $v_1$ and $c = 8$ along $v_2$.
#
# The rule has two conditions, and the bowl meets both. The curvature is **constant**: the slope along $v_1$ grows by 2 a unit wherever you stand. And the numbers are **uncoupled**: the slope along $v_1$ does not change when $v_2$ moves, so that each walks by itself. (A bowl whose numbers are coupled has a limit as well: $2/c$ along its steepest direction, which need not be one of the axes.)

# %% tags=["predict"]
[float(2 / c) for c in (2, 8)]

# %% [markdown]
# Both must hold, so the steeper direction decides: 0.25. Put it to the test with 50 steps each.

# %% tags=["predict"]
for eta in 0.01, 0.1, 0.24, 0.25, 0.26:
    walk = gradient_descent(gradient, v, eta, steps=50)
    print(f"η = {eta:.2f}: cost {bowl(walk[-1]):.2g} after {len(walk) - 1} steps")

# %% [markdown]
# The narrow direction limits $\eta$, and the wide one then has to creep: at $\eta = 0.1$ the ball spends nearly all its steps on $v_1$. Every learning rate in this course is such a bargain, and in lesson 06 you strike it with a slider while a network trains.
#
# ## 6 · A neuron that tunes itself
#
# In lesson 02 you set a weight and a bias by hand, so that one neuron told zeros from ones by their darkness. Let it walk there. First the data: darkness, counted from its mean and in units of its spread, so that, at the start, the curvature is the same along the weight and along the bias, and one $\eta$ suits both. (`[None]` puts the targets in one row: one output, and a column for each picture.)

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
    return mnet.quadratic_cost(sigmoid(v[0] * scaled + v[1])[None], zero)


def neuron_gradient(v, h=1e-5):
    return np.array([neuron_cost(v + nudge) - neuron_cost(v - nudge) for nudge in h * np.eye(2)]) / (2 * h)


neuron_gradient(np.array([0.0, 0.0])).round(3)

# %% [markdown]
# Starting from nothing, $w = 0$ and $b = 0$, the slope along $w$ is the larger by far, and negative: more weight, less cost. Rule (8) for these two numbers reads
#
# $$w \leftarrow w - \eta\, \frac{\partial C}{\partial w}, \qquad b \leftarrow b - \eta\, \frac{\partial C}{\partial b}$$
#
# and a network's rule, in lesson 06, is the same with arrays for $w$ and $b$. How large may η be? The curvature is how fast the slope changes:

# %% tags=["predict"]
nudges = 0.01 * np.eye(2)
changes = [(neuron_gradient(nudge) - neuron_gradient(-nudge)) / 0.02 for nudge in nudges]
np.round(changes, 4) + 0  # or a zero may read as -0

# %% [markdown]
# The first row is how the two slopes change when $w$ moves, the second when $b$ does. The curvature is 0.0625 along both, $2/c = 32$, and beside them stand zeros: here the two are uncoupled. η = 10 is not reckless. Off it goes.

# %%
walk = gradient_descent(neuron_gradient, np.array([0.0, 0.0]), eta=10.0, steps=100)
figures.show(figures.cost_per_step, [neuron_cost(v) for v in walk])

# %%
w, b = walk[-1]
told = (sigmoid(w * scaled + b)[None] > 0.5) == zero
print(f"{told.mean():.1%} of {told.size} zeros and ones are told apart")

# %% [markdown]
# Is $2/c = 32$ the limit, then, and does η = 64 run away? **Predict:** which of these η ends lowest after 100 steps, and which diverges?

# %% tags=["predict"]
for eta in 10, 30, 64, 100, 500:
    places = gradient_descent(neuron_gradient, np.array([0.0, 0.0]), eta, steps=100)
    first, last = neuron_cost(places[1]), neuron_cost(places[-1])
    print(f"η = {eta:3}: cost {first:.3f} after one step, {last:.4f} after 100")

# %% [markdown]
# None diverges, and 64 beats 10. The curvature was measured at the start and is not constant: after one long step the neuron is surer of itself, the sigmoid flatter, and the curvature less. Measure it again where η = 10 has led, after 100 steps:

# %% tags=["predict"]
nudges = 0.01 * np.eye(2)
there = walk[-1]
changes = [(neuron_gradient(there + nudge) - neuron_gradient(there - nudge)) / 0.02 for nudge in nudges]
np.round(changes, 4)

# %% [markdown]
# Along $w$ it is a fiftieth of what it was, and where $w$ moves, the slope along $b$ now changes as much as its own: the two are coupled. Both conditions have failed. So $2/c$ says how far a step may go *from where it was measured*. Nor does a large η get off free: at 500 the first leap lands where everything is flat, and the walk creeps from there.
#
# And what did the neuron find? In lesson 02 the best switch by hand stood at a darkness of 0.115 and told 95.0 % apart; how steep it should be, the count could not say. Turned back into plain darkness, the walk's weight and bias are

# %% tags=["predict"]
plain_w = w / darkness.std()
plain_b = b - plain_w * darkness.mean()
print(f"weight {plain_w:.0f}, bias {plain_b:.0f}: it switches at darkness {-plain_b / plain_w:.2f}")

# %% [markdown]
# The neuron looked at nothing but its cost, and put its switch next to yours. It even has a steepness, since the cost sees how sure it is where it is wrong. And it tells a few pictures less apart than the best switch: what it makes small is the cost, not the count of mistakes. **This is learning**, all of it: a cost, a gradient, many small steps.
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
# Replace each `...`, or mend the line, and run the cell. The check says ○ for not yet, ✗ with the likely mistake, or ✓.
#
# ### Exercise 1 · The cost from one length
#
# `np.linalg.norm` gives a length: the root of the sum of all squares of an array, be it a column or a table. Equation (6) has a length for each picture. Write the cost of answers `a` and targets `y`, both of shape $(10, m)$, with one single call of `np.linalg.norm` and no loop. Return one number. Why is one call enough?
#
# <details><summary>Hint 1, a question</summary>What is the square of a column's length? And what is the square of the length of a whole table?</details>
# <details><summary>Hint 2, where to look</summary>Equation (6): which of the two lengths of <code>a.shape</code> is its m, and what else stands below the line?</details>


# %% tags=["exercise"]
def my_cost(a, y):
    return ...


checks.quadratic_cost(my_cost)


# %% tags=["solution"]
def my_cost(a, y):
    return np.linalg.norm(y - a) ** 2 / (2 * a.shape[1])


checks.quadratic_cost(my_cost)

# %% [markdown]
# Once the check says ✓, the neuron of section 6 learns by *your* cost. While the dots stand, it learns by ours; a wrong answer is refused again.

# %%
with checks.plugged_in(quadratic_cost=my_cost):
    walk = gradient_descent(neuron_gradient, np.array([0.0, 0.0]), eta=10.0, steps=100)
    print(f"cost {neuron_cost(walk[0]):.3f} at the start, {neuron_cost(walk[-1]):.3f} after 100 steps")

# %% [markdown]
# ### Exercise 2 · Spot the bug by its curve
#
# Somebody moves an answer downhill, all ten numbers at once, by $a \leftarrow a - \eta\, \partial C_x / \partial a$ with η = 0.1, and gets this curve:

# %%
moved = [a]
for _ in range(10):
    moved.append(moved[-1] - 0.1 * (target - moved[-1]))
figures.show(figures.cost_per_step, [quadratic_cost(answer, target) for answer in moved], size=(7, 2.6))

# %% [markdown]
# The step is equation (8), without a mistake. The line below computes the slope for it. Mend it. What its author says of the 2 and of the half is true, and one thing is missing: "the 2 comes down and cancels the half, so the slope is $y - a$".
#
# <details><summary>Hint 1, a question</summary>Each step multiplies the distance from the target by the same number. By which, here? And by which should it?</details>
# <details><summary>Hint 2, where to look</summary>In the derivation of (7), look at the line "chain rule".</details>


# %% tags=["exercise", "predict"]
def slope_of_cost(a, y):
    return y - a


checks.cost_derivative(slope_of_cost)


# %% tags=["solution"]
def slope_of_cost(a, y):
    return a - y


checks.cost_derivative(slope_of_cost)

# %% [markdown]
# ### Exercise 3 · Three curves
#
# Three people let the neuron of section 6 learn, each with one mistake in the line that takes the step:
#
# 1. `v + eta * gradient`: the sign is wrong,
# 2. `-eta * gradient`: where it stood is forgotten,
# 3. `v - eta * gradient`, with an η a thousand times too small.
#
# Which curve is whose? Answer with three letters, that of mistake 1 first: `"ABC"` says 1 is A, 2 is B, 3 is C. There is no error message for any of the three; a curve is all you get.
#
# <details><summary>Hint 1, a question</summary>Where does each of them stand after one step, and where after two?</details>
# <details><summary>Hint 2, where to look</summary>Write the second step of mistake 2: it starts from 0 again, with the gradient of another place. Can it get nearer and nearer?</details>


# %%
def learn(step):
    places = [np.array([0.0, 0.0])]
    for _ in range(100):
        places.append(step(places[-1], neuron_gradient(places[-1])))
    return [neuron_cost(v) for v in places]


mistakes = [
    lambda v, slope: v + 10 * slope,
    lambda v, slope: -10 * slope,
    lambda v, slope: v - 0.01 * slope,
]
order = np.random.default_rng(0).permutation(3)
curves = {letter: learn(mistakes[k]) for letter, k in zip("ABC", order, strict=True)}

# %% [markdown]
# All three on one scale, in an order that chance has chosen:

# %%
figures.show(figures.cost_curves, curves, size=(9, 2.8))

# %% tags=["exercise"]
my_curves = ...
checks.answer("04 curves", my_curves)

# %% tags=["solution"]
my_curves = "BCA"
checks.answer("04 curves", my_curves)

# %% [markdown]
# Once the check says ✓, see what chance has chosen:

# %% tags=["predict"]
print({letter: f"mistake {k + 1}" for letter, k in zip("ABC", order, strict=True)})

# %% [markdown]
# ### Exercise 4 · At which η does it never settle?
#
# Another bowl is $C(v) = 5 v_1^2 + 2 v_2^2$, and the ball starts at $v_1 = 0$, with $v_2$ anywhere but 0. At which $\eta$ does it jump from one side to the other for ever? Compute it; the cell below the check lets the ball walk.
#
# <details><summary>Hint 1, a question</summary>By which number does one step multiply v₂, and which number sends it to the other side for ever?</details>
# <details><summary>Hint 2, where to look</summary>In section 5 the slope along v₂ is 8 v₂, so the factor is 1 − 8 η, and −1 is where it never settles. What is the slope along v₂ here?</details>

# %% tags=["exercise"]
my_eta = ...
checks.answer("04 eta", my_eta)

# %% tags=["solution"]
my_eta = 2 / 4
checks.answer("04 eta", my_eta)

# %% [markdown]
# Below this η the walk settles, at it never, above it runs away. Once you have answered, see the costs after 50 steps from the start $(0, 2.5)$, with half your η, nine tenths of it, all, and a tenth more:

# %%
if my_eta is not ...:
    for share in 0.5, 0.9, 1.0, 1.1:
        places = gradient_descent(lambda v: [10, 4] * v, np.array([0.0, 2.5]), share * my_eta, steps=50)
        cost_there = 2 * places[-1][1] ** 2
        print(f"η = {share * my_eta:.2f}: cost {cost_there:.2g} after {len(places) - 1} steps")

# %% [markdown]
# ### Exercise 5 · Predict a number, then measure it
#
# From $(2, 1)$ you may take one step of rule (8), and one only. With which η does it land lowest? Not with 0.125, which puts $v_2$ right after one step and leaves $v_1$ far out. Write down a guess first; then compute it, to three decimals.
#
# <details><summary>Hint 1, a question</summary>After the step the cost is a function of η alone. What kind of curve is it, and what is its slope where it is lowest?</details>
# <details><summary>Hint 2, where to look</summary>The step leads to (2 − 4 η, 1 − 8 η). Put that into the bowl, take the slope along η, and set it to 0.</details>

# %% tags=["exercise"]
my_best = ...
checks.answer("04 best", my_best)

# %% tags=["solution"]
my_best = 80 / 544
checks.answer("04 best", my_best)

# %%
if my_best is not ...:
    etas = np.arange(0.0, 0.3, 0.001)
    lowest = etas[np.argmin([bowl(v - eta * gradient(v)) for eta in etas])]
    print(f"measured: lowest at η = {lowest:.3f}, with a cost of {bowl(v - lowest * gradient(v)):.2f}")

# %% [markdown]
# ## What you have now
#
# You measured how wrong an answer is, saw why a count cannot lead the way, put slopes together into a gradient, walked down it, and computed where walking turns into leaping. And one neuron has learned.
#
# ## In practice
#
# - A network's cost is no bowl. It has many valleys and long flat stretches, its curvature differs from place to place and couples all numbers, and so nobody computes $2/c$ beforehand: you try learning rates. The three behaviours are the same.
# - For classifying, most people now use the cross-entropy cost, which learns faster from confident mistakes. Everything here works for it, but for (7): [lesson 08](08_improve.ipynb) derives it.
# - Libraries define "mean squared error" without the half and divide by the number of outputs as well. The walk is the same with another $\eta$.
#
# ## Read further
#
# Michael Nielsen, *Neural Networks and Deep Learning*, chapter 1, "Learning with gradient descent", equations (6) to (15).
#
# Next: [05 · Find who is to blame](05_backprop.ipynb).
