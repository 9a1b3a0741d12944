"""Files that lie, break or attack: a DataError each, in little memory, and nothing of theirs runs."""

import contextlib
import errno
import gzip
import os
import pickle
import socket
import stat
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mnet import DataError, Network
from mnet.files import FOLDER, prove_writable, read_bytes, read_idx, read_npz, write_whole
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
    assume(not content.startswith(b"\x1f\x8b"))
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
    with refusal(tmp_path, "no name of a file", "a file", "put or name a plain file"):
        read_bytes(tmp_path)


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    path = tmp_path / "secret"
    path.write_bytes(b"")

    def refuse(*_):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with refusal(path, "permission denied", "a file that can be read", "give yourself permission to read it"):
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


def one(file):
    file.write(b"one")


writers = pytest.mark.parametrize("writer", [write_whole, prove_writable])
posix = pytest.mark.skipif(os.name == "nt", reason="Windows has neither these files nor these permissions")


def test_a_proof_leaves_no_trace(tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_bytes(b"old")
    before = old.stat()
    for path in old, new:
        prove_writable(path, one)
    assert (old.read_bytes(), old.stat()) == (b"old", before)
    assert [*tmp_path.iterdir()] == [old]


@writers
def test_a_proof_finds_what_the_writing_would_find(writer, tmp_path):
    def fill(file):
        raise OSError(errno.ENOSPC, "No space left on device")

    with refusal(tmp_path / "net.npz", "No space left", "room for it", "free some or choose another path"):
        writer(tmp_path / "net.npz", fill)
    assert not [*tmp_path.iterdir()]


@posix
@pytest.mark.parametrize("target", ["old", "new", "folder/new"])
def test_a_link_stays_and_its_target_is_written(tmp_path, target):
    (tmp_path / "folder").mkdir()
    (tmp_path / "old").write_bytes(b"old")
    first, second = tmp_path / "first", tmp_path / "second"
    first.symlink_to("second")
    second.symlink_to(target)
    write_whole(first, one)
    assert first.is_symlink()
    assert second.is_symlink()
    assert (tmp_path / target).read_bytes() == first.read_bytes() == b"one"
    assert len([*tmp_path.rglob("*")]) == 4 + (target != "old")


@posix
@writers
def test_links_that_lead_nowhere_are_refused(writer, tmp_path):
    circle, nowhere = tmp_path / "circle", tmp_path / "nowhere"
    circle.symlink_to(circle)
    nowhere.symlink_to(tmp_path / "missing" / "file")
    with refusal(circle, "cannot be written", "a place that can be written", "choose another path"):
        writer(circle, one)
    with refusal(nowhere, "No such file", "a folder that is there", "make that folder or choose .*"):
        writer(nowhere, one)
    assert len([*tmp_path.iterdir()]) == 2


@pytest.fixture
def special(tmp_path):
    """Make a path of each kind that is no plain file. No device of the machine is among them: tests fail."""
    own, other = os.openpty()
    ends = [own, other, *os.pipe()]
    with socket.socket(socket.AF_UNIX) as listener, contextlib.chdir(tmp_path):
        listener.bind("socket")
        os.mkfifo("FIFO")
        os.symlink("FIFO", "link")
        terminal, pipe = Path(os.ttyname(other)), Path(f"/dev/fd/{ends[3]}")
        yield {"device": terminal, "pipe": pipe} | {p.name: p for p in tmp_path.iterdir()}
    for end in ends:
        os.close(end)


@posix
@writers
@pytest.mark.parametrize("kind", ["FIFO", "socket", "link", "device", "pipe"])
def test_what_is_no_plain_file_is_refused_and_stays(writer, special, kind):
    path = special[kind]
    before = path.lstat().st_mode, path.stat().st_mode
    with refusal(path, "a device or a pipe", "a plain file", "choose another path"):
        writer(path, one)
    assert (path.lstat().st_mode, path.stat().st_mode) == before


@posix
@writers
def test_a_protected_file_is_kept(writer, tmp_path):
    path, link = tmp_path / "net.npz", tmp_path / "link.npz"
    path.write_bytes(b"old")
    link.symlink_to(path)
    path.chmod(0o444)
    for name in path, link:
        with refusal(name, "protected", "permission to write it", "give yourself that permission or .*"):
            writer(name, one)
    assert path.read_bytes() == b"old"
    path.chmod(0o644)  # the remedy
    write_whole(link, one)
    assert path.read_bytes() == b"one"


@posix
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666, 0o755])
def test_permissions_and_owner_outlast_the_content(tmp_path, mode):
    path = tmp_path / "net.npz"
    path.write_bytes(b"old")
    owner = (1234, 4321) if os.geteuid() == 0 else (os.geteuid(), os.getegid())
    os.chown(path, *owner)
    path.chmod(mode)
    write_whole(path, one)
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert (path.stat().st_uid, path.stat().st_gid) == owner
    new = tmp_path / "new.npz"
    write_whole(new, one)
    (plain := tmp_path / "plain").write_bytes(b"")
    assert new.stat().st_mode == plain.stat().st_mode


