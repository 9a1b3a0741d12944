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
# About 120 minutes, exercises included. This is the heart of the course; take two sittings, with a break after section 2. Before this: [04 · Measure how wrong it is](04_cost.ipynb).

# %%
import timeit

import mnet
from mnet import Network, checks, feedforward, figures, load_mnist, quadratic_cost, sigmoid, sigmoid_prime
from mnet.live import equations, panels
import numpy as np

mnist = load_mnist()

# %% [markdown]
# ## 1 · Two neurons in a chain
#
# Start with the smallest network that has a hidden layer: one input, one hidden neuron, one output neuron. Every array is a single number. The input is $x = 1$, and the answer should be $y = 1$.

# %%
x, y = 1.0, 1.0
w1, b1 = 2.0, -1.0
w2, b2 = -3.0, 2.0

# %% [markdown]
# Take paper and go forward, with equations (1), (2) and (6). You need two values of the sigmoid: $\sigma(1) = 0.731$ and $\sigma(-0.193) = 0.452$.
#
# $$
# \begin{aligned}
# z_1 &= w_1 x + b_1 = 2 \cdot 1 - 1 = 1 & a_1 &= \sigma(z_1) = 0.731 \\
# z_2 &= w_2 a_1 + b_2 = -3 \cdot 0.731 + 2 = -0.193 & a_2 &= \sigma(z_2) = 0.452 \\
# C &= \tfrac12 (a_2 - y)^2 = \tfrac12 (-0.548)^2 = 0.150
# \end{aligned}
# $$

# %%
z1 = w1 * x + b1
a1 = sigmoid(z1)
z2 = w2 * a1 + b2
a2 = sigmoid(z2)
[round(float(v), 3) for v in (z1, a1, z2, a2, (a2 - y) ** 2 / 2)]

# %% [markdown]
# The answer should be 1 and is 0.452; that costs 0.150. Who is to blame for it?
#
# ### What is an error?
#
# Imagine a hand that reaches into the output neuron and adds a little to its weighted input $z_2$. How does the cost move? That is all that an error is:
#
# > **The error δ of a neuron is how much the cost rises for each unit added to the neuron's z.**
#
# In a formula, $\delta = \partial C / \partial z$: the partial derivative of lesson 04, along a $z$. A positive δ says: this neuron is too loud. A negative one: too quiet. Near zero: it matters little here, leave it. Measure it, with the central difference of lesson 02:


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
# $$
# \begin{aligned}
# \delta_2 &= \frac{\partial C}{\partial z_2} && \text{what an error is} \\
# &= \frac{\partial C}{\partial a_2} \cdot \frac{\partial a_2}{\partial z_2} && \text{chain rule} \\
# &= (a_2 - y) \cdot \sigma'(z_2) && \text{equation (7), and } a_2 = \sigma(z_2) \\
# &= -0.548 \cdot 0.248 = -0.136 && \text{as measured}
# \end{aligned}
# $$
#
# The slope came from equation (3): $\sigma'(z_2) = a_2 (1 - a_2) = 0.452 \cdot 0.548 = 0.248$. The chain to the hidden neuron is longer: $z_1$ moves $a_1$, which moves $z_2$, and from there on you know the rest. It is $\delta_2$.
#
# $$
# \begin{aligned}
# \delta_1 &= \frac{\partial C}{\partial z_1} && \text{what an error is} \\
# &= \frac{\partial C}{\partial z_2} \cdot \frac{\partial z_2}{\partial a_1} \cdot \frac{\partial a_1}{\partial z_1} && \text{chain rule} \\
# &= \delta_2 \cdot w_2 \cdot \sigma'(z_1) && z_2 = w_2 a_1 + b_2 \text{, and } a_1 = \sigma(z_1)
# \end{aligned}
# $$
#
# **By hand first.** Compute $\delta_1$ on paper; $\sigma'(1) = 0.731 \cdot 0.269 = 0.197$. Which sign does it have, and why?

# %% tags=["predict"]
delta_2 = (a2 - y) * sigmoid_prime(z2)
delta_1 = delta_2 * w2 * sigmoid_prime(z1)
round(float(delta_2), 3), round(float(delta_1), 3)

# %% [markdown]
# $-0.136 \cdot (-3) \cdot 0.197 = 0.080$. It is positive: the hidden neuron is too loud. The output should rise, but it listens with $w_2 = -3$, so what it hears should fall. Confirm it with a nudge of $z_1$:


# %%
def cost_along(z):
    return cost_of(w2 * sigmoid(z) + b2)


