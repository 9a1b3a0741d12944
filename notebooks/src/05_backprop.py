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
# About 155 minutes, exercises included. This is the heart of the course, and it has two halves: the equations, sections 1 to 6 with two exercises, and then the network they teach. Take a sitting for each; the pause is marked. Before this: [04 · Measure how wrong it is](04_cost.ipynb).

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
# Start with the smallest network that has a hidden layer: one input, neuron 1, which is hidden, and neuron 2, the output. Every array is a single number, and the small number below says whose it is. The input is $x = 1$, and the answer should be $y = 1$.

# %%
x, y = 1.0, 1.0
w1, b1 = 2.0, -1.0
w2, b2 = -3.0, 2.0

# %% [markdown]
# Take paper and go forward, with equations (1), (2) and (6). You need two values of the sigmoid: $\sigma(1) = 0.731$ and $\sigma(-0.193) = 0.452$. There is one example, so the cost of the network is the cost of this example, $C_x$.
#
# $$
# \begin{aligned}
# z_1 &= w_1 x + b_1 = 2 \cdot 1 - 1 = 1 & a_1 &= \sigma(z_1) = 0.731 \\
# z_2 &= w_2 a_1 + b_2 = -3 \cdot 0.731 + 2 = -0.193 & a_2 &= \sigma(z_2) = 0.452 \\
# C_x &= \tfrac12 (a_2 - y)^2 = \tfrac12 (-0.548)^2 = 0.150
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
# > **The error δ of a neuron is how much the cost of an example rises for each unit added to the neuron's z.**
#
# In a formula, $\delta = \partial C_x / \partial z$: the partial derivative of lesson 04, along a $z$. A positive δ says: this neuron is too loud. A negative one: too quiet. Near zero: a push changes the cost by next to nothing. That may be since all is well, or since the neuron is stuck, and δ does not say which; section 9 shows both.
#
# What is held, and what follows? In lesson 04 everything else was held. Here the hand holds what $z$ was made from and all weights and biases. What is made from $z$ follows it: after $z_2$ come $a_2$ and $C_x$, after $z_1$ come $a_1$, $z_2$, $a_2$ and $C_x$. Measure it, with the central difference of lesson 02:


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
# The measurement says how much; calculus says why. A nudge of $z_2$ moves $a_2$, and $a_2$ moves $C_x$. Along a chain, rates multiply:
#
# $$
# \begin{aligned}
# \delta_2 &= \frac{\partial C_x}{\partial z_2} && \text{what an error is} \\
# &= \frac{\partial C_x}{\partial a_2} \cdot \frac{\partial a_2}{\partial z_2} && \text{chain rule} \\
# &= (a_2 - y) \cdot \sigma'(z_2) && \text{equation (7), and } a_2 = \sigma(z_2) \\
# &= -0.548 \cdot 0.248 = -0.136 && \text{as measured}
# \end{aligned}
# $$
#
# Two names stay apart from here on: $a - y$, how far the answer is off, is called the **miss**, and only δ is called the error. The slope came from equation (3): $\sigma'(z_2) = a_2 (1 - a_2) = 0.452 \cdot 0.548 = 0.248$. The chain to the hidden neuron is longer: $z_1$ moves $a_1$, which moves $z_2$, and from there on you know the rest. It is $\delta_2$.
#
# $$
# \begin{aligned}
# \delta_1 &= \frac{\partial C_x}{\partial z_1} && \text{what an error is} \\
# &= \frac{\partial C_x}{\partial z_2} \cdot \frac{\partial z_2}{\partial a_1} \cdot \frac{\partial a_1}{\partial z_1} && \text{chain rule} \\
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
# $-0.136 \cdot (-3) \cdot 0.197 = 0.080$. It is positive: the hidden neuron is too loud. The output should rise, but it listens with $w_2 = -3$, so what it hears should fall. Confirm it with a nudge of $z_1$, which $a_1$, $z_2$ and $a_2$ follow:


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
# \frac{\partial C_x}{\partial b} &= \frac{\partial C_x}{\partial z} \cdot \frac{\partial z}{\partial b} = \delta \cdot 1 \\[6pt]
# \frac{\partial C_x}{\partial w} &= \frac{\partial C_x}{\partial z} \cdot \frac{\partial z}{\partial w} = \delta \cdot a_{\text{heard}}
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
np.round(measured, 3)

# %% [markdown]
# They are, and not to three decimals alone:

# %%
print("all four agree to 1e-8:", abs(measured - gradient).max() < 1e-8)

# %% [markdown]
# You now know backpropagation. Two local rules carry all of it. **A sum passes blame on:** $z = w a + b$ gives its δ to the product and to $b$ as it is. **A product exchanges it:** $w$ gets δ times $a$, and $a$ gets δ times $w$. Nobody needs to see the whole network.
#
# Three words are easily mixed up, so here they stand side by side:
#
# | word | what it is | in the chain |
# |---|---|---|
# | partial derivative $\partial C/\partial w_2$ | the slope of the cost along one number that you can turn, all others held | $-0.099$ |
# | gradient $\nabla C$ | the partial derivatives along all the numbers that you can turn | (0.080, 0.080, $-0.099$, $-0.136$) |
# | error $\delta$ | the partial derivative along a neuron's $z$, which you cannot turn: a stop on the way | $\delta_1 = 0.080$, $\delta_2 = -0.136$ |
#
# That $\partial C/\partial b$ and δ are the same number is true for one example, and no reason to call them the same thing.
#
# **Ask yourself.** Set $w_2 = 0$. The output neuron then does not listen. Which of the four numbers become 0, and which do not? Commit, then run.

# %% tags=["predict"]
z_deaf = 0 * a1 + b2
deaf_2 = (sigmoid(z_deaf) - y) * sigmoid_prime(z_deaf)
deaf_1 = deaf_2 * 0 * sigmoid_prime(z1)
{"w1": bool(deaf_1 * x), "b1": bool(deaf_1), "w2": bool(deaf_2 * a1), "b2": bool(deaf_2)}

