"""Files that lie, break or attack: a DataError each, in little memory, and nothing of theirs runs."""

import errno
import gzip
import os
import pickle
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnet import DataError, Network
from mnet.files import FOLDER, read_bytes, read_idx, read_npz, write_whole
from tests.support.attacks import MIB, NETWORKS, RAN, header, npy, npz, ran
from tests.support.refusal import refusal


@pytest.fixture
def small_limits(monkeypatch):
    """Make bombs of a few MiB as bad as those of gigabytes."""
    monkeypatch.setattr("mnet.files.LIMIT", 4 * MIB)


# DataError and read_bytes


def test_a_data_error_says_which_what_and_how():
    assert issubclass(DataError, ValueError)
    assert (
        str(DataError("a.gz", "nothing", "digits", "look again"))
        == "a.gz: found nothing, wanted digits; to mend it, look again."
    )
    assert str(DataError(FOLDER / "a.gz", "x", "y")).endswith("to mend it, run `git checkout -- data`.")
    assert str(DataError("elsewhere/a.gz", "x", "y")).endswith(
        "to mend it, copy the file again from its source."
    )


@given(st.binary(max_size=300))
def test_bytes_come_back_packed_or_not(tmp_path_factory, content):
    plain = tmp_path_factory.getbasetemp() / "bytes"
    packed = plain.with_suffix(".gz")
    plain.write_bytes(content)
    packed.write_bytes(gzip.compress(content))
    assert read_bytes(plain) == read_bytes(str(packed)) == content


def test_the_limit_is_exact(tmp_path):
    plain, packed = tmp_path / "bytes", tmp_path / "bytes.gz"
    plain.write_bytes(bytes(100))
    packed.write_bytes(gzip.compress(bytes(100)))
    assert read_bytes(plain, limit=100) == read_bytes(packed, limit=100) == bytes(100)
    with refusal(plain, "more than 99 bytes", "at most 99"):
        read_bytes(plain, limit=99)
    with refusal(packed, "more than 99 bytes once unpacked", "at most 99"):
        read_bytes(packed, limit=99)


def test_a_gzip_bomb_is_not_unpacked(tmp_path, peak):
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(bytes(64 * MIB), 1))
    tracemalloc.reset_peak()
    with refusal(path, "more than 4,194,304 bytes once unpacked"):
        read_bytes(path, limit=4 * MIB)
    assert peak() < 16 * MIB


def test_a_large_file_is_not_read(tmp_path, peak):
    path = tmp_path / "large"
    with open(path, "wb") as file:
        file.truncate(64 * MIB)
    with refusal(path, "more than 4,194,304 bytes", "at most 4,194,304"):
        read_bytes(path, limit=4 * MIB)
    assert peak() < 16 * MIB


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="no such device on this system")
def test_an_endless_device_is_not_read(tmp_path):
    path = tmp_path / "endless.gz"
    path.symlink_to("/dev/zero")
    code = "import sys, mnet.files; mnet.files.read_bytes(sys.argv[1])"
    # Elsewhere, and with little memory: a failure must not take the machine along.
    limited = f"import resource; resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30)); {code}"
    run = subprocess.run([sys.executable, "-c", limited, path], capture_output=True, text=True, timeout=60)
    assert "DataError" in run.stderr


def test_a_folder_is_no_file(tmp_path):
    with refusal(tmp_path, "", "a file"):
        read_bytes(tmp_path)


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    path = tmp_path / "secret"
    path.write_bytes(b"")

    def refuse(*_):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with refusal(path, "permission denied", "a file that can be read"):
        read_bytes(path)


