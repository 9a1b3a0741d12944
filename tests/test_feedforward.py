import io
import math
import sys
import zipfile
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnet import DataError, Network, feedforward, predict
from mnet.files import LIMIT, read_npz
from mnet.guards import MOST_PARAMETERS

SIZES = st.lists(st.integers(1, 6), min_size=2, max_size=5)


def by_hand(net, column):
    """Answer one column, number by number."""
    a = column.tolist()
    for w, b in zip(net.weights, net.biases, strict=True):
        zs = [
            math.fsum(wjk * ak for wjk, ak in zip(wj, a, strict=True)) + bj[0]
            for wj, bj in zip(w, b, strict=True)
        ]
        a = [1 / (1 + math.exp(-z)) for z in zs]
    return a


@given(SIZES, st.integers(1, 4), st.integers(0, 99))
def test_feedforward_is_the_formula_column_by_column(sizes, m, seed):
    rng = np.random.default_rng(seed)
    net, x = Network(sizes, rng, np.float64), rng.random((sizes[0], m))
    a = feedforward(net, x)
    assert a.shape == (sizes[-1], m)
    np.testing.assert_allclose(a, np.transpose([by_hand(net, column) for column in x.T]), rtol=1e-12)
    np.testing.assert_array_equal(predict(net, x), [np.argmax(by_hand(net, column)) for column in x.T])


@given(SIZES, st.integers(0, 99))
def test_a_network_has_the_sizes_it_was_asked_for(sizes, seed):
    net = Network(sizes, np.random.default_rng(seed))
    assert net.sizes == sizes
    assert net.sizes is not sizes
    assert [w.shape for w in net.weights] == [(j, k) for k, j in pairwise(sizes)]
    assert [b.shape for b in net.biases] == [(j, 1) for j in sizes[1:]]


def test_draws_are_standard_normal():
    net = Network([500, 400, 300], np.random.default_rng(0))
    draws = np.concatenate([a.ravel() for a in net.weights + net.biases])
    assert abs(draws.mean()) < 0.01
    assert abs(draws.std() - 1) < 0.01
    assert abs((np.abs(draws) < 1).mean() - math.erf(math.sqrt(0.5))) < 0.01  # the bell's middle


def test_draws_come_from_the_rng_alone():
    before = np.random.get_state()[1].copy()  # noqa: NPY002, the global one must stay as it is
    one, same, other = (Network([4, 3], np.random.default_rng(seed)) for seed in (7, 7, 8))
    np.testing.assert_array_equal(one.weights[0], same.weights[0])
    assert (one.weights[0] != other.weights[0]).any()
    assert (Network([4, 3]).weights[0] != Network([4, 3]).weights[0]).any()
    np.testing.assert_array_equal(before, np.random.get_state()[1])  # noqa: NPY002


def test_both_dtypes_start_from_the_same_draws():
    single, double = (
        Network([4, 3, 2], np.random.default_rng(0), dtype) for dtype in (np.float32, np.float64)
    )
    assert Network([4, 3]).weights[0].dtype == np.float32
    for s, d in zip(single.weights + single.biases, double.weights + double.biases, strict=True):
        assert (s.dtype, d.dtype) == (np.float32, np.float64)
        np.testing.assert_array_equal(s, d.astype(np.float32))
    x = np.random.default_rng(1).random((4, 5))
    answer = feedforward(single, x.astype(np.float32))
    assert answer.dtype == np.float32
    np.testing.assert_allclose(answer, feedforward(double, x), atol=1e-6)


def test_predict_names_the_loudest_output_and_the_first_of_equals():
    net = Network([3, 3])
    net.weights, net.biases = [np.eye(3)], [np.zeros((3, 1))]
    assert predict(net, [[0.1, 0.0, 9.0, 1.0], [0.2, 0.0, 0.0, 0.0], [0.3, 0.0, 0.0, 1.0]]).tolist() == [
        2,
        0,
        0,
        0,
    ]


