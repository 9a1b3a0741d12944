# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 03 · Connect neurons into a network
#
# **How do layers make a network?** Neurons side by side hear the same inputs; the next layer hears their answers. One matrix product a layer computes it all.
#
# **You will build** a network of any size and ask it about a handwritten digit, before it has learnt anything.
#
# **You will be able to**
#
# - write a layer of neurons as a matrix, and say what each row of it is,
# - state the shape of every array on the way from pixels to answers,
# - compute a small network by hand and a large one for a thousand images at once,
# - count the numbers that a network has to learn.
#
# About 70 minutes, exercises included. Before this: [02 · Build one neuron](02_sigmoid.ipynb).

# %%
from mnet import figures, load_mnist, sigmoid
from mnet.live import panels
import numpy as np

mnist = load_mnist()

# %% [markdown]
# ## 1 · A layer is a matrix
#
# Lesson 02 gave one neuron a list of weights. A **layer** is several neurons that hear the same inputs, each with weights and a bias of its own. Write the weights of each neuron as a row, stack the rows, and you have a matrix $w$: **row $j$ is neuron $j$**. Stack the biases as a column $b$. The inputs are a column too; call them $a$, since soon they will be the activations of the layer before.
#
# $$z = w\,a + b \tag{4}$$
#
# | array | what it is | shape | here |
# |---|---|---|---|
# | $a$ | what the layer hears, from $k$ neurons | $(k, 1)$ | $(2, 1)$ |
# | $w$ | a row for each of the layer's $j$ neurons | $(j, k)$ | $(3, 2)$ |
# | $b$, $z$ | a number for each of the layer's neurons | $(j, 1)$ | $(3, 1)$ |
#
# ($j$ and $k$ do double duty, as in most books: they name a neuron, and how many there are.)

# %%
a = np.array([[1.0], [0.5]])
w = np.array([[2.0, -4.0], [1.0, 2.0], [-3.0, 1.0]])
b = np.array([[0.5], [-1.0], [2.0]])
w @ a + b

# %% [markdown]
# `@` is the matrix product: it multiplies each row of $w$ with the column $a$, number by number, and adds up. Check the first row by hand: $2 \cdot 1 - 4 \cdot 0.5 + 0.5 = 0.5$, exactly equation (1) for neuron 0. Is the product really nothing more than three neurons, one after another?

# %% tags=["predict"]
one_by_one = [float(w[j] @ a[:, 0] + b[j, 0]) for j in range(3)]
one_by_one, one_by_one == (w @ a + b)[:, 0].tolist()

# %% [markdown]
# ### Why the order $w_{jk}$
#
# The number in row $j$ and column $k$ is $w_{jk}$: the weight with which neuron $j$ of this layer hears neuron $k$ of the layer before. "To" stands before "from", which reads backwards at first. The reason is the sum. Written out for one neuron, equation (4) is
#
# $$z_j = \sum_k w_{jk}\, a_k + b_j$$
#
# The two $k$ stand next to each other, and that is the rule of the matrix product: inner lengths meet and vanish, outer lengths stay. $(3, 2)$ times $(2, 1)$ gives $(3, 1)$. Had we written "from, to", every formula would need a transpose, `.T`, which exchanges rows and columns.

# %%
print("w", w.shape, "@ a", a.shape, "= z", (w @ a).shape)
print("from, to", w.T.shape, "@ a", a.shape, "fits:", w.T.shape[1] == a.shape[0])

# %% [markdown]
# **Ask yourself.** Which number in $w$ says how neuron 2 hears input 0? Does that input push its answer up or down?

# %% tags=["predict"]
for j, (from_0, from_1) in enumerate(w):
    print(f"neuron {j} hears input 0 with {from_0:4}, input 1 with {from_1:4}")

# %% [markdown]
# Down: the weight is $-3$. Now send every $z$ through the sigmoid, and the layer answers. The answers $a'$ are what the next layer hears (the prime says "of this layer"; it is no derivative):
#
# $$a' = \sigma(w\,a + b), \qquad (j, 1) = \sigma\bigl((j, k)(k, 1) + (j, 1)\bigr) \tag{5}$$
#
# Equations (4) and (5) are one line of the course's code, the loop of [`feedforward`](../mnet/feedforward.py) that section 4 shows. Here it is with our numbers:

