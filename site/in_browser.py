"""Builds the course that runs in the browser: JupyterLite, the wheels and the lessons."""

import json
import shutil
import subprocess
import sys
from importlib.metadata import version

import nbformat
from jupyterlite_pyodide_kernel.constants import PYODIDE_KERNEL_PLUGIN_ID, PYODIDE_VERSION
from pages import BUILD, ROOT

PYODIDE = f"https://cdn.jsdelivr.net/pyodide/v{PYODIDE_VERSION}/full/pyodide.mjs"
PURE = (
    "anywidget",
    "comm",
    "ipywidgets",
    "jupyterlab_widgets",
    "psygnal",
)  # Pyodide has all else that mnet wants
EXTENSIONS = "anywidget", "@jupyter-widgets/jupyterlab-manager", "@jupyterlite/pyodide-kernel-extension"
BESIDE = "mnet/**/*.py", "data/README.md"  # what lessons link to


def quietly(*command, **options):
    """Run a Python module; what it says is seen only if it fails."""
    run = subprocess.run(
        [sys.executable, "-m", *map(str, command)], capture_output=True, text=True, **options
    )
    if run.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{run.stdout}{run.stderr}")


def wheels(folder):
    """Put mnet's wheel into the folder, and the wheels that it needs and Pyodide does not have."""
    quietly("hatchling", "build", "--target", "wheel", "--directory", folder, cwd=ROOT)
    pure = (
        "--only-binary=:all:",
        "--platform=any",
        "--implementation=py",
        "--abi=none",
        "--python-version=3.14",
    )
    pinned = [f"{name}=={version(name)}" for name in PURE]
    quietly("pip", "download", "--no-deps", *pure, "--dest", folder, *pinned)


def contents(folder):
    """Put the lessons into the folder, for the browser's kernel, and what they link to."""
    for pattern in BESIDE:
        for path in ROOT.glob(pattern):
            copy = folder / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)
    for path in [*ROOT.glob("notebooks/*.ipynb"), *ROOT.glob("notebooks/solutions/*.ipynb")]:
        notebook = nbformat.read(path, 4)
        notebook.metadata["kernelspec"] = {"name": "python", "display_name": "Python", "language": "python"}
        notebook.cells.insert(0, nbformat.v4.new_code_cell("%pip install -q mnet", id="install"))
        copy = folder / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, copy)


def build(pyodide=None):
    """Build it into site/lite; `pyodide` is a folder with a whole Pyodide, to serve from the site as well."""
    work = BUILD / "lite"
    shutil.rmtree(work, ignore_errors=True)
    wheels(work / "pypi")
    contents(work / "contents")
    settings = {"disablePyPIFallback": True} | ({} if pyodide else {"pyodideUrl": PYODIDE})
    page = {
        "appName": "mnet",
        "exposeAppInBrowser": True,  # the tests press its buttons
        "litePluginSettings": {PYODIDE_KERNEL_PLUGIN_ID: settings},
    }
    page = {"jupyter-lite-schema-version": 0, "jupyter-config-data": page}
    (work / "jupyter-lite.json").write_text(json.dumps(page), "utf-8")
    config = {
        "apps": ["lab"],
        "contents": ["contents"],
        "ignore_sys_prefix": ["federated_extensions"],
        "federated_extensions": [f"{sys.prefix}/share/jupyter/labextensions/{name}" for name in EXTENSIONS],
        "no_sourcemaps": True,
        "output_dir": str(BUILD / "site" / "lite"),
    }
    (work / "jupyter_lite_config.json").write_text(json.dumps({"LiteBuildConfig": config}), "utf-8")
    if pyodide:
        shutil.copytree(pyodide, work / "static" / "pyodide")
    quietly("jupyterlite_core.app", "build", cwd=work)
