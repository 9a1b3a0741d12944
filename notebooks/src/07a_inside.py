# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 07a · Look inside
#
# **What did the network learn, and why does a larger one learn nothing?** Lesson 07 judged the reader from outside, by its answers. Here you open it: you look at what a hidden neuron listens to, run the network backwards, and heal one that hardly learns.
#
# **You will build** the slope of the cost along each pixel, and a cure of one line.
#
# **You will be able to**
#
# - see what a hidden neuron looks at,
# - find a picture that makes the network say 3, and say why it is no 3,
# - recognise a saturated network, and cure it.
#
# About 60 minutes: 40 to read and try, 20 for the exercises; after section 2 is a good place for a pause. Before this: [07 · Recognise a digit](07_recognise.ipynb).

# %%
from mnet import Network, Split, checks, evaluate, feedforward, figures, load_mnist, predict, sgd
from mnet.live import panels
import numpy as np

mnist = load_mnist()
train, validation = mnist.train, mnist.validation

# %% [markdown]
# Here is a reader such as lesson 07 chose, in good health: 30 hidden neurons, η = 3, four epochs. Keep a copy of its first weights.

# %%
rng = np.random.default_rng(0)
net = Network([784, 30, 10], rng=rng)
before = net.weights[0].copy()

# %% tags=["slow", "nbval-ignore-output"]
for epoch in sgd(net, train, 4, 10, 3.0, rng, validation):
    print(epoch)

# %% [markdown]
# ## 1 · What a hidden neuron looks at
#
# Row $j$ of `net.weights[0]` holds one weight for each pixel, so it is a picture too: what hidden neuron $j$ looks for. Training began with random weights, and a good deal of that noise is still in them.

# %% tags=["nbval-ignore-output"]
figures.show(figures.receptive, net.weights[0][:10], size=(8, 3.4))

# %% [markdown]
# Subtract the weights it began with, and what it *learnt* remains.

# %% tags=["nbval-ignore-output"]
learnt = net.weights[0] - before
figures.show(figures.receptive, learnt[:10], size=(8, 3.4))

# %% [markdown]
# Strokes, arcs, a bar here and a gap there: no neuron learnt a whole digit. The rim is an even grey: nothing was learnt there. **Why?** Equation (12) has the answer: the gradient of a weight is the blame δ times the activation that came in. A pixel that is never inked sends 0, so its weights never move.

# %%
blank = train.images.max(axis=0) == 0
print(blank.sum(), "pixels hold no ink in any of the", f"{len(train):,}", "training images")

# %% [markdown]
# Then their weights stand where they began, and those of all other pixels do not. Count the pixels of which any weight has moved:

# %%
moved = (learnt != 0).any(axis=0)  # of each pixel: whether any of its thirty weights has
print(f"of {blank.sum()} blank pixels: {moved[blank].sum()}")
print(f"of {(~blank).sum()} others: {moved[~blank].sum()}")

# %% [markdown]
# Those weights are still random. If your own picture has ink out there, 30 random numbers for each such pixel join in the answer, as lesson 07 saw when digits moved.
#
# ## 2 · Run the network backwards
#
# So far a picture goes in and a digit comes out. Turn it round: hold the weights, and change the *picture* until the network says 3. You have the tools. Gradient descent needs the slope of the cost along each pixel, and backpropagation brings the blame δ back to the hidden layer. One step more through the weights reaches the pixels: since $z = w x + b$,
#
# $$\frac{\partial C}{\partial x} = w^T \delta \qquad \text{shapes: } (784, m) = (784, 30) \cdot (30, m)$$
#
# It is equation (10) without its σ′, because a pixel has no sigmoid. Each column is the slope of its own picture's cost, not of the mean.

# %%
from mnet import output_error, propagate_error, quadratic_cost, sigmoid


def blame_of_pixels(net, x, y):
    """Return how fast the cost of each column grows with each of its pixels, (784, m)."""
    (w, w_out), (b, b_out) = net.weights, net.biases
    z = w @ x + b
    z_out = w_out @ sigmoid(z) + b_out
    delta_out = output_error(sigmoid(z_out), y, z_out)
    return w.T @ propagate_error(w_out, delta_out, z)