def test_numpy_integers_and_tuples_are_sizes_too():
    assert Network((np.int64(3), np.uint8(2))).sizes == [3, 2]
    assert all(type(size) is int for size in Network([np.int64(3), 2]).sizes)


def test_repr_counts_the_parameters():
    assert repr(Network([784, 30, 10])) == "Network([784, 30, 10]: 23,860 weights and biases)"


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ([], r"is \[\], wanted a list of two layers or more"),
        ([784], r"is \[784\], wanted a list of two layers or more"),
        ([1] * 1001, r"is \[1, 1, .*, wanted a list of two layers or more, to 1,000"),
        (784, "is 784, wanted a list"),
        (None, "is None, wanted a list"),
        ("784", "is '784', wanted a list"),
        (np.array([784, 10]), r"is array\(\[784,  10\]\), wanted a list"),
        ([784, 0], "has 0, wanted whole numbers of neurons from 1 up"),
        ([-1, 10], "has -1, wanted whole numbers"),
        ([784, 30.0], "has 30.0, wanted whole numbers"),
        ([784, "10"], "has '10', wanted whole numbers"),
        ([784, True], "has True, wanted whole numbers"),
        ([784, None], "has None, wanted whole numbers"),
        ([784, math.nan], "has nan, wanted whole numbers"),
        ([[784], [10]], r"has \[784\], wanted whole numbers"),
        ([10**6, 10**6], r"need 1,000,001,000,000 numbers, wanted at most"),
        ([1, 2**63], r"need .* numbers, wanted at most 16,000,000\."),
    ],
)
def test_sizes_that_make_no_network_are_refused(sizes, message):
    with pytest.raises(ValueError, match=f"^Network: sizes .*{message}"):
        Network(sizes)


def test_a_network_may_have_a_thousand_layers():
    assert len(Network([1] * 1000).weights) == 999


def test_weights_and_biases_count_towards_the_largest_network(monkeypatch):
    monkeypatch.setattr(sys.modules["mnet.guards"], "MOST_PARAMETERS", 6 + 3 + 3 + 1)
    assert Network([2, 3, 1]).sizes == [2, 3, 1]
    with pytest.raises(ValueError, match="need 14 numbers, wanted at most 13"):
        Network([1, 7])


@pytest.mark.parametrize("rng", [0, "seed", np.random, np.random.RandomState(0)])
def test_another_rng_is_refused(rng):
    with pytest.raises(TypeError, match=r"rng is a \w+, wanted np\.random\.default_rng\(seed\)"):
        Network([3, 2], rng)


@pytest.mark.parametrize("dtype", [np.float16, np.int64, complex, object, "abc", None])
def test_another_dtype_is_refused(dtype):
    with pytest.raises(TypeError, match=r"dtype is .+, wanted np\.float32 or np\.float64"):
        Network([3, 2], dtype=dtype)


@given(SIZES, st.sampled_from([np.float32, np.float64]))
def test_save_and_load_give_the_same_network(tmp_path_factory, sizes, dtype):
    path = tmp_path_factory.getbasetemp() / "round-trip.npz"
    net = Network(sizes, dtype=dtype)
    net.save(path, epoch=np.array(3))
    loaded = Network.load(path)
    assert loaded.sizes == sizes
    for was, now in zip(net.weights + net.biases, loaded.weights + loaded.biases, strict=True):
        assert now.dtype == dtype
        assert now.flags.writeable  # a loaded network can go on learning
        np.testing.assert_array_equal(was, now)
    assert read_npz(path)["epoch"] == 3


def test_what_load_would_refuse_is_not_saved(tmp_path):
    net = Network([3, 2])
    net.weights[0][0, 0] = np.nan
    with pytest.raises(ValueError, match=r"^weights\[0\] is NaN"):
        net.save(tmp_path / "net.npz")
    assert not list(tmp_path.iterdir())


