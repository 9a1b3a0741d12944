"""A class's edition: nothing given away, no dead link, and nbgrader gives the marks of `mnet check`."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib

import numpy as np
import pytest

from mnet import checks
from mnet.checks.course import course, number
from mnet.cli import mark as marking
from mnet.cli.edition import cells
from mnet.cli.handout import contents
from mnet.files import COURSE, DataError

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


def test_a_course_without_lessons_is_said(tmp_path):
    with pytest.raises(DataError, match="found no lesson, wanted the course's lessons"):
        contents(tmp_path)


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


@pytest.fixture(scope="module")
def second(tmp_path_factory):
    """Build an edition with a second set of exercises; return its folder and its key."""
    folder = tmp_path_factory.mktemp("second") / "source" / "mnet"
    folder.parent.mkdir()
    key = folder.parents[1] / "key.json"
    subprocess.run([sys.executable, "-m", "mnet", "edition", folder, "--second", key], check=True)
    return folder, key


def test_a_second_set_counts_and_its_answers_stay_with_the_key(second):
    folder, path = second
    key = json.loads(path.read_text())
    text = "".join(file.read_text("utf-8") for file in folder.rglob("*.ipynb"))
    for name, one in key.items():
        tests = [
            cell for cell in code(folder / f"{one['lesson']}.ipynb") if f"hand_in('{name}'" in cell["source"]
        ]
        assert [cell["metadata"]["nbgrader"]["points"] for cell in tests] == [1]
        if isinstance(one["answer"], float) and len(str(one["answer"])) > 4:
            assert str(one["answer"]) not in text
    assert text.count('"grade": true') == len(key)
    lessons = [one["lesson"] for one in key.values()]
    assert all(lessons.count(name) >= 2 for name in course() if number(name).isdigit())  # no appendix
    for exercise in set_of():
        assert exercise.begin.splitlines()[-1] == "    return ..." or exercise.begin == "my_answer = ..."
        if exercise.questions:
            assert json.dumps(exercise.solution)[1:-1] not in text
    project = tomllib.loads((COURSE / "pyproject.toml").read_text("utf-8"))
    assert "mnet/cli/second.py" in project["tool"]["hatch"]["build"]["targets"]["wheel"]["exclude"]


def set_of():
    """Return a second set of exercises."""
    from mnet.cli.second import exercises

    return exercises(np.random.default_rng(0))


def test_another_class_gets_other_numbers(second, tmp_path, run):
    path = second[1]
    done = run("edition", tmp_path / "other", "--second", tmp_path / "key.json")
    assert done.exit_code == 0, done.output
    ours, theirs = (json.loads(key.read_text()) for key in (path, tmp_path / "key.json"))
    assert [*ours] == [*theirs]
    assert sum(ours[name]["answer"] != theirs[name]["answer"] for name in ours) > len(ours) / 2
    done = run("edition", tmp_path / "third", "--second", path)
    assert (done.exit_code, (tmp_path / "third").exists()) == (1, False)


def test_a_students_mnet_says_that_it_has_no_second_set(run, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "mnet.cli.second", None)
    done = run("edition", tmp_path / "class", "--second", tmp_path / "key.json")
    assert (done.exit_code, done.output.count("\n")) == (1, 1)
    assert "wanted the repository; run `uv run mnet edition` there." in done.output
    assert not [*tmp_path.iterdir()]


def handed_in(lesson, key, wrong):
    """Return the text of a lesson with right answers to a second set, but for the exercises at `wrong`."""
    notebook, solutions = json.loads(lesson.read_text("utf-8")), {one.begin: one.solution for one in set_of()}
    names = [name for name, one in key.items() if one["lesson"] == lesson.stem]
    own = [cell for cell in notebook["cells"] if "".join(cell["source"]) in solutions]
    assert len(own) == len(names)
    for place, (name, cell) in enumerate(zip(names, own, strict=True)):
        begin = "".join(cell["source"])
        right = f"my_answer = {key[name]['answer']}" if begin.startswith("my") else solutions[begin]
        cell["source"] = begin if place in wrong else right
    return json.dumps(notebook)


def test_nbgrader_gives_the_same_marks_for_a_second_set(second, tmp_path, shell, request):
    folder, path = second
    key, root = json.loads(path.read_text()), tmp_path / "submitted"
    for student, wrong in ("ann", ()), ("ben", (1, 2)), ("cem", range(9)):
        (root / student / "second").mkdir(parents=True)
        text = handed_in(folder / "02_sigmoid.ipynb", key, wrong)
        (root / student / "second" / "02_sigmoid.ipynb").write_text(text)
    subprocess.run(shell("check", root, "--key", path), check=True)
    with (tmp_path / "submitted.csv").open(encoding="utf-8-sig") as file:
        rows = [*csv.DictReader(file)]
    ours = {row["student"]: float(row["passed"]) for row in rows}
    assert ours == {"ann": 4, "ben": 2, "cem": 0}
    assert {row["02 slope"] for row in rows} == {"passed", "wrong: not written yet."}
    assert rows[0]["remarks"] == ""
    nbgrader = request.getfixturevalue("nbgrader")  # which may be missing
    shutil.copytree(
        folder, tmp_path / "source" / "second", ignore=lambda _, names: {*names} - {"02_sigmoid.ipynb"}
    )
    nbgrader(tmp_path, "generate_assignment", "second", "--create")
    nbgrader(tmp_path, "autograde", "second", MNET_KEY=str(path))
    assert scores(nbgrader, tmp_path, "second") == ours


def test_nobody_is_marked_without_the_key(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    with pytest.raises(ValueError, match="MNET_KEY"):
        checks.hand_in("02 bias", 12)
    monkeypatch.delenv("NBGRADER_EXECUTION")
    assert checks.hand_in("02 bias", 12).passed is None
    monkeypatch.setenv("MNET_KEY", "/nowhere/key.json")
    with pytest.raises(ValueError, match="a key that `mnet edition --second` wrote"):
        checks.hand_in("02 bias", 12)


# Runs one nbgrader after another, each in a process that has loaded it: to load it takes longer than most do.
NBGRADER = """
import json, os, sys
from nbgrader.apps.nbgraderapp import main
for line in sys.stdin:
    folder, env, sys.argv[1:] = json.loads(line)
    child = os.fork()
    if not child:
        os.chdir(folder)
        os.environ.update(env)
        sys.exit(main())
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.fixture(scope="module")
def nbgrader(tmp_path_factory):
    """Return what runs nbgrader in a folder; all share one gradebook."""
    pytest.importorskip(
        "nbgrader", reason="no nbgrader: `uv run --extra test --extra nbgrader pytest` asks it"
    )
    here = os.path.dirname(sys.executable)  # where it looks for alembic
    env = os.environ | {"PATH": os.pathsep.join([here, os.environ["PATH"]])}
    log = tmp_path_factory.mktemp("nbgrader") / "log"
    book = f"--CourseDirectory.db_url=sqlite:///{log.with_name('gradebook.db')}"
    command, pipe = [sys.executable, "-c", NBGRADER], subprocess.PIPE
    with (
        log.open("w") as said,
        subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=said, text=True, env=env) as process,
    ):

        def nbgrader(folder, *arguments, **env):
            print(json.dumps([str(folder), env, [*arguments, book]]), file=process.stdin, flush=True)
            assert process.stdout.readline() == "0\n", log.read_text()

        yield nbgrader


def scores(nbgrader, root, assignment):
    """Return {student: points} as nbgrader exports them."""
    nbgrader(root, "export", "--to", str(root / "grades.csv"))
    with (root / "grades.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["assignment"] == assignment]
    return {row["student_id"]: float(row["score"]) for row in rows}


def test_nbgrader_gives_the_same_marks(edition, nbgrader):
    root, lessons = edition.parents[1], ["02_sigmoid"]
    for path in edition.glob("*.ipynb"):
        if path.stem not in lessons:
            path.unlink()

    nbgrader(root, "generate_assignment", "mnet", "--create")
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
    nbgrader(root, "autograde", "mnet")
    nbgrader(root, "generate_feedback", "mnet")
    theirs = scores(nbgrader, root, "mnet")
    ours = {}
    for path in marking.submissions(root / "submitted"):
        row = marking.mark(path, root / "submitted")
        assert row.ran == "ran"
        ours[row.student] = ours.get(row.student, 0) + [*row.marks.values()].count("passed")
    assert ours == theirs
    assert ours["ann"] == 5
    assert ours["ben"] == 3
    assert [*(root / "feedback").rglob("02_sigmoid.html")]