# %% [markdown]
# `True` means "not 0". Nobody hears the hidden neuron, so it is not to blame. But the deaf weight $w_2$ itself is: something came in, and the output was wrong. So $w_2$ will move, and then the hidden neuron counts.
#
# What remains is to do it for many neurons a layer, and for many examples at once: the same four rules, with matrices. The book calls them BP1 to BP4, for backpropagation.
#
# ## 2 · A network to test on
#
# With many neurons a layer, a name needs to say more. The book's way, here and wherever you read on:
#
# - **Above** stands the layer, and no power: $z^l$ belongs to layer $l$. The input is layer 1, so in a network of three layers the hidden one is layer 2, and the output is layer 3. The last is called $L$. $w^l$ and $b^l$ lead into layer $l$.
# - **Below** stand row and column of an array: $w^l_{jk}$ is how neuron $j$ of layer $l$ hears neuron $k$ of the layer before, $\delta^l_j$ is the error of neuron $j$. With many examples, $\delta^l_{jx}$ is that of neuron $j$ for example $x$.
#
# The test network has four inputs, three hidden neurons and two outputs, in 64-bit numbers, so that a check can be strict. And there is one example. In the code, `w_out` is $w^L$, `z_out` is $z^L$, and the plain names belong to the hidden layer.

# %%
rng = np.random.default_rng(0)
small = Network([4, 3, 2], rng=rng, dtype=np.float64)
x_one, y_one = rng.random((4, 1)), np.array([[1.0], [0.0]])
(w, w_out), (b, b_out) = small.weights, small.biases

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
(_, a, a_out), (z, z_out) = forward(small, x_one)
print("w", w.shape, " z", z.shape, " a", a.shape)
print("w_out", w_out.shape, " z_out", z_out.shape, " a_out", a_out.shape)

# %% [markdown]
# Python's lists count from 0, and layer 1 has no weights. So `weights[0]` is $w^2$, `zs[0]` is $z^2$, and `activations[0]` is the input. In each list, `zs[i]` was made by `weights[i]` out of `activations[i]`, and `activations` is one longer.
#
# And one tool: the central difference for a function of many numbers. It nudges one of them at a time, up and down. It knows no calculus, so it cannot repeat a mistake that you make in yours.


# %%
def slopes(function, v, h=1e-5):
    found = np.zeros_like(v)
    for place in np.ndindex(v.shape):  # each place of the array: (0, 0), (0, 1), ...
        nudge = np.zeros_like(v)
        nudge[place] = h
        found[place] = (function(v + nudge) - function(v - nudge)) / (2 * h)
    return found


slopes(lambda v: float((v**2).sum()), np.array([[1.0], [3.0]])).round(6)

# %% [markdown]
# The slopes of $v_1^2 + v_2^2$ at $(1, 3)$ are 2 and 6. The tool works.
#
# ## 3 · BP1: the error of the output layer
#
# The cost of an example is $C_x = \tfrac12 \sum_k (a^L_k - y_k)^2$. Nudge $z^L_j$ of output neuron $j$, and follow every path to the cost. Along a path rates multiply; several paths add up, as the slopes times moves did in lesson 04:
#
# $$
# \begin{aligned}
# \delta^L_j &= \frac{\partial C_x}{\partial z^L_j} && \text{what an error is} \\
# &= \sum_k \frac{\partial C_x}{\partial a^L_k} \frac{\partial a^L_k}{\partial z^L_j} && \text{chain rule, all paths} \\
# &= \frac{\partial C_x}{\partial a^L_j} \frac{\partial a^L_j}{\partial z^L_j} && z^L_j \text{ moves no other output than } a^L_j \\
# &= (a^L_j - y_j)\,\sigma'(z^L_j) && \text{equation (7), and } a^L_j = \sigma(z^L_j)
# \end{aligned}
# $$
#
# That holds for every $j$, and for every example. Put the neurons one below the other and the $m$ examples side by side, and write $\odot$ for "multiply number by number" (`*` in NumPy):
#
# $$\underset{(j,\,m)}{\delta^L} = \underset{(j,\,m)}{(a^L - y)} \odot \underset{(j,\,m)}{\sigma'(z^L)} \tag{9}$$
#
# Equation (9) is the function [`output_error`](../mnet/backprop.py). Each column is the error of one example by itself; the mean over examples comes later.

# %%
from mnet import output_error

figures.source(output_error)

# %% [markdown]
# `sigmoid_prime` gets $z$, as (9) has it, and with it $a$, which is $\sigma(z)$ already. The measurement takes one example: for one, $C$ and $C_x$ are the same number.

# %%
delta_out = output_error(a_out, y_one, z_out)
measured = slopes(lambda v: quadratic_cost(sigmoid(v), y_one), z_out)
print("BP1 agrees to 1e-8:", abs(delta_out - measured).max() < 1e-8)

# %% [markdown]
# Read equation (9) once more: blame is how wrong you are, times how much you can still be moved. A saturated neuron, however wrong, gets hardly any.
#
# ## 4 · BP2: one layer back
#
# A hidden neuron has no target. Nobody says what it should have answered; it is to blame only through those who listen to it, the neurons $k$ of layer $l + 1$:
#
# $$
# \begin{aligned}
# \delta^l_j &= \frac{\partial C_x}{\partial z^l_j} && \text{what an error is} \\
# &= \sum_k \frac{\partial C_x}{\partial z^{l+1}_k} \frac{\partial z^{l+1}_k}{\partial z^l_j} && \text{chain rule: every path leads through the next layer} \\
# &= \sum_k \delta^{l+1}_k \frac{\partial z^{l+1}_k}{\partial z^l_j} && \text{the first factor is an error, and known} \\
# &= \sum_k \delta^{l+1}_k\, \frac{\partial z^{l+1}_k}{\partial a^l_j} \frac{\partial a^l_j}{\partial z^l_j} && \text{chain rule: } z^l_j \text{ acts through } a^l_j \\
# &= \sum_k \delta^{l+1}_k\, w^{l+1}_{kj}\, \sigma'(z^l_j) && \text{since } z^{l+1}_k = \sum_i w^{l+1}_{ki} a^l_i + b^{l+1}_k
# \end{aligned}
# $$
#
# In words: each listener $k$ sends its blame back, times the weight with which it listens. Add up, and multiply by how much the neuron can be moved. Here is hidden neuron 2 of our network, which both outputs hear. Check its sum by hand.

