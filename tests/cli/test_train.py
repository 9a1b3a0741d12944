import errno
import gzip
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest

import mnet
from mnet.cli import train
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
    assert len(Run.load(path).correct) == 2 if save == 3 else not path.exists()


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
        ("--epochs", "1e3", "'1e3' is no whole number such as 30."),
        ("--mini-batch-size", "0", "0 is not in the range x>=1."),
        ("--mini-batch-size", "501", "mini_batch_size is 501, wanted a whole number from 1 to 500."),
        ("--eta", "0", "eta is 0.0, wanted a positive number"),
        ("--eta", "3,0", "'3,0' is no number such as 3.0."),
        ("--eta", "nan", "eta is nan, wanted a positive number"),
        ("--eta", "1e39", "such as 3.0, at most 1e9."),
        ("--seed", "-1", "-1 is not in the range x>=0."),
        ("--data", "nowhere", "no such folder"),
        ("--save", "nowhere/net.npz", "that it cannot be written"),
        ("--plot", "nowhere/plot.png", "that it cannot be written"),
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


def advised(run, output, number=0):
    """Do what the sentence says, the command in its backticks, and return how that went."""
    return run(*shlex.split(re.findall(r"`mnet (.*?)`", output)[number]))


@pytest.fixture
def no_training(monkeypatch):
    """Let nothing be trained: what is wrong shows before."""

    def trained(*_):
        raise AssertionError("it was trained")

    monkeypatch.setattr(Run, "train", trained)


def test_the_same_command_again_keeps_the_trained_network(run, data, tmp_path, uninterrupted):
    path = tmp_path / "my first néïwork.npz"
    options = ["train", *OPTIONS, "--data", data, "--save", path]
    few = [option if option != "80" else "20" for option in options]
    assert run(*few).exit_code == 0
    before = path.read_bytes()
    again = run(*few)
    assert again.exit_code == 1
    assert re.search(r"^Error: --save: found a file .*, wanted a new name; `mnet train --resume .*` goes on "
                     r"with it, --overwrite replaces it, another name keeps it\.$", again.output)  # fmt: skip
    assert path.read_bytes() == before
    ended = advised(run, again.output)
    assert ended.exit_code == 0
    assert "All 20 epochs had ended before; " in ended.output
    assert path.read_bytes() == before
    assert advised(run, ended.output).exit_code == 0  # to 40
    assert len(Run.load(path).correct) == 40
    assert run(*options, "--overwrite").exit_code == 0
    assert same(path, uninterrupted)


@pytest.mark.parametrize("options", [["--save", "old.npz", "--overwrite"], ["--save", "new.npz"], []])
def test_untrained_weights_replace_nothing(run, data, tmp_path, monkeypatch, options):
    @contextmanager
    def at_once():
        yield [signal.SIGINT]

    monkeypatch.setattr(train, "signals", at_once)
    monkeypatch.chdir(tmp_path)
    Path("old.npz").write_bytes(b"trained")
    done = run("train", "--data", data, *options)
    assert done.exit_code == 130
    assert "after 0 of 50 mini-batches; nothing is trained yet, so nothing is saved." in done.output
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("old.npz", b"trained")]


@pytest.mark.parametrize("option", ["--save", "--plot"])
@pytest.mark.parametrize("kind", ["file", "link", "read-only", "folder", "FIFO"])
def test_no_file_is_replaced_unasked(run, data, tmp_path, monkeypatch, no_training, option, kind):
    monkeypatch.chdir(tmp_path)
    path = Path("holiday.png")
    if kind == "folder":
        path.mkdir()
    elif kind == "FIFO":
        os.mkfifo(path)
    else:
        Path("photo").write_bytes(b"a photo")
        path.symlink_to("photo") if kind == "link" else Path("photo").rename(path)
        path.chmod(0o444 if kind == "read-only" else 0o644)
    before = [(p.name, p.lstat().st_mode) for p in sorted(tmp_path.iterdir())]
    done = run("train", "--data", data, option, path)
    assert done.exit_code == 1
    sentence = {
        "folder": "wanted the name of a file; to mend it, add one to the path.",
        "FIFO": "wanted a plain file; to mend it, choose another path.",
        "read-only": "wanted permission to write it; to mend it, give yourself that permission or ch",
    }.get(kind, f"{option}: found a file holiday.png, wanted a new name; --overwrite replaces it, another")
    assert sentence in done.output
    assert "resume" not in done.output  # it is no run
    assert [(p.name, p.lstat().st_mode) for p in sorted(tmp_path.iterdir())] == before
    assert not path.is_file() or path.read_bytes() == b"a photo"


