import json
import re
import sys
import time
from importlib import metadata
from shutil import copytree

import numpy as np
import pytest
from jupyter_client.kernelspec import NoSuchKernel

import mnet
from mnet.cli import doctor


def test_doctor_finds_this_machine_well(run):
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


def test_doctor_says_what_to_do_and_goes_on(run, monkeypatch):
    def examine_broken():
        raise ImportError("No module named 'jupyterlab'")

    faults = [lambda: [("first", "old", "buy a new one")], examine_broken, lambda: [("last", "fine", None)]]
    monkeypatch.setattr(doctor, "EXAMINATIONS", faults)
    done = run("doctor")
    assert done.exit_code == 1
    assert re.search(r"FAULT  first +old\n +to mend it: buy a new one\n", done.output)
    assert re.search(r"FAULT  examine_broken +ImportError: No module named 'jupyterlab'\n", done.output)
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
    monkeypatch.setattr(doctor.platform, "python_version", lambda: "3.10.1")
    found = remedies(doctor.examine_versions())
    assert set(found) == {"Python", "numpy", "tqdm", "jupyterlab_widgets"}
    assert found["numpy"] == 'run `python -m pip install "numpy>=2.0"`'
    assert found["jupyterlab_widgets"].startswith('run `python -m pip install "jupyterlab_widgets~=3.')


def test_doctor_finds_mnet_not_installed(monkeypatch):
    def requires(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "requires", requires)
    assert "pip install -e ." in remedies(doctor.examine_versions())["mnet"]


def test_doctor_finds_ipywidgets_missing(monkeypatch):
    real = metadata.version, metadata.requires

    def missing(ask, name):
        if name == "ipywidgets":
            raise metadata.PackageNotFoundError(name)
        return ask(name)

    monkeypatch.setattr(metadata, "version", lambda name: missing(real[0], name))
    monkeypatch.setattr(metadata, "requires", lambda name: missing(real[1], name))
    assert list(remedies(doctor.examine_versions())) == ["ipywidgets"]


def test_doctor_finds_spoilt_data(data, tmp_path):
    folder = copytree(data, tmp_path / "data")
    assert remedies(doctor.examine_data(folder)) == {}
    (folder / "SHA256SUMS").write_text(f"{'0' * 64}  t10k-labels-idx1-ubyte.gz\n")
    ((name, found, remedy),) = doctor.examine_data(folder)
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
    found = remedies(doctor.examine_front_end())
    assert [*found] == [faulty] * bool(faulty)
    assert all("pip install --force-reinstall" in remedy for remedy in found.values())


@pytest.mark.parametrize("name", ["anywidget", "@jupyter-widgets/jupyterlab-manager:plugin"])
def test_doctor_finds_a_front_end_switched_off(name, extensions, tmp_path):
    extensions()
    config = tmp_path / "config" / "labconfig" / "page_config.json"
    config.parent.mkdir(parents=True)
    config.write_text(json.dumps({"disabledExtensions": {name: True}}))
    (remedy,) = remedies(doctor.examine_front_end()).values()
    assert remedy == f"run `python -m jupyter labextension enable {name.partition(':')[0]}`"


def test_doctor_finds_a_kernel_of_another_python(monkeypatch, tmp_path):
    kernel = tmp_path / "kernels" / "python3" / "kernel.json"
    kernel.parent.mkdir(parents=True)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")
    for program, good in ("python", True), (sys.executable, True), ("/elsewhere/bin/python", False):
        kernel.write_text(json.dumps({"argv": [program], "display_name": "Python 3", "language": "python"}))
        ((_, found, remedy),) = doctor.examine_kernel()
        assert found == program
        assert (remedy is None) == good


def test_doctor_finds_a_kernel_missing(monkeypatch):
    def missing(*_):
        raise NoSuchKernel("python3")

    monkeypatch.setattr("jupyter_client.kernelspec.KernelSpecManager.get_kernel_spec", missing)
    assert doctor.examine_kernel() == [
        ("python3 kernel", "missing", "run `python -m ipykernel install --sys-prefix`")
    ]


def test_doctor_leaves_spoilt_data_to_the_examination_of_the_data(monkeypatch):
    def spoilt():
        raise mnet.DataError("train", "nothing", "images")

    monkeypatch.setattr(mnet, "load_mnist", spoilt)
    assert doctor.examine_speed() == []


def test_doctor_measures_the_speed():
    began = time.perf_counter()
    ((_, found, remedy),) = doctor.examine_speed(seconds=0)
    rate = float(re.match(r"[\d.]+", found)[0])
    assert remedy is None
    assert 0.5 / (time.perf_counter() - began) < rate  # one epoch and a reading of the data at most
