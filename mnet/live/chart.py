"""The live curves: cost on the left, validation accuracy on the right."""

from pathlib import Path

import anywidget
import numpy as np
import traitlets

HERE = Path(__file__).resolve().parent


class Chart(anywidget.AnyWidget):
    """Curves that grow: new points go to the browser as a binary message; a view that opens asks for all."""

    _esm = (HERE / "chart.js").read_text(encoding="utf-8")
    height = traitlets.Int(280).tag(sync=True)

    def __init__(self, training, **kwargs):
        super().__init__(**kwargs)
        self._training, self._sent = training, (0, 0)
        self.on_seen = lambda: None  # called when a browser says that it shows the chart
        self.on_msg(self._heard)

    def _heard(self, _widget, message, _buffers):
        if message == "all":
            self.push(everything=True)
        self.on_seen()

    def push(self, everything=False, **more):
        """Send the points that are new since the last push, and `more` to show beside them."""
        training = self._training
        with training.lock:
            generation, added = training.generation, training.cost.added
            last_generation, last_added = self._sent
            fresh = everything or generation != last_generation
            points = training.cost.points
            new = points if fresh else points[len(points) - min(added - last_added, len(points)) :]
            message = {
                "fresh": fresh,
                "validation": training.validation[-300:],
                "epochs": training.epochs,
                "steps": training.steps,
                "settings": training.settings(),
                **more,
            }
            if fresh:
                message["ghosts"] = training.ghosts
            self._sent = generation, added
        self.send(message, buffers=[np.array(new, np.float32).tobytes()])
