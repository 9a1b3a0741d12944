"""Build the course for the web: a book to read, and lessons that run in the browser.

    uv run --extra site python site/build.py
    uv run --extra site python site/build.py --pyodide FOLDER

The second serves Pyodide, the browser's Python, from the site as well: FOLDER holds a whole release of it.
The notebooks are read as they stand. All that is written goes to build/: `source` holds the pages for
Sphinx, `npm` what comes from there, and `site` is what you publish.
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

import in_browser
import pages
from sphinx.cmd.build import build_main

MATHJAX = "mathjax@3.2.2"  # of 3: the formulas of 4 fetch their fonts when they need them


def npm(package):
    """Fetch a package into build/npm, unless it is there."""
    if not (pages.BUILD / "npm" / "node_modules" / package.partition("@")[0]).exists():
        command = ["npm", "install", "--silent", "--no-save", "--prefix", str(pages.BUILD / "npm"), package]
        subprocess.run(command, check=True)


def book():
    """Build the pages; return Sphinx's exit code, which is not 0 after a warning."""
    pages.write_all()
    options = "--fail-on-warning", "--keep-going", "--quiet", "--conf-dir", str(pages.HERE)
    folders = [str(pages.BUILD / name) for name in ("doctrees", "source", "site")]
    return build_main([*options, "--doctree-dir", *folders])


def keep_originals():
    """Let the download button give the notebooks as they are, not the pages made of them."""
    for path in pages.ROOT.glob("notebooks/**/[0-9]*.ipynb"):
        shutil.copy(path, pages.BUILD / "site" / "_sources" / path.relative_to(pages.ROOT))


def main():
    """Build all; return the exit code."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--pyodide", type=Path, help="a folder with a whole Pyodide, to serve it too")
    pyodide = options.parse_args().pyodide
    npm(MATHJAX)
    for name in "doctrees", "source", "site":
        shutil.rmtree(pages.BUILD / name, ignore_errors=True)
    in_browser.build(pyodide and pyodide.resolve())
    code = book()
    keep_originals()
    return code


if __name__ == "__main__":
    sys.exit(main())
