"""A picture that the browser paints, from the marks that a drawing function of `mnet.figures` makes.

Such a function draws on whatever it is given: on matplotlib's axes, for a picture to store, or on `Axes`
from here, which notes the marks for picture.js. So no picture is written twice.
"""

import numpy as np
import traitlets

from mnet.live.view import View, code


def numbers(values):
    """Return an array as bytes for the browser. Eight a number: a ball that diverges outgrows four."""
    return np.asarray(values, np.float64).tobytes()


def _shades(values, vmin, vmax):
    """Return a byte for each number: 0 for vmin and less, 255 for vmax and more."""
    return (
        np.clip((np.asarray(values) - vmin) * (255 / ((vmax - vmin) or 1)), 0, 255)
        .round()
        .astype(np.uint8)
        .tobytes()
    )


class Axes:
    """What stands in for matplotlib's axes: those methods and options that the panels' pictures use.

    >>> ax = Axes()
    >>> ax.annotate("", (2, 3), (0, 1), arrowprops={"color": "#0072B2"})
    >>> ax.noted()["marks"]
    [{'kind': 'arrow', 'points': [0.0, 1.0, 2.0, 3.0], 'color': '#0072B2', 'width': 1, 'dash': '-'}]
    """

    transAxes = "axes"  # noqa: N815, matplotlib's name

    def __init__(self, rect=(0, 0, 1, 1)):
        self._rect, self._marks, self._parts, self._look, self._legend = rect, [], [], {}, None
        self._low, self._high = np.full(2, np.inf), np.full(2, -np.inf)  # of what is drawn, x and y
        self._margin, self._floor = (
            {"x": 0.05, "y": 0.05},
            [None, None],
        )  # bars stand on the axis: no room below

    def noted(self):
        """Return all that was drawn, in the words of picture.js."""
        look = self._look | {axis + "lim": self._limits(k, axis) for k, axis in enumerate("xy")}
        parts = [part.noted() for part in self._parts]
        return {
            "rect": self._rect,
            "marks": self._marks,
            "parts": parts,
            "legend": self._legend,
            "look": look,
        }

    def plot(self, *xy, color="#000000", linestyle="-", linewidth=2.2, marker="", markersize=6, label="",
             markevery=1, markeredgewidth=1):  # fmt: skip
        """Draw a line, or markers, or both; x counts from 0 unless it is given."""
        if len(xy) > 2:
            raise TypeError("plot takes x and y; say linestyle= and marker= by their names.")
        x, y = xy if len(xy) == 2 else (range(len(xy[0])), xy[0])
        self._see(x, y)
        dots = {"marker": marker, "size": markersize, "every": markevery, "edge": markeredgewidth}
        line = {"color": color, "dash": linestyle, "width": linewidth, "label": label}
        self._note("line", x=numbers(x), y=numbers(y), **line, **dots)

    def scatter(self, x, y, s, c=None, cmap="cividis", vmin=0, vmax=1, facecolors="none", edgecolors="none",
                linewidths=1, picker=False):  # fmt: skip
        """Draw dots of s square points, in shades as `imshow` has; with `picker` they can be clicked."""
        self._see(x, y)
        shades = None if c is None else _shades(c, vmin, vmax)
        self._note("dots", x=numbers(x), y=numbers(y), radius=float(np.sqrt(s) / 2), shades=shades, cmap=cmap,
                   edge=edgecolors, width=linewidths, picks=picker)  # fmt: skip

    def axhline(self, y, color="#000000", linestyle="-", linewidth=2.2):
        """Draw a line across, at y."""
        self._note("rule", y=float(y), color=color, dash=linestyle, width=linewidth)

    def bar(self, x, height, color, edgecolor="none", linewidth=0.8, hatch=None):
        """Draw bars, 0.8 wide, with a colour and a hatch each."""
        one = isinstance(color, str)
        self._see([*(np.asarray(x) - 0.4), *(np.asarray(x) + 0.4)], [0, *height])
        self._floor[1] = 0
        self._note("bars", x=numbers(x), y=numbers(height), colors=[color] * len(height) if one else color,
                   hatches=hatch or [""] * len(height), edge=edgecolor, width=linewidth)  # fmt: skip

    def stairs(self, values, edges, fill=True, color="#000000"):
        """Fill the outline of a histogram."""
        x, y = np.repeat(edges, 2), np.concatenate([[0], np.repeat(values, 2), [0]])
        self._see(x, y)
        self._floor[1] = 0
        self._note("area", x=numbers(x), y=numbers(y), color=color)

    def axvspan(self, start, end, facecolor, alpha=1, hatch="", label="", **_edge):
        """Shade the whole height between two x."""
        spans = numbers([start, end])
        self._note("bands", spans=spans, color=facecolor, alpha=alpha, hatch=hatch, label=label)

    def fill_between(self, x, low, high, where, color, alpha=1, hatch="", label="", **_edge):
        """Shade the whole height wherever `where` is true."""
        edges = np.flatnonzero(np.diff(np.concatenate([[False], where, [False]])))
        spans = numbers(np.asarray(x)[edges - np.arange(len(edges)) % 2])  # the end is the last that is true
        self._see(x, [low, high])
        self._note("bands", spans=spans, color=color, alpha=alpha, hatch=hatch, label=label)

    def imshow(self, image, cmap, vmin=0, vmax=1, aspect="equal", extent=None):
        """Show a matrix as a picture: a byte a pixel, 0 for vmin and less, 255 for vmax and more."""
        image = np.asarray(image)
        height, width = image.shape
        self._look["aspect"] = aspect
        self._look |= {"xlim": (-0.5, width - 0.5), "ylim": (height - 0.5, -0.5)} if extent is None else {}
        extent = [-0.5, width - 0.5, height - 0.5, -0.5] if extent is None else list(extent)
        self._see(extent[:2], extent[2:])
        self._margin = {"x": 0, "y": 0}
        self._note(
            "image", shades=_shades(image, vmin, vmax), shape=[height, width], cmap=cmap, extent=extent
        )

    def text(self, x, y, text, color="#000000", ha="left", va="baseline", fontsize=12, fontweight="normal",
             transform=None, bbox=None, backgroundcolor=None):  # fmt: skip
        """Write at (x, y), counted in data or, with `transform=ax.transAxes`, from 0 to 1 across the axes."""
        bbox = {"facecolor": backgroundcolor, "edgecolor": "none"} if backgroundcolor else bbox
        self._note("text", x=float(x), y=float(y), text=str(text), color=color, align=ha, va=va, box=bbox,
                   size=fontsize, bold=fontweight == "bold", inside=transform is not None)  # fmt: skip

    def annotate(self, _text, end, start, arrowprops):
        """Draw an arrow from start to end."""
        self._note("arrow", points=[*map(float, (*start, *end))], color=arrowprops["color"],
                   width=arrowprops.get("linewidth", 1), dash=arrowprops.get("linestyle", "-"))  # fmt: skip

    def set(self, **look):
        """Set title, xlabel, ylabel, xlim, ylim, xticks, yticks, xscale, yscale, aspect or frame_on."""
        plain = (str, bool)
        self._look |= {
            name: value if isinstance(value, plain) else [None if v is None else float(v) for v in value]
            for name, value in look.items()
        }

    def margins(self, **share):
        """Leave this share of the range free around what is drawn."""
        self._margin |= share

    def legend(self, loc, bbox_to_anchor=None, ncols=1, frameon=False, fontsize=12):
        """Name what has a label: in a corner of the axes, or above them."""
        self._legend = {
            "where": loc if bbox_to_anchor is None else "above",
            "columns": ncols,
            "size": fontsize,
        }

    def set_axis_off(self):
        """Show what is drawn, and no axes."""
        self._look["off"] = True

    def inset_axes(self, rect):
        """Return axes within these: left, bottom, width and height, from 0 to 1."""
        self._parts.append(Axes(list(map(float, rect))))
        return self._parts[-1]

    def _note(self, kind, **what):
        self._marks.append({"kind": kind, **what})

    def _see(self, x, y):
        for k, values in enumerate((x, y)):
            if len(values):
                self._low[k] = min(self._low[k], np.min(values))
                self._high[k] = max(self._high[k], np.max(values))

    def _limits(self, k, axis):
        """Return the ends of an axis: those that were set, else those of what is drawn and a little more."""
        low, high = (self._low[k], self._high[k]) if self._low[k] <= self._high[k] else (0.0, 1.0)
        logarithmic = axis + "scale" in self._look
        low, high = np.log([low, high]) if logarithmic else (low, high)
        room = self._margin[axis] * ((high - low) or 1)
        ends = low - room * (low != self._floor[k]), high + room
        ends = np.exp(ends) if logarithmic else ends
        wanted = self._look.get(axis + "lim") or (None, None)
        return [float(end) if want is None else want for want, end in zip(wanted, ends, strict=True)]


class Picture(View):
    """What `Axes` noted, with the sentence that says what is in it."""

    _code = code("picture.js")
    size = traitlets.Tuple((7, 3.2)).tag(sync=True)  # inches, as matplotlib counts them
    drawn = traitlets.Dict().tag(sync=True)
    sight = traitlets.Bool()  # whether any of its views is in sight
    picked = traitlets.Int().tag(sync=True)  # the dot that was clicked, counted from 1; 0 once it is heard

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self._views = set()  # those in sight
        self.on_msg(self._heard)

    def _heard(self, _widget, message, _buffers):
        (self._views.add if message["seen"] else self._views.discard)(message["view"])
        self.sight = bool(self._views)

    def draw(self, draw, **values):
        """Send what `draw(ax, **values)` draws; return its sentence."""
        ax = Axes()
        sentence = draw(ax, **values)
        self.drawn = {**ax.noted(), "text": sentence}
        return sentence
