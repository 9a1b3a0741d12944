"""Eight hours of use: sliders moved, the cell of a panel run again, its page loaded again."""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "browser"))

from front_end import FrontEnd
from lab import IDLE, chromium, jupyterlab
from live import memory
from live_page import CELLS, TOOLS, Page, write_notebooks


def kernel(address, changes, reruns):
    """Yield rows on a kernel that hears slider changes while it trains, then runs a panel's cell again."""
    page = FrontEnd(address, "t")
    page.run(CELLS["live"][0])
    page.run(TOOLS)

    def change(times):
        for number in range(times):
            page.change(number)
            if number % 10 == 9:  # a drag there or back: the changes before the last may pass unseen
                page.until(page.answered)

    def rerun(times):
        for _ in range(times):
            page.run(CELLS["live"][1], "panel")
            page.painted = {}
            page.click("Run")
            page.until(page.answered)

    rerun(10)
    change(200)
    found = [page.value("[*figures(), in_use()]")]
    change(changes)
    found.append(page.value("[*figures(), in_use()]"))
    agree = [page.agree("panel")]
    rerun(reruns)
    found.append(page.value("[*figures(), in_use()]"))
    agree.append(page.agree("panel"))
    page.close()
    held, threads, comms, used = zip(*found, strict=True)
    used_mb, held_mb = (", ".join(f"{megabytes:.1f}" for megabytes in memory) for memory in (used, held))
    yield (
        f"kernel memory in use: warm, after {changes:,} changes while training, {reruns} runs of the cell",
        f"{used_mb} MB; with what malloc keeps for later {held_mb}",
        "+ 10 MB in use",
        max(used) - used[0] <= 10,
    )
    yield "worker threads then", f"{threads[1]}, {threads[2]}", "1, 1", threads[1:] == (1, 1)
    yield "comms then", ", ".join(map(str, comms)), "no more", max(comms) <= comms[0]
    yield "sliders, kernel and chart agree after each", f"{sum(agree)} of 2", "2", all(agree)


def browser(address, reloads):
    """Yield rows on one page with a training panel that is loaded again and again."""
    with chromium() as started:
        page = Page(started, address)
        page.run_all()
        devtools = page.page.context.new_cdp_session(page.page)
        page.command("docmanager:save")
        page.click("Run")

        def reload(number):
            """Move a slider, load the page again; say whether it shows the same settings and trains on."""
            page.press(number)
            page.idle(0.3)
            settings = page.settings()
            page.page.reload()
            page.page.wait_for_function(IDLE)
            page.arrive()
            return page.settings() == settings and page.trains() and page.agree()

        kept = [reload(number) for number in range(3)]
        warm = *memory(page, devtools), page.reading("in_use()")
        kept += [reload(number) for number in range(3, 3 + reloads)]
        after = *memory(page, devtools), page.reading("in_use()")
        page.pause()
        page.close()
    what = f"after {reloads} loads of the page while training"
    figure = (
        f"{warm[4]:.1f}, {after[4]:.1f} MB; with what malloc keeps for later {warm[0]:.1f}, {after[0]:.1f}"
    )
    yield f"kernel memory in use {what}", figure, "+ 10 MB in use", after[4] - warm[4] <= 10
    yield f"browser heap {what}", f"{warm[3]:.1f}, {after[3]:.1f} MB", "+ 5 MB", after[3] - warm[3] <= 5
    yield "worker threads then", str(after[1]), "1", after[1] == 1
    yield "comms then", f"{warm[2]}, {after[2]}", "no more", after[2] <= warm[2]
    yield (
        "loads after which sliders, kernel and chart agree, and the training goes on",
        f"{sum(kept)} of {len(kept)}",
        "all",
        all(kept),
    )


def rows(quick):
    """Yield what long use costs and whether anything is lost."""
    with tempfile.TemporaryDirectory() as folder:
        root, home = Path(folder, "root"), Path(folder, "home")
        root.mkdir()
        home.mkdir()
        write_notebooks(root)
        with jupyterlab(root, home) as address:
            yield from kernel(address, *((400, 20) if quick else (20_000, 500)))
            yield from browser(address, 3 if quick else 100)
