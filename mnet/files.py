"""Reads and writes files, and trusts none: IDX, pickles and saved networks.

Not a lesson. Every reader here gives the right arrays or raises DataError; none runs code from a file
or takes more than 200 MB, whatever the file claims. The writer replaces a file whole or not at all.
"""

import contextlib
import gzip
import hashlib
import math
import os
import pickletools
import stat
import struct
import warnings
import zipfile
import zlib
from pathlib import Path

import numpy as np

LIMIT = 128 * 2**20  # bytes of a saved network
IDX_LIMIT = LIMIT // 2  # bytes of an unpacked IDX file, or pixels of a pickle; MNIST's largest is 45 MiB
PICKLE_LIMIT = 4 * LIMIT  # bytes of an unpacked pickle, read in passing: Nielsen's file takes 210 MiB
HERE = Path(__file__).resolve().parent
COURSE = HERE / "course" if (HERE / "course").is_dir() else HERE.parent  # in a wheel, or the repository
FOLDER = COURSE / "data"  # the course's own
OUR_REMEDY = "install mnet again" if COURSE.parent == HERE else "run `git checkout -- data`"
FOUR = {f"{part}-{kind}-ubyte.gz" for part in ("train", "t10k") for kind in ("images-idx3", "labels-idx1")}


class DataError(ValueError):
    """A file that does not hold what it should: says which, what was found and wanted, what to do."""

    def __init__(self, path, found, wanted, remedy=None):
        if remedy is None:
            ours = is_ours(Path(path).parent)
            remedy = OUR_REMEDY if ours else "copy the file again from its source"
        found = " ".join(found.split())[:300]  # a broken file may have much to say
        super().__init__(f"{str(path)[-300:]}: found {found}, wanted {wanted}; to mend it, {remedy}.")


def is_ours(folder):
    """Return whether this is the folder of the course's own data, by whatever name."""
    return os.path.exists(folder) and os.path.samefile(folder, FOLDER)


@contextlib.contextmanager
def opened(path, limit, sha256=None):
    """Open a file of at most `limit` bytes, and unpack it if its name ends in .gz.

    `sha256` is of what lies there. What goes wrong while the file is read is a DataError too.
    """
    path = Path(path)
    try:
        if "\0" in str(path) or not stat.S_ISREG(path.stat().st_mode):  # a pipe or a device may have no end
            raise DataError(path, "no name of a file, or a folder or a device", "a file")
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size > limit:
                raise DataError(path, f"more than {limit:,} bytes", f"at most {limit:,}")
            if sha256 and (found := hashlib.file_digest(file, "sha256").hexdigest()) != sha256:
                raise DataError(path, f"SHA-256 {found[:12]}…", f"{sha256[:12]}…")
            file.seek(0)
            yield gzip.GzipFile(fileobj=file) if path.suffix == ".gz" else file
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(path, f"no whole gzip file ({error})", "gzip") from None
    except OSError as error:
        raise DataError(path, (error.strerror or str(error)).lower(), "a file that can be read") from None


def read_bytes(path, limit=IDX_LIMIT, sha256=None):
    """Return what the file holds, unpacked if its name ends in .gz; `sha256` is of what lies there."""
    with opened(path, limit, sha256) as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise DataError(path, f"more than {limit:,} bytes once unpacked", f"at most {limit:,}")
    return content


def find(folder, name):
    """Return the path of a file that may be packed; the packed one where there are both, or neither."""
    packed, plain = folder / f"{name}.gz", folder / name
    return plain if os.path.exists(plain) and not os.path.exists(packed) else packed


def read_checksums(folder):
    """Return {file name: SHA-256} from the folder's SHA256SUMS, the format of `sha256sum`."""
    path = folder / "SHA256SUMS"
    if not is_ours(folder) and not os.path.exists(path):
        return {}
    try:
        sums = {name: digest for digest, name in map(str.split, read_bytes(path).decode().splitlines())}
        if is_ours(folder) and not sums.keys() >= FOUR:
            raise DataError(path, f"{len(sums)} checksums", f"one for each of {', '.join(sorted(FOUR))}")
        return sums
    except ValueError as error:
        raise (
            error if isinstance(error, DataError) else DataError(path, "other text", "lines of `sha256sum`")
        ) from None


