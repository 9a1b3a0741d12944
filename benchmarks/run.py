"""Measure mnet side by side with the per-example original and the libraries a user would pick.

    uv run --extra bench python -m benchmarks.run            about a minute; saves benchmarks/speed.png
    uv run --extra bench python -m benchmarks.run --quick    one round; saves no picture

All run on one thread of one core and take turns, round after round. The clock counts processor time, so that
other programs on the machine disturb it little; the tables show medians.
"""

import os

if __name__ == "__main__":  # up here, for libraries read these once, as they load
    for limit in ("OPENBLAS_NUM", "OMP_NUM", "MKL_NUM", "NUMBA_NUM", "VECLIB_MAXIMUM"):
        os.environ[f"{limit}_THREADS"] = "1"
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    if hasattr(os, "sched_setaffinity"):  # Linux; elsewhere the settings above must do
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

import argparse
import platform
import statistics
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path

import numpy as np

import mnet
from benchmarks.peers import CONTESTANTS

SIZES, MINI_BATCH_SIZE, ETA = [784, 30, 10], 10, 3.0
HIDDEN = 10, 30, 100, 300, 1000
MINI_BATCHES = 1, 3, 10, 30, 100, 300, 1000
MEMORY_LIMIT = 350  # MB, for a whole training run
PICTURE = Path(__file__).with_name("speed.png")

IMPORT = "import time; start = time.process_time(); import mnet; print(time.process_time() - start)"
TRAIN = f"""
import pathlib, re, resource, sys, numpy, mnet
mnist, rng = mnet.load_mnist(), numpy.random.default_rng(0)
list(mnet.sgd(mnet.Network({SIZES}, rng), mnist.train, 1, {MINI_BATCH_SIZE}, {ETA}, rng, mnist.test))
status = pathlib.Path("/proc/self/status")
if status.exists():  # Linux counts in ru_maxrss what the process held that started this one
    print(int(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1]) * 1024 / 1e6)
else:
    unit = 1 if sys.platform == "darwin" else 1024
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6)
"""


def race(runners, rounds):
    """Call each function once a round, in turn, and return {name: median processor seconds}."""
    times = {name: [] for name in runners}
    for _ in range(rounds):
        for name, run in runners.items():
            start = time.process_time()
            run()
            times[name].append(time.process_time() - start)
    return {name: statistics.median(seconds) for name, seconds in times.items()}


def line_up(contestants, train, test, least=0.85):
    """Return {name: epoch function}, {name: share of test read after one epoch} and why others are absent.

    That first epoch warms each up and proves that it learns: at `least` or below it is an error.
    """
    epochs, shares, absent = {}, {}, []
    for name, prepare in contestants.items():
        try:
            epochs[name], correct = prepare(train, test, SIZES, MINI_BATCH_SIZE, ETA)
        except ModuleNotFoundError as error:
            command = "uv run --extra bench python -m benchmarks.run"
            absent.append(f"{name} is left out: {error.name} is not installed; `{command}` brings it.")
            continue
        epochs[name]()
        if correct:
            shares[name] = correct() / len(test)
            if shares[name] <= least:
                raise SystemExit(
                    f"{name} reads {shares[name]:.1%} after one epoch, wanted more than {least:.0%}."
                )
    return epochs, shares, absent


def table(seconds, shares):
    """Return the Markdown table of one epoch, with ratios to the first row."""
    ours = next(iter(seconds.values()))
    lines = ["| one epoch | what runs | seconds | × mnet | test images read |", "|---|---|--:|--:|--:|"]
    for name, s in seconds.items():
        share = f"{shares[name]:.1%}" if name in shares else "–"
        lines.append(f"| {name} | {CONTESTANTS[name].__doc__} | {s:.3f} | {s / ours:.2f} | {share} |")
    return "\n".join(lines)


def growth(train, rounds):
    """Return {panel: {line: {size: seconds an epoch of 50,000}}} for mnet and for its products alone."""
    runners = {}
    for name in ("mnet", "matrix products alone"):
        for panel, values in (("hidden", HIDDEN), ("mini-batch", MINI_BATCHES)):
            for value in values:
                sizes, m = ([784, value, 10], MINI_BATCH_SIZE) if panel == "hidden" else (SIZES, value)
                runners[panel, name, value] = CONTESTANTS[name](train, None, sizes, m, ETA)[0]
    panels = {"hidden": {}, "mini-batch": {}}
    for (panel, name, value), seconds in race(runners, rounds).items():
        panels[panel].setdefault(name, {})[value] = seconds * 50_000 / len(train)
    return panels


def child(code):
    """Return the number that a fresh Python prints."""
    return float(
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    )


