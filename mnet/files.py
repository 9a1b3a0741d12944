"""Reads and writes files, and trusts none: IDX and saved networks.

Not a lesson. Every reader here gives the right arrays or raises DataError; none runs code from a file
or takes more than 200 MB, whatever the file claims. The writer replaces a file whole or not at all.
"""

import contextlib
import errno
import gzip
import hashlib
import math
import os
import re
import secrets
import stat
import struct
import warnings
import zipfile
import zlib
from pathlib import Path

import numpy as np

LIMIT = 128 * 2**20  # bytes of a saved network
IDX_LIMIT = LIMIT // 2  # bytes of an unpacked IDX file, or pixels of a pickle; MNIST's largest is 45 MiB
HERE = Path(__file__).resolve().parent
COURSE = HERE / "course" if (HERE / "course").is_dir() else HERE.parent  # in a wheel, or the repository
FOLDER = COURSE / "data"  # the course's own
if COURSE.parent == HERE:
    OUR_REMEDY = "install mnet again"
elif (COURSE / ".git").exists():
    OUR_REMEDY = "run `git checkout -- data`"
else:  # an archive, unpacked
    OUR_REMEDY = "download the course again, or give another folder with --data or load_mnist(FOLDER)"
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
    if os.path.exists(folder) and os.path.exists(FOLDER):
        return os.path.samefile(folder, FOLDER)
    return os.path.realpath(folder) == os.path.realpath(FOLDER)


@contextlib.contextmanager
def opened(path, limit, sha256=None):
    """Open a file of at most `limit` bytes, and unpack it if it is packed, once or twice, whatever its name.

    `sha256` is of what lies there. What goes wrong while the file is read is a DataError too.
    """
    path = Path(path)
    try:
        if "\0" in str(path) or not stat.S_ISREG(path.stat().st_mode):  # a pipe or a device may have no end
            found = "no name of a file, or a folder or a device"
            raise DataError(path, found, "a file", "put or name a plain file")
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size > limit:
                raise DataError(path, f"more than {limit:,} bytes", f"at most {limit:,}")
            if sha256 and (found := hashlib.file_digest(file, "sha256").hexdigest()) != sha256:
                raise DataError(path, f"SHA-256 {found[:12]}…", f"{sha256[:12]}…")
            file.seek(0)
            yield _unpacked(_unpacked(file))
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(path, f"no whole gzip file ({error})", "gzip") from None
    except OSError as error:
        remedy = None if is_ours(path.parent) else _REMEDIES.get(error.errno)
        found = (error.strerror or str(error)).lower()
        raise DataError(path, found, "a file that can be read", remedy) from None


_REMEDIES = {
    errno.ENOENT: "check its name and its folder",
    errno.EACCES: "give yourself permission to read it",
}


def _unpacked(file):
    """Return the file, or what gzip packed in it."""
    head = file.read(18)  # no packed file is shorter
    file.seek(0)
    return gzip.GzipFile(fileobj=file, mode="rb") if head[:3] == b"\x1f\x8b\x08" and len(head) == 18 else file


def read_bytes(path, limit=IDX_LIMIT, sha256=None):
    """Return what the file holds, unpacked if it is packed; `sha256` is of what lies there."""
    with opened(path, limit, sha256) as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise DataError(path, f"more than {limit:,} bytes once unpacked", f"at most {limit:,}")
    return content


def find(folder, name):
    """Return the path of one of the four files: packed or not, a dot or _ for its dash, in any case.

    It may lie one folder deeper. By its own name, packed, it comes first, and where there is none at all.
    """
    packed = folder / f"{name}.gz"

    def meant(path):
        return re.sub("[._]", "-", path.name.lower().removesuffix(".gz")) == name and not path.is_dir()

    for pattern in "*", "*/*":
        found = []
        with contextlib.suppress(OSError, ValueError):  # whoever opens the file says so
            found = sorted(filter(meant, folder.glob(pattern)))
        if len({path.parent for path in found}) > 1:
            places = ", ".join(str(path.parent) for path in found)
            raise DataError(folder, f"{name} in {places}", "one of it", "name the folder that is meant")
        if found:
            return min(found, key=lambda path: [path.name != packed.name, path.name != name])
    return packed


