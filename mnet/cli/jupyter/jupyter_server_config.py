"""Settings of the course's Jupyter server, beside those of labconfig/: ended panels show their pictures."""

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager


class Contents(AsyncLargeFileManager):
    """Opens a lesson whose kernel has ended with the picture of each panel.

    A saved panel is a widget and its picture. JupyterLab would show the widget, which ended with the kernel,
    and say "model not found". Where the kernel is alive the widget stays: the page was loaded again.
    """

    async def get(self, path, *args, **kwargs):
        """Return the model of a file or folder."""
        model = await super().get(path, *args, **kwargs)
        if model["type"] == "notebook" and model["content"]:
            sessions = await self.parent.session_manager.list_sessions()
            if path.strip("/") not in [session["path"].strip("/") for session in sessions]:
                outputs = (o for cell in model["content"]["cells"] for o in cell.get("outputs", []))
                for data in (output.get("data", {}) for output in outputs):
                    if "image/png" in data:
                        data.pop("application/vnd.jupyter.widget-view+json", None)
        return model


get_config().ServerApp.contents_manager_class = Contents  # noqa: F821  Jupyter puts get_config there
