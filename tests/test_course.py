"""The tree is the course: lessons, modules and tests of one name, and knowledge that flows one way."""

import ast
import inspect
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

import mnet

ROOT = Path(__file__).resolve().parent.parent
LESSONS = ["data", "sigmoid", "feedforward", "cost", "backprop", "sgd", "improve"]
NOTEBOOKS = [f"{n:02}_{name}" for n, name in enumerate(["start", *LESSONS[:-1], "recognise", "improve"])]
APPENDIX = re.compile(r"(\d\d)[a-z]_\w+")  # 01a_files: of lesson 01, with no module of its own
ORDER = ["sigmoid", "feedforward", "cost", "backprop", "sgd", "improve"]  # each may use those before it
BELOW = {"files", "guards", "pickles"}  # no lessons: any module may use them
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
MODULES = {
    path.relative_to(ROOT / "mnet").as_posix(): ast.parse(path.read_text("utf-8"))
    for path in sorted((ROOT / "mnet").rglob("*.py"))
}


def imports(module, modules=MODULES):
    """Return all that a module imports, wherever in it, as dotted names."""
    names = set()
    for node in ast.walk(modules[module]):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names}
    return names


def our_imports(module):
    """Return the parts of mnet that a module imports: {"sigmoid", "guards"}."""
    return {name.split(".")[1] for name in imports(module) if name.startswith("mnet.")}


def users(*packages):
    """Return the modules of mnet that import one of these packages."""
    return {module for module in MODULES if {name.split(".")[0] for name in imports(module)} & {*packages}}


# Tree


@pytest.mark.parametrize("lesson", [*LESSONS, *sorted(BELOW)])
def test_every_lesson_has_a_module_and_a_test_file_of_its_name(lesson):
    assert (ROOT / "mnet" / f"{lesson}.py").is_file()
    assert (ROOT / "tests" / f"test_{lesson}.py").is_file()


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_lesson_has_a_source_and_a_built_notebook(name):
    assert (ROOT / "notebooks" / "src" / f"{name}.py").is_file()
    assert (ROOT / "notebooks" / f"{name}.ipynb").is_file()


def test_there_are_no_other_lessons_but_appendices_to_which_theirs_leads():
    sources = {path.stem: path.read_text("utf-8") for path in (ROOT / "notebooks" / "src").glob("*.py")}
    assert {path.stem for path in (ROOT / "notebooks").glob("[0-9]*.ipynb")} <= {*sources}
    for name in {*sources} - {*NOTEBOOKS}:
        (lesson,) = (lesson for lesson in NOTEBOOKS if lesson.startswith(APPENDIX.fullmatch(name)[1]))
        assert f"]({name}.ipynb)" in sources[lesson]
        assert f"]({lesson}.ipynb)" in sources[name]


# Imports


@pytest.mark.parametrize("lesson", ORDER)
def test_a_lesson_uses_earlier_lessons_only(lesson):
    assert our_imports(f"{lesson}.py") <= BELOW | {*ORDER[: ORDER.index(lesson)]}


@pytest.mark.parametrize("module", ["data", *sorted(BELOW)])
def test_data_and_what_lies_below_use_no_lesson(module):
    assert our_imports(f"{module}.py") <= BELOW


def test_nothing_that_is_used_by_the_panels_uses_them():
    for module in MODULES:
        used = {name for name in imports(module) if f"{name}.".startswith("mnet.live.")}
        if module == "checks/blaming.py":  # lesson 05's panel and exercise share their mistakes
            used = {name for name in used if not name.startswith("mnet.live.equations.")}
        if module == "cli/jupyter/jupyter_server_config.py":  # the server knows what panels leave behind
            used = {name for name in used if not name.startswith("mnet.live.saved")}
        assert not used or module.startswith("live/"), module
    assert our_imports("live/equations.py") <= BELOW | {*ORDER}


def test_imports_are_absolute():
    assert not [module for module in MODULES if any(name.startswith(".") for name in imports(module))]


def test_only_figures_draws_and_only_the_panels_hold_widgets():
    assert users("matplotlib") == {"figures.py"}
    assert all(module.startswith("live/") for module in users("ipywidgets", "anywidget"))
    assert users("ipywidgets", "anywidget")


def test_what_tests_share_is_in_their_support():
    tests = {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text("utf-8"))
        for folder in ("tests", "benchmarks")
        for path in sorted((ROOT / folder).rglob("*.py"))
    }
    assert tests
    for path in tests:
        for name in imports(path, tests):
            assert not any(part.startswith(("test_", "conftest")) for part in name.split(".")), path
            assert name.split(".")[0] != "benchmarks" or path.startswith("benchmarks/"), path


def test_no_file_changes_where_python_looks_for_modules():
    trick = re.compile(r"sys\.pat[h]|syspath_prepen[d]|addsitedi[r]")
    assert not [name for name, text in tracked() if name.endswith((".py", ".ipynb")) and trick.search(text)]


@pytest.mark.parametrize("name", ["mnet", "mnet.checks", "mnet.figures"])
def test_mnet_its_checks_and_its_figures_need_numpy_alone(name):
    code = f"import sys; before = set(sys.modules); import {name}; print(*sorted(set(sys.modules) - before))"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    loaded = {name.split(".")[0] for name in run.stdout.split()} - {*sys.stdlib_module_names}
    assert {"mnet", "numpy"} <= loaded
    # Compiled parts of NumPy register names of their compiler.
    assert {name for name in loaded if "cython" not in name} == {"mnet", "numpy"}
    assert name != "mnet" or "mnet.live" not in run.stdout


