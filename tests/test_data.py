import gc
import gzip
import hashlib
import pickle
import tracemalloc
import weakref

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mnet import DataError, Split, load_mnist, one_hot
from mnet.data import read_pickle
from mnet.files import LIMIT

MD5 = {  # of the four unpacked files, as published
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}
TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS = MD5


def idx(array):
    return bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.tobytes()


def digits(n, seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (n, 28, 28), np.uint8), rng.integers(0, 10, n, np.uint8)


def write(folder, train, test, packed=True):
    """Write four files as MNIST has them, and return the folder."""
    for name, array in zip(MD5, [*train, *test], strict=True):
        content = idx(array)
        (folder / f"{name}{'.gz' if packed else ''}").write_bytes(
            gzip.compress(content, 1) if packed else content
        )
    return folder


def sign(folder):
    """Write SHA256SUMS for the files of the folder."""
    lines = [
        f"{hashlib.sha256((folder / f'{name}.gz').read_bytes()).hexdigest()}  {name}.gz\n" for name in MD5
    ]
    (folder / "SHA256SUMS").write_text("".join(lines))


@pytest.fixture
def folder(tmp_path):
    return write(tmp_path, digits(12), digits(5, seed=1))


@pytest.fixture
def course(folder, monkeypatch):
    """Return a folder that mnet takes for the course's own data."""
    sign(folder)
    monkeypatch.setattr("mnet.files.FOLDER", folder.resolve())
    return folder


def repack(folder, name, content):
    (folder / f"{name}.gz").write_bytes(gzip.compress(content, 1))


def refusal(folder, name, found, wanted, remedy="copy the file again from its source"):
    """Expect one sentence: which file, what was found, what was wanted, what to do."""
    pattern = rf"{name}.*: found .*{found}.*, wanted .*{wanted}.*; to mend it, {remedy}\."
    return pytest.raises(DataError, match=rf"^.*{pattern}$")


# The course's own digits


def test_the_course_has_70000_digits_in_three_splits(mnist):
    assert [len(split) for split in mnist] == [50_000, 10_000, 10_000]
    assert mnist._fields == ("train", "validation", "test")
    for split in mnist:
        assert split.images.shape == (len(split), 784)
        assert split.labels.shape == (len(split),)
        assert split.images.dtype == split.labels.dtype == np.uint8
    assert sum(split.images.nbytes + split.labels.nbytes for split in mnist) == 70_000 * 785
    assert mnist.train.labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert repr(mnist.test) == "Split(10,000 images)"
    assert {mnist.test: "compared by identity: two may hold the same arrays"}


def test_the_digits_are_the_published_ones(mnist):
    images = np.concatenate([mnist.train.images, mnist.validation.images]).reshape(-1, 28, 28)
    labels = np.concatenate([mnist.train.labels, mnist.validation.labels])
    files = [images, labels, mnist.test.images.reshape(-1, 28, 28), mnist.test.labels]
    assert [hashlib.md5(idx(array)).hexdigest() for array in files] == list(MD5.values())


def test_the_digits_cannot_be_spoilt(mnist):
    for split in mnist:
        with pytest.raises(ValueError, match="read-only"):
            split.images[0, 0] = 1
        with pytest.raises(ValueError, match="read-only"):
            split.labels[0] = 1
        with pytest.raises(AttributeError):
            split.labels = split.labels


