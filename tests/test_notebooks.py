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

from mnet import checks
from mnet.checks import course, exercises
from mnet.live.saved import is_note
from notebooks.build import LONG
from tests.support.cell_times import measure, tiresome
from tests.support.notebooks import NOTEBOOKS, ROOT, SOLUTIONS, SOURCES, read, tags, text

BUILT = sorted(NOTEBOOKS.rglob("[0-9]*.ipynb"))
# A text that asks: "Predict" anywhere, "Ask yourself" at its end, or a question there.
PREDICT = re.compile(r"\*\*(Predict|Before you look)")
ASK = re.compile(r"\*\*(Ask yourself|By hand first)")
QUOTED = re.compile(r'`[^`]*`|"[^"]*"|\$[^$]*\$')


def asks(said):
    end = QUOTED.sub("x", said.strip().split("\n\n")[-1])
    sentences = [part.rstrip("*") for part in re.split(r"(?<=[.?!:])\*{0,2}\s+", end)]
    return bool(PREDICT.search(said) or ASK.search(end) or any(part.endswith("?") for part in sentences[-2:]))


def code(notebook):
    return [cell for cell in getattr(notebook, "cells", notebook) if cell.cell_type == "code"]


def joined(cells):
    """Return the cells, texts in a row as one: the builder cuts them into slides."""
    groups = groupby(cells, lambda cell: cell.cell_type)
    groups = [(kind, [cell.source.strip() for cell in group]) for kind, group in groups]
    return [sources if kind == "code" else "\n\n".join(sources) for kind, sources in groups]


def name(path):
    return path.relative_to(NOTEBOOKS).with_suffix("").as_posix()


lessons = pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
built = pytest.mark.parametrize("path", BUILT, ids=name)


def test_each_source_is_built_twice_and_nothing_else_is():
    wanted = {path.stem for path in SOURCES}
    assert {name(path) for path in BUILT} == wanted | {f"solutions/{lesson}" for lesson in wanted}


@pytest.mark.parametrize("page", ["README.md", "notebooks/src/00_start.py"])
def test_a_page_that_lists_the_lessons_has_them_all_in_order(page):
    text = (ROOT / page).read_text("utf-8")
    rows = re.findall(r"^(?:# )?\| \[(\d\d\w?)\b[^]]*\]\((?:notebooks/)?(\w+)\.ipynb\)", text, re.MULTILINE)
    wanted = [(course.number(path.stem), path.stem) for path in SOURCES]
    assert rows == (wanted if page == "README.md" else wanted[1:])


@built
def test_it_is_built_from_its_source(path):
    left_out = {"exercise"} if path.parent == SOLUTIONS else {"solution"}
    source = jupytext.read(NOTEBOOKS / "src" / f"{path.stem}.py")
    wanted = [cell for cell in source.cells if tags(cell) & {"exercise", "predict", "solution"} != left_out]
    found = read(path).cells
    for cell in wanted:
        if path.parent == SOLUTIONS:
            cell.source = cell.source.replace("](../", "](../../")
    assert joined(found) == joined(wanted)
    assert [cell.id for cell in found] == [f"cell-{number:02}" for number in range(len(found))]


@built
def test_a_lecture_shows_what_is_no_prose_step_by_step(path):
    cells = [(cell, cell.metadata.get("slideshow", {}).get("slide_type")) for cell in read(path).cells]
    assert {step for _, step in cells} <= {"slide", "subslide", "fragment", "notes", None}
    for cell, step in cells:
        if cell.cell_type == "code" and panel(cell):  # test_lecture.py tries such a step
            assert step == "subslide"
            assert len(cell.source.splitlines()) <= 3
        elif cell.cell_type == "code":
            assert step in ("fragment", "subslide")
        else:  # a heading in the middle would stand at the foot of a slide
            heading = re.match("#+ ", cell.source)
            assert bool(heading) == (step == "slide" or cell.source.startswith("### ")), cell.source
            assert not re.search(r"\n##+ ", cell.source), cell.source
            said = re.sub(rf"(?:^\|.*\n?){{{LONG + 1},}}", "", cell.source, flags=re.MULTILINE)
            assert step != "notes" or not re.search(r"^(\$\$|\||```|\*\*Predict)", said, re.MULTILINE)
    steps = [step for _, step in cells]
    assert steps[0] == "slide"
    assert steps.count("slide") >= 6
    shown = [cell.source for cell, step in cells if cell.cell_type == "markdown" and step != "notes"]
    prose = [len(source.split()) for source in shown if "$$" not in source and "|" not in source]
    assert median(prose) <= 30, "words on a slide"


