# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 05 · Find who is to blame
#
# **Who is to blame?** The network answers wrongly, and 23,860 numbers had a part in it. Backpropagation says of each one how much, in about the time of a few answers.
#
# **You will build** the four equations of backpropagation, each derived line by line and each checked by a measurement.
#
# **You will be able to**
#
# - say what the error δ of a neuron is, without a formula,
# - carry it from the output back to any layer, with the shapes of every array,
# - turn it into the gradient of every weight and bias,
# - find a mistake in a gradient by central differences.
#
# About 60 minutes: this is the heart of the course. Before this: [04 · Measure how wrong it is](04_cost.ipynb).

# %%
import timeit

from mnet import Network, feedforward, figures, load_mnist, quadratic_cost, sigmoid, sigmoid_prime
from mnet.live import panels
import numpy as np

mnist = load_mnist()

# %% [markdown]
# ## 1 · Two neurons in a chain
#
# Start with the smallest network that has a hidden layer: one input, one hidden neuron, one output neuron. The input is $x = 1$, and the answer should be $y = 1$.

# %%
x, y = 1.0, 1.0
w1, b1 = 2.0, -1.0
w2, b2 = -3.0, 2.0

# %%
z1 = w1 * x + b1
a1 = sigmoid(z1)
z2 = w2 * a1 + b2
a2 = sigmoid(z2)
[round(float(v), 3) for v in (z1, a1, z2, a2, (a2 - y) ** 2 / 2)]

# %% [markdown]
# By hand: $z_1 = 2 \cdot 1 - 1 = 1$, so $a_1 = 0.731$; then $z_2 = -3 \cdot 0.731 + 2 = -0.193$, so $a_2 = 0.452$. The cost $C = \tfrac12 (a_2 - y)^2$ is 0.150. Who is to blame for it?
#
# ### Nudge a neuron
#
# Imagine a hand that reaches into the output neuron and adds a little to its weighted input $z_2$. How does the cost move? That is all that an error is:
#
# > **The error δ of a neuron is how much the cost rises for each unit added to the neuron's z.**
#
# In a formula, $\delta = \partial C / \partial z$. A positive δ says: this neuron is too loud. A negative one: too quiet. Near zero: it matters little here, leave it. The sign and the size are the blame. Measure it, with the central difference of lesson 02:


# %%
def cost_of(z):
    return (sigmoid(z) - y) ** 2 / 2


h = 1e-5
measured_2 = (cost_of(z2 + h) - cost_of(z2 - h)) / (2 * h)
round(float(measured_2), 3)

# %%
distance = np.linspace(-4, 4, 81)
figures.show(figures.nudge, distance, cost_of(z2 + distance), measured_2)

# %% [markdown]
# The output neuron is too quiet: push its $z$ up by a little, and the cost falls by 0.136 times that little.
#
# ### The chain rule
#
# The measurement says how much; calculus says why. A nudge of $z_2$ moves $a_2$, and $a_2$ moves $C$. Along a chain, rates multiply:
#
# $$\delta_2 = \frac{\partial C}{\partial z_2} = \frac{\partial C}{\partial a_2} \cdot \frac{\partial a_2}{\partial z_2} = (a_2 - y)\,\sigma'(z_2)$$
#
# The chain to the hidden neuron is longer: $z_1$ moves $a_1$, which moves $z_2$, and from there on you know the rest. It is $\delta_2$.
#
# $$\delta_1 = \frac{\partial C}{\partial z_1} = \delta_2 \cdot \frac{\partial z_2}{\partial a_1} \cdot \frac{\partial a_1}{\partial z_1} = \delta_2 \cdot w_2 \cdot \sigma'(z_1)$$
#
# **By hand first.** $\delta_2 = (0.452 - 1) \cdot 0.248 = -0.136$, as measured. Now compute $\delta_1$ on paper; $\sigma'(1)$ is 0.197. Which sign does it have, and why?

# %%
delta_2 = (a2 - y) * sigmoid_prime(z2)
delta_1 = delta_2 * w2 * sigmoid_prime(z1)
round(float(delta_2), 3), round(float(delta_1), 3)