def test_the_digits_are_found_from_anywhere(mnist, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.testing.assert_array_equal(load_mnist().test.labels, mnist.test.labels)


def test_columns_are_pixels_over_256_and_one_hot_answers(mnist):
    x, y = mnist.train.columns(slice(0, 10))
    assert (x.shape, y.shape) == ((784, 10), (10, 10))
    assert x.dtype == y.dtype == np.float32
    np.testing.assert_array_equal(x, mnist.train.images[:10].T / 256)
    np.testing.assert_array_equal(y, one_hot(mnist.train.labels[:10]))
    assert 0 <= x.min() < x.max() < 1


@given(st.lists(st.integers(0, 999), min_size=1, max_size=20))
def test_columns_come_in_the_order_asked_for(small, which):
    x, y = small.columns(np.array(which))
    np.testing.assert_array_equal(x * 256, small.images[which].T)
    np.testing.assert_array_equal(y.argmax(axis=0), small.labels[which])


@pytest.mark.parametrize(
    "which", [slice(10), slice(-3, None), slice(None, None, -7), [5, 3, 3], np.arange(1000) % 2 == 1, ...]
)
def test_a_split_is_cut_as_its_arrays_are(small, which):
    part = small[which]
    assert isinstance(part, Split)
    np.testing.assert_array_equal(part.images, small.images[which])
    np.testing.assert_array_equal(part.labels, small.labels[which])


@pytest.mark.parametrize("which", [0, np.uint8(3), -1, (slice(3), slice(5)), (slice(3), 5), None, (0, 0)])
def test_what_is_no_choice_of_images_is_refused(small, which):
    for cut in small.__getitem__, small.columns:
        with pytest.raises(TypeError, match=r": found .*, wanted a slice or an array: slice\(0, 1\) is one"):
            cut(which)


@pytest.mark.parametrize(
    ("which", "message"),
    [
        (slice(5, 5), r"^Split: found images \(0, 784\) and labels \(0,\), wanted .*, n at least 1\.$"),
        ([1000], "^Split: .*out of bounds.*, wanted a slice or an array of whole numbers"),
        ("labels", "^Split: .*, wanted a slice or an array of whole numbers"),
        (0.5, "^Split: .*, wanted a slice or an array of whole numbers"),
    ],
)
def test_a_choice_that_is_not_there_is_refused(small, which, message):
    with pytest.raises(ValueError, match=message):
        small[which]


def test_a_split_has_no_images_one_by_one(small):
    with pytest.raises(TypeError, match=r"slice\(0, 1\) is one image"):
        list(small)


def test_all_columns_are_the_default_and_a_bare_number_is_refused(small):
    assert [part.shape for part in small.columns()] == [(784, 1000), (10, 1000)]
    assert [part.shape for part in small.columns([3])] == [(784, 1), (10, 1)]
    for number in 3, np.uint8(3):
        with pytest.raises(TypeError, match="found 3, wanted a slice or an array"):
            small.columns(number)


# one_hot and Split


@given(
    arrays(
        st.sampled_from([np.uint8, np.int8, np.int64, np.uint64]),
        st.integers(0, 30),
        elements={"min_value": 0, "max_value": 9},
    )
)
def test_one_hot_round_trip(labels):
    y = one_hot(labels)
    assert y.shape == (10, len(labels))
    assert y.dtype == np.float32
    assert ((y == 0) | (y == 1)).all()
    np.testing.assert_array_equal(y.sum(axis=0), 1)
    np.testing.assert_array_equal(y.argmax(axis=0), labels)


def test_one_hot_hands_out_its_own_copy():
    one_hot([3])[:] = 7
    np.testing.assert_array_equal(one_hot([3])[:, 0], np.arange(10) == 3)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([10], "labels run from 10 to 10, wanted 0 … 9"),
        ([0, -1], "labels run from -1 to 0, wanted 0 … 9"),
        ([0, 10], "labels run from 0 to 10, wanted 0 … 9"),
        ([1.0], r"labels are float64 \(1,\), wanted whole numbers \(n,\)"),
        ([True], r"labels are bool \(1,\), wanted whole numbers"),
        (["1"], r"labels are <U1 \(1,\), wanted whole numbers"),
        ([None], r"labels are object \(1,\), wanted whole numbers"),
        ([1j], r"labels are complex128 \(1,\), wanted whole numbers"),
        (3, r"labels are int64 \(\), wanted whole numbers \(n,\)"),
        ([[3]], r"labels are int64 \(1, 1\), wanted whole numbers \(n,\)"),
    ],
)
def test_one_hot_refuses_what_is_no_digit(labels, message):
    with pytest.raises(ValueError, match=f"^one_hot: {message}"):
        one_hot(labels)


IMAGES, LABELS = np.zeros((2, 784), np.uint8), np.zeros(2, np.uint8)


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (IMAGES / 256, LABELS, r"images are float64 \(2, 784\), wanted uint8 \(n, 784\)"),
        (IMAGES.reshape(2, 28, 28), LABELS, r"images are uint8 \(2, 28, 28\), wanted uint8 \(n, 784\)"),
        (IMAGES[0], LABELS, r"images are uint8 \(784,\), wanted uint8 \(n, 784\)"),
        (IMAGES.tolist(), LABELS, r"images are list \(2, 784\), wanted uint8 \(n, 784\)"),
        (None, LABELS, r"images are NoneType \(\), wanted"),
        (IMAGES, LABELS.astype(int), r"labels are int64 \(2,\), wanted uint8 \(n,\)"),
        (IMAGES, LABELS[:, None], r"labels are uint8 \(2, 1\), wanted uint8 \(n,\)"),
        (IMAGES, LABELS[:1], r"images \(2, 784\) and labels \(1,\), wanted"),
        (IMAGES.T, LABELS, r"images \(784, 2\) and labels \(2,\), wanted"),
        (IMAGES[:0], LABELS[:0], r"images \(0, 784\) and labels \(0,\), wanted .*n at least 1"),
        (IMAGES, LABELS + np.uint8(10), "a label 10, wanted digits 0 … 9"),
    ],
)
def test_a_split_refuses_other_arrays(images, labels, message):
    with pytest.raises(ValueError, match=f"^Split: (found )?{message}"):
        Split(images, labels)


