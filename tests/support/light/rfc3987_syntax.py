"""Stands in for a grammar of web addresses, which jsonschema takes a second to build wherever it is loaded.

It would check addresses in formats that nothing here uses, so JSON is read without it, as where it is not
installed.
"""

raise ImportError("left out in the tests: it takes a second of each process")
