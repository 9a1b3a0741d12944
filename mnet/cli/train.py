"""`mnet train`: trains a network from the shell, stops at any mini-batch, and goes on where it stopped."""

import json
import os
import time
import zlib
from contextlib import suppress
from functools import reduce
from pathlib import Path

import click
import numpy as np
from click.core import ParameterSource
from tqdm import tqdm

import mnet
from mnet.cli.errors import Number, Whole, claim, command, say, sentences, signals
from mnet.files import FOLDER, DataError, read_npz
from mnet.sgd import update_mini_batch


class Sizes(click.ParamType):
    """Reads 784,30,10."""

    name = "sizes"

    def convert(self, value, param, ctx):
        """Return the list of ints."""
        try:
            return value if isinstance(value, list) else [int(size) for size in value.split(",")]
        except ValueError:
            self.fail(f"{value!r:.80} is no list of whole numbers such as 784,30,10.", param, ctx)


@click.command(context_settings={"show_default": True, "allow_extra_args": True})
@click.option("--sizes", type=Sizes(), default="784,30,10", help="Neurons in each layer, the input first.")
@click.option("--epochs", type=Whole(1), default=30, help="Passes over the training images.")
@click.option("--mini-batch-size", type=Whole(1), default=10, help="Images for each update.")
@click.option("--eta", type=Number(), default=3.0, help="Learning rate.")
@click.option("--seed", type=Whole(0), default=0, help="The same seed gives the same training.")
@click.option(
    "--data", type=click.Path(path_type=Path), help="Folder of four IDX files.  [default: the course's]"
)
@click.option(
    "--save", type=click.Path(path_type=Path), help="Keep the network and its run in this .npz file."
)
@click.option(
    "--resume", type=click.Path(path_type=Path), help="Go on with the run in this file, and save to it."
)
@click.option(
    "--plot", type=click.Path(path_type=Path), help="Draw the test accuracy of each epoch to this PNG."
)
@click.option("--overwrite", is_flag=True, help="Let --save and --plot replace files that are there.")
@click.pass_context
@sentences()
def train(ctx, data, save, resume, plot, overwrite, **settings):
    """Train a network on the digits and score it on the test images after each epoch.

    Ctrl-C stops after the current mini-batch, and saves where --save or --resume says to.
    """
    began = time.perf_counter()
    refuse_extra(ctx)
    with signals() as asked:
        run = resumed(ctx, resume, settings) if resume else Run(**settings)
        had_ended = run.ended
        keep = Keeper(run, save or resume, data)
        examine_places(keep, save, resume, plot, overwrite)
        run.use(mnet.load_mnist(data or FOLDER))
        follow(run, asked, keep)
        if plot and run.correct:
            from mnet import figures  # matplotlib, which nothing else here needs

            figures.save(plot, figures.accuracy_curve, run.correct, len(run.mnist.test))
        if not run.ended:
            say(keep.stopped())
            ctx.exit(128 + asked[0])  # 130 after Ctrl-C, as shells count
    last, best, total = run.correct[-1], max(run.correct), len(run.mnist.test)
    best_one = f"best {best} / {total} in epoch {run.correct.index(best)}"
    say(f"Last {last} / {total}, {best_one}; {time.perf_counter() - began:.1f} seconds.")
    if had_ended:
        say(keep.ended())


def refuse_extra(ctx):
    """Raise UsageError for arguments that are no option's: as a rule they belong to --sizes."""
    if ctx.args:
        sizes = [*ctx.params["sizes"], *ctx.args]
        fit = ctx.get_parameter_source("sizes") is ParameterSource.COMMANDLINE
        fit = fit and all(argument.isdecimal() for argument in ctx.args)
        remedy = f"put commas between the layers, as in --sizes {','.join(map(str, sizes))}"
        ctx.fail(f"Unexpected: {' '.join(ctx.args)}; {remedy if fit else 'leave it out'}.")