# %%
hidden = sigmoid(w @ a + b)
hidden.round(3)

# %% [markdown]
# Check it by hand, too. The three $z$ were 0.5, 1 and $-0.5$. The sigmoid of 0.5 is 0.622, and the symmetry of lesson 02 gives the third without a computation: $\sigma(-0.5) = 1 - \sigma(0.5)$.

# %%
round(1 / (1 + 2.71828**-0.5), 3), round(1 - 0.622, 3)

# %% [markdown]
# ### A neuron's weights are a picture
#
# A neuron that hears 784 pixels has 784 weights, one on each pixel. Fold them as you folded the pixels, and you see what it looks for. Here is one made by hand: the mean picture of a 4 minus the mean picture of a 9, from lesson 01. Its bias is chosen so that $z = 0$ lies halfway between the two.

# %%
pictures, _ = mnist.train.columns(slice(0, 5000))
fours, nines = (pictures[:, mnist.train.labels[:5000] == digit] for digit in (4, 9))
look = (fours.mean(axis=1) - nines.mean(axis=1)).reshape(1, 784)
halfway = -(look @ (fours.mean(axis=1) + nines.mean(axis=1)))[0] / 2
figures.show(figures.weighed, look[0], [fours[:, 0], nines[:, 0]], halfway, size=(8, 2.9))

# %% [markdown]
# Each pixel of ink counts with the weight that lies under it, and $z$ adds up the whole picture. In lesson 02 such a neuron looked at zeros and ones. Fours and nines are more alike, and reading by mean pictures often took one for the other. **Predict:** how many of them does this one tell apart?

# %% tags=["predict"]
right = np.concatenate([look @ fours + halfway > 0, look @ nines + halfway < 0], axis=1)
print(f"{right.mean():.1%} of {right.size:,} fours and nines are told apart")

# %% [markdown]
# ## 2 · A whole network by hand
#
# Put one more neuron behind these three. It hears their answers with the weights 2, $-1$ and 4, and its bias is $-1$. The layer between input and output is called **hidden**, for no deeper reason than that it is neither.
#
# Take paper: $z = 2 \cdot 0.622 - 1 \cdot 0.731 + 4 \cdot 0.378 - 1$, and this is about 1.02. Its answer is then a little more than $\sigma(1) = 0.731$, which you have already met. How much? Write a number down, then look.

# %% tags=["predict"]
w_out, b_out = np.array([[2.0, -1.0, 4.0]]), np.array([[-1.0]])
z_out = w_out @ hidden + b_out
round(float(z_out[0, 0]), 2), round(float(sigmoid(z_out)[0, 0]), 3)

# %% [markdown]
# That was a network: 2 inputs, 3 hidden neurons, 1 output. It is two lines of equation (5), and a deeper one is more lines of the same.
#
# ### What a hidden layer is for
#
# Why not ten output neurons that look at the pixels themselves? Suppose that two inputs say whether a digit has a loop above and a loop below, and that a neuron shall say "yes" to digits with exactly **one** loop:
#
# | digit | loop above, $x_1$ | loop below, $x_2$ | wanted | so $z$ must be |
# |---|---|---|---|---|
# | 1 | 0 | 0 | no | $b < 0$ |
# | 9 | 1 | 0 | yes | $w_1 + b > 0$ |
# | 6 | 0 | 1 | yes | $w_2 + b > 0$ |
# | 8 | 1 | 1 | no | $w_1 + w_2 + b < 0$ |
#
# **Ask yourself:** for which $w_1$, $w_2$ and $b$ do all four lines hold? Try a few before you open the answer.
#
# <details><summary>Open it when you have tried</summary>
#
# For none. Add the two middle lines: $w_1 + w_2 + 2b > 0$. Add the first and the last: $w_1 + w_2 + 2b < 0$. No weights and no bias do both. Two neurons side by side cannot help either, as long as nobody hears both.
#
# </details>
#
# With a hidden layer it is easy, and exercise 5 lets you design it.
#
# ## 3 · The network as an object
#
# A network is its weights and biases and nothing else. The class [`Network`](../mnet/feedforward.py) holds them in two lists, and its constructor fills the lists:

