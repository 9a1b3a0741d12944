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


def source(path):
    """Return the text of a file, with what it imports from files beside it in place of each import."""
    text = path.read_text("utf-8")
    imports = re.compile(r'^import [^;]+ from "\./([^"]+)";$', re.MULTILINE)
    return imports.sub(lambda found: source(path.with_name(found[1])), text)