@built
def test_it_is_executed_in_order_and_without_an_error(path):
    cells = code(read(path))
    for number, cell in enumerate(cells, start=1):
        blank = "predict" in tags(cell) and path.parent == NOTEBOOKS
        assert cell.execution_count == (None if blank else number)
        assert not (blank and cell.outputs)
        for output in cell.outputs:
            assert not {output.output_type, output.get("name")} & {"error", "stderr"}, text(output)


def answered(cells):
    """Return what is stored behind a question in a lesson that a learner opens, with the question."""
    question, found = None, []
    for kind, group in groupby(cells, lambda cell: cell.cell_type):
        group = list(group)
        if kind == "markdown":
            said = "\n\n".join(cell.source for cell in group)
            question = said if asks(said) else question
            continue
        outputs = (output for cell in group if not panel(cell) for output in cell.outputs)
        shown = [output for output in outputs if not text(output).startswith("○")]
        found += [(question[-200:], text(output)) for output in shown if question]
        # What only defines or imports answers nothing: the question stands until something is shown.
        if any(cell.outputs or tags(cell) & {"exercise", "predict"} for cell in group):
            question = None
    return found


def panel(cell):
    """Say whether a cell shows a panel: its picture stands still, and shows where the sliders begin."""
    return any(map(is_note, cell.outputs))


@lessons
def test_nothing_answers_what_it_asks(path):
    cells = read(NOTEBOOKS / f"{path.stem}.ipynb").cells
    assert not answered(cells)
    assert not [
        text(output) for cell in code(cells) for output in cell.outputs if text(output).startswith("✗")
    ]


def test_an_answer_is_found():
    def ask(question, answer, **more):
        said = nbformat.v4.new_output("stream", text=answer)
        shown = nbformat.v4.new_code_cell("1 + 1", outputs=[said] if answer else [], **more)
        return nbformat.v4.new_markdown_cell(question), shown

    shown = (
        "**Predict first.** How many?\n\nRun it.",
        "Not so. How many?",
        "How many? Look.",
        "**Ask yourself** why.",
    )
    assert all(answered(ask(question, "2")) for question in shown)
    answer = nbformat.v4.new_markdown_cell("The next cell says it."), *ask("", "2")[1:]
    assert answered([*ask("How many?", ""), *answer])
    assert not answered([*ask("How many?", "", metadata={"tags": ["predict"]}), *answer])
    assert not answered(ask("How many?", "○ not yet"))
    assert not answered(ask('Is it "how many?"? Yes. It is. It says `a?`.', "2"))


@lessons
def test_a_band_stands_behind_what_answers(path):
    """What a question asks, the code below it would say: "right, more than 95 %"."""
    cells = [
        cell for cell in code(read(SOLUTIONS / path.with_suffix(".ipynb").name)) if "predict" in tags(cell)
    ]
    said = "".join(text(output) for cell in cells for output in cell.outputs if "exercise" not in tags(cell))
    assert not re.findall(r"^.*(?<!'): (?:True|False)\b.*$", said, re.MULTILINE)


@lessons
def test_each_exercise_has_two_hints_named_alike(path):
    exercises = re.split(
        r"^# ### Exercise ", path.read_text("utf-8").replace("\n# ## ", "\n# ### "), flags=re.M
    )
    hints = [re.findall(r"<summary>((?:Hint|A question|Where).*?)</summary>", said) for said in exercises[1:]]
    assert {*map(tuple, hints)} == {("Hint 1, a question", "Hint 2, where to look")}


@built
def test_it_carries_nothing_of_the_machine_that_built_it(path):
    notebook = read(path)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert notebook.metadata.language_info.file_extension == ".py"  # or nbconvert makes no script
    assert "version" not in notebook.metadata.language_info
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
    code_cells = [cell.source for cell in cells if cell.cell_type == "code"]
    assert not [line for source in code_cells for line in re.findall(r"^# .{100,}", source, re.MULTILINE)], (
        "a text"
    )
    kinds = "".join(cell.cell_type[0] for cell in cells if "solution" not in tags(cell))
    assert "ccc" not in kinds


@lessons
def test_its_facts_are_compared(path):
    cells = code(read(SOLUTIONS / f"{path.stem}.ipynb"))
    cells = [cell for cell in cells if "nbval-ignore-output" not in tags(cell)]
    assert len([cell for cell in cells if any(map(text, cell.outputs))]) >= 10