# %%
from mnet import Network

figures.source(Network.__init__)

# %% [markdown]
# The line above `def` says what it takes, and `rng` is a fresh source of chance unless you give one. The ones that matter are the last three: `layers` pairs each size with the size before it, so that $j$ and $k$ are as in equation (4), and every weight and bias is drawn at random. (`dtype` is the kind of number, here 32-bit floats.) What pairs does it make of the sizes $[2, 3, 1]$?

# %% tags=["predict"]
sizes = [2, 3, 1]
list(zip(sizes[1:], sizes[:-1], strict=True))

# %% [markdown]
# First $j = 3$ neurons that hear $k = 2$ inputs, then $j = 1$ that hears $k = 3$. So there are two pairs of weights and biases for three sizes: the input layer computes nothing, it *is* the input.
#
# **Counting layers.** The book counts layers from 1, and its layer 1 is the input, which has no weights. Lists in code count from 0. So `weights[0]` and `biases[0]` belong to the book's layer 2. That is the only place where the two disagree; keep it in mind and read both.

# %%
small = Network([2, 3, 1], rng=np.random.default_rng(0))
print("weights:", [matrix.shape for matrix in small.weights])
print("biases: ", [column.shape for column in small.biases])

# %% [markdown]
# The same shapes as ours. Give it our numbers, and draw it. Each weight stands on its line, near the neuron that listens; in the circles are the activations.

# %%
small.weights, small.biases = [w, w_out], [b, b_out]
figures.show(figures.wiring, small, [a, hidden, sigmoid(z_out)], size=(7, 3.6))

# %% [markdown]
# ### Where the first numbers come from
#
# `standard_normal` draws from the bell curve, also called Gaussian, with **mean 0 and standard deviation 1**: most draws lie between $-1$ and 1, few beyond 2, negative as often as positive. The generator `rng` carries a seed, so that your network is the same as the one on this page.

# %%
net = Network([784, 30, 10], rng=np.random.default_rng(0))
drawn = net.weights[0].ravel()
print(f"mean {abs(drawn.mean()):.1f}, standard deviation {drawn.std():.1f}")

# %%
figures.show(figures.standard_normal, drawn)

# %% [markdown]
# Some notes on this code describe the draws as "normal values from 0 to 1". That is a slip, and not a small one. **Predict first:** if all weights lay between 0 and 1, what would the 30 hidden neurons answer to a picture?

# %% tags=["predict"]
x, _ = mnist.test.columns(slice(0, 1000))
positive = np.random.default_rng(0).random((30, 784))
answers = sigmoid(positive @ x)
for name, share in {"smallest": 0, "middle": 0.5, "largest": 1}.items():
    print(f"the {name} of {answers.size:,} answers to 1,000 pictures: {np.quantile(answers, share):.2f}")

# %% [markdown]
# With no negative weight, every bit of ink pushes every neuron up, until all say "yes" to everything. With both signs most of the sum cancels. Most, not all: of hundreds of draws a good deal is left over, and $\sigma'(z)$ is small there. How many hidden answers are saturated, in ten networks drawn as ours is?

# %% tags=["predict"]
shares = []
for seed in range(10):
    first = Network([784, 30, 10], rng=np.random.default_rng(seed))
    hidden_answers = sigmoid(first.weights[0] @ x + first.biases[0])
    shares.append((hidden_answers * (1 - hidden_answers) < 0.01).mean())
print(f"saturated: {min(shares):.0%} to {max(shares):.0%}")

# %% [markdown]
# More than half. Such a network still learns, and lesson 07a shows when it does not.
#
# Why random at all? Neurons that start equal hear the same and answer the same. If the weights with which the next layer hears them are equal as well, they are corrected the same, too. **Predict:** train such a network on 1,000 pictures, as in lesson 00. How many different neurons does it have then?

