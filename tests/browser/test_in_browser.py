"""The course without an install: what is built, and a real browser's Python that shows its widgets.

NumPy's build for the browser is on no package registry, so no lesson runs here: `tests.browser.published`
runs them on a site that is published.
"""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile

import pytest
from playwright.sync_api import Error

from mnet import figures
from tests.browser.published import Published
from tests.support.lab import ROOT, chromium

PICTURE = base64.b64encode(figures.png(lambda ax: ax.plot([0, 1]) and "a line")[0]).decode()
CELL = f"""
%pip install -q ipywidgets anywidget
import anywidget, ipywidgets
from IPython.display import display

class Echo(anywidget.AnyWidget):
    _esm = '''export default {{ render({{ model, el }}) {{
        el.className = "echo";
        el.textContent = "not yet";
        el.onclick = () => model.send("ping");
        model.on("msg:custom", (said) => el.textContent = said);
    }} }}'''

echo, slider, said = Echo(), ipywidgets.IntSlider(), ipywidgets.Label("0")
echo.on_msg(lambda widget, content, buffers: widget.send(content + " pong"))
slider.observe(lambda change: setattr(said, "value", f"moved to {{change.new}}"), "value")
display({{"image/png": "{PICTURE}"}}, raw=True, metadata={{"image/png": {{"alt": "a line"}}}})
said.add_class("mnet-facts")
display(ipywidgets.VBox([slider, said, echo]).add_class("mnet-panel"))
parent = get_ipython().kernel.get_parent()
"""
NOTEBOOKS = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "notebooks").glob("**/[0-9]*.ipynb"))


def links_of(notebook):
    """Return where the text of a notebook leads, on this machine."""
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    return re.findall(r"\]\(([^):]+)\)", text)


@pytest.fixture(scope="module")
def lite(site):
    return site / "lite"


def test_it_lists_and_holds_every_lesson(lite):
    for folder in "notebooks", "notebooks/solutions":
        listed = json.loads((lite / "api" / "contents" / folder / "all.json").read_text("utf-8"))["content"]
        names = {entry["path"] for entry in listed if entry["type"] == "notebook"}
        assert names == {name for name in NOTEBOOKS if name.rpartition("/")[0] == folder}


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_lesson_there_is_ours_but_for_its_kernel_and_first_cell(lite, name):
    there = json.loads((lite / "files" / name).read_text("utf-8"))
    ours = json.loads((ROOT / name).read_text("utf-8"))
    assert there["metadata"]["kernelspec"]["name"] == "python"
    assert "".join(there["cells"][0]["source"]) == "%pip install -q mnet"
    assert there["cells"][1:] == ours["cells"]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_what_a_lesson_links_to_is_there(lite, name):
    links = links_of(lite / "files" / name)
    assert links
    assert [link for link in links if not (lite / "files" / name / ".." / link).resolve().exists()] == []


def test_the_index_of_wheels_has_what_pyodide_has_not(lite):
    index = json.loads((lite / "pypi" / "all.json").read_text("utf-8"))
    assert {"mnet", "anywidget", "ipywidgets", "comm", "psygnal"} <= {*index}
    for project in index.values():
        for files in project["releases"].values():
            assert all((lite / "pypi" / file["url"]).is_file() for file in files)


def test_a_browser_needs_no_server_of_jupyter(lite):
    (wheel,) = (lite / "pypi").glob("mnet-*.whl")
    with zipfile.ZipFile(wheel) as packed:
        (name,) = (name for name in packed.namelist() if name.endswith("/METADATA"))
        wanted = packed.read(name).decode()
    for server in "ipykernel", "jupyterlab":
        assert re.search(rf"Requires-Dist: {server}.*sys_platform != 'emscripten'", wanted)


