"""Pickles that lie, break or attack: a DataError each, in little memory, and nothing of theirs runs."""

import copyreg
import faulthandler
import gzip
import pickle
import sys
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnet import DataError
from mnet.data import read_pickle
from mnet.pickles import pickled_arrays
from tests.support.attacks import CODE, EMPTY, HONEST, HOSTILE, MIB, RAN, ran
from tests.support.refusal import refusal


@pytest.fixture
def small_limits(monkeypatch):
    """Make bombs of a few MiB as bad as those of gigabytes."""
    monkeypatch.setattr("mnet.pickles.IDX_LIMIT", 2 * MIB)
    monkeypatch.setattr("mnet.pickles.PICKLE_LIMIT", 4 * MIB)


@pytest.fixture
def patience():
    """Stop the whole run after a minute, with a traceback: nothing else stops a hash without end."""
    faulthandler.dump_traceback_later(60, exit=True, file=sys.__stderr__)
    yield
    faulthandler.cancel_dump_traceback_later()


@pytest.mark.parametrize("attack", HOSTILE)
def test_a_hostile_pickle_runs_nothing(tmp_path, monkeypatch, peak, patience, attack):
    monkeypatch.chdir(tmp_path)
    RAN.clear()
    path = tmp_path / "mnist.pkl"
    path.write_bytes(HOSTILE[attack])
    with refusal(path):
        read_pickle(path)
    assert RAN == []
    assert [p.name for p in tmp_path.iterdir()] == ["mnist.pkl"]
    assert peak() < 16 * MIB


@pytest.mark.parametrize("protocol", HONEST)
def test_the_honest_pickles_that_the_hostile_ones_are_made_of_are_read(tmp_path, protocol):
    path = tmp_path / "mnist.pkl"
    path.write_bytes(HONEST[protocol])
    assert [len(split) for split in read_pickle(path)] == [1, 1, 1]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (HOSTILE["os.system"], "a call of os.system"),
        (HOSTILE["a function in INST"], "the step INST"),
        (HOSTILE["PUT below nought"], "a memo below 0"),
        (b"N\x86.", "a step that takes what is not there"),
        (b")Na.", "a step that adds to what is no list"),
    ],
)
def test_a_refusal_names_the_step(tmp_path, content, reason):
    path = tmp_path / "mnist.pkl"
    path.write_bytes(content)
    with refusal(path, reason):
        read_pickle(path)


def test_a_registered_extension_code_runs_nothing(tmp_path):
    RAN.clear()
    path = tmp_path / "mnist.pkl"
    path.write_bytes(HOSTILE["an extension code"])
    copyreg.add_extension(ran.__module__, "ran", 0xF0)
    try:
        pickle.loads(path.read_bytes())  # Python now remembers the code and asks no one again
        assert RAN.pop()
        with refusal(path):
            read_pickle(path)
    finally:
        copyreg.remove_extension(ran.__module__, "ran", 0xF0)
        copyreg.clear_extension_cache()
    assert RAN == []


def honest(n=3):
    x = (np.arange(784 * n, dtype=np.float32) % 256).reshape(n, 784) / 256
    return ((x, np.arange(n) % 10),) * 3


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_groups_may_be_lists_and_arrays_of_any_dimension(tmp_path, protocol):
    path = tmp_path / "any.pkl"
    path.write_bytes(pickle.dumps([[np.array(3.0)], [np.arange(2), np.eye(2)], []], protocol))
    with pickled_arrays(path, "arrays") as groups:
        shapes = [[array.map(lambda numbers: numbers).shape for array in group] for group in groups]
    assert shapes == [[()], [(2,), (2, 2)], []]


def test_a_hostile_pickle_leaves_nothing_behind(tmp_path, patience):
    path = tmp_path / "mnist.pkl"
    for attack in HOSTILE.values():
        path.write_bytes(attack)
        with refusal(path):
            read_pickle(path)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        path.write_bytes(pickle.dumps(honest(), protocol))
        assert [len(split) for split in read_pickle(path)] == [3, 3, 3]


@given(st.binary(max_size=200))
def test_no_bytes_at_all_confuse_the_pickle_reader(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.pkl"
    for head in b"", b"\x80\x02", EMPTY, EMPTY + b"(K\x01K\x01\x85" + CODE:
        path.write_bytes(head + content)
        with refusal(path):
            read_pickle(path)


@given(st.integers(0, 2000), st.integers(0, 255))
def test_a_changed_byte_does_no_more_than_change_data(tmp_path_factory, where, value):
    path = tmp_path_factory.getbasetemp() / "changed.pkl"
    content = bytearray(pickle.dumps(tuple((x[:1, :], y[:1]) for x, y in honest()), 2))
    content[where % len(content)] = value
    path.write_bytes(content)
    try:
        mnist = read_pickle(path)
    except DataError:
        return
    assert all(split.images.shape == (1, 784) for split in mnist)


@pytest.mark.parametrize(
    ("groups", "reason"),
    [
        (lambda x, y: ((x, y),) * 300, "more than 2,097,152 numbers"),  # the same few bytes, over and over
        (lambda x, y: ((x.view(np.uint8).reshape(-1, 784), y),) * 3, "more than 2,097,152 numbers"),
        (lambda x, y: ((np.zeros((len(x) * 8, 784), np.float32), y),) * 3, "text of|4 MiB of text"),
    ],
)
@pytest.mark.parametrize("protocol", [2, 5])
def test_a_large_pickle_takes_little_memory(tmp_path, small_limits, peak, groups, reason, protocol):
    path = tmp_path / "mnist.pkl.gz"
    x = np.zeros((MIB // 4 // 784, 784), np.float32)  # 1 MiB
    path.write_bytes(gzip.compress(pickle.dumps(groups(x, np.zeros(len(x), int)), protocol), 1))
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    with refusal(path, reason):
        read_pickle(path)
    assert peak() - before < 20 * MIB


def test_what_stands_behind_a_pickle_is_limited_too(tmp_path, small_limits):
    path = tmp_path / "mnist.pkl.gz"
    path.write_bytes(gzip.compress(pickle.dumps(honest(), 2) + bytes(5 * MIB)))
    with refusal(path, "more than 4,194,304 bytes once unpacked"):
        read_pickle(path)


def test_the_checksum_of_a_packed_pickle_is_compared(tmp_path):
    path = tmp_path / "mnist.pkl.gz"
    content = bytearray(gzip.compress(pickle.dumps(honest(), 2)))
    content[-8] ^= 1
    path.write_bytes(content)
    with refusal(path, "no whole gzip file"):
        read_pickle(path)