measured_1 = (cost_along(z1 + h) - cost_along(z1 - h)) / (2 * h)
print("both errors agree to 1e-8:", max(abs(measured_2 - delta_2), abs(measured_1 - delta_1)) < 1e-8)

# %% [markdown]
# The whole chain in one picture. Above, each value makes the next one. Below, from right to left, stands the slope of the cost along each value: the slope to its right times a rate. The rates are the ones you have used: $w_1$ or $w_2$ where a weight lies between, $\sigma'$ inside a neuron, $a_2 - y$ at the end.

# %%
values = {"x": x, "z₁": z1, "a₁": a1, "z₂": z2, "a₂": a2, "C": cost_of(z2)}
rates = [w1, sigmoid_prime(z1), w2, sigmoid_prime(z2), a2 - y]
figures.show(figures.chain, values, rates, size=(9, 2.8))

# %% [markdown]
# ### From errors to weights
#
# You cannot reach into a neuron. You can turn its weight and its bias, and since $z = w a + b$, one step more of the chain rule does it:
#
# $$
# \begin{aligned}
# \frac{\partial C}{\partial b} &= \frac{\partial C}{\partial z} \cdot \frac{\partial z}{\partial b} = \delta \cdot 1 \\[6pt]
# \frac{\partial C}{\partial w} &= \frac{\partial C}{\partial z} \cdot \frac{\partial z}{\partial w} = \delta \cdot a_{\text{heard}}
# \end{aligned}
# $$
#
# Here $a_{\text{heard}}$ is what comes in through the weight. A weight is to blame as far as its neuron is to blame **and** something came in through it. Four numbers, the whole gradient of this network. By hand: $b_2$ gets $-0.136$, $w_2$ gets $-0.136 \cdot 0.731 = -0.099$, and $b_1$ and $w_1$ both get 0.080, since $x = 1$.

# %%
gradient = np.array([delta_1 * x, delta_1, delta_2 * a1, delta_2])  # along w1, b1, w2, b2
gradient.round(3)

# %% [markdown]
# Are these really the slopes along $w_1$, $b_1$, $w_2$ and $b_2$? Compute the cost from the four numbers, and nudge each of them:


# %% tags=["predict"]
def chain_cost(v):
    w1, b1, w2, b2 = v
    return cost_of(w2 * sigmoid(w1 * x + b1) + b2)


v = np.array([w1, b1, w2, b2])
measured = [(chain_cost(v + nudge) - chain_cost(v - nudge)) / (2 * h) for nudge in h * np.eye(4)]
print("all four agree to 1e-8:", abs(measured - gradient).max() < 1e-8)

# %% [markdown]
# You now know backpropagation. Three words are easily mixed up, so here they stand side by side:
#
# | word | what it is | in the chain |
# |---|---|---|
# | partial derivative $\partial C/\partial w_2$ | the slope of the cost along one number, all others held | $-0.099$ |
# | gradient $\nabla C$ | the partial derivatives along all the numbers that you can turn | (0.080, 0.080, $-0.099$, $-0.136$) |
# | error $\delta$ | the partial derivative along a neuron's $z$, which you cannot turn: a stop on the way | $\delta_1 = 0.080$, $\delta_2 = -0.136$ |
#
# That $\partial C/\partial b$ and δ are the same number is true for one example, and no reason to call them the same thing.
#
# **Ask yourself.** Set $w_2 = 0$. The output neuron then does not listen. Which of the four numbers become 0, and which do not? Commit, then run.

# %% tags=["predict"]
z_deaf = 0 * a1 + b2
delta_2 = (sigmoid(z_deaf) - y) * sigmoid_prime(z_deaf)
delta_1 = delta_2 * 0 * sigmoid_prime(z1)
{"w1": bool(delta_1 * x), "b1": bool(delta_1), "w2": bool(delta_2 * a1), "b2": bool(delta_2)}

# %% [markdown]
# `True` means "not 0". Nobody hears the hidden neuron, so it is not to blame. But the deaf weight $w_2$ itself is: something came in, and the output was wrong. So $w_2$ will move, and then the hidden neuron counts.
#
# What remains is to do it for many neurons a layer, and for many examples at once: the same four rules, with matrices. The book calls them BP1 to BP4, for backpropagation.
#
# ## 2 · A network to test on
#
# Four inputs, three hidden neurons, two outputs, one example; in 64-bit numbers, so that a check can be strict. Names with `_out` belong to the output layer.

# %%
rng = np.random.default_rng(0)
net = Network([4, 3, 2], rng=rng, dtype=np.float64)
x, y = rng.random((4, 1)), np.array([[1.0], [0.0]])
(w, w_out), (b, b_out) = net.weights, net.biases