# IDX files


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(
    n=st.integers(6, 30),
    m=st.integers(1, 5),
    seed=st.integers(0, 99),
    packed=st.booleans(),
    signed=st.booleans(),
)
def test_idx_round_trip(tmp_path_factory, n, m, seed, packed, signed):
    train, test = digits(n, seed), digits(m, seed + 1)
    folder = write(tmp_path_factory.mktemp("idx"), train, test, packed)
    if packed and signed:
        sign(folder)
    mnist = load_mnist(str(folder))
    kept = n - n // 6
    for split, (images, labels) in zip(
        mnist, [[a[:kept] for a in train], [a[kept:] for a in train], test], strict=True
    ):
        np.testing.assert_array_equal(split.images, images.reshape(-1, 784))
        np.testing.assert_array_equal(split.labels, labels)


def test_a_folder_mixes_packed_and_plain_files(folder):
    packed = folder / f"{TEST_LABELS}.gz"
    (folder / TEST_LABELS).write_bytes(gzip.decompress(packed.read_bytes()))
    packed.unlink()
    assert len(load_mnist(folder).test) == 5


@pytest.mark.parametrize("name", MD5)
def test_a_missing_file(folder, name):
    (folder / f"{name}.gz").unlink()
    with refusal(folder, name, "no such file", "a file that can be read", "check its name and its folder"):
        load_mnist(folder)


def test_a_missing_folder(tmp_path):
    with refusal(tmp_path, "nowhere", "no such folder", "a folder of t10k", "put them there or name .*"):
        load_mnist(tmp_path / "nowhere")


@pytest.mark.parametrize("name", MD5)
def test_a_directory_instead_of_a_file(folder, name):
    path = folder / f"{name}.gz"
    path.unlink()
    path.mkdir()
    with refusal(folder, name, "no name of a file", "a file", "put or name a plain file"):
        load_mnist(folder)


@pytest.mark.parametrize("name", MD5)
@pytest.mark.parametrize("keep", [0, 1, 5, 20, -1])
def test_a_truncated_file(folder, name, keep):
    path = folder / f"{name}.gz"
    path.write_bytes(path.read_bytes()[:keep])
    with refusal(folder, name, "", ""):
        load_mnist(folder)


@pytest.mark.parametrize("name", MD5)
@pytest.mark.parametrize("cut", [0, 1, 4, 7, 8, 12, -1])
def test_a_file_cut_before_it_was_packed(folder, name, cut):
    content = gzip.decompress((folder / f"{name}.gz").read_bytes())
    repack(folder, name, content[:cut])
    with refusal(folder, name, "", ""):
        load_mnist(folder)


@pytest.mark.parametrize("name", MD5)
def test_bytes_too_many(folder, name):
    repack(folder, name, gzip.decompress((folder / f"{name}.gz").read_bytes()) + b"\0")
    with refusal(folder, name, "bytes of data", "items its header names"):
        load_mnist(folder)


@given(where=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7), name=st.sampled_from([*MD5]))
def test_a_flipped_bit_is_found_or_does_no_harm(tmp_path_factory, where, bit, name):
    folder = tmp_path_factory.getbasetemp() / "flipped"
    folder.mkdir(exist_ok=True)
    whole = load_mnist(write(folder, digits(12), digits(5, seed=1)))
    path = folder / f"{name}.gz"
    content = bytearray(path.read_bytes())
    content[int(where * len(content))] ^= 1 << bit
    path.write_bytes(content)
    try:
        flipped = load_mnist(folder)
    except DataError:
        return
    # The bit was in gzip's header, such as the time of packing.
    for one, other in zip(whole, flipped, strict=True):
        np.testing.assert_array_equal(one.images, other.images)
        np.testing.assert_array_equal(one.labels, other.labels)


def test_any_flipped_bit_is_found_by_the_checksum(course):
    path = course / f"{TRAIN_IMAGES}.gz"
    content = bytearray(path.read_bytes())
    content[4] ^= 1  # the time of packing: gzip itself does not mind
    path.write_bytes(content)
    with refusal(
        course, TRAIN_IMAGES, "SHA-256 [0-9a-f]{12}…", "[0-9a-f]{12}…", "run `git checkout -- data`"
    ):
        load_mnist(course)


