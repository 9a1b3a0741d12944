"""What a view is made of: a class with traits here, JavaScript and CSS in files of their own beside it."""

import re
from pathlib import Path

import anywidget
import traitlets

HERE = Path(__file__).resolve().parent


class View(anywidget.AnyWidget):
    """A widget made of `_code = code("its.js")`, and perhaps `_css = source(HERE / "its.css")`.

    anywidget takes a path as `_esm`, but its watch over such a file keeps each widget alive for good. It
    hands the browser one file, where these import what they share, and a page keeps one for each widget
    that ever was: see view.js.
    """

    _esm = (HERE / "view.js").read_text("utf-8")


def code(name):
    """Return the trait that takes a view's JavaScript to the browser."""
    return traitlets.Unicode(source(HERE / name)).tag(sync=True)


def source(path, inlined=None):
    """Return the text of a file, with what it imports from files beside it in place of each first import."""
    inlined = set() if inlined is None else inlined

    def imported(found):
        file = path.with_name(found[1])
        if file in inlined:
            return ""
        inlined.add(file)
        return source(file, inlined)

    return re.sub(r'^import [^;]+ from "\./([^"]+)";$', imported, path.read_text("utf-8"), flags=re.MULTILINE)
