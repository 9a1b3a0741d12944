"""Sphinx's settings."""

import re

import pages
from sphinx.util.osutil import relative_uri

project, author, project_copyright = "mnet", "the mnet authors", "the mnet authors, MIT licence"
extensions = ["myst_nb"]
language = "en"
html_theme = "sphinx_book_theme"
html_title = "mnet"
html_static_path = [str(pages.HERE / "static"), str(pages.MATHJAX)]
html_css_files = ["book.css"]
html_context = {"default_mode": "auto"}
html_use_index = False
html_sidebars = {"**": ["navbar-logo.html", "search-field.html", "sbt-sidebar-nav.html"]}
html_theme_options = {
    "max_navbar_depth": 1,  # the pages "Solutions" and "Code" name what they hold
    "use_download_button": True,
    "use_fullscreen_button": False,
    "home_page_in_toc": True,
    "navbar_persistent": [],  # the side bar has the search
    "show_toc_level": 2,
}
mathjax_path = pages.MATHJAX.name
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
nb_execution_mode = "off"
nb_code_prompt_show, nb_code_prompt_hide = "Your guess first: show the answer", "Hide the answer"
NAMES = pages.imported(pages.code_of(pages.LESSONS))
NAME = re.compile(
    r'(?<!<span class="o">\.</span>)'  # no method of something else
    r'<span class="n">(?:(\w+)</span><span class="o">\.</span><span class="n">)?(\w+)</span>'
    r'|(?<!std-...">)<code class="docutils literal notranslate"><span class="pre">([\w.]+)</span></code>'
)
# What a cell prints, if nothing in it stands in columns.
SENTENCES = re.compile(
    r'(<div class="output[^"]*)("><div class="highlight"><pre><span></span>(?! )(?:(?!  |\n )[^<])*</pre>)'
)


def finish(app, pagename, templatename, context, doctree):
    """Link what lessons name and call to its source; say which outputs may wrap."""
    if pagename == "run":
        app.add_js_file("run.js", loading_method="defer")
    if not pagename.startswith("notebooks/"):
        return
    ours = pages.imported(pages.code_of([f"{pagename}.ipynb"]))

    def link(found):
        called = ".".join(filter(None, found.groups()[:2]))
        if not (there := NAMES.get(found[3]) or ours.get(called)):
            return found[0]
        file, place = there
        return f'<a class="source" href="{relative_uri(pagename, file)}.html#{place}">{found[0]}</a>'

    # A fold is called what it says, and not as myst-nb calls them all.
    body = context["body"].replace(' aria-label="Toggle hidden content"', "")
    context["body"] = SENTENCES.sub(r"\1 sentences\2", NAME.sub(link, body))


def setup(app):
    """Register the hook."""
    app.connect("html-page-context", finish)
