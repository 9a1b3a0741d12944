# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 02 · Build one neuron
#
# **What does one neuron do?** It weighs what it is told, adds a preference of its own, and answers with a number between 0 and 1.
#
# **You will build** a neuron that you can tune by hand until it tells dark pictures from light ones.
#
# **You will be able to**
#
# - compute a weighted input z and an activation a,
# - say what the weight and the bias each do to the answer,
# - read off where a neuron is saturated, and why that slows learning.
#
# About 45 minutes, exercises included. Before this: [01 · See the data](01_data.ipynb).

# %%
from mnet import figures, load_mnist
from mnet.live import panels
import numpy as np

mnist = load_mnist()

# %% [markdown]
# ## 1 · A weighted input
#
# A neuron receives numbers $x_1, x_2, \dots$ and holds one **weight** $w_k$ for each: how much that input counts, and in which direction. It also holds one **bias** $b$: how much it leans towards yes before it has heard anything. It adds everything up:
#
# $$z = w_1 x_1 + w_2 x_2 + \dots + b = w \cdot x + b \tag{1}$$
#
# (Between the lists $w$ and $x$ the dot stands for that whole sum; between two numbers it is an ordinary product.) The sum $z$ is the **weighted input**; $x$ and $w$ have shape $(n,)$ here, $b$ and $z$ are single numbers. Lesson 03 writes it for many neurons at once, as one line of [`feedforward`](../mnet/feedforward.py). Here are three inputs, three weights and a bias; between two lists of numbers, `@` multiplies one by one and adds up.

# %%
x = np.array([1.0, 0.5, 0.0])
w = np.array([2.0, -4.0, 3.0])
b = 0.5
float(w @ x + b)

# %% [markdown]
# Check it by hand: $2 \cdot 1 - 4 \cdot 0.5 + 3 \cdot 0 + 0.5 = 0.5$. The third weight is large, and yet it adds nothing, because its input is 0.
#
# **Ask yourself.** Which single weight do you change, and to what, so that $z$ becomes exactly 0? There are two answers among the first two weights. The next cell computes both.

# %% tags=["predict"]
too_much = w @ x + b
float(w[0] - too_much / x[0]), float(w[1] - too_much / x[1])

# %% [markdown]
# ## 2 · From any number to an answer
#
# $z$ can be any number; an answer should lie between "no", 0, and "yes", 1. A step from 0 to 1 at $z = 0$ would do, but a step hides everything you need for learning: move a weight a little, and the answer either stays exactly the same or jumps. The **sigmoid** σ (sigma) softens the step, and what it makes of $z$ is the neuron's answer, its **activation** $a$:
#
# $$a = \sigma(z) = \frac{1}{1 + e^{-z}} \tag{2}$$

# %%
from mnet import sigmoid

figures.source(sigmoid)

# %% [markdown]
# That is all of [`sigmoid`](../mnet/sigmoid.py) as the course uses it; its description is left out here, and `help(sigmoid)` shows it. The line above `def` says what it takes: here, numbers in any shape. `mnet` refuses anything else in a sentence, so that the function itself can be its formula. Compare its last line with equation (2), and try it on a few numbers.

# %%
sigmoid(np.array([-2.0, 0.0, 2.0])).round(3)

# %% [markdown]
# By hand for $z = 2$, with $e = 2.718\dots$, a number that section 3 comes back to: $e^{-2}$ is $1 / (2.718 \cdot 2.718)$, about 0.135, and so $a$ is 1 divided by 1.135.

# %%
round(1 / 2.718**2, 3), round(1 / 1.135, 3)

# %%
figures.show(figures.sigmoid_curve)

# %% [markdown]
# Two facts to carry along. At $z = 0$ the neuron is undecided: $\sigma(0) = \tfrac12$. And the curve is symmetric: "yes" at $z$ is as strong as "no" at $-z$, which in a formula reads $\sigma(-z) = 1 - \sigma(z)$.

# %%
z = np.linspace(-5, 5, 11)
apart = abs(sigmoid(-z) - (1 - sigmoid(z))).max()
print(f"the two sides differ by ≈ {apart:.0e}, less than 1e-15: {apart < 1e-15}")

# %% [markdown]
# ### Very large inputs
#
# For $z = -1000$ the formula asks for $e^{1000}$. How many digits has that number, and what is the largest that a 64-bit float holds?

# %% tags=["predict"]
print(f"digits of e^1000: {int(1000 * np.log10(np.e)) + 1}; largest float: {np.finfo(float).max:.1e}")

# %% [markdown]
# Far too many, so it becomes infinity; and $1/(1+\infty)$ is 0, the right answer. A sigmoid typed in from a textbook prints a warning, "overflow encountered in exp", on the way; one that you import from `mnet` keeps it to itself. In a function of your own, a line says that this overflow is expected: `with np.errstate(over="ignore"):`.