# %% tags=["predict"]
from mnet import Split, sgd

few = Split(mnist.train.images[:1000], mnist.train.labels[:1000])
copies, drawn_at_random = (Network([784, 30, 10], rng=np.random.default_rng(0)) for _ in range(2))
copies.weights[0][:], copies.biases[0][:] = 0.01, 0
copies.weights[1][:] = copies.weights[1][:, :1]  # each output hears all of them alike
for name, trained in {"equal": copies, "random": drawn_at_random}.items():
    list(sgd(trained, few, epochs=1, mini_batch_size=10, eta=3.0, rng=np.random.default_rng(0)))
    rows = trained.weights[0].round(4)  # rounding errors aside
    print(f"{name} at the start: {len(np.unique(rows, axis=0))} different rows among {len(rows)}")
print(f"the equal ones moved by up to {abs(copies.weights[0] - 0.01).max():.2f}")

# %% [markdown]
# They learn, and stay equal for ever: thirty copies of one neuron, which together can say no more than one. Only different starts let them become different.
#
# ## 4 · Forward
#
# To ask a network is to apply equation (5) layer by layer, each answer becoming the next layer's input. You know every word of this function, [`feedforward`](../mnet/feedforward.py):

# %%
from mnet import feedforward

figures.source(feedforward)

# %% [markdown]
# The line above `def` says: `x` has as many rows as the network has inputs, and $m$ columns. `zip` walks through both lists at once, so that each layer's weights `w` meet the same layer's bias `b`. Our 2-3-1 network first. You worked out its answer by hand.

# %%
round(float(feedforward(small, a)[0, 0]), 3)

# %% [markdown]
# The same 0.736. The loop says `a = …` again and again: no layer's answer is kept. Lesson 05 will have to keep them. Now follow one picture through $[784, 30, 10]$, by its shapes:

# %%
answer = x[:, [0]]
for weights, biases in zip(net.weights, net.biases, strict=True):
    z = weights @ answer + biases
    print(f"w {weights.shape} @ a {answer.shape} + b {biases.shape} = z {z.shape}")
    answer = sigmoid(z)

# %% [markdown]
# Each product eats the length of the layer before and leaves that of its own: 784, then 30, then 10.
#
# ## 5 · A thousand images at once
#
# Why are inputs columns? Because $w\,a$ works on every column of $a$ separately. Put $m$ images side by side, and the same product answers them all:
#
# $$\underset{(j,\,m)}{z} = \underset{(j,\,k)}{w}\;\underset{(k,\,m)}{a} + \underset{(j,\,1)}{b}$$
#
# The bias column is added to each of the $m$ columns: this is **broadcasting**, the trap of lesson 01, put to good use. `columns` hands out images in this form, and `x` above holds 1,000 of them.

# %%
together = feedforward(net, x)
print("x", x.shape, "-> answers", together.shape)

# %% [markdown]
# One call, a thousand answers. Are they the answers that the images get one at a time?

# %% tags=["predict"]
one_at_a_time = np.hstack([feedforward(net, x[:, [i]]) for i in range(1000)])
apart = abs(together - one_at_a_time).max()
print(f"{one_at_a_time.shape}: the largest difference ≈ {apart:.0e}")

# %% [markdown]
# They are, up to the rounding of 32-bit numbers:

# %%
print("no two answers differ by more than 1e-5:", bool(apart < 1e-5))

# %% [markdown]
# How much faster is one product than a thousand? Time both on your machine. The factor differs from machine to machine; that it is more than 2 does not.

# %% tags=["nbval-ignore-output"]
import timeit

loop = timeit.timeit(lambda: [feedforward(net, x[:, [i]]) for i in range(1000)], number=1)
batch = timeit.timeit(lambda: feedforward(net, x), number=1)
print(f"one at a time takes {loop / batch:.0f} times as long")
print(f"more than twice as long: {loop > 2 * batch}")

# %% [markdown]
# ### The trap: an array without columns
#
# `x[:, [0]]` is a column, of shape $(784, 1)$. `x[:, 0]` has the shape $(784,)$: 784 numbers in a row or in a column, nobody knows. NumPy does not complain about it. It guesses.

