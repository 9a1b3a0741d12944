"""Reads arrays from a pickle, and runs nothing of it.

Not a lesson. A pickle is a program, and Python's reader of pickles is a machine that can be made to run
anything. Here is a machine that knows what arrays take and nothing else: numbers, text, tuples, lists, and
the names of _ADMITTED, each of which stands for a class below and not for NumPy's.
"""

import contextlib
import math
import os
import pickletools
import zlib

import numpy as np

from mnet.files import IDX_LIMIT, LIMIT, DataError, opened

PICKLE_LIMIT = 4 * LIMIT  # bytes of an unpacked pickle, read in passing: Nielsen's file takes 210 MiB


class _Text:
    """A file that gives away 4 MiB in all: only the bytes of arrays, which are skipped, take more."""

    def __init__(self, file):
        self.file, self.left = file, 2**22

    def read(self, n):
        self._spend(n)
        return self.file.read(n)

    def readline(self):
        line = self.file.readline(self.left + 1)
        self._spend(len(line))
        return line

    def _spend(self, n):
        self.left -= n
        if self.left < 0:
            raise ValueError("more than 4 MiB of text")


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

    def as_bytes(self, kinds, scale):
        """Return the array times `scale` as bytes: a plain cast would make a 3 of label 259."""
        if self.dtype.kind not in kinds:
            raise ValueError(f"an array of {self.dtype}")

        def scaled(numbers):
            with np.errstate(all="ignore"):
                rounded = np.rint(numbers * numbers.dtype.type(scale))
            if not np.all((rounded >= 0) & (rounded <= 255)):  # NaN is neither
                raise ValueError(f"numbers from {numbers.min()} to {numbers.max()}")
            return rounded.astype(np.uint8)

        return self.map(scaled)

    def scale(self):
        """Return 255 where that makes whole numbers of the first pixels, and 256 none or too large ones."""
        first = np.frombuffer(self.raw[0 : 2**16 * self.dtype.itemsize], self.dtype)
        if self.dtype.kind != "f":
            return 256
        with np.errstate(all="ignore"):
            of_255, of_256 = (
                abs(first * s - np.rint(first * s)).max(initial=0) < 0.01 for s in (255.0, 256.0)
            )
        return 255 if of_255 and not (of_256 and first.max(initial=0) < 1) else 256

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
_FLAGS = {b"00\n": False, b"01\n": True}  # how protocol 0 writes them, as an INT


class _Machine:
    """Runs a pickle: a stack of what is made, the stacks that marks have covered, and a memo."""

    def __init__(self, file):
        self.file, self.text = file, _Text(file)
        self.stack, self.below, self.memo = [], [], {}
        self.start = self.frame = 0  # where the step begins, and where the frame ends that it may be in

    def run(self):
        """Return what the pickle makes, of _Arrays, tuples, lists, numbers and text."""
        for _ in range(_STEPS):
            if self.start < self.frame < self.file.tell():
                raise ValueError("a step across the end of its frame")
            self.start = self.file.tell()
            opcode = pickletools.code2op.get(self.text.read(1).decode("latin1"))
            if opcode is None:
                raise ValueError("no pickle")
            if opcode.name == "STOP":
                return self.stack.pop()
            if opcode.name not in _OPCODES:
                raise ValueError(f"the step {opcode.name}")
            read = _READERS.get(opcode.name) or (opcode.arg and opcode.arg.reader)
            _OPCODES[opcode.name](self, read(self.text) if read else None)
        raise ValueError(f"more than {_STEPS:,} steps")

    def push(self, value):
        self.stack.append(value)

    def pop(self, n):
        if n > len(self.stack):
            raise ValueError("a step that takes what is not there")
        taken = self.stack[len(self.stack) - n :]
        del self.stack[len(self.stack) - n :]
        return taken

    def mark(self):
        self.below.append(self.stack)
        self.stack = []

    def pop_mark(self):
        items, self.stack = self.stack, self.below.pop()
        return items

    def extend(self, items):
        if type(self.stack[-1]) is not list:
            raise ValueError("a step that adds to what is no list")
        self.stack[-1].extend(items)

    def put(self, number):
        if number < 0:
            raise ValueError("a memo below 0")
        self.memo[number] = self.stack[-1]

    def push_named(self, name):
        if name not in _ADMITTED:
            raise ValueError(f"a call of {name.replace(' ', '.')}")
        self.push(_ADMITTED[name])

    def reduce(self):
        function, arguments = self.pop(2)
        self.push(function(*arguments))

    def build(self):
        (state,) = self.pop(1)
        self.stack[-1].build(state)

    def begin_protocol(self, number):
        if number > 5:  # the newest that there is
            raise ValueError(f"the protocol {number}")

    def begin_frame(self, length):
        if self.file.tell() < self.frame or length > PICKLE_LIMIT:
            raise ValueError("a frame within another or beyond the end")
        self.frame = self.file.tell() + length