# %% [markdown]
# $\delta_1$ is positive: the hidden neuron is too loud. The output should rise, but it listens with $w_2 = -3$, so what it hears should fall. Confirm it with a nudge of $z_1$:


# %%
def cost_along(z):
    return cost_of(w2 * sigmoid(z) + b2)


measured_1 = (cost_along(z1 + h) - cost_along(z1 - h)) / (2 * h)
print("both errors agree to 1e-8:", max(abs(measured_2 - delta_2), abs(measured_1 - delta_1)) < 1e-8)

# %% [markdown]
# ### From errors to weights
#
# You cannot reach into a neuron. You can turn its weight and its bias, and since $z = w a + b$, one step more of the chain rule does it:
#
# $$\frac{\partial C}{\partial b} = \delta \cdot \frac{\partial z}{\partial b} = \delta \cdot 1, \qquad \frac{\partial C}{\partial w} = \delta \cdot \frac{\partial z}{\partial w} = \delta \cdot a_{\text{heard}}$$
#
# A weight is to blame as far as its neuron is to blame **and** something came in through it. Four numbers, the whole gradient of this network:

# %%
print(f"output neuron: dC/db2 = {delta_2:.3f}, dC/dw2 = {delta_2 * a1:.3f}")
print(f"hidden neuron: dC/db1 = {delta_1:.3f}, dC/dw1 = {delta_1 * x:.3f}")

# %% [markdown]
# You now know backpropagation. What remains is to do it for many neurons a layer, and for many examples at once: the same four rules, with matrices. They are known as BP1 to BP4.
#
# ## 2 · A network to test on
#
# Four inputs, three hidden neurons, two outputs, one example; in 64-bit numbers, so that a check can be strict. Here is the way forward, with every $z$ and $a$ kept. Names with `_out` belong to the output layer.

# %%
rng = np.random.default_rng(0)
net = Network([4, 3, 2], rng=rng, dtype=np.float64)
x, y = rng.random((4, 1)), np.array([[1.0], [0.0]])
(w, w_out), (b, b_out) = net.weights, net.biases

# %%
z = w @ x + b
a = sigmoid(z)
z_out = w_out @ a + b_out
a_out = sigmoid(z_out)
print("z", z.shape, " a", a.shape, " z_out", z_out.shape, " a_out", a_out.shape)

# %% [markdown]
# And one tool: the central difference for a function of many numbers. It nudges one of them at a time, up and down. It knows no calculus, so it cannot repeat a mistake that we make in ours.


# %%
def slopes(function, v):
    nudges = h * np.eye(v.size).reshape(v.size, *v.shape)
    return np.reshape([(function(v + n) - function(v - n)) / (2 * h) for n in nudges], v.shape)


slopes(lambda v: float((v**2).sum()), np.array([[1.0], [3.0]])).round(6)

# %% [markdown]
# The slopes of $v_1^2 + v_2^2$ at $(1, 3)$ are 2 and 6. The tool works.
#
# ## 3 · BP1: the error of the output layer
#
# For one example, $C = \tfrac12 \sum_k (a_k - y_k)^2$. Nudge $z_j$ of output neuron $j$, and follow every path to the cost:
#
# $$
# \begin{aligned}
# \delta_j &= \frac{\partial C}{\partial z_j} && \text{what an error is} \\
# &= \sum_k \frac{\partial C}{\partial a_k} \frac{\partial a_k}{\partial z_j} && \text{chain rule, all paths} \\
# &= \frac{\partial C}{\partial a_j} \frac{\partial a_j}{\partial z_j} && z_j \text{ moves no other output than } a_j \\
# &= (a_j - y_j)\,\sigma'(z_j) && \text{equation (7), and } a_j = \sigma(z_j)
# \end{aligned}
# $$
#
# For all $j$ at once, and with $\odot$ for "multiply number by number" (`*` in NumPy):
#
# $$\underset{(j,\,m)}{\delta} = \underset{(j,\,m)}{(a - y)} \odot \underset{(j,\,m)}{\sigma'(z)} \tag{9}$$

# %%
from mnet import output_error