# %%
sigmoid(np.array([-1000.0, 1000.0]))

# %% [markdown]
# ## 3 · The slope
#
# How much does the answer change when $z$ moves a little? That is the **slope** of the curve, its derivative, and a prime marks it: $\sigma'(z)$. You can measure a slope without any calculus: step a little to both sides, and see how far the curve rises. This **central difference** will guard every slope in this course.
#
# $$f'(u) \approx \frac{f(u + h) - f(u - h)}{2h}$$
#
# Three slopes and one rule are the calculus that you need:
#
# | curve | slope | |
# |---|---|---|
# | $u^2$ | $2u$ | the larger $u$, the steeper |
# | $1/u$ | $-1/u^2$ | it falls everywhere |
# | $e^u$ | $e^u$ | $e = 2.718\dots$ is the number for which the slope is the curve's own height |
#
# The rule: **along a chain, rates multiply**, which is the *chain rule*. In $e^{-z}$, put $u = -z$. It moves $-1$ times as fast as $z$, and $e^u$ moves $e^u$ times as fast as $u$; so $e^{-z}$ moves $-e^{-z}$ times as fast as $z$. Measure all four at 2, and compare with the table:


# %%
def measure(f, u, h=1e-5):
    return round(float(f(u + h) - f(u - h)) / (2 * h), 4)


curves = np.square, np.reciprocal, np.exp, lambda z: np.exp(-z)
print("measured:", [measure(curve, 2.0) for curve in curves])
print("formula: ", [2 * 2.0, -1 / 2**2, round(float(np.exp(2)), 4), round(float(-np.exp(-2)), 4)])

# %% [markdown]
# For the sigmoid the slope has a form that needs no new exponentials:
#
# $$\sigma'(z) = \sigma(z)\,\bigl(1 - \sigma(z)\bigr) \tag{3}$$
#
# You can derive it in two lines. Write $u = 1 + e^{-z}$, so that $\sigma = 1/u$ and $u' = -e^{-z} = 1 - u$, since the 1 that is added does not move. Then
#
# $$\sigma' = -\frac{u'}{u^2} = \frac{u - 1}{u^2} = \frac{1}{u}\Bigl(1 - \frac{1}{u}\Bigr) = \sigma\,(1 - \sigma).$$
#
# The first step is the chain rule, $-1/u^2$ times $u'$; the second puts in $-u' = u - 1$. The course's function is [`sigmoid_prime`](../mnet/sigmoid.py); $z$ and $\sigma'(z)$ have the same shape, whatever it is.

# %%
from mnet import sigmoid_prime

figures.source(sigmoid_prime)

# %% [markdown]
# Whoever has $a = \sigma(z)$ already hands it over, and saves the exponentials: training does. Else it is computed.

# %%
figures.show(figures.slope, z=1.0)

# %% [markdown]
# ### Trust, but check
#
# Whoever derives can slip, so let the central difference check the formula, at eleven places at once.

# %%
h = 1e-5
measured = (sigmoid(z + h) - sigmoid(z - h)) / (2 * h)
worst = abs(measured - sigmoid_prime(z)).max()
print(f"largest difference: about 1e{round(np.log10(worst))}, wanted less than 1e-9")

# %% [markdown]
# The formula and the measurement agree to nine decimals and more, at all eleven points. Where is the slope largest, and how large is it?

# %% tags=["predict"]
sigmoid_prime(np.array([0.0, 2.0, 5.0, 10.0])).round(4)

# %% [markdown]
# At $z = 0$ the slope is $\tfrac14$, its maximum. At $z = 10$ it is nearly nothing: however you nudge the weights, the answer stays where it is. Such a neuron is **saturated**; the panel below calls it so where $\sigma'(z) < 0.01$. (That is the slope along $z$. Along $x$, the curve that the panel draws is $w$ times as steep.) Keep this in mind; in lesson 07a a whole network gets stuck for this reason.
#
# ## 4 · One neuron in your hand
#
# **Predict first.** With $w$ at 1 the curve is gentle. You are about to drag $w$ to 20. What will the curve look like? And what will $w = -20$ do? Say it aloud or write it down, and only then drag.

# %%
panels.neuron()

# %% [markdown]
# <details><summary>What you should have seen: open it when you have dragged</summary>
#
# - The larger $w$, the steeper the switch: at $w = 20$ it is nearly the step from section 2, and most of the range is saturated. Its slope where it switches is $w/4$, because $\sigma'(0) = \tfrac14$ and the chain rule multiplies by $w$.
# - A negative $w$ turns the switch round: the neuron says "yes" to small inputs.
# - The bias moves the switch sideways. It sits where $w x + b = 0$, at $x = -b/w$.
#
# </details>
#
# ## 5 · A neuron that looks at pictures
#
# Now give a neuron something real. Lesson 01 measured how dark each image is, on average over its 784 pixels. A digit 1 takes little ink, a digit 0 a lot. Feed the darkness of one image into one neuron and let it answer "is this a 0?" rather than a 1.