# %%
figures.show(figures.listeners, w_out[:, 2], delta_out, sigmoid_prime(z)[2, 0], size=(8, 2.8))

# %% [markdown]
# Now all $j$ at once, and each example in a column of its own, as in (9). The sum runs over $k$, the **first** index of $w_{kj}$: down a column, not along a row. A matrix product sums along the rows of its left factor, so turn the columns into rows. With $w$ for $w^{l+1}$ and $\delta$ for $\delta^{l+1}$:
#
# $$
# \begin{aligned}
# \delta^l_j &= \sum_k w_{kj}\, \delta_k\, \sigma'(z^l_j) && \text{the last line above} \\
# &= \sum_k \bigl(w^{\mathsf T}\bigr)_{jk}\, \delta_k\, \sigma'(z^l_j) && \text{a transpose exchanges the indices} \\
# &= \bigl(w^{\mathsf T} \delta\bigr)_j\, \sigma'(z^l_j) && \text{row } j \text{ of a matrix product}
# \end{aligned}
# $$
#
# $$\underset{(j,\,m)}{\delta^l} = \bigl(\underset{(j,\,k)}{(w^{l+1})^{\mathsf T}}\; \underset{(k,\,m)}{\delta^{l+1}}\bigr) \odot \underset{(j,\,m)}{\sigma'(z^l)} \tag{10}$$
#
# The $k$ meet and vanish. Equation (10) is [`propagate_error`](../mnet/backprop.py), which calls what belongs to layer $l + 1$ `_next`:

# %%
from mnet import propagate_error

figures.source(propagate_error)

# %%
delta = propagate_error(w_out, delta_out, z)
delta.round(3).tolist()

# %% [markdown]
# The last of the three is the one in the picture. And the measurement, with a nudge of each hidden $z$:

# %%
measured = slopes(lambda v: quadratic_cost(sigmoid(w_out @ sigmoid(v) + b_out), y_one), z)
print("BP2 agrees to 1e-8:", abs(delta - measured).max() < 1e-8)

# %% [markdown]
# Forward, $w$ carries answers from $j$ to $k$; backward, $w^{\mathsf T}$ carries blame from $k$ to $j$, over the same lines. Hence the name backpropagation.
#
# **Ask yourself.** With three hidden layers, how often do you need (9), and how often (10)?
#
# <details><summary>Open this when you have an answer</summary>(9) once, at the output. (10) three times, again and again, until the first hidden layer.</details>
#
# The input layer has no $z$ and so no δ. The slope along the input exists all the same, and lesson 07a follows it.
#
# ## 5 · BP3 and BP4: from errors to gradients
#
# Two short chains, from $z^l_j = \sum_k w^l_{jk}\, a^{l-1}_k + b^l_j$. In the code, what belongs to layer $l - 1$, which is heard, is called `_prev`:
#
# $$
# \begin{aligned}
# \frac{\partial C_x}{\partial b^l_j} &= \frac{\partial C_x}{\partial z^l_j} \frac{\partial z^l_j}{\partial b^l_j} = \delta^l_j \cdot 1 && \text{the bias enters } z^l_j \text{ alone} \\[6pt]
# \frac{\partial C_x}{\partial w^l_{jk}} &= \frac{\partial C_x}{\partial z^l_j} \frac{\partial z^l_j}{\partial w^l_{jk}} = \delta^l_j\, a^{l-1}_k && \text{so does this weight}
# \end{aligned}
# $$
#
# That is for one example, and a network learns from many. Take five, and measure BP1 once more, by the cost $C$ of all five. **Predict:** does it agree again?

# %%
x_five, y_five = rng.random((4, 5)), np.eye(2)[:, [0, 1, 1, 0, 1]]
(_, a5, a5_out), (z5, z5_out) = forward(small, x_five)
delta5_out = output_error(a5_out, y_five, z5_out)
delta5 = propagate_error(w_out, delta5_out, z5)

# %% tags=["predict"]
measured = slopes(lambda v: quadratic_cost(sigmoid(v), y_five), z5_out)
(delta5_out / measured).round(6)

# %% [markdown]
# Each δ is five times what is measured. Nothing is wrong: δ is the slope of its own example's $C_x$, and $C$ is the mean, in which each example has a fifth of a say. That is why BP1 and BP2 were measured with one.
#
# So the mean belongs here, where examples meet. The slope of a mean is the mean of the slopes, and each example has its column in δ: for the biases the mean runs along each row.
#
# $$\underset{(j,\,1)}{\frac{\partial C}{\partial b^l}} = \frac1m \sum_x \underset{(j,\,1)}{\delta^l_x} \tag{11}$$
#
# Here $\delta^l_x$ is the column of example $x$, with the numbers $\delta^l_{jx}$; the book writes $\delta^{x,l}$ once for each example. Equation (11) is [`bias_gradient`](../mnet/backprop.py), where `_shares(m, …)` is a column of $m$ numbers $\tfrac1m$, so the product with it is the mean over the examples:

# %%
from mnet import bias_gradient

figures.source(bias_gradient)

# %%
measured = slopes(lambda v: quadratic_cost(sigmoid(w_out @ sigmoid(w @ x_five + v) + b_out), y_five), b)
print("delta", delta5.shape, " b", b.shape, " gradient", bias_gradient(delta5).shape)
print("BP3 agrees to 1e-8:", abs(bias_gradient(delta5) - measured).max() < 1e-8)

# %% [markdown]
# For the weights, take the mean over examples too, and look for a matrix product. With $\delta$ for $\delta^l$ and $a$ for $a^{l-1}$:
#
# $$
# \begin{aligned}
# \frac{\partial C}{\partial w^l_{jk}} &= \frac1m \sum_x \delta_{jx}\, a_{kx} && \text{mean over the examples } x \\
# &= \frac1m \sum_x \delta_{jx}\, \bigl(a^{\mathsf T}\bigr)_{xk} && \text{a transpose exchanges the indices} \\
# &= \frac1m \bigl(\delta\, a^{\mathsf T}\bigr)_{jk} && \text{the product sums over } x
# \end{aligned}
# $$
#
# $$\underset{(j,\,k)}{\frac{\partial C}{\partial w^l}} = \frac1m\; \underset{(j,\,m)}{\delta^l}\; \underset{(m,\,k)}{(a^{l-1})^{\mathsf T}} \tag{12}$$
#
# The $m$ meet and vanish: the matrix product adds up the examples by itself. Equation (12) is [`weight_gradient`](../mnet/backprop.py):

