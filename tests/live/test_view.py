"""Views: what they import goes into the one file that the browser gets, and closed ones are let go."""

import gc
import re
import threading
import weakref

import pytest

from mnet.live.chart import Chart
from mnet.live.pad import Pad
from mnet.live.picture import Picture
from mnet.live.view import source


def test_what_a_file_imports_stands_in_place_of_the_import(tmp_path):
    code = '// a\nimport {\n  b,\n} from "./b.js";\nimport { c } from "./c.js";\nb(c);'
    (tmp_path / "a.js").write_text(code)
    (tmp_path / "b.js").write_text("export function b() {}\n")
    (tmp_path / "c.js").write_text("export const c = 1;\n")
    assert source(tmp_path / "a.js") == "// a\nexport function b() {}\n\nexport const c = 1;\n\nb(c);"


def test_what_two_files_import_is_there_once(tmp_path):
    (tmp_path / "a.js").write_text('import { b } from "./b.js";\nimport { c } from "./c.js";\nb(c);')
    (tmp_path / "b.js").write_text('import { c } from "./c.js";\nexport const b = c;\n')
    (tmp_path / "c.js").write_text("export const c = 1;\n")
    assert source(tmp_path / "a.js").count("export const c = 1;") == 1


@pytest.mark.parametrize("view", [Chart, Pad])
def test_the_browser_gets_one_file_of_each_kind(view):
    assert not re.search("^import ", view._code.default_value, re.MULTILINE)
    assert ".mnet-" in view._css


def test_a_closed_view_is_let_go_and_no_thread_watches_its_files():
    threads = threading.enumerate()
    picture = Picture()
    assert threading.enumerate() == threads
    picture.close()
    picture = weakref.ref(picture)
    gc.collect()
    assert picture() is None
