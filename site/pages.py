"""Writes the pages that Sphinx reads, from the notebooks, the README and the code."""

import ast
import base64
import inspect
import re
from pathlib import Path

import nbformat
from docutils.nodes import make_id

from mnet.live.saved import is_note

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
BUILD = ROOT / "build"
SOURCE = BUILD / "source"
LESSONS, SOLUTIONS = (
    sorted(path.relative_to(ROOT) for path in (ROOT / folder).glob("*.ipynb"))
    for folder in ("notebooks", "notebooks/solutions")
)
MATHJAX = BUILD / "npm" / "node_modules" / "mathjax" / "es5" / "tex-svg-full.js"
FRONT = "## How well it reads"  # where the README's first screen ends
MARKUP, ESCAPED = re.compile(r"[\\`*_{}\[\]<>$]"), r"\\\g<0>"
ASKED = re.compile(r"\*\*(?:Predict|Before you look|By hand first)\b.*")
RUN = '<a class="run" href="{up}run.html?lesson={lesson}">▶ Run this lesson</a>'


def code_of(paths):
    """Return the code of notebooks, as one text."""
    cells = (cell for path in paths for cell in nbformat.read(ROOT / path, 4).cells)
    return "\n".join(cell.source for cell in cells if cell.cell_type == "code")


def imported(code):
    """Return {name: (file, place)} of mnet's functions and classes that code can call, by what it imports."""
    things, found = {}, {}
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import | ast.ImportFrom) and re.match(
            "(from|import) mnet", ast.unparse(node)
        ):
            exec(ast.unparse(node), things)
    for module in [name for name in things if inspect.ismodule(things[name])]:
        things |= {
            f"{module}.{name}": thing for name, thing in vars(things[module]).items() if name[0] != "_"
        }
    for name, thing in things.items():
        if inspect.isfunction(thing) or inspect.isclass(thing):
            thing = inspect.unwrap(thing)
            if thing.__module__.startswith("mnet."):
                file = Path(inspect.getsourcefile(thing)).resolve().relative_to(ROOT).as_posix()
                found[name] = file, make_id(thing.__name__)
    return found


def write(path, text):
    """Write a page."""
    path = SOURCE / path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def linked(text, folder, code):
    """Let links to Python files lead to pages of them, which `code` collects; `folder` holds the text."""

    def page(link):
        name, file = link.groups()
        path = (ROOT / folder / file).resolve()
        code.add(path.relative_to(ROOT).as_posix())
        there = name and re.search(rf"^(def|class) {name}\b", path.read_text("utf-8"), re.MULTILINE)
        return f"{f'`{name}`' if name else ''}]({file}.md{f'#{name.lower()}' if there else ''})"

    text = text.replace("](notebooks/solutions)", "](solutions.md)")
    return re.sub(r"(?:`(\w+)`)?\]\(([^):]+\.py)\)", page, text)


def code_page(path):
    """Return the page of a Python file: what comes before the first function, then each under its name."""
    lines = (ROOT / path).read_text("utf-8").splitlines()
    parts = [(1, None)]
    for node in ast.parse("\n".join(lines)).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            parts.append((first, node.name))
    text = [f"---\nnosearch: true\n---\n\n# {path}"]  # who searches wants the lesson
    for (first, name), (end, _) in zip(parts, [*parts[1:], (len(lines) + 1, None)], strict=True):
        text += [f"## `{name}`"] if name else []
        block = "\n".join(lines[first - 1 : end - 1]).rstrip()
        text += [f"``````{{code-block}} python\n:lineno-start: {first}\n\n{block}\n``````"] if block else []
    return "\n\n".join(text)