def test_a_picture_is_replaced_when_asked(run, data, tmp_path):
    path = tmp_path / "PLOT.PNG"
    path.write_bytes(b"the last plot")
    assert run("train", "--epochs", "1", "--data", data, "--plot", path, "--overwrite").exit_code == 0
    assert path.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["p.pdf", "p.svg", "p", "png", "p.png.gz"])
def test_a_plot_is_a_png_and_says_so(run, data, tmp_path, no_training, name):
    done = run("train", "--data", data, "--plot", tmp_path / name)
    assert f"{name}, wanted a name that ends in .png: a PNG is what it draws." in done.output
    assert not [*tmp_path.iterdir()]


def test_a_plot_does_not_replace_the_network(run, data, tmp_path, no_training):
    path, net = tmp_path / "both.png", Run(**SETTINGS)
    net.data = 0
    net.save(path)
    before = path.read_bytes()
    for option in "--save", "--resume":
        options = [option, path, "--plot", tmp_path / "." / "both.png", "--overwrite"]
        done = run("train", "--data", data, *options)
        assert "both.png is the file of the network, wanted another name." in done.output
        assert path.read_bytes() == before


def test_what_a_resumed_run_goes_to_is_kept_too(run, data, tmp_path):
    one, other = tmp_path / "one.npz", tmp_path / "other.npz"
    assert run("train", "--epochs", "1", "--data", data, "--save", one).exit_code == 0
    options = ["train", "--resume", one, "--data", data, "--epochs", "2"]
    other.write_bytes(b"kept")
    assert "found a file" in run(*options, "--save", other).output
    assert other.read_bytes() == b"kept"
    other.unlink()
    assert run(*options, "--save", other).exit_code == 0
    assert [len(Run.load(path).correct) for path in (one, other)] == [1, 2]
    assert run(*options, "--save", tmp_path / "." / "one.npz").exit_code == 0  # its own file
    assert one.read_bytes() == other.read_bytes()


def test_no_room_for_the_network_shows_before_the_training(run, data, tmp_path, monkeypatch, no_training):
    def fsync(number):
        if os.fstat(number).st_size > 90_000:  # the network has 23,860 numbers
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fsync)
    done = run("train", "--data", data, "--save", tmp_path / "net.npz")
    assert "(No space left on device), wanted room for it; to mend it, free some or choose" in done.output
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("part", ["train", "t10k"])
@pytest.mark.parametrize("where", [20, -1])
def test_other_images_with_the_same_labels_are_other_data(run, data, tmp_path, part, where):
    path, other = tmp_path / "net.npz", copytree(data, tmp_path / "other")
    assert run("train", "--epochs", "1", "--data", data, "--save", path).exit_code == 0
    images = other / f"{part}-images-idx3-ubyte.gz"
    content = bytearray(gzip.decompress(images.read_bytes()))
    content[where] ^= 1
    images.write_bytes(gzip.compress(content))
    done = run("train", "--resume", path, "--data", other, "--epochs", "2")
    assert "the saved run began with other data: give the --data folder that it began" in done.output
    assert run("train", "--resume", path, "--data", data, "--epochs", "2").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("--sizes 784 30 10", "Unexpected: 30 10; put commas between the layers, as in --sizes 784,30,10."),
        ("--sizes 784 30 10 --eta 1", "Unexpected: 30 10; put commas"),
        ("--sizes 784,30,10 yes", "Unexpected: yes; leave it out."),
        ("30 10", "Unexpected: 30 10; leave it out."),
    ],
)
def test_an_argument_too_many_gets_the_likely_remedy(run, arguments, sentence):
    done = run("train", *arguments.split())
    assert done.exit_code == 2
    assert sentence in done.output
    assert "No such option" in run("train", "--size", "784,30,10").output


