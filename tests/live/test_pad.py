import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from mnet.images import centre, read_image, shrink
from mnet.live.pad import SIDE, Pad


def box(image):
    """Return (top, bottom, left, right) of the ink, the ends excluded."""
    rows, columns = np.nonzero(image)
    return int(rows.min()), int(rows.max()) + 1, int(columns.min()), int(columns.max()) + 1


def mass(image):
    rows, columns = np.indices(image.shape)
    return np.array([(rows * image).sum(), (columns * image).sum()]) / image.sum()


# Centring


@pytest.mark.parametrize("size", [SIDE, 200])
def test_a_test_digit_enlarged_and_moved_comes_back_identical(mnist, rng, size):
    """MNIST's own digits are the measure: what the pad does to a drawing, NIST did to them."""
    for digit in mnist.test.images[:100].reshape(-1, 28, 28):
        top, bottom, left, right = box(digit)
        big = np.kron(digit[top:bottom, left:right], np.ones((4, 4), np.uint8))
        sheet = np.zeros((size, size), np.uint8)
        y, x = (rng.integers(0, size + 1 - n) for n in big.shape)
        sheet[y : y + big.shape[0], x : x + big.shape[1]] = big
        np.testing.assert_array_equal(centre(sheet), digit)


@given(
    arrays(np.uint8, st.tuples(st.integers(4, 60), st.integers(4, 60)), elements=st.sampled_from([0, 255]))
)
def test_any_drawing_fits_in_20_pixels_around_the_middle(drawing):
    centred = centre(drawing)
    assert (centred.shape, centred.dtype) == ((28, 28), np.uint8)
    if not drawing.any():
        assert not centred.any()
        return
    top, bottom, left, right = box(drawing)
    sides = bottom - top, right - left
    small = box(centred) if centred.any() else (0, 0, 0, 0)
    assert max(small[1] - small[0], small[3] - small[2]) <= 20
    # Ink is kept: as much as the drawing's, for its new size.
    wanted = [max(1, round(side * 20 / max(sides))) for side in sides]
    assert abs(centred.sum() / np.prod(wanted) - drawing[top:bottom, left:right].mean()) <= 0.5
    if min(small[0], small[2], 28 - small[1], 28 - small[3]) > 1:  # not held back by an edge
        np.testing.assert_allclose(mass(centred), 14, atol=0.6)


@pytest.mark.parametrize(("h", "w"), [(40, 40), (100, 10), (10, 100), (7, 5), (1, 1), (112, 1)])
def test_a_bar_is_scaled_to_twenty_and_its_middle_put_in_the_middle(h, w):
    drawing = np.zeros((112, 112))
    drawing[:h, 112 - w :] = 255
    top, bottom, left, right = box(centre(drawing))
    scale = 20 / max(h, w)
    assert (bottom - top, right - left) == (max(1, round(h * scale)), max(1, round(w * scale)))
    assert abs((top + bottom) / 2 - 14) <= 1
    assert abs((left + right) / 2 - 14) <= 1
    assert centre(drawing).max() == 255


def test_the_mass_is_centred_not_the_box():
    drawing = np.zeros((40, 40))
    drawing[:, 18:20] = 255  # a stem
    drawing[38:, :] = 255  # on a broad foot
    centred = centre(drawing)
    top, bottom, *_ = box(centred)
    assert abs(mass(centred)[0] - 14) < 0.6
    assert (top + bottom) / 2 < 11


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float32, np.float64])
@pytest.mark.parametrize("shape", [(28, 28), (4, 300), (333, 7), (2000, 5)])
def test_drawings_of_any_shape_and_number_type_are_centred(shape, dtype):
    drawing = np.zeros(shape, dtype)
    drawing[1:-1, 1:-1] = 255
    assert centre(drawing).max() == 255
    assert not centre(np.zeros(shape, dtype)).any()


@pytest.mark.parametrize(
    ("drawing", "says"),
    [
        (np.zeros(784), r"float64 \(784,\), wanted \(h, w\) numbers, 4 to 2,000 a side"),
        (np.zeros((1, 28, 28)), r"\(1, 28, 28\), wanted"),
        (np.zeros((28, 3)), r"\(28, 3\), wanted"),
        (np.zeros((0, 0)), r"\(0, 0\), wanted"),
        (np.zeros((4, 2001)), r"\(4, 2001\), wanted"),
        (np.zeros((28, 28), complex), "complex128"),
        (np.full((28, 28), "ink"), "wanted"),
        ([[None] * 28] * 28, "object"),
        ([[1, 2, 3, 4], [1, 2]], "rows of different lengths, wanted"),
        (np.full((28, 28), 256), "values outside 0"),
        (np.full((28, 28), -0.1), "values outside 0"),
        (np.full((28, 28), np.nan), "values outside 0"),
        (np.full((28, 28), np.inf), "values outside 0"),
        (np.full((28, 28), 0.996), "no value above 1, wanted 0"),
        (np.full((28, 28), True), "no value above 1, wanted 0"),
    ],
)
def test_other_arrays_are_refused_in_one_sentence(drawing, says):
    pad = Pad(lambda centred: np.zeros(10))
    for act in centre, pad.draw:
        with pytest.raises(ValueError, match=f"^the drawing (is|has) .*{says}") as error:
            act(drawing)
        assert str(error.value).count("\n") == 0
        assert str(error.value).endswith(".")
    assert not pad.drawing.any()