def with_words(cell, number, path):
    """Let each picture of a cell stand in the page as a file, its sentence below; a panel's leads on."""
    outputs, cell.outputs, alt = cell.outputs, [], None
    for output in outputs:
        picture = output.get("data", {}).get("image/png")
        if picture:
            file = path.parent / "images" / f"{path.stem}-{number:02}.png"
            (SOURCE / file).parent.mkdir(parents=True, exist_ok=True)
            (SOURCE / file).write_bytes(base64.b64decode(picture))
            alt = MARKUP.sub(ESCAPED, output.metadata["image/png"]["alt"])
            output.data, output.metadata = {"text/markdown": f"![{alt}](images/{file.name})"}, {}
        elif is_note(output):
            cell.outputs[-1].data["text/markdown"] += f"\n\n*{alt}*\n\n{run(path)} to move its sliders."
            continue
        elif alt and MARKUP.sub(ESCAPED, " ".join(output.get("text", "").split())) == alt:
            cell.outputs[-1].data["text/markdown"] += f"\n\n*{alt}*"  # a caption: it wraps on a phone
            continue
        cell.outputs.append(output)


def fold_answers(notebook, solutions):
    """Give the cells that answer a question what they show in the solutions, behind a fold."""
    ours, theirs = (
        [cell for cell in book.cells if "predict" in cell.metadata.get("tags", [])]
        for book in (notebook, solutions)
    )
    for cell, answer in zip(ours, theirs, strict=True):
        cell.outputs = answer.outputs
        cell.metadata["tags"].append("hide-output")


def predictions(code):
    """Return the page with each lesson's questions and room for an answer, to print for a class."""
    text = ["# Predictions", "One sheet a person: write each answer down before its cell runs."]
    for path in LESSONS:
        cells = [cell.source for cell in nbformat.read(ROOT / path, 4).cells if cell.cell_type == "markdown"]
        asked = [found[0] for source in cells for found in ASKED.finditer(source)]
        text.append(f"## {cells[0].partition(chr(10))[0].lstrip('# ')}" if asked else "")
        text += [f'{linked(question, path.parent, code)}\n\n<div class="blank"></div>' for question in asked]
    return "\n\n".join(text)


def run(path):
    """Return the link that runs a lesson in the browser."""
    lesson = path.relative_to("notebooks").with_suffix("").as_posix()
    return RUN.format(up="../" * len(path.parent.parts), lesson=lesson)


def lesson(path, code):
    """Write a notebook's page."""
    notebook = nbformat.read(ROOT / path, 4)
    if path.parent.name != "solutions":
        fold_answers(notebook, nbformat.read(ROOT / path.parent / "solutions" / path.name, 4))
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            cell.source = linked(cell.source, path.parent, code)
        else:
            with_words(cell, number, path)
    title, _, rest = notebook.cells[0].source.partition("\n")
    solved = " (solutions)" if path.parent.name == "solutions" else ""
    notebook.cells[0].source = f"{title}{solved}\n\n{run(path)} in your browser, without an install.\n{rest}"
    write(path, nbformat.writes(notebook))


def contents(title, entries, hidden=False):
    """Return the table of contents of these pages."""
    options = f":hidden:\n:caption: {title}" if hidden else ":maxdepth: 1"
    return f"```{{toctree}}\n{options}\n\n{chr(10).join(map(str, entries))}\n```\n"


def write_all():
    """Write all pages."""
    code = {file for file, _ in imported(code_of(LESSONS)).values()}
    for path in LESSONS + SOLUTIONS:
        lesson(path, code)
    write("predictions.md", predictions(code))
    for path in "docs/instructors.md", "data/README.md":
        write(path, linked((ROOT / path).read_text("utf-8"), Path(path).parent, code))
    front = linked((ROOT / "README.md").read_text("utf-8").partition(FRONT)[0], "", code)
    (SOURCE / "docs" / "panel.png").write_bytes((ROOT / "docs" / "panel.png").read_bytes())
    for path in sorted(code):
        write(f"{path}.md", code_page(path))
    write("solutions.md", "# Solutions\n\n" + contents("Solutions", SOLUTIONS))
    write("code.md", "# Code\n\n" + contents("Code", [f"{path}.md" for path in sorted(code)]))
    more = "run.md", "solutions.md", "predictions.md", "docs/instructors.md", "data/README.md", "code.md"
    write("run.md", (HERE / "run.md").read_text("utf-8"))
    write("index.md", front + contents("Lessons", LESSONS, True) + contents("More", more, True))
