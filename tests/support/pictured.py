"""What a panel leaves for pages without a kernel."""

import base64
import io

from PIL import Image


def assert_pictured(panel, sentence):
    data, metadata = panel._repr_mimebundle_()
    with Image.open(io.BytesIO(base64.b64decode(data["image/png"]))) as image:
        assert image.format == "PNG"
        assert len(set(image.convert("L").tobytes())) > 10  # something is drawn
    assert data["text/plain"] == metadata["image/png"]["alt"] == repr(panel) == sentence
    assert "application/vnd.jupyter.widget-view+json" in data
    return data["image/png"]
