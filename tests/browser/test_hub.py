"""A hub with docs/jupyterhub_config.py: a student finds the lessons, trains in them, and loses no work."""

import pytest

pytest.importorskip(
    "jupyterhub", reason="no JupyterHub: `uv run --extra test --extra hub pytest` tries the hub"
)

from tests.support.front_end import FrontEnd
from tests.support.hub import COURSE, jupyterhub


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Return the folder in which the student ada has her home."""
    return tmp_path_factory.mktemp("hub")


@pytest.fixture(scope="module")
def hub(home):
    with jupyterhub(home) as hub:
        yield hub


@pytest.fixture(scope="module")
def page(hub):
    page = FrontEnd(hub.start("ada"), hub.token)
    yield page
    page.close()


def test_a_student_arrives_at_the_first_lesson(hub, page):
    arrived = hub.ask("GET", "/user/ada/")
    assert arrived.url == f"{hub.address}/user/ada/lab/tree/mnet/notebooks/00_start.ipynb"
    for off in "application-extension:faviconbusy", "apputils-extension:announcements":
        assert f"@jupyterlab/{off}" in arrived.text
    assert hub.ask("GET", "/user/ada/api/contents/mnet/notebooks/00_start.ipynb").json()["content"]["cells"]


def test_a_student_has_one_thread_and_a_limit_and_what_the_hub_had_before(page):
    names = "OPENBLAS_NUM_THREADS", "MEM_LIMIT", "HUB"
    assert page.value(f"[os.environ[name] for name in {names}]") == ["1", str(2**30), "ours"]
    server = "open(f'/proc/{os.getppid()}/cmdline').read().split(chr(0))"
    arguments = page.value(server)
    assert "--MappingKernelManager.cull_idle_timeout=3600" in arguments
    assert "--ServerApp.shutdown_no_activity_timeout=3600" in arguments
    assert "--LabApp.news_url=None" in arguments


def test_a_student_trains_the_network_and_each_slider_is_answered(page):
    page.run("import mnet\nfrom mnet.live import panels\npanel = panels.training(mnet.load_mnist())\npanel")
    page.click("Run")
    for number in range(10):
        page.change(number)
        page.until(page.answered)
    assert page.agree("panel")


def test_a_server_started_again_keeps_the_work_and_brings_what_is_missing(hub, home):
    hub.start("bea")
    notebooks = home / "bea" / "mnet" / "notebooks"
    (notebooks / "01_data.ipynb").write_text("her answers")
    (notebooks / "02_sigmoid.ipynb").unlink()
    hub.stop("bea")
    hub.start("bea")
    assert (notebooks / "01_data.ipynb").read_text() == "her answers"
    theirs, ours = (
        (folder / "02_sigmoid.ipynb").read_bytes() for folder in (notebooks, COURSE / "notebooks")
    )
    assert theirs == ours