# Size and docstrings


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_module_is_short(lesson):
    assert len((ROOT / "mnet" / f"{lesson}.py").read_text("utf-8").splitlines()) <= 150


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_computes_and_leaves_refusing_to_the_guards(lesson):
    code, refusals = set(), set()
    for node in ast.walk(MODULES[f"{lesson}.py"]):
        if isinstance(node, ast.stmt) and not (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        ):
            compound = hasattr(node, "body")
            code |= {node.lineno} if compound else {*range(node.lineno, node.end_lineno + 1)}
        if isinstance(node, ast.Raise):
            refusals |= {*range(node.lineno, node.end_lineno + 1)}
        elif isinstance(node, ast.If) and any(isinstance(inside, ast.Raise) for inside in node.body):
            refusals.add(node.lineno)
    assert len(refusals) < 0.1 * len(code)


ROOMS = {
    ".": """__init__ __main__ autodiff backprop cost data feedforward figures files guards images improve
        pickles sgd sigmoid""",
    "checks": "__init__ blaming course exercises handed_in handover improving judge plug questions",
    "cli": "__init__ doctor edition errors handout hub lab mark marks room second train",
    "cli/jupyter": "jupyter_nbconvert_config jupyter_server_config",
    "live": """__init__ chart equations improving looks network pad pad_panel panel panels picture saved
        status training training_panel view worker""",
}


@pytest.mark.parametrize("room", ROOMS)
def test_each_room_holds_what_its_name_says(room):
    found = {path.stem for path in (ROOT / "mnet" / room).glob("*.py")}
    assert found == {*ROOMS[room].split()}


def test_there_are_no_other_rooms():
    assert {str(Path(module).parent) for module in MODULES} == {*ROOMS}


@pytest.mark.parametrize("module", MODULES)
def test_no_module_wants_a_second_room(module):
    lines = len((ROOT / "mnet" / module).read_text("utf-8").splitlines())
    assert lines <= 400 or module == "figures.py"


@pytest.mark.parametrize("lesson", LESSONS)
def test_no_function_of_a_lesson_is_long(lesson):
    for node in ast.walk(MODULES[f"{lesson}.py"]):
        if isinstance(node, ast.FunctionDef):
            has_docstring = ast.get_docstring(node) is not None
            docstring = node.body[0].end_lineno - node.body[0].lineno + 1 if has_docstring else 0
            assert node.end_lineno - node.lineno < 25 + docstring, node.name


@pytest.mark.parametrize("name", mnet.__all__)
def test_everything_public_is_documented(name):
    thing = getattr(mnet, name)
    assert thing.__doc__
    if inspect.isfunction(thing):
        assert re.search(r"Lesson 0[0-8]\b", thing.__doc__), "which lesson teaches it?"


def test_all_names_what_mnet_has():
    assert mnet.__all__ == sorted(set(mnet.__all__))
    contract = """load_mnist one_hot DataError sigmoid sigmoid_prime Network feedforward predict
        quadratic_cost cost_derivative output_error propagate_error bias_gradient weight_gradient backprop
        numerical_gradient mini_batches update_mini_batch sgd evaluate"""
    assert {*contract.split()} <= {*mnet.__all__}


# Dependencies


CONDA = {"playwright-python": "playwright"}  # the one package that conda-forge names otherwise


def ranges(requirements):
    found = map(Requirement, requirements)
    return {(CONDA.get(r.name, r.name).lower(), str(r.specifier)) for r in found}


def test_environment_yml_names_what_pyproject_toml_names():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    conda = [item for item in environment["dependencies"] if isinstance(item, str)]
    others = [item for item in environment["dependencies"] if not isinstance(item, str)]
    assert "python=3.12" in conda  # exact: from a range, Binder takes an older one
    assert others == [{"pip": ["-e ."]}]
    project = PROJECT["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    assert ranges(item for item in conda if item not in ("python=3.12", "pip")) == ranges(wanted)


def pins():
    """Return the logical lines of requirements-lock.txt that are no comments."""
    text = (ROOT / "requirements-lock.txt").read_text("utf-8").replace("\\\n", "")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def test_every_pin_has_hashes_and_no_address():
    for line in pins():
        assert re.fullmatch(r"[\w.-]+==[\w.!+-]+( ; [^#@]+?)?( +--hash=sha256:[0-9a-f]{64})+ *", line), line


def test_pip_and_uv_install_the_same_versions():
    locked = {str(Requirement(line.split(" --hash")[0].strip())) for line in pins()}
    assert locked == {str(Requirement(pin)) for pin in PROJECT["tool"]["uv"]["constraint-dependencies"]}
    names = {Requirement(pin).name for pin in locked}
    assert {name for name, _ in ranges(PROJECT["project"]["dependencies"])} <= names


def tracked():
    """Yield the path and the text of each file in git that holds text."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, names.stdout.split("\0")):
        if (ROOT / name).is_file():
            try:
                yield name, (ROOT / name).read_text("utf-8")
            except UnicodeDecodeError:
                continue


def test_no_file_names_a_package_index_or_someones_home():
    index = r"\b(p[y]pi|pythonh[o]sted|n[p]mjs|yarnpkg|anaconda)\.(org|com)\b"
    home = r"(?<![\w.])/(home|Users|root|work)/\w|[A-Z]:\\+Users\b"
    found = [(name, hit[0]) for name, text in tracked() for hit in re.finditer(f"{index}|{home}", text)]
    assert found == []