# %% [markdown]
# Trust, but check: nudge one pixel up and down.

# %%
one, its_digit = (part.astype(float) for part in validation.columns(slice(0, 1)))
slopes = blame_of_pixels(net, one, its_digit)
nudge = np.zeros((784, 1))
nudge[abs(slopes).argmax()] = h = 1e-5
measured = quadratic_cost(feedforward(net, one + nudge), its_digit)
measured -= quadratic_cost(feedforward(net, one - nudge), its_digit)
print("the steepest pixel agrees to 1e-6:", abs(measured / (2 * h) - slopes[nudge > 0].item()) < 1e-6)

# %% [markdown]
# Now ten sheets of blank paper, one column each. Ask for a 0 from the first, a 1 from the second, and so on, and let every sheet walk downhill; `clip` keeps the ink between none and full. **Predict first:** what will the ten pictures look like when the network is content?

# %% tags=["predict"]
paper, wanted = np.zeros((784, 10)), np.eye(10)
for _ in range(1_000):
    paper = np.clip(paper - 0.1 * blame_of_pixels(net, paper, wanted), 0, 1)
says = feedforward(net, paper).diagonal()
granted = says > 0.9
print(f"granted, with an answer above 0.9: ≈ {granted.sum()} of ten wishes")
print(f"ink used ≈ {paper.mean():.1%} of the paper")

# %% tags=["nbval-ignore-output", "predict"]
sheets, read_as = 255 * paper.T / paper.max(), predict(net, paper)
figures.show(figures.digits, sheets, read_as, columns=5, what="sheet", size=(8, 3.4))

# %% [markdown]
# Faint smudges, drawn here with their ink strengthened, and the network is sure of most of them. It has never been shown what is *not* a digit, and nobody asked it to know a 3: only to tell a 3 from nine others, on sheets that always hold one of the ten. A wish that is not granted yet is held up by an old trouble, that of lesson 06: the wanted output is saturated at 0, σ′ is nearly 0, and hardly any blame comes back. With more steps it may still wake.

# %%
print("at least half of the wishes are granted:", bool(granted.sum() >= 5))
print("with ink on less than a twentieth of the paper:", bool(paper.mean() < 0.05))
print("where one is not granted, σ′ is below 0.01:", bool((says * (1 - says) < 0.01)[~granted].all()))

# %% [markdown]
# The same walk can start from a real digit. Take sevens, and ask for a 3:

# %%
x, _ = validation.columns()
read_right = predict(net, x) == validation.labels
sevens = x[:, read_right & (validation.labels == 7)][:, :40].astype(float)
forged, three = sevens.copy(), np.eye(10)[:, [3] * 40]
for _ in range(500):
    forged = np.clip(forged - 0.1 * blame_of_pixels(net, forged, three), 0, 1)
fooled = predict(net, forged) == 3
print(
    f"now read as a 3 ≈ {fooled.mean():.0%} of the sevens, at least one in ten: {bool(fooled.mean() >= 0.1)}"
)
changed = abs(forged - sevens).mean()
print(f"a pixel has changed by ≈ {changed:.3f} on average, less than a twentieth: {changed < 0.05}")

# %% tags=["nbval-ignore-output"]
pairs = np.hstack([sevens[:, fooled][:, :4], forged[:, fooled][:, :4]])
figures.show(figures.digits, 255 * pairs.T, predict(net, pairs), columns=4, what="picture", size=(7, 3.6))

# %% [markdown]
# Above, the sevens as they were; below, what the network calls a 3. You still see a seven. Such forged inputs are called **adversarial examples**, and far larger networks fall for them as well.

# %% [markdown]
# ## 3 · A network that hardly learns
#
# More hidden neurons should be better. Give the network 100 of them and one pass over 10,000 images, from three random starts. (`divisors` are for later: divided by 1, the weights stay as they are.)

