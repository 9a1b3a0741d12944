"""What an HTML page of a lesson is made by, in JupyterLab's menu and in a terminal that `mnet lab` opened."""

from pathlib import Path

settings = get_config()  # noqa: F821  Jupyter puts get_config there
settings.HTMLExporter.extra_template_basedirs = [str(Path(__file__).with_name("nbconvert"))]
settings.HTMLExporter.template_name = "mnet"
# Of `nbconvert --execute`: with their state, a page would show widgets that no kernel answers.
settings.ExecutePreprocessor.store_widget_state = False
