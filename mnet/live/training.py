"""A training run that can be changed while it runs: plain Python, no widget, no thread."""

import threading

import numpy as np

from mnet.backprop import backprop
from mnet.cost import quadratic_cost
from mnet.feedforward import Network, feedforward
from mnet.guards import learning_rate, reader, refuse_count
from mnet.sgd import update_mini_batch
from mnet.sigmoid import sigmoid

RECORD = 500  # images between two points of the cost curve
VALIDATE = 25_000  # images between two looks at the validation images
SAMPLE = 250  # training images that the cost curve is measured on
GHOSTS = 5  # earlier runs that stay in the picture


class Curve:
    """Points (x, y) of a line, never more than LIMIT: when full, neighbours are averaged in pairs.

    >>> curve = Curve()
    >>> for i in range(10_000):
    ...     curve.append(i, 1.0)
    >>> len(curve.points) <= Curve.LIMIT, curve.added
    (True, 10000)
    """

    LIMIT = 2048

    def __init__(self):
        self.points, self.added, self.stride, self._pending = [], 0, 1, []
        self.last = None  # the newest point, not averaged

    def append(self, x, y):
        """Add a point at the end."""
        self.added += 1
        self.last = x, y
        self._pending.append(self.last)
        if len(self._pending) == self.stride:
            self.points.append(tuple(np.mean(self._pending, axis=0).tolist()))
            self._pending.clear()
        if len(self.points) >= self.LIMIT:
            pairs = np.reshape(self.points, (-1, 2, 2))  # pair, point of it, (x, y)
            self.points = [tuple(point) for point in pairs.mean(axis=1).tolist()]
            self.stride *= 2