# %%
from mnet import weight_gradient

figures.source(weight_gradient)

# %%
measured = slopes(lambda v: quadratic_cost(sigmoid(w_out @ sigmoid(v @ x_five + b) + b_out), y_five), w)
print("delta", delta5.shape, " w", w.shape, " gradient", weight_gradient(delta5, x_five).shape)
print("BP4 agrees to 1e-8:", abs(weight_gradient(delta5, x_five) - measured).max() < 1e-8)

# %% [markdown]
# **Ask yourself.** Of a layer's $w$, $b$, $z$, δ and two gradients, which have shapes that depend on the number of examples, and which do not? Compare one example with five:

# %% tags=["predict"]
for found in delta, delta5:
    print("delta", found.shape, " bias_gradient", bias_gradient(found).shape, " b", b.shape)

# %% [markdown]
# δ, like $z$ and $a$, has a column for each example. A gradient has exactly the shape of what it belongs to, however many examples there were: you want to subtract one from the other.
#
# ## 6 · Backpropagation
#
# Forward, keeping every $z$ and $a$; BP1 at the end; then, layer by layer towards the input, BP3 and BP4, and BP2 to step back. You know every line of [`backprop`](../mnet/backprop.py). (`Gradient` is a pair with names: `nabla_b` first, `nabla_w` second.)

# %%
from mnet import backprop

figures.source(backprop)

# %% [markdown]
# `reversed` runs through the layers from the last to the first, and `insert(0, …)` puts each new array in front of those that are there. (∇, the sign of the gradient, is called nabla.) `eta` is 1 unless you say otherwise: lesson 06 gives it the learning rate. (10), (11) and (12) each multiply by δ, so η times δ at the output makes η times the whole gradient; there it multiplies ten numbers an example, at the end it would be 23,860.

# %%
nablas = backprop(small, x_five, y_five)
print("nabla_b:", [g.shape for g in nablas.nabla_b])
print("nabla_w:", [g.shape for g in nablas.nabla_w])

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
# ### What did we ask of the cost?
#
# Look back at the four derivations. Of the cost they used two things only, and the book calls them its assumptions:
#
# - $C$ is the **mean** of costs $C_x$ of single examples. That is where (11) and (12) have their mean from.
# - $C_x$ is a function of the **output activations** $a^L$, so that (7) can start the chain. The weights come in through them alone.
#
# Any cost that is made so has its backpropagation. (9) alone contains (7): another cost changes one line. [Lesson 08](08_improve.ipynb) changes it, and Exercise 2 below lets you.
#
# ### Check everything at once
#
# One check for a whole network, whatever its layers: nudge each parameter $p$, be it a weight or a bias, and ask the network for its cost. The function is [`numerical_gradient`](../mnet/backprop.py).
#
# $$\frac{\partial C}{\partial p} \approx \frac{C(p + h) - C(p - h)}{2h} \tag{13}$$

# %%
from mnet import numerical_gradient

figures.source(numerical_gradient)

# %% [markdown]
# The inner function `slope` is equation (13); the rest copies the network (`object.__new__` makes an empty one), so that yours stays as it is, and goes through all its numbers. Here it checks a deeper network, with layers of 5, 4, 3 and 2 neurons and six examples. How far may two gradients differ? Against their own size: a difference of $10^{-8}$ is nothing where slopes are near 1, and everything where they are near $10^{-8}$. So divide by it, and call that the **relative error**.


# %%
def in_one_row(gradient):
    return np.concatenate([array.ravel() for array in gradient.nabla_b + gradient.nabla_w])


def relative_error(found, wanted):
    difference = in_one_row(found) - in_one_row(wanted)
    return float(np.linalg.norm(difference) / np.linalg.norm(in_one_row(wanted)))


deeper = Network([5, 4, 3, 2], rng=np.random.default_rng(1), dtype=np.float64)
x_six, y_six = np.random.default_rng(2).random((5, 6)), np.eye(2)[:, [0, 0, 1, 0, 1, 1]]
fast = backprop(deeper, x_six, y_six)
slow = numerical_gradient(deeper, x_six, y_six)
print("relative error below 1e-8:", relative_error(slow, fast) < 1e-8)

# %% [markdown]
# Is the measurement above all doubt? No, for two reasons. It asks the same `feedforward` and the same cost as `backprop` is about: a mistake in those is in both, and they agree. And it rounds. A large $h$ cuts the corner of the curve, with an error like $h^2$; a tiny one subtracts two costs that agree in nearly all their digits. Here is the relative error for thirteen nudges:

# %%
nudges = 10.0 ** np.arange(-13, 0)
measured = [numerical_gradient(deeper, x_six, y_six, float(nudge)) for nudge in nudges]
in_64_bits = [relative_error(found, fast) for found in measured]
figures.show(figures.nudge_errors, nudges, in_64_bits, "64 bits")

# %% [markdown]
# Below a relative error of $10^{-7}$ or so you may trust a gradient, above $10^{-3}$ look for a mistake; in between, try another $h$ first.
#
# ### Why not always so?
#
# `numerical_gradient` is short and needs no calculus. Why not learn with it? **Predict first:** how often does it ask $[784, 100, 10]$, with 100 hidden neurons, for an answer, for a single step downhill?

# %% tags=["predict"]
2 * ((784 + 1) * 100 + (100 + 1) * 10)

# %% [markdown]
# Twice for each of its parameters. Backpropagation goes forward once and back once, and has them all. Compare the times for our $[784, 30, 10]$: two answers for each parameter, and one `backprop`, on ten images.

# %%
net = Network([784, 30, 10], rng=np.random.default_rng(0))
parameters = sum(w.size + b.size for w, b in zip(net.weights, net.biases, strict=True))
images, targets = mnist.train.columns(slice(0, 10))
ask = min(timeit.repeat(lambda: quadratic_cost(feedforward(net, images), targets), number=20, repeat=5)) / 20
back = min(timeit.repeat(lambda: backprop(net, images, targets), number=20, repeat=5)) / 20
print("more than 5,000 times as long:", 2 * parameters * ask > 5000 * back)