# %%
x, _ = mnist.train.columns(slice(0, 5000))
labels = mnist.train.labels[:5000]
darkness = x.mean(axis=0)
[round(float(darkness[labels == digit].mean()), 3) for digit in (0, 1)]

# %% [markdown]
# Of the first 5,000 pictures, an average 0 has darkness 0.18 and an average 1 has 0.08. Both kinds stand in the panel below, as many as have each darkness, and over them the neuron's answer. Its dotted line is one half: right of where the curve crosses it, the neuron says "0". Beside them are pictures that it misreads now.
#
# **Predict first.** Of 100 zeros and ones, how many can such a neuron tell apart at best? Choose in the list; then tune $w$ and $b$ until you find no better score. The switch sits at $x = -b/w$.

# %%
panels.dark_or_light(mnist)

# %% [markdown]
# Keep what you found, for a while. Is the best place halfway between the two means, at 0.13? The neuron is $a = \sigma(w (x - s))$ with the switch $s$, which is $b = -w s$.

# %% tags=["predict"]
zeros = labels[labels < 2] == 0
ink = darkness[labels < 2]
for switch in (0.10, 0.115, 0.13, 0.14):
    a = sigmoid(100 * (ink - switch))
    print(f"switch at {switch:.3f}: {((a > 0.5) == zeros).mean():.1%} of {a.size:,} are right")

# %% [markdown]
# Not halfway: the ones crowd together and the zeros spread out, so the switch belongs nearer to the ones. And how steep? **Ask yourself** first: with the switch at 0.115, what will $w = 1$, 10, 100 and 1,000 change?

# %% tags=["predict"]
for w in (1, 10, 100, 1000):
    a = sigmoid(w * (ink - 0.115))
    towards = np.where(zeros, a, 1 - a).mean()
    print(
        f"w = {w:4}: {((a > 0.5) == zeros).mean():.1%} are right; the answer leans {towards:.2f} towards it"
    )

# %% [markdown]
# The count does not see $w$ at all. What grows is how sure the neuron is: at $w = 1$ it says "a little more than half" to everything, at $w = 1000$ "yes" or "no". That is welcome where it is right, and bad where it is wrong. A count of right answers is therefore a poor guide for setting weights; lesson 04 looks for a number that sees such a difference, and calls it the cost.
#
# One neuron, one weight, one bias, set by hand. It fails on thick ones and thin zeros, since it knows nothing but darkness. A neuron with a weight for *each* pixel looks at the picture itself. In the panel all 784 weights are alike at first, which is the neuron of darkness once more; **weights** then takes the mean 0 minus the mean 1. **Predict first:** how many of 100 zeros and ones will that one tell apart? And which pixels speak for a 0, which against?

# %%
panels.looking(mnist)

# %% [markdown]
# Each pixel of the third picture is one term of equation (1): ink on the ring of a 0 adds, ink in its middle takes away. With thirty such neurons and weights that fit, a network does far better: lesson 06 counts. Setting 23,860 numbers by hand is out of the question: the rest of this course makes the network set them itself.
#
# ## Your turn
#
# Replace each `...` and run the cell: the check says ○ for not yet, ✗ with the likely mistake, or ✓.
#
# ### Exercise 1 · The sigmoid out of another curve
#
# Many a pocket calculator has no σ, but the hyperbolic tangent, which NumPy calls `np.tanh`:
#
# $$\tanh u = \frac{e^{u} - e^{-u}}{e^{u} + e^{-u}}$$
#
# It has the shape of the sigmoid and runs from $-1$ to 1. Write the sigmoid of an array `z` with `np.tanh` in the place of `np.exp`. Where do the two ends have to go, and is it as steep as σ in the middle?
#
# <details><summary>Hint 1, a question</summary>What must you do to a number between −1 and 1, so that it lies between 0 and 1? And how far must u go, for tanh to be as steep at 0 as σ?</details>
# <details><summary>Hint 2, where to look</summary>Multiply the fraction in equation (2), above and below, by e to the power z / 2, and compare its lower line with the one here.</details>

# %% tags=["exercise"]
from mnet import checks


def my_sigmoid(z):
    return ...


checks.sigmoid(my_sigmoid)

# %% tags=["solution"]
from mnet import checks


def my_sigmoid(z):
    return (1 + np.tanh(z / 2)) / 2


checks.sigmoid(my_sigmoid)

# %% [markdown]
# The check asks at $z = \pm 1000$ as well, where `np.tanh` does not overflow. Once it says ✓, the next cell puts your function in the place of ours: the panel below it draws with *your* sigmoid. While the dots stand, it draws with ours; a wrong answer is refused again.

