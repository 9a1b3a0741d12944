"""Files that attack, built in code: what they say is here to read, and none lies about to be opened."""

import bz2
import io
import pickle
import pickletools
import zipfile

import numpy as np

MIB = 2**20

# Pickles. Opcodes are written by hand: no honest pickler would write these.
RAN = []


def ran(*_):
    """Tell that a pickle has run something."""
    RAN.append(True)


HERE = __name__.encode()
DTYPE = b"cnumpy\ndtype\n"
CODE = DTYPE + b"U\x02f4K\x00K\x01\x87R"
EMPTY = b"cnumpy._core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R"
FILLED = EMPTY + b"(K\x01K\x01\x85" + CODE + b"\x89U\x04\0\0\0\0tb"
FROM_BUFFER = b"cnumpy._core.numeric\n_frombuffer\n"


def nested(depth):
    """Return opcodes for a tuple of two that are one tuple of two, and so on: 2^depth, if anyone counts."""
    return b")q\x00" + b"h\x00h\x00\x86q\x00" * depth


NESTED, ENDLESS = nested(24), nested(100)  # to write out takes memory, to hash takes for ever
HOSTILE = {
    "os.system": b"cos\nsystem\nU\x10touch ran-by-file\x85R.",
    "posix.system": b"cposix\nsystem\nU\x10touch ran-by-file\x85R.",
    "eval": b"c__builtin__\neval\nU\x0fopen('ran','w')\x85R.",
    "eval by its new name": b"cbuiltins\neval\nU\x01x\x85R.",
    "exec": b"cbuiltins\nexec\nU\x01x\x85R.",
    "a function": b"c" + HERE + b"\nran\n)R.",
    "a function by its stacked name": b"\x8c" + bytes([len(HERE)]) + HERE + b"\x8c\x03ran\x93)R.",
    "a function in INST": b"(i" + HERE + b"\nran\n.",
    "a function in OBJ": b"(c" + HERE + b"\nran\no.",
    "a function in NEWOBJ": b"c" + HERE + b"\nran\n)\x81.",
    "nested calls": b"cbuiltins\ngetattr\ncos\nU\x06system\x86RU\x01x\x85R.",
    "a call deep in an array": EMPTY + b"(K\x01c" + HERE + b"\nran\n)R" + CODE + b"\x89U\x00tb.",
    "a dotted name": b"\x8c\x05numpy\x8c\x10ndarray.__class__\x93)R.",
    "a way round through NumPy": b"cnumpy\nload\nU\x01x\x85R.",
    "NumPy's pickle reader": b"cnumpy.core.multiarray\nfromstring\nU\x01x\x85R.",
    "its own guard": b"cmnet.pickles\n_Machine\n)R.",
    "an extension code": b"\x82\xf0)R.",
    "an extension code of four bytes": b"\x84\xf0\x00\x00\x00)R.",
    "a persistent id": b"U\x01aQ.",
    "a persistent id in text": b"Pa\n.",
    "an object array": EMPTY + b"(K\x01K\x01\x85" + DTYPE + b"U\x02O8K\x00K\x01\x87R\x89](K\x01etb.",
    "an array of text": EMPTY
    + b"(K\x01K\x01\x85"
    + DTYPE
    + b"U\x02U4K\x00K\x01\x87R\x89U\x10"
    + bytes(16)
    + b"tb.",
    "a dtype without end": DTYPE + NESTED + b"\x85R.",
    "an encoding without end": b"c_codecs\nencode\nU\x01a" + NESTED + b"\x86R.",
    "a byte order without end": CODE + b"(K\x03" + NESTED + b"tb.",
    "a shape without end": EMPTY + b"(K\x01" + NESTED + CODE + b"\x89U\x04\0\0\0\0tb.",
    "a key without end": b"}" + ENDLESS + b"Ns.",
    "a member without end": b"\x8f(" + ENDLESS + b"\x90.",
    "a shape too large": EMPTY + b"(K\x01J\xff\xff\xff\x7f\x85" + CODE + b"\x89U\x04\0\0\0\0tb.",
    "a shape of words": EMPTY + b"(K\x01U\x01a" + CODE + b"\x89U\x04\0\0\0\0tb.",
    "a state too short": EMPTY + b"(K\x01tb.",
    "a state of none": EMPTY + b"Nb.",
    "a dtype that is an array": EMPTY + b"(K\x01K\x01\x85" + EMPTY + b"\x89U\x04\0\0\0\0tb.",
    "a dtype that is a class": EMPTY + b"(K\x01K\x01\x85" + DTYPE + b"\x89U\x04\0\0\0\0tb.",
    "a state for a class": b"cnumpy\nndarray\nK\x01b.",
    "a new method for a class": b"c_codecs\nencode\nN}U\x07__new__cnumpy\ndtype\ns\x86b.",
    "a new default for a class": FROM_BUFFER + b"N}U\x0c__defaults__)s\x86b.",
    "a class for an array": b"cnumpy\nndarray\n\x85\x85.",
    "an array never filled": EMPTY + b"\x85\x85.",
    "bytes out of the wrong alphabet": b"c_codecs\nencode\nU\x01aU\x05utf-8\x86R.",
    "a buffer of another's": FROM_BUFFER + b"(\x97" + CODE + b"K\x01\x85U\x01CtR.",
    "an order of another kind": FROM_BUFFER + b"(U\x04\0\0\0\0" + CODE + b"K\x02\x85)tR.",
    "LONG_BINPUT far out": b"Nr\xff\xff\xff\x7f.",
    "LONG_BINPUT not so far out": b"Nr\xff\xff\xff\x00.",
    "PUT far out": b"Np2147483647\n.",
    "PUT below nought": b"Np-1\n.",
    "BINBYTES8 of an exabyte": b"\x8e\0\0\0\0\0\0\0\x10.",
    "BINUNICODE8 of an exabyte": b"\x8d\0\0\0\0\0\0\0\x10.",
    "BYTEARRAY8 of an exabyte": b"\x96\0\0\0\0\0\0\0\x10.",
    "FRAME of an exabyte": b"\x95\0\0\0\0\0\0\0\x10.",
    "BINBYTES of 4 GB": b"B\xff\xff\xff\xff.",
    "LONG4 of 2 GB": b"\x8b\xff\xff\xff\x7f.",
    "LONG4 below nought": b"\x8b\xff\xff\xff\xff.",
    "a number of many digits": b"I" + b"9" * 100_000 + b"\n.",
    "a million empty lists": b"]" * 1_000_000 + b".",
    "a name of a megabyte": b"c" + b"a" * MIB + b"\nb\n.",
    "a dtype of a megabyte": DTYPE + b"T\0\0\x10\0" + b"a" * MIB + b"\x85R.",
    "GET of nothing": b"h\x05.",
    "no end": b"N",
    "nothing": b"",
    "an empty stack": b".",
    "a mark alone": b"(.",
    "an unknown opcode": b"\xff.",
    "a protocol to come": b"\x80\xff.",
    "compile": b"cbuiltins\ncompile\nU\x01xU\x01xU\x04eval\x87R.",
    "a new process": b"csubprocess\nPopen\n(U\x05touchU\x0bran-by-filel\x85R.",
    "a module by its name": b"cimportlib\nimport_module\nU\x04this\x85R.",
    "a file to write": b"cbuiltins\nopen\nU\x0bran-by-fileU\x01w\x86R.",
    "a socket": b"csocket\ncreate_connection\nU\x09127.0.0.1K\x09\x86\x85R.",
    "code from bytes": b"cmarshal\nloads\nU\x01N\x85R.",
    "a pickle in a pickle": b"cpickle\nloads\nU\x04cos\n\x85R.",
    "a call kept for later": b"cfunctools\npartial\nc" + HERE + b"\nran\n\x85R)R.",
    "a member of a member": b"coperator\nattrgetter\nU\x0csystem.__call\x85R.",
    "attributes of a stand-in": EMPTY + b"}(U\x05buildc" + HERE + b"\nran\nub.",
    "attributes in a state of two": EMPTY + b"N}(U\x05buildc" + HERE + b"\nran\nu\x86b.",
    "a shape times text": EMPTY + b"(K\x01J\0\0\0\x40U\x01a\x86" + CODE + b"\x89U\x04\0\0\0\0tb.",
    "a shape of long numbers": EMPTY + b"(K\x01(" + b"\x8b\0\0\x10\0" * 2 + b"\x7f" * 2 * MIB + b"t.",
    "text of 5 MB": b"\x8d" + (5 * MIB).to_bytes(8, "little") + b"a" * 5 * MIB + b".",
    "a line of 5 MB": b"V" + b"a" * 5 * MIB + b"\n.",
    "text that doubles": b"V" + b"\\U0001f600" * MIB + b"\n.",
    "a tuple in itself": b"(h\x00tq\x00.",
    "a list in itself": b"]q\x00h\x00a.",
    "the same bytes, over and over": b"T\0\0\x10\0" + bytes(MIB) + b"q\x00" + b"h\x00" * 900 + b".",
    "arrays, over and over": FILLED + b"q\x00(" + b"h\x00" * 900 + b"tq\x01(" + b"h\x01" * 90 + b"t.",
}