# %%
flat = x[:, 0]
(net.weights[0] @ flat + net.biases[0]).shape

# %% [markdown]
# Thirty numbers were due, and $30 \times 30$ came: NumPy took the products for a row, the biases for a column, and added each to each. No error, only wrong answers later. So every function of `mnet` looks at the shape first:

# %%
try:
    feedforward(net, flat)
except ValueError as error:
    print(error)

# %% [markdown]
# Do what it says, and the answer has the right shape. **Ask yourself** what `x[:, :1]`, a slice, would have given.

# %% tags=["predict"]
feedforward(net, flat.reshape(-1, 1)).shape, x[:, :1].shape

# %% [markdown]
# ## 6 · What it answers
#
# The network has ten output neurons, one for each digit. It says "7" when neuron 7 is the loudest, whatever the other nine say. The position of the largest number is its **argmax**, as in lesson 01. This is [`predict`](../mnet/feedforward.py):

# %%
from mnet import predict

figures.source(predict)

# %%
predict(net, x[:, :10]).tolist(), mnist.test.labels[:10].tolist()

# %% [markdown]
# The first list is what the network says, the second is what the images show. `axis=0` looks down each column, so $m$ images give $m$ digits. Here is its opinion on the first image in full:

# %%
figures.show(figures.answers, together[:, 0], mnist.test.labels[0])

# %%
print("answers above 0.8:", (together[:, 0] > 0.8).sum(), "of", len(together))

# %% [markdown]
# It is convinced, of several digits at once, and of the wrong ones. The bars need not sum to 1; nobody has told the network that there is one right answer. How often is such a network right? Ask twenty of them about all 10,000 test images.

# %% tags=["predict"]
x_test, _ = mnist.test.columns()
nets = [Network([784, 30, 10], rng=np.random.default_rng(seed)) for seed in range(20)]
shares = [(predict(each, x_test) == mnist.test.labels).mean() for each in nets]
print(
    f"{min(shares):.0%} to {max(shares):.0%}, {np.mean(shares):.0%} in the mean; guesses lie in 2 % to 20 %"
)

# %% [markdown]
# About 10 %, in the mean: as good as rolling a ten-sided die. The pattern of the numbers is everything, and this one is noise. Some of the twenty are luckier than others. **Ask yourself:** would picking the luckiest of many networks be learning? Think of the thousand dice of lesson 01.
#
# ## 7 · Count, then resize
#
# **Predict first.** How many numbers does $[784, 40, 10]$ hold? Count the weights between each two layers, then a bias for every neuron that is not an input. Write your number down, and then run the next cell.

# %% tags=["predict"]
wider = Network([784, 40, 10])
sum(array.size for array in wider.weights + wider.biases)

# %% [markdown]
# $784 \cdot 40 + 40 + 40 \cdot 10 + 10 = 31{,}810$. In our network, with 30 hidden neurons, it is $784 \cdot 30 + 30 + 30 \cdot 10 + 10 = 23{,}860$. Where are most of these?

# %% tags=["predict"]
[matrix.size for matrix in net.weights], f"{net.weights[0].size / 23_860:.1%}"

# %% [markdown]
# Nearly all of them, 23,520, sit between the pixels and the hidden layer.
#
# Now change the sizes. **Predict first:** does a second hidden layer of 30 neurons double the count? Say which shapes are added and which change, then drag the second slider to 30. And will a bigger untrained network be a better one?

# %%
panels.layers(mnist)

# %% [markdown]
# <details><summary>What you should have seen: open it when you have dragged</summary>
#
# - No old shape changes: a weight matrix (30, 30) and a bias (30, 1) are added. With another second size the output's weights, whose columns it counts, would change too.
# - A second layer of 30 adds $30 \cdot 30 + 30 = 930$ numbers, hardly 4 %. Where there are 784 inputs, the first layer is what costs.
# - A size appears as rows of its own layer's weights and bias, and as columns of the next layer's weights.
# - The answers change with every size and seed, and none of them means anything yet. Larger is not wiser.
#
# </details>