# %% [markdown]
# So a training of ten seconds would take half a day or more. Central differences are there to check, on a small network; backpropagation is there to learn.
#
# ## Pause · your turn
#
# **What you have:** the error of a neuron, four equations, each measured, and the function that puts them together. That is all of backpropagation. Two exercises make it yours; then take a break. Section 7 begins with a new question, and needs nothing from here but the four names BP1 to BP4.
#
# Each check asks your function about two small networks with several examples, so that a wrong mean, transpose or layer shows.
#
# ### Exercise 1 · Write backprop
#
# Close section 6 and write it from the equations alone; `forward` of section 2 is yours to use. Return two lists, `nabla_b` and `nabla_w`, shaped as `net.biases` and `net.weights`.
#
# <details><summary>Hint 1, a question</summary>Which layer's δ can you compute without any other δ, and which two arrays does that δ give you before you leave the layer?</details>
# <details><summary>Hint 2, where to look</summary>BP2 stands last in the loop, behind <code>if i > 0</code>. It takes <code>weights[i]</code> back to <code>zs[i - 1]</code>.</details>


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
    for i in reversed(range(len(zs))):
        nabla_b.insert(0, delta.mean(axis=1, keepdims=True))
        nabla_w.insert(0, delta @ activations[i].T / x.shape[1])
        if i > 0:
            delta = (net.weights[i].T @ delta) * sigmoid_prime(zs[i - 1])
    return nabla_b, nabla_w


checks.backprop(my_backprop)

# %% [markdown]
# ### Exercise 2 · Another cost, another neuron
#
# Somebody's output neurons answer with the hyperbolic tangent, $a = \tanh z$, whose slope is $1 - a^2$, and the cost of an example is
#
# $$C_x = \tfrac14 \sum_j (a_j - y_j)^4$$
#
# Three neurons, one example:

# %%
z_other = np.array([[0.5], [-1.0], [2.0]])
a_other, y_other = np.tanh(z_other), np.array([[1.0], [0.0], [0.0]])

# %% [markdown]
# What is BP1 here? Derive it as in section 3, then write it with the three arrays below. The check compares numbers; the cell behind it measures what you wrote by central differences.
#
# <details><summary>Hint 1, a question</summary>In the derivation of BP1 two lines say "equation (7)" and "a = σ(z)". What do these two say here?</details>
# <details><summary>Hint 2, where to look</summary>Along a, a fourth of the fourth power has the third power as its slope. Multiply that by the slope of tanh, written with a.</details>

# %% tags=["exercise"]
my_delta = ...
checks.answer("05 other", my_delta)

# %% tags=["solution"]
my_delta = (a_other - y_other) ** 3 * (1 - a_other**2)
checks.answer("05 other", my_delta)

# %%
if my_delta is not ...:
    measured = slopes(lambda v: float(((np.tanh(v) - y_other) ** 4).sum() / 4), z_other)
    print("measured:", measured.ravel().round(4), " yours:", np.ravel(my_delta).round(4))

# %% [markdown]
# BP2, BP3 and BP4 never ask which cost it was. A neuron of another kind brings its own slope in BP2 as well.
#
# ## 7 · One by one, or all together
#
# The book's first version of this algorithm takes one example after another, as columns of one, and averages what each of them says. You can read the four equations in it, each for a single column; the division by $m$ waits for the last line:


# %%
def one_by_one(net, x, y):
    total_b = [np.zeros_like(b) for b in net.biases]
    total_w = [np.zeros_like(w) for w in net.weights]
    m = x.shape[1]
    for column in range(m):
        activations, zs = forward(net, x[:, [column]])
        delta = (activations[-1] - y[:, [column]]) * sigmoid_prime(zs[-1])
        for i in reversed(range(len(zs))):
            total_b[i] += delta
            total_w[i] += delta @ activations[i].T
            if i > 0:
                delta = (net.weights[i].T @ delta) * sigmoid_prime(zs[i - 1])
    return [b / m for b in total_b], [w / m for w in total_w]


# %% [markdown]
# Why is the matrix version the same? Forward and in (9) and (10), a matrix product treats each column by itself, and $\odot$ each number. So column $x$ of every array is what the loop computes for example $x$. The examples meet in one place only, in (11) and (12), and there the product adds up what the loop adds up, one $x$ after another. With $\delta$ for $\delta^l$ and $a$ for $a^{l-1}$:
#
# $$\bigl(\delta\, a^{\mathsf T}\bigr)_{jk} = \sum_x \delta_{jx}\, a_{kx}$$
#
# That is the proof. The measurement, with the real network in 64-bit numbers and its ten images:

# %%
net64 = Network([784, 30, 10], rng=np.random.default_rng(0), dtype=np.float64)
loop, together = one_by_one(net64, images, targets), backprop(net64, images, targets)
pairs = zip(loop[0] + loop[1], together.nabla_b + together.nabla_w, strict=True)
print("all four arrays agree to 1e-12:", max(abs(one - all_).max() for one, all_ in pairs) < 1e-12)

# %% [markdown]
# The difference is time: ten small products against one larger one. **Predict:** how many times as long does the loop take for 10 images, and for 100?


# %% tags=["predict", "nbval-ignore-output"]
def times_as_long(m):
    x, y = mnist.train.columns(slice(0, m))
    loop = min(timeit.repeat(lambda: one_by_one(net, x, y), number=5, repeat=5))
    return loop / min(timeit.repeat(lambda: backprop(net, x, y), number=5, repeat=5))


ratios = {m: times_as_long(m) for m in (10, 100)}
{m: round(ratio) for m, ratio in ratios.items()}  # differs from machine to machine

# %% [markdown]
# A computer multiplies large matrices far faster, number for number, than small ones, and Python runs each line once in place of a hundred times. The mathematics is the same; that is why the course writes examples as columns.

# %%
print(f"at least 3 times as long for 10: {ratios[10] > 3}; at least 12 times for 100: {ratios[100] > 12}")