class Reduced:
    """Asks to be put together by running `ran`."""

    def __reduce__(self):
        return ran, ()


class Restored:
    """Asks to be filled by running its own code."""

    def __init__(self):
        self.value = 1

    def __setstate__(self, state):
        ran(state)


# Honest pickles with a fault that Python's reader refuses.
PAIR = np.zeros((1, 784), np.float32), np.zeros(1, int)
HONEST = {protocol: pickle.dumps((PAIR,) * 3, protocol) for protocol in (0, 2, 4)}
HOSTILE |= {
    "a protocol unheard of": b"\x80\xea" + HONEST[2][2:],
    "a number that may be octal": HONEST[0].replace(b"I784\n", b"I0784\n"),
    "a long number that may be octal": HONEST[0].replace(b"I784\n", b"L0784L\n"),
    "what lies below a mark": HONEST[2][:-1] + b"(.",
    "a frame in a frame": HONEST[4][:11] + b"\x95" + bytes(8) + HONEST[4][11:],
    "a frame that ends within a step": HONEST[4][:3] + b"\5" + bytes(7) + HONEST[4][11:],
    "a frame without end": HONEST[4][:3] + b"\xff" * 8 + HONEST[4][11:],
}
for protocol in range(pickle.HIGHEST_PROTOCOL + 1):  # as an honest pickler writes them
    HOSTILE[f"a reduce, protocol {protocol}"] = pickle.dumps(Reduced(), protocol)
    HOSTILE[f"a reduce in a reduce, protocol {protocol}"] = pickle.dumps(
        ((Reduced(), [Reduced()]),) * 3, protocol
    )
    HOSTILE[f"a __setstate__, protocol {protocol}"] = pickle.dumps(Restored(), protocol)
    HOSTILE[f"an array of objects, protocol {protocol}"] = pickle.dumps(np.array([Reduced()]), protocol)