def examine_places(keep, save, resume, plot, overwrite):
    """Raise ValueError where the network or the picture could not be written in the end, or cost a file."""
    if plot and plot.suffix.lower() != ".png":
        raise ValueError(f"--plot: found {plot}, wanted a name that ends in .png: a PNG is what it draws.")
    if plot and any(other and os.path.realpath(other) == os.path.realpath(plot) for other in (save, resume)):
        raise ValueError(f"--plot: {plot} is the file of the network, wanted another name.")
    if keep.path:
        own = resume and os.path.realpath(resume) == os.path.realpath(keep.path)
        claim("--save", keep.path, overwrite or own, keep.size, keep.way_on)
    if plot:
        claim("--plot", plot, overwrite)


def follow(run, asked, keep):
    """Train until the end or until asked to stop: a bar, the run kept, and a line an epoch."""
    with tqdm(
        total=run.settings["epochs"] * run.batches,
        initial=len(run.correct) * run.batches + run.done,
        unit=" mini-batches",
        disable=None,  # where stderr is no terminal
        leave=False,
    ) as bar:
        for epoch in run.train(asked, bar.update):
            keep()
            try:
                with tqdm.external_write_mode():
                    say(epoch)
            except (click.ClickException, BrokenPipeError):
                click.echo(keep.stopped(), err=True)
                raise
    keep()


class Keeper:
    """Saves a run where it was asked to, and knows how to go on from there."""

    def __init__(self, run, path, data):
        self.run, self.path = run, path
        data = ["--data", data] if data else []
        self.resume = f"`{command('mnet', 'train', '--resume', path, *data)}"

    def __call__(self):
        """Save the run, once there is something to save: untrained weights replace nothing."""
        if self.path and self.begun:
            self.run.save(self.path)

    @property
    def begun(self):
        """Whether a mini-batch was learnt from."""
        return bool(self.run.correct or self.run.done)

    @property
    def size(self):
        """Return how many bytes the file takes, or some more."""
        return 2**14 + sum(array.nbytes for array in self.run.net.weights + self.run.net.biases)

    def way_on(self):
        """Say how the run goes on that is there already, if it is one."""
        with suppress(DataError):
            Run.load(self.path)
            return f"{self.resume}` goes on with it, "
        return ""

    def stopped(self):
        """Say where the run stopped, and how it goes on."""
        if self.run.ended:
            kept = f"{self.path} holds the network" if self.path else "nothing is saved without --save"
            return f"{self.whole} had ended; {kept}."
        done = f"{self.run.done:,} of {self.run.batches:,} mini-batches"
        kept = f"{self.resume}` goes on" if self.path else "nothing is saved without --save"
        kept = kept if self.begun else "nothing is trained yet, so nothing is saved"
        return f"Stopped in epoch {len(self.run.correct)} after {done}; {kept}."

    def ended(self):
        """Say that there was nothing left to do, and how to train on."""
        more = 2 * self.run.settings["epochs"]
        return f"{self.whole} had ended before; {self.resume} --epochs {more}` trains on."

    @property
    def whole(self):
        """Name all epochs of the run."""
        epochs = self.run.settings["epochs"]
        return "The one epoch" if epochs == 1 else f"All {epochs} epochs"


def resumed(ctx, path, settings):
    """Return the run saved in `path`; UsageError for an option that would make it another run."""
    run = Run.load(path)
    for name, value in settings.items():
        stored = run.settings[name]
        if ctx.get_parameter_source(name) is not ParameterSource.COMMANDLINE or value == stored:
            continue
        if name != "epochs" or value < stored:
            more = " or more" if name == "epochs" else ""
            option = name.replace("_", "-")
            raise click.UsageError(
                f"--{option} {value} does not fit {path}: its run has {stored}{more}; leave --{option} out."
            )
        run.settings["epochs"] = value
    return run