# %% [markdown]
# ## 8 · Downhill
#
# Lesson 04 walked down a bowl of two numbers, and stopped before the network: its gradient was out of reach. Now you have it. The same rule (8), for every weight and every bias, on a hundred images. (`v -= …` changes the array itself, so it changes the network that holds it. It says `mnet.backprop`, so that yours can take its place: if you wrote exercise 1, the cell below learns with it.)


# %%
def learn(steps=300, eta=3.0):
    net = Network([784, 30, 10], rng=np.random.default_rng(0), dtype=np.float64)
    x, y = mnist.train.columns(slice(0, 100))
    costs = [quadratic_cost(feedforward(net, x), y)]
    for _ in range(steps):
        nabla_b, nabla_w = mnet.backprop(net, x, y)
        for v, slope in zip(net.biases + net.weights, nabla_b + nabla_w, strict=True):
            v -= eta * slope
        costs.append(quadratic_cost(feedforward(net, x), y))
    return costs


# %%
with checks.plugged_in(backprop=my_backprop):
    costs = learn()
figures.show(figures.cost_per_step, costs, size=(7, 2.8))

# %% [markdown]
# 23,860 numbers, 300 steps, and the cost is far below the 0.50 of a network that says nothing. So the network learns, though only these hundred images. Lesson 06 does it with 50,000.
#
# ## 9 · Look at the blame
#
# The first test image is a 7. Here is how wrong each output neuron of our untrained network is, $a - y$, and below it the error δ. With one example, $\partial C / \partial b = \delta$, so `nabla_b` holds it.

# %%
seven, target = mnist.test.columns(slice(0, 1))
one = backprop(net, seven, target)
wrong = feedforward(net, seven) - target
figures.show(figures.errors_beside, wrong, one.nabla_b[1], label=7, size=(7, 4))

# %% [markdown]
# Neuron 7 should be louder: both its bars point down. Others should be quieter. And compare the two bars of neuron 5, which lesson 03 found the loudest of all for this image, and wrongly so. Neuron 1 is right, neuron 5 is wrong, and both have nearly no δ. **Ask yourself** what makes δ so small where the answer is so wrong, before you run the next cell.

# %% tags=["predict"]
_, seven_zs = forward(net, seven)
z_wrong = float(seven_zs[-1][5, 0])
print(f"neuron 5: z = {z_wrong:.1f}, a = {sigmoid(z_wrong):.3f}, δ = {one.nabla_b[1][5, 0]:.3f}")

# %% [markdown]
# It is as wrong as can be, and saturated: so far out, σ′ multiplies its blame by almost zero, and it will learn slowest where it is most wrong. Is that this network's bad luck? Take ten untrained networks and a thousand images, and of all outputs that wrongly say more than one half, count those with a slope below 0.01.

# %% tags=["predict"]
many, wanted = mnist.test.columns(slice(0, 1000))
deaf = []
for start in range(10):
    said = feedforward(Network([784, 30, 10], rng=np.random.default_rng(start)), many)
    deaf.append(float((said * (1 - said) < 0.01)[(said > 0.5) & (wanted == 0)].mean()))
print(f"deaf ≈ {min(deaf):.0%} to ≈ {max(deaf):.0%}")

# %% [markdown]
# In every start some of the wrong ones are deaf, in some starts more than a quarter of them. [Lesson 08](08_improve.ipynb) changes BP1 so that they hear.

# %%
print("some in each of the ten, and never more than 65 %:", 0 < min(deaf) <= max(deaf) < 0.65)

# %% [markdown]
# Now the weights of one hidden neuron, number 15. It has one for each pixel, so its gradient is a picture:

# %%
figures.show(figures.gradient_image, one.nabla_w[0][15], size=(4.8, 3.8))

# %% [markdown]
# It is the 7 itself. Equation (12) says why: $\delta^2_{15}$ is one number, and the activation that came in is the image. One example can teach a neuron nothing but "more of this" or "less of this". Where the paper is blank, nothing came in, and those weights are not to blame.

# %%
print("blame times image:", np.allclose(one.nabla_w[0][15], one.nabla_b[0][15] * seven[:, 0]))

# %% [markdown]
# With a thousand examples, the neuron is told "more" of some and "less" of others, and the mean tells strokes apart. In the picture below, where orange is a positive slope and purple a negative one, an orange ring, much like a 0, lies around a purple stroke, much like a 1: listen less to the one, more to the other. (This is one neuron of one start; others are told of other strokes.)

# %%
thousand = backprop(net, *mnist.train.columns(slice(0, 1000)))
figures.show(figures.gradient_image, thousand.nabla_w[0][15], size=(4.8, 3.8))

# %% [markdown]
# ## 10 · Blame fades
#
# Each step back multiplies by σ′, and σ′ is at most $\tfrac14$. What is left for the first layers of a deeper network? Take three hidden layers and 200 images. BP1 gives the last δ, and three times BP2 gives the others, each put in front of the one it came from. The picture has a **logarithmic** axis: each mark to the left is a tenth of the one before.

# %%
deep = Network([784, 30, 30, 30, 10], rng=np.random.default_rng(0))
pixels, digits = mnist.train.columns(slice(0, 200))
activations, zs = forward(deep, pixels)
deltas = [output_error(activations[-1], digits, zs[-1])]
for i in (3, 2, 1):
    deltas.insert(0, propagate_error(deep.weights[i], deltas[0], zs[i - 1]))

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
# <details><summary>What you should have seen: open it when you have broken some</summary>
#
# - Each mistake turns its own equation's check red, and "all four" with it. The check alone says where to look; all four say that something is wrong.
# - A mistake in BP1 spoils every array of the gradient, since all blame starts there. For the other three, look at the words below "all four": they name the arrays.
# - With the wrong sign the numbers look healthy, and the network climbs uphill. No shape would tell you.
# - Without σ′ in BP1 or in BP2 the network learns all the same. So a network that learns is no proof that its gradient is right: only the check sees it. Is the broken one even better? That is the next question.
# - "w, not its transpose" cannot be computed here, since the shapes do not fit. With as many neurons in both layers they would, and be wrong in silence. A small network to check on should have layers of different sizes.
#
# </details>
#
# All the checks that each mistake turns red:

# %% tags=["predict"]
for name, change in equations.BREAKS.items():
    print(f"{name:26}", [found.name for found in equations.verify(change) if not found.passed])

