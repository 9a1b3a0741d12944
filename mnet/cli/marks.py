"""What `mnet check` found: a row a submission, a table for the shell and a CSV file for a spreadsheet."""

import csv
import io
import re
from collections import Counter, namedtuple

from mnet.files import write_whole

# submission: path within the folder; ran: how running it went; marks: {exercise: one of those below}
Row = namedtuple("Row", "submission ran marks")
PASSED, WRONG, NOT_YET, NOT_RUN = "passed", "wrong", "not yet", "did not run"  # "wrong: and the mistake"
SIGNS = {PASSED: "✓", WRONG: "✗", NOT_YET: "○", NOT_RUN: "–"}
WIDTH = 100  # characters of a table's marks


def exercises(rows):
    """Return the names of all exercises in the rows, in order."""
    return list(dict.fromkeys(exercise for row in rows for exercise in row.marks))


def groups(rows):
    """Return the rows in lists that share exercises, as the notebooks of one lesson do; at last the empty."""
    found = []
    for row in rows:
        joined = [group for group in found if any(row.marks.keys() & other.marks.keys() for other in group)]
        found = [group for group in found if group not in joined]
        found.append([*(other for group in joined for other in group), row])
    return sorted(found, key=lambda group: not group[0].marks)


def columns(rows):
    """Return the exercises that the table has room for, those of most submissions first to be taken."""
    taken, width = set(), 0
    for name, _ in Counter(name for row in rows for name in row.marks).most_common():
        width += len(name) + 2
        taken |= {name} if width <= WIDTH else set()
    return [name for name in exercises(rows) if name in taken]


def _short(name):
    return name if len(name) <= 60 else f"{name[:35]}…{name[-24:]}"


def table(rows):
    """Return the marks as lines of text, a table for those that share exercises, then the mistakes."""
    width = max((len(_short(row.submission)) for row in rows), default=0)
    for group in groups(rows):
        names = columns(group)
        if names:
            yield "  ".join([" " * width, *names])
        for row in group:
            signs = [SIGNS.get(row.marks.get(n, "").partition(":")[0], " ").center(len(n)) for n in names]
            more = len(row.marks.keys() - names)
            notes = [row.ran[:100]] * (row.ran != "ran") + [f"{more} more in the CSV file"] * bool(more)
            yield "  ".join([_short(row.submission).ljust(width), *signs, ", ".join(notes)]).rstrip()
    yield ", ".join(f"{sign} {word}" for word, sign in SIGNS.items())
    wrong = Counter(
        f"{name}: {text.removeprefix(f'{WRONG}: ')}"
        for row in rows
        for name, text in row.marks.items()
        if text.startswith(WRONG)
    )
    for mistake, count in wrong.most_common():
        yield f"{count} × {mistake}"


def safe(cell):
    """Return the text so that no spreadsheet computes it, wherever it may split: before = after ; as well."""
    return re.sub(r"(^|[;；|])(\s*)(?=[-=+@－＝＋＠﹣﹦﹢﹫−])", r"\1'\2", cell)


def write_csv(path, rows):
    """Write the marks to a CSV file, a line a submission and a column an exercise, whole or not at all."""
    names, text = exercises(rows), io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(map(safe, ["submission", "ran", "passed", *names]))
    for row in rows:
        marks = [row.marks.get(name, "") for name in names]
        lines.writerow(map(safe, [row.submission, row.ran, str(marks.count(PASSED)), *marks]))
    write_whole(path, lambda file: file.write(text.getvalue().encode("utf-8-sig")))  # which Excel wants