def thin(points, most=300):
    """Return at most `most` of the points, evenly chosen, the newest among them.

    >>> thin(list(range(10)), 4)
    [0, 4, 8, 9]
    """
    step = -(-len(points) // (most - 1)) if len(points) > most else 1
    return [*points[:-1:step], *points[-1:]]


class Training:
    """A network in training, the settings it obeys and the curves it has drawn.

    Parameters
    ----------
    mnist : Mnist; trains on its train split, looks at its validation split, never at its test split
    sizes, eta, mini_batch_size : the settings, as for `sgd`
    seed : int; each new network and each new order of the images starts from it

    `eta` and `mini_batch_size` are plain attributes: write them at any moment, and the next mini-batch
    obeys. `rebuild(sizes)` starts a new network. Lesson 06.

    >>> from mnet import load_mnist
    >>> training = Training(load_mnist())
    >>> training.advance(200)
    >>> training.seen, len(training.cost.points)
    (2000, 5)
    """

    def __init__(self, mnist, sizes=(784, 30, 10), eta=3.0, mini_batch_size=10, seed=0):
        self.mnist, self.seed = mnist, seed
        self.ghosts = []
        self.lock = threading.RLock()
        self.generation = 0
        self.cost = Curve()
        self.seen, self.validation = 0, []
        self._sample = mnist.train.columns(slice(0, SAMPLE))
        self.configure(eta, mini_batch_size)
        self.rebuild(sizes)

    def configure(self, eta, mini_batch_size):
        """Set the learning rate and the mini-batch size from the next mini-batch on."""
        eta = learning_rate("configure", "eta", eta)
        refuse_count("mini_batch_size", mini_batch_size, 1, len(self.mnist.train))
        self.eta, self.mini_batch_size = eta, int(mini_batch_size)

    @np.errstate(all="ignore")
    def rebuild(self, sizes=None):
        """Start again with a new network; the run so far stays as a ghost."""
        rng = np.random.default_rng(self.seed)
        net = self._network(self.net.sizes if sizes is None else sizes, rng)
        reader("rebuild", "net", net)
        with self.lock:
            if self.validation and self.epochs > 0.2:  # a slider passes many sizes: no ghost of each
                if self.validation[-1][0] < self.epochs:
                    self._validate()  # the label's figure is that of the run's end
                self.ghosts = [*self.ghosts, self.ghost()][-GHOSTS:]
            self.net, self._rng = net, rng
            self.generation += 1
            self.seen = 0  # images learnt from
            self.steps = 0  # mini-batches
            self.cost, self.validation = Curve(), []  # validation: (epochs, cost, accuracy)
            self._order, self._next = self._rng.permutation(len(self.mnist.train)), 0
            self._record(self.eta, self.mini_batch_size)
            self._validate()

    def _network(self, sizes, rng):
        return Network(sizes, rng=rng)

    @property
    def epochs(self):
        """Passes over the training images, with a fraction."""
        return self.seen / len(self.mnist.train)

    @property
    def accuracy(self):
        """Share of the validation images read correctly when last looked at."""
        return self.validation[-1][2]

    @property
    def begun(self):
        """Whether enough is known of the run to judge it."""
        return len(self.validation) > 1 and len(self.cost.points) >= 10

    def settings(self):
        """Say the settings in one short line."""
        return self._say(self.eta, self.mini_batch_size)

    def _say(self, eta, mini_batch_size):
        return f"η {eta:.3g}, mini-batch {mini_batch_size}, {self.net.sizes}"

    def ghost(self):
        """Return this run as an earlier run: the settings it ended with in words, and its curves."""
        label = f"{self.obeyed}: {self.accuracy:.1%} after {self.epochs:.1f} epochs"
        curves = {"cost": thin(self.cost.points), "validation": thin(self.validation)}
        return {"label": label, "sizes": self.net.sizes, **curves}

    @np.errstate(all="ignore")  # a training that leaves all numbers behind shows in its curves
    def advance(self, n=1):
        """Train n mini-batches, each with the settings of its moment."""
        with self.lock:
            for _ in range(n):
                eta, mini_batch_size = self.eta, self.mini_batch_size  # a slider may change them any moment
                batch = self._deal(mini_batch_size)
                self._learn(batch, eta)
                before, self.seen = self.seen, self.seen + len(batch)
                self.steps += 1
                # A changed setting is answered by the first mini-batch that obeyed it.
                if before // RECORD != self.seen // RECORD or (eta, mini_batch_size) != self._recorded:
                    self._record(eta, mini_batch_size)
                if before // VALIDATE != self.seen // VALIDATE:
                    self._validate()

    def _learn(self, batch, eta):
        update_mini_batch(self.net, *self.mnist.train.columns(batch), eta)

    def _deal(self, mini_batch_size):
        """Return the next mini-batch of this epoch's order; a new epoch shuffles anew."""
        if self._next >= len(self._order):
            self._order, self._next = self._rng.permutation(len(self._order)), 0
        batch = self._order[self._next : self._next + mini_batch_size]
        self._next += len(batch)
        return batch

    def _record(self, eta, mini_batch_size):
        x, y = self._sample
        self._recorded = eta, mini_batch_size
        self.obeyed = self._say(eta, mini_batch_size)  # what the newest point was computed with
        self.answers = feedforward(self.net, x)
        self.cost.append(self.epochs, quadratic_cost(self.answers, y))

    def _validate(self):
        cost, right, split = 0, 0, self.mnist.validation
        for k in range(0, len(split), 250):  # 0.8 MB of pixels at a time: what malloc keeps of it is little
            x, y = split.columns(slice(k, k + 250))
            a = feedforward(self.net, x)
            cost += quadratic_cost(a, y) * y.shape[1] / len(split)
            right += int((a.argmax(axis=0) == y.argmax(axis=0)).sum())
        self.validation.append((self.epochs, cost, right / len(split)))

    def saturated(self):
        """Return the share of output neurons on the sample whose slope σ′ = a (1 - a) is below 0.01."""
        return float(np.mean(self.answers * (1 - self.answers) < 0.01))

    @np.errstate(all="ignore")
    def layers(self):
        """Return, for each layer, the share of saturated neurons on the sample and the next step's size.

        That is how far a weight moves on average, as root of the mean square. Of a large mini-batch, 250
        images tell enough.
        """
        a, shares = self._sample[0], []
        for w, b in zip(self.net.weights, self.net.biases, strict=True):
            a = sigmoid(w @ a + b)
            shares.append(float(np.mean(a * (1 - a) < 0.01)))
        at = self._next % len(self._order)
        batch = self._order[at : at + min(self.mini_batch_size, SAMPLE)]
        steps = backprop(self.net, *self.mnist.train.columns(batch), self.eta).nabla_w
        return shares, [float(np.sqrt(np.mean(step**2))) for step in steps]

    def verdict(self):
        """Say in one sentence how the run is doing: learning, hardly moving, stuck or jumping about."""
        costs = [y for _, y in self.cost.points]
        if not self.begun:
            return "The run has only begun."
        late = costs[-max(10, len(costs) // 5) :]
        start, now, spread = self.validation[0][1], float(np.mean(late)), max(late) - min(late)
        right = f"{self.accuracy:.1%} of the validation images are read correctly"
        share = f"{self.saturated():.0%} of the outputs' slopes σ′ are below 0.01"
        if self.accuracy >= 0.5:
            return f"Learning: {right}, cost {now:.3f}."
        if self.saturated() > 0.8 and spread < 0.05 * now:
            return f"Stuck: the outputs are saturated, {share}, so almost nothing moves."
        if spread > 0.2 * now and self.eta > 10:
            return f"The cost jumps about: steps of η = {self.eta:.3g} overshoot ({share})."
        if now > start / 2:
            return f"The cost hardly moves: {start:.2f} at the start, {now:.2f} now ({share})."
        return f"The cost fell from {start:.2f} to {now:.2f}, yet only {right} ({share})."
