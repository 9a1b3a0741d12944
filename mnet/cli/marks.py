"""What `mnet check` found: a line a student, a table for the shell and a CSV file for a spreadsheet."""

import csv
import io
import re
from collections import Counter, namedtuple

from mnet.checks.course import course, number
from mnet.files import write_whole

# student: whose it is; lesson: its file's name, or None; ran: how running it went;
# marks: {exercise of the course: one of those below}; extra: what was checked and is no exercise
Row = namedtuple("Row", "student submission lesson ran marks extra", defaults=(None, "ran", {}, ()))
PASSED, WRONG, NOT_YET, MISSING = "passed", "wrong", "not yet", "missing"  # "wrong: and the mistake"


def lessons(rows):
    """Return the lessons that somebody handed in, in order."""
    names = {row.lesson for row in rows} | {lesson for row in rows for lesson in solved(row)}
    return [lesson for lesson in course() if lesson in names]


def solved(row):
    """Return the lessons from which a submission has marks."""
    return {lesson for lesson, some in course().items() for exercise in some if exercise.name in row.marks}


def students(rows):
    """Return {student: rows}, in order."""
    found = {}
    for row in rows:
        found.setdefault(row.student, []).append(row)
    return found


def marks(rows, lesson):
    """Return {exercise: mark} of a student in a lesson; the best of several hand-ins counts."""
    order = {PASSED: 0, WRONG: 1, NOT_YET: 2}
    return {
        exercise.name: min(
            (row.marks[exercise.name] for row in rows if exercise.name in row.marks),
            key=lambda mark: order.get(mark.partition(":")[0], 3),
            default=MISSING,
        )
        for exercise in course()[lesson]
    }


def score(rows, lesson):
    """Return "n of N"; nothing where the student handed in nothing of the lesson."""
    if all(row.lesson != lesson and lesson not in solved(row) for row in rows):
        return ""
    found = [*marks(rows, lesson).values()]
    return f"{found.count(PASSED)} of {len(found)}"


def remarks(rows):
    """Yield how running went where it did not go well, what is missing of a lesson, and what is extra."""
    for row in rows:
        at = f"{row.lesson or row.submission}: " if rows[1:] else ""
        if row.ran != "ran":
            yield f"{at}{row.ran}"
        if row.extra:
            yield f"{at}extra: {', '.join(row.extra)}"
    for lesson in lessons(rows):
        if missing := [name for name, mark in marks(rows, lesson).items() if mark == MISSING]:
            yield f"{number(lesson)} missing: {', '.join(missing)}"


def _short(name, most):
    return name if len(name) <= most else f"{name[: most - 25]}…{name[-24:]}"


def table(rows):
    """Return the marks as lines of text, one a student, then the mistakes, the commonest first."""
    names, by = lessons(rows), students(rows)
    width = max((len(_short(student, 40)) for student in by), default=0)
    yield "  ".join([" " * width, *(number(name).center(6) for name in names)]).rstrip()
    for student, some in by.items():
        scores = [score(some, name).center(6) for name in names]
        note = _short("; ".join(remarks(some)), 160)
        yield "  ".join([_short(student, 40).ljust(width), *scores, note]).rstrip()
    every = [mark for some in by.values() for name in names for mark in marks(some, name).items()]
    wrong = Counter(f"{name}: {mark[len(WRONG) + 2 :]}" for name, mark in every if mark.startswith(WRONG))
    for mistake, count in wrong.most_common():
        yield f"{count} × {mistake}"


def safe(cell):
    """Return the text so that no spreadsheet computes it, wherever it may split: before = after ; as well."""
    return re.sub(r"(^|[;；|])(\s*)(?=[-=+@－＝＋＠﹣﹦﹢﹫−])", r"\1'\2", cell)


def write_csv(path, rows):
    """Write the marks to a CSV file, a line a student, whole or not at all."""
    names, text = lessons(rows), io.StringIO()
    every = [exercise.name for name in names for exercise in course()[name]]
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(map(safe, ["student", "passed", *names, "remarks", *every]))
    for student, some in students(rows).items():
        each = [mark for name in names for mark in marks(some, name).values()]
        scores = [score(some, name) for name in names]
        lines.writerow(
            map(safe, [student, str(each.count(PASSED)), *scores, "; ".join(remarks(some)), *each])
        )
    write_whole(path, lambda file: file.write(text.getvalue().encode("utf-8-sig")))  # which Excel wants
