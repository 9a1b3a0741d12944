"""Run the lessons of a published site in a real browser, as a reader does, and move a slider of each.

    uv run --extra test python -m tests.browser.published URL [LESSON ...]

Prints a line a lesson; the exit code is 1 if a cell failed or a slider moved nothing.
"""

import sys
import time

from playwright.sync_api import Error

from tests.support.lab import IDLE, ROOT, Lesson, chromium

OPEN = f"""() => {{
    const said = document.getElementById('said')?.textContent ?? '';
    return said.startsWith('That did not work') ? said : ({IDLE})() && 'open';
}}"""


class Published(Lesson):
    """A lesson of the browser edition, opened from the page that fetches what it needs."""

    def __init__(self, page, address, name):
        self.page = page
        page.set_default_timeout(180_000)
        page.goto(f"{address}run.html?lesson={name}")
        page.click("#fetch")
        said = page.wait_for_function(OPEN).json_value()
        if said != "open":
            raise Error(said)

    def run_all(self):
        """Run the lesson from top to bottom; return what failed."""
        self.command("notebook:run-all-cells")
        outputs = [output for cell in self.cells() for output in cell["outputs"]]
        return [f"{one['ename']}: {one['evalue']}" for one in outputs if one["output_type"] == "error"]

    def slides(self):
        """Move the first slider of the last panel; say whether the panel shows something else."""
        panel = self.page.locator(".mnet-panel:has(.noUi-handle)").last
        return self.changes(panel, self.press, panel.locator(".noUi-handle").first, timeout=20)


def main(address, *names):
    """Run these lessons, or all; return the exit code."""
    lessons = names or [path.stem for path in sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))]
    bad = False
    with chromium() as browser:
        for name in lessons:
            began = time.monotonic()
            try:
                lesson = Published(browser.new_page(), f"{address.rstrip('/')}/", name)
            except Error as error:  # the others would not open either
                print(f"{name}: does not open: {error.message.splitlines()[0]}")
                return 1
            opened = time.monotonic()
            failed = lesson.run_all()
            ran = time.monotonic()
            panels = "panels." in (ROOT / "notebooks" / f"{name}.ipynb").read_text("utf-8")
            if not failed and panels and not lesson.slides():  # an appendix may have none
                failed = ["a slider moved nothing"]
            bad |= bool(failed)
            verdict = "; ".join(failed) or "all well"
            print(
                f"{name}: open after {opened - began:.0f} s, run in {ran - opened:.0f} s: {verdict}",
                flush=True,
            )
            lesson.page.close()
    return int(bad)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
