import json
import os
import re
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import mnet
from mnet.cli.train import Run

posix = pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to another process")
# 100 mini-batches an epoch: long enough for a signal to arrive on the way, short enough to wait for.
SETTINGS = {"sizes": [784, 30, 10], "epochs": 80, "mini_batch_size": 5, "eta": 1.0, "seed": 7}
OPTIONS = ["--sizes", "784,30,10", "--epochs", "80", "--mini-batch-size", "5", "--eta", "1", "--seed", "7"]


@pytest.fixture(scope="session")
def uninterrupted(data):
    """What `mnet.sgd` makes of SETTINGS: the network and its scores."""
    mnist, rng = mnet.load_mnist(data), np.random.default_rng(SETTINGS["seed"])
    net = mnet.Network(SETTINGS["sizes"], rng=rng)
    how = SETTINGS["epochs"], SETTINGS["mini_batch_size"], SETTINGS["eta"]
    return net, [epoch.correct for epoch in mnet.sgd(net, mnist.train, *how, rng, mnist.test)]


def same(path, uninterrupted):
    net, correct = uninterrupted
    ours = Run.load(path)
    pairs = zip(ours.net.weights + ours.net.biases, net.weights + net.biases, strict=True)
    return ours.correct == correct and all(a.tobytes() == b.tobytes() for a, b in pairs)


def test_the_final_run_of_the_book(shell):
    done = subprocess.run(shell("train"), capture_output=True, text=True, check=True)
    *epochs, last = done.stdout.splitlines()
    assert [re.fullmatch(r"Epoch (\d+): \d{4} / 10000", line)[1] for line in epochs] == [*map(str, range(30))]
    final, best = map(int, re.match(r"Last (\d+) / 10000, best (\d+) / 10000 in epoch \d+; ", last).groups())
    assert best >= final >= 9450
    assert done.stderr == ""  # no bar where there is no terminal


def test_trains_as_sgd_does(run, data, tmp_path, uninterrupted):
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

    whole, first, asked = Run(**settings), Run(**settings), [] if stop else [signal.SIGINT]
    epochs = trained(whole)
    ticks = iter(range(1, 301))
    early = trained(first, asked, lambda: next(ticks) == stop and asked.append(signal.SIGINT))
    assert 100 * len(first.correct) + first.done == stop  # it stopped there and no later
    first.save(path)
    late = trained(Run.load(path))
    assert early + late == epochs
    second = Run.load(path)
    trained(second)
    pairs = zip(whole.net.weights + whole.net.biases, second.net.weights + second.net.biases, strict=True)
    assert all(a.tobytes() == b.tobytes() for a, b in pairs)


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_reports_and_saves(run, started, number, data, tmp_path, uninterrupted):
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
    saved = Run.load(path)
    assert (len(saved.correct), saved.done) == (epoch, done)
    assert epoch < 80
    again = run("train", "--resume", path, "--data", data)
    assert again.exit_code == 0, again.output
    assert again.output.startswith(f"Epoch {epoch}: ")
    assert same(path, uninterrupted)


@posix
def test_a_signal_without_save_says_that_nothing_is_kept(started, data, tmp_path):
    options = ["--epochs", "1000000", "--data", data]
    with started("train", *options, stdout=subprocess.PIPE, cwd=tmp_path) as process:
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert "; nothing is saved without --save." in process.communicate()[0]
    assert process.returncode == 130
    assert [*tmp_path.iterdir()] == []


def test_killed_again_and_again_it_ends_the_same(run, started, data, tmp_path, uninterrupted):
    path, rng, stops = tmp_path / "net.npz", np.random.default_rng(), []
    for _ in range(6):
        how = ["--resume", path] if path.exists() else [*OPTIONS, "--save", path]
        with started("train", *how, "--data", data, stdout=subprocess.PIPE) as process:
            process.stdout.readline()  # an epoch has ended, and its file may be half written
            time.sleep(rng.uniform(0, 0.1))
        stops.append(len(Run.load(path).correct))
    assert stops == sorted(stops)
    assert run("train", "--resume", path, "--data", data).exit_code == 0
    assert same(path, uninterrupted)


@pytest.mark.parametrize("save", [1, 3])
def test_killed_while_it_writes_it_leaves_the_old_file_or_none(save, data, tmp_path):
    path = tmp_path / "net.npz"
    script = f"""
import io, os, numpy
from mnet.cli import main
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
    assert [len(Run.load(path).correct)] == [1] if save == 3 else not path.exists()


def test_more_epochs_may_be_asked_for_and_nothing_else(run, data, tmp_path, uninterrupted):
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


def test_only_a_run_on_the_same_data_can_go_on(run, data, tmp_path):
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
def test_a_bad_option_gets_one_sentence(run, option, value, sentence, data, tmp_path, monkeypatch):
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
from mnet.cli import main
main(sys.argv[1:], standalone_mode=False)
print("matplotlib" in sys.modules, "jupyterlab" in sys.modules)
"""
    for options, imported in ([], "False False"), (["--plot", str(plot)], "True False"):
        start = [sys.executable, "-c", script, "train", "--epochs", "2", "--data", str(data), *options]
        done = subprocess.run(start, capture_output=True, text=True, check=True)
        assert done.stdout.splitlines()[-1] == imported
    assert plot.read_bytes().startswith(b"\x89PNG")


@posix
def test_a_terminal_sees_a_bar_below_the_lines(started, data):
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
