"""Reads and writes files, and trusts none: IDX, pickles and saved networks.

Not a lesson. Every reader here gives the right arrays or raises DataError; none runs code from a file
or takes more memory than LIMIT lets it. The writer replaces a file whole or not at all.
"""

import contextlib
import gzip
import hashlib
import io
import math
import os
import pickle
import pickletools
import zipfile
import zlib
from pathlib import Path
from typing import ClassVar

import numpy as np

LIMIT = 128 * 2**20  # bytes of one unpacked IDX file or network; MNIST's largest is 45 MiB
FOLDER = Path(__file__).resolve().parent.parent / "data"  # the course's own
PICKLE_LIMIT = 2 * LIMIT  # Nielsen's file keeps each pixel in four bytes: 210 MiB


class DataError(ValueError):
    """A file that does not hold what it should: says which, what was found and wanted, what to do."""

    def __init__(self, path, found, wanted, remedy=None):
        if remedy is None:
            ours = Path(path).resolve().parent == FOLDER
            remedy = "run `git checkout -- data`" if ours else "copy the file again from its source"
        found = " ".join(found.split())[:300]  # a broken file may have much to say
        super().__init__(f"{path}: found {found}, wanted {wanted}; to mend it, {remedy}.")


def read_bytes(path, limit=LIMIT, sha256=None):
    """Return what the file holds, unpacked if its name ends in .gz; `sha256` is of what lies there."""
    path = Path(path)
    try:
        with path.open("rb") as file:
            # Python makes room for all it is asked for, and a link to a device has no end.
            packed = file.read(min(path.stat().st_size, limit) + 1)
    except OSError as error:
        raise DataError(path, error.strerror.lower(), "a file that can be read") from None
    if len(packed) > limit:
        raise DataError(path, f"more than {limit:,} bytes", f"at most {limit:,}")
    if sha256 and (found := hashlib.sha256(packed).hexdigest()) != sha256:
        raise DataError(path, f"SHA-256 {found[:12]}…", f"{sha256[:12]}…")
    if path.suffix != ".gz":
        return packed
    try:
        content = gzip.GzipFile(fileobj=io.BytesIO(packed)).read(limit + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(path, f"no whole gzip file ({error})", "gzip") from None
    if len(content) > limit:
        raise DataError(path, f"more than {limit:,} bytes once unpacked", f"at most {limit:,}")
    return content


def read_checksums(folder):
    """Return {file name: SHA-256} from the folder's SHA256SUMS, the format of `sha256sum`."""
    path = folder / "SHA256SUMS"
    if folder.resolve() != FOLDER and not path.exists():
        return {}
    try:
        sums = {name: digest for digest, name in map(str.split, read_bytes(path).decode().splitlines())}
        if folder.resolve() == FOLDER and len(sums) < 4:
            raise DataError(path, f"{len(sums)} checksums", "one for each of the four files")
        return sums
    except ValueError as error:
        raise (
            error if isinstance(error, DataError) else DataError(path, "other text", "lines of `sha256sum`")
        ) from None


def read_idx(path, item_shape, sha256=None):
    """Return the (n, *item_shape) uint8 array of an IDX file: a header of big-endian integers, then bytes."""
    content = read_bytes(path, sha256=sha256)
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


class _Array:
    """Stands in for numpy.ndarray while a pickle is read: no code of NumPy's sees the file's bytes."""

    def __init__(self, *_):
        self.value = None

    def __setstate__(self, state):
        _, shape, dtype, fortran, raw = state
        raw = raw.encode("latin1") if isinstance(raw, str) else raw
        self.value = np.frombuffer(raw, dtype.value).reshape(shape, order="F" if fortran else "C")


class _Dtype:
    """Stands in for numpy.dtype: plain numbers only."""

    def __init__(self, code, *_):
        if not isinstance(code, str) or code not in ("f4", "f8", "u1", "i4", "i8"):
            # The repr of nested tuples can be endless too: only a string is named.
            raise pickle.UnpicklingError(f"an array of {code if isinstance(code, str) else type(code)}")
        self.value = np.dtype(code)

    def __setstate__(self, state):
        self.value = self.value.newbyteorder(state[1])


class _Bytes:
    """Stands in for _codecs.encode, which Python 3 writes for bytes in old protocols."""

    def __new__(cls, text, encoding):
        if encoding != "latin1":
            raise pickle.UnpicklingError("another encoding than latin1")
        return text.encode("latin1")


class _FromBuffer:
    """Stands in for the function that makes an array from a buffer, in protocol 5."""

    def __new__(cls, buffer, dtype, shape, order):
        array = _Array()
        array.__setstate__((1, shape, dtype, order == "F", buffer))
        return array


class _Unpickler(pickle.Unpickler):
    admitted: ClassVar = {
        ("numpy", "ndarray"): _Array,
        ("numpy", "dtype"): _Dtype,
        ("numpy.core.multiarray", "_reconstruct"): _Array,  # NumPy 1
        ("numpy._core.multiarray", "_reconstruct"): _Array,  # NumPy 2
        ("numpy.core.numeric", "_frombuffer"): _FromBuffer,
        ("numpy._core.numeric", "_frombuffer"): _FromBuffer,
        ("_codecs", "encode"): _Bytes,
    }

    def find_class(self, module, name):
        if (module, name) not in self.admitted:
            raise pickle.UnpicklingError(f"a call of {module}.{name}")
        return self.admitted[module, name]


def read_pickled_arrays(path):
    """Return the tuple of tuples of arrays pickled in a file, as nested tuples; nothing else is admitted."""
    content = read_bytes(path, limit=PICKLE_LIMIT)
    wanted = "a pickle of NumPy arrays"
    try:
        # An array takes some 30 opcodes. A longer pickle, or one that numbers its memo from the
        # millions, is after the memory: the opcodes are counted before any is obeyed.
        for count, (opcode, argument, _) in enumerate(pickletools.genops(content)):
            if count > 1000 or ("PUT" in opcode.name and int(argument) > 1000):
                raise DataError(path, "more than 1,000 steps", wanted)
            # Arrays need none of these: to hash nested tuples can take for ever, and a dict can set
            # attributes of a stand-in itself.
            if any(word in opcode.name for word in ("DICT", "SET", "EXT")):
                raise DataError(path, f"the step {opcode.name}", wanted)
        # The contents are unknown: stand-ins raise whatever their abuse makes them raise.
        groups = _Unpickler(io.BytesIO(content), encoding="latin1").load()
        return tuple(tuple(_value(array) for array in group) for group in groups)
    except DataError:
        raise
    except Exception as error:
        raise DataError(path, f"{error or type(error).__name__}", wanted) from None


def _value(array):
    if not isinstance(array, _Array) or array.value is None:
        raise pickle.UnpicklingError(f"a {type(array).__name__} where an array should be")
    return array.value


def read_npz(path):
    """Return the arrays of an .npz file by name; pickled objects are refused."""
    wanted = "a network saved by mnet"
    try:
        with zipfile.ZipFile(io.BytesIO(read_bytes(path))) as archive:
            items = archive.infolist()
            # `save` packs nothing; a bomb must, or name the same bytes again and again.
            if any(item.compress_type for item in items) or sum(item.file_size for item in items) > LIMIT:
                raise DataError(path, f"packed arrays or more than {LIMIT:,} bytes", wanted)
            return {item.filename.removesuffix(".npy"): _read_npy(archive.read(item)) for item in items}
    except DataError:
        raise
    except Exception as error:  # zipfile and NumPy raise a dozen kinds on a broken file
        raise DataError(path, f"no readable .npz ({error})", wanted, "train and save it again") from None


def _read_npy(content):
    """Return the array, once what its header claims agrees with what is there: NumPy allocates first."""
    file = io.BytesIO(content)
    np.lib.format.read_magic(file)
    shape, _, dtype = np.lib.format.read_array_header_1_0(file)
    if not dtype.itemsize or math.prod(shape) * dtype.itemsize != len(content) - file.tell():
        raise ValueError(f"its header claims {dtype} {shape}")
    file.seek(0)
    return np.lib.format.read_array(file, allow_pickle=False)


def write_whole(path, write):
    """Call write(file) on a file beside `path`, then rename it: a stop leaves the old file or the new."""
    path = Path(path)
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
