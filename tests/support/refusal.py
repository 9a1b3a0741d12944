"""How a file is refused: one sentence with what was found, what was wanted and what mends it."""

from pathlib import Path

import pytest

from mnet import DataError


def refusal(path, found="", wanted="", remedy="copy the file again from its source"):
    """Expect one sentence of readable length."""
    name = Path(path).name.replace(".", r"\.")
    pattern = rf"{name}: found .*(?:{found}).*, wanted .*{wanted}.*; to mend it, {remedy}\."
    return pytest.raises(DataError, match=rf"^(?=.{{0,900}}$).*{pattern}$")
