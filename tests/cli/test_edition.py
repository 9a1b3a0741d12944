"""A class's edition: nothing given away, no dead link, and nbgrader gives the marks of `mnet check`."""

import csv
import json
import os
import re
import subprocess
import sys

import pytest

from mnet.checks.course import course
from mnet.cli import mark as marking
from mnet.cli.edition import cells
from mnet.files import COURSE

SOLUTIONS = COURSE / "notebooks" / "solutions"


@pytest.fixture(scope="module")
def edition(tmp_path_factory):
    """Build the edition once; return its folder, which lies where nbgrader looks for assignments."""
    folder = tmp_path_factory.mktemp("course") / "source" / "mnet"
    folder.parent.mkdir()
    subprocess.run([sys.executable, "-m", "mnet", "edition", folder], check=True)
    return folder


def code(path):
    return [cell for cell in json.loads(path.read_text("utf-8"))["cells"] if cell["cell_type"] == "code"]


def test_the_edition_gives_nothing_away(edition):
    assert sorted(path.stem for path in edition.glob("*.ipynb")) == [*course()]
    assert not [path for path in edition.rglob("*") if "solution" in path.name]
    for path in edition.glob("*.ipynb"):
        for cell in code(path):
            assert not (cell["outputs"] and "nbgrader" in cell["metadata"])
            tags = cell["metadata"].get("tags", [])
            assert not (cell["outputs"] and {"exercise", "predict"} & {*tags})


def test_what_answers_is_known_by_its_tag_and_by_no_word():
    shown = {"cell_type": "code", "source": "2", "outputs": ["2"], "execution_count": 1}
    asked = {"cell_type": "markdown", "source": "Nobody can predict this.", "metadata": {}}
    lesson = [asked, shown | {"metadata": {}}, shown | {"metadata": {"tags": ["predict"]}}]
    assert [cell.get("outputs") for cell in cells(lesson, "01")] == [None, ["2"], []]


def test_each_link_leads_somewhere(edition):
    for path in edition.glob("*.ipynb"):
        links = re.findall(r"\]\(((?:\.\./)*[\w/]+\.\w+)\)", path.read_text("utf-8"))
        assert [link for link in links if not (edition / link).exists()] == []
    assert (edition / "course" / "mnet" / "sgd.py").exists()


def test_each_exercise_of_the_course_is_worth_a_point(edition):
    for lesson, some in course().items():
        tests = [
            cell
            for cell in code(edition / f"{lesson}.ipynb")
            if cell["metadata"].get("nbgrader", {}).get("grade")
        ]
        assert len(tests) == len(some)
        assert all(cell["metadata"]["nbgrader"]["points"] == 1 for cell in tests)


def test_an_edition_is_written_over_nothing(run, edition):
    done = run("edition", edition)
    assert (done.exit_code, done.output.count("\n")) == (1, 1)
    assert "wanted a new folder" in done.output


def solved(path, edition, wrong):
    """Return the text of an edition's lesson with the answers of its solutions, but for those at `wrong`."""
    notebook = json.loads((edition / path.name).read_text("utf-8"))
    answers = iter([cell for cell in code(path) if "solution" in cell["metadata"].get("tags", [])])
    place = 0
    for cell in notebook["cells"]:
        if "exercise" in cell["metadata"].get("tags", []):
            source = "".join(next(answers)["source"]).rpartition("\nchecks.")[0]
            cell["source"] = cell["source"] if place in wrong else source
            place += 1
    return json.dumps(notebook)


def test_nbgrader_gives_the_same_marks(edition):
    pytest.importorskip(
        "nbgrader", reason="no nbgrader: `uv run --extra test --extra nbgrader pytest` asks it"
    )
    root, lessons = edition.parents[1], ["02_sigmoid"]
    for path in edition.glob("*.ipynb"):
        if path.stem not in lessons:
            path.unlink()

    here = os.path.dirname(sys.executable)  # where it looks for alembic
    env = os.environ | {"PATH": os.pathsep.join([here, os.environ["PATH"]])}

    def nbgrader(*arguments):
        command = [sys.executable, "-m", "nbgrader", *arguments]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, env=env)
        assert done.returncode == 0, done.stderr

    nbgrader("generate_assignment", "mnet", "--create")
    before, after = (
        code(folder / "mnet" / "02_sigmoid.ipynb") for folder in (root / "source", root / "release")
    )
    before, after = (["".join(cell["source"]) for cell in cells] for cells in (before, after))
    assert before == after  # the bugs to spot, too
    for student, wrong in ("ann", ()), ("ben", (1, 2)), ("cem", range(9)):
        for lesson in lessons:
            path = root / "submitted" / student / "mnet" / f"{lesson}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(solved(SOLUTIONS / path.name, root / "release" / "mnet", wrong))
    nbgrader("autograde", "mnet")
    nbgrader("generate_feedback", "mnet")
    nbgrader("export", "--to", str(root / "grades.csv"))
    with (root / "grades.csv").open() as file:
        theirs = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    ours = {}
    for path in marking.submissions(root / "submitted"):
        row = marking.mark(path, root / "submitted")
        assert row.ran == "ran"
        ours[row.student] = ours.get(row.student, 0) + [*row.marks.values()].count("passed")
    assert ours == theirs
    assert ours["ann"] == 5
    assert ours["ben"] == 3
    assert [*(root / "feedback").rglob("02_sigmoid.html")]
