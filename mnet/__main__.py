"""The `mnet` command: opens the course, trains a network from the shell, examines this machine."""

import json
import os
import platform
import re
import signal
import sys
import time
import zlib
from contextlib import contextmanager, nullcontext
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import numpy as np
from click.core import ParameterSource
from tqdm import tqdm

import mnet
from mnet.files import FOLDER, DataError, read_npz
from mnet.sgd import train_on

COURSE = Path(mnet.__file__).resolve().parent.parent
START = "notebooks/00_start.ipynb"


@click.group()
@click.version_option(package_name="mnet")
def main():
    """Build a network that reads handwriting: the course and its tools."""


LECTURE = {  # JupyterLab's settings for a room, by plugin
    "@jupyterlab/apputils-extension/themes": {
        "theme": "JupyterLab Light",  # dark slides vanish in a lit room
        "overrides": {"code-font-size": "18px", "content-font-size1": "20px", "ui-font-size1": "17px"},
    },
    "@jupyterlab/cell-toolbar-extension/plugin": {"showToolbar": False},  # it would cover large type
}


@contextmanager
def lecture_settings():
    """Write LECTURE where nothing of yours is touched; yield the options that make JupyterLab read it."""
    with TemporaryDirectory() as folder:
        for plugin, settings in LECTURE.items():
            path = Path(folder, f"{plugin}.jupyterlab-settings")
            path.parent.mkdir(parents=True)
            path.write_text(json.dumps(settings), "utf-8")
        os.environ["MNET_SCALE"] = "1.4"  # of the pictures: the kernels hear it
        yield f"--LabApp.user_settings_dir={folder}", f"--LabApp.workspaces_dir={folder}/workspaces"


@main.command(context_settings={"ignore_unknown_options": True})
@click.option("--lecture", is_flag=True, help="Large type and a light theme, for a projector.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def lab(lecture, arguments):
    """Open the course in JupyterLab, at its first lesson.

    What stands after -- goes to JupyterLab: mnet lab -- --no-browser --port 8899
    """
    if not (COURSE / START).exists():
        raise click.ClickException(
            f"{COURSE / START} is missing: mnet is installed without the course, "
            "so run `python -m pip install -e .` in the folder that holds the notebooks."
        )
    from jupyterlab.labapp import LabApp

    # labconfig/ here switches off the busy icon in the browser's tab, for which a slider that is dragged asks
    # the server 25 times a second, and the question whether you want news, which covers the lesson: without
    # a news_url it is still put.
    paths = str(Path(__file__).parent), os.environ.get("JUPYTER_CONFIG_PATH")
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, paths))
    with lecture_settings() if lecture else nullcontext(()) as settings:
        LabApp.launch_instance(
            [
                f"--ServerApp.root_dir={COURSE}",
                f"--LabApp.default_url=/lab/tree/{START}",
                "--LabApp.news_url=None",  # with the next line: nothing asks the network
                "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
                "--ServerApp.answer_yes=True",  # one Ctrl-C ends it
                *settings,
                *arguments,
            ]
        )