@pytest.mark.parametrize(("one", "other"), [(TRAIN_IMAGES, TRAIN_LABELS), (TEST_IMAGES, TEST_LABELS)])
def test_images_and_labels_under_each_others_name(folder, one, other):
    one_path, other_path = folder / f"{one}.gz", folder / f"{other}.gz"
    images, labels = one_path.read_bytes(), other_path.read_bytes()
    one_path.write_bytes(labels)
    with refusal(folder, one, "a header of 00000801", "00000803", "exchange the names of the two files"):
        load_mnist(folder)
    one_path.write_bytes(images)
    other_path.write_bytes(images)
    with refusal(folder, other, "a header of 00000803", "00000801", "exchange the names of the two files"):
        load_mnist(folder)


def test_images_and_labels_of_different_numbers(folder):
    repack(folder, TEST_LABELS, idx(digits(4)[1]))
    with refusal(folder, TEST_LABELS, "4 labels", "one for each of the 5 images"):
        load_mnist(folder)


def test_a_label_10(folder):
    repack(folder, TEST_LABELS, idx(np.array([0, 1, 10, 2, 3], np.uint8)))
    with refusal(folder, TEST_LABELS, "a label 10", "digits 0 … 9"):
        load_mnist(folder)


@pytest.mark.parametrize("shape", [(5, 27, 28), (5, 28, 27), (5, 784, 1)])
def test_images_of_another_size(folder, shape):
    repack(folder, TEST_IMAGES, idx(np.zeros(shape, np.uint8)))
    with refusal(folder, TEST_IMAGES, rf"items of shape \({shape[1]}, {shape[2]}\)", r"\(28, 28\)"):
        load_mnist(folder)


@pytest.mark.parametrize("count", [0, 4, 6, 2**31, 2**32 - 1])
def test_a_header_that_claims_another_number(folder, count):
    claimed = bytes([0, 0, 8, 3]) + np.array([count, 28, 28], ">u4").tobytes()
    repack(folder, TEST_IMAGES, claimed + bytes(5 * 784))
    tracemalloc.start()
    try:
        with refusal(folder, TEST_IMAGES, "3,920 bytes of data", f"{count:,} items its header names"):
            load_mnist(folder)
        assert tracemalloc.get_traced_memory()[1] < 2 * LIMIT
    finally:
        tracemalloc.stop()


def test_too_few_images_to_validate(tmp_path):
    with refusal(write(tmp_path, digits(5), digits(1)), "", "5 training images", "6"):
        load_mnist(tmp_path)


@pytest.mark.parametrize("code", [0x09, 0x0B, 0x0D])  # signed bytes, 16-bit integers, floats
def test_items_that_are_no_bytes(folder, code):
    repack(folder, TEST_LABELS, bytes([0, 0, code, 1, 0, 0, 0, 5]) + bytes(5))
    with refusal(folder, TEST_LABELS, f"a header of 0000{code:02x}01", "00000801"):
        load_mnist(folder)


@pytest.mark.parametrize(
    ("content", "remedy"),
    [(b"", None), (b"<html>404 Not Found</html>", "download the file itself: .*"), (bytes(1000), None)],
)
def test_a_file_that_is_no_gzip(folder, content, remedy):
    (folder / f"{TRAIN_LABELS}.gz").write_bytes(content)
    with refusal(folder, TRAIN_LABELS, "", "", *filter(None, [remedy])):
        load_mnist(folder)


# Checksums


def test_wrong_checksums_are_found_in_any_folder(folder):
    sign(folder)
    assert len(load_mnist(folder).test) == 5
    repack(folder, TEST_LABELS, idx(np.zeros(5, np.uint8)))  # a right file, and another one
    with refusal(folder, TEST_LABELS, "SHA-256", "…"):
        load_mnist(folder)


@pytest.mark.parametrize("name", MD5)
def test_each_checksum_of_the_course_is_compared(course, name):
    sums = course / "SHA256SUMS"
    digest = hashlib.sha256((course / f"{name}.gz").read_bytes()).hexdigest()
    sums.write_text(sums.read_text().replace(digest, "0" * 64))
    with refusal(course, name, f"SHA-256 {digest[:12]}…", "000000000000…", "run `git checkout -- data`"):
        load_mnist(course)


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe", b"hello\n", b"one two three\n"])
def test_checksums_of_the_course_that_cannot_be_read(course, content):
    sums = course / "SHA256SUMS"
    sums.unlink()
    if content is not None:
        sums.write_bytes(content)
    with refusal(course, "SHA256SUMS", "", "", "run `git checkout -- data`"):
        load_mnist(course)


def test_checksums_elsewhere_may_be_absent_but_not_unreadable(folder):
    load_mnist(folder)
    (folder / "SHA256SUMS").write_bytes(b"\xff\xfe")
    with refusal(folder, "SHA256SUMS", "other text", "lines of `sha256sum`"):
        load_mnist(folder)