@given(st.binary(max_size=60))
def test_no_bytes_at_all_confuse_the_idx_reader(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "idx"
    for head in b"", bytes([0, 0, 8, 3]), bytes([0, 0, 8, 1, 0, 0, 0]):
        path.write_bytes(head + content)
        for item in (28, 28), ():
            try:
                array = read_idx(path, item)
            except DataError:
                continue
            assert array.dtype == np.uint8
            assert array.shape[1:] == item


# Saved networks


@pytest.mark.parametrize("attack", NETWORKS)
def test_a_hostile_network_takes_little_memory(tmp_path, small_limits, peak, attack):
    path = tmp_path / "net.npz"
    path.write_bytes(NETWORKS[attack])
    with refusal(path, wanted="saved by mnet", remedy=".+"):
        Network.load(path)
    assert peak() < 16 * MIB


def test_a_network_behind_other_bytes_is_refused(tmp_path):
    path = tmp_path / "net.npz"
    Network([3, 2]).save(path)
    path.write_bytes(b"?" + path.read_bytes())
    with refusal(path, wanted="saved by mnet", remedy="train and save it again"):
        Network.load(path)


def test_a_network_of_pickled_objects_runs_nothing(tmp_path):
    class Bomb:
        def __reduce__(self):
            return ran, ()

    RAN.clear()
    path = tmp_path / "net.npz"
    np.savez(path, sizes=np.array([Bomb()], dtype=object))
    with refusal(path, remedy="train and save it again"):
        Network.load(path)
    code = pickle.dumps(Bomb()).ljust(80, b"\0")  # as long as ten objects are, on paper
    path.write_bytes(npz(npy(header("|O", (10,)), code)))
    with refusal(path, remedy="train and save it again"):
        Network.load(path)
    path.write_bytes(pickle.dumps(Bomb()))
    with refusal(path, remedy="train and save it again"):
        Network.load(path)
    assert RAN == []


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("saved") / "net.npz"
    Network([3, 2], np.random.default_rng(0)).save(path)
    return path.read_bytes()


@given(st.floats(0, 1, exclude_max=True))
def test_a_truncated_network_is_refused(tmp_path_factory, saved, where):
    path = tmp_path_factory.getbasetemp() / "truncated.npz"
    path.write_bytes(saved[: int(where * len(saved))])
    with refusal(path, remedy="train and save it again"):
        Network.load(path)


@given(st.floats(0, 1, exclude_max=True), st.integers(0, 7))
def test_a_flipped_bit_in_a_network_is_found_or_does_no_harm(tmp_path_factory, saved, where, bit):
    path = tmp_path_factory.getbasetemp() / "flipped.npz"
    content = bytearray(saved)
    content[int(where * len(saved))] ^= 1 << bit
    path.write_bytes(content)
    try:
        net = Network.load(path)
    except DataError:
        return
    path.write_bytes(saved)
    whole = Network.load(path)
    for one, other in zip(net.weights + net.biases, whole.weights + whole.biases, strict=True):
        np.testing.assert_array_equal(one, other)


# Writing


def test_a_file_is_replaced_whole(tmp_path):
    path = tmp_path / "net.npz"
    for content in b"one", b"two":
        write_whole(path, lambda file, content=content: file.write(content))
        assert path.read_bytes() == content
    assert [p.name for p in tmp_path.iterdir()] == ["net.npz"]


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_network(tmp_path, monkeypatch, call):
    path = tmp_path / "net.npz"
    Network([3, 2]).save(path)
    before = path.read_bytes()

    def fail(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, call, fail)
    with refusal(path, r"cannot be written \(No space left on device\)", "room", "free some .*"):
        Network([4, 2]).save(path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["net.npz"]


def test_a_disk_that_fills_up_while_writing_leaves_the_old_network(tmp_path):
    path = tmp_path / "net.npz"
    path.write_bytes(b"old")

    def fill(file):
        file.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    with refusal(path, "No space left on device", "room", "free some .*"):
        write_whole(path, fill)
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["net.npz"]


def test_an_interrupt_leaves_the_old_network(tmp_path):
    path = tmp_path / "net.npz"
    path.write_bytes(b"old")

    def interrupted(file):
        file.write(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_whole(path, interrupted)
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["net.npz"]


def test_the_new_bytes_are_on_the_disk_before_the_old_name_moves(tmp_path, monkeypatch):
    order, fsync, replace = [], os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda fd: (order.append("fsync"), fsync(fd)))
    monkeypatch.setattr(os, "replace", lambda *paths: (order.append("replace"), replace(*paths)))
    Network([3, 2]).save(tmp_path / "net.npz", epoch=np.array(2))
    assert order == ["fsync", "replace"]
    assert read_npz(tmp_path / "net.npz")["epoch"] == 2
