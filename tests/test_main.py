import asyncio
import gzip
import json
import os
import re
import runpy
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager, suppress
from importlib import metadata
from pathlib import Path
from shutil import copytree
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest
from click.testing import CliRunner
from jupyter_client.kernelspec import NoSuchKernel
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from traitlets.config import Config, Configurable

import mnet
from mnet import __main__ as command

posix = pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to another process")
# 100 mini-batches an epoch: long enough for a signal to arrive on the way, short enough to wait for.
SETTINGS = {"sizes": [784, 30, 10], "epochs": 80, "mini_batch_size": 5, "eta": 1.0, "seed": 7}
OPTIONS = ["--sizes", "784,30,10", "--epochs", "80", "--mini-batch-size", "5", "--eta", "1", "--seed", "7"]


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch):
    """Keep the threads of our processes from waiting for one another on a busy machine."""
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")


def run(*arguments):
    return CliRunner().invoke(command.main, [str(argument) for argument in arguments])


def shell(*arguments):
    return [sys.executable, "-m", "mnet", *map(str, arguments)]


@contextmanager
def started(*arguments, **how):
    """Run the command beside the test, and never longer than it."""
    with subprocess.Popen(shell(*arguments), text=True, **how) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture(scope="session")
def data(tmp_path_factory):
    """The first 600 training and 200 test images of the course."""
    folder = tmp_path_factory.mktemp("data")
    mnist = mnet.load_mnist()
    for part, split, n in ("train", mnist.train, 600), ("t10k", mnist.test, 200):
        for kind, array in (
            ("images-idx3", split.images[:n].reshape(n, 28, 28)),
            ("labels-idx1", split.labels[:n]),
        ):
            header = np.array([0x800 + array.ndim, *array.shape], ">u4")  # 0x803 images, 0x801 labels
            path = folder / f"{part}-{kind}-ubyte.gz"
            path.write_bytes(gzip.compress(header.tobytes() + array.tobytes()))
    return folder


@pytest.fixture(scope="session")
def uninterrupted(data):
    """What `mnet.sgd` makes of SETTINGS: the network and its scores."""
    mnist, rng = mnet.load_mnist(data), np.random.default_rng(SETTINGS["seed"])
    net = mnet.Network(SETTINGS["sizes"], rng=rng)
    how = SETTINGS["epochs"], SETTINGS["mini_batch_size"], SETTINGS["eta"]
    return net, [epoch.correct for epoch in mnet.sgd(net, mnist.train, *how, rng, mnist.test)]


def same(path, uninterrupted):
    net, correct = uninterrupted
    ours = command.Run.load(path)
    pairs = zip(ours.net.weights + ours.net.biases, net.weights + net.biases, strict=True)
    return ours.correct == correct and all(a.tobytes() == b.tobytes() for a, b in pairs)


def test_the_script_and_the_module_are_the_command():
    (script,) = metadata.entry_points(group="console_scripts", name="mnet")
    assert script.load() is command.main
    done = subprocess.run(shell("--help"), capture_output=True, text=True, check=True)
    assert all(f"  {name} " in done.stdout for name in ("lab", "train", "check", "doctor"))


def test_the_final_run_of_the_book():
    done = subprocess.run(shell("train"), capture_output=True, text=True, check=True)
    *epochs, last = done.stdout.splitlines()
    assert [re.fullmatch(r"Epoch (\d+): \d{4} / 10000", line)[1] for line in epochs] == [*map(str, range(30))]
    final, best = map(int, re.match(r"Last (\d+) / 10000, best (\d+) / 10000 in epoch \d+; ", last).groups())
    assert best >= final >= 9450
    assert done.stderr == ""  # no bar where there is no terminal


def test_trains_as_sgd_does(data, tmp_path, uninterrupted):
    done = run("train", *OPTIONS, "--data", data, "--save", tmp_path / "net.npz")
    assert done.exit_code == 0, done.output
    assert done.output.splitlines()[:-1] == [
        str(mnet.Epoch(number, correct, 200)) for number, correct in enumerate(uninterrupted[1])
    ]
    assert same(tmp_path / "net.npz", uninterrupted)