def _raw(width):
    """Return a reader of bytes behind their length, itself `width` bytes, that leaves them in the file."""
    return lambda text: _Raw(text.file, int.from_bytes(text.read(width), "little"))


def _int(text):
    line = text.readline()
    return _FLAGS[line] if line in _FLAGS else int(line, 0)


def _long(text):
    return int(text.readline().removesuffix(b"L\n"), 0)


# How an argument is read where pickletools reads it otherwise: its INT and LONG take 011 for 11, which pickle
# refuses, and its bytes take memory.
_READERS = {"INT": _int, "LONG": _long}
_READERS |= {"BINSTRING": _raw(4), "BINBYTES": _raw(4), "BINBYTES8": _raw(8), "BYTEARRAY8": _raw(8)}

# What the machine does at each opcode that it knows, with the argument that was read.
_OPCODES = {
    "PROTO": _Machine.begin_protocol,
    "FRAME": _Machine.begin_frame,
    "NONE": _Machine.push,
    "NEWTRUE": lambda machine, _: machine.push(True),
    "NEWFALSE": lambda machine, _: machine.push(False),
    "MARK": lambda machine, _: machine.mark(),
    "EMPTY_TUPLE": lambda machine, _: machine.push(()),
    "TUPLE1": lambda machine, _: machine.push(tuple(machine.pop(1))),
    "TUPLE2": lambda machine, _: machine.push(tuple(machine.pop(2))),
    "TUPLE3": lambda machine, _: machine.push(tuple(machine.pop(3))),
    "TUPLE": lambda machine, _: machine.push(tuple(machine.pop_mark())),
    "EMPTY_LIST": lambda machine, _: machine.push([]),
    "LIST": lambda machine, _: machine.push(machine.pop_mark()),
    "APPEND": lambda machine, _: machine.extend(machine.pop(1)),
    "APPENDS": lambda machine, _: machine.extend(machine.pop_mark()),
    "MEMOIZE": lambda machine, _: machine.put(len(machine.memo)),
    "GLOBAL": _Machine.push_named,
    "STACK_GLOBAL": lambda machine, _: machine.push_named(" ".join(machine.pop(2))),
    "REDUCE": lambda machine, _: machine.reduce(),
    "BUILD": lambda machine, _: machine.build(),
}
_OPCODES |= dict.fromkeys(("PUT", "BINPUT", "LONG_BINPUT"), _Machine.put)
_OPCODES |= dict.fromkeys(("GET", "BINGET", "LONG_BINGET"), lambda machine, n: machine.push(machine.memo[n]))
_OPCODES |= dict.fromkeys(("BININT", "BININT1", "BININT2", "LONG1", "LONG4"), _Machine.push)
_OPCODES |= dict.fromkeys(("STRING", "SHORT_BINSTRING", "SHORT_BINBYTES"), _Machine.push)
_OPCODES |= dict.fromkeys(("UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"), _Machine.push)
_OPCODES |= dict.fromkeys(_READERS, _Machine.push)


@contextlib.contextmanager
def pickled_arrays(path, wanted):
    """Open a pickle of groups of arrays, in tuples or lists, and give it; DataError for all else."""
    with opened(path, PICKLE_LIMIT) as file:
        try:
            groups = _Machine(file).run()
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