def machine():
    """Name what the figures depend on."""
    packages = []
    for package in ("numpy", "torch", "scikit-learn", "jax", "numba"):
        try:
            packages.append(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            continue
    try:
        from threadpoolctl import threadpool_info
    except ModuleNotFoundError:
        blas = []
    else:  # the kernels that the BLAS picks for the processor decide what the products cost
        blas = [b for b in threadpool_info() if b["user_api"] == "blas" and "numpy" in b["filepath"]]
    packages += [f"{b['internal_api']} {b['version']} with {b.get('architecture')} kernels" for b in blas]
    where = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, one in use"
    return ", ".join([where, f"Python {platform.python_version()}", *packages])


def draw(seconds, panels, path):
    """Save the race and the growth as one picture."""
    from matplotlib.figure import Figure

    blue, grey, orange = "#0072B2", "#999999", "#E69F00"
    fig = Figure(figsize=(13, 4), layout="constrained")
    axes = fig.subplots(1, 3, width_ratios=(1.5, 1, 1))
    ours = seconds["mnet"]
    bars = axes[0].barh(
        list(seconds), list(seconds.values()), color=[blue if n == "mnet" else grey for n in seconds]
    )
    axes[0].bar_label(bars, [f"{s:.2f} s, {s / ours:.1f} ×" for s in seconds.values()], padding=3)
    axes[0].invert_yaxis()
    axes[0].set(xlabel="one epoch of 50,000 images / s", xlim=(0, 1.3 * max(seconds.values())))
    axes[0].set_title("[784, 30, 10], mini-batch 10, one thread")
    labels = {"hidden": "neurons in the hidden layer", "mini-batch": "images in a mini-batch"}
    for ax, (panel, lines) in zip(axes[1:], panels.items(), strict=True):
        for (name, points), color, marker in zip(lines.items(), (blue, orange), "os", strict=True):
            ax.loglog(list(points), list(points.values()), marker=marker, color=color, label=name)
        ax.set(xlabel=labels[panel], ylabel="one epoch / s")
        ax.set_title("mini-batch 10" if panel == "hidden" else "[784, 30, 10]")
        ax.grid(which="major", alpha=0.3)
        ax.legend()
    for ax in axes:
        ax.spines[["top", "right"]].set_visible(False)
    fig.savefig(path, dpi=120)


def main():
    parser = argparse.ArgumentParser(description="Measure mnet side by side with its peers.")
    parser.add_argument("--quick", action="store_true", help="one round of everything, no picture")
    quick = parser.parse_args().quick
    rounds = 1 if quick else 5

    # Before the peers are imported: Linux hands a child the peak memory of the parent that starts it.
    imported = statistics.median(child(IMPORT) for _ in range(rounds))
    memory = child(TRAIN) if sys.platform != "win32" else None
    mnist = mnet.load_mnist()

    epochs, shares, absent = line_up(CONTESTANTS, mnist.train, mnist.test)
    seconds = race(epochs, rounds)
    net = mnet.Network(SIZES, np.random.default_rng(0))
    own = race({"evaluate": lambda: mnet.evaluate(net, mnist.test), "load_mnist": mnet.load_mnist}, rounds)
    part = mnet.Split(
        *(array[: 2000 if quick else 10_000] for array in (mnist.train.images, mnist.train.labels))
    )
    panels = growth(part, min(rounds, 3))

    print(f"{machine()}.\n\n{table(seconds, shares)}\n")
    print("".join(f"{sentence}\n\n" for sentence in absent), end="")
    print("| mnet alone | |\n|---|--:|")
    print(f"| `evaluate`, 10,000 images | {own['evaluate']:.3f} s |")
    print(f"| `load_mnist()` | {own['load_mnist']:.3f} s |")
    print(f"| `import mnet`, NumPy included | {imported:.3f} s |")
    print(
        f"| peak memory of a training run | {f'{memory:.0f} MB' if memory else 'not measured on Windows'} |"
    )
    for panel, lines in panels.items():
        print(f"\n| {panel} size | " + " | ".join(map(str, lines["mnet"])) + " |")
        print("|---|" + "--:|" * len(lines["mnet"]))
        for name, points in lines.items():
            print(f"| {name}, s an epoch | " + " | ".join(f"{s:.3f}" for s in points.values()) + " |")
    if not quick:
        draw(seconds, panels, PICTURE)
        print(f"\nThe picture is in {PICTURE.parent.name}/{PICTURE.name}.")
    if memory and memory >= MEMORY_LIMIT:
        raise SystemExit(f"A training run takes {memory:.0f} MB, wanted less than {MEMORY_LIMIT}.")


if __name__ == "__main__":
    main()
