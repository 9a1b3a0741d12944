"""A hub with docs/jupyterhub_config.py: a student finds the lessons, trains in them, and loses no work."""

import hashlib
import json
import re

import pytest

pytest.importorskip(
    "jupyterhub", reason="no JupyterHub: `uv run --extra test --extra hub pytest` tries the hub"
)

from mnet.cli.handout import RECORD
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
    names = "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "MEM_LIMIT", "CPU_LIMIT", "HUB"
    assert page.value(f"[os.environ[name] for name in {names}]") == ["1", "1", "1", str(2**30), "1.0", "ours"]
    assert page.value("os.environ['JUPYTER_CONFIG_PATH'].split(os.pathsep)")[-1] == "/their/settings"
    assert page.value("os.environ['STARTED_BY']") == "the image"
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


def test_each_link_of_a_students_lessons_leads_somewhere(hub, page, home):
    lessons = sorted((home / "ada" / "mnet" / "notebooks").rglob("*.ipynb"))
    links = {
        (path.parent / link).resolve()
        for path in lessons
        for link in re.findall(r"\]\(((?:\.\./)*[\w/]+\.\w+)\)", path.read_text("utf-8"))
    }
    assert len(lessons) >= 8
    assert "solutions" not in [path.parent.name for path in lessons]
    assert len(links) >= 14
    assert [link for link in links if not link.exists()] == []
    assert hub.ask("GET", "/user/ada/files/mnet/mnet/sgd.py").text.startswith('"""Lesson 06')


def test_a_corrected_lesson_reaches_those_who_have_not_touched_it(hub, home):
    hub.start("bea")
    notebooks, record = home / "bea" / "mnet" / "notebooks", home / "bea" / "mnet" / RECORD
    hub.stop("bea")
    names = "00_start", "01_data", "02_sigmoid"
    theirs, ours = (
        [folder / f"{name}.ipynb" for name in names] for folder in (notebooks, COURSE / "notebooks")
    )
    # 00 as the course had it when she last logged in; 01 so too, and she has worked in it since; 02 is lost.
    theirs[0].write_text("an older lesson")
    old = hashlib.sha256(b"an older lesson").hexdigest()
    known = json.loads(record.read_text()) | {"notebooks/00_start.ipynb": old, "notebooks/01_data.ipynb": old}
    record.write_text(json.dumps(known))
    theirs[1].write_text("her answers")
    theirs[2].unlink()
    hub.start("bea")
    assert theirs[0].read_bytes() == ours[0].read_bytes()
    assert theirs[1].read_text() == "her answers"
    assert theirs[2].read_bytes() == ours[2].read_bytes()
