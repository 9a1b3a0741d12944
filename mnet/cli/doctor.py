"""`mnet doctor`: what is wrong with this machine, and what to do about it."""

import platform
import re
import sys
import time
from importlib import metadata
from pathlib import Path

import click
import numpy as np

import mnet
from mnet.cli.errors import say
from mnet.files import FOLDER, DataError


@click.command()
def doctor():
    """Examine this machine: versions, data, widgets, kernel, speed. Says what to do about each fault."""
    faults = 0
    for examine in EXAMINATIONS:
        try:
            rows = examine()
        except Exception as error:  # a broken installation breaks anywhere, and the others go on
            rows = [(examine.__name__, f"{type(error).__name__}: {error}", "install the course again")]
        for name, found, remedy in rows:
            say(f"{'ok   ' if remedy is None else 'FAULT'}  {name:23}  {found}")
            if remedy:
                faults += 1
                say(f"{'':7}to mend it: {remedy}")
    say(f"{faults} fault{'s' * (faults != 1)}." if faults else "All is well.")
    sys.exit(bool(faults))


# Each examination returns rows (name, what was found, what to do about it or None).


def examine_versions():
    """Compare Python and the packages with what mnet asks for."""
    from packaging.specifiers import SpecifierSet

    try:
        needs, python = metadata.requires("mnet"), metadata.metadata("mnet")["Requires-Python"]
    except metadata.PackageNotFoundError:
        return [("mnet", "not installed", "run `python -m pip install -e .` in the course folder")]
    found = platform.python_version()
    good = SpecifierSet(python).contains(found, prereleases=True)
    rows = [("Python", found, None if good else f"install Python {python} and the course with it")]
    rows += compared(needs)
    try:  # the front end that this ipywidgets speaks with
        needs = metadata.requires("ipywidgets")
    except metadata.PackageNotFoundError:
        return rows  # which have said so
    return [*rows, *compared(text for text in needs if re.match("jupyterlab.widgets", text))]


def compared(needs):
    """Yield a row for each requirement that holds here, such as "numpy>=2.0"."""
    from packaging.requirements import Requirement

    for requirement in map(Requirement, needs):
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            found = metadata.version(requirement.name)
            good = requirement.specifier.contains(found, prereleases=True)
        except metadata.PackageNotFoundError:
            found, good = "missing", False
        remedy = f'run `python -m pip install "{requirement.name}{requirement.specifier}"`'
        yield requirement.name, found, None if good else remedy


def examine_data(folder=FOLDER):
    """Read all images, which compares their checksums."""
    try:
        mnist = mnet.load_mnist(folder)
    except DataError as error:
        found, _, remedy = str(error).partition("; to mend it, ")
        return [("data", found, remedy)]
    return [("data", f"{sum(map(len, mnist)):,} images, checksums right", None)]


def examine_front_end():
    """Ask JupyterLab for the two extensions that draw the widgets: without them a slider shows as text."""
    from jupyter_core.paths import jupyter_path
    from jupyterlab.commands import AppOptions, get_app_info

    lab = get_app_info(AppOptions(labextensions_path=jupyter_path("labextensions")))
    # ipywidgets 8 speaks with version 5 of its extension, anywidget with one of its own minor version.
    own = ".".join(metadata.version("anywidget").split(".")[:2]) + "."
    return [
        view(lab, "@jupyter-widgets/jupyterlab-manager", "jupyterlab_widgets", "5."),
        view(lab, "anywidget", "anywidget", own),
    ]


def view(lab, name, package, wanted):
    """Return the row of the extension `name` that a package brings, in the version that begins as wanted."""
    reinstall = f"run `python -m pip install --force-reinstall {package}` where JupyterLab is installed"
    extension = lab["federated_extensions"].get(name)
    if extension is None:
        return f"{package} view", "not in this JupyterLab", reinstall
    found, remedy = extension["version"], None
    needs = extension["dependencies"].get("@jupyterlab/application")
    off = {name.partition(":")[0] for name, disabled in lab["disabled"].items() if disabled}  # name:plugin
    if needs and lab["version"].partition(".")[0] not in re.findall(r"(\d+)\.", needs):
        found, remedy = f"{found} for JupyterLab {needs}, not {lab['version']}", reinstall
    elif not found.startswith(wanted):
        found = f"{found} in {extension['ext_path']}, not {wanted}*"
        remedy = f"delete that folder and {reinstall}"
    elif name in off:
        found, remedy = f"{found}, disabled", f"run `python -m jupyter labextension enable {name}`"
    return f"{package} view", found, remedy


def examine_kernel():
    """Look where the notebooks' kernel, python3, points."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    remedy = "run `python -m ipykernel install --sys-prefix`"
    try:
        program = KernelSpecManager().get_kernel_spec("python3").argv[0]
    except NoSuchKernel:
        return [("python3 kernel", "missing", remedy)]
    # Jupyter runs its own Python for these names. Links stay unresolved: every venv's lead to one Python.
    names = "python", "python3", f"python3.{sys.version_info.minor}"
    good = program in names or Path(program).parent == Path(sys.executable).parent
    return [("python3 kernel", program, None if good else f"{remedy}, as it is not {sys.executable}")]


def examine_speed(seconds=1.0):
    """Train for about a second as `mnet train` does."""
    try:
        train = mnet.load_mnist().train
    except DataError:
        return []  # examine_data has said so
    rng = np.random.default_rng(0)
    net, epochs, began = mnet.Network([784, 30, 10], rng=rng), 0, time.perf_counter()
    while (spent := time.perf_counter() - began) < seconds or not epochs:
        mnet.train_on(net, train, mnet.mini_batches(len(train), 10, rng), 3.0)
        epochs += 1
    return [("speed", f"{epochs / spent:.1f} epochs a second at 784,30,10, mini-batch 10", None)]


EXAMINATIONS = examine_versions, examine_data, examine_front_end, examine_kernel, examine_speed