# %%
first = Split(train.images[:10_000], train.labels[:10_000])


def race(hidden, seed, divisors=(1, 1)):
    """Divide the first weights of both layers, train for one pass over 10,000 images; return the network."""
    rng = np.random.default_rng(seed)
    runner = Network([784, hidden, 10], rng=rng)
    for w, divisor in zip(runner.weights, divisors, strict=True):
        w /= divisor
    list(sgd(runner, first, 1, 10, 3.0, rng))
    return runner


# %% [markdown]
# For each, the share of validation images that it reads, and the digits that it answers to fewer than 2 % of them, where one digit in ten would be fair:

# %% tags=["slow", "nbval-ignore-output"]
shares, silent = {30: [], 100: []}, {30: [], 100: []}
for hidden in shares:
    for seed in range(3):
        said = predict(race(hidden, seed), x)
        shares[hidden].append((said == validation.labels).mean())
        silent[hidden].append([digit for digit in range(10) if (said == digit).mean() < 0.02])
        print(f"{hidden:3} neurons read {shares[hidden][-1]:.0%}, hardly ever answer {silent[hidden][-1]}")

# %%
gap = 100 * (np.mean(shares[30]) - np.mean(shares[100]))
print(f"100 neurons do worse on average, by ≈ {gap:.0f} points, more than 10: {gap > 10}")

# %% [markdown]
# And the digits that go missing, of ten for each of the three starts:

# %%
few, many = (sum(map(len, digits)) for digits in silent.values())
print(f"hardly ever answered: ≈ {few} digits of 30, ≈ {many} of 30; more: {many > few}")

# %% [markdown]
# Whole digits are missing: their output neurons are hardly ever the loudest, and this one pass does not wake them.
#
# The first weights are to blame. Each output neuron adds up one number for each hidden neuron. A sum of $n$ independent numbers spreads about $\sqrt{n}$ times as widely as one of them, so with standard normal weights its $z$ runs farther the more neurons it hears, and lesson 02 measured how flat the sigmoid is out there. Look at both layers of two untrained networks:

# %%
from mnet import sigmoid_prime

x500, _ = train.columns(slice(0, 500))
for hidden in 30, 100:
    fresh = Network([784, hidden, 10], rng=np.random.default_rng(0))
    z = fresh.weights[0] @ x500 + fresh.biases[0]
    z_out = fresh.weights[1] @ sigmoid(z) + fresh.biases[1]
    for name, layer in ("hidden", z), ("output", z_out):
        flat = (sigmoid_prime(layer) < 0.01).mean()
        print(f"{hidden:3} neurons, {name}: z spreads by {layer.std():.0f}, {flat:.0%} of σ′ are below 0.01")

# %% [markdown]
# The hidden layers are alike: both listen to 784 pixels, and both are mostly flat. The output layers differ, and an output is where learning begins. Equation (9), BP1, says how loudly it is blamed: $\delta = (a - y)\,\sigma'(z)$. Take an output that should say 0, with $z$ at 0, at 2 and at 10; by how much it misses, $a - y$, is only one factor of its δ:

# %%
z_wrong = np.array([[0.0, 2.0, 10.0]])
print("miss a - y:", sigmoid(z_wrong).round(3).tolist())
print("blame δ:   ", output_error(sigmoid(z_wrong), 0 * z_wrong, z_wrong).round(5).tolist())

# %% [markdown]
# This δ is $a^2 (1 - a)$, which has its peak at $a = \tfrac23$. Beyond it, the more wrong the neuron, the *smaller* its δ: at $z = 10$ it is wrong, sure, and deaf. Equation (10) hands the same small number on to the hidden layer and multiplies by one σ′ more; (11) and (12) make the gradients out of it. Little moves, at any usual learning rate.
#
# **Predict first:** the panel below, the **saturation lens**, divides all weights of an untrained network by the same number, from 1 to 28, which is $\sqrt{784}$. Which divisor is the first to bring the share of flat slopes in the hidden layer below 5 %: about 2, about 5 or about 20?