# %% [markdown]
# `feedforward` of lesson 03 throws each layer's answer away. Blame needs them, so go forward and keep everything:


# %%
def forward(net, x):
    activations, zs = [x], []
    for w, b in zip(net.weights, net.biases, strict=True):
        zs.append(w @ activations[-1] + b)
        activations.append(sigmoid(zs[-1]))
    return activations, zs


# %%
(x, a, a_out), (z, z_out) = forward(net, x)
print("w", w.shape, " z", z.shape, " a", a.shape)
print("w_out", w_out.shape, " z_out", z_out.shape, " a_out", a_out.shape)

# %% [markdown]
# Note how the lists count: `zs[l]` was made by `weights[l]` out of `activations[l]`. So `activations` is one longer, and what layer `l` hears has the number `l`.
#
# And one tool: the central difference for a function of many numbers. It nudges one of them at a time, up and down. It knows no calculus, so it cannot repeat a mistake that you make in yours.


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
# For one example, the cost is $C = \tfrac12 \sum_k (a_k - y_k)^2$, which lesson 04 called $C_x$. Nudge $z_j$ of output neuron $j$, and follow every path to the cost. Along a path rates multiply; several paths add up, as the slopes times moves did in lesson 04:
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
# That holds for every $j$, and for every example. Put the neurons one below the other and the $m$ examples side by side, and write $\odot$ for "multiply number by number" (`*` in NumPy):
#
# $$\underset{(j,\,m)}{\delta} = \underset{(j,\,m)}{(a - y)} \odot \underset{(j,\,m)}{\sigma'(z)} \tag{9}$$
#
# Equation (9) is the function [`output_error`](../mnet/backprop.py). Each column is the error of one example by itself; the mean over examples comes later.

# %%
from mnet import output_error

figures.source(output_error)

# %% [markdown]
# `sigmoid_prime` gets $z$, as (9) has it, and with it $a$, which is $\sigma(z)$ already.

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
# &= \sum_k \delta_k^{\text{next}}\, \frac{\partial z_k^{\text{next}}}{\partial a_j} \frac{\partial a_j}{\partial z_j} && \text{chain rule: } z_j \text{ acts through } a_j \\
# &= \sum_k \delta_k^{\text{next}}\, w_{kj}^{\text{next}}\, \sigma'(z_j) && \text{since } z_k^{\text{next}} = \sum_i w_{ki}^{\text{next}} a_i + b_k^{\text{next}}
# \end{aligned}
# $$
#
# In words: each listener $k$ sends its blame back, times the weight with which it listens. Add up, and multiply by how much the neuron can be moved. Here is hidden neuron 2 of our network, which both outputs hear. Check its sum by hand.

# %%
figures.show(figures.listeners, w_out[:, 2], delta_out, sigmoid_prime(z)[2, 0], size=(8, 2.8))

# %% [markdown]
# Now all $j$ at once, and each example in a column of its own, as in (9). The sum runs over $k$, the **first** index of $w_{kj}$: down a column, not along a row. A matrix product sums along the rows of its left factor, so turn the columns into rows:
#
# $$
# \begin{aligned}
# \delta_j &= \sum_k w_{kj}^{\text{next}}\, \delta_k^{\text{next}}\, \sigma'(z_j) && \text{the last line above} \\
# &= \sum_k \bigl(w_{\text{next}}^{\mathsf T}\bigr)_{jk}\, \delta_k^{\text{next}}\, \sigma'(z_j) && \text{a transpose exchanges the indices} \\
# &= \bigl(w_{\text{next}}^{\mathsf T}\, \delta_{\text{next}}\bigr)_j\, \sigma'(z_j) && \text{row } j \text{ of a matrix product}
# \end{aligned}
# $$
#
# $$\underset{(j,\,m)}{\delta} = \bigl(\underset{(j,\,k)}{w_{\text{next}}^{\mathsf T}}\; \underset{(k,\,m)}{\delta_{\text{next}}}\bigr) \odot \underset{(j,\,m)}{\sigma'(z)} \tag{10}$$
#
# The $k$ meet and vanish. Equation (10) is [`propagate_error`](../mnet/backprop.py):

# %%
from mnet import propagate_error

figures.source(propagate_error)

# %%
delta = propagate_error(w_out, delta_out, z)
delta.round(3).tolist()

# %% [markdown]
# The last of the three is the one in the picture. And the measurement, with a nudge of each hidden $z$:

