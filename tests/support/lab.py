"""Drives a real JupyterLab in a real Chromium: open a lesson, run it, move its sliders, look at it."""

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

from mnet.cli.lab import SETTINGS

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
OPTIONS = [
    "--no-browser",
    "--allow-root",
    "--ServerApp.port_retries=0",
    "--IdentityProvider.token=t",
    "--LabApp.expose_app_in_browser=True",
    "--JupyterNotebookApp.expose_app_in_browser=True",
]
IDLE = """() => {
    const notebook = window.jupyterapp?.shell.currentWidget;
    return notebook?.context?.sessionContext?.session?.kernel?.status == 'idle';
}"""
# What a panel shows, as a text that differs when a pixel or a fact does; null until every picture is there.
LOOK = """panel => {
    const views = [...panel.querySelectorAll('img, canvas, .mnet-facts')];
    if (views.some(view => view.tagName == 'IMG' && !(view.complete && view.naturalWidth))) return null;
    return views.map(view => {
        if (view.tagName == 'DIV') return view.textContent;
        const copy = document.createElement('canvas');
        copy.width = view.naturalWidth || view.width;
        copy.height = view.naturalHeight || view.height;
        if (copy.width && copy.height) copy.getContext('2d').drawImage(view, 0, 0);
        return copy.toDataURL();
    }).join();
}"""
# Where a label is cut, or something is wider than the place it has.
CUT = """panel => [panel, ...panel.querySelectorAll('.jupyter-widgets, .widget-label, .widget-readout')]
    .filter(part => part.offsetParent && part.scrollWidth > part.clientWidth + 1)
    .map(part => part.textContent || part.className)"""


def find_chromium():
    """Return the path of this machine's Chromium or Chrome, or None."""
    return next(filter(None, map(shutil.which, CHROMIUM)), None)


@contextmanager
def jupyterlab(root, home, *program, port=None):
    """Serve the folder `root`, with all settings in the folder `home`; yield the address.

    program : what serves it, started there, if not plain JupyterLab: "mnet", "lab", or "notebook".
    port : where it was before, if it is started again.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = port or free.getsockname()[1]
    folders = ["JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"]
    folders += ["JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR"]
    env = os.environ | {name: str(home / name.lower()) for name in folders}
    env |= {"OPENBLAS_NUM_THREADS": "1", "JUPYTER_CONFIG_PATH": str(SETTINGS)}
    plain = f"--ServerApp.root_dir={root}", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"
    command = [sys.executable, "-m", *(program or ("jupyterlab", *plain)), f"--port={port}", *OPTIONS]
    home.mkdir(exist_ok=True)
    log = home / "jupyterlab.log"
    with log.open("wb") as file:
        server = subprocess.Popen(command, cwd=root, env=env, stdout=file, stderr=file)
    try:
        end = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if server.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()}") from None
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(30)


@contextmanager
def chromium():
    """Start the browser; yield a Playwright Browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield browser
        browser.close()


class Lesson:
    """One notebook in a page of JupyterLab, which is loaded first unless a lesson has left it there."""

    def __init__(self, page, address, name, under="lab/tree"):
        self.page = page
        page.set_default_timeout(30_000)
        if page.url.startswith(address):
            self.command("docmanager:open", path=f"{name}.ipynb")
        else:
            page.goto(f"{address}/{under}/{name}.ipynb?token=t&reset")
        page.wait_for_function(IDLE)

    def command(self, name, **arguments):
        """Do what a menu entry of JupyterLab does, and wait until it is done."""
        run = "([name, arguments]) => jupyterapp.commands.execute(name, arguments).then(() => null)"
        self.page.evaluate(run, [name, arguments])

    def hide_sidebar(self):
        """Give the notebook the whole width."""
        if not self.page.evaluate("() => jupyterapp.shell.leftCollapsed"):
            self.command("application:toggle-left-area")

    def python(self, code):
        """Run code in the lesson's kernel, beside the notebook; return what it prints."""
        return self.page.evaluate(
            """async code => {
                const kernel = jupyterapp.shell.currentWidget.context.sessionContext.session.kernel;
                const future = kernel.requestExecute({ code, store_history: false });
                let said = '';
                future.onIOPub = ({ content }) => said += content.text ?? content.evalue ?? '';
                await future.done;
                return said;
            }""",
            code,
        )

    def cells(self):
        """Return the code cells as they stand, outputs included."""
        widgets = "jupyterapp.shell.currentWidget.content.widgets"
        cells = self.page.evaluate(f"() => {widgets}.map(cell => cell.model.toJSON())")
        return [cell for cell in cells if cell["cell_type"] == "code"]

    def look(self, panel):
        """Return what the panel shows, as a text to compare."""
        while (look := panel.evaluate(LOOK)) is None:
            self.page.wait_for_timeout(20)
        return look

    def changes(self, panel, act, *arguments, timeout=5):
        """Say whether the panel shows something else within `timeout` seconds after act(*arguments)."""
        before = self.look(panel)
        act(*arguments)
        end = time.monotonic() + timeout
        while self.look(panel) == before:
            if time.monotonic() > end:
                return False
            self.page.wait_for_timeout(20)
        return True

    def drag(self, handle, share=0.25):
        """Drag a slider's handle by a share of its track, towards the longer side."""
        handle.scroll_into_view_if_needed()
        track = handle.locator("xpath=ancestor::*[contains(@class, 'noUi-target')]").bounding_box()
        knob = handle.bounding_box()
        x, y = knob["x"] + knob["width"] / 2, knob["y"] + knob["height"] / 2
        way = 1 if x < track["x"] + track["width"] / 2 else -1
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + way * share * track["width"], y, steps=4)
        self.page.mouse.up()

    def press(self, handle):
        """Move a slider by one step with an arrow key, away from its stop."""
        least, now = (float(handle.get_attribute(f"aria-value{what}")) for what in ("min", "now"))
        handle.press("ArrowLeft" if now > least else "ArrowRight")

    def leave(self):
        """Shut the kernel down and close the notebook; to load JupyterLab anew takes 4 s of a processor."""
        self.command("kernelmenu:shutdown")
        self.page.evaluate("() => jupyterapp.shell.currentWidget.dispose()")

    def close(self):
        """Shut the kernel down and close the page."""
        self.command("kernelmenu:shutdown")
        self.page.close()