# %%
panels.saturation(mnist)

# %% [markdown]
# <details><summary>Open this when you have moved the divisor</summary>The blue bell shrinks out of the shaded region.</details>
#
# How far is far enough?

# %% tags=["predict"]
for divisor in 1, 2, 5, 28:
    z = fresh.weights[0] / divisor @ x500 + fresh.biases[0]
    z_out = fresh.weights[1] / divisor @ sigmoid(z) + fresh.biases[1]
    flat, flat_out = ((sigmoid_prime(layer) < 0.01).mean() for layer in (z, z_out))
    print(
        f"divided by {divisor:2}: below 0.01 are {flat:.0%} of the hidden slopes, {flat_out:.0%} of the outputs'"
    )

# %% [markdown]
# A divisor of 5 is enough for both layers here. The book's recipe (chapter 3) is to divide each weight by the square root of its layer's number of inputs: 28 for the hidden layer here, 10 for the outputs. Then $z$ spreads about as widely as a single term, however many there are. Exercise 3 cures the network with it.
#
# ### One layer at a time
#
# Two layers begin flat. Which of them is to blame? Divide the weights of one alone, of the other alone, and of both, and let each network of 100 learn for one pass over the 10,000 images, from three starts. **Predict first:** which of the two alone helps more?


# %% tags=["slow", "nbval-ignore-output", "predict"]
scaled = {}
divided = {"neither": (1, 1), "hidden": (28, 1), "outputs": (1, 10), "both": (28, 10)}
for name, divisors in divided.items():
    scaled[name] = [evaluate(race(100, seed, divisors), validation) / 100 for seed in range(3)]
    print(f"{name:8}", *(f"{share:.0f} %" for share in scaled[name]))

# %% [markdown]
# The outputs come first: while they are flat, no blame leaves them, and a healthy hidden layer behind them waits in vain (scaled alone, it is even worse, from most starts: its answers then all lie near one half, and the large output weights add them up the same way for every picture). With the outputs awake, the flat hidden layer is what remains. "Will not learn" is too strong, by the way: with patience the unscaled network gets somewhere, from ten starts to 33 to 88 % after four epochs over all 50,000 images; with both layers scaled it reads 96 to 98 %, from each of the ten.

# %%
mean = {name: np.mean(shares) for name, shares in scaled.items()}
print("the outputs alone beat the hidden layer alone, on average:", bool(mean["outputs"] > mean["hidden"]))
print("both beat either alone:", bool(mean["both"] > max(mean["outputs"], mean["hidden"])))

# %% [markdown]
# ## Your turn
#
# Replace each `...` and run the cell: the check says ○ for not yet, ✗ with the likely mistake, or ✓.
#
# ### Exercise 1 · How deaf?
#
# Two output neurons should say 0. One is undecided, at $z = 0$; the other is wrong and sure, at $z = 5$, where $\sigma(5) = 0.9933$. How many times as large is the δ of the undecided one? Predict: below 1, about 20, or about 40? Then compute the ratio from equation (9), and enter that.
#
# <details><summary>Hint 1, a question</summary>Equation (9) has two factors. Which of them does being wrong make larger, which smaller?</details>
# <details><summary>Hint 2, where to look</summary>Section 3: with a 0 wanted, δ is a² (1 - a).</details>

# %% tags=["exercise"]
my_ratio = ...
checks.answer("07a deaf", my_ratio)

# %% tags=["solution"]
undecided, sure = 0.5 * 0.5 * 0.5, 0.9933 * 0.9933 * (1 - 0.9933)
my_ratio = undecided / sure
checks.answer("07a deaf", my_ratio)

# %% [markdown]
# ### Exercise 2 · How wide?
#
# A neuron hears 2,500 inputs. Half of them are 0, the others 1; its weights are standard normal numbers, its bias is 0. **Predict first**, then compute: by how much does its $z$ spread from one draw of the weights to the next? Enter it with one decimal. The cell after the check draws 2,000 such neurons.
#
# <details><summary>Hint 1, a question</summary>How many numbers does this z add up?</details>
# <details><summary>Hint 2, where to look</summary>Section 3: a sum of n independent numbers spreads √n times as widely as one of them.</details>