# %%
measured = slopes(lambda v: quadratic_cost(sigmoid(w_out @ sigmoid(v) + b_out), y), z)
print("BP2 agrees to 1e-8:", abs(delta - measured).max() < 1e-8)

# %% [markdown]
# Forward, $w$ carries answers from $j$ to $k$; backward, $w^{\mathsf T}$ carries blame from $k$ to $j$, over the same lines. Hence the name backpropagation.
#
# **Ask yourself.** With three hidden layers, how often do you need (9), and how often (10)?
#
# Once, and three times: (10) again and again, until the first hidden layer. The input layer has no $z$ and so no δ. The slope along the input exists all the same, and lesson 07 follows it.
#
# ## 5 · BP3 and BP4: from errors to gradients
#
# Two short chains, from $z_j = \sum_k w_{jk}\, a_k^{\text{prev}} + b_j$, where "prev" is the layer that is heard:
#
# $$
# \begin{aligned}
# \frac{\partial C}{\partial b_j} &= \frac{\partial C}{\partial z_j} \frac{\partial z_j}{\partial b_j} = \delta_j \cdot 1 && \text{the bias enters } z_j \text{ alone} \\[6pt]
# \frac{\partial C}{\partial w_{jk}} &= \frac{\partial C}{\partial z_j} \frac{\partial z_j}{\partial w_{jk}} = \delta_j\, a_k^{\text{prev}} && \text{so does this weight}
# \end{aligned}
# $$
#
# That is for one example. The cost (6) is the mean over $m$ examples, and the slope of a mean is the mean of the slopes. Each example has its column in δ, so for the biases the mean runs along each row:
#
# $$\underset{(j,\,1)}{\frac{\partial C}{\partial b}} = \frac1m \sum_x \underset{(j,\,1)}{\delta_x} \tag{11}$$
#
# Here $\delta_x$ is the column of example $x$. Equation (11) is [`bias_gradient`](../mnet/backprop.py):

# %%
from mnet import bias_gradient

figures.source(bias_gradient)

# %% [markdown]
# To see whether the mean is right, one example is not enough: a sum of one and a mean of one are the same. Take five examples.

# %%
x, y = rng.random((4, 5)), np.eye(2)[:, [0, 1, 1, 0, 1]]
(x, a, a_out), (z, z_out) = forward(net, x)
delta_out = output_error(a_out, y, z_out)
delta = propagate_error(w_out, delta_out, z)

# %%
measured = slopes(lambda v: quadratic_cost(sigmoid(w_out @ sigmoid(w @ x + v) + b_out), y), b)
print("delta", delta.shape, " b", b.shape, " gradient", bias_gradient(delta).shape)
print("BP3 agrees to 1e-8:", abs(bias_gradient(delta) - measured).max() < 1e-8)

# %% [markdown]
# For the weights, take the mean over examples too, and look for a matrix product:
#
# $$
# \begin{aligned}
# \frac{\partial C}{\partial w_{jk}} &= \frac1m \sum_x \delta_{jx}\, a_{kx}^{\text{prev}} && \text{mean over the examples } x \\
# &= \frac1m \sum_x \delta_{jx}\, \bigl(a_{\text{prev}}^{\mathsf T}\bigr)_{xk} && \text{a transpose exchanges the indices} \\
# &= \frac1m \bigl(\delta\, a_{\text{prev}}^{\mathsf T}\bigr)_{jk} && \text{the product sums over } x
# \end{aligned}
# $$
#
# $$\underset{(j,\,k)}{\frac{\partial C}{\partial w}} = \frac1m\; \underset{(j,\,m)}{\delta}\; \underset{(m,\,k)}{a_{\text{prev}}^{\mathsf T}} \tag{12}$$
#
# The $m$ meet and vanish: the matrix product adds up the examples by itself. Equation (12) is [`weight_gradient`](../mnet/backprop.py):

# %%
from mnet import weight_gradient

figures.source(weight_gradient)

# %%
measured = slopes(lambda v: quadratic_cost(sigmoid(w_out @ sigmoid(v @ x + b) + b_out), y), w)
print("delta", delta.shape, " w", w.shape, " gradient", weight_gradient(delta, x).shape)
print("BP4 agrees to 1e-8:", abs(weight_gradient(delta, x) - measured).max() < 1e-8)

# %% [markdown]
# **Ask yourself.** All three arrays of a layer, $w$, $b$ and $z$, have $j$ rows. Which of the shapes above depend on the number of examples, and which do not?
#
# δ, like $z$ and $a$, has a column for each example. A gradient has exactly the shape of what it belongs to, however many examples there were: you want to subtract one from the other.
#
# ## 6 · Backpropagation
#
# Forward, keeping every $z$ and $a$; BP1 at the end; then, layer by layer towards the input, BP3 and BP4, and BP2 to step back. You know every line of [`backprop`](../mnet/backprop.py):