figures.source(output_error)

# %%
delta_out = output_error(a_out, y, z_out)
measured = slopes(lambda v: quadratic_cost(sigmoid(v), y), z_out)
print("BP1 agrees to 1e-8:", abs(delta_out - measured).max() < 1e-8)

# %% [markdown]
# Read equation (9) once more: blame is how wrong you are, times how much you can still be moved. A saturated neuron, however wrong, gets hardly any.
#
# ## 4 · BP2: one layer back
#
# A hidden neuron has no target. Nobody says what it should have answered; it is to blame only through those who listen to it. Write "next" for the layer that listens:
#
# $$
# \begin{aligned}
# \delta_j &= \frac{\partial C}{\partial z_j} && \text{what an error is} \\
# &= \sum_k \frac{\partial C}{\partial z_k^{\text{next}}} \frac{\partial z_k^{\text{next}}}{\partial z_j} && \text{chain rule: every path leads through the next layer} \\
# &= \sum_k \delta_k^{\text{next}} \frac{\partial z_k^{\text{next}}}{\partial z_j} && \text{the first factor is an error, and known} \\
# &= \sum_k \delta_k^{\text{next}}\, w_{kj}^{\text{next}}\, \sigma'(z_j) && \text{since } z_k^{\text{next}} = \sum_i w_{ki}^{\text{next}} \sigma(z_i) + b_k^{\text{next}}
# \end{aligned}
# $$
#
# The sum runs over $k$, the **first** index of $w_{kj}$: down a column, not along a row. That is a product with the transpose, and the shapes agree:
#
# $$\underset{(j,\,m)}{\delta} = \bigl(\underset{(k,\,j)}{w_{\text{next}}}{}^{\mathsf T}\; \underset{(k,\,m)}{\delta_{\text{next}}}\bigr) \odot \underset{(j,\,m)}{\sigma'(z)} \tag{10}$$

# %%
from mnet import propagate_error

figures.source(propagate_error)

# %%
delta = propagate_error(w_out, delta_out, z)
measured = slopes(lambda v: quadratic_cost(sigmoid(w_out @ sigmoid(v) + b_out), y), z)
print("BP2 agrees to 1e-8:", abs(delta - measured).max() < 1e-8)

# %% [markdown]
# Forward, $w$ carries answers from $j$ to $k$; backward, $w^{\mathsf T}$ carries blame from $k$ to $j$, over the same lines. Hence the name backpropagation. Is it one more loop for each further layer? Yes: apply (10) again and again, until the first hidden layer.
#
# ## 5 · BP3 and BP4: from errors to gradients
#
# Two short chains, from $z_j = \sum_k w_{jk}\, a_k^{\text{prev}} + b_j$:
#
# $$
# \begin{aligned}
# \frac{\partial C}{\partial b_j} &= \frac{\partial C}{\partial z_j} \frac{\partial z_j}{\partial b_j} = \delta_j \cdot 1 \\
# \frac{\partial C}{\partial w_{jk}} &= \frac{\partial C}{\partial z_j} \frac{\partial z_j}{\partial w_{jk}} = \delta_j\, a_k^{\text{prev}}
# \end{aligned}
# $$
#
# That is for one example. The cost (6) is the mean over $m$ examples, and the slope of a mean is the mean of the slopes. Each example has its column in δ, so for the biases the mean runs along each row:
#
# $$\underset{(j,\,1)}{\frac{\partial C}{\partial b}} = \frac1m \sum_x \underset{(j,\,1)}{\delta_x} \tag{11}$$

# %%
from mnet import bias_gradient

figures.source(bias_gradient)

# %% [markdown]
# To see whether the mean is right, one example is not enough: a sum of one and a mean of one are the same. Take five examples.

# %%
x, y = rng.random((4, 5)), np.eye(2)[:, [0, 1, 1, 0, 1]]
z = w @ x + b
a = sigmoid(z)
z_out = w_out @ a + b_out
delta_out = output_error(sigmoid(z_out), y, z_out)
delta = propagate_error(w_out, delta_out, z)