# %% [markdown]
# ### Does the mistake learn better?
#
# In the panel's graph, with σ′ forgotten in BP1, the cost falls faster than it should. But σ′ is at most $\tfrac14$: whoever forgets it takes steps at least four times as long. The panel has η = 3 for both. Is it a better direction, or a longer step? Let each try a small, a middle and a large η, from five starts, on 5,000 images. **Predict first:** which ends lower at η = 2, which at η = 10, and which where each may have the η that suits it best?

# %% tags=["predict", "slow"]
ends = {}
for name in "nothing", "BP1: forget σ′", "BP2: forget σ′":
    for eta in 2.0, 6.0, 10.0:
        change, starts = equations.BREAKS[name], 3 if "BP2" in name else 5
        costs = [equations.learning(mnist.train, change, 500, eta, start)[-1] for start in range(starts)]
        low, ends[name, eta], high = np.quantile(costs, (0, 0.5, 1))
        says = f"cost ≈ {low:.2f} to {high:.2f}, the middle one ≈ {ends[name, eta]:.2f}"
        print(f"broken: {name:14} η = {eta:2.0f}: {says}")

# %% [markdown]
# At η = 2 the mistake wins, at η = 10 it loses: its steps are longer, so it needs a smaller η. But give each its own η, and the mistake wins still. So the length of the step is not all. What does it follow? $\delta = a - y$ is no slope of the quadratic cost, yet it is the exact BP1 of another one, the cross-entropy. It goes downhill, on another hill, and there no neuron is deaf. [Lesson 08](08_improve.ipynb) makes it honest: it takes the cost that belongs to this δ. Without σ′ in BP2 the numbers are the slope of nothing, and whether that does better or worse depends on η: at a small one better, at a large one for some starts better and for some worse.

# %%
intact, forgot = ([ends[name, eta] for eta in (2, 6, 10)] for name in ("nothing", "BP1: forget σ′"))
print("the middle start, without σ′ in BP1, ends lower at η = 2:", bool(forgot[0] < intact[0]))
print("and higher at η = 10:", bool(forgot[2] > intact[2]))
print("and lower where each has its best η:", bool(min(forgot) < min(intact)))
print("without σ′ in BP2 it ends lower at η = 2:", bool(ends["BP2: forget σ′", 2] < intact[0]))

# %% [markdown]
# Why be right, then? Because what follows the slope of a cost has a promise: a step that is small enough lowers it, whatever the network and whatever the cost. A mistake that happens to help here promises nothing, and the day that the network stops learning, you do not know where to look.
#
# ## 12 · Let the numbers remember
#
# *A section to leave out at will: nothing after it needs it. It asks for more Python than the rest, classes and a function that calls itself.*
#
# Two local rules carried all of section 1: a sum passes blame on, a product exchanges it. Then a number that remembers how it was made can send blame back by itself, through any formula, and nobody derives anything. Here is such a number, [`Value`](../mnet/autodiff.py), forty lines with all that belongs to it. Each operation notes what it was made from, and at which rate it moves with that. (`__add__` is what Python calls for `+`, and `__mul__` for `*`.)

# %%
from mnet.autodiff import Value

for method in Value.__init__, Value.__add__, Value.__mul__, Value.sigmoid:
    figures.source(method)
    print()

# %% [markdown]
# A sum moves as fast as each of its parts: rate 1. A product moves with one factor as fast as the other factor is large. The way back goes through these notes from the end, and multiplies:

# %%
figures.source(Value.backward)

# %% [markdown]
# `visit` puts each number behind all that it was made from. So, from the last to the first, all paths to a number have come in before it passes its blame on: the sum of BP2. Now the chain of section 1, written as its formula and nothing else. **Predict** its four slopes:

# %% tags=["predict"]
w_1, b_1, w_2, b_2 = remembered = [Value(number) for number in (w1, b1, w2, b2)]
miss = (w_2 * (w_1 * x + b_1).sigmoid() + b_2).sigmoid() - y
(miss * miss * 0.5).backward()
[round(value.slope, 3) for value in remembered]

# %% [markdown]
# Your four numbers from paper, once more. This is **automatic differentiation**, and the way back through it is backpropagation. Libraries such as PyTorch do the same with arrays in the place of numbers. If PyTorch is on your computer, here are its four:

# %% tags=["nbval-ignore-output", "predict"]
try:
    import torch

    w_1, b_1, w_2, b_2 = tensors = [torch.tensor(number, requires_grad=True) for number in (w1, b1, w2, b2)]
    miss = torch.sigmoid(w_2 * torch.sigmoid(w_1 * x + b_1) + b_2) - y
    (miss * miss * 0.5).backward()
    print([round(float(tensor.grad), 3) for tensor in tensors])
except ImportError:
    print("PyTorch is not installed here, and nothing else in this course asks for it.")

# %% [markdown]
# ## Your turn
#
# ### Exercise 3 · Spot the bug: one error for all
#
# Some notes give a single formula for "the error", $\delta = (a - y) \odot \sigma'(z)$, and use it in every layer. What would $y$ be for a hidden neuron? On a network whose layers are all of one size, the code below runs without complaint. See what the check says, and mend it.
#
# <details><summary>Hint 1, a question</summary>Which lines of the loop ask for a target, and in which turns of the loop is there none?</details>
# <details><summary>Hint 2, where to look</summary>The first line of the loop. One δ comes before the loop, from BP1; the others come at the end of each turn, from BP2.</details>


# %% tags=["exercise", "predict"]
def from_the_notes(net, x, y):
    activations, zs = forward(net, x)
    nabla_b, nabla_w = [], []
    for i in reversed(range(len(zs))):
        delta = (activations[i + 1] - y) * sigmoid_prime(zs[i])
        nabla_b.insert(0, bias_gradient(delta))
        nabla_w.insert(0, weight_gradient(delta, activations[i]))
    return nabla_b, nabla_w


checks.backprop(from_the_notes)


