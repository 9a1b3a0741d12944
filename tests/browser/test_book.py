"""The book on the web: every page opened in a real browser, which asks for nothing from elsewhere."""

import statistics
import subprocess
from urllib.parse import unquote, urldefrag

import pytest

from tests.support.lab import ROOT, chromium

SEEN = """async () => {
    await window.MathJax?.startup?.promise;
    const seconds = performance.now() / 1000;
    const asked = ['navigation', 'resource'].flatMap(kind => performance.getEntriesByType(kind));
    const words = document.querySelector('main').cloneNode(true);
    words.querySelectorAll('pre, code, script').forEach(part => part.remove());
    const images = [...document.images];
    return {
        seconds,
        megabytes: asked.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0) / 1e6,
        tex: words.textContent.match(/\\\\[a-zA-Z(\\[]+|\\$\\$/g) ?? [],
        merrors: [...document.querySelectorAll('[data-mml-node="merror"]')].map(part => part.textContent),
        formulas: document.querySelectorAll('mjx-container').length,
        wordless: images.filter(image => !image.alt.trim()).map(image => image.src),
        links: [...document.querySelectorAll('a[href]')].map(link => link.href),
        ids: [...document.querySelectorAll('[id]')].map(part => part.id),
        folds: [...document.querySelectorAll('details.hide')].map(fold => fold.open),
        panels: document.querySelectorAll('.cell_output a.run').length,
        sources: [...document.querySelectorAll('a.source')].map(link => [link.textContent, link.href]),
        before: [...document.querySelectorAll('.o + a.source')].map(link => link.previousSibling.textContent),
        printed: [...document.querySelectorAll('.sentences')].map(part => part.textContent),
        width: document.documentElement.scrollWidth,
        cut: [...document.querySelectorAll('.sentences pre')]
            .filter(pre => pre.scrollWidth > pre.clientWidth).map(pre => pre.textContent),
        dark: document.documentElement.dataset.theme == 'dark',
    };
}"""
# axe-core takes its time for each element: it sees one token of a kind, and of a formula the words.
GRAVE = """async () => {
    const kinds = new Set();
    for (const token of document.querySelectorAll('pre span:not(:has(*))')) {
        const kind = token.className + token.parentElement.className + token.closest('details')?.open;
        if (kinds.has(kind)) token.replaceWith(token.textContent);
        kinds.add(kind);
    }
    document.querySelectorAll('mjx-container').forEach(maths => maths.replaceChildren(maths.textContent));
    return (await axe.run({ preload: false, resultTypes: ['violations'] })).violations
        .filter(({ impact }) => ['serious', 'critical'].includes(impact))
        .flatMap(({ id, nodes }) => nodes.map(node => `${id}: ${node.html.slice(0, 120)}`));
}"""
LESSONS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def axe(tmp_path_factory):
    """Return the source of axe-core, which finds what keeps people out."""
    folder = tmp_path_factory.mktemp("npm")
    command = "npm", "install", "--silent", "--no-save", "--prefix", folder, "axe-core@4.14.1"
    subprocess.run(command, check=True)
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


def pages(site):
    """Return the paths of the book's pages in the site."""
    found = [path.relative_to(site).as_posix() for path in site.rglob("*.html")]
    return sorted(path for path in found if not path.startswith(("_", "lite/")))


def visit(page, base, path, axe):
    """Open a page; return what it holds, what is grave, and all that was in vain or asked of elsewhere."""
    faults = []

    def asked(request):
        if not request.url.startswith((base, "data:", "blob:")):
            faults.append(request.url)

    def answered(response):
        if response.status >= 400:
            faults.append(response.url)

    def said(message):  # a browser asks once for an icon of the site, which has none
        icon = message.location["url"].endswith("/favicon.ico")
        if message.type in ("error", "warning") and not icon:
            faults.append(message.text)

    listeners = {
        "request": asked,
        "response": answered,
        "requestfailed": lambda request: faults.append(request.url),
        "console": said,
        "pageerror": lambda error: faults.append(str(error)),
    }
    for event, listener in listeners.items():
        page.on(event, listener)
    page.goto(base + path)
    seen = page.evaluate(SEEN) | {"faults": faults}
    seen["grave"] = page.evaluate(f"{axe}; ({GRAVE})()") if axe else []
    for event, listener in listeners.items():
        page.remove_listener(event, listener)
    return seen


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def visits(browser, site, address, axe):
    """Return {page: what a visit finds}: from a server, in light; and from disk, in the dark on a phone.

    A request that leads elsewhere is not held up, but found: with `page.route` Chromium would keep nothing of
    one page for the next. And one visitor after the other, or it would start a process for each page.
    """
    desk = browser.new_page(viewport={"width": 1280, "height": 720}, color_scheme="light")
    phone = browser.new_page(viewport={"width": 360, "height": 740}, color_scheme="dark")
    paths, found = pages(site), {}
    sources = [path for path in paths if path.startswith(("mnet/", "tests/"))]
    tools = {path: "" if path in sources[1:] else axe for path in paths}  # one template makes them all
    for path, tool in tools.items():
        found[path] = visit(desk, address, path, tool)
    for path, tool in tools.items():
        found[path]["disk"] = visit(phone, f"{site.as_uri()}/", path, tool)
    return found


def each(visits, name):
    """Return {page: what was found there}, of pages where something was."""
    return {path: seen[name] for path, seen in visits.items() if seen[name]}


