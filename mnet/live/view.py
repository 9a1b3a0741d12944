"""What a view is made of: a class with traits here, JavaScript and CSS in files of their own beside it."""

import re
from pathlib import Path

import anywidget

HERE = Path(__file__).resolve().parent


class View(anywidget.AnyWidget):
    """A widget whose `_esm` and `_css` are paths.

    anywidget takes paths too, but its watch over such a file keeps each widget alive for good; and it hands
    one file to the browser, where these import what they share.
    """

    def __init_subclass__(cls, **kwargs):
        for name, value in list(vars(cls).items()):
            if isinstance(value, Path):
                setattr(cls, name, source(value))
        super().__init_subclass__(**kwargs)


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