# What stdout and stderr may be


def redirected(shell, redirection, *arguments):
    """Run the command as a shell would with this redirection; return its exit status and what it printed."""
    script = f'"$@" {redirection}'
    done = subprocess.run(["sh", "-c", script, "sh", *shell(*arguments)], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


@posix
@pytest.mark.parametrize("missing", ["2>&-", ">&-", "<&-", ">&- 2>&-", "<&- >&- 2>&-", "2>/dev/full"])
def test_what_a_service_leaves_out_is_not_missed(shell, data, tmp_path, uninterrupted, missing):
    path = tmp_path / "net.npz"
    options = ["train", *OPTIONS, "--data", data, "--save", path]
    code, out, error = redirected(shell, missing, *options)
    assert (code, error) == (0, "")
    assert out.count("\n") == (0 if " >&-" in f" {missing}" else 81)
    assert same(path, uninterrupted)
    code, out, error = redirected(shell, missing, *options)  # a refusal is one there, too
    assert (code, out) == (1, "")
    assert ("Error: --save: found a file" in error) == ("2>" not in missing)


@posix
@pytest.mark.parametrize("broken", [">/dev/full", ">/dev/full 2>&-"])
def test_a_line_that_cannot_be_printed_stops_a_saved_run(run, shell, data, tmp_path, uninterrupted, broken):
    path = tmp_path / "net.npz"
    code, _, error = redirected(shell, broken, "train", *OPTIONS, "--data", data, "--save", path)
    assert code == 1
    assert len(Run.load(path).correct) == 1  # the epoch that could not be printed
    if "2>" not in broken:
        stopped, sentence = error.splitlines()
        assert stopped.startswith("Stopped in epoch 1 after 0 of 100 mini-batches; `mnet train --resume ")
        assert sentence == (
            "Error: stdout: found that it cannot be written (No space left on device), wanted room for a "
            "line; to mend it, free some or send it elsewhere."
        )
        assert advised(run, stopped).exit_code == 0
        assert same(path, uninterrupted)


@posix
@pytest.mark.parametrize("kept", [True, False])
def test_a_last_line_that_cannot_be_printed_stops_no_run(shell, data, tmp_path, kept):
    path = tmp_path / "net.npz"
    save = ["--save", path] if kept else []
    _, _, error = redirected(shell, ">/dev/full", "train", *OPTIONS, "--epochs", "1", "--data", data, *save)
    where = f"{path} holds the network" if kept else "nothing is saved without --save"
    assert error.splitlines()[0] == f"The one epoch had ended; {where}."


@posix
def test_a_reader_that_leaves_stops_a_saved_run(run, started, data, tmp_path, uninterrupted):
    path = tmp_path / "net.npz"
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with started("train", *OPTIONS, "--data", data, "--save", path, **pipes) as process:
        process.stdout.readline()
        process.stdout.close()
        error = process.stderr.read()
        assert process.wait() == 1
    epochs = len(Run.load(path).correct)
    assert 2 <= epochs < 80
    assert re.fullmatch(
        rf"Stopped in epoch {epochs} after 0 of 100 .*`mnet train --resume .*` goes on\.\n", error
    )
    assert advised(run, error).exit_code == 0
    assert same(path, uninterrupted)


@posix
@pytest.mark.parametrize("ignored", [False, True])  # as by nohup
def test_a_terminal_that_is_closed_stops_a_run_unless_told_not_to(started, data, tmp_path, ignored):
    path = tmp_path / "net.npz"
    how = {
        "stdout": subprocess.PIPE,
        "preexec_fn": lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN if ignored else signal.SIG_DFL),
    }
    with started("train", *OPTIONS, "--data", data, "--save", path, **how) as process:
        process.stdout.readline()
        process.send_signal(signal.SIGHUP)
        last = process.communicate()[0].splitlines()[-1]
        assert process.returncode == (0 if ignored else 128 + signal.SIGHUP)
    assert last.startswith("Last" if ignored else "Stopped in epoch ")
    assert Run.load(path).ended == ignored