@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 99))
def test_shrinking_takes_the_mean_of_the_area(h, w, seed):
    image = np.random.default_rng(seed).random((12, 10))
    small = shrink(image, (h, w))
    assert small.shape == (h, w)
    np.testing.assert_allclose(small.mean(), image.mean())
    np.testing.assert_allclose(shrink(np.kron(image, np.ones((h, w))), image.shape), image)


# Picture files


def three():
    """Draw a 3 of straight strokes, ink True."""
    ink = np.zeros((60, 40), bool)
    for row in 5, 27, 49:
        ink[row : row + 6, 8:32] = True
    ink[5:55, 27:32] = True
    return ink


def file(image, form="PNG", **options):
    stream = io.BytesIO()
    image.save(stream, form, **options)
    stream.seek(0)
    return stream


def paper(paper, ink, mode="L"):
    image = Image.new(mode, (40, 60), paper)
    image.paste(ink, mask=Image.fromarray(three()))
    return image


@pytest.mark.parametrize(
    "image",
    [
        paper(255, 0),
        paper(0, 255),
        paper(230, 40),
        paper(1, 0, "1"),
        paper((250, 250, 200), (20, 20, 120), "RGB"),
        paper((0, 0, 0, 0), (0, 0, 0, 255), "RGBA"),
        paper(255, 0).convert("P"),
    ],
    ids=["dark on light", "light on dark", "grey", "one bit", "coloured", "transparent", "palette"],
)
def test_a_picture_is_ink_on_paper_whichever_is_dark(image):
    ink = read_image(file(image))
    assert max(ink.shape) <= 448
    np.testing.assert_allclose(centre(ink), centre(three() * 255), atol=110)
    assert abs(centre(ink).astype(float) - centre(three() * 255)).mean() < 4


def test_a_picture_is_read_from_a_path_too_and_made_small(tmp_path):
    paper(255, 0).resize((4000, 6000)).save(tmp_path / "3.jpg")
    ink = read_image(tmp_path / "3.jpg")
    assert max(ink.shape) <= 448
    np.testing.assert_allclose(centre(ink), centre(three() * 255), atol=110)
    np.testing.assert_array_equal(read_image(str(tmp_path / "3.jpg")), ink)


def test_a_photograph_that_lies_on_its_side_is_turned():
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise by a quarter
    lying = paper(255, 0).transpose(Image.Transpose.ROTATE_90)
    np.testing.assert_array_equal(
        read_image(file(lying, "PNG", exif=exif)), read_image(file(paper(255, 0), "PNG"))
    )


@pytest.mark.parametrize("colour", [0, 180, 240, 255])
def test_a_blank_sheet_holds_no_digit(rng, colour):
    sheet = np.full((60, 80), float(colour))
    for light in 0, 40 * np.linspace(0, 1, 80), 3 * rng.standard_normal((60, 80)):
        picture = Image.fromarray(np.clip(sheet - light, 0, 255).astype(np.uint8))
        for large in picture, picture.resize((800, 600)):
            with pytest.raises(ValueError, match=r"^no digit is found in the picture: draw one.*\.$"):
                read_image(file(large))


def photographed(digit, how):
    """Return grey levels (240, 320) of a digit, drawn large on paper in some light."""
    sheet, down, right = np.full((240, 320), 230.0), *np.mgrid[:240, :320]
    ink = np.zeros((240, 320))
    ink[60:200, 90:230] = np.kron(digit, np.ones((5, 5))) / 255
    papers = {
        "paper of 180": sheet - 50 - 140 * ink,
        "paper of 120": sheet - 110 - 80 * ink,
        "a shadow": sheet - 50 * (right > 0.4 * down + 100) - 130 * ink,
        "light from a side": sheet - 50 * right / 320 - 130 * ink,
        "pencil": sheet - 30 - 60 * ink,
        "lines": sheet - np.maximum(50 * (down % 30 < 2), 140 * ink),
        "squares": sheet - np.maximum(50 * ((down % 30 < 2) | (right % 30 < 2)), 140 * ink),
        "chalk": 255 - sheet + 60 + 100 * ink,
        "a desk": np.where(right < 12, 60, sheet - 140 * ink),
        "a fax's dots": sheet - 200 * ink,
    }
    return papers[how]