@pytest.fixture(scope="module")
def elsewhere(lite, tmp_path_factory):
    """Install the wheel in an empty environment; return a folder, and a function that runs Python there."""
    uv, folder = os.environ.get("UV") or shutil.which("uv"), tmp_path_factory.mktemp("elsewhere")
    if not uv:
        pytest.skip("no uv on the path: install it to test the wheel in an empty environment")
    (wheel,) = (lite / "pypi").glob("mnet-*.whl")
    python = folder / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, folder / "venv"], check=True)
    pip = uv, "pip", "install", "--quiet", "--python", python, wheel
    subprocess.run(pip, cwd=ROOT, check=True)  # where uv finds the pins

    def run(*command):
        env = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
        return subprocess.run(
            [python, *command], cwd=folder, env=env, capture_output=True, text=True, timeout=120
        )

    return folder, run


def test_the_wheel_elsewhere_finds_its_data(elsewhere):
    folder, python = elsewhere
    run = python("-c", "import mnet; print(mnet.__file__, mnet.load_mnist())")
    assert run.stdout.startswith(str(folder / "venv")), run.stderr
    assert "50,000 images" in run.stdout


def test_the_doctor_finds_a_wheel_well(elsewhere):
    _, python = elsewhere
    run = python("-m", "mnet", "doctor")
    assert "All is well." in run.stdout, run.stdout + run.stderr
    assert run.returncode == 0


def test_a_wheel_has_a_course_to_open_and_each_link_in_it_leads_somewhere(elsewhere):
    folder, python = elsewhere
    run = python("-m", "mnet", "lab", "--into", "my-course", "--", "--version")
    assert run.returncode == 0, run.stdout + run.stderr
    copies = [*folder.glob("my-course/notebooks/**/*.ipynb")]
    assert {path.relative_to(folder / "my-course").as_posix() for path in copies} == {*NOTEBOOKS}
    for path in copies:
        links = [path.parent / link for link in links_of(path)]
        assert links
        assert [link for link in links if not link.resolve().exists()] == []


def test_a_kernel_starts_shows_a_slider_and_a_picture_and_passes_messages(address):
    with chromium() as browser:
        page, foreign = browser.new_page(viewport={"width": 1280, "height": 800}), []
        page.on(
            "request",
            lambda r: None if r.url.startswith((address, "data:", "blob:")) else foreign.append(r.url),
        )
        lesson = Published(page, address, "02_sigmoid")
        assert lesson.python("import sys; print(sys.platform)").strip() == "emscripten"
        cell = "jupyterapp.shell.currentWidget.content.widgets[0].model.sharedModel"
        page.evaluate(f"source => {cell}.setSource(source)", CELL)
        lesson.command("notebook:run-cell")
        assert lesson.slides()
        page.wait_for_selector("text=moved to 1")
        page.click(".echo")
        page.wait_for_selector("text=ping pong")
        page.screenshot(path=ROOT / "artefacts" / "in_browser.png")
        assert page.evaluate("document.querySelector('.jp-RenderedImage img').naturalWidth") > 100
        assert (
            lesson.python("print(bool(parent['metadata']['cellId'] and parent['header']['msg_id']))")
            == "True\n"
        )
        (failed,) = lesson.run_all()  # as `tests.browser.published` does, and says
        assert "No module named 'mnet'" in failed
    assert foreign == []


def test_the_first_page_says_what_hinders_it(site, address):
    with chromium() as browser:
        page = browser.new_page()
        page.goto(f"{site.as_uri()}/run.html?lesson=05_backprop")
        assert "40 MB" in page.inner_text("article")
        assert page.inner_text("#fetch") == "Fetch it and open lesson 05"
        page.click("#fetch")
        page.wait_for_selector("#said:has-text('serve the folder')")
        page.route("**/pyodide.asm.wasm", lambda route: route.abort())
        with pytest.raises(Error, match=r"That did not work.*Is there a network\?"):
            Published(page, address, "05_backprop")
        assert "notebooks%2F05_backprop.ipynb" in page.get_attribute("#open", "href")
