"""What a panel leaves for pages without a kernel."""

import base64
import io

from PIL import Image

from mnet.live.saved import VIEW, is_note


def assert_pictured(panel, sentence):
    (widget, _), (data, metadata), (note, _) = panel.outputs()
    with Image.open(io.BytesIO(base64.b64decode(data["image/png"]))) as image:
        assert image.format == "PNG"
        assert len(set(image.convert("L").tobytes())) > 10  # something is drawn
    assert data["text/plain"] == metadata["image/png"]["alt"] == repr(panel) == sentence
    assert widget[VIEW]["model_id"] == panel.model_id
    assert note["text/plain"].startswith(f"{sentence} This is a picture: run the cells down to here for the ")
    assert is_note({"data": note})
    return data["image/png"]