HOW = (
    "paper of 180",
    "paper of 120",
    "a shadow",
    "light from a side",
    "pencil",
    "lines",
    "squares",
    "chalk",
    "a desk",
    "a fax's dots",
)


@pytest.mark.parametrize("how", HOW)
def test_the_digit_is_taken_off_its_paper(mnist, rng, how):
    """What is left is the digit, where the paper's level, its light and its lines would be ink to a scan."""
    for digit in mnist.validation.images[:5].reshape(-1, 28, 28):
        seen = np.clip(photographed(digit, how) + 3 * rng.standard_normal((240, 320)), 0, 255)
        picture = Image.fromarray(seen.astype(np.uint8))
        dots = picture.resize((1280, 960)).convert("1")
        centred = centre(read_image(file(dots, "PNG") if "fax" in how else file(picture, "JPEG")))
        assert np.corrcoef(centred.ravel(), digit.ravel())[0, 1] > 0.7
        assert 0.8 < centred.sum(dtype=float) / digit.sum(dtype=float) < 1.5


@pytest.mark.parametrize("how", ["paper of 180", "lines", "chalk"])
@pytest.mark.parametrize("gap", [slice(9, 11), slice(15, 18)])
def test_strokes_that_do_not_meet_are_one_digit(mnist, rng, how, gap):
    """Whoever lifts the pen leaves a gap, and a speck far away or small beside the digit is none of it."""
    for digit in mnist.validation.images[:5].reshape(-1, 28, 28).copy():
        digit[gap] = 0
        seen = photographed(digit, how)
        seen[20:24, 280:284] = seen[40:42, 140:142] = seen.max() if how == "chalk" else seen.min()
        seen += 3 * rng.standard_normal((240, 320))
        ink = read_image(file(Image.fromarray(np.clip(seen, 0, 255).astype(np.uint8)), "JPEG"))
        rows, drawn = (np.flatnonzero(part.max(axis=1)) for part in (ink, digit > 100))
        np.testing.assert_allclose([rows[0], rows[-1]], [60 + 5 * drawn[0], 64 + 5 * drawn[-1]], atol=8)


def test_ink_may_touch_the_edge_of_what_a_program_painted():
    ink = three()[5:55, 8:32]
    tight = file(Image.fromarray(np.where(ink, 0, 255).astype(np.uint8)))
    np.testing.assert_allclose(centre(read_image(tight)), centre(255 * ink), atol=110)


@pytest.mark.parametrize("colour", [0, 255])
def test_ink_on_transparency_is_seen_whatever_its_colour(colour):
    image = paper((colour,) * 3 + (0,), (colour,) * 3 + (255,), "RGBA")
    np.testing.assert_allclose(read_image(file(image)), read_image(file(paper(255, 0))))


def test_what_is_no_picture_is_refused_in_one_sentence(tmp_path):
    (tmp_path / "3.txt").write_text("a three")
    cut = file(paper(255, 0)).getvalue()[:80]
    for bad, says in [
        (17, "the picture is of type int, wanted an array, a file, its path or bytes, or Pillow's Image."),
        (None, "the picture is of type NoneType, wanted *."),
        ("3\0.png", "the picture cannot be read (*): use a small PNG or JPEG."),
        (io.StringIO("a three"), "the picture cannot be read (*): use a small PNG or JPEG."),
        (b"a three", "the file holds no picture: use a small PNG or JPEG."),
        (tmp_path / "3.txt", "the file holds no picture: use a small PNG or JPEG."),
        (io.BytesIO(b"a three"), "the file holds no picture: use a small PNG or JPEG."),
        (io.BytesIO(), "the file holds no picture: use a small PNG or JPEG."),
        (io.BytesIO(cut), "the picture cannot be read (*): use a small PNG or JPEG."),
        (tmp_path / "4.png", "the picture cannot be read (*4.png*): use a small PNG or JPEG."),
        (tmp_path, "the picture cannot be read (*): use a small PNG or JPEG."),
    ]:
        with pytest.raises(ValueError, match="the ") as error:
            read_image(bad)
        said = str(error.value)
        assert all(part in said for part in says.split("*")), said
        assert "\n" not in said