# %%
from mnet import backprop

figures.source(backprop)

# %% [markdown]
# `reversed` runs through the layers from the last to the first, and `insert(0, …)` puts each new array in front of those that are there. (∇, the sign of the gradient, is called nabla.) `eta` is 1 unless you say otherwise: lesson 06 gives it the learning rate. (10), (11) and (12) each multiply by δ, so η times δ at the output makes η times the whole gradient; there it multiplies ten numbers an example, at the end it would be 23,860.

# %%
gradient = backprop(net, x, y)
print("nabla_b:", [g.shape for g in gradient.nabla_b])
print("nabla_w:", [g.shape for g in gradient.nabla_w])

# %% [markdown]
# The four equations on one page. Cover the third column and say the shapes for the output layer of $[784, 30, 10]$ with seven examples (for BP2, the shapes for the hidden layer, where it leads):
#
# | equation | in words | shapes there | function | its check |
# |---|---|---|---|---|
# | (9) BP1 | how wrong, times how movable | (10, 7) ⊙ (10, 7) | `output_error` | section 3 |
# | (10) BP2 | what the listeners send back, times how movable | hidden: (30, 10) (10, 7) ⊙ (30, 7) | `propagate_error` | section 4 |
# | (11) BP3 | the mean error | (10, 7) → (10, 1) | `bias_gradient` | section 5 |
# | (12) BP4 | the mean of error times what came in | (10, 7) (7, 30) → (10, 30) | `weight_gradient` | section 5 |
#
# And the first example of this lesson, the chain? It is a network of sizes $[1, 1, 1]$. Your four numbers from paper come out again:

# %%
chain = Network([1, 1, 1], dtype=np.float64)
chain.weights, chain.biases = [np.array([[w1]]), np.array([[w2]])], [np.array([[b1]]), np.array([[b2]])]
nabla_b, nabla_w = backprop(chain, [[1.0]], [[1.0]])
[round(float(g[0, 0]), 3) for g in (nabla_w[0], nabla_b[0], nabla_w[1], nabla_b[1])]

# %% [markdown]
# ### Check everything at once
#
# One check for a whole network, whatever its layers: nudge each parameter $p$, be it a weight or a bias, and ask the network for its cost. The function is [`numerical_gradient`](../mnet/backprop.py).
#
# $$\frac{\partial C}{\partial p} \approx \frac{C(p + h) - C(p - h)}{2h} \tag{13}$$

# %%
from mnet import numerical_gradient

figures.source(numerical_gradient)

# %% [markdown]
# The inner function `slope` is equation (13); the rest copies the network, so that yours stays as it is, and goes through all its numbers. Here it checks a deeper network, with layers of 5, 4, 3 and 2 neurons and six examples:

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

# %% tags=["predict"]
net = Network([784, 30, 10], rng=np.random.default_rng(0))
parameters = sum(w.size + b.size for w, b in zip(net.weights, net.biases, strict=True))
2 * parameters

# %% [markdown]
# Twice for each parameter. Backpropagation goes forward once and back once, and has them all. Compare the time of that many answers with the time of one `backprop`, on ten images.

# %%
x, y = mnist.train.columns(slice(0, 10))
ask = min(timeit.repeat(lambda: quadratic_cost(feedforward(net, x), y), number=20, repeat=5)) / 20
back = min(timeit.repeat(lambda: backprop(net, x, y), number=20, repeat=5)) / 20
print("more than 5,000 times as long:", 2 * parameters * ask > 5000 * back)

# %% [markdown]
# So a training of ten seconds would take half a day or more. Central differences are there to check, on a small network; backpropagation is there to learn.
#
# ## 7 · One by one, or all together
#
# The book's first version of this algorithm takes one example after another, as columns of one, and averages what each of them says. You can read the four equations in it, each for a single column; the division by $m$ waits for the last line:


# %%
def one_by_one(net, x, y):
    total_b = [np.zeros_like(b) for b in net.biases]
    total_w = [np.zeros_like(w) for w in net.weights]
    m = x.shape[1]
    for i in range(m):
        activations, zs = forward(net, x[:, [i]])
        delta = (activations[-1] - y[:, [i]]) * sigmoid_prime(zs[-1])
        for l in reversed(range(len(zs))):
            total_b[l] += delta
            total_w[l] += delta @ activations[l].T
            if l > 0:
                delta = (net.weights[l].T @ delta) * sigmoid_prime(zs[l - 1])
    return [b / m for b in total_b], [w / m for w in total_w]