_SUM = re.compile(r"\\?([0-9a-fA-F]{64}) [ *](.+)|SHA256 \((.+)\) = ([0-9a-f]{64})")


def read_checksums(folder):
    """Return {file name: SHA-256} from the folder's SHA256SUMS, as any option of `sha256sum` writes it."""
    path = folder / "SHA256SUMS"
    if not is_ours(folder) and not os.path.exists(path):
        return {}
    content = read_bytes(path)
    try:  # PowerShell writes UTF-16
        encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        lines = content.decode(encoding).split("\n")
        found = [_SUM.fullmatch(line.strip()).groups() for line in lines if line.strip()]
        if content and not found:
            raise ValueError("no line")
    except (ValueError, AttributeError):
        raise DataError(path, "other text", "lines of `sha256sum`") from None
    sums = {Path(name or tagged).name: (digest or tag).lower() for digest, name, tagged, tag in found}
    if is_ours(folder) and not sums.keys() >= FOUR:
        raise DataError(path, f"{len(sums)} checksums", f"one for each of {', '.join(sorted(FOUR))}")
    return sums


def checksums_for(path, folder):
    """Return the checksums that lie beside a file or in the folder above it."""
    return read_checksums(folder) | read_checksums(path.parent)


def read_idx(path, item_shape, sha256=None):
    """Return the (n, *item_shape) uint8 array of an IDX file: a header of big-endian integers, then bytes."""
    # As many items as IDX_LIMIT holds images: three such files are open at a time.
    content = read_bytes(path, IDX_LIMIT * math.prod(item_shape) // 784, sha256)
    magic, start = 0x801 + len(item_shape), 8 + 4 * len(item_shape)  # the body starts behind the header
    own = int.from_bytes(content[:4], "big") == magic
    if len(content) < start or not own:
        others = [] if own else [other for begin, *other in _OTHERS if content.startswith(begin)]
        what, remedy = others[0] if others else ("", None)
        found = f"a header of {content[:4].hex() or 'no bytes'}{what}"
        raise DataError(path, found, f"{magic:08x}", remedy)
    n, *shape = struct.unpack_from(f">{1 + len(item_shape)}I", content, 4)
    if tuple(shape) != item_shape:
        raise DataError(path, f"items of shape {tuple(shape)}", f"{item_shape}")
    body = np.frombuffer(content, np.uint8, offset=start)  # read-only: the data cannot be spoilt
    if n < 1 or body.size != n * math.prod(item_shape):
        raise DataError(path, f"{body.size:,} bytes of data", f"the {n:,} items its header names")
    return body.reshape(n, *item_shape)


_OTHERS = [  # how begins what often lies in the place of a file, what it is, and the remedy
    (b"version https://git-lfs", ", as of a pointer of Git LFS", "run `git lfs pull` in its repository"),
    ((b"PK\3\4", b"\xfd7zX", b"BZh"), ", as of another packing than gzip", "unpack it"),
    (b"<", ", as of a web page", "download the file itself: what lies here is a page about it"),
    (b"\0\0\x08", ", as of labels or images", "exchange the names of the two files"),
    ((b"\3\x08", b"\1\x08"), ", the wrong way round", "write each number of the header big-endian"),
]


def read_pair(folder, part):
    """Return the images (n, 784) and labels (n,) of "train" or "t10k"."""
    paths = [find(folder, f"{part}-{kind}-ubyte") for kind in ("images-idx3", "labels-idx1")]
    sums = [checksums_for(path, folder).get(path.name) for path in paths]
    x, y = (
        read_idx(path, item, sha256) for path, item, sha256 in zip(paths, [(28, 28), ()], sums, strict=True)
    )
    refuse_pair(paths[1], x, y)
    return x.reshape(len(x), 784), y


def refuse_pair(path, x, y):
    """Raise DataError unless the labels of that file fit the images, and are digits."""
    if len(x) != len(y):
        raise DataError(path, f"{len(y):,} labels", f"one for each of the {len(x):,} images")
    if y.max() > 9:
        found = f"labels {y.min()} … {y.max()}" if y.min() else f"a label {y.max()}"
        remedy = None
        if y.min() == 1 and y.max() == 10:
            remedy = "write them anew as digits: 10 may stand for 0, or each be one too large"
        elif y.min() == 1:
            remedy = "take MNIST's digits: these are letters, as EMNIST's, whose pictures lie transposed"
        raise DataError(path, found, "digits 0 … 9", remedy)


def read_keras(path):
    """Return the two pairs of images (n, 784) and labels (n,) in Keras' mnist.npz."""
    parts, wanted = read_npz(path, _KERAS, "download it again", packed=True), []
    if missed := {"x_train", "y_train", "x_test", "y_test"} - parts.keys():
        found = f"{', '.join(parts) or 'nothing'}, no {', '.join(sorted(missed))}"[:200]
        raise DataError(path, found, _KERAS, "write it anew with these names, as np.savez does")
    for part in "train", "test":
        x, y = parts[f"x_{part}"], parts[f"y_{part}"]
        if (x.dtype, y.dtype) != (np.uint8, np.uint8) or x.shape[1:] != (28, 28) or y.ndim != 1 or not len(x):
            raise DataError(path, f"x_{part} {x.dtype} {x.shape}, y_{part} {y.dtype} {y.shape}", _KERAS)
        refuse_pair(path, x, y)
        wanted.append((x.reshape(len(x), 784), y))
    for array in (array for pair in wanted for array in pair):
        array.setflags(write=False)  # as of the four files
    return wanted


_KERAS = "x_train, y_train, x_test, y_test of bytes, images (n, 28, 28)"


def read_pairs(folder):
    """Return (images, labels) of the training and of the test, from a folder or from Keras' mnist.npz."""
    try:
        folder.stat()
    except (OSError, ValueError) as error:  # a name that no system takes; what is missing is said below
        if not isinstance(error, (FileNotFoundError, NotADirectoryError)):
            why = getattr(error, "strerror", None) or str(error)
            raise DataError(folder, why, "a folder of MNIST", "name another folder") from None
    if folder.suffix == ".npz" and not folder.is_dir():
        return read_keras(folder)
    there = {path for name in FOUR if (path := find(folder, name.removesuffix(".gz"))).exists()}
    if not there and (folder / "mnist.npz").is_file():
        return read_keras(folder / "mnist.npz")
    if len(there) < len(FOUR):
        refuse_others(folder, there)
    pairs = [read_pair(folder, part) for part in ("train", "t10k")]
    warn_of_unlisted(folder)
    return pairs


def warn_of_unlisted(folder):
    """Warn of those of the four files that a SHA256SUMS is there for, but does not name."""
    paths = [find(folder, name.removesuffix(".gz")) for name in sorted(FOUR)]
    sums = [(path.name, checksums_for(path, folder)) for path in paths]
    if missed := [name for name, listed in sums if listed and name not in listed]:
        remedy = f"add them with `sha256sum {' '.join(missed)} >> SHA256SUMS` there"
        warnings.warn(
            f"{folder}: SHA256SUMS does not list {', '.join(missed)}: not checked; {remedy}.", stacklevel=3
        )


def refuse_others(folder, there):
    """Raise DataError, with a remedy that fits, where what is not there lies in another form, or nowhere."""
    wanted = f"a folder of {', '.join(sorted(FOUR))}"
    for path in [folder] if folder.is_file() else sorted({*folder.glob("[tT]*" if there else "*")} - there):
        for pattern, remedy in _FORMS:
            if re.search(pattern, path.name.lower()):
                raise DataError(path, "data in another form", wanted, remedy)
    if not there and not is_ours(folder):
        found = "none of the four files" if folder.is_dir() else "no such folder"
        raise DataError(folder, found, wanted, "put them there or name another folder")


_FORMS = [  # names, and what to do with such a file
    (r"\.pkl(\.gz)?$", "give its path to mnet.read_pickle, which reads it"),
    (
        r"(mnist|train|test).*\.csv(\.gz|\.zip)?$",
        "read it with np.loadtxt, and give images and labels, as uint8, to mnet.Split",
    ),
    (r"^emnist-", "take the four files of MNIST: EMNIST's pictures lie transposed"),
    (r"(mnist|digit|archive).*\.(zip|tar|tar\.gz|tgz|7z)$", "unpack it, and name the folder that it makes"),
    (
        r"^(train|t10k)[-._](images|labels)[-._]idx[13][-._]ubyte(\.gz)?$",
        "name the folder that the file lies in",
    ),
    (
        r"(images|labels|mnist).*\.(part|partial|crdownload|download|tmp)$",
        "download it again: it did not come whole",
    ),
    (r"^(train|t10k)[-._](images|labels).*\.(zip|xz|bz2|zst|7z|rar|tar|tar\.gz|tgz)$", "unpack it"),
    (r"^(train|t10k)[-._](images|labels)", "name it as one of these, .gz only where gzip packed it"),
]


def read_npz(path, wanted="a network saved by mnet", remedy="train and save it again", packed=False):
    """Return the arrays of an .npz file by name; pickled objects are refused, packed arrays unless asked."""
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
                unasked = any(item.compress_type for item in items) and not packed
                if unasked or sum(item.file_size for item in items) > LIMIT:
                    raise ValueError(f"packed arrays or more than {LIMIT:,} bytes")
                return {item.filename.removesuffix(".npy"): _read_npy(archive, item) for item in items}
        except Exception as error:  # zipfile and NumPy raise a dozen kinds on a broken file
            raise DataError(path, f"no readable .npz ({error})", wanted, remedy) from None


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
    """Call write(file) on a file beside `path`, then rename it: a stop leaves the old file or the new.

    A link leads to the file that is meant. DataError for what is no plain file or is protected, and for a
    place without room, permission or folder.
    """
    with _written(path, write) as (new, place):
        os.replace(new, place)


def prove_writable(path, write=lambda file: None):
    """Do all that `write_whole` does but the renaming: the same DataError, and nothing is changed."""
    with _written(path, write):
        pass


@contextlib.contextmanager
def _written(path, write):
    """Give a file that `write` has filled, and the place it is meant for; afterwards it is gone."""
    try:
        place, old = _place(path)
        # No name that another could foresee, nor longer than the place's own may be.
        new = place.with_name(f".{place.name[:40]}.{secrets.token_hex(4)}.part")
        try:
            with open(new, "xb") as file:
                write(file)
                file.flush()
                os.fsync(file.fileno())
            if old:
                with contextlib.suppress(OSError, AttributeError):  # it is not ours to give, or Windows
                    os.chown(new, old.st_uid, old.st_gid)
                os.chmod(new, stat.S_IMODE(old.st_mode))
            yield new, place
        finally:
            with contextlib.suppress(OSError):
                new.unlink()
    except OSError as error:
        wanted, remedy = _CURES.get(error.errno, ("a place that can be written", "choose another path"))
        found = f"that it cannot be written ({error.strerror or error})"
        raise DataError(path, found, wanted, remedy) from None


def _place(path):
    """Return the path of the plain file that is meant, links followed, and its status; None for a new one."""
    path = Path(path)
    if "\0" in str(path) or not path.name:
        raise DataError(path, "no name of a file", "one", "choose another path")
    place = Path(os.path.realpath(path))
    try:
        old = path.stat()
    except FileNotFoundError:
        return place, None
    if stat.S_ISDIR(old.st_mode):
        raise OSError(errno.EISDIR, "Is a folder")
    if not stat.S_ISREG(old.st_mode):
        raise OSError(errno.ENODEV, "Is a device or a pipe")
    if old.st_nlink > 1:  # the others would keep the old content
        raise OSError(errno.EMLINK, "Has other names, hard links")
    # Its owner took the permission away, which root need not mind and minds here.
    if not old.st_mode & 0o222 or not os.access(place, os.W_OK):
        raise OSError(errno.EACCES, "Is protected against writing")
    return place, old


_ROOM = "room for it", "free some or choose another path"
_PERMISSION = "permission to write it", "give yourself that permission or choose another path"
_CURES = {  # (wanted, remedy)
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), _ROOM),
    **dict.fromkeys((errno.EACCES, errno.EPERM), _PERMISSION),
    errno.ENOENT: ("a folder that is there", "make that folder or choose another path"),
    errno.EISDIR: ("the name of a file", "add one to the path"),
    errno.ENODEV: ("a plain file", "choose another path"),
    errno.EMLINK: ("a file of one name", "delete this name or choose another path"),
    errno.ENAMETOOLONG: ("a name that the disk can hold", "choose a shorter one"),
}