# Each opcode there is, alone and in an array's place.
OPERANDS = {"uint1": b"\1", "uint2": b"\1\0", "int4": b"\1\0\0\0", "uint4": b"\1\0\0\0", "uint8": bytes(8)}
OPERANDS |= {"float8": bytes(8), "string1": b"\1a", "string4": b"\1\0\0\0a", "long1": b"\1a"}
OPERANDS |= {"long4": b"\1\0\0\0a", "bytes1": b"\1a", "bytes4": b"\1\0\0\0a", "unicodestring1": b"\1a"}
OPERANDS |= {
    "unicodestring4": b"\1\0\0\0a",
    "stringnl_noescape_pair": HERE + b"\nran\n",
    "stringnl": b"'a'\n",
}
OPERANDS |= {name: b"\1" + bytes(7) + b"a" for name in ("bytes8", "bytearray8", "unicodestring8")}
for opcode in pickletools.opcodes:
    step = opcode.code.encode("latin1") + (OPERANDS.get(opcode.arg.name, b"1\n") if opcode.arg else b"")
    HOSTILE[f"the step {opcode.name}"] = step + b"."
    HOSTILE[f"the step {opcode.name} on a call"] = b"c" + HERE + b"\nran\n)" + step + b"\x85\x85."
    HOSTILE[f"the step {opcode.name} on an array"] = b"(" + EMPTY + b")" + step + b"\x85\x85."


# Saved networks


def npy(array_or_header, more=b""):
    file = io.BytesIO()
    if isinstance(array_or_header, dict):
        np.lib.format.write_array_header_1_0(file, array_or_header)
    else:
        np.lib.format.write_array(file, array_or_header)
    return file.getvalue() + more


def npz(content, packing=zipfile.ZIP_STORED, claimed=None):
    with zipfile.ZipFile(file := io.BytesIO(), "w", packing) as archive:
        archive.writestr("sizes.npy", content)
        if claimed is not None:
            archive.filelist[0].file_size = claimed
    return file.getvalue()


def header(descr="<f8", shape=(8,), order=False):
    return {"descr": descr, "fortran_order": order, "shape": shape}


NETWORKS = {
    "a claim of 8 GB": npz(npy(header(shape=(10**9,)), bytes(64))),
    "a claim of 8 TB": npz(npy(header(shape=(2**40,)), bytes(64))),
    "a claim beyond all numbers": npz(npy(header(shape=(2**62, 2**62)), bytes(64))),
    "a claim below nought": npz(npy(header(shape=(-1,)), bytes(64))),
    "two claims below nought": npz(npy(header(shape=(-1, -8)), bytes(64))),
    "text of no length, a billion times": npz(npy(header(descr="|S0", shape=(10**9,)))),
    "nothing, a trillion times": npz(npy(header(descr="|V0", shape=(10**12,)))),
    "objects": npz(npy(header(descr="|O"), pickle.dumps(np.array([None])))),
    "a dtype that is none": npz(npy(header(descr="nonsense"), bytes(64))),
    "a shape that is text": npz(npy(header(shape="abc"), bytes(64))),
    "a header of brackets": npz(b"\x93NUMPY\x01\x00\xff\xff" + b"(" * 65535),
    "a header of 2 GB": npz(b"\x93NUMPY\x03\x00\xff\xff\xff\x7f{"),
    "a zip bomb": npz(bytes(8 * MIB), zipfile.ZIP_DEFLATED),
    "a bzip2 bomb": npz(bytes(8 * MIB), zipfile.ZIP_BZIP2),
    "a bzip2 bomb that lies": npz(bytes(8 * MIB), zipfile.ZIP_BZIP2, claimed=1000),
    "an LZMA bomb that lies": npz(bytes(8 * MIB), zipfile.ZIP_LZMA, claimed=1000),
    "a zip bomb that lies": npz(bytes(8 * MIB), zipfile.ZIP_DEFLATED, claimed=1000),
    "a header that Python 2 wrote": npz(npy(header(), bytes(64)).replace(b"(8,), }  ", b"(8L,), } ")),
    "no zip at all": bz2.compress(bytes(8 * MIB)),
}
