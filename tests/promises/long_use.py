"""Eight hours of use: sliders moved, a cell or a whole lesson run again, the page loaded again."""

import tempfile
from pathlib import Path

import nbformat
from playwright import sync_api

from tests.support.front_end import FrontEnd
from tests.support.lab import ROOT, chromium, jupyterlab
from tests.support.live_page import CELLS, TOOLS, Page, memory, write_notebooks

FIGURES = "[*figures(), in_use()]"
# At each load JupyterLab leaves a sub-shell in the kernel, a thread and 0.2 MB. They are not the course's,
# and ipykernel 7.4 goes on sending them what a page that came later says: they can go only at the end.
DELETE = """async () => {
    const kernel = jupyterapp.shell.currentWidget.context.sessionContext.session.kernel;
    const { subshell_id } = (await kernel.requestListSubshell({}).done).content;
    for (const id of subshell_id) await kernel.requestDeleteSubshell({ subshell_id: id }).done;
    return subshell_id.length;
}"""


def kernel_memory(when, held, used):
    """Yield a row on the MB that the kernel holds, and one on those that malloc does not keep for later."""
    for name, readings in ("memory", held), ("memory in use", used):
        figure = ", ".join(f"{reading:.1f}" for reading in readings)
        yield f"kernel {name}: {when}", f"{figure} MB", "+ 10 MB", max(readings) - readings[0] <= 10


def kernel(address, changes, reruns):
    """Yield rows on a kernel that hears slider changes while it trains, then runs a panel's cell again."""
    page = FrontEnd(address, "t")
    page.run(CELLS["live"][0])
    page.run(TOOLS)

    def change(times):
        for number in range(times):
            page.change(number)
            page.until(page.heard)
            if number % 10 == 9:  # a drag there or back: the changes before the last may pass unpainted
                page.until(page.answered)

    def rerun(times):
        for _ in range(times):
            page.run(CELLS["live"][1], "panel")
            page.painted = {}
            page.click("Run")
            page.until(page.answered)

    rerun(10)
    change(200)
    found = [page.value(FIGURES)]
    change(changes)
    found.append(page.value(FIGURES))
    agree = [page.agree("panel")]
    rerun(reruns)
    found.append(page.value(FIGURES))
    agree.append(page.agree("panel"))
    page.close()
    held, threads, comms, used = zip(*found, strict=True)
    when = f"warm, after {changes:,} changes while training, {reruns} runs of the cell"
    yield from kernel_memory(when, held, used)
    yield "worker threads then", f"{threads[1]}, {threads[2]}", "1, 1", threads[1:] == (1, 1)
    yield "comms then", ", ".join(map(str, comms)), "no more", max(comms) <= comms[0]
    yield "sliders, kernel and chart agree after each", f"{sum(agree)} of 2", "2", all(agree)


def lessons(address, times):
    """Yield rows on kernels that run all cells of a lesson again and again, those that hold the images."""
    for name in "00_start", "01_data":
        page, used = FrontEnd(address, "t"), []
        cells = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", 4).cells
        for _ in range(1 + times):
            for cell in cells:
                if cell.cell_type == "code":
                    page.run(cell.source, cell.id)
            page.run(TOOLS)
            used.append(page.value("in_use()"))
        page.close()
        figure = f"{used[0]:.1f}, {used[-1]:.1f} MB"
        what = f"kernel memory in use: all cells of {name} run, and {times} times again"
        yield what, figure, "+ 5 MB", used[-1] - used[0] <= 5


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
            page.forget()
            page.press(number)
            settings = page.settings()
            page.until_painted(settings)  # else the page would go before the kernel has heard it
            try:
                page.reload()
            except sync_api.TimeoutError:  # ipywidgets asks a kernel once for its widgets, and may give up
                page.reload()
                page.click("Run")  # nobody saw it meanwhile
                return False
            return page.settings() == settings and page.trains() and page.agree()

        kept = [reload(number) for number in range(3)]
        warm = *memory(page, devtools), page.reading("in_use()")
        kept += [reload(number) for number in range(3, 3 + reloads)]
        after = *memory(page, devtools), page.reading("in_use()")
        left, bare = page.page.evaluate(DELETE), page.reading(FIGURES)
        page.close()
    held, threads, comms, heap, used = zip(warm, after, strict=True)
    when = f"warm, after {reloads} loads of the page while training"
    yield from kernel_memory(when, (held[0], bare[0]), (used[0], bare[-1]))
    figure = f"{held[1]:.1f}, in use {used[1]:.1f} MB"
    yield f"the same before the {left} sub-shells that JupyterLab left were deleted", figure, "–", None
    yield f"browser heap: {when}", f"{heap[0]:.1f}, {heap[1]:.1f} MB", "+ 5 MB", heap[1] - heap[0] <= 5
    yield "worker threads then", str(threads[1]), "1", threads[1] == 1
    yield "comms then", f"{comms[0]}, {comms[1]}", "no more", comms[1] <= comms[0]
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
            yield from lessons(address, 3 if quick else 10)
            yield from browser(address, 3 if quick else 100)