@pytest.mark.parametrize("name", MD5)
def test_a_broken_file_of_the_course_can_be_checked_out_again(course, name):
    (course / f"{name}.gz").unlink()
    with refusal(course, name, "no such file", "", "run `git checkout -- data`"):
        load_mnist(course)


SUMS = {
    "binary": lambda digest, name: f"{digest} *{name}\n",
    "with ./": lambda digest, name: f"{digest}  ./{name}\n",
    "upper case": lambda digest, name: f"{digest.upper()}  {name}\r\n",
    "of --tag": lambda digest, name: f"SHA256 ({name}) = {digest}\n",
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("form", SUMS)
def test_checksums_are_read_in_each_form_that_sha256sum_writes(folder, form, encoding):
    sign(folder)
    sums = dict(reversed(line.split()) for line in (folder / "SHA256SUMS").read_text().splitlines())
    text = "".join(SUMS[form](digest, name) for name, digest in sums.items())
    (folder / "SHA256SUMS").write_text(text, encoding)
    assert len(load_mnist(folder).test) == 5
    repack(folder, TEST_LABELS, idx(np.zeros(5, np.uint8)))
    with refusal(folder, TEST_LABELS, "SHA-256", "…"):
        load_mnist(folder)


def test_a_file_that_the_checksums_do_not_list_is_named(folder):
    sign(folder)
    lines = (folder / "SHA256SUMS").read_text().splitlines(keepends=True)
    (folder / "SHA256SUMS").write_text("".join(lines[:3]))
    with pytest.warns(UserWarning, match=f"does not list {TEST_LABELS}.gz: not checked; add them with"):
        load_mnist(folder)
    digest = hashlib.sha256((folder / f"{TEST_LABELS}.gz").read_bytes()).hexdigest()
    with open(folder / "SHA256SUMS", "a") as sums:  # as the sentence says
        sums.write(f"{digest}  {TEST_LABELS}.gz\n")
    load_mnist(folder)


# Memory


def test_the_same_files_give_the_same_splits_as_long_as_somebody_holds_them(folder):
    mnist = load_mnist(folder)
    for again in load_mnist(folder), load_mnist(str(folder)):
        assert all(one is other for one, other in zip(mnist, again, strict=True))
    repack(folder, TEST_LABELS, idx(np.zeros(5, np.uint8)))
    changed = load_mnist(folder)
    assert changed.train is mnist.train
    assert changed.test is not mnist.test
    assert not changed.test.labels.any()


def test_a_cell_run_ten_times_keeps_one_copy_of_the_images(folder):
    out = []  # as IPython keeps each cell's value
    for _ in range(10):
        mnist = load_mnist(folder)
        out.append(mnist.train.images[0])
    assert all(np.shares_memory(image, mnist.train.images) for image in out)
    held = weakref.ref(mnist.train)
    del mnist
    gc.collect()
    assert held() is None  # and nothing else keeps it


# Names and forms that people have


def dotted(name):
    return name.replace("-idx", ".idx")


NAMES = {
    "dots": lambda folder, path: path.rename(folder / dotted(path.name)),
    "upper case": lambda folder, path: path.rename(folder / path.name.upper()),
    "low dashes": lambda folder, path: path.rename(folder / path.name.replace("-", "_")),
    "plain with .gz": lambda folder, path: path.write_bytes(gzip.decompress(path.read_bytes())),
    "packed twice": lambda folder, path: path.write_bytes(gzip.compress(path.read_bytes())),
    "dots, unpacked": lambda folder, path: (folder / dotted(path.stem)).write_bytes(
        gzip.decompress(path.read_bytes())
    ),
    "deeper": lambda folder, path: path.rename(made(folder / "raw") / path.name),
    "a folder each": lambda folder, path: path.rename(made(folder / path.stem) / dotted(path.name)),
}


def made(folder):
    folder.mkdir(exist_ok=True)
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_the_four_files_are_found_by_the_names_that_people_have(folder, name):
    for path in list(folder.iterdir()):
        NAMES[name](folder, path)
        if name == "dots, unpacked":
            path.unlink()
    mnist = load_mnist(folder)
    np.testing.assert_array_equal(mnist.test.images, digits(5, seed=1)[0].reshape(5, 784))
    np.testing.assert_array_equal(mnist.test.labels, digits(5, seed=1)[1])


def test_two_folders_with_the_same_file_are_one_too_many(folder):
    for place in "fashion", "mnist":
        write(made(folder / place), digits(12), digits(5, seed=1))
    assert len(load_mnist(folder).test) == 5  # its own come first
    for name in MD5:
        (folder / f"{name}.gz").unlink()
    with refusal(folder, "", "fashion", "one of it", "name the folder that is meant"):
        load_mnist(folder)
    assert len(load_mnist(folder / "mnist").test) == 5


@pytest.mark.parametrize("pack", [np.savez, np.savez_compressed])
def test_mnist_as_keras_keeps_it_is_read(tmp_path, pack):
    (x_train, y_train), (x_test, y_test) = digits(12), digits(5, seed=1)
    pack(tmp_path / "mnist.npz", x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)
    for place in tmp_path, tmp_path / "mnist.npz":
        mnist = load_mnist(place)
        assert [len(split) for split in mnist] == [10, 2, 5]
        np.testing.assert_array_equal(mnist.test.images, x_test.reshape(5, 784))
        assert not mnist.test.images.flags.writeable
    pack(tmp_path / "mnist.npz", x_train=x_train / 255, y_train=y_train, x_test=x_test, y_test=y_test)
    with refusal(tmp_path, "mnist", "x_train float64", "of bytes"):
        load_mnist(tmp_path)
    pack(tmp_path / "mnist.npz", np.zeros(3))
    with refusal(
        tmp_path, "mnist", "arr_0, no x_test", "x_train, y_train, x_test, y_test of bytes", "write .*"
    ):
        load_mnist(tmp_path)


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("mnist_train.csv", "read it with np.loadtxt, .*mnet.Split"),
        ("mnist.pkl.gz", "give its path to mnet.read_pickle, which reads it"),
        ("emnist-letters-train-images-idx3-ubyte.gz", "take the four files of MNIST: .* transposed"),
        ("mnist.zip", "unpack it, and name the folder that it makes"),
        ("train-images-idx3-ubyte.zip", "unpack it"),
        ("train-images-idx3-ubyte.tar.gz", "unpack it"),
        ("train-images-idx3-ubyte-1.gz", "name it as one of these, .gz only where gzip packed it"),
        ("train-images-idx3-ubyte.gz.crdownload", "download it again: it did not come whole"),
    ],
)
def test_other_forms_are_refused_with_what_helps(folder, tmp_path_factory, name, remedy):
    alone = tmp_path_factory.mktemp("alone")
    (alone / name).write_bytes(b"whatever")
    for place in alone, alone / name:
        with refusal(alone, name, "data in another form", "t10k-images-idx3-ubyte.gz", remedy):
            load_mnist(place)
    (folder / name).write_bytes(b"whatever")
    assert len(load_mnist(folder).test) == 5  # all four are there
    (folder / f"{TRAIN_IMAGES}.gz").unlink()
    if name.startswith("train"):
        with refusal(folder, name, "data in another form", "t10k-images-idx3-ubyte.gz", remedy):
            load_mnist(folder)
    else:  # not what is missing
        with refusal(folder, f"{TRAIN_IMAGES}.gz", "no such file", "", "check its name and its folder"):
            load_mnist(folder)


