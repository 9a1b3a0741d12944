"""Build the course for the web: a book to read.

    uv run --extra site python site/build.py

The notebooks are read as they stand. All that is written goes to build/: `source` holds the pages for
Sphinx, `npm` what comes from there, and `site` is what you publish.
"""

import shutil
import subprocess
import sys

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


def main():
    """Build all; return the exit code."""
    npm(MATHJAX)
    for name in "doctrees", "source", "site":
        shutil.rmtree(pages.BUILD / name, ignore_errors=True)
    return book()


if __name__ == "__main__":
    sys.exit(main())
