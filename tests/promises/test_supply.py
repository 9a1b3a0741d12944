"""What the course is made of: red for an unexplained package, a lost hash, an open socket."""

import nbformat
import pytest

from tests.promises import supply


def test_the_quick_form_is_met():
    for what, figure, _, met in supply.rows(quick=True):
        assert met, (what, figure)


def test_an_unexplained_package_is_seen():
    assert supply.unexplained(["numpy", "pytest-xdist", "leftpad"], "NumPy, and xdist") == ["leftpad"]


@pytest.mark.parametrize(
    "pins",
    [
        "numpy==2.4.6",
        "numpy==1.0 --hash=sha256:" + "0" * 64,
        "scipy==2.4.6 --hash=sha256:" + "0" * 64,
        "numpy==2.4.6 --hash=sha256:0",
    ],
)
def test_a_wrong_pin_is_seen(pins):
    assert supply.mistaken(pins, ["numpy>=2.0"])


@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.create_connection(('192.0.2.1', 80), 1)",
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'', ('192.0.2.1', 9))",
        "import urllib.request; urllib.request.urlopen('http://course.invalid')",
        "import subprocess, sys; subprocess.run([sys.executable, '-c', "
        "'import socket; socket.gethostbyname(\"course.invalid\")'])",
    ],
)
def test_an_attempt_to_leave_the_machine_is_seen(tmp_path, code):
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(f"try:\n    {code}\nexcept OSError:\n    pass")]
    )
    nbformat.write(notebook, tmp_path / "leaves.ipynb")
    assert supply.offline(tmp_path / "leaves.ipynb")


def test_an_error_in_a_lesson_is_seen(tmp_path):
    nbformat.write(
        nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 / 0")]), tmp_path / "fails.ipynb"
    )
    assert "ZeroDivisionError" in supply.offline(tmp_path / "fails.ipynb")[0]