# %% [markdown]
# Why is the matrix version the same? Forward and in (9) and (10), a matrix product treats each column by itself, and $\odot$ each number. So column $x$ of every array is what the loop computes for example $x$. The examples meet in one place only, in (11) and (12), and there the sum over $x$ is the sum of the loop:
#
# $$\bigl(\delta\, a^{\mathsf T}\bigr)_{jk} = \sum_x \delta_{jx}\, a_{kx} = \sum_x \bigl(\delta_x\, a_x^{\mathsf T}\bigr)_{jk}$$
#
# That is the proof. The measurement, with the real network in 64-bit numbers and its ten images:

# %%
net64 = Network([784, 30, 10], rng=np.random.default_rng(0), dtype=np.float64)
loop, together = one_by_one(net64, x, y), backprop(net64, x, y)
pairs = zip(loop[0] + loop[1], together.nabla_b + together.nabla_w, strict=True)
print("all four arrays agree to 1e-12:", max(abs(one - all_).max() for one, all_ in pairs) < 1e-12)

# %% [markdown]
# The difference is time: ten small products against one larger one. **Predict:** how many times as long does the loop take for 10 images, and for 100?


# %% tags=["predict"]
def times_as_long(m):
    x, y = mnist.train.columns(slice(0, m))
    loop = min(timeit.repeat(lambda: one_by_one(net, x, y), number=5, repeat=5))
    return loop / min(timeit.repeat(lambda: backprop(net, x, y), number=5, repeat=5))


ratios = {m: times_as_long(m) for m in (10, 100)}
print(f"at least 3 times as long for 10: {ratios[10] > 3}; at least 12 times for 100: {ratios[100] > 12}")

# %% tags=["nbval-ignore-output", "predict"]
{m: round(ratio) for m, ratio in ratios.items()}  # differs from machine to machine

# %% [markdown]
# A computer multiplies large matrices far faster, number for number, than small ones, and Python runs each line once in place of a hundred times. The mathematics is the same; that is why the course writes examples as columns.
#
# ## 8 · Downhill
#
# Lesson 04 walked down a bowl of two numbers, and stopped before the network: its gradient was out of reach. Now you have it. The same rule (8), for every weight and every bias, on a hundred images. (`v -= …` changes the array itself, so it changes the network that holds it. It says `mnet.backprop`, so that yours can take its place in exercise 1.)


# %%
def learn(steps=300, eta=3.0):
    net = Network([784, 30, 10], rng=np.random.default_rng(0))
    x, y = mnist.train.columns(slice(0, 100))
    costs = [quadratic_cost(feedforward(net, x), y)]
    for _ in range(steps):
        nabla_b, nabla_w = mnet.backprop(net, x, y)
        for v, slope in zip(net.biases + net.weights, nabla_b + nabla_w, strict=True):
            v -= eta * slope
        costs.append(quadratic_cost(feedforward(net, x), y))
    return costs


# %%
costs = learn()
figures.show(figures.cost_per_step, np.round(costs, 2), size=(7, 2.8))

# %% [markdown]
# 23,860 numbers, 300 steps, and the cost is far below the 0.50 of a network that says nothing. So the network learns, though only these hundred images. Lesson 06 does it with 50,000.
#
# ## 9 · Look at the blame
#
# The first test image is a 7. Here is the error δ of each output neuron of our untrained network. With one example, $\partial C / \partial b = \delta$, so `nabla_b` holds it.

# %%
x, y = mnist.test.columns(slice(0, 1))
one = backprop(net, x, y)
figures.show(figures.errors, one.nabla_b[1], label=7)

# %% [markdown]
# Neuron 7 should be louder: its δ is negative. Others should be quieter. And look at neuron 5, which lesson 03 found the loudest of all for this image, and wrongly so. **Ask yourself** why its δ is nearly nothing, before you run the next cell.

# %% tags=["predict"]
_, zs = forward(net, x)
z5 = float(zs[-1][5, 0])
print(f"answer above 0.99: {sigmoid(z5) > 0.99}; slope below 0.01: {sigmoid_prime(z5) < 0.01}")

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
# With a thousand examples, the neuron is told "more" of some and "less" of others, and the mean tells strokes apart. In the picture below, where orange is a positive slope and purple a negative one, an orange ring, much like a 0, lies around a purple stroke, much like a 1: listen less to the one, more to the other.