@pytest.mark.parametrize("stop", [0, 1, 99, 100, 101, 257])
def test_goes_on_after_any_mini_batch(stop, data, tmp_path):
    mnist, path = mnet.load_mnist(data), tmp_path / "net.npz"
    settings = SETTINGS | {"epochs": 3}

    def trained(run, asked=(), tick=lambda: None):
        run.use(mnist)
        return [*run.train(asked, tick)]

    whole, first, asked = command.Run(**settings), command.Run(**settings), [] if stop else [signal.SIGINT]
    epochs = trained(whole)
    ticks = iter(range(1, 301))
    early = trained(first, asked, lambda: next(ticks) == stop and asked.append(signal.SIGINT))
    assert 100 * len(first.correct) + first.done == stop  # it stopped there and no later
    first.save(path)
    late = trained(command.Run.load(path))
    assert early + late == epochs
    second = command.Run.load(path)
    trained(second)
    pairs = zip(whole.net.weights + whole.net.biases, second.net.weights + second.net.biases, strict=True)
    assert all(a.tobytes() == b.tobytes() for a, b in pairs)


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_reports_and_saves(number, data, tmp_path, uninterrupted):
    path = tmp_path / "net.npz"
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with started("train", *OPTIONS, "--data", data, "--save", path, **pipes) as process:
        while not process.stdout.readline().startswith("Epoch 2:"):
            pass
        process.send_signal(number)
        rest, error = process.communicate()
    assert process.returncode == 128 + number  # 130 after Ctrl-C
    assert error == ""
    place = r"Stopped in epoch (\d+) after (\d+) of 100 mini-batches; `mnet train --resume .* goes on\."
    epoch, done = map(int, re.fullmatch(place, rest.splitlines()[-1]).groups())
    saved = command.Run.load(path)
    assert (len(saved.correct), saved.done) == (epoch, done)
    assert epoch < 80
    again = run("train", "--resume", path, "--data", data)
    assert again.exit_code == 0, again.output
    assert again.output.startswith(f"Epoch {epoch}: ")
    assert same(path, uninterrupted)


@posix
def test_a_signal_without_save_says_that_nothing_is_kept(data, tmp_path):
    options = ["--epochs", "1000000", "--data", data]
    with started("train", *options, stdout=subprocess.PIPE, cwd=tmp_path) as process:
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert "; nothing is saved without --save." in process.communicate()[0]
    assert process.returncode == 130
    assert [*tmp_path.iterdir()] == []


def test_killed_again_and_again_it_ends_the_same(data, tmp_path, uninterrupted):
    path, rng, stops = tmp_path / "net.npz", np.random.default_rng(), []
    for _ in range(6):
        how = ["--resume", path] if path.exists() else [*OPTIONS, "--save", path]
        with started("train", *how, "--data", data, stdout=subprocess.PIPE) as process:
            process.stdout.readline()  # an epoch has ended, and its file may be half written
            time.sleep(rng.uniform(0, 0.1))
        stops.append(len(command.Run.load(path).correct))
    assert stops == sorted(stops)
    assert run("train", "--resume", path, "--data", data).exit_code == 0
    assert same(path, uninterrupted)


@pytest.mark.parametrize("save", [1, 3])
def test_killed_while_it_writes_it_leaves_the_old_file_or_none(save, data, tmp_path):
    path = tmp_path / "net.npz"
    script = f"""
import io, os, numpy
from mnet.__main__ import main
savez, saves = numpy.savez, []
def half(file, **parts):
    saves.append(1)
    whole = io.BytesIO()
    savez(whole, **parts)
    file.write(whole.getvalue() if len(saves) < {save} else whole.getvalue()[:5000])
    if len(saves) == {save}:
        file.flush()
        os._exit(9)
numpy.savez = half
main({["train", *OPTIONS, "--data", str(data), "--save", str(path)]})
"""
    assert subprocess.run([sys.executable, "-c", script], stdout=subprocess.DEVNULL).returncode == 9
    assert [len(command.Run.load(path).correct)] == [1] if save == 3 else not path.exists()