def fingerprint(mnist):
    """Return one number for all images and labels."""
    arrays = [array for split in mnist for array in (split.images, split.labels)]
    return reduce(lambda crc, array: zlib.crc32(np.ascontiguousarray(array), crc), arrays, 0)


class Run:
    """A training that may stop after any mini-batch, and goes on from its file as if it never had."""

    def __init__(self, sizes, epochs, mini_batch_size, eta, seed):
        self.settings = {
            "sizes": sizes,
            "epochs": epochs,
            "mini_batch_size": mini_batch_size,
            "eta": eta,
            "seed": seed,
        }
        self.rng = np.random.default_rng(seed)
        self.net = mnet.Network(sizes, rng=self.rng)
        self.correct = []  # one count for each epoch that has ended
        self.done = 0  # mini-batches of the epoch after those
        self.rng_state = self.rng.bit_generator.state  # at the start of that epoch: it deals the same again
        self.data = None

    @property
    def ended(self):
        """Whether all epochs are done."""
        return len(self.correct) >= self.settings["epochs"]

    def use(self, mnist):
        """Take the data; ValueError if they or the settings do not fit, before any training."""
        data = fingerprint(mnist)
        if self.data not in (None, data):
            raise ValueError(
                "the saved run began with other data: give the --data folder that it began with."
            )
        self.data, self.mnist = data, mnist
        how = (self.settings[name] for name in ("epochs", "mini_batch_size", "eta"))
        mnet.sgd(self.net, mnist.train, *how, self.rng, mnist.test)  # guards them all, and trains when asked
        self.batches = -(-len(mnist.train) // self.settings["mini_batch_size"])
        if self.done > self.batches:
            raise ValueError(
                f"the saved run is {self.done:,} mini-batches into an epoch of {self.batches:,}."
            )

    def train(self, asked, tick):
        """Yield an Epoch as each ends, like `mnet.sgd`; stop after the mini-batch in which `asked` fills."""
        train, test = self.mnist.train, self.mnist.test
        while not self.ended:
            batches = mnet.mini_batches(len(train), self.settings["mini_batch_size"], self.rng)
            self._go_on(train.deal(batches[self.done :]), asked, tick)
            if asked:
                return
            self.correct.append(mnet.evaluate(self.net, test))
            self.done, self.rng_state = 0, self.rng.bit_generator.state
            yield mnet.Epoch(len(self.correct) - 1, self.correct[-1], len(test))

    def _go_on(self, examples, asked, tick):
        with np.errstate(all="ignore"):  # a training that leaves all numbers behind says so by its count
            for x, y in examples:
                if asked:
                    return
                update_mini_batch(self.net, x, y, self.settings["eta"])
                self.done += 1
                tick()

    def save(self, path):
        """Write the network, and with it all that the run needs to go on."""
        names = "settings", "correct", "done", "rng_state", "data"
        self.net.save(path, run=np.array(json.dumps({name: getattr(self, name) for name in names})))

    @classmethod
    def load(cls, path):
        """Read a run that `save` wrote; DataError for anything else."""
        net, parts = mnet.Network.load(path), read_npz(path)
        if "run" not in parts:
            raise DataError(
                path,
                "a network without its run",
                "a run to go on with",
                "start one with `mnet train --save PATH`",
            )
        try:
            return cls.restored(net, json.loads(str(parts["run"])))
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise DataError(path, f"a broken run ({error})", "a whole one", "start it again") from None

    @classmethod
    def restored(cls, net, saved):
        """Return the run of a network from what `save` wrote beside it."""
        run = cls(**saved["settings"])
        if run.net.sizes != net.sizes:
            raise ValueError(f"sizes {run.net.sizes} for a network of sizes {net.sizes}")
        run.net, run.data, run.done, run.correct = net, saved["data"], saved["done"], saved["correct"]
        if not all(type(count) is int and count >= 0 for count in [run.data, run.done, *run.correct]):
            raise ValueError("counts that are no whole numbers")
        run.rng.bit_generator.state = run.rng_state = saved["rng_state"]
        return run