# %% tags=["predict"]
for sizes in [784, 30, 10], [784, 30, 30, 10], [784, 100, 10]:
    other = Network(sizes)
    count = sum(array.size for array in other.weights + other.biases)
    print(f"{other}: {count - 23_860:+,}, {count / 23_860 - 1:+.1%}")

# %% [markdown]
# ## Your turn
#
# Replace each `...` and run the cell: the check says ○ for not yet, ✗ with the likely mistake, or ✓.
#
# ### Exercise 1 · A bias is a weight
#
# Somebody says: "A bias is nothing but one more weight, of an input that always says 1." Write `feedforward` so, for any `net` and any number of columns: no `+`, one matrix product a layer. `np.hstack([p, q])` puts two arrays side by side, `np.vstack([p, q])` one above the other, and `np.ones((1, m))` is a row of ones. You may use `sigmoid`; the course's `feedforward` does not count as yours.
#
# <details><summary>Hint 1, a question</summary>If each neuron has one weight more, which shape has w then? And which shape must a have, for the inner lengths to meet?</details>
# <details><summary>Hint 2, where to look</summary>Section 1: row j of w is neuron j, so b goes beside w; and what it is multiplied with goes below a, once for each column.</details>

# %% tags=["exercise"]
from mnet import checks


def my_feedforward(net, x):
    return ...


checks.feedforward(my_feedforward)

# %% tags=["solution"]
from mnet import checks


def my_feedforward(net, x):
    a = x
    for w, b in zip(net.weights, net.biases, strict=True):
        a = sigmoid(np.hstack([w, b]) @ np.vstack([a, np.ones((1, a.shape[1]))]))
    return a


checks.feedforward(my_feedforward)

# %% [markdown]
# Once the check says ✓, the next cell puts your function in the place of ours: the panel's ten bars are then *your* network's answers. While the dots stand, they are ours; a wrong answer is refused again.

# %%
yours = checks.plugged_in(feedforward=my_feedforward)
panels.layers(mnist)

# %% [markdown]
# Yours stays at work until you run `yours.close()` or restart the kernel.
#
# ### Exercise 2 · Spot the bug
#
# Someone writes the loop with a counter `l` in place of `zip`, and makes one slip. For most networks NumPy complains; for some, with layers of equal size, it does not, and returns an array of a strange shape. Run the check, find the slip and mend it.
#
# <details><summary>Hint 1, a question</summary>Which two things does the layer number l pick from, and which of them has its [l]?</details>
# <details><summary>Hint 2, where to look</summary>It is the line with the sigmoid: look at what is added.</details>


# %% tags=["exercise", "predict"]
def with_a_counter(net, x):
    a = x
    for l in range(len(net.weights)):
        a = sigmoid(net.weights[l] @ a + net.biases)
    return a


checks.feedforward(with_a_counter)


# %% tags=["solution"]
def with_a_counter(net, x):
    a = x
    for l in range(len(net.weights)):
        a = sigmoid(net.weights[l] @ a + net.biases[l])
    return a


checks.feedforward(with_a_counter)

# %% [markdown]
# ### Exercise 3 · Count without running
#
# How many weights and biases does `Network([784, 16, 16, 10])` hold? Write down the shapes of its three weights and three biases first, then add up. The panel of section 7 can confirm it.
#
# <details><summary>Hint 1, a question</summary>How many neurons does each layer have that is not the input, and how many does each of them hear?</details>
# <details><summary>Hint 2, where to look</summary>The shapes are (16, 784), (16, 16) and (10, 16), and each row has a bias.</details>

# %% tags=["exercise"]
my_total = ...
checks.answer("03 count", my_total)

# %% tags=["solution"]
my_total = (16 * 784 + 16) + (16 * 16 + 16) + (10 * 16 + 10)
checks.answer("03 count", my_total)

