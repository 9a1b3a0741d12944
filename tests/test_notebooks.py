"""The lessons: built from their sources, executed, readable everywhere, and still true."""

import base64
import io
import json
import os
import re
import shutil
import subprocess
import sys
from itertools import groupby
from statistics import median

import jupytext
import nbformat
import pytest
from PIL import Image

from tests.support.notebooks import NOTEBOOKS, ROOT, SOURCES, read, text

BUILT = sorted(NOTEBOOKS.rglob("[0-9]*.ipynb"))
SOLVED = {path.stem for path in SOURCES if 'tags=["solution"]' in path.read_text(encoding="utf-8")}


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def joined(cells):
    """Return the cells, texts in a row as one: the builder cuts them into slides."""
    groups = groupby(cells, lambda cell: cell.cell_type)
    groups = [(kind, [cell.source.strip() for cell in group]) for kind, group in groups]
    return [sources if kind == "code" else "\n\n".join(sources) for kind, sources in groups]


def name(path):
    return path.relative_to(NOTEBOOKS).with_suffix("").as_posix()


lessons = pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
built = pytest.mark.parametrize("path", BUILT, ids=name)


def test_the_course_has_eight_lessons():
    wanted = ["00_start", "01_data", "02_sigmoid", "03_feedforward"]
    wanted += ["04_cost", "05_backprop", "06_sgd", "07_recognise"]
    assert [path.stem for path in SOURCES] == wanted
    assert {name(path) for path in BUILT} == {*wanted, *(f"solutions/{lesson}" for lesson in SOLVED)}


@built
def test_it_is_built_from_its_source(path):
    left_out = "exercise" if path.parent.name == "solutions" else "solution"
    source = jupytext.read(NOTEBOOKS / "src" / f"{path.stem}.py")
    wanted = [cell for cell in source.cells if left_out not in cell.metadata.get("tags", [])]
    found = read(path).cells
    for cell in wanted:
        if left_out == "exercise":
            cell.source = cell.source.replace("](../", "](../../")
    assert joined(found) == joined(wanted)
    assert [cell.id for cell in found] == [f"cell-{number:02}" for number in range(len(found))]


@built
def test_a_lecture_goes_right_by_sections_and_down_by_steps(path):
    cells = read(path).cells
    kinds = [cell.metadata["slideshow"]["slide_type"] for cell in cells]
    for cell, kind in zip(cells, kinds, strict=True):
        heading = cell.source.startswith(("# ", "## "))
        wanted = "fragment" if cell.cell_type == "code" else "slide" if heading else "subslide"
        assert kind == wanted, cell.source
        if cell.cell_type == "markdown":  # a heading in the middle would stand at the foot of a slide
            assert not re.search(r"\n##+ ", cell.source), cell.source
    assert kinds[0] == "slide"
    assert kinds.count("slide") >= 6


@built
def test_it_is_executed_in_order_and_without_an_error(path):
    notebook = read(path)
    assert [cell.execution_count for cell in code(notebook)] == list(range(1, len(code(notebook)) + 1))
    for cell in code(notebook):
        for output in cell.outputs:
            assert not {output.output_type, output.get("name")} & {"error", "stderr"}, text(output)


@built
def test_it_carries_nothing_of_the_machine_that_built_it(path):
    notebook = read(path)
    assert set(notebook.metadata) == {"kernelspec"}
    for cell in code(notebook):
        assert not {"execution", "ExecuteTime"} & set(cell.metadata)
        for output in cell.outputs:
            assert "application/vnd.jupyter.widget-view+json" not in output.get("data", {})
            assert not re.search(r"(?<![\w.:/])/(?:\w[\w.-]*/)+|\b[A-Z]:\\|\bat 0x[0-9a-f]{6}", text(output))


@built
def test_each_picture_says_what_it_shows(path):
    for cell in code(read(path)):
        for output in cell.outputs:
            if picture := output.get("data", {}).get("image/png"):
                sentence = output.data["text/plain"]
                assert output.metadata["image/png"]["alt"] == sentence
                assert re.fullmatch(r"[A-Z0-9].{15,}\.", sentence), sentence
                assert Image.open(io.BytesIO(base64.b64decode(picture))).text["Description"] == sentence
            assert not {"image/svg+xml", "image/jpeg"} & set(output.get("data", {}))


@lessons
def test_its_cells_are_short_and_apart(path):
    cells = jupytext.read(path).cells
    lengths = [len(cell.source.splitlines()) for cell in cells if cell.cell_type == "code"]
    assert median(lengths) <= 3
    assert max(lengths) <= 20
    assert lengths[0] <= 8, "the setup cell"
    kinds = "".join(cell.cell_type[0] for cell in cells if "solution" not in cell.metadata.get("tags", []))
    assert "ccc" not in kinds