def test_what_is_neither_numbers_nor_text_is_not_saved(tmp_path):
    with pytest.raises(TypeError, match=r"^save: epoch is a NoneType, wanted numbers or text\.$"):
        Network([3, 2]).save(tmp_path / "net.npz", epoch=None)
    assert not list(tmp_path.iterdir())


def test_the_largest_network_that_can_be_made_can_be_loaded():
    assert MOST_PARAMETERS * np.dtype(float).itemsize + 2**20 < LIMIT


def parts_of(net):
    return {"sizes": np.array(net.sizes), "weights_0": net.weights[0], "biases_0": net.biases[0]}


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"sizes": None}, "sizes"),
        ({"weights_0": None}, "weights_0"),
        ({"sizes": np.array([3, 2, 2])}, "weights_1"),
        ({"sizes": np.array([2, 3])}, r"weights\[0\] is float32 \(2, 3\), wanted finite floats \(3, 2\)"),
        ({"sizes": np.array([3.0, 2.0])}, "3.0"),
        ({"sizes": np.array(3)}, "3"),
        ({"sizes": np.array([3, -2])}, "-2"),
        ({"sizes": np.array(["3", "2"])}, "'3'"),
        ({"weights_0": np.zeros((3, 2), np.float32)}, r"weights\[0\] is float32 \(3, 2\)"),
        ({"weights_0": np.zeros((2, 3), np.float16)}, r"weights\[0\] is float16 \(2, 3\)"),
        ({"weights_0": np.zeros((2, 3), int)}, r"weights\[0\] is int64 \(2, 3\)"),
        ({"weights_0": np.full((2, 3), "a")}, r"weights\[0\] is <U1 \(2, 3\)"),
        ({"biases_0": np.zeros(2)}, r"biases\[0\] is float64 \(2,\), wanted finite floats \(2, 1\)"),
        ({"biases_0": np.full((2, 1), np.nan)}, r"biases\[0\] .* wanted finite"),
        ({"biases_0": np.full((2, 1), -np.inf)}, r"biases\[0\] .* wanted finite"),
        ({"biases_0": np.array([[None], [None]])}, "header claims object|allow_pickle=False"),
    ],
)
def test_other_arrays_are_no_network(tmp_path, changes, found):
    path = tmp_path / "net.npz"
    parts = parts_of(Network([3, 2])) | changes
    np.savez(path, **{name: array for name, array in parts.items() if array is not None})
    with pytest.raises(
        DataError, match=rf"net\.npz: found .*({found}).*, wanted .* saved by mnet; to mend it, "
    ):
        Network.load(path)


def npz(*names_and_contents, packing=zipfile.ZIP_STORED):
    with zipfile.ZipFile(file := io.BytesIO(), "w", packing) as archive:
        for name, content in names_and_contents:
            archive.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"PK\x03\x04",
        b"\x93NUMPY",
        npz(),
        npz(("sizes.npy", b"")),
        npz(("sizes.npy", b"hello")),
    ],
)
def test_what_is_no_npz_is_no_network(tmp_path, content):
    path = tmp_path / "net.npz"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"net\.npz: found no .*, wanted .* saved by mnet; to mend it, train"):
        Network.load(path)


def test_a_missing_network_says_so(tmp_path):
    with pytest.raises(DataError, match=r"net\.npz: found no such file .*, wanted a file that can be read"):
        Network.load(tmp_path / "net.npz")


@pytest.mark.parametrize("where", ["missing/net.npz", "file/net.npz", "folder"])
def test_a_place_that_cannot_be_written_is_refused(tmp_path, where):
    (tmp_path / "file").write_text("kept")
    (tmp_path / "folder").mkdir()
    with pytest.raises(DataError, match=r"cannot be written \(.+\), wanted .*; to mend it, "):
        Network([3, 2]).save(tmp_path / where)
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["file", "folder"]
