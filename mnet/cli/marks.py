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
BEST_FIRST = {PASSED: 0, WRONG: 1, NOT_YET: 2}


def lessons(rows):
    """Return the lessons of which the rows have anything, in order."""
    named, marked = {row.lesson for row in rows}, {name for row in rows for name in row.marks}
    return [lesson for lesson, some in course().items()
            if lesson in named or marked & {exercise.name for exercise in some}]  # fmt: skip


def students(rows):
    """Return {student: rows}, in order."""
    return {name: [row for row in rows if row.student == name] for name in dict.fromkeys(r[0] for r in rows)}


def marks(rows, lesson):
    """Return {exercise: mark} of a student in a lesson; the best of several hand-ins counts."""

    def best(exercise):
        found = [row.marks.get(exercise, MISSING) for row in rows]
        return min(found, key=lambda mark: BEST_FIRST.get(mark.partition(":")[0], 3))

    return {exercise.name: best(exercise.name) for exercise in course()[lesson]}


def score(rows, lesson):
    """Return "n of N"; nothing where the student handed in nothing of the lesson."""
    found = [*marks(rows, lesson).values()]
    return f"{found.count(PASSED)} of {len(found)}" if lesson in lessons(rows) else ""


def remarks(rows):
    """Yield how running went where it did not go well, what is missing of a lesson, and what is extra."""
    for row in rows:
        at = f"{row.lesson or row.submission}: " if rows[1:] else ""
        yield from [f"{at}{row.ran}"] if row.ran != "ran" else []
        yield from [f"{at}extra: {', '.join(row.extra)}"] if row.extra else []
    for lesson in lessons(rows):
        if missing := [name for name, mark in marks(rows, lesson).items() if mark == MISSING]:
            yield f"{number(lesson)} missing: {', '.join(missing)}"


def _short(text, most):
    return text if len(text) <= most else f"{text[: most - 25]}…{text[-24:]}"


def table(rows):
    """Yield the marks as lines of text, one a student, then the mistakes, the commonest first."""
    names, by, wrong = lessons(rows), students(rows), Counter()
    width = max(len(_short(student, 40)) for student in by)
    yield "  ".join([" " * width, *(number(name).center(6) for name in names)]).rstrip()
    for student, some in by.items():
        scores = [score(some, name).center(6) for name in names]
        note = _short("; ".join(remarks(some)), 160)
        yield "  ".join([_short(student, 40).ljust(width), *scores, note]).rstrip()
        every = [mark for name in names for mark in marks(some, name).items()]
        wrong.update(f"{name}: {mark[len(WRONG) + 2 :]}" for name, mark in every if mark.startswith(WRONG))
    yield from (f"{count} × {mistake}" for mistake, count in wrong.most_common())


def safe(cell):
    """Return the text so that no spreadsheet computes it, wherever it may split: before = after ; as well."""
    return re.sub(r"(^|[;；|])(\s*)(?=[-=+@－＝＋＠﹣﹦﹢﹫−])", r"\1'\2", cell)


def write_csv(path, rows):
    """Write the marks to a CSV file, a line a student, whole or not at all."""
    names, text = lessons(rows), io.StringIO()
    lines = [["student", "passed", *names, "remarks", *(e.name for name in names for e in course()[name])]]
    for student, some in students(rows).items():
        each = [mark for name in names for mark in marks(some, name).values()]
        scores = [score(some, name) for name in names]
        lines.append([student, str(each.count(PASSED)), *scores, "; ".join(remarks(some)), *each])
    csv.writer(text, lineterminator="\n").writerows([*map(safe, line)] for line in lines)
    write_whole(path, lambda file: file.write(text.getvalue().encode("utf-8-sig")))  # which Excel wants