# %%
measured = slopes(lambda v: quadratic_cost(sigmoid(w_out @ sigmoid(w @ x + v) + b_out), y), b)
print("b", b.shape, "and its gradient", bias_gradient(delta).shape)
print("BP3 agrees to 1e-8:", abs(bias_gradient(delta) - measured).max() < 1e-8)

# %% [markdown]
# For the weights, $\delta_j a_k$ for all $j$ and $k$ is a column times a row, $(j, 1)(1, k)$. With $m$ columns, the matrix product adds up the examples by itself:
#
# $$\underset{(j,\,k)}{\frac{\partial C}{\partial w}} = \frac1m\; \underset{(j,\,m)}{\delta}\; \underset{(k,\,m)}{a_{\text{prev}}}{}^{\mathsf T} \tag{12}$$

# %%
from mnet import weight_gradient

figures.source(weight_gradient)

# %%
measured = slopes(lambda v: quadratic_cost(sigmoid(w_out @ sigmoid(v @ x + b) + b_out), y), w)
print("w", w.shape, "and its gradient", weight_gradient(delta, x).shape)
print("BP4 agrees to 1e-8:", abs(weight_gradient(delta, x) - measured).max() < 1e-8)

# %% [markdown]
# The sum has vanished into the `@`. Check that it is a mean of five single gradients, column by column:

# %%
singles = [weight_gradient(delta[:, [i]], x[:, [i]]) for i in range(5)]
print("mean of five single gradients:", np.allclose(weight_gradient(delta, x), np.mean(singles, axis=0)))

# %% [markdown]
# ## 6 · Backpropagation
#
# Forward, keeping every $z$ and $a$; BP1 at the end; then, layer by layer towards the input, BP3 and BP4, and BP2 to step back. You have written every line of it:

# %%
from mnet import backprop

figures.source(backprop)

# %%
gradient = backprop(net, x, y)
print("nabla_b:", [g.shape for g in gradient.nabla_b])
print("nabla_w:", [g.shape for g in gradient.nabla_w])

# %% [markdown]
# A gradient has the shape of what it belongs to: for each bias a number in `nabla_b`, for each weight one in `nabla_w`. (∇ is called nabla.) The update of lesson 04 can subtract one from the other.
#
# ### Check everything at once
#
# One check for a whole network, whatever its layers: nudge each parameter $p$, be it a weight or a bias, and ask the network for its cost.
#
# $$\frac{\partial C}{\partial p} \approx \frac{C(p + h) - C(p - h)}{2h} \tag{13}$$

# %%
from mnet import numerical_gradient

figures.source(numerical_gradient)

# %%
deep = Network([5, 4, 3, 2], rng=np.random.default_rng(1), dtype=np.float64)
x5, y5 = rng.random((5, 6)), np.eye(2)[:, [0, 0, 1, 0, 1, 1]]
fast, slow = backprop(deep, x5, y5), numerical_gradient(deep, x5, y5)
worst = max(abs(f - s).max() for fs, ss in zip(fast, slow, strict=True) for f, s in zip(fs, ss, strict=True))
print("three layers of weights agree to 1e-8:", worst < 1e-8)

# %% [markdown]
# ### Why not always so?
#
# `numerical_gradient` is short, needs no calculus, and cannot be fooled. Why not learn with it? **Predict first:** how often does it ask $[784, 30, 10]$ for an answer, for a single step downhill?

# %%
net = Network([784, 30, 10], rng=np.random.default_rng(0))
parameters = sum(w.size + b.size for w, b in zip(net.weights, net.biases, strict=True))
2 * parameters

# %% [markdown]
# Twice for each parameter. Backpropagation goes forward once and back once, and has them all. Compare the time of that many answers with the time of one `backprop`, on ten images. (`ratio` holds the factor on your machine; it varies from one to the next.)

# %% tags=["nbval-ignore-output"]
x, y = mnist.train.columns(slice(0, 10))
ask = min(timeit.repeat(lambda: quadratic_cost(feedforward(net, x), y), number=20, repeat=5))
back = min(timeit.repeat(lambda: backprop(net, x, y), number=20, repeat=5))
ratio = 2 * parameters * ask / back
print("more than 5,000 times as long:", ratio > 5000)

