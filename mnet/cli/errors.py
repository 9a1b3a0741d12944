"""What the commands have in common: how a refusal reaches the shell, how they stop, that no file is lost."""

import os
import shlex
import signal
import subprocess
import sys
from contextlib import contextmanager

import click

from mnet.files import prove_writable


class Main(click.Group):
    """A command that runs where stdin, stdout or stderr is missing, as in a service or after `2>&-`."""

    def main(self, *args, **kwargs):
        """Let the null device take the place of what is missing: else the next file opened would."""
        for name, mode in ("stdin", "r"), ("stdout", "w"), ("stderr", "w"):
            if getattr(sys, name) is None:
                setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115, as long as the command
        try:
            return super().main(*args, **kwargs)
        except OSError as error:
            if error.filename is not None:
                raise
            unwritable(error).show()  # --help and --version into a full disk
            sys.exit(1)


class Whole(click.IntRange):
    """A whole number of a range; what is none is refused with an example."""

    def convert(self, value, param, ctx):
        """Return the int."""
        try:
            int(value)
        except ValueError:
            self.fail(f"{value!r:.80} is no whole number such as {param.default}.", param, ctx)
        return super().convert(value, param, ctx)


class Number(click.types.FloatParamType):
    """A number; what is none, a decimal comma say, is refused with an example."""

    def convert(self, value, param, ctx):
        """Return the float."""
        try:
            return float(value)
        except ValueError:
            self.fail(f"{value!r:.80} is no number such as {param.default}.", param, ctx)


@contextmanager
def sentences():
    """Turn what mnet refuses into one line for the shell."""
    try:
        yield
    except ValueError as error:  # DataError is one; a TypeError would be our own mistake, and shows as such
        raise click.ClickException(str(error)) from None


@contextmanager
def signals():
    """Give a list that fills with the SIGINTs and SIGTERMs, which then break nothing off half-way."""
    asked = []
    kinds = [signal.SIGINT, signal.SIGTERM]
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # no nohup
        kinds.append(signal.SIGHUP)  # the terminal is closed
    before = [signal.signal(kind, lambda number, _: asked.append(number)) for kind in kinds]
    try:
        yield asked
    finally:
        for kind, handler in zip(kinds, before, strict=True):
            signal.signal(kind, handler)


def say(line):
    """Print a line; ClickException where stdout takes no more, BrokenPipeError where nobody reads on."""
    try:
        click.echo(line)
    except BrokenPipeError:
        raise  # `| head`: click ends the command without a word
    except OSError as error:
        raise unwritable(error) from None


def unwritable(error):
    """Return the refusal of a stdout that takes no more, and have Python forget the line."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # Python tries the same line again when it ends
    found = f"stdout: found that it cannot be written ({error.strerror}), wanted room for a line"
    return click.ClickException(f"{found}; to mend it, free some or send it elsewhere.")


def claim(option, path, overwrite, size=0, way_on=lambda: ""):
    """Prove that the file of an option can be written, with so many bytes; refuse to replace one unasked.

    way_on : says what else can be done with the file that is there
    """
    prove_writable(path, lambda file: file.write(bytes(size)))
    if os.path.exists(path) and not overwrite:
        found = f"{option}: found a file {path}, wanted a new name"
        raise ValueError(f"{found}; {way_on()}--overwrite replaces it, another name keeps it.")


def command(*words):
    """Return a command as a shell wants it typed."""
    return (subprocess.list2cmdline if os.name == "nt" else shlex.join)([str(word) for word in words])