# %%
x, y = mnist.train.columns(slice(0, 1000))
figures.show(figures.gradient_image, backprop(net, x, y).nabla_w[0][15], size=(4.8, 3.8))

# %% [markdown]
# ## 10 · Blame fades
#
# Each step back multiplies by σ′, and σ′ is at most $\tfrac14$. What is left for the first layers of a deeper network? Take three hidden layers and 200 images. BP1 gives the last δ, and three times BP2 gives the others, each put in front of the one it came from:

# %%
deep = Network([784, 30, 30, 30, 10], rng=np.random.default_rng(0))
x, y = mnist.train.columns(slice(0, 200))
activations, zs = forward(deep, x)
deltas = [output_error(activations[-1], y, zs[-1])]
for l in (3, 2, 1):
    deltas.insert(0, propagate_error(deep.weights[l], deltas[0], zs[l - 1]))

# %%
sizes = [float(abs(delta).mean()) for delta in deltas]
figures.show(figures.error_by_layer, sizes, size=(7, 2.6))

# %% [markdown]
# The layer that sees the pixels gets the least, less than a tenth of what the output gets. It would learn last, although all others depend on it. This is the **vanishing gradient**, one reason why deep networks did not work for a long time. Weights act against it, $w^{\mathsf T}$ also multiplies: large ones could even make blame explode. Here σ′ wins.

# %%
print("at the front less than a tenth:", sizes[0] < sizes[-1] / 10)
print("largest possible slope:", float(sigmoid_prime(0.0)), "and three in a row:", 0.25**3)

# %% [markdown]
# ## 11 · Step through it, then break it
#
# The panel takes one test image through $[784, 30, 10]$ and back. Move **step** from 0 to 7, and at each one say what the numbers are and why they have this shape, before you read it. Click on a neuron, or move **neuron**, to see its weights, its sum and its share of the blame close up.
#
# On the right stand five checks: each equation alone, fed with correct inputs, and then all four together, on the 4-3-2 network with five examples. **break it** replaces one equation by a version with a common mistake. The small graph shows the cost while a network learns, with the equations as they are and with the broken one; it counts mini-batches, one step on ten images each, as lesson 06 takes them.
#
# **Predict first.** Someone forgets σ′ in BP1. Which checks go red? And if σ′ is missing in BP2 instead: which of the four arrays of the gradient are still right? Write it down, then break it. And will the broken network still learn?

# %%
panels.backprop(mnist)

# %% [markdown]
# What you should have seen:
#
# - Each mistake turns its own equation's check red, and "all four" with it. The check alone says where to look; all four say that something is wrong.
# - A mistake in BP1 spoils every array of the gradient, since all blame starts there. One in BP2 leaves the output layer right, and spoils everything before it.
# - With the wrong sign the numbers look healthy, and the network climbs uphill. No shape would tell you.
# - Without σ′ in BP1 or in BP2 the network learns all the same, here even faster, since a saturated neuron keeps its full blame. Yet what it follows is not the slope of its cost. That a network learns is no proof that its gradient is right: only the check sees it.
# - "w, not its transpose" cannot be computed here, since the shapes do not fit. With as many neurons in both layers they would, and be wrong in silence. A small network to check on should have layers of different sizes.

# %% tags=["predict"]
for name, change in equations.BREAKS.items():
    print(f"{name:26}", [found.name for found in equations.verify(change) if not found.passed])

# %% tags=["predict"]
intact = equations.learning(mnist.train, {})
for name in "BP1: forget σ′", "BP2: forget σ′", "BP1: wrong sign":
    costs = equations.learning(mnist.train, equations.BREAKS[name])
    less, more = costs[-1] < intact[-1], costs[-1] > costs[0]
    print(f"{name:16} ends below the intact one: {less!s:5}  above its own start: {more}")

# %% [markdown]
# ## Your turn
#
# Each check asks your function about two small networks with several examples, so that a wrong mean, transpose or layer shows.
#
# ### Exercise 1 · Write backprop
#
# Close section 6 and write it from the equations alone; `forward` of section 2 is yours to use. Return two lists, `nabla_b` and `nabla_w`, shaped as `net.biases` and `net.weights`.


# %% tags=["exercise"]
def my_backprop(net, x, y):
    # Go forward, and keep the activations and zs. BP1 then gives delta of the last layer.
    # For each layer, from the last to the first: BP3 and BP4 turn delta into two gradients,
    # and, unless this is the first layer, BP2 carries delta to the layer before.
    return ...


checks.backprop(my_backprop)