def read_idx(path, item_shape, sha256=None):
    """Return the (n, *item_shape) uint8 array of an IDX file: a header of big-endian integers, then bytes."""
    # As many items as IDX_LIMIT holds images: three such files are open at a time.
    content = read_bytes(path, IDX_LIMIT * math.prod(item_shape) // 784, sha256)
    header = (
        np.frombuffer(content[: 8 + 4 * len(item_shape)], ">u4")
        if len(content) >= 8 + 4 * len(item_shape)
        else None
    )
    if header is None or header[0] != 0x801 + len(item_shape):
        raise DataError(
            path, f"a header of {content[:4].hex() or 'no bytes'}", f"{0x801 + len(item_shape):08x}"
        )
    shape = tuple(int(n) for n in header[1:])
    if shape[1:] != item_shape:
        raise DataError(path, f"items of shape {shape[1:]}", f"{item_shape}")
    body = np.frombuffer(content, np.uint8, offset=header.nbytes)  # read-only: the data cannot be spoilt
    if shape[0] < 1 or body.size != np.prod(shape, dtype=object):
        raise DataError(path, f"{body.size:,} bytes of data", f"the {shape[0]:,} items its header names")
    return body.reshape(shape)


# Pickles. A pickle is a program, and Python's reader of pickles is a machine that can be made to run
# anything. Here is a machine that knows what arrays take and nothing else: numbers, text, tuples, lists, and
# the names of _ADMITTED, each of which stands for a class below and not for NumPy's.


class _Text:
    """A file that gives away 4 MiB in all: only the bytes of arrays, which are skipped, take more."""

    def __init__(self, file):
        self.file, self.left = file, 2**22

    def read(self, n):
        self.left -= n
        if self.left < 0:
            raise ValueError("more than 4 MiB of text")
        return self.file.read(n)

    def readline(self):
        line = self.file.readline(self.left + 1)
        self.left -= len(line)
        if self.left < 0:
            raise ValueError("more than 4 MiB of text")
        return line


class _Raw:
    """Bytes that stay in the file until they are asked for."""

    def __init__(self, file, length):
        self.file, self.start, self.length = file, file.tell(), length
        if self.start + length > PICKLE_LIMIT or file.seek(length, os.SEEK_CUR) < self.start + length:
            raise ValueError(f"text of {length:,} bytes")

    def __len__(self):
        return self.length

    def __getitem__(self, piece):
        self.file.seek(self.start + piece.start)
        return self.file.read(min(piece.stop, self.length) - piece.start)


class _Dtype:
    """Stands in for numpy.dtype: plain numbers only."""

    def __init__(self, code, *_):
        if not isinstance(code, str) or code not in ("f4", "f8", "u1", "i4", "i8"):
            # The repr of nested tuples can be endless: only a string is named.
            raise ValueError(f"an array of {code if isinstance(code, str) else type(code)}")
        self.value = np.dtype(code)

    def build(self, state):
        self.value = self.value.newbyteorder(state[1])


class _Array:
    """Stands in for numpy.ndarray: what a pickle says of an array, and where its bytes are."""

    size = 0

    def __init__(self, *_):
        self.raw = None

    def build(self, state):
        _, shape, dtype, self.fortran, raw = state
        self.shape = tuple(shape)  # a list could grow later
        if self.fortran not in (0, 1) or not all(
            type(n) is int and 0 <= n <= PICKLE_LIMIT for n in self.shape
        ):
            raise ValueError("an array of another shape or order")
        self.raw, self.dtype = raw.encode("latin1") if isinstance(raw, str) else raw, dtype.value
        self.size = math.prod(self.shape)
        if self.size * self.dtype.itemsize != len(self.raw):
            raise ValueError(f"{len(self.raw):,} bytes for {self.size:,} numbers")

    def map(self, function):
        """Return function(array) as bytes, computed a block at a time: the whole takes little memory."""
        result, block = np.empty(self.size, np.uint8), 2**16
        for k in range(0, self.size, block):
            raw = self.raw[k * self.dtype.itemsize : (k + block) * self.dtype.itemsize]
            result[k : k + block] = function(np.frombuffer(raw, self.dtype))
        return result.reshape(self.shape, order="F" if self.fortran else "C")


def _bytes(text, encoding):
    """Stand in for _codecs.encode, which Python 3 writes for bytes in old protocols."""
    if encoding != "latin1":
        raise ValueError("another encoding than latin1")
    return text.encode("latin1")


def _from_buffer(buffer, dtype, shape, order):
    """Stand in for the function that makes an array from a buffer, in protocol 5."""
    array = _Array()
    array.build((1, shape, dtype, order == "F", buffer))
    return array


_ADMITTED = {
    "numpy ndarray": _Array,
    "numpy dtype": _Dtype,
    "numpy.core.multiarray _reconstruct": _Array,  # NumPy 1
    "numpy._core.multiarray _reconstruct": _Array,  # NumPy 2
    "numpy.core.numeric _frombuffer": _from_buffer,
    "numpy._core.numeric _frombuffer": _from_buffer,
    "_codecs encode": _bytes,
}
_STEPS = 1000  # a pickle of three pairs takes some 200
_VALUES = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_FLAGS = {b"00\n": False, b"01\n": True}  # how protocol 0 writes them, as an INT
_NUMBERS = {"INT", "LONG", "BININT", "BININT1", "BININT2", "LONG1", "LONG4"}
_TEXTS = {"STRING", "SHORT_BINSTRING", "SHORT_BINBYTES", "UNICODE"}
_TEXTS |= {"BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"}
_RAWS = {"BINSTRING": 4, "BINBYTES": 4, "BINBYTES8": 8, "BYTEARRAY8": 8}  # name: bytes of the length
_TUPLES = {"EMPTY_TUPLE": 0, "TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}


def _unpickle(file):
    """Return what the pickle in `file` makes, of _Arrays, tuples, lists, numbers and text."""
    text, stack, below, memo = _Text(file), [], [], {}  # below: the stacks that a mark has covered
    start = frame = 0  # where the step begins, and where the frame ends that it may be in
    for _ in range(_STEPS):
        if start < frame < file.tell():
            raise ValueError("a step across the end of its frame")
        start = file.tell()
        step = pickletools.code2op.get(text.read(1).decode("latin1"))
        if step is None:
            raise ValueError("no pickle")
        name = step.name
        if name in _RAWS:
            stack.append(_Raw(file, int.from_bytes(text.read(_RAWS[name]), "little")))
            continue
        if name in ("INT", "LONG"):  # pickletools reads 011 as 11, pickle refuses it
            line = text.readline()
            flag = _FLAGS.get(line) if name == "INT" else None
            argument = int(line.removesuffix(b"L\n"), 0) if flag is None else flag
        else:
            argument = step.arg.reader(text) if step.arg else None
        if name in _NUMBERS or name in _TEXTS:
            stack.append(argument)
        elif name in _VALUES:
            stack.append(_VALUES[name])
        elif name == "MARK":
            below.append(stack)
            stack = []
        elif name == "TUPLE":
            items, stack = stack, below.pop()
            stack.append(tuple(items))
        elif name in ("LIST", "APPENDS"):
            items, stack = stack, below.pop()
            _extend(stack, items) if name == "APPENDS" else stack.append(items)
        elif name == "EMPTY_LIST":
            stack.append([])
        elif name == "APPEND":
            _extend(stack, _pop(stack, 1))
        elif name in _TUPLES:
            stack.append(tuple(_pop(stack, _TUPLES[name])))
        elif name in ("PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE"):
            if (number := len(memo) if name == "MEMOIZE" else argument) < 0:
                raise ValueError("a memo below 0")
            memo[number] = stack[-1]
        elif name in ("GET", "BINGET", "LONG_BINGET"):
            stack.append(memo[argument])
        elif name in ("GLOBAL", "STACK_GLOBAL"):
            stack.append(_named(argument or " ".join(_pop(stack, 2))))
        elif name == "REDUCE":
            function, arguments = _pop(stack, 2)
            stack.append(function(*arguments))
        elif name == "BUILD":
            (state,) = _pop(stack, 1)
            stack[-1].build(state)
        elif name == "STOP":
            return stack.pop()
        elif name == "PROTO" and argument > 5:  # the newest that there is
            raise ValueError(f"the protocol {argument}")
        elif name == "FRAME":
            if file.tell() < frame or argument > PICKLE_LIMIT:
                raise ValueError("a frame within another or beyond the end")
            frame = file.tell() + argument
        elif name != "PROTO":
            raise ValueError(f"the step {name}")
    raise ValueError(f"more than {_STEPS:,} steps")


def _pop(stack, n):
    if n > len(stack):
        raise ValueError("a step that takes what is not there")
    taken = stack[len(stack) - n :]
    del stack[len(stack) - n :]
    return taken


def _extend(stack, items):
    if type(stack[-1]) is not list:
        raise ValueError("a step that adds to what is no list")
    stack[-1].extend(items)


def _named(name):
    if name not in _ADMITTED:
        raise ValueError(f"a call of {name.replace(' ', '.')}")
    return _ADMITTED[name]


@contextlib.contextmanager
def pickled_arrays(path, wanted):
    """Open a pickle of groups of arrays, in tuples or lists, and give it; DataError for all else."""
    with opened(path, PICKLE_LIMIT) as file:
        try:
            groups = _unpickle(file)
            while file.read(2**20):  # the checksum of a gzip file is at its end
                if file.tell() > PICKLE_LIMIT:
                    raise ValueError(f"more than {PICKLE_LIMIT:,} bytes once unpacked")
            arrays = [array for group in groups for array in group]
            if not all(isinstance(array, _Array) and array.raw is not None for array in arrays):
                raise ValueError("other things than arrays")
            if sum(array.size for array in arrays) > IDX_LIMIT:
                raise ValueError(f"more than {IDX_LIMIT:,} numbers")
            yield groups
        except (OSError, EOFError, zlib.error):
            raise
        except Exception as error:  # an abused step raises whatever its abuse makes it raise
            raise DataError(path, str(error) or type(error).__name__, wanted) from None


def read_npz(path):
    """Return the arrays of an .npz file by name; pickled objects are refused."""
    wanted = "a network saved by mnet"
    with opened(path, LIMIT) as file:
        try:
            if file.read(4) != b"PK\3\4":
                raise ValueError("another beginning than a .npz has")
            # Python reads the list of contents whole: it must be short, and end the file as `save` ends it.
            file.seek(-42, os.SEEK_END)
            large, end, length = struct.unpack("<4s16x4s8xI6x", file.read())
            if large == b"PK\6\7" or end != b"PK\5\6" or length > 2**20:
                raise ValueError("no short list of contents at its end")
            with zipfile.ZipFile(file) as archive:
                items = archive.infolist()
                # `save` packs nothing; a bomb must, or name the same bytes again and again.
                if any(item.compress_type for item in items) or sum(item.file_size for item in items) > LIMIT:
                    raise ValueError(f"packed arrays or more than {LIMIT:,} bytes")
                return {item.filename.removesuffix(".npy"): _read_npy(archive, item) for item in items}
        except Exception as error:  # zipfile and NumPy raise a dozen kinds on a broken file
            raise DataError(path, f"no readable .npz ({error})", wanted, "train and save it again") from None


def _read_npy(archive, item):
    """Return the array, once what its header claims agrees with what is there: NumPy allocates first."""
    with archive.open(item) as file, warnings.catch_warnings():
        warnings.simplefilter("error")  # NumPy warns of headers that Python 2 wrote: none is ours
        np.lib.format.read_magic(file)
        shape, _, dtype = np.lib.format.read_array_header_1_0(file)
        if not dtype.itemsize or math.prod(shape) * dtype.itemsize != item.file_size - file.tell():
            raise ValueError(f"its header claims {dtype} {shape}")
    with archive.open(item) as file:  # anew: where one seeks, no checksum is compared
        return np.lib.format.read_array(file, allow_pickle=False)


def write_whole(path, write):
    """Call write(file) on a file beside `path`, then rename it: a stop leaves the old file or the new."""
    path = Path(path)
    if "\0" in str(path) or not path.name:
        raise DataError(path, "no name of a file", "one", "choose another path")
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(beside, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError as error:
        raise DataError(
            path,
            f"that it cannot be written ({error.strerror})",
            "room for it",
            "free some or choose another path",
        ) from None
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()
