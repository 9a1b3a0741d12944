"""Settings of the course's Jupyter server, beside those of labconfig/: what it trusts, how soon it sends."""

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

from mnet.live.saved import is_harmless


class Contents(AsyncLargeFileManager):
    """Trusts the cells of any notebook that show texts, pictures and panels alone.

    Jupyter trusts a notebook once you have run all of its cells, and until then shows no widget that it
    finds in the file: a page loaded again would lose the panels that live.
    """

    def mark_trusted_cells(self, nb, path=""):
        """Mark the cells whose outputs the page may show as they are."""
        super().mark_trusted_cells(nb, path)
        for cell in nb.cells:
            if cell.cell_type == "code" and all(map(is_harmless, cell.outputs)):
                cell.metadata.trusted = True


class Connection(ZMQChannelsWebsocketConnection):
    """Sends each message of a kernel at once.

    A kernel that answers a slider says first that it is busy. TCP would hold back the answer until the
    browser has acknowledged that, which it puts off for up to 40 ms.
    """

    def connect(self):
        """Connect as Jupyter does, without the delay."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()


settings = get_config().ServerApp  # noqa: F821  Jupyter puts get_config there
settings.contents_manager_class = Contents
settings.kernel_websocket_connection_class = Connection
load_subconfig("jupyter_nbconvert_config.py")  # noqa: F821
