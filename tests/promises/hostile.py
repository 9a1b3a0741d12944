"""Hostile files: a corpus, a fuzz and changed bytes: nothing runs, memory stays small, no data are wrong."""

import codecs
import gzip
import io
import itertools
import json
import os
import pickle
import pickletools
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import unicodedata  # noqa: F401  Python's parser loads it for the first letter beyond ASCII
import zipfile
from contextlib import redirect_stdout, suppress
from pathlib import Path

import numpy as np

import mnet
from mnet.data import read_pickle
from mnet.files import FOLDER, FOUR, read_checksums, read_idx
from tests.support import attacks

ROOT = Path(__file__).resolve().parents[2]
MEMORY = 200  # MB over what the process took before


def rows(quick):
    """Yield each figure; each part reads in a process of its own, which is watched."""
    target = f"nothing runs, < {MEMORY} MB over the start, "
    for part, least in (corpus, 300), (bombs, 10):
        found = elsewhere(part)
        yield part.__doc__, say(found), target + "all refused", sound(found, least, refused=True)
    count = 1_000 if quick else 100_000
    found = elsewhere(fuzz, count)
    figure = f"{say(found)}, {count / found['seconds']:.0f} a second"
    yield fuzz.__doc__, figure, target + "none wrong", sound(found, count)
    for count, checked in (50 if quick else 2000, True), (10 if quick else 200, False):
        found = elsewhere(changed_bytes, count, checked)
        what = changed_bytes.__doc__ + ("" if checked else ", and no checksums to compare")
        yield (
            what,
            say(found),
            "all refused" if checked else "none wrong",
            sound(found, count, refused=checked),
        )


def say(found):
    counts = ", ".join(f"{found[name]:,} {name}" for name in ("refused", "right", "wrong", "ran"))
    return f"{found['files']:,}: {counts}, +{found['mb']:.0f} MB"


def sound(found, least, refused=False):
    """Return whether at least so many files were read well, and tell what was not well."""
    for fault in found["faults"]:
        print(fault, file=sys.stderr)
    well = not found["faults"] and found["mb"] < MEMORY and found["files"] >= least
    return well and (not refused or found["refused"] == found["files"])


def elsewhere(part, *arguments):
    """Return what a part found, run in a process of its own."""
    command = [sys.executable, "-m", "tests.promises.hostile", part.__name__, json.dumps(arguments)]
    run = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(run.stdout)


class Watch:
    """Reads files, and counts what came of it: Python's audit hooks report whatever a reader does besides."""

    def __init__(self, folder):
        self.folder, self.reading = folder, None
        self.refused = self.right = self.wrong = self.files = 0
        self.faults, self.did = [], []
        for name, read in itertools.product(("warm.gz", "warm"), READERS.values()):
            (folder / name).write_bytes(gzip.compress(b"?") if "gz" in name else b"?")
            with suppress(Exception):  # whatever is imported at the first use is imported now
                read(folder / name)
        for kind, content in [*(("pickle", content) for content in pickles()), ("network", network())]:
            (folder / "warm").write_bytes(content)
            with suppress(Exception):
                READERS[kind](folder / "warm")
        Path("/proc/self/clear_refs").write_text("5")  # the peak begins here
        self.before = peak()
        attacks.RAN.clear()
        sys.addaudithook(self._hook)

    def _hook(self, event, args):
        if self.reading is None:
            return
        path, mode = args[:2] if event == "open" else (None, None)
        if str(path) == str(self.reading) and mode in ("r", "rb"):
            return
        if event == "compile" and args[1] == "<unknown>":  # ast.literal_eval, of the header of an .npy
            return
        self.did.append(f"{event} {args!r:.100}")

    def __call__(self, read, path, truth, what):
        """Read the file; what comes out must be the truth, None for anything but a refusal."""
        self.files += 1
        self.reading, did = path, len(self.did) + len(attacks.RAN)
        try:
            found = read(path)
        except mnet.DataError:
            found = None
        except BaseException as error:
            self.faults.append(f"{what}: {type(error).__name__}: {error!s:.200}")
            return
        finally:
            self.reading = None
        if len(self.did) + len(attacks.RAN) > did:
            self.faults.append(f"{what}: it did {self.did[-1] if self.did else 'run'}")
        if found is None:
            self.refused += 1
        elif same(found, truth):
            self.right += 1
        else:
            self.wrong += 1
            self.faults.append(f"{what}: other data than the file holds")

    def found(self):
        counts = {name: getattr(self, name) for name in ("files", "refused", "right", "wrong")}
        return counts | {
            "ran": len(self.did) + len(attacks.RAN),
            "mb": peak() - self.before,
            "faults": self.faults[:10],
        }