# %% [markdown]
# ### Exercise 4 · Undecided
#
# The 2-3-1 network of section 2 answers 0.736. Which output bias, in place of $-1$, makes it answer exactly 0.5? Two decimals will do; the cell below the check lets the network answer with your bias, or with $-1$ as long as you have none.
#
# <details><summary>Hint 1, a question</summary>For which z does the sigmoid answer one half?</details>
# <details><summary>Hint 2, where to look</summary>In the line for paper in section 2, put b in the place of −1, and let the sum be that z.</details>

# %% tags=["exercise"]
my_bias = ...
checks.answer("03 half", my_bias)

# %% tags=["solution"]
my_bias = -(2 * 0.622 - 1 * 0.731 + 4 * 0.378)
checks.answer("03 half", my_bias)

# %% tags=["predict"]
shifted = Network([2, 3, 1])
shifted.weights, shifted.biases = [w, w_out], [b, np.array([[-1.0 if my_bias is ... else my_bias]])]
print(f"the network answers {float(feedforward(shifted, a)[0, 0]):.2f}")

# %% [markdown]
# ### Exercise 5 · Design a network
#
# Build the network of section 2 that one neuron cannot be: "yes" (above 0.9) to the 9 and the 6, "no" (below 0.1) to the 1 and the 8. Think first of two questions that the two hidden neurons could each answer alone, so that the output can decide from their answers. Then choose the numbers: nine of them, and large ones make sure answers.
#
# <details><summary>Hint 1, a question</summary>Is there at least one loop? Are there two? What should each answer make the output do?</details>
# <details><summary>Hint 2, where to look</summary>A neuron with the weights 20 and 20 answers “at least one” with a bias of −10. Which bias makes it “both”? And which sign has its weight in the output?</details>

# %% tags=["exercise"]
my_net = Network([2, 2, 1])
my_net.weights = [np.array([[0.0, 0.0], [0.0, 0.0]]), np.array([[0.0, 0.0]])]
my_net.biases = [np.array([[0.0], [0.0]]), np.array([[0.0]])]
checks.answer("03 design", my_net if my_net.weights[1].any() else ...)

# %% tags=["solution"]
my_net = Network([2, 2, 1])
my_net.weights = [np.array([[20.0, 20.0], [20.0, 20.0]]), np.array([[20.0, -20.0]])]
my_net.biases = [np.array([[-10.0], [-30.0]]), np.array([[-10.0]])]
checks.answer("03 design", my_net)

# %% [markdown]
# Its answers to the 1, the 9, the 6 and the 8, and the picture of it for the 9:

# %%
loops = np.array([[0.0, 1.0, 0.0, 1.0], [0.0, 0.0, 1.0, 1.0]])
feedforward(my_net, loops).round(2) + 0.0

# %%
nine = loops[:, [1]]
middle = sigmoid(my_net.weights[0] @ nine + my_net.biases[0])
figures.show(figures.wiring, my_net, [nine, middle, feedforward(my_net, nine)], size=(7, 3))

# %% [markdown]
# ## What you have now
#
# You wrote a layer as a matrix and said why row $j$ is neuron $j$; you computed a network by hand and designed one that does what no single neuron can; you asked one about a thousand images with one product a layer; you counted 23,860 numbers that someone has to set. They are noise so far. Before they can get better, "better" must be a number: that is lesson 04.
#
# ## In practice
#
# - Most libraries keep images in rows. PyTorch computes $x\,w^{\mathsf T} + b$, and its weights have our shape, $(j, k)$; others keep weights of the shape $(k, j)$ and compute $x\,w + b$. It is the same product, read sideways.
# - Weights are stored as 32-bit numbers: half the memory of Python's 64, and faster. It costs digits that a network does not miss.
# - Standard normal weights are too large where 784 inputs are added up: many hidden neurons begin saturated. Lesson 07a shows what that costs, and the cure.
# - Convolutional layers, which read images better, are equation (5) with most weights zero and the rest shared.
#
# ## Read further
#
# Michael Nielsen, *Neural Networks and Deep Learning*, chapter 1, "Implementing our network to classify digits", equation (22); chapter 2, "Warm up: a fast matrix-based approach", equations (23) to (25), on $w_{jk}$ and its order.
#
# Next: [04 · Measure how wrong it is](04_cost.ipynb).