# %% tags=["exercise"]
my_spread = ...
checks.answer("07a spread", my_spread)

# %% tags=["solution"]
my_spread = np.sqrt(2500 / 2)
checks.answer("07a spread", my_spread)

# %% tags=["predict"]
half = np.arange(2500) % 2
drawn = np.random.default_rng(9).standard_normal((2000, 2500)) @ half
flat = (sigmoid_prime(drawn) < 0.01).mean()
print(f"measured ≈ {drawn.std():.1f}; flat ≈ {flat:.0%}")

# %% [markdown]
# The recipe of section 3 counts all inputs, blank ones too, so it divides by more than it needs. That does no harm: too small a $z$ grows where it is wanted, too large a one is stuck.

# %%
print("more than 8 in 10 of these are flat:", bool(flat > 0.8))

# %% [markdown]
# ### Exercise 3 · Rescue this run
#
# The panel trains a network of 100 hidden neurons on all 50,000 images. Press *Run* and watch it fail for an epoch or two; then press *Reset*, which begins again with the same first weights. Write the cure: divide each layer's weights, in place, by the square root of its number of inputs. Once the check says ✓, the cell behind it applies your cure; press *Run* in the panel, and run that cell again. The goal: **96 % of the validation images within 3 epochs**.
#
# <details><summary>Hint 1, a question</summary>Which of the two lengths of w counts what a neuron hears?</details>
# <details><summary>Hint 2, where to look</summary>Lesson 03: row j belongs to neuron j. And exercise 1 of lesson 06: which line changes the network's own array?</details>

# %%
sick, cured = panels.training(mnist, sizes=(784, 100, 10)), None
sick


# %% tags=["exercise"]
def cure(net): ...


checks.scale_weights(cure)


# %% tags=["solution"]
def cure(net):
    for w in net.weights:
        w /= np.sqrt(w.shape[1])


checks.scale_weights(cure)

# %% [markdown]
# Apply it to a network that has not begun to learn, and see what it then reaches:

# %% tags=["exercise"]
if sick.training.seen == 0:
    sick.reset()
    cure(sick.training.net)
    cured = sick.training.net
    print(f"applied: the first weights, ≈ 1 wide before, are ≈ {cured.weights[0].std():.2f} wide now")
    print("Press Run in the panel, and run this cell again")
elif sick.training.seen and sick.training.net is not cured:
    print("not applied: this network has learnt already. Press Reset, and run this cell again")
checks.goal(sick, 0.96, 3)

# %% tags=["solution", "slow", "nbval-ignore-output"]
if sick.training.seen == 0:
    sick.reset()
    cure(sick.training.net)
    sick.training.advance(15_000)
checks.goal(sick, 0.96, 3)

# %% [markdown]
# Same network, same data, same learning rate: only the start differs. The 30 neurons of lesson 07 have lost to this one, and the cure alone would not have saved them: with it, 30 read 95 to 96 % after four epochs, from ten starts.
#
# ## What you have now
#
# You saw what hidden neurons listen to, ran the network backwards down the slope of its pixels, forged sevens that it reads as threes, and found, measured and cured a saturated network.
#
# ## In practice
#
# - What a neuron of a deeper layer looks at is no row of weights any more; people find it as in section 2, by walking uphill from noise to the picture that it answers loudest.
# - Libraries scale the first weights for you: look for "Xavier" or "Glorot", and "He" for ReLU.
# - A network that does not learn: look at the slopes of each layer before the first step. It takes three lines, and saves an afternoon.
#
# ## Read further
#
# Michael Nielsen, *Neural Networks and Deep Learning*, chapter 3, "Weight initialization"; chapter 5, "Why are deep neural networks hard to train?".
#
# Next: [08 · Make it better](08_improve.ipynb), which starts from the cured network.
