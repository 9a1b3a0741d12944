"""What leaves JupyterLab: a lesson as a page, and as a program."""

import html
import re
import shlex
import subprocess
import sys

import nbformat
import pytest
from nbconvert import HTMLExporter, PythonExporter
from traitlets.config import PyFileConfigLoader

from mnet.cli.lab import SETTINGS
from tests.support.lab import ROOT, chromium, find_chromium

LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PANEL = "import mnet\nfrom mnet.live import panels\npanel = panels.neuron()\npanel"


def words(page):
    """Return the words of a piece of HTML, as a screen reader has them."""
    return " ".join(html.unescape(re.sub(r"<style.*?</style>|<[^>]*>", " ", page, flags=re.S)).split())


def settings(file, name="HTMLExporter"):
    """Return what `mnet lab` has its server, or a terminal in it, make pages by."""
    return PyFileConfigLoader(file, str(SETTINGS)).load_config()[name]


def test_the_server_and_its_terminals_make_the_same_pages():
    server, terminal = settings("jupyter_server_config.py"), settings("jupyter_nbconvert_config.py")
    assert server == terminal
    assert server.template_name == "mnet"


# The course's own template is nbconvert's lab, which has no place for alternative text, and that.
@pytest.mark.parametrize(
    "options",
    [settings("jupyter_nbconvert_config.py"), {"template_name": "classic"}],
    ids=["ours", "classic"],
)
@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_each_picture_of_a_page_has_its_sentence_beside_it_as_text(path, options):
    notebook = nbformat.read(path, 4)
    outputs = [o for cell in notebook.cells if cell.cell_type == "code" for o in cell.outputs]
    sentences = [o.data["text/plain"] for o in outputs if "image/png" in o.get("data", {})]
    page, _ = HTMLExporter(**options).from_notebook_node(notebook)
    texts = [words(part) for part in re.split(r"<img[^>]*>", page)]
    assert len(texts) - 1 == len(sentences) > 0
    for sentence, before, behind in zip(sentences, texts, texts[1:], strict=False):
        assert " ".join(sentence.split()) in before[-300:] + behind[:300]  # before it if more is printed
    assert [html.unescape(alt) for alt in re.findall(r'<img[^>]*?alt="([^"]*)"', page)] == sentences


@pytest.mark.parametrize("name", ["01_data"])
def test_a_lesson_runs_as_a_program_that_has_its_prose_and_prints_sentences(name, tmp_path):
    program, resources = PythonExporter().from_filename(ROOT / "notebooks" / f"{name}.ipynb")
    assert resources["output_extension"] == ".py"
    assert "# **You will be able to**" in program
    file = tmp_path / "lesson.py"
    file.write_text(program, "utf-8")
    done = subprocess.run([sys.executable, file], capture_output=True, cwd=tmp_path, timeout=200)
    said = done.stdout.decode()
    assert done.returncode == 0, done.stderr.decode()
    assert "handwritten digits, labelled 5, 0, 4" in said
    assert not re.search(r"b['\"]|\\x89|iVBOR|image/png", said)


def test_a_page_made_as_the_instructors_page_says_shows_a_panel_as_its_picture(tmp_path, artefacts):
    if not find_chromium():
        pytest.skip("no Chromium or Chrome on the path: install one to run the browser tests")
    said = (ROOT / "docs" / "instructors.md").read_text("utf-8")
    command = re.search(r"^    uv run jupyter (nbconvert .*) \S+\.ipynb$", said, re.M)[1]
    options = re.search(r"^    (--execute .+)$", said, re.M)[1]
    assert settings("jupyter_nbconvert_config.py", "ExecutePreprocessor") == {"store_widget_state": False}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(PANEL)], metadata={"kernelspec": kernel}
    )
    nbformat.write(notebook, tmp_path / "page.ipynb")
    made = [sys.executable, "-m", *shlex.split(command), *shlex.split(options), "page.ipynb"]
    done = subprocess.run(made, capture_output=True, cwd=tmp_path, timeout=200)
    assert done.returncode == 0, done.stderr.decode()
    assert "widget-state" not in (tmp_path / "page.html").read_text("utf-8")
    with chromium() as browser:
        tab = browser.new_page()
        tab.route("http*://**", lambda route: route.abort())  # a page that is read without a network
        tab.goto((tmp_path / "page.html").as_uri(), wait_until="domcontentloaded")
        tab.screenshot(path=artefacts / "executed.png")
        sentence = "With w = 1.0 and b = 0.0 the neuron switches"
        assert tab.locator("img:visible").count() == 1
        assert tab.locator("img").get_attribute("alt").startswith(sentence)
        assert sentence in tab.locator("body").inner_text()