# %% tags=["solution"]
def my_backprop(net, x, y):
    activations, zs = forward(net, x)
    delta = (activations[-1] - y) * sigmoid_prime(zs[-1])
    nabla_b, nabla_w = [], []
    for l in reversed(range(len(zs))):
        nabla_b.insert(0, delta.mean(axis=1, keepdims=True))
        nabla_w.insert(0, delta @ activations[l].T / x.shape[1])
        if l > 0:
            delta = (net.weights[l].T @ delta) * sigmoid_prime(zs[l - 1])
    return nabla_b, nabla_w


checks.backprop(my_backprop)

# %% [markdown]
# Once the check says ✓, the next cell lets the network of section 8 learn with *your* function in the place of ours. While the dots stand, it learns with ours; a wrong answer is refused again.

# %%
with checks.plugged_in(backprop=my_backprop):
    print(f"the cost falls from {learn()[0]:.2f} to {learn()[-1]:.2f}")

# %% [markdown]
# ### Exercise 2 · Spot the bug: one error for all
#
# Some notes give a single formula for "the error", $\delta = (a - y) \odot \sigma'(z)$, and use it in every layer. What would $y$ be for a hidden neuron? On a network whose layers are all of one size, the code below runs without complaint. See what the check says, and mend it.


# %% tags=["exercise", "predict"]
def from_the_notes(net, x, y):
    activations, zs = forward(net, x)
    nabla_b, nabla_w = [], []
    for l in reversed(range(len(zs))):
        delta = (activations[l + 1] - y) * sigmoid_prime(zs[l])
        nabla_b.insert(0, bias_gradient(delta))
        nabla_w.insert(0, weight_gradient(delta, activations[l]))
    return nabla_b, nabla_w


checks.backprop(from_the_notes)


# %% tags=["solution"]
def from_the_notes(net, x, y):
    activations, zs = forward(net, x)
    nabla_b, nabla_w = [], []
    delta = output_error(activations[-1], y, zs[-1])
    for l in reversed(range(len(zs))):
        nabla_b.insert(0, bias_gradient(delta))
        nabla_w.insert(0, weight_gradient(delta, activations[l]))
        if l > 0:
            delta = propagate_error(net.weights[l], delta, zs[l - 1])
    return nabla_b, nabla_w


checks.backprop(from_the_notes)

# %% [markdown]
# ### Exercise 3 · Spot the bug: a slope in the wrong place
#
# The same algorithm written another way: first every layer's σ′, then every layer's δ, then the gradients. All shapes fit, whatever the sizes, and a network even learns with it. One line is wrong.


# %% tags=["exercise", "predict"]
def slipped(net, x, y):
    activations, zs = forward(net, x)
    movable = [sigmoid_prime(a) for a in activations[1:]]
    deltas = [(activations[-1] - y) * movable[-1]]
    for l in reversed(range(1, len(zs))):
        deltas.insert(0, (net.weights[l].T @ deltas[0]) * movable[l - 1])
    nabla_w = [weight_gradient(delta, a) for delta, a in zip(deltas, activations, strict=False)]
    return [bias_gradient(delta) for delta in deltas], nabla_w


checks.backprop(slipped)


# %% tags=["solution"]
def slipped(net, x, y):
    activations, zs = forward(net, x)
    movable = [sigmoid_prime(z) for z in zs]
    deltas = [(activations[-1] - y) * movable[-1]]
    for l in reversed(range(1, len(zs))):
        deltas.insert(0, (net.weights[l].T @ deltas[0]) * movable[l - 1])
    nabla_w = [weight_gradient(delta, a) for delta, a in zip(deltas, activations, strict=False)]
    return [bias_gradient(delta) for delta in deltas], nabla_w


checks.backprop(slipped)

# %% [markdown]
# ### Exercise 4 · Which check goes red?
#
# A friend's network with one hidden layer learns, and quickly. Still, central differences say: `nabla_b[1]` and `nabla_w[1]` are right, `nabla_b[0]` and `nabla_w[0]` are wrong. The mistake is in one of the four equations. Which of the panel's checks goes red, beside "all four"? Answer with its name in quotes, such as `"BP1"`.

# %% tags=["exercise"]
my_check = ...
checks.answer("05 red", my_check)

# %% tags=["solution"]
my_check = "BP2"
checks.answer("05 red", my_check)

# %% [markdown]
# Break it there in the panel, and read the words below "all four".
#
# ## What you have now
#
# You measured the error of a neuron and derived it; carried it back over the transposed weights; turned it into gradients with the mean over the examples; wrote backpropagation, and found mistakes in it by central differences. A network of 23,860 numbers walked downhill with it.
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
