"""What a panel leaves in a notebook beside its widget: a picture, and a note that says what it shows.

A kernel that ends takes its widgets along, and a page would say "model not found". So the note brings a
style: the page shows the widget where it lives, and the picture with the note where it does not. Nothing
of ours has to run there, in the page or in its server.
"""

import re
from html import escape

VIEW = "application/vnd.jupyter.widget-view+json"
# What front ends put around an output. Were it left out, Chromium would ask of each element on the page, at
# each change, whether it has a panel: a millisecond a frame.
AROUND = ":is(.jp-OutputArea-child, .output_area)"
# The outputs are neighbours: widget, picture, note.
# Chromium 156 forgets `:has(+ * .mnet-note)`, asked of the picture, once a second view of the panel is there.
NOTE = f"""<style>
{AROUND}:has(.mnet-panel-{{number}}):has(+ * + * .mnet-note-{{number}}) + {AROUND},
{AROUND}:has(.mnet-panel-{{number}}) + * + {AROUND}:has(.mnet-note-{{number}}),
{AROUND}:has(+ * + * .mnet-note-{{number}}):not(:has(.mnet-panel-{{number}}))
{{{{ display: none }}}}
</style><p class="mnet-note-{{number}}">{{text}}</p>"""
ANY = re.escape(NOTE.format(number=7, text="TEXT"))
IS_NOTE = re.compile(ANY.replace("7", r"\d+").replace("TEXT", "[^<>]*"))


def note(number, text):
    """Return the note of the panel with this number, as Jupyter wants it."""
    return {"text/html": NOTE.format(number=number, text=escape(text)), "text/plain": text}


def is_harmless(output):
    """Say whether nothing in a stored output could run in a page: text, a picture, a panel, its note."""
    foreign = set(output.get("data", {})) - {VIEW, "image/png", "text/plain"}
    return not foreign or (foreign == {"text/html"} and is_note(output))


def is_note(output):
    """Say whether a stored output is the note of a panel, and its HTML nothing but that."""
    return IS_NOTE.fullmatch(str(output.get("data", {}).get("text/html"))) is not None