# %% [markdown]
# A run of backpropagation that takes ten seconds would take the better part of a day, at the least. So: central differences to check, on a small network; backpropagation to learn.
#
# ## 7 · One by one, or all together
#
# The original of this algorithm takes one example after another and averages the gradients. Ours takes all columns in one go. Same mathematics; are they the same numbers?

# %%
net64 = Network([784, 30, 10], rng=np.random.default_rng(0), dtype=np.float64)
singles = [backprop(net64, x[:, [i]], y[:, [i]]) for i in range(10)]
together = backprop(net64, x, y)
[
    bool(abs(together.nabla_w[l] - np.mean([s.nabla_w[l] for s in singles], axis=0)).max() < 1e-12)
    for l in (0, 1)
]

# %% [markdown]
# To twelve decimals, in both layers. The difference is time: ten small products against one larger one.


# %% tags=["nbval-ignore-output"]
def one_by_one():
    return [backprop(net, x[:, [i]], y[:, [i]]) for i in range(10)]


loop = min(timeit.repeat(one_by_one, number=20, repeat=5))
print("the loop takes more than twice as long:", loop > 2 * back)

# %% [markdown]
# ## 8 · Look at the blame
#
# Back to digits. The first test image is a 7. Here is the error δ of each output neuron of our untrained network. With one example, $\partial C / \partial b = \delta$, so `nabla_b` holds it.

# %%
x, y = mnist.test.columns(slice(0, 1))
one = backprop(net, x, y)
figures.show(figures.errors, one.nabla_b[1], label=7)

# %% [markdown]
# Neuron 7 should be louder: its δ is negative. Others should be quieter. And look at neuron 5, which lesson 03 found the loudest of all for this image, and wrongly so. **Ask yourself** why its δ is nearly nothing, before you run the next cell.

# %%
z5 = net.weights[1][5] @ sigmoid(net.weights[0] @ x + net.biases[0]) + net.biases[1][5]
print(f"answer above 0.99: {sigmoid(z5)[0] > 0.99}; slope below 0.01: {sigmoid_prime(z5)[0] < 0.01}")

# %% [markdown]
# It is as wrong as can be, and saturated. σ′ multiplies its blame by almost zero: it will learn slowest where it is most wrong.
#
# Now the weights of one hidden neuron, number 15. It has one for each pixel, so its gradient is a picture:

# %%
figures.show(figures.gradient_image, one.nabla_w[0][15], size=(4.8, 3.8))

# %% [markdown]
# It is the 7 itself. Equation (12) says why: $\delta_{15}$ is one number, and $a_{\text{prev}}$ is the image. One example can teach a neuron nothing but "more of this" or "less of this". Where the paper is blank, nothing came in, and those weights are not to blame.

# %%
print("blame times image:", np.allclose(one.nabla_w[0][15], one.nabla_b[0][15] * x[:, 0]))

# %% [markdown]
# With a thousand examples, the neuron is told "more" of some and "less" of others, and the mean tells strokes apart. In this picture an orange ring, much like a 0, lies around a purple stroke, much like a 1: listen less to the one, more to the other.

# %%
x, y = mnist.train.columns(slice(0, 1000))
figures.show(figures.gradient_image, backprop(net, x, y).nabla_w[0][15], size=(4.8, 3.8))

# %% [markdown]
# ## 9 · Blame fades
#
# Each step back multiplies by σ′, and σ′ is at most $\tfrac14$. What is left for the first layers of a deeper network? Take three hidden layers, 200 images, and the mean size of δ in every layer.

# %%
deep = Network([784, 30, 30, 30, 10], rng=np.random.default_rng(0))
x, y = mnist.train.columns(slice(0, 200))
activations, zs = [x], []
for w, b in zip(deep.weights, deep.biases, strict=True):
    zs.append(w @ activations[-1] + b)
    activations.append(sigmoid(zs[-1]))

# %% [markdown]
# BP1 gives the last δ. Three times BP2 gives the others, each put in front of the one it came from:

# %%
deltas = [output_error(activations[-1], y, zs[-1])]
for l in (3, 2, 1):
    deltas.insert(0, propagate_error(deep.weights[l], deltas[0], zs[l - 1]))
sizes = [float(abs(delta).mean()) for delta in deltas]
print("at least ten times smaller at the front than at the end:", sizes[0] < sizes[-1] / 10)

# %%
figures.show(figures.error_by_layer, sizes, size=(7, 2.6))

# %% [markdown]
# The layer that sees the pixels gets the least. It would learn last, although all others depend on it. This is the **vanishing gradient**, one reason why deep networks did not work for a long time. Weights act against it, $w^{\mathsf T}$ also multiplies: large ones could even make blame explode. Here σ′ wins.

# %%
print("largest possible slope:", float(sigmoid_prime(0.0)))
print("at most, after three steps back:", 0.25**3)

# %% [markdown]
# ## 10 · Step through it, then break it
#
# The panel takes one test image through $[784, 30, 10]$ and back. Move **step** from 0 to 7, and at each one say what the numbers are and why they have this shape, before you read it.
#
# On the right stand five checks: each equation alone, fed with correct inputs, and then all four together, on the 4-3-2 network with five examples. **break it** replaces one equation by a version with a common mistake.
#
# **Predict first.** Someone forgets σ′ in BP1. Which checks go red? And if σ′ is missing in BP2 instead: which of the four arrays of the gradient are still right? Write it down, then break it.

# %%
panels.backprop(mnist)

# %% [markdown]
# What you should have seen:
#
# - Each mistake turns its own equation's check red, and "all four" with it. The check alone says where to look; all four say that something is wrong.
# - A mistake in BP1 spoils every array of the gradient, since all blame starts there. One in BP2 leaves the output layer right, and spoils everything before it.
# - With the wrong sign the numbers look healthy, and the network climbs uphill. No shape would tell you.
# - "w, not its transpose" cannot be computed here, since the shapes do not fit. With as many neurons in both layers they would, and be wrong in silence. A small network to check on should have layers of different sizes.

# %%
from mnet.live import blame

for name, change in blame.BREAKS.items():
    print(f"{name:26}", [check.name for check in blame.checks(change) if not check.passed])

# %% [markdown]
# ## Your turn
#
# 1. In the chain of section 1, set $w_2 = 0$. Which of the four gradients become 0, and which do not? Predict, then run.
# 2. Write your own `weight_gradient` for one example with `np.outer`, and compare it with equation (12) for one column.
# 3. A set of notes uses $(a - y) \odot \sigma'(z)$ as the error of *every* layer. What would $y$ be for a hidden layer? Which of the panel's checks would catch it?
# 4. Someone writes `sigmoid_prime(a)` for `sigmoid_prime(z)` in BP1. Is the gradient too large or too small for a neuron with $z = 4$? Compute both slopes.
#
# ## What you have now
#
# You measured blame by nudging, derived four equations and checked each of them, put them together into backpropagation, saw that a gradient of the first layer is made of images, and broke it all in six ways to learn what each mistake looks like.
#
# ## In practice
#
# - Libraries such as PyTorch and JAX write down what you compute on the way forward and derive the way back themselves. What they do is this lesson, for any formula: reverse-mode automatic differentiation.
# - The way back needs every $z$ and $a$ of the way forward. Memory for them, not speed, often limits how many examples fit into one batch.
# - A cost that suits the sigmoid (cross-entropy) cancels the σ′ of BP1, and a saturated wrong neuron gets its full blame. Hidden layers with ReLU, of slope 1 where they are active, fade less.
# - Central differences have an error of their own: $h$ too large, and the curve bends; too small, and rounding drowns it. $10^{-5}$ suits 64-bit numbers and not 32-bit ones; that is why the checks use the former.
#
# ## Read further
#
# Michael Nielsen, *Neural Networks and Deep Learning*, chapter 2: "The four fundamental equations behind backpropagation" (BP1) to (BP4), their proof, and "In what sense is backpropagation a fast algorithm?"; chapter 5 on vanishing gradients.
#
# Next: [06 · Learn from 50,000 pictures](06_sgd.ipynb).