# %% tags=["solution"]
def from_the_notes(net, x, y):
    activations, zs = forward(net, x)
    nabla_b, nabla_w = [], []
    delta = output_error(activations[-1], y, zs[-1])
    for i in reversed(range(len(zs))):
        nabla_b.insert(0, bias_gradient(delta))
        nabla_w.insert(0, weight_gradient(delta, activations[i]))
        if i > 0:
            delta = propagate_error(net.weights[i], delta, zs[i - 1])
    return nabla_b, nabla_w


checks.backprop(from_the_notes)

# %% [markdown]
# ### Exercise 4 · Spot the bug: a slope in the wrong place
#
# The same algorithm written another way: first every layer's σ′, then every layer's δ, then the gradients. All shapes fit, whatever the sizes, and a network even learns with it. One line is wrong.
#
# <details><summary>Hint 1, a question</summary>σ′ is a slope along z. Along what is each slope here?</details>
# <details><summary>Hint 2, where to look</summary>The line of <code>movable</code>: what does its loop run through?</details>


# %% tags=["exercise", "predict"]
def slipped(net, x, y):
    activations, zs = forward(net, x)
    movable = [sigmoid_prime(a) for a in activations[1:]]
    deltas = [(activations[-1] - y) * movable[-1]]
    for i in reversed(range(1, len(zs))):
        deltas.insert(0, (net.weights[i].T @ deltas[0]) * movable[i - 1])
    nabla_w = [weight_gradient(delta, a) for delta, a in zip(deltas, activations, strict=False)]
    return [bias_gradient(delta) for delta in deltas], nabla_w


checks.backprop(slipped)


# %% tags=["solution"]
def slipped(net, x, y):
    activations, zs = forward(net, x)
    movable = [sigmoid_prime(z) for z in zs]
    deltas = [(activations[-1] - y) * movable[-1]]
    for i in reversed(range(1, len(zs))):
        deltas.insert(0, (net.weights[i].T @ deltas[0]) * movable[i - 1])
    nabla_w = [weight_gradient(delta, a) for delta, a in zip(deltas, activations, strict=False)]
    return [bias_gradient(delta) for delta in deltas], nabla_w


checks.backprop(slipped)

# %% [markdown]
# Let the slipped one learn as in section 8, and it ends at a cost of 0.03 at most from each of ten starts, where the right one ends between 0.04 and 0.3. It learns **better**, and it is wrong: σ′ of an activation, which is a number from 0 to 1, is never below 0.196. So no neuron is deaf, and all steps are longer than they say. Section 11 has why it pays to be right all the same.
#
# ### Exercise 5 · Which check goes red?
#
# A friend's network with one hidden layer learns, and quickly. Still, central differences say: `nabla_b[1]` and `nabla_w[1]` are right, `nabla_b[0]` and `nabla_w[0]` are wrong. The mistake is in one of the four equations. Which of the panel's checks goes red, beside "all four"? Answer with its name in quotes, such as `"BP1"`.
#
# <details><summary>Hint 1, a question</summary>Two arrays are right and two are wrong. What lies between the layer of the first two and that of the others?</details>
# <details><summary>Hint 2, where to look</summary>In the table of section 6: one of the four makes no array of the gradient, and only layers before the last ever need it.</details>

# %% tags=["exercise"]
my_check = ...
checks.answer("05 red", my_check)

# %% tags=["solution"]
my_check = "BP2"
checks.answer("05 red", my_check)

# %% [markdown]
# Break it there in the panel, and read the words below "all four".
#
# ### Exercise 6 · Choose h
#
# Networks compute in 32-bit numbers, which keep 7 digits in place of 16. The picture of section 6 was made in 64 bits, where $10^{-5}$ is a good nudge. Predict: in 32 bits, which of $h = 10^{-7}, 10^{-6}, \dots, 10^{-1}$ measures best? Answer with your $h$; the cell behind the check draws what each of them does.
#
# <details><summary>Hint 1, a question</summary>The corner costs about h² in either case. What do the lost digits cost, if a cost near 1 is known to 10⁻⁷ and the difference is divided by 2 h?</details>
# <details><summary>Hint 2, where to look</summary>Set h² equal to 10⁻⁷ / h. In 64 bits the line reads h² = 10⁻¹⁶ / h, and gives 10⁻⁵ or so.</details>

# %% tags=["exercise"]
my_h = ...
checks.answer("05 h", my_h)

# %% tags=["solution"]
my_h = 1e-2
checks.answer("05 h", my_h)


# %% tags=["nbval-ignore-output"]
def error_in_32_bits(h):
    x, y, w1, b1, wo, bo = (v.astype(np.float32) for v in (x_five, y_five, w, b, w_out, b_out))
    found = slopes(lambda v: quadratic_cost(sigmoid(wo @ sigmoid(w1 @ x + v) + bo), y), b1, np.float32(h))
    return np.linalg.norm(found - bias_gradient(delta5)) / np.linalg.norm(bias_gradient(delta5))


if my_h is not ...:
    figures.show(figures.nudge_errors, nudges[6:], [error_in_32_bits(h) for h in nudges[6:]], "32 bits")

# %% [markdown]
#
# ## What you have now
#
# You measured the error of a neuron and derived it; carried it back over the transposed weights; turned it into gradients with the mean over the examples; wrote backpropagation, and found mistakes in it by central differences; and let numbers remember their own way back. A network of 23,860 numbers walked downhill with it.
#
# ## In practice
#
# - Libraries such as PyTorch and JAX do the way back themselves, as section 12 does, with whole arrays in the place of numbers: reverse-mode automatic differentiation.
# - The way back needs every $z$ and $a$ of the way forward. Memory for them, not speed, often limits how many examples fit into one batch.
# - A cost that suits the sigmoid (cross-entropy) cancels the σ′ of BP1, and a saturated wrong neuron gets its full blame: [lesson 08](08_improve.ipynb) derives and measures it. Hidden layers with ReLU, of slope 1 where they are active, fade less.
# - Who writes a new kind of layer checks it by central differences, in 64 bits and on a small case, as here, and reports the relative error.
#
# ## Read further
#
# Michael Nielsen, *Neural Networks and Deep Learning*, chapter 2: "The four fundamental equations behind backpropagation" (BP1) to (BP4), their proof, and "In what sense is backpropagation a fast algorithm?"; chapter 5 on vanishing gradients.
#
# Next: [06 · Learn from 50,000 pictures](06_sgd.ipynb).