def test_more_epochs_may_be_asked_for_and_nothing_else(data, tmp_path, uninterrupted):
    path = tmp_path / "net.npz"
    few = [option if option != "80" else "20" for option in OPTIONS]
    assert run("train", *few, "--data", data, "--save", path).exit_code == 0
    before = path.read_bytes()
    for name, value, stored in (
        ("eta", "2.0", "1.0"),
        ("sizes", "784,10", "[784, 30, 10]"),
        ("seed", "0", "7"),
        ("mini-batch-size", "10", "5"),
        ("epochs", "19", "20 or more"),
    ):
        done = run("train", "--resume", path, "--data", data, f"--{name}", value)
        assert done.exit_code == 2
        assert done.output.splitlines()[-1].endswith(f"its run has {stored}; leave --{name} out.")
    assert path.read_bytes() == before
    other = tmp_path / "other.npz"
    options = ["--eta", "1.0", "--epochs", "80", "--save", other]
    assert run("train", "--resume", path, "--data", data, *options).exit_code == 0
    assert same(other, uninterrupted)
    assert path.read_bytes() == before


def test_only_a_run_on_the_same_data_can_go_on(data, tmp_path):
    plain, broken, other = (tmp_path / name for name in ("plain.npz", "broken.npz", "other.npz"))
    net = mnet.Network([784, 30, 10])
    net.save(plain)
    assert "found a network without its run" in run("train", "--resume", plain).output
    assert "no such file" in run("train", "--resume", tmp_path / "none.npz").output
    assert run("train", "--epochs", "1", "--data", data, "--save", other).exit_code == 0
    assert "began with other data" in run("train", "--resume", other).output
    good = json.loads(str(np.load(other)["run"]))
    for spoilt in (
        [],
        {},
        good | {"done": -1},
        good | {"correct": ["x"]},
        good | {"rng_state": {}},
        good | {"settings": good["settings"] | {"sizes": [784, 10]}},
        good | {"settings": {"sizes": [784, 30, 10]}},
    ):
        net.save(broken, run=np.array(json.dumps(spoilt)))
        done = run("train", "--resume", broken, "--data", data)
        assert done.exit_code == 1, spoilt
        assert "found a broken run" in done.output
    net.save(broken, run=np.array(json.dumps(good | {"done": 51})))
    assert "51 mini-batches into an epoch of 50" in run("train", "--resume", broken, "--data", data).output


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("--sizes", "784;10", "'784;10' is no list of whole numbers such as 784,30,10."),
        ("--sizes", "784", "sizes is [784], wanted a list of two layers or more"),
        ("--sizes", "784,0,10", "sizes has 0, wanted whole numbers of neurons from 1 up."),
        ("--sizes", "2,3,1", "the network has sizes [2, 3, 1], wanted 784 first and 10 last"),
        ("--sizes", "784,90000,10", "wanted at most 16,000,000."),
        ("--epochs", "0", "0 is not in the range x>=1."),
        ("--mini-batch-size", "0", "0 is not in the range x>=1."),
        ("--mini-batch-size", "501", "mini_batch_size is 501, wanted a whole number from 1 to 500."),
        ("--eta", "0", "eta is 0.0, wanted a positive number"),
        ("--eta", "nan", "eta is nan, wanted a positive number"),
        ("--eta", "1e39", "such as 3.0, at most 1e9."),
        ("--seed", "-1", "-1 is not in the range x>=0."),
        ("--data", "nowhere", "no such file"),
        ("--save", "nowhere/net.npz", "that it cannot be written"),
        ("--plot", "nowhere/plot.png", "--plot: there is no folder nowhere."),
    ],
)
def test_a_bad_option_gets_one_sentence(option, value, sentence, data, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = run("train", "--data", data, option, value)
    assert done.exit_code in (1, 2)
    assert done.output.splitlines()[-1].startswith("Error: ")
    assert sentence in done.output.splitlines()[-1]
    assert [*tmp_path.iterdir()] == []


def test_plots_when_asked_and_only_then_imports_matplotlib(data, tmp_path):
    plot = tmp_path / "plot.png"
    script = """
import sys
from mnet.__main__ import main
main(sys.argv[1:], standalone_mode=False)
print("matplotlib" in sys.modules, "jupyterlab" in sys.modules)
"""
    for options, imported in ([], "False False"), (["--plot", str(plot)], "True False"):
        start = [sys.executable, "-c", script, "train", "--epochs", "2", "--data", str(data), *options]
        done = subprocess.run(start, capture_output=True, text=True, check=True)
        assert done.stdout.splitlines()[-1] == imported
    assert plot.read_bytes().startswith(b"\x89PNG")


@posix
def test_a_terminal_sees_a_bar_below_the_lines(data):
    import termios  # which Windows has not

    ours, theirs = os.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    seen = b""
    with started("train", "--epochs", "20", "--data", data, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        while True:
            try:
                seen += os.read(ours, 10_000)
            except OSError:  # the other end is closed
                break
        assert process.wait() == 0
    os.close(ours)
    seen = seen.decode()
    assert re.search(r"\r +0%\|.*\| 0/1000 \[.* mini-batches/s\]", seen)
    assert re.search(r"\r +\rEpoch 19: \d+ / 200\r\n", seen)  # the bar makes room for the line


@pytest.fixture
def course(tmp_path):
    """A copy of the package beside a lesson 00, in a folder with a space in its name."""
    folder = tmp_path / "my course"
    copytree(Path(mnet.__file__).parent, folder / "mnet")
    (folder / "notebooks").mkdir()
    lesson = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / command.START).write_text(json.dumps(lesson))
    return folder


@posix
def test_lab_opens_lesson_00_from_anywhere_and_ends_at_ctrl_c(course, tmp_path):
    environment = os.environ | {"PYTHONPATH": str(course), "JUPYTER_CONFIG_DIR": str(tmp_path / "config")}
    arguments = ["--no-browser", "--ip", "127.0.0.1", "--port", "0", "--allow-root"]
    ours, theirs = os.openpty()  # Jupyter minds Ctrl-C only where a person types
    pipes = {"stdin": theirs, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    with started("lab", "--", *arguments, cwd=tmp_path, env=environment, **pipes) as process:
        for line in process.stderr:
            if url := re.search(r"http://127\.0\.0\.1:\S+", line):
                break
        address, _, token = url[0].partition("?token=")
        base, _, path = address.partition("/lab/tree/")
        for _ in range(50):
            with suppress(urllib.error.URLError):  # the address is printed before it is open
                page = urllib.request.urlopen(url[0]).read().decode()
                break
            time.sleep(0.1)
        asked = urllib.request.Request(
            f"{base}/api/contents/{path}", headers={"Authorization": f"token {token}"}
        )
        lesson = json.load(urllib.request.urlopen(asked))
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    os.close(ours)
    os.close(theirs)
    assert path == "notebooks/00_start.ipynb"
    assert lesson["type"] == "notebook"
    config = json.loads(re.search(r'id="jupyter-config-data"[^>]*>\s*(\{.*?\})\s*</script>', page, re.S)[1])
    assert config["treePath"] == path
    assert config["news"] == {"disabled": True}  # nothing is fetched
    off = "@jupyterlab/application-extension:faviconbusy", "@jupyterlab/apputils-extension:announcements"
    assert set(off) <= set(config["disabledExtensions"])
    assert process.returncode == 0


VIEW, PICTURE = "application/vnd.jupyter.widget-view+json", "image/png"


@pytest.mark.parametrize(
    ("data", "open_", "kept"),
    [
        ([VIEW, PICTURE], ["other.ipynb"], [PICTURE]),
        ([VIEW, PICTURE], ["/lesson.ipynb"], [VIEW, PICTURE]),  # its kernel is alive
        ([VIEW], [], [VIEW]),  # it has nothing else to show
    ],
)
def test_an_ended_panel_opens_as_its_picture(tmp_path, data, open_, kept):
    async def list_sessions():
        return [{"path": path} for path in open_]

    server = Configurable()
    server.session_manager = SimpleNamespace(list_sessions=list_sessions)
    settings = Path(command.__file__).with_name("jupyter_server_config.py")
    config = runpy.run_path(settings, {"get_config": Config})
    cells = [
        new_code_cell("panel", outputs=[new_output("display_data", dict.fromkeys(data, ""))]),
        new_markdown_cell("words"),
    ]
    nbformat.write(new_notebook(cells=cells), tmp_path / "lesson.ipynb")
    contents = config["Contents"](parent=server, root_dir=str(tmp_path))
    model = asyncio.run(contents.get("lesson.ipynb"))
    assert list(model["content"]["cells"][0]["outputs"][0]["data"]) == kept
    assert asyncio.run(contents.get("lesson.ipynb", content=False))["content"] is None
    assert [file["name"] for file in asyncio.run(contents.get(""))["content"]] == ["lesson.ipynb"]


def test_a_lecture_has_settings_of_its_own_that_end_with_it(monkeypatch):
    found = {}

    def launch(options):
        folders = dict(option.lstrip("-").split("=", 1) for option in options)
        found["folder"] = folder = Path(folders["LabApp.user_settings_dir"])
        assert Path(folders["LabApp.workspaces_dir"]).parent == folder  # nor is your layout touched
        for plugin, settings in command.LECTURE.items():
            assert json.loads((folder / f"{plugin}.jupyterlab-settings").read_text()) == settings
        assert os.environ["MNET_SCALE"] == "1.4"

    monkeypatch.setattr("jupyterlab.labapp.LabApp.launch_instance", launch)
    monkeypatch.setattr(os, "environ", dict(os.environ))
    done = run("lab", "--lecture")
    assert done.exit_code == 0, done.output
    assert not found["folder"].exists()


def test_lab_without_the_course_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(command, "COURSE", tmp_path)
    done = run("lab")
    assert done.exit_code == 1
    assert done.output.count("\n") == 1
    assert "00_start.ipynb is missing: mnet is installed without the course" in done.output


def test_doctor_finds_this_machine_well():
    done = run("doctor")
    assert done.exit_code == 0, done.output
    assert "FAULT" not in done.output
    for words in (
        f"numpy +{np.__version__}",
        "70,000 images, checksums right",
        r"anywidget view +\d",
        r"\d epochs a second",
        "All is well",
    ):
        assert re.search(words, done.output), words


def test_doctor_says_what_to_do_and_goes_on(monkeypatch):
    def check_broken():
        raise ImportError("No module named 'jupyterlab'")

    faults = [lambda: [("first", "old", "buy a new one")], check_broken, lambda: [("last", "fine", None)]]
    monkeypatch.setattr(command, "CHECKS", faults)
    done = run("doctor")
    assert done.exit_code == 1
    assert re.search(r"FAULT  first +old\n +to mend it: buy a new one\n", done.output)
    assert re.search(r"FAULT  check_broken +ImportError: No module named 'jupyterlab'\n", done.output)
    assert re.search(r"ok     last +fine\n2 faults\.\n", done.output)


def remedies(rows):
    return {name: remedy for name, _, remedy in rows if remedy}


def test_doctor_finds_old_and_missing_packages(monkeypatch):
    real = metadata.version
    pretended = {"numpy": "1.26.4", "jupyterlab_widgets": "1.1.11"}

    def version(name):
        if name == "tqdm":
            raise metadata.PackageNotFoundError
        return pretended.get(name) or real(name)

    monkeypatch.setattr(metadata, "version", version)
    monkeypatch.setattr(command.platform, "python_version", lambda: "3.10.1")
    found = remedies(command.check_versions())
    assert set(found) == {"Python", "numpy", "tqdm", "jupyterlab_widgets"}
    assert found["numpy"] == 'run `python -m pip install "numpy>=2.0"`'
    assert found["jupyterlab_widgets"].startswith('run `python -m pip install "jupyterlab_widgets~=3.')


def test_doctor_finds_mnet_not_installed(monkeypatch):
    def requires(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "requires", requires)
    assert "pip install -e ." in remedies(command.check_versions())["mnet"]


def test_doctor_finds_ipywidgets_missing(monkeypatch):
    real = metadata.version, metadata.requires

    def missing(ask, name):
        if name == "ipywidgets":
            raise metadata.PackageNotFoundError(name)
        return ask(name)

    monkeypatch.setattr(metadata, "version", lambda name: missing(real[0], name))
    monkeypatch.setattr(metadata, "requires", lambda name: missing(real[1], name))
    assert list(remedies(command.check_versions())) == ["ipywidgets"]


def test_doctor_finds_spoilt_data(data, tmp_path):
    folder = copytree(data, tmp_path / "data")
    assert remedies(command.check_data(folder)) == {}
    (folder / "SHA256SUMS").write_text(f"{'0' * 64}  t10k-labels-idx1-ubyte.gz\n")
    ((name, found, remedy),) = command.check_data(folder)
    assert name == "data"
    assert "t10k-labels-idx1-ubyte.gz: found SHA-256" in found
    assert remedy == "copy the file again from its source."


ANYWIDGET = metadata.version("anywidget")


@pytest.fixture
def extensions(monkeypatch, tmp_path):
    """Write package.json files that JupyterLab then takes for its extensions."""

    def write(manager="5.0.16", application="^4.0.0", ours=ANYWIDGET):
        for name, version, needs in (
            ("@jupyter-widgets/jupyterlab-manager", manager, {"@jupyterlab/application": application}),
            ("anywidget", ours, {}),
        ):
            if version:
                folder = tmp_path / "labextensions" / name
                folder.mkdir(parents=True)
                build = {"_build": {"load": "static/remoteEntry.js", "extension": "./extension"}}
                package = {"name": name, "version": version, "dependencies": needs, "jupyterlab": build}
                (folder / "package.json").write_text(json.dumps(package))

    monkeypatch.setattr("jupyter_core.paths.jupyter_path", lambda *_: [str(tmp_path / "labextensions")])
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "config"))
    return write