def on_disk(visits):
    """Return {page: what a phone finds on the disk, in the dark}."""
    return {path: seen["disk"] for path, seen in visits.items()}


def test_it_builds_within_a_minute_without_a_warning_and_changes_nothing(built):
    assert (built["code"], built["said"], built["touched"]) == (0, "", [])
    assert built["seconds"] < 60


def test_every_lesson_and_its_solutions_are_pages(visits):
    for name in LESSONS:
        assert f"notebooks/{name}.html" in visits
        assert f"notebooks/solutions/{name}.html" in visits


def test_nothing_fails_and_nothing_is_asked_of_elsewhere(visits):
    assert each(visits, "faults") == {}
    assert each(on_disk(visits), "faults") == {}


def test_formulas_are_set(visits):
    for seen in visits, on_disk(visits):
        assert each(seen, "tex") == {}
        assert each(seen, "merrors") == {}
        assert seen["notebooks/05_backprop.html"]["formulas"] > 50


def test_every_image_has_words(visits):
    assert each(visits, "wordless") == {}


def test_no_link_is_dead(visits, site, address):
    dead = []
    for path, seen in visits.items():
        for link in seen["links"]:
            there, place = urldefrag(link.partition("?")[0] if "?" in link else link)
            if there.startswith(address):
                file = unquote(there.removeprefix(address)) or "index.html"
                ids = visits[file]["ids"] if file in visits else [place]
                if not (site / file).is_file() or (place and unquote(place) not in ids):
                    dead.append(f"{path}: {link}")
    assert dead == []


def test_what_a_lesson_calls_leads_to_its_source(visits):
    for name in LESSONS[1:]:
        seen = visits[f"notebooks/{name}.html"]
        assert len(seen["sources"]) > 5, name
        assert "." not in seen["before"], name  # that would be a method, of no such name
        for called, link in seen["sources"]:
            assert link.endswith(f".py.html#{called.rpartition('.')[2].lower().replace('_', '-')}")
    assert any(
        link.endswith("mnet/sgd.py.html#update-mini-batch")
        for link in visits["notebooks/06_sgd.html"]["links"]
    )
    files = visits["notebooks/01a_files.html"]
    assert "shifted" not in dict(files["sources"])  # an array there, in other lessons a function
    assert any(link.endswith("mnet/files.py.html#read-idx") for link in files["links"])


def test_what_a_cell_prints_is_not_cut(visits):
    assert each(visits, "cut") == each(on_disk(visits), "cut") == {}
    printed = [text for seen in visits.values() for text in seen["printed"]]
    assert len(printed) > 200
    assert not any("  " in text for text in printed)  # columns scroll, and stay columns


def test_beside_each_panel_stands_how_to_run_it(visits):
    for name in LESSONS:  # an appendix may have none
        panels = "panels." in (ROOT / "notebooks" / f"{name}.ipynb").read_text("utf-8")
        assert bool(visits[f"notebooks/{name}.html"]["panels"]) == panels, name


def test_the_answer_to_a_question_lies_behind_a_fold(visits):
    for name in LESSONS:
        folds = visits[f"notebooks/{name}.html"]["folds"]
        assert set(folds) == {False}, name
        assert visits[f"notebooks/solutions/{name}.html"]["folds"] == []


def test_the_download_is_the_notebook_as_it_is(visits, site):
    for name in LESSONS:
        downloads = [link for link in visits[f"notebooks/{name}.html"]["links"] if link.endswith(".ipynb")]
        files = {site / unquote(link.partition("//")[2].partition("/")[2]) for link in downloads}
        assert [file.read_bytes() for file in files] == [(ROOT / "notebooks" / f"{name}.ipynb").read_bytes()]


def test_nothing_grave_keeps_people_out(visits):
    assert each(visits, "grave") == {}
    assert each(on_disk(visits), "grave") == {}
    assert not each(visits, "dark")
    assert all(seen["dark"] for seen in on_disk(visits).values())


def test_a_phone_shows_each_page_in_its_width(visits):
    assert {path: seen["width"] for path, seen in on_disk(visits).items() if seen["width"] > 360} == {}


def test_search_finds_a_lesson(browser, site):
    page = browser.new_page()
    page.goto(f"{site.as_uri()}/search.html?q=backpropagation")
    page.wait_for_selector("#search-results li a[href*='05_backprop.html']", timeout=10_000)


def test_a_lesson_prints(browser, site):
    page = browser.new_page()
    page.goto(f"{site.as_uri()}/notebooks/05_backprop.html")
    page.evaluate("() => MathJax.startup.promise")
    paper = page.pdf(format="A4")
    assert 15 <= paper.count(b"/Type /Page\n") <= 25
    page.emulate_media(media="print")
    assert not page.is_visible(".bd-sidebar-primary")
    assert not page.is_visible("a.run")


def test_pages_are_light_and_quickly_readable(visits, capsys):
    lines = [
        f"{path}: {seen['megabytes']:.1f} MB, readable after {seen['seconds']:.1f} s"
        for path, seen in visits.items()
        if path.startswith("notebooks/0") or path == "index.html"
    ]
    with capsys.disabled():
        print("", *lines, sep="\n")
    assert max(seen["megabytes"] for seen in visits.values()) < 6  # hosts send a third of it, packed
    assert statistics.median(seen["seconds"] for seen in visits.values()) < 5