def peak():
    """Return the most memory that this process has taken, in MB."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) * 1024 / 1e6


def same(found, truth):
    try:
        return all(np.array_equal(ours, theirs) for ours, theirs in zip(found, truth(), strict=True))
    except Exception:  # nothing is there to be found
        return False


# What is read, and what is in it for all that NumPy and pickle themselves can tell.


def arrays_of_mnist(path):
    return [array for split in read_pickle(path) for array in (split.images, split.labels)]


def arrays_of_network(path):
    net = mnet.Network.load(path)
    return [*net.weights, *net.biases]


READERS = {
    "images": lambda path: [read_idx(path, (28, 28))],
    "labels": lambda path: [read_idx(path, ())],
    "pickle": arrays_of_mnist,
    "network": arrays_of_network,
}


def idx_truth(content, dimensions):
    magic, *shape = struct.unpack_from(f">{dimensions + 1}I", content)
    array = np.frombuffer(content[4 * dimensions + 4 :], np.uint8).reshape(shape)
    return [array] if magic == 0x800 + dimensions and shape[1:] == [28, 28][: dimensions - 1] else None


class Part:
    """What a pickle says of an array or a dtype. NumPy's own would crash on some of what is asked here."""

    def __init__(self, *args):
        self.args = args

    def __setstate__(self, state):
        self.state = state

    def array(self):
        if hasattr(self, "state"):
            _, shape, dtype, fortran, raw = self.state
        else:
            raw, dtype, shape, fortran = (*self.args[:3], self.args[3] == "F")
        raw = raw.encode("latin1") if isinstance(raw, str) else raw
        order = getattr(dtype, "state", "||")[1]
        return np.frombuffer(raw, np.dtype(dtype.args[0]).newbyteorder(order)).reshape(
            shape, order="CF"[fortran]
        )


class Plain(pickle._Unpickler):
    """Python's own reader of pickles, written in Python, where no count of a memo takes memory."""

    def find_class(self, module, name):
        return codecs.encode if module == "_codecs" else Part


def pickle_truth(content):
    groups = Plain(io.BytesIO(content), encoding="latin1").load()
    arrays = [part.array() for group in groups for part in group]
    return [np.rint(array * (256 if array.dtype.kind == "f" else 1)) for array in arrays]


def network_truth(content):
    with np.load(io.BytesIO(content), allow_pickle=False) as parts:
        layers = range(len(parts["sizes"]) - 1)
        return [parts[f"{name}_{l}"] for name in ("weights", "biases") for l in layers]


TRUTHS = {
    "images": lambda content: idx_truth(content, 3),
    "labels": lambda content: idx_truth(content, 1),
    "pickle": pickle_truth,
    "network": network_truth,
}


# Parts


def corpus(watch, chosen=None):
    """hostile pickles and networks"""
    for kind, files in ("pickle", attacks.HOSTILE), ("network", attacks.NETWORKS):
        for name, content in files.items():
            if chosen and name not in chosen:
                continue
            path = watch.folder / "file"
            path.write_bytes(content)
            watch(READERS[kind], path, lambda: None, f"{kind} {name}")


def bombs(watch):
    """bombs: a few bytes that unpack to a gigabyte, or claim to"""
    for kind, write in BOMBS:
        path = watch.folder / "file.gz"
        with path.open("wb") as file:
            write(file)
        watch(
            READERS[kind],
            path if kind != "network" else path.rename(watch.folder / "file"),
            lambda: None,
            write.__name__,
        )


ZEROS = gzip.compress(bytes(2**24), 1)


def zeros_after(head, count=2**30):
    return lambda file: file.write(gzip.compress(head) + ZEROS * (count >> 24))


def many_entries(file):
    """A list of contents that takes ten times its size once it is read."""
    entry = struct.pack("<4s6H3L5H2L", b"PK\1\2", *[0] * 16)
    count = 2**20
    file.write(
        entry * count + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 65535, 65535, len(entry) * count, 0, 0)
    )


def filled(n, dtype=b"f4"):
    """The opcodes of an array of (n, 784), up to where its bytes begin."""
    code = attacks.CODE.replace(b"f4", dtype)
    length = n * 784 * int(dtype[1:])
    shape = b"(K\x01J" + n.to_bytes(4, "little") + b"M\x10\x03\x86"
    return attacks.EMPTY + shape + code + b"\x89T" + length.to_bytes(4, "little")