# %%
yours = checks.plugged_in(sigmoid=my_sigmoid)
panels.neuron()

# %% [markdown]
# Yours stays at work until you run `yours.close()` or restart the kernel.
#
# ### Exercise 2 · Spot the bug
#
# Someone types equation (3) and makes one slip. What does the line give at $z = 0$, and what at $z = 1$? Work both out by hand and compare them with section 3; then run the check, and mend the line.
#
# <details><summary>Hint 1, a question</summary>At z = 0 the slope is a quarter. What does this line make of it, and can a slope be 0 at z = 1?</details>
# <details><summary>Hint 2, where to look</summary>Compare the second factor with the one of equation (3): what stands behind its minus?</details>


# %% tags=["exercise", "predict"]
def slope(z):
    return sigmoid(z) * (1 - z)


checks.sigmoid_prime(slope)


# %% tags=["solution"]
def slope(z):
    return sigmoid(z) * (1 - sigmoid(z))


checks.sigmoid_prime(slope)

# %% [markdown]
# ### Exercise 3 · Place the switch
#
# A neuron has weight $w = 4$. Which bias makes it switch at $x = 3$? Compute it first; then set $w$ and $b$ in the panel of section 4 and see whether the switch sits there.
#
# <details><summary>Hint 1, a question</summary>What is z, exactly where a neuron switches?</details>
# <details><summary>Hint 2, where to look</summary>Put w = 4 and x = 3 into w x + b = 0, and solve for b.</details>

# %% tags=["exercise"]
my_bias = ...
checks.answer("02 bias", my_bias)

# %% tags=["solution"]
my_bias = -4 * 3
checks.answer("02 bias", my_bias)

# %% [markdown]
# ### Exercise 4 · How steep is it beside the switch?
#
# With $w = 20$ and $b = 0$ the answer $a = \sigma(w x + b)$, as a function of $x$, is steepest where it switches. How steep is it at $x = 0.1$? Predict the number from equation (3) and the chain rule, to one decimal or better; then let the central difference measure it.
#
# <details><summary>Hint 1, a question</summary>What is z at x = 0.1, and what is σ′ there?</details>
# <details><summary>Hint 2, where to look</summary>The chain rule multiplies σ′(z) by how fast z moves when x does: z = 20 x.</details>

# %% tags=["exercise"]
my_slope = ...
checks.answer("02 steepest", my_slope)

# %% tags=["solution"]
my_slope = 20 * 0.881 * (1 - 0.881)
checks.answer("02 steepest", my_slope)

# %%
if my_slope is not ...:
    print(measure(lambda x: sigmoid(20 * x), 0.1))

# %% [markdown]
# ### Exercise 5 · Choose h
#
# The central difference has an error of its own. Predict: of the steps $h = 10^{-1}, 10^{-2}, \dots, 10^{-12}$, which measures $\sigma'(1)$ best? A large step cuts the corner of the curve; a tiny one subtracts two numbers that are nearly equal. Answer with your $h$; then the cell below the check measures.
#
# <details><summary>Hint 1, a question</summary>A float has about 16 digits. How many are left of σ(z + h) − σ(z − h), when the two agree in twelve?</details>
# <details><summary>Hint 2, where to look</summary>The corner costs about h², the lost digits about 10⁻¹⁶ / h: for which h are the two alike?</details>

# %% tags=["exercise"]
my_h = ...
checks.answer("02 h", my_h)

# %% tags=["solution"]
my_h = 1e-5
checks.answer("02 h", my_h)

# %% tags=["nbval-ignore-output"]
if my_h is not ...:
    for power in range(1, 13):
        step = 10.0**-power
        error = (sigmoid(1 + step) - sigmoid(1 - step)) / (2 * step) - sigmoid_prime(1.0)
        print(f"h = 1e-{power:02}: wrong by about 1e{round(np.log10(abs(error))):+03}")

# %% [markdown]
# ## What you have now
#
# You computed a weighted input, squashed it into an activation, derived and checked its slope, and steered a neuron by its weight and its bias.
#
# ## In practice
#
# - Networks today mostly use other switches inside (ReLU, $\max(0, z)$, is the commonest) because they saturate less. The sigmoid is still what turns one number into a probability-like answer.
# - Its answers are not probabilities here: nothing makes ten of them sum to 1.
# - `sigmoid` works on whole arrays at once, element by element: on one number, on a column, on a column for each of a thousand images.
#
# ## Read further
#
# Michael Nielsen, *Neural Networks and Deep Learning*, chapter 1, "Sigmoid neurons", equations (3) and (4); chapter 3 on why saturation slows learning.
#
# Next: [03 · Connect neurons into a network](03_feedforward.ipynb).
