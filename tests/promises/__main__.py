"""Measure what the course promises: hostile files, bad input, numbers, interruptions, long use, a class.

    uv run --extra test --extra hub --extra bench python -m tests.promises

measures every part in full; `--quick` repeats less, and a name, such as `hostile`, chooses one part. Extra
`hub` is for the part `classroom`; without `bench`, which has PyTorch, one row of `precision` is not measured.

Prints a Markdown table: what was measured, the figure, the target, and whether it is met; ends with 1 if one
is missed. Each part is a module of this folder whose `rows(quick)` yields (what, figure, target, met).
"""

import argparse
import importlib
import sys
import traceback
from pathlib import Path

FOLDER = Path(__file__).parent
PARTS = sorted(path.stem for path in FOLDER.glob("[a-z]*.py") if not path.stem.startswith("test_"))


def all_rows(part, quick):
    """Yield the rows of a part; one that breaks off is missed, and the others are measured all the same."""
    try:
        yield from importlib.import_module(f"tests.promises.{part}").rows(quick)
    except Exception as error:
        traceback.print_exc()
        yield "measured to the end", f"{type(error).__name__}: {error}".splitlines()[0], "all", False


def main():
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("parts", nargs="*", metavar="PART", help=f"one of {', '.join(PARTS)}; all if none")
    options.add_argument("--quick", action="store_true", help="fewer repeats")
    chosen = options.parse_args()
    if unknown := set(chosen.parts) - set(PARTS):
        options.error(f"no part {', '.join(sorted(unknown))}, wanted some of {', '.join(PARTS)}.")
    missed = 0
    print("| part | what | figure | target | met |\n|---|---|---|---|---|")
    for part in chosen.parts or PARTS:
        for what, figure, target, met in all_rows(part, chosen.quick):
            answer = "–" if met is None else "yes" if met else "**no**"  # None: it could not be measured
            print(f"| {part} | {what} | {figure} | {target} | {answer} |", flush=True)
            missed += answer == "**no**"
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
