"""Numbers: gradients in every precision, order and NumPy; steps at every learning rate; the lessons' texts.

The gradients are compared with the complex step, Im C(p + ih) / h, which is exact to rounding and shares no
code with mnet, and with PyTorch's autograd where PyTorch is installed (`--extra bench`).
"""

import json
import os
import re
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np

import mnet

ROOT = Path(__file__).resolve().parents[2]
# In shares of the gradient's largest number: some thousand roundings, as the σ′ = a (1 - a) of a
# saturated neuron is made of the last digits of a.
TOLERANCE = {"float64": 1e-12, "float32": 1e-4}
LARGE = [784, 1000, 1000, 10]
SIZES = [[1, 1], [1, 5, 1], [2, 3, 4, 5], [784, 10], [784, 30, 10], LARGE]
OLDEST, NEWEST = ["--resolution", "lowest-direct"], ["--resolution", "highest"]


def cases(count):
    """Yield (net, x, y): the lessons' network, a large one, and `count` random architectures."""
    for seed in range(-2, count):
        rng = np.random.default_rng(abs(seed) + 1000 * (seed < 0))
        random = rng.integers(1, 13, rng.integers(2, 6)).tolist()
        net = mnet.Network({-1: [784, 30, 10], -2: LARGE}.get(seed, random), rng)
        # Scaled, or the neurons behind 784 inputs saturate and there is no gradient to compare.
        net.weights = [w / np.sqrt(w.shape[1], dtype=w.dtype) for w in net.weights]
        m = rng.integers(1, 7)
        yield net, rng.random((net.sizes[0], m), np.float32), rng.random((net.sizes[-1], m), np.float32)


def laid_out(net, dtype, order):
    """Return a copy of the network in another precision and memory order."""
    copy = mnet.Network(net.sizes, dtype=getattr(np, dtype))
    copy.weights = [np.array(w, dtype, order=order) for w in net.weights]
    copy.biases = [np.array(b, dtype, order=order) for b in net.biases]
    return copy


def complex_step(net, x, y, most=50):
    """Return [(flat indices, slopes)] of each array, biases first: of `most` parameters each."""
    rng = np.random.default_rng(0)
    biases, weights = ([p.astype(complex) for p in part] for part in (net.biases, net.weights))

    def slope(parameters, i):
        kept, parameters[i] = parameters[i], parameters[i] + 1e-30j
        a = x.astype(float)
        for w, b in zip(weights, biases, strict=True):
            a = 1 / (1 + np.exp(-(w @ a + b)))
        parameters[i] = kept
        return ((a - y) ** 2).sum().imag / 2 / x.shape[1] / 1e-30

    chosen = [rng.permutation(p.size)[:most] for p in biases + weights]
    pairs = zip(biases + weights, chosen, strict=True)
    return [(indices, np.array([slope(p.reshape(-1), i) for i in indices])) for p, indices in pairs]


def autograd(net, x, y):
    """Return the same from PyTorch, for every parameter."""
    import torch

    biases, weights = (
        [torch.tensor(p, dtype=torch.float64, requires_grad=True) for p in part]
        for part in (net.biases, net.weights)
    )
    a = torch.tensor(x, dtype=torch.float64)
    for w, b in zip(weights, biases, strict=True):
        a = torch.sigmoid(w @ a + b)
    (((a - torch.tensor(y)) ** 2).sum() / 2 / x.shape[1]).backward()
    return [(np.arange(p.numel()), p.grad.numpy().reshape(-1)) for p in biases + weights]


def gradient_errors(count, reference):
    """Return {dtype: the largest error of `backprop`} over all cases, in C and in Fortran order."""
    worst = dict.fromkeys(TOLERANCE, 0.0)
    for net, x, y in cases(count):
        right = reference(net, x, y)
        scale = max(abs(slopes).max() for _, slopes in right)
        for dtype in worst:
            for order in "CF":
                inputs = (np.array(array, dtype, order=order) for array in (x, y))
                nabla_b, nabla_w = mnet.backprop(laid_out(net, dtype, order), *inputs)
                for ours, (indices, slopes) in zip(nabla_b + nabla_w, right, strict=True):
                    assert ours.dtype == dtype
                    error = abs(ours.reshape(-1)[indices] - slopes).max() / scale
                    worst[dtype] = max(worst[dtype], float(error))
    return worst


def gradient_row(what, errors):
    figure = ", ".join(f"{dtype} {error:.0e}" for dtype, error in errors.items())
    target = ", ".join(f"{dtype} ≤ {most:.0e}" for dtype, most in TOLERANCE.items())
    return what, figure, target, all(errors[dtype] <= most for dtype, most in TOLERANCE.items())