def test_a_folder_without_any_of_them_and_one_of_them_for_its_folder(folder, tmp_path_factory):
    empty = tmp_path_factory.mktemp("empty")
    with refusal(
        empty, "", "none of the four files", "train-images", "put them there or name another folder"
    ):
        load_mnist(empty)
    with refusal(folder, f"{TRAIN_IMAGES}.gz", "another form", "", "name the folder that the file lies in"):
        load_mnist(folder / f"{TRAIN_IMAGES}.gz")


@pytest.mark.parametrize(
    ("labels", "found", "remedy"),
    [
        ([1, 10, 3, 4, 5], "labels 1 … 10", "write them anew as digits: 10 may stand for 0, .*"),
        ([1, 26, 3, 4, 5], "labels 1 … 26", "take MNIST's digits: these are letters, .*"),
    ],
)
def test_labels_that_are_no_digits_are_refused_with_what_helps(folder, labels, found, remedy):
    repack(folder, TEST_LABELS, idx(np.array(labels, np.uint8)))
    with refusal(folder, f"{TEST_LABELS}.gz", found, "digits 0 … 9", remedy):
        load_mnist(folder)


@pytest.mark.parametrize(
    ("content", "found", "remedy"),
    [
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
            "pointer of Git LFS",
            "run `git lfs pull` .*",
        ),
        (b"PK\3\4whatever", "another packing", "unpack it"),
        (b"\xfd7zXZ\0whatever", "another packing", "unpack it"),
        (b"<!DOCTYPE html>", "web page", "download the file itself: .*"),
        (idx(digits(5)[0]), "labels or images", "exchange the names of the two files"),
        (b"\1\x08\0\0\5\0\0\0abcde", "the wrong way round", "write .* big-endian"),
    ],
)
def test_what_lies_in_the_place_of_a_file_is_named(folder, content, found, remedy):
    (folder / f"{TEST_LABELS}.gz").write_bytes(content)
    with refusal(folder, f"{TEST_LABELS}.gz", found, "00000801", remedy):
        load_mnist(folder)