@pytest.mark.parametrize(
    ("versions", "faulty"),
    [
        ({}, None),
        ({"manager": None}, "jupyterlab_widgets view"),
        ({"manager": "3.1.11"}, "jupyterlab_widgets view"),  # of ipywidgets 7
        ({"application": "^3.0.0"}, "jupyterlab_widgets view"),
        ({"ours": None}, "anywidget view"),
        ({"ours": "0.1.0"}, "anywidget view"),
    ],
)
def test_doctor_finds_a_front_end_that_does_not_match(versions, faulty, extensions):
    extensions(**versions)
    found = remedies(command.check_front_end())
    assert [*found] == [faulty] * bool(faulty)
    assert all("pip install --force-reinstall" in remedy for remedy in found.values())


@pytest.mark.parametrize("name", ["anywidget", "@jupyter-widgets/jupyterlab-manager:plugin"])
def test_doctor_finds_a_front_end_switched_off(name, extensions, tmp_path):
    extensions()
    config = tmp_path / "config" / "labconfig" / "page_config.json"
    config.parent.mkdir(parents=True)
    config.write_text(json.dumps({"disabledExtensions": {name: True}}))
    (remedy,) = remedies(command.check_front_end()).values()
    assert remedy == f"run `python -m jupyter labextension enable {name.partition(':')[0]}`"