@lessons
def test_its_exercises_are_open_and_their_solutions_right(path):
    def verdicts(folder, tag, other):
        cells = [
            c for c in code(read(folder / f"{path.stem}.ipynb")) if {tag} <= tags(c) and other not in tags(c)
        ]
        return [text(cell.outputs[-1]) if cell.outputs else "" for cell in cells]

    exercises, solutions = (
        verdicts(NOTEBOOKS, "exercise", "predict"),
        verdicts(SOLUTIONS, "solution", "exercise"),
    )
    bugs = verdicts(SOLUTIONS, "exercise", "solution")
    assert 2 <= len(exercises) + len(bugs) == len(solutions) <= 6
    assert all(re.match(r"○ \w", verdict) for verdict in exercises), exercises
    assert all(re.match(r"✗ \w", verdict) for verdict in bugs), bugs
    assert all(verdict.startswith("✓ ") for verdict in solutions), solutions


def turns(code):
    """Return the words of a text and its turns of three words or signs."""
    tokens = re.findall(r"[^\W\d]\w*|\d+|\S", code)
    found = {*tokens, *map("".join, zip(tokens, tokens[1:], tokens[2:], strict=False))}
    return {turn for turn in found if re.search(r"\w", turn)}


@lessons
def test_a_bug_to_spot_is_not_told_before_anybody_has_looked(path, monkeypatch):
    """As it is given, it gets what is seen and a question: no word of the mended code, no mistake's name."""
    cells = code(read(SOLUTIONS / path.with_suffix(".ipynb").name))
    solutions = [cell for cell in cells if "solution" in tags(cell)]
    bugs = [cell for cell in cells if {"exercise", "predict"} <= tags(cell)]
    monkeypatch.setattr(exercises, "judge", lambda ours, fn, cases, mistakes, **_: mistakes)
    names = {name for exercise in checks.EXERCISES for name in getattr(checks, exercise)(None)}
    for bug in bugs:
        solution = next(cell for cell in solutions if cells.index(cell) > cells.index(bug))
        said = re.sub(r"`.*`", "", text(bug.outputs[-1]).partition("\n")[0])  # but for the line it quotes
        assert "?" in said
        assert not [name for name in names if name in said]
        told = turns(bug.source) ^ turns(solution.source)
        assert not turns(said.replace("σ(", "sigmoid(")) & told, said


@built
def test_its_links_lead_somewhere(path):
    texts = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", texts):
        assert (NOTEBOOKS / target if "/" not in target else path.parent / target).exists(), target


def test_the_equations_are_numbered_once_and_in_order():
    text = "".join(path.read_text(encoding="utf-8") for path in SOURCES)
    assert re.findall(r"\\tag\{(\d+)\}", text) == [str(number) for number in range(1, 20)]


@lessons
def test_the_instructors_page_plans_as_many_minutes(path):
    minutes = re.search(r"About (\d+) minutes", path.read_text(encoding="utf-8"))[1]
    page = (ROOT / "docs" / "instructors.md").read_text(encoding="utf-8")
    assert re.search(rf"^### {course.number(path.stem)} · .*: {minutes} minutes", page, re.MULTILINE)


def test_a_cell_that_keeps_a_room_waiting_is_found(tmp_path):
    work = "from time import process_time as now\nend = now() + 2.4\nwhile now() < end: pass"
    says = "for _ in range(40):\n    end = now() + 0.06\n    while now() < end: pass\n    print(end)"
    cells = [
        nbformat.v4.new_code_cell(source, metadata={"tags": tags})
        for source, tags in ((work, []), (work, ["slow"]), (says, []), (says, ["slow"]), ("1 + 1", []))
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "a.ipynb")
    found = tiresome(cells, measure(tmp_path / "a.ipynb"), limit=0.15)
    assert [cell.source for cell in found] == [work, work, says]


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


def stumbles(path, leave_out="exercise"):
    """Return the cells of a lesson that fail or change when tests/support/again.py runs them again."""
    run = [sys.executable, ROOT / "tests" / "support" / "again.py", path, leave_out]
    env = os.environ | {"OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "agg"}
    done = subprocess.run(run, env=env, cwd=NOTEBOOKS, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@lessons
def test_its_cells_can_be_run_again_at_once_and_after_the_end(path):
    assert not stumbles(path)


def test_a_cell_that_cannot_be_run_again_is_found(tmp_path):
    cells = "# %%\nimport numpy as np\na = 1\n", "# %% [markdown]\n# ## 1\n", "# %%\na + 1\n"
    cells += "# %% [markdown]\n# ## 2\n", "# %%\na = np.ones(3) * a\na\n", "# %%\nlist(a[:4])\n"
    cells += "# %%\ndel np\n", '# %% tags=["nbval-ignore-output"]\na = a + 1\n'
    source = tmp_path / "a.py"
    source.write_text("\n".join(cells), encoding="utf-8")
    found = [(why.partition(":")[0], cell) for why, cell in stumbles(source)]
    assert ("at once", "del np") in found
    assert ("after the end", "a + 1") in found