def test_without_the_courses_data_the_remedy_helps(folder, tmp_path, monkeypatch):
    monkeypatch.setattr("mnet.files.FOLDER", tmp_path / "moved" / "data")
    assert len(load_mnist(folder).test) == 5  # any other folder still does
    with refusal(tmp_path, "data/SHA256SUMS", "no such file", "", "run `git checkout -- data`"):
        load_mnist(tmp_path / "moved" / "data")


# Nielsen's mnist.pkl.gz


def groups(labels=np.int64, pixels=np.float32):
    return tuple(
        (images.reshape(-1, 784).astype(pixels) / 256, answers.astype(labels))
        for images, answers in (digits(n, seed=n) for n in (5, 4, 3))
    )


def assert_groups(mnist):
    for split, n in zip(mnist, (5, 4, 3), strict=True):
        images, labels = digits(n, seed=n)
        np.testing.assert_array_equal(split.images, images.reshape(-1, 784))
        np.testing.assert_array_equal(split.labels, labels)
        assert split.images.dtype == split.labels.dtype == np.uint8


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("pixels", [np.float32, np.float64])
@pytest.mark.parametrize("order", "CF")
def test_a_pickle_of_any_protocol_is_read(tmp_path, protocol, pixels, order):
    path = tmp_path / "mnist.pkl.gz"
    arrays = tuple((np.array(x, order=order), y) for x, y in groups(pixels=pixels))
    path.write_bytes(gzip.compress(pickle.dumps(arrays, protocol), 1))
    assert_groups(read_pickle(path))


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize(
    "form", [list, lambda pairs: [*map(list, pairs)], lambda pairs: (*map(list, pairs),)]
)
def test_lists_do_as_well_as_tuples(tmp_path, protocol, form):
    path = tmp_path / "mnist.pkl"
    path.write_bytes(pickle.dumps(form(groups()), protocol))
    assert_groups(read_pickle(path))


@pytest.mark.parametrize("labels", ["<i4", ">i8", "u1"])
def test_labels_of_any_width_are_read(tmp_path, labels):
    path = tmp_path / "mnist.pkl"
    path.write_bytes(pickle.dumps(groups(labels=labels), 2))
    assert_groups(read_pickle(path))


def python_2(array):
    """Return the opcodes that Python 2 writes for an array: its bytes, like all text, are a str."""
    code, raw = array.dtype.str[1:].encode(), array.tobytes()
    numbers = b"".join(b"J" + np.int32(n).tobytes() for n in array.shape)
    return (
        b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R"
        + (b"(K\x01" + numbers + [b"\x85", b"\x86"][array.ndim - 1])
        + (b"cnumpy\ndtype\nU\x02" + code + b"K\x00K\x01\x87R")
        + (b"(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb")
        + (b"\x89T" + np.uint32(len(raw)).tobytes() + raw + b"tb")
    )


def test_a_pickle_as_python_2_wrote_it_is_read(tmp_path):
    path = tmp_path / "mnist.pkl.gz"
    pairs = b"".join(python_2(images) + python_2(labels) + b"\x86" for images, labels in groups())
    content = b"\x80\x02" + pairs + b"\x87."
    np.testing.assert_array_equal(pickle.loads(content, encoding="latin1")[0][0], groups()[0][0])
    path.write_bytes(gzip.compress(content, 1))
    assert_groups(read_pickle(path))


def spoilt(change):
    """Return the groups with the first pair changed."""
    (images, labels), *rest = groups()
    return (change(images.copy(), labels.copy()), *rest)


def setting(array, value):
    array[0] = value
    return array