class Run:
    """A training that may stop after any mini-batch, and goes on from its file as if it never had."""

    def __init__(self, sizes, epochs, mini_batch_size, eta, seed):
        self.settings = {
            "sizes": sizes,
            "epochs": epochs,
            "mini_batch_size": mini_batch_size,
            "eta": eta,
            "seed": seed,
        }
        self.rng = np.random.default_rng(seed)
        self.net = mnet.Network(sizes, rng=self.rng)
        self.correct = []  # one count for each epoch that has ended
        self.done = 0  # mini-batches of the epoch after those
        self.rng_state = self.rng.bit_generator.state  # at the start of that epoch: it deals the same again
        self.data = None

    @property
    def ended(self):
        """Whether all epochs are done."""
        return len(self.correct) >= self.settings["epochs"]

    def use(self, mnist):
        """Take the data; ValueError if they or the settings do not fit, before any training."""
        data = zlib.crc32(mnist.train.labels) ^ zlib.crc32(mnist.test.labels)
        if self.data not in (None, data):
            raise ValueError(
                "the saved run began with other data: give the --data folder that it began with."
            )
        self.data, self.mnist = data, mnist
        how = (self.settings[name] for name in ("epochs", "mini_batch_size", "eta"))
        mnet.sgd(self.net, mnist.train, *how, self.rng, mnist.test)  # checks them all, and trains when asked
        self.batches = -(-len(mnist.train) // self.settings["mini_batch_size"])
        if self.done > self.batches:
            raise ValueError(
                f"the saved run is {self.done:,} mini-batches into an epoch of {self.batches:,}."
            )

    def train(self, asked, tick):
        """Yield an Epoch as each ends, like `mnet.sgd`; stop after the mini-batch in which `asked` fills."""

        def until_asked(batches):
            for batch in batches:
                if asked:
                    return
                yield batch
                self.done += 1
                tick()

        train, test = self.mnist.train, self.mnist.test
        while not self.ended:
            batches = mnet.mini_batches(len(train), self.settings["mini_batch_size"], self.rng)
            train_on(self.net, train, until_asked(batches[self.done :]), self.settings["eta"])
            if asked:
                return
            self.correct.append(mnet.evaluate(self.net, test))
            self.done, self.rng_state = 0, self.rng.bit_generator.state
            yield mnet.Epoch(len(self.correct) - 1, self.correct[-1], len(test))

    def save(self, path):
        """Write the network, and with it all that the run needs to go on."""
        names = "settings", "correct", "done", "rng_state", "data"
        self.net.save(path, run=np.array(json.dumps({name: getattr(self, name) for name in names})))

    @classmethod
    def load(cls, path):
        """Read a run that `save` wrote; DataError for anything else."""
        net, parts = mnet.Network.load(path), read_npz(path)
        if "run" not in parts:
            raise DataError(
                path,
                "a network without its run",
                "a run to go on with",
                "start one with `mnet train --save PATH`",
            )
        try:
            saved = json.loads(str(parts["run"]))
            run = cls(**saved["settings"])
            if run.net.sizes != net.sizes:
                raise ValueError(f"sizes {run.net.sizes} for a network of sizes {net.sizes}")
            run.net, run.data, run.done, run.correct = net, saved["data"], saved["done"], saved["correct"]
            if not all(type(count) is int and count >= 0 for count in [run.data, run.done, *run.correct]):
                raise ValueError("counts that are no whole numbers")
            run.rng.bit_generator.state = run.rng_state = saved["rng_state"]
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise DataError(path, f"a broken run ({error})", "a whole one", "start it again") from None
        return run


class Sizes(click.ParamType):
    """Reads 784,30,10."""

    name = "sizes"

    def convert(self, value, param, ctx):
        """Return the list of ints."""
        try:
            return value if isinstance(value, list) else [int(size) for size in value.split(",")]
        except ValueError:
            self.fail(f"{value!r:.80} is no list of whole numbers such as 784,30,10.", param, ctx)


@contextmanager
def sentences():
    """Turn what mnet refuses into one line for the shell."""
    try:
        yield
    except ValueError as error:  # DataError is one; a TypeError would be our own mistake, and shows as such
        raise click.ClickException(str(error)) from None


@contextmanager
def signals():
    """Give a list that fills with the SIGINTs and SIGTERMs, which then break nothing off half-way."""
    asked = []
    kinds = signal.SIGINT, signal.SIGTERM
    before = [signal.signal(kind, lambda number, _: asked.append(number)) for kind in kinds]
    try:
        yield asked
    finally:
        for kind, handler in zip(kinds, before, strict=True):
            signal.signal(kind, handler)


@main.command(context_settings={"show_default": True})
@click.option("--sizes", type=Sizes(), default="784,30,10", help="Neurons in each layer, the input first.")
@click.option("--epochs", type=click.IntRange(1), default=30, help="Passes over the training images.")
@click.option("--mini-batch-size", type=click.IntRange(1), default=10, help="Images for each update.")
@click.option("--eta", type=float, default=3.0, help="Learning rate.")
@click.option("--seed", type=click.IntRange(0), default=0, help="The same seed gives the same training.")
@click.option(
    "--data", type=click.Path(path_type=Path), help="Folder of four IDX files.  [default: the course's]"
)
@click.option(
    "--save", type=click.Path(path_type=Path), help="Keep the network and its run in this .npz file."
)
@click.option(
    "--resume", type=click.Path(path_type=Path), help="Go on with the run in this file, and save to it."
)
@click.option(
    "--plot", type=click.Path(path_type=Path), help="Draw the test accuracy of each epoch to this PNG."
)
@click.pass_context
def train(ctx, data, save, resume, plot, **settings):
    """Train a network on the digits and score it on the test images after each epoch.

    Ctrl-C stops after the current mini-batch, and saves where --save or --resume says to.
    """
    began = time.perf_counter()
    with signals() as asked, sentences():
        if plot and not plot.parent.is_dir():
            raise ValueError(f"--plot: there is no folder {plot.parent}.")
        run = resumed(ctx, resume, settings) if resume else Run(**settings)
        save = save or resume
        run.use(mnet.load_mnist(data or FOLDER))
        total = len(run.mnist.test)
        if save:
            run.save(save)  # a path that cannot be written shows now, not after the training
        with tqdm(
            total=run.settings["epochs"] * run.batches,
            initial=len(run.correct) * run.batches + run.done,
            unit=" mini-batches",
            disable=None,  # where stderr is no terminal
            leave=False,
        ) as bar:
            for epoch in run.train(asked, bar.update):
                with tqdm.external_write_mode():
                    click.echo(epoch)
                if save:
                    run.save(save)
        if save:
            run.save(save)
        if plot and run.correct:
            from mnet import figures  # matplotlib, which nothing else here needs

            figures.save(plot, figures.accuracy_curve, run.correct, total)
        if not run.ended:
            kept = f"`mnet train --resume {save}` goes on" if save else "nothing is saved without --save"
            place = f"epoch {len(run.correct)} after {run.done:,} of {run.batches:,} mini-batches"
            click.echo(f"Stopped in {place}; {kept}.")
            ctx.exit(128 + asked[0])  # 130 after Ctrl-C, as shells count
    best = max(run.correct)
    click.echo(
        f"Last {run.correct[-1]} / {total}, best {best} / {total} in epoch {run.correct.index(best)}; "
        f"{time.perf_counter() - began:.1f} seconds."
    )


def resumed(ctx, path, settings):
    """Return the run saved in `path`; UsageError for an option that would make it another run."""
    run = Run.load(path)
    for name, value in settings.items():
        stored = run.settings[name]
        if ctx.get_parameter_source(name) is not ParameterSource.COMMANDLINE or value == stored:
            continue
        if name != "epochs" or value < stored:
            more = " or more" if name == "epochs" else ""
            option = name.replace("_", "-")
            raise click.UsageError(
                f"--{option} {value} does not fit {path}: its run has {stored}{more}; leave --{option} out."
            )
        run.settings["epochs"] = value
    return run


@main.command(context_settings={"show_default": True})
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--csv", type=click.Path(path_type=Path), help="Where the marks go.  [default: FOLDER.csv]")
@click.option("--seconds", type=click.IntRange(1), default=120, help="Time for each submission.")
@click.option("--memory", type=click.IntRange(512), default=2048, help="Memory for each, in MiB.")
def check(folder, csv, seconds, memory):
    """Mark a folder of submitted notebooks with the checks of their exercises.

    Each runs in a process of its own. That stops accidents, not attackers: look at code before marks count.
    """
    from mnet import marking

    sys.stdout.reconfigure(errors="replace")  # for terminals without σ
    folder = folder.resolve()
    with sentences():
        paths = marking.submissions(folder)
        bar = tqdm(paths, unit=" submissions", disable=None, leave=False)
        rows = [marking.mark(path, folder, seconds, memory) for path in bar]
        for line in marking.table(rows):
            click.echo(line)
        csv = csv or folder.with_name(f"{folder.name}.csv")
        marking.write_csv(csv, rows)
    click.echo(f"Written to {csv}.")


@main.command()
def doctor():
    """Examine this machine: versions, data, widgets, kernel, speed. Says what to do about each fault."""
    faults = 0
    for check in CHECKS:
        try:
            rows = check()
        except Exception as error:  # a broken installation breaks anywhere, and the other checks go on
            rows = [(check.__name__, f"{type(error).__name__}: {error}", "install the course again")]
        for name, found, remedy in rows:
            click.echo(f"{'ok   ' if remedy is None else 'FAULT'}  {name:23}  {found}")
            if remedy:
                faults += 1
                click.echo(f"{'':7}to mend it: {remedy}")
    click.echo(f"{faults} fault{'s' * (faults != 1)}." if faults else "All is well.")
    sys.exit(bool(faults))


# Each check returns rows (name, what was found, what to do about it or None).


def check_versions():
    """Compare Python and the packages with what mnet asks for."""
    from packaging.requirements import Requirement
    from packaging.specifiers import SpecifierSet

    def rows_of(needs):
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

    try:
        needs, python = metadata.requires("mnet"), metadata.metadata("mnet")["Requires-Python"]
    except metadata.PackageNotFoundError:
        return [("mnet", "not installed", "run `python -m pip install -e .` in the course folder")]
    found = platform.python_version()
    good = SpecifierSet(python).contains(found, prereleases=True)
    rows = [("Python", found, None if good else f"install Python {python} and the course with it")]
    rows += rows_of(needs)
    try:  # the front end that this ipywidgets speaks with
        needs = metadata.requires("ipywidgets")
    except metadata.PackageNotFoundError:
        return rows  # which have said so
    return [*rows, *rows_of(text for text in needs if re.match("jupyterlab.widgets", text))]


def check_data(folder=FOLDER):
    """Read all images, which compares their checksums."""
    try:
        mnist = mnet.load_mnist(folder)
    except DataError as error:
        found, _, remedy = str(error).partition("; to mend it, ")
        return [("data", found, remedy)]
    return [("data", f"{sum(map(len, mnist)):,} images, checksums right", None)]


def check_front_end():
    """Ask JupyterLab for the two extensions that draw the widgets: without them a slider shows as text."""
    from jupyter_core.paths import jupyter_path
    from jupyterlab.commands import AppOptions, get_app_info

    lab = get_app_info(AppOptions(labextensions_path=jupyter_path("labextensions")))
    off = {name.partition(":")[0] for name, disabled in lab["disabled"].items() if disabled}  # name:plugin
    # ipywidgets 8 speaks with version 5 of its extension, anywidget with one of its own minor version.
    own = ".".join(metadata.version("anywidget").split(".")[:2]) + "."
    rows = []
    for name, package, wanted in (
        ("@jupyter-widgets/jupyterlab-manager", "jupyterlab_widgets", "5."),
        ("anywidget", "anywidget", own),
    ):
        extension = lab["federated_extensions"].get(name)
        reinstall = f"run `python -m pip install --force-reinstall {package}` where JupyterLab is installed"
        if extension is None:
            rows.append((f"{package} view", "not in this JupyterLab", reinstall))
            continue
        found, remedy = extension["version"], None
        needs = extension["dependencies"].get("@jupyterlab/application")
        if needs and lab["version"].partition(".")[0] not in re.findall(r"(\d+)\.", needs):
            found, remedy = f"{found} for JupyterLab {needs}, not {lab['version']}", reinstall
        elif not found.startswith(wanted):
            found, remedy = (
                f"{found} in {extension['ext_path']}, not {wanted}*",
                f"delete that folder and {reinstall}",
            )
        elif name in off:
            found, remedy = f"{found}, disabled", f"run `python -m jupyter labextension enable {name}`"
        rows.append((f"{package} view", found, remedy))
    return rows


def check_kernel():
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


def check_speed(seconds=1.0):
    """Train for about a second as `mnet train` does."""
    try:
        train = mnet.load_mnist().train
    except DataError:
        return []  # check_data has said so
    rng = np.random.default_rng(0)
    net, epochs, began = mnet.Network([784, 30, 10], rng=rng), 0, time.perf_counter()
    while (spent := time.perf_counter() - began) < seconds or not epochs:
        train_on(net, train, mnet.mini_batches(len(train), 10, rng), 3.0)
        epochs += 1
    return [("speed", f"{epochs / spent:.1f} epochs a second at 784,30,10, mini-batch 10", None)]


CHECKS = check_versions, check_data, check_front_end, check_kernel, check_speed

if __name__ == "__main__":
    main(prog_name="mnet")
