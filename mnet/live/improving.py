"""Lesson 08's training: the cost, weight decay, shifts and a falling rate, changed while it runs."""

import ipywidgets as widgets

from mnet.backprop import output_error
from mnet.improve import cross_entropy_error, scale_weights, shifted, update_with_decay
from mnet.live.panel import choice, slider
from mnet.live.training import Training
from mnet.live.training_panel import TrainingPanel

COSTS = {"quadratic": output_error, "cross-entropy": cross_entropy_error}
DECAYS = [(f"{decay:g}", decay) for decay in (0, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3)]


class ImprovedTraining(Training):
    """A training from scaled weights, whose attributes can be written at any moment.

    objective : a key of COSTS; decay : λ; pixels : how far each image is moved; halving : after how many
    epochs η halves, 0 for never. The curves show the quadratic cost, so that all runs compare.
    """

    objective, decay, pixels, halving = "quadratic", 0.0, 0, 0

    def _network(self, sizes, rng):
        scale_weights(net := super()._network(sizes, rng))
        return net

    def _learn(self, batch, eta):
        images = self.mnist.train[batch]
        moved = shifted(images, self.pixels, self._rng) if self.pixels else images
        update_with_decay(self.net, *moved.columns(), self._fallen(eta), self.decay, COSTS[self.objective])

    def _fallen(self, eta):
        return eta * 0.5 ** (int(self.epochs) // self.halving) if self.halving else eta

    def _say(self, eta, mini_batch_size):
        said = super()._say(self._fallen(eta), mini_batch_size)
        said += f", {self.objective}" + (f", λ {self.decay:g}" if self.decay else "")
        said += f", shifts to {self.pixels}" if self.pixels else ""
        return said + (f", η halves every {self.halving}" if self.halving else "")


class ImprovingPanel(TrainingPanel):
    """The training panel with one row more: cost, decay, shifts, and when η halves."""

    PRESETS = {  # noqa: RUF012, as in TrainingPanel
        "lesson 07a, cured": ([784, 100, 10], 3.0, 10),
        "for cross-entropy": ([784, 100, 10], 0.5, 10),
    }

    def __init__(self, training):
        self.improvements = {
            "objective": choice("cost", [*COSTS]),
            "decay": choice("weight decay λ", DECAYS),
            "pixels": slider("shift by (pixels)", 0, 0, 4),
            "halving": slider("epochs to half η", 0, 0, 10),
        }
        super().__init__(training)
        self.on_change(self._improve, *self.improvements.values())

    def _rows(self):
        row = widgets.HBox([*self.improvements.values()], layout=widgets.Layout(flex_flow="row wrap"))
        first, *others = super()._rows()
        return [first, row, *others]

    def _improve(self):
        with self.training.lock:
            for name, control in self.improvements.items():
                setattr(self.training, name, control.value)
        if not self.worker.running:
            self.chart.push()
            self.status.text = f"From the next mini-batch on: {self.training.settings()}."