def faulty_steps(etas, steps):
    """Take mini-batch steps at each learning rate, size and precision: (trainings, [what went wrong])."""
    images = mnet.load_mnist().train.columns(slice(0, 20))
    faults, trainings = [], 0
    for sizes in SIZES:
        rng = np.random.default_rng(0)
        x = images[0] if sizes[0] == 784 else rng.random((sizes[0], 20))
        y = images[1] if sizes[-1] == 10 else rng.random((sizes[-1], 20))
        for dtype in TOLERANCE:
            for eta in etas:
                net = mnet.Network(sizes, np.random.default_rng(0), getattr(np, dtype))
                trainings += 1
                try:
                    with np.errstate(all="raise", under="ignore"):  # what NumPy warns of by default
                        for _ in range(min(steps, 3) if sizes == LARGE else steps):
                            mnet.update_mini_batch(net, x.astype(dtype), y.astype(dtype), eta)
                        finite = np.isfinite(mnet.quadratic_cost(mnet.feedforward(net, x), y))
                    finite &= all(np.isfinite(p).all() for p in net.weights + net.biases)
                except FloatingPointError as error:
                    finite, fault = False, error
                else:
                    fault = "not finite"
                faults += [] if finite else [f"{sizes} {dtype} η {eta:.0e}: {fault}"]
    return trainings, faults


def uv(*options):
    """Return the start of a command in an environment of its own, made without the pins."""
    isolated = "--isolated", "--no-project", "--no-config", "--python", sys.executable
    return [
        os.environ.get("UV", "uv"),
        "run",
        "-q",
        *isolated,
        *options,
        "--with-editable",
        ".[test]",
        "python",
    ]


def child(command, threads=1):
    environment = os.environ | {"OPENBLAS_NUM_THREADS": str(threads), "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8"
    )


def gradients_elsewhere(python, count, threads):
    """Return the row that a fresh Python finds with this number of BLAS threads."""
    run = child([*python, __file__, str(count)], threads)
    if run.returncode:
        return f"gradients, {threads} BLAS threads", run.stderr.splitlines()[-1], "runs", False
    found = json.loads(run.stdout)
    what = f"gradients of {count + 2} networks, C and Fortran order, complex step"
    return gradient_row(f"{what}: NumPy {found['numpy']}, {threads} BLAS threads", found["errors"])


def lessons(python, threads):
    """Return a row: nbval runs the lessons again and compares what they say."""
    # A core for each thread: OpenBLAS's stall where two programs of two share two, and lessons tell times.
    workers = 2 if threads == 1 else 0
    command = f"-m pytest --nbval --nbval-current-env -q -p no:cacheprovider -n {workers} --dist loadfile"
    run = child([*python, *command.split(), "-o", "filterwarnings=default", "notebooks"], threads)
    passed, failed = (re.search(rf"(\d+) {word}", run.stdout) for word in ("passed", "failed"))
    figure = f"{passed[1] if passed else 'no'} cells the same, {failed[1] if failed else 'none'} different"
    figure = ": ".join([figure, *re.findall(r"^FAILED notebooks/(\S+ \d+)", run.stdout, re.M)])
    version = child([*python, "-c", "import numpy; print(numpy.__version__)"]).stdout.strip()
    what = f"texts of all lessons and solutions: NumPy {version}, {threads} BLAS threads"
    return what, figure, "all the same", run.returncode == 0


def rows(quick):
    count = 20 if quick else 200
    here, others = [sys.executable], [] if quick else [uv(*OLDEST), uv(*NEWEST)]
    places = [(here, 1), (here, 2), *((python, 1) for python in others)]
    for python, threads in places:
        yield gradients_elsewhere(python, count, threads)
    what = f"gradients of {count + 2} networks, PyTorch autograd"
    try:
        yield gradient_row(what, gradient_errors(count, autograd))
    except ModuleNotFoundError as error:
        yield what, f"not measured: no {error.name}", "", None
    trainings, faults = faulty_steps(10.0 ** np.arange(-8, 9, 4 if quick else 1), 5 if quick else 50)
    what = f"{trainings} trainings, η 1e-8 to 1e8, sizes {SIZES[0]} to {LARGE}: a warning, NaN or ∞"
    yield what, f"{len(faults)} {faults[:1] or ''}", "0", not faults
    for python, threads in [] if quick else places:  # the tests do it on one thread
        yield lessons(python, threads)


if __name__ == "__main__":
    count = int(sys.argv[1])
    errors = gradient_errors(count, partial(complex_step, most=count // 4))
    print(json.dumps({"numpy": np.__version__, "errors": errors}))