@pytest.mark.parametrize(
    "content",
    [
        (),
        groups()[:2],
        groups() * 2,
        tuple(pair[0] for pair in groups()),
        tuple((*pair, pair[1]) for pair in groups()),
        spoilt(lambda x, y: (y, x)),
        spoilt(lambda x, y: (x[1:], y)),
        spoilt(lambda x, y: (x[:, 1:], y)),
        spoilt(lambda x, y: (x.T, y)),
        spoilt(lambda x, y: (x.reshape(-1, 28, 28), y)),
        spoilt(lambda x, y: (x[:0], y[:0])),
        spoilt(lambda x, y: (setting(x, np.nan), y)),
        spoilt(lambda x, y: (setting(x, np.inf), y)),
        spoilt(lambda x, y: (setting(x, 3e38), y)),
        spoilt(lambda x, y: (setting(x, 1.0), y)),
        spoilt(lambda x, y: (setting(x, -0.1), y)),
        spoilt(lambda x, y: (x, setting(y, 10))),
        spoilt(lambda x, y: (x, setting(y, -1))),
        spoilt(lambda x, y: (x, setting(y, 259))),  # 3 as a byte
        spoilt(lambda x, y: (x, y + 0.5)),
        spoilt(lambda x, y: (x, y.astype(float))),
        spoilt(lambda x, y: (x, setting(y.astype(float), np.nan))),
        spoilt(lambda x, y: (x, y[:, None])),
        spoilt(lambda x, y: ((x * 256).astype(np.uint8), y)),
        spoilt(lambda x, y: (x.astype(object), y)),
        spoilt(lambda x, y: (x.tolist(), y)),
        spoilt(lambda x, y: (x, None)),
        {"train": 1},
        "hello",
        None,
        3,
    ],
)
def test_a_pickle_of_something_else_is_refused(tmp_path, content):
    path = tmp_path / "mnist.pkl"
    path.write_bytes(pickle.dumps(content, 2))
    with refusal(tmp_path, r"mnist\.pkl", ".", "."):
        read_pickle(path)


def test_numbers_too_large_to_scale_are_named(tmp_path):
    path = tmp_path / "mnist.pkl"
    path.write_bytes(pickle.dumps(spoilt(lambda x, y: (setting(x, 3e38), y)), 2))
    with refusal(tmp_path, r"mnist\.pkl", r"numbers from 0\.0 to 3\.\d*e\+38", "."):
        read_pickle(path)


@pytest.mark.parametrize("pixels", [np.float32, np.float64])
def test_a_pickle_of_pixels_over_255_is_read_too(tmp_path, pixels):
    path = tmp_path / "mnist.pkl"
    path.write_bytes(pickle.dumps([((x * 256 / 255).astype(pixels), y) for x, y in groups(pixels=float)], 2))
    assert_groups(read_pickle(path))


def test_numbers_of_neither_scale_are_refused_without_contradiction(tmp_path):
    path = tmp_path / "mnist.pkl"
    path.write_bytes(pickle.dumps(spoilt(lambda x, y: (setting(x, 1.0), y)), 2))
    with refusal(
        tmp_path, r"mnist\.pkl", r"numbers from 0\.0 to 1\.0", "pixel / 256 or / 255, and labels 0 … 9"
    ):
        read_pickle(path)


def test_a_pickle_of_too_many_groups_is_refused_before_they_are_converted(tmp_path):
    path = tmp_path / "mnist.pkl"
    path.write_bytes(pickle.dumps((groups()[0],) * 300, 2))  # the arrays are stored once
    with refusal(tmp_path, r"mnist\.pkl", "300 groups", "three pairs of images"):
        read_pickle(path)


def test_a_missing_pickle(tmp_path):
    wanted = "a file that can be read", "check its name and its folder"
    with refusal(tmp_path, r"mnist\.pkl\.gz", "no such file", *wanted):
        read_pickle(tmp_path / "mnist.pkl.gz")


@pytest.mark.parametrize("size", [1, 7, 10, 400, 401, 1000])
def test_deal_gives_the_columns_of_each_mini_batch(small, size):
    order = np.random.default_rng(0).permutation(1000)
    batches = [order[k : k + size] for k in range(0, 1000, size)]
    dealt = list(small.deal(batches))
    assert len(dealt) == len(batches)
    for (x, y), batch in zip(dealt, batches, strict=True):
        wanted_x, wanted_y = small.columns(batch)
        np.testing.assert_array_equal(x, wanted_x)
        np.testing.assert_array_equal(y, wanted_y)
        assert x.dtype == wanted_x.dtype


def test_deal_takes_mini_batches_of_any_sizes_and_none(small):
    batches = [[3], [1, 4, 1], range(5), [2]]
    assert [x.shape for x, _ in small.deal(batches)] == [(784, 1), (784, 3), (784, 5), (784, 1)]
    np.testing.assert_array_equal(list(small.deal(batches))[3][0], small.columns([2])[0])
    assert list(small.deal([])) == []


@pytest.mark.parametrize(("size", "most"), [(1, 400), (10, 400), (150, 300), (500, 500)])
def test_deal_makes_some_400_images_floats_at_a_time(small, monkeypatch, size, most):
    asked, columns = [], Split.columns
    monkeypatch.setattr(
        Split, "columns", lambda split, which: asked.append(len(which)) or columns(split, which)
    )
    list(small.deal([range(k, min(k + size, 1000)) for k in range(0, 1000, size)]))
    assert asked[0] == most
    assert sum(asked) == 1000
    assert max(asked) == most