def test_doctor_finds_a_kernel_of_another_python(monkeypatch, tmp_path):
    kernel = tmp_path / "kernels" / "python3" / "kernel.json"
    kernel.parent.mkdir(parents=True)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")
    for program, good in ("python", True), (sys.executable, True), ("/elsewhere/bin/python", False):
        kernel.write_text(json.dumps({"argv": [program], "display_name": "Python 3", "language": "python"}))
        ((_, found, remedy),) = command.check_kernel()
        assert found == program
        assert (remedy is None) == good


def test_doctor_finds_a_kernel_missing(monkeypatch):
    def missing(*_):
        raise NoSuchKernel("python3")

    monkeypatch.setattr("jupyter_client.kernelspec.KernelSpecManager.get_kernel_spec", missing)
    assert command.check_kernel() == [
        ("python3 kernel", "missing", "run `python -m ipykernel install --sys-prefix`")
    ]


def test_doctor_leaves_spoilt_data_to_the_check_of_the_data(monkeypatch):
    def spoilt():
        raise mnet.DataError("train", "nothing", "images")

    monkeypatch.setattr(mnet, "load_mnist", spoilt)
    assert command.check_speed() == []


def test_doctor_measures_the_speed():
    began = time.perf_counter()
    ((_, found, remedy),) = command.check_speed(seconds=0)
    rate = float(re.match(r"[\d.]+", found)[0])
    assert remedy is None
    assert 0.5 / (time.perf_counter() - began) < rate  # one epoch and a reading of the data at most
