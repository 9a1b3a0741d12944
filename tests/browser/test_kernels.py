"""What panels say when their kernel hangs, ends, is another or is shared: nothing that is not so."""

import os
import re
import signal
import time

from playwright.sync_api import expect

from tests.support.lab import IDLE

ENDED = "The kernel has ended: run the cells down to here again."
SILENT = re.compile(
    r"^The kernel has not answered since \d\d:\d\d:\d\d: a cell may keep it busy, or the connection is "
    r"lost\. If it has ended, run the cells down to here again\.$"
)
TRAINS = re.compile(r"^(Training with|Learning:|The run has only begun)")
# What a panel's figures are followed by: its speed, or since when it has none.
FACTS = r"^epoch \d+, \d+ % through · validation [\d.]+ % · {} · η [\d.]+, mini-batch \d+, \[784, 30, 10\]$"
FAST = re.compile(FACTS.format(r"[\d,]+ mini-batches/s"))
QUIET = re.compile(FACTS.format(r"nothing heard since \d\d:\d\d:\d\d"))
NOTEBOOK = ".jp-NotebookPanel:not(.lm-mod-hidden)"
# How many controls of the panels could be used, and how many not.
CONTROLS = """() => {
    const dead = [...document.querySelectorAll(`.mnet-panel :is(button, select, .noUi-handle, .mnet-pad)`)]
        .map(control => control.closest("[inert]") !== null);
    return [dead.filter(Boolean).length, dead.length];
}"""


def say(page, training, pad, facts, dead=False):
    """Wait until the panels' lines and the figures are these, and all controls are dead, or none is."""
    lines = page.page.locator(".mnet-panel [role=status]:not(.mnet-pad-spoken)")
    expect(lines).to_have_text([training, pad], timeout=20_000)
    expect(page.panel.locator(".mnet-facts")).to_have_text(facts)
    inert, all_of_them = page.page.evaluate(CONTROLS)
    assert inert == (all_of_them if dead else 0)
    assert all_of_them > 10


def train(page):
    """Run the cells, and have the network train."""
    page.run_all()
    page.click("Run")
    say(page, TRAINS, "", FAST)


def test_a_panel_whose_kernel_hangs_says_since_when_and_takes_it_back(open_page, artefacts):
    page = open_page()
    page.page.clock.install()
    train(page)
    kernel = page.reading("os.getpid()")
    os.kill(kernel, signal.SIGSTOP)  # as a machine that sleeps, or code that never lets go of the interpreter
    try:
        page.page.clock.run_for(3000)
        say(page, TRAINS, "", QUIET)
        page.page.clock.run_for(7000)
        say(page, SILENT, SILENT, QUIET)
        page.page.clock.run_for(14_000)
        say(page, SILENT, SILENT, QUIET, dead=True)
        page.page.screenshot(path=artefacts / "hangs.png")
    finally:
        os.kill(kernel, signal.SIGCONT)
    say(page, TRAINS, "", FAST)
    assert page.trains()
    page.close()


def shows_the_pictures(page):
    """Wait for the pictures of the training panel and the pad, in the place of all else."""
    for number, offer in (1, "the sliders"), (2, "the pad"):
        cell = page.page.locator(f"{NOTEBOOK} .jp-Cell").nth(number)
        cell.locator(".jp-OutputArea-output img").wait_for()
        said = cell.inner_text()
        assert f"This is a picture: run the cells down to here for {offer}." in said
        assert "widget" not in said
        assert not cell.locator(".mnet-panel").count()


def test_a_panel_whose_kernel_ended_says_so_and_is_its_picture(page, open_page, artefacts):
    assert not page.page.locator(".jp-OutputArea-output img:visible").count()
    page.command("docmanager:save")
    page.click("Run")
    say(page, TRAINS, "", FAST)
    os.kill(page.reading("os.getpid()"), signal.SIGKILL)
    say(page, ENDED, ENDED, QUIET, dead=True)
    page.page.reload()  # the session goes on, with a kernel that knows no panel
    page.page.wait_for_function(IDLE)
    shows_the_pictures(page)
    page.command("kernelmenu:shutdown")
    page.page.close()
    again = open_page()
    shows_the_pictures(again)
    again.page.screenshot(path=artefacts / "ended.png")
    again.run_all()
    assert not again.page.locator(".jp-OutputArea-output img:visible").count()
    again.close()