@writers
@pytest.mark.parametrize(
    ("code", "wanted", "remedy"),
    [
        (errno.EACCES, "permission to write it", "give yourself that permission or choose another path"),
        (errno.EPERM, "permission to write it", "give yourself that permission or choose another path"),
        (errno.EROFS, "a place that can be written", "choose another path"),
        (errno.EIO, "a place that can be written", "choose another path"),
        (errno.EFBIG, "room for it", "free some or choose another path"),
    ],
)
def test_each_refusal_of_the_system_has_its_remedy(writer, tmp_path, monkeypatch, code, wanted, remedy):
    def fail(*_):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", fail)
    with refusal(tmp_path / "net.npz", os.strerror(code), wanted, remedy):
        writer(tmp_path / "net.npz", one)
    assert not [*tmp_path.iterdir()]


@writers
def test_a_folder_is_no_place_for_a_file(writer, tmp_path):
    with refusal(tmp_path, "a folder", "the name of a file", "add one to the path"):
        writer(tmp_path, one)


def test_a_name_may_be_as_long_as_the_disk_allows(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # relative, too
    name = "é" * 125 + ".npz"  # 254 bytes
    write_whole(name, one)
    assert (tmp_path / name).read_bytes() == b"one"
    with refusal("x" * 300, "", "a name that the disk can hold", "choose a shorter one"):
        write_whole("x" * 300, one)


@posix
def test_a_file_laid_in_the_way_is_not_written(tmp_path, monkeypatch):
    (kept := tmp_path / "kept").write_bytes(b"kept")
    monkeypatch.setattr("mnet.files.secrets.token_hex", lambda _: "guess")
    (tmp_path / ".net.npz.guess.part").symlink_to(kept)
    with refusal(tmp_path / "net.npz", "exists", "a place that can be written", "choose another path"):
        write_whole(tmp_path / "net.npz", one)
    assert kept.read_bytes() == b"kept"


def test_a_file_of_two_names_is_refused_and_kept(tmp_path):
    path, other = tmp_path / "net.npz", tmp_path / "other.npz"
    path.write_bytes(b"old")
    os.link(path, other)
    with refusal(path, "hard links", "a file of one name", "delete this name or choose another path"):
        write_whole(path, lambda file: file.write(b"new"))
    assert path.read_bytes() == other.read_bytes() == b"old"
    path.unlink()
    write_whole(path, lambda file: file.write(b"new"))
    assert other.read_bytes() == b"old"


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda net: net.weights[0].__setitem__((1, 2), np.nan), r"weights\[0\] is NaN .* at index \(1, 2\)"),
        (lambda net: net.biases[0].__setitem__((1, 0), np.inf), r"biases\[0\] is infinite"),
        (
            lambda net: net.weights.__setitem__(0, net.weights[0].astype(np.float16)),
            r"weights\[0\] is .*float16",
        ),
        (lambda net: setattr(net, "sizes", [4, 2]), r"weights\[0\] is .*wanted finite floats \(2, 4\)"),
        (lambda net: setattr(net, "sizes", [3, 2, 1]), "net has 1 weights, wanted 2"),
    ],
)
def test_what_load_would_refuse_is_not_saved(tmp_path, spoil, says):
    net = Network([3, 2], np.random.default_rng(0))
    net.save(tmp_path / "net.npz")
    before = (tmp_path / "net.npz").read_bytes()
    spoil(net)
    with pytest.raises(ValueError, match=says):
        net.save(tmp_path / "net.npz")
    assert (tmp_path / "net.npz").read_bytes() == before
