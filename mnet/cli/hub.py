"""What a hub's student servers load: each start brings the lessons into the student's home.

A Jupyter server extension, so that the start commands and settings of hub and image stay as they are.
"""

import os
from pathlib import Path

from mnet.cli.handout import contents, hand_out
from mnet.cli.lab import SETTINGS


def _jupyter_server_extension_points():
    return [{"module": __name__}]


def _link_jupyter_server_extension(app):
    """Add `mnet lab`'s settings to the server's own, before it is set up, and hand out the lessons."""
    from traitlets.config import PyFileConfigLoader

    paths = str(SETTINGS), os.environ.get("JUPYTER_CONFIG_PATH")
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, paths))
    app.update_config(PyFileConfigLoader("jupyter_server_config.py", str(SETTINGS)).load_config())
    try:
        files = {name: text for name, text in contents().items() if "/solutions/" not in name}
        hand_out(Path.home() / "mnet", files)  # as the student: root would follow a link that a student laid
    except (OSError, ValueError) as error:
        app.log.error("mnet: the lessons could not be handed out: %s", error)


def _load_jupyter_server_extension(app):
    """Do nothing more: Jupyter wants it to be here."""