# Has the notebook use the kernel of another environment.
CHANGE = """() => {
    jupyterapp.shell.currentWidget.context.sessionContext.changeKernel({ name: "other" });
}"""


def test_a_panel_whose_kernel_was_changed_or_whose_server_was_stopped_says_so(open_page, artefacts):
    page = open_page()
    page.page.clock.install()
    train(page)
    page.python("from ipykernel import kernelspec; kernelspec.install(user=True, kernel_name='other')")
    page.page.evaluate(CHANGE)
    say(page, ENDED, ENDED, QUIET, dead=True)
    train(page)  # as they say
    open_page.stop()
    page.page.clock.run_for(10_000)
    say(page, SILENT, SILENT, QUIET)
    open_page.start()
    for _ in range(20):  # JupyterLab takes its time to look for the server
        page.page.clock.run_for(3000)
        if ENDED in page.panel.inner_text():
            break
    say(page, ENDED, ENDED, QUIET, dead=True)
    page.page.screenshot(path=artefacts / "server.png")
    page.page.close()


def test_a_closed_tab_pauses_the_training_and_finds_its_picture_again(page, open_page):
    page.python("panel.PATIENCE = 2")
    page.click("Run")
    page.idle(3)
    assert page.trains()
    page.command("docmanager:save")
    page.page.close()
    time.sleep(4)
    again = open_page()
    again.arrive()
    assert again.reading("[panel.worker.running, len(workers())]") == [False, 0]
    assert int(again.chart.get_attribute("data-steps")) == again.reading("panel.training.steps") > 0
    again.click("Run")
    assert again.trains()
    again.close()


def test_a_lesson_of_which_a_part_was_run_finds_its_panel_again(open_page):
    page = open_page("partly")
    for number in 0, 1:
        page.run_cell(number)
    page.arrive()
    page.click("Step")
    page.panel.locator("[role=status]", has_text="1 so far").wait_for()
    page.command("docmanager:save")
    page.reload()
    assert "1 so far" in page.panel.inner_text()
    page.close()


def test_a_notebook_that_is_renamed_shared_or_copied_keeps_its_panels(page, open_page):
    page.click("Run")
    page.page.evaluate("() => jupyterapp.shell.currentWidget.context.rename('renamed.ipynb')")
    page.page.get_by_role("tab", name="renamed.ipynb").wait_for()
    page.press(0)
    say(page, TRAINS, "", FAST)
    page.command("docmanager:save")
    other = open_page("renamed")
    other.arrive()
    other.press(1)
    say(other, TRAINS, "", FAST)
    assert page.agree()
    assert other.settings() == page.settings() == "η 3.3, mini-batch 11, [784, 30, 10]"
    page.page.evaluate("() => jupyterapp.serviceManager.contents.copy('renamed.ipynb', '')")
    page.command("docmanager:open", path="renamed-Copy1.ipynb")
    page.page.wait_for_function(IDLE)
    shows_the_pictures(page)  # another notebook, whose kernel knows no panel
    page.command("docmanager:open", path="renamed.ipynb")
    say(page, TRAINS, "", FAST)
    other.run_cell(1)
    say(
        other,
        "Ready. Predict what the cost will do, then press Run.",
        "",
        re.compile("^epoch 0, 0 % through"),
    )
    cell = page.page.locator(f"{NOTEBOOK} .jp-Cell").nth(1)  # whose panel the other page has replaced
    expect(cell.get_by_text("This is a picture: run the cells down to here for the sliders.")).to_be_visible()
    assert not cell.locator(".mnet-panel").count()
    other.page.close()
    page.page.close()
