"""What an HTML page of a lesson is made by, in JupyterLab's menu and in a terminal that `mnet lab` opened."""

from pathlib import Path

exporter = get_config().HTMLExporter  # noqa: F821  Jupyter puts get_config there
exporter.extra_template_basedirs = [str(Path(__file__).with_name("nbconvert"))]
exporter.template_name = "mnet"