@lessons
def test_its_facts_are_compared(path):
    cells = code(read(NOTEBOOKS / f"{path.stem}.ipynb"))
    cells = [cell for cell in cells if "nbval-ignore-output" not in cell.metadata.get("tags", [])]
    assert len([cell for cell in cells if any(map(text, cell.outputs))]) >= 10


@pytest.mark.parametrize("name", sorted(SOLVED))
def test_its_exercises_are_open_and_their_solutions_right(name):
    def verdicts(tag, folder):
        cells = [c for c in code(read(folder / f"{name}.ipynb")) if tag in c.metadata.get("tags", [])]
        return [text(cell.outputs[-1]) if cell.outputs else "" for cell in cells]

    exercises, solutions = verdicts("exercise", NOTEBOOKS), verdicts("solution", NOTEBOOKS / "solutions")
    assert 2 <= len(exercises) == len(solutions) <= 4
    assert all(re.match(r"[○✗] \w", verdict) for verdict in exercises), exercises
    assert all(verdict.startswith("✓ ") for verdict in solutions), solutions


@built
def test_its_links_lead_somewhere(path):
    texts = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", texts):
        assert (NOTEBOOKS / target if "/" not in target else path.parent / target).exists(), target


def test_the_equations_are_numbered_once_and_in_order():
    text = "".join(path.read_text(encoding="utf-8") for path in SOURCES)
    assert re.findall(r"\\tag\{(\d+)\}", text) == [str(number) for number in range(1, 16)]


@lessons
def test_the_instructors_page_plans_as_many_minutes(path):
    minutes = re.search(r"About (\d+) minutes", path.read_text(encoding="utf-8"))[1]
    page = (ROOT / "docs" / "instructors.md").read_text(encoding="utf-8")
    assert re.search(rf"^### {path.stem[:2]} · .*: {minutes} minutes", page, re.MULTILINE)


def tiresome(path, limit=2.0, attempts=3):
    """Return the code cells that keep a room waiting: `limit` seconds or, tagged slow, so long in silence."""
    cells = code(read(path))
    best = [(float("inf"), float("inf"))] * len(cells)
    for _ in range(attempts):  # a neighbour on the same core can cost CPU time, too
        run = [sys.executable, ROOT / "tests" / "support" / "cell_times.py", path]
        env = os.environ | {"OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "agg"}
        measured = json.loads(
            subprocess.run(run, env=env, cwd=NOTEBOOKS, capture_output=True, check=True).stdout
        )
        best = [tuple(map(min, pair, time)) for pair, time in zip(best, measured, strict=True)]
        waits = [
            time["slow" in cell.metadata.get("tags", [])] for cell, time in zip(cells, best, strict=True)
        ]
        found = [(cell.source, wait) for cell, wait in zip(cells, waits, strict=True) if wait > limit]
        if not found:
            break
    return found


@lessons
def test_a_room_waits_two_seconds_at_most_or_sees_progress(path):
    assert not tiresome(NOTEBOOKS / f"{path.stem}.ipynb")


def test_a_cell_that_keeps_a_room_waiting_is_found(tmp_path):
    work = "from time import process_time as now\nend = now() + 2.4\nwhile now() < end: pass"
    says = "for _ in range(40):\n    end = now() + 0.06\n    while now() < end: pass\n    print(end)"
    cells = [
        nbformat.v4.new_code_cell(source, metadata={"tags": tags})
        for source, tags in ((work, []), (work, ["slow"]), (says, []), (says, ["slow"]), ("1 + 1", []))
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "a.ipynb")
    found = [source for source, _ in tiresome(tmp_path / "a.ipynb", limit=0.15, attempts=1)]
    assert found == [work, work, says]


def pytest_says(*arguments):
    """Run pytest as you do, with nbval; return what it says."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n0",
        "-p",
        "no:cacheprovider",
        "-W",
        "default",
        *arguments,
    ]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8").stdout


def test_all_that_they_say_is_compared():
    """A run that compares nothing passes too: nbval must find every cell, though nobody names a notebook."""
    found = pytest_says("--collect-only", "--ignore=mnet", "--ignore=tests", "--ignore=benchmarks")
    for path in BUILT:
        name = path.relative_to(ROOT).as_posix()
        assert len(re.findall(rf"^{name}::Cell \d+$", found, re.MULTILINE)) == len(code(read(path))), name


def test_nbval_notices_a_changed_fact(tmp_path):
    copy = shutil.copy(NOTEBOOKS / "02_sigmoid.ipynb", tmp_path)
    notebook = read(copy)
    last = [cell for cell in code(notebook) if cell.outputs and "9" in cell.outputs[-1].get("text", "")][-1]
    last.outputs[-1].text = last.outputs[-1].text.replace("9", "8", 1)
    nbformat.write(notebook, copy)
    report = pytest_says("-c", ROOT / "pyproject.toml", copy)
    assert f"1 failed, {len(code(notebook)) - 1} passed" in report
    assert last.source in report