BOMBS = [
    ("images", zeros_after(b"")),
    ("images", zeros_after(struct.pack(">4I", 0x803, 2**30 // 784, 28, 28))),
    ("labels", zeros_after(struct.pack(">2I", 0x801, 2**30))),
    ("pickle", zeros_after(b"")),
    ("pickle", zeros_after(b"\x80\x02V")),
    ("pickle", zeros_after(b"\x80\x02\x8e" + (2**30).to_bytes(8, "little"))),
    ("pickle", zeros_after(b"\x80\x02" + filled(150_000), 2**29)),
    ("pickle", zeros_after(b"\x80\x02" + filled(80_000), 2**28)),
    ("network", zeros_after(b"")),
    ("network", many_entries),
    ("network", lambda file: file.truncate(2**34)),
]
for number, (_, write) in enumerate(BOMBS):
    write.__name__ = f"bomb {number}"


def fuzz(watch, count, seed=0):
    """honest IDX, gzip, pickle and .npz files, changed at random"""
    rng, began = random.Random(seed), time.monotonic()
    seeds = honest()
    pieces = [*attacks.HOSTILE.values(), *EXTREMES, b"\x93NUMPY\x01\x00"]
    pieces = [piece[:200] for piece in pieces] + [bytes([n]) for n in range(256)]
    for number in range(count):
        kind, content, places = rng.choice(seeds)
        packed = kind != "network" and rng.random() < 0.3
        if kind == "network" and rng.random() < 0.5:
            content = repacked(content, rng, pieces)  # with the checksum of the changed array
        elif not packed or rng.random() < 0.5:
            content = changed(content, rng, places, pieces)
        stored = content
        if packed:
            stored = gzip.compress(content, 1)
            if rng.random() < 0.7:
                stored = changed(stored, rng, range(len(stored)), pieces)
        path = watch.folder / ("file.gz" if packed else "file")
        path.write_bytes(stored)

        def truth(kind=kind, stored=stored, packed=packed):
            return TRUTHS[kind](gzip.decompress(stored) if packed else stored)

        watch(READERS[kind], path, truth, f"{kind} {number}")
    return {"seconds": time.monotonic() - began}


def network():
    file = io.BytesIO()
    net = mnet.Network([3, 2, 2], np.random.default_rng(0))
    np.savez(file, sizes=np.array(net.sizes), weights_0=net.weights[0], weights_1=net.weights[1],
             biases_0=net.biases[0], biases_1=net.biases[1])  # fmt: skip
    return file.getvalue()


def pickles():
    x = (np.arange(784 * 2, dtype=np.float32) % 256).reshape(2, 784) / 256
    groups = tuple((x, np.arange(2)) for _ in range(3))
    return [pickle.dumps(groups, protocol) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]


def honest():
    """Return (kind, content, the places worth a change) of honest files."""
    images = struct.pack(">4I", 0x803, 2, 28, 28) + bytes(range(256)) * 6 + bytes(32)
    labels = struct.pack(">2I", 0x801, 12) + bytes(range(10)) + b"\3\1"
    files = [("images", images, range(20)), ("labels", labels, range(len(labels)))] * 2
    for content in pickles():
        starts = [place for _, _, place in pickletools.genops(content)]
        files.append(("pickle", content, [p + k for p in starts for k in range(3) if p + k < len(content)]))
    return [*files, *[("network", network(), range(len(network())))] * 3]


EXTREMES = [n.to_bytes(size, order) for size in (2, 4, 8) for order in ("little", "big")
            for n in (0, 1, 2 ** (8 * size - 1) - 1, 2 ** (8 * size - 1), 2 ** (8 * size) - 1)]  # fmt: skip


def changed(content, rng, places, pieces):
    content = bytearray(content)
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        at = rng.choice(places) if rng.random() < 0.8 else rng.randrange(len(content) + 1)
        length = rng.choice((1, 1, 2, 4, 8, 30))
        piece = rng.choice(pieces)
        match rng.randrange(7):
            case 0 if at < len(content):
                content[at] ^= 1 << rng.randrange(8)
            case 1 if at < len(content):
                content[at] = rng.randrange(256)
            case 2:
                content[at : at + len(piece)] = piece
            case 3:
                content[at:at] = piece
            case 4:
                del content[at : at + length]
            case 5:
                content[at:at] = content[at : at + length]
            case 6 if rng.random() < 0.3:
                del content[at:]
    return bytes(content)


def repacked(content, rng, pieces):
    """Return the .npz with one of its arrays changed, and the checksum to match."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = rng.choice(list(parts))
    parts[name] = changed(parts[name], rng, range(len(parts[name])), pieces)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


def changed_bytes(watch, count, checked):
    """the course's data files with one byte changed"""
    rng = random.Random(1)
    sizes = [(name, (FOLDER / name).stat().st_size) for name in sorted(FOUR)]
    sums = read_checksums(FOLDER)
    for name, _ in sizes:
        shutil.copy(FOLDER / name, watch.folder)
    for number in range(count):
        # A place anywhere in the four files, and every fourth time in one of the three small ones.
        name, size = rng.choices(sizes, [size if number % 4 else size**0.5 for _, size in sizes])[0]
        place, kind = rng.randrange(size), "images" if "images" in name else "labels"
        path = watch.folder / name
        with path.open("r+b") as file:
            file.seek(place)
            was = file.read(1)
            file.seek(place)
            file.write(bytes([was[0] ^ rng.randrange(1, 256)]))

        def read(path, kind=kind, sha256=sums[name] if checked else None):
            return [read_idx(path, (28, 28) if kind == "images" else (), sha256)]

        def truth(name=name, kind=kind):
            return TRUTHS[kind](gzip.decompress((FOLDER / name).read_bytes()))

        watch(read, path, truth, f"{name}, byte {place}")
        with path.open("r+b") as file:
            file.seek(place)
            file.write(was)


def main(part, arguments):
    """Run a part and print what it found: the other end of `elsewhere`."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, redirect_stdout(sys.stderr):
        os.chdir(folder)
        watch = Watch(Path(folder))
        more = part(watch, *arguments) or {}
        found = watch.found() | more
    print(json.dumps(found))


if __name__ == "__main__":
    main(globals()[sys.argv[1]], json.loads(sys.argv[2]))