def test_a_picture_too_big_to_open_is_refused(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    with pytest.raises(ValueError, match="cannot be read"):
        read_image(file(paper(255, 0)))


# The pad


@pytest.fixture
def asked():
    return []


@pytest.fixture
def pad(asked, monkeypatch):
    sent = []
    monkeypatch.setattr(Pad, "send", lambda self, message, buffers: sent.append((message, buffers)))
    pad = Pad(lambda centred: asked.append(centred) or np.arange(10) / 10)
    pad.sent = sent
    yield pad
    pad.close()


def drawn(drawing, points=((3, 4), (5, 6)), based=False):
    """Return a view's message of one stroke, with its buffers."""
    message = {"what": "drawn", "from": "a view", "lengths": [len(points)], "based": based}
    return message, [memoryview(drawing.tobytes()), memoryview(np.array(points, np.float32).tobytes())]


def test_a_stroke_in_the_browser_is_centred_read_and_answered(pad, asked):
    drawing = np.zeros((SIDE, SIDE), np.uint8)
    drawing[10:90, 4:16] = 255
    pad._handle_custom_msg(*drawn(drawing))
    np.testing.assert_array_equal(pad.drawing, drawing)
    [centred] = asked
    np.testing.assert_array_equal(centred, centre(drawing))
    assert pad.text == "The network reads a 9 (0.90); next comes 8 (0.80)."
    [(message, buffers)] = pad.sent
    assert message["answers"] == [k / 10 for k in range(10)]
    assert message["text"] == pad.text
    raw = np.frombuffer(buffers[0], np.uint8).reshape(28, 28)
    np.testing.assert_array_equal(raw, np.rint(drawing.reshape(28, 4, 28, 4).mean(axis=(1, 3))))
    np.testing.assert_array_equal(np.frombuffer(buffers[1], np.uint8).reshape(28, 28), centred)
    # Another view shows what is drawn in this one, which has it.
    assert [message[name] for name in ("from", "to", "lengths", "based")] == ["a view", "", [2], False]
    assert np.frombuffer(buffers[2], np.float32).tolist() == [3, 4, 5, 6]
    assert buffers[3] == b""


def test_an_empty_drawing_asks_no_one(pad, asked):
    pad._handle_custom_msg(*drawn(np.zeros((SIDE, SIDE), np.uint8)))
    assert not asked
    assert pad.text == "Draw a digit in the square."
    assert not pad.answers.any()
    assert not np.any(pad.sent[0][0]["answers"])


@pytest.mark.parametrize("based", [True, False])
def test_a_view_that_opens_gets_the_picture_that_there_is_and_the_strokes_on_it(pad, based):
    pad.draw(outline((20, 20)))
    picture = pad.drawing.tobytes()
    pad._handle_custom_msg(*drawn(np.zeros((SIDE, SIDE), np.uint8), based=based))
    pad.sent.clear()
    pad._handle_custom_msg({"what": "all", "from": "a new view"}, [])
    pad._handle_custom_msg({"what": "something else"}, [])
    [(message, buffers)] = pad.sent
    assert [message[name] for name in ("from", "to", "lengths", "based")] == ["", "a new view", [2], based]
    assert np.frombuffer(buffers[2], np.float32).tolist() == [3, 4, 5, 6]
    assert buffers[3] == (picture if based else b"")


def outline(shape):
    """Return a drawing of the edge of its sheet."""
    return np.pad(np.zeros([n - 2 for n in shape]), 1, constant_values=255)


@pytest.mark.parametrize("shape", [(28, 28), (112, 112), (60, 40), (300, 200), (5, 400)])
def test_an_array_is_put_in_the_middle_of_the_square_in_its_proportions(pad, shape):
    pad.draw(outline(shape))
    longer = max(shape)
    top, bottom, left, right = box(pad.drawing)
    assert abs(bottom - top - SIDE * shape[0] / longer) <= 2
    assert abs(right - left - SIDE * shape[1] / longer) <= 2
    assert abs(top + bottom - SIDE) <= 2
    assert abs(left + right - SIDE) <= 2
    assert pad.sent[-1][1][3] == pad.drawing.tobytes()


def test_whatever_can_be_meant_goes_on_the_pad(pad, asked, tmp_path):
    image = paper(255, 0)
    image.save(tmp_path / "3.png")
    files = tmp_path / "3.png", str(tmp_path / "3.png"), file(image), file(image).getvalue()
    arrays = np.asarray(image), np.asarray(image.convert("RGB")), np.asarray(image, float).tolist()
    for picture in (*files, image, image.convert("RGBA"), *arrays, 255 - np.asarray(image.convert("RGB"))):
        pad.draw(picture)
    assert asked[0].any()
    for centred in asked[1:]:
        np.testing.assert_allclose(centred, asked[0], atol=2)
    image.load()  # it is still open


def test_an_array_that_is_mostly_0_is_a_drawing_as_it_is(pad, mnist):
    digit = mnist.test.images[0].reshape(28, 28)
    pad.draw(np.kron(digit, np.ones((4, 4))))
    np.testing.assert_array_equal(pad.centred, digit)


def test_a_refused_picture_leaves_the_drawing_alone(pad):
    pad.draw(outline((20, 20)))
    before = pad.drawing
    with pytest.raises(ValueError, match="no picture"):
        pad.draw(io.BytesIO(b"a three"))
    assert pad.drawing is before
