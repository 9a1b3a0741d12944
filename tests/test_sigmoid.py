import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from mnet import sigmoid, sigmoid_prime

FLOATS = st.sampled_from([np.float16, np.float32, np.float64])
ANY = FLOATS.flatmap(
    lambda dtype: arrays(
        dtype,
        array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
        elements={"allow_nan": False},  # infinity and the largest floats included
    )
)


@given(ANY)
def test_sigmoid_is_symmetric_and_stays_between_0_and_1(z):
    before, a = z.copy(), sigmoid(z)
    assert a.shape == z.shape
    assert a.dtype == z.dtype
    assert ((a >= 0) & (a <= 1)).all()
    np.testing.assert_allclose(a + sigmoid(-z), 1, rtol=4 * np.finfo(z.dtype).eps)
    np.testing.assert_array_equal(z, before)


@given(ANY)
def test_sigmoid_prime_is_even_and_stays_between_0_and_a_quarter(z):
    before, slope = z.copy(), sigmoid_prime(z)
    assert slope.shape == z.shape
    assert slope.dtype == z.dtype
    assert ((slope >= 0) & (slope <= 0.25)).all()
    np.testing.assert_allclose(slope, sigmoid_prime(-z), atol=2 * np.finfo(z.dtype).eps)
    np.testing.assert_array_equal(z, before)


@given(st.floats(-700, 700))
def test_sigmoid_is_the_formula(z):
    assert sigmoid(z) == pytest.approx(1 / (1 + math.exp(-z)), rel=1e-14)


@given(st.floats(-30, 30), st.floats(0.001, 10))
def test_sigmoid_rises(z, step):
    assert sigmoid(z) <= sigmoid(z + step)


@given(st.floats(-30, 30))
def test_sigmoid_prime_is_the_slope_of_sigmoid(z):
    h = 1e-5
    assert sigmoid_prime(z) == pytest.approx((sigmoid(z + h) - sigmoid(z - h)) / (2 * h), abs=1e-9)


def test_at_the_ends_and_in_the_middle():
    ends = np.array([-np.inf, -1e308, -1000, 0, 1000, 1e308, np.inf])
    np.testing.assert_array_equal(sigmoid(ends), [0, 0, 0, 0.5, 1, 1, 1])
    np.testing.assert_array_equal(sigmoid_prime(ends), [0, 0, 0, 0.25, 0, 0, 0])


def test_lists_and_integers_become_float64():
    for z in [0, 1], np.array([0, 1]), np.array([0, 1], np.uint8), [False, True]:
        assert sigmoid(z).dtype == sigmoid_prime(z).dtype == np.float64
        np.testing.assert_array_equal(sigmoid(z), sigmoid([0.0, 1.0]))


@pytest.mark.parametrize("function", [sigmoid, sigmoid_prime])
@pytest.mark.parametrize(
    ("z", "kind", "found"),
    [
        ([1.0, np.nan], ValueError, r"NaN \(not a number\) at index \(1,\), wanted finite numbers"),
        (None, TypeError, "a NoneType, wanted an array of real numbers"),
        ("1.0", TypeError, "of dtype <U3, wanted an array of real numbers"),
        ([1j], TypeError, "of dtype complex128, wanted an array of real numbers"),
        (np.array([1.0], object), TypeError, "a ndarray, wanted an array of real numbers"),
        ([[1.0], [1.0, 2.0]], TypeError, "rows of different lengths, wanted one array"),
    ],
)
def test_what_is_no_real_number_is_refused(function, z, kind, found):
    with pytest.raises(kind, match=f"^{function.__name__}: z (is|has) {found}"):
        function(z)
