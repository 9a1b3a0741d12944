import copy

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnet import (
    Epoch,
    Network,
    Split,
    evaluate,
    mini_batches,
    numerical_gradient,
    predict,
    sgd,
    train_on,
    update_mini_batch,
)

SIZES = [784, 12, 10]


def network(sizes=SIZES, dtype=np.float32):
    return Network(sizes, np.random.default_rng(3), dtype)


def trained(train, test=None, net=None, epochs=2, mini_batch_size=10, seed=5):
    net = network() if net is None else net
    records = list(sgd(net, train, epochs, mini_batch_size, 3.0, np.random.default_rng(seed), test))
    return net, records


def assert_same(one, other):
    for a, b in zip(one.weights + one.biases, other.weights + other.biases, strict=True):
        np.testing.assert_array_equal(a, b)


def first(split, n):
    return Split(split.images[:n], split.labels[:n])


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n))), st.integers(0, 99))
def test_mini_batches_deal_out_every_number_once(n_and_size, seed):
    n, size = n_and_size
    batches = mini_batches(n, size, np.random.default_rng(seed))
    assert [len(batch) for batch in batches] == [size] * (n // size) + [n % size] * (n % size > 0)
    assert sorted(np.concatenate(batches).tolist()) == list(range(n))
    again = mini_batches(n, size, np.random.default_rng(seed))
    np.testing.assert_array_equal(np.concatenate(batches), np.concatenate(again))


def test_mini_batches_are_shuffled_anew_each_time(rng):
    firsts = [mini_batches(100, 10, rng)[0].tolist() for _ in range(50)]
    assert len({tuple(batch) for batch in firsts}) == 50
    # The mean of a fair draw from 0 … 99 is 49.5, give or take 4.
    assert 40 < np.mean([batch[0] for batch in firsts]) < 59


def test_an_update_is_one_step_against_the_gradient(rng):
    net = Network([4, 3, 2], rng, np.float64)
    x, y = rng.random((4, 5)), rng.random((2, 5))
    before, gradient = copy.deepcopy(net), numerical_gradient(net, x, y)
    arrays = net.weights + net.biases
    assert update_mini_batch(net, x, y, 0.7) is None
    assert all(now is was for now, was in zip(net.weights + net.biases, arrays, strict=True))
    for l in range(2):
        np.testing.assert_allclose(net.weights[l], before.weights[l] - 0.7 * gradient.nabla_w[l], atol=1e-9)
        np.testing.assert_allclose(net.biases[l], before.biases[l] - 0.7 * gradient.nabla_b[l], atol=1e-9)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_an_update_keeps_the_dtype(rng, dtype):
    net = Network([4, 3, 2], rng, dtype)
    update_mini_batch(net, rng.random((4, 5)), rng.random((2, 5)), np.float64(3))
    assert {a.dtype for a in net.weights + net.biases} == {np.dtype(dtype)}


def test_a_refused_update_leaves_the_network_alone(rng):
    net = Network([4, 3, 2], rng)
    before = copy.deepcopy(net)
    with pytest.raises(ValueError, match="eta is nan, wanted a positive number"):
        update_mini_batch(net, rng.random((4, 5)), rng.random((2, 5)), np.nan)
    assert_same(net, before)


def test_sgd_learns_to_read(mnist, capfd):
    net, records = trained(mnist.train, mnist.test, network([784, 30, 10]), epochs=1)
    assert records == [Epoch(0, evaluate(net, mnist.test), 10_000)]
    assert records[0].correct > 8500
    assert evaluate(net, mnist.train) > 42_500
    assert capfd.readouterr() == ("", "")  # the library prints nothing


def test_sgd_is_the_loop_of_the_book(small):
    net, rng = network(), np.random.default_rng(5)
    for _ in range(2):
        for batch in mini_batches(len(small), 10, rng):
            update_mini_batch(net, *small.columns(batch), 3.0)
    assert_same(trained(small)[0], net)


def test_the_same_rng_gives_the_same_training_and_another_another(small):
    assert_same(trained(small)[0], trained(small)[0])
    assert (trained(small)[0].weights[0] != trained(small, seed=6)[0].weights[0]).any()


def test_every_epoch_is_scored_on_the_test_split_as_it_ends(small, mnist):
    test = first(mnist.test, 500)
    net = network()
    epochs = sgd(net, small, 3, 10, 3.0, np.random.default_rng(5), test)
    for number, record in enumerate(epochs):
        assert record == (number, evaluate(net, test), 500)
        assert record.correct != evaluate(net, small)
    assert number == 2


def test_the_test_split_is_never_learnt_from(small, mnist):
    test = first(mnist.test, 500)
    images, labels = test.images.copy(), test.labels.copy()
    permuted = Split(test.images, (test.labels + 1) % 10)
    alone, records = trained(small, epochs=10)
    assert records == [Epoch(number, None, None) for number in range(10)]
    scored, right = trained(small, test, epochs=10)
    fooled, wrong = trained(small, permuted, epochs=10)
    assert_same(alone, scored)
    assert_same(alone, fooled)
    assert right[-1].correct > 300 > 100 > wrong[-1].correct
    np.testing.assert_array_equal(images, test.images)
    np.testing.assert_array_equal(labels, test.labels)


def test_the_training_split_is_what_it_learns_from(small):
    permuted = Split(small.images, (small.labels + 1) % 10)
    net = trained(permuted, epochs=10)[0]
    assert evaluate(net, permuted) > 600 > 100 > evaluate(net, small)


def test_the_training_split_stays_as_it_is(small):
    images, labels = small.images.copy(), small.labels.copy()
    trained(Split(images, labels))
    np.testing.assert_array_equal(images, small.images)
    np.testing.assert_array_equal(labels, small.labels)


def test_training_happens_while_you_ask_for_it(small):
    net = network()
    epochs = sgd(net, small, 2, 10, 3.0, np.random.default_rng(5))
    assert_same(net, network())
    next(epochs)
    assert_same(net, trained(small, epochs=1)[0])
    next(epochs)
    with pytest.raises(StopIteration):
        next(epochs)
    assert_same(net, trained(small)[0])


def test_a_training_that_nobody_asks_for_says_so(small):
    net = network()
    training = sgd(net, small, 2, 10, 3.0, np.random.default_rng(5))
    assert repr(training) == (
        "sgd(...) does nothing until a loop asks for the next: for each in sgd(...): print(each)"
    )
    assert_same(net, network())
    assert [epoch.number for epoch in training] == [0, 1]  # what it says helps
    assert_same(net, trained(small)[0])


def test_no_epochs_change_nothing(small):
    net, records = trained(small, epochs=0)
    assert records == []
    assert_same(net, network())


@pytest.mark.parametrize("sizes", [[784, 10], [784, 12, 10], [784, 16, 12, 10], [784, 8, 8, 8, 10]])
def test_any_number_of_layers_learns(small, sizes):
    net = network(sizes)
    before = evaluate(net, small)
    trained(small, net=net, epochs=4)
    assert evaluate(net, small) > before + 100


def test_float32_and_float64_learn_alike(small):
    single, double = (trained(small, net=network(dtype=dtype))[0] for dtype in (np.float32, np.float64))
    assert {a.dtype for a in single.weights} == {np.dtype(np.float32)}
    assert {a.dtype for a in double.weights} == {np.dtype(np.float64)}
    for s, d in zip(single.weights, double.weights, strict=True):
        np.testing.assert_allclose(s, d, atol=1e-3)


@pytest.mark.parametrize("mini_batch_size", [1, 7, 1000])
def test_any_mini_batch_up_to_all_the_data_will_do(small, mini_batch_size):
    few = first(small, 50) if mini_batch_size < 1000 else small
    net, _ = trained(few, epochs=1, mini_batch_size=mini_batch_size)
    assert (net.weights[0] != network().weights[0]).any()


@pytest.mark.parametrize("n", [1, 999, 1000, 1234])
def test_evaluate_counts_the_digits_read_correctly(mnist, n):
    net, split = network(), first(mnist.validation, n)
    correct = evaluate(net, split)
    assert type(correct) is int
    assert correct == (predict(net, split.columns()[0]) == split.labels).sum()


@pytest.mark.parametrize("n", [1, 1000, 1234])
def test_evaluate_judges_the_split_it_is_given_image_by_image(mnist, n):
    net, images = network(), mnist.validation.images[:n]
    answers = predict(net, first(mnist.validation, n).columns()[0])
    assert evaluate(net, Split(images, answers.astype(np.uint8))) == n
    assert evaluate(net, Split(images, ((answers + 1) % 10).astype(np.uint8))) == 0


def test_an_epoch_reads_as_in_the_book():
    assert str(Epoch(0, 9013, 10000)) == "Epoch 0: 9013 / 10000"
    assert str(Epoch(12, None, None)) == "Epoch 12: done"
    assert Epoch(1, 2, 3)._asdict() == {"number": 1, "correct": 2, "total": 3}


BAD_COUNTS = [-1, 2.0, "2", None, True, np.nan]
BAD_SGD = [
    *(("epochs", bad, ValueError, r"epochs is .+, wanted a whole number from 0 up") for bad in BAD_COUNTS),
    *(
        ("mini_batch_size", bad, ValueError, r"mini_batch_size is .+, wanted a whole number from 1 to 1,000")
        for bad in [0, 1001, *BAD_COUNTS]
    ),
    *(
        ("eta", bad, ValueError, "eta is .+, wanted a positive number")
        for bad in [0, -3.0, np.nan, np.inf, "3", None, True, [3.0]]
    ),
    ("rng", 0, TypeError, r"rng is a int, wanted np\.random\.default_rng\(seed\)"),
    ("rng", None, TypeError, "rng is a NoneType, wanted"),
    ("net", [784, 10], TypeError, "net is a list, wanted a Network"),
    ("net", Network([784, 30]), ValueError, r"sizes \[784, 30\], wanted 784 first and 10 last"),
    ("net", Network([783, 10]), ValueError, r"sizes \[783, 10\], wanted 784 first and 10 last"),
    ("train", None, TypeError, "the data are a NoneType, wanted a Split"),
    ("train", np.zeros((3, 784)), TypeError, "the data are a ndarray, wanted a Split"),
    ("test", [], TypeError, "the data are a list, wanted a Split"),
]


@pytest.mark.parametrize(("name", "bad", "kind", "message"), BAD_SGD)
def test_sgd_refuses_bad_arguments_before_it_trains(small, rng, name, bad, kind, message):
    net = network()
    given = {"net": net, "train": small, "epochs": 1, "mini_batch_size": 10, "eta": 3.0, "rng": rng}
    with pytest.raises(kind, match=f"^(the network has )?{message}"):
        sgd(**given | {name: bad})  # not even asked for an epoch
    assert_same(net, network())


def test_sgd_refuses_a_network_without_numbers_before_it_trains(small, rng):
    net = network()
    net.weights[0][0, 0] = np.nan
    with pytest.raises(ValueError, match=r"^weights\[0\] is NaN"):
        sgd(net, small, 1, 10, 3.0, rng)  # not even asked for an epoch


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        *(
            ((bad, 1), ValueError, "n is .+, wanted a whole number from 1 to 100,")
            for bad in [0, *BAD_COUNTS]
        ),
        *(((10, bad), ValueError, "mini_batch_size is .+ from 1 to 10") for bad in [0, 11, *BAD_COUNTS]),
    ],
)
def test_mini_batches_refuse_bad_numbers(rng, arguments, kind, message):
    with pytest.raises(kind, match=f"^{message}"):
        mini_batches(*arguments, rng)


@pytest.mark.parametrize("rng", [None, 0, np.random, np.random.RandomState(0)])
def test_mini_batches_refuse_another_rng(rng):
    with pytest.raises(TypeError, match=r"rng is a \w+, wanted np\.random\.default_rng"):
        mini_batches(10, 1, rng)


def test_evaluate_refuses_what_does_not_fit(small):
    with pytest.raises(ValueError, match=r"sizes \[784, 9\], wanted 784 first and 10 last"):
        evaluate(Network([784, 9]), small)
    with pytest.raises(TypeError, match="the data are a tuple, wanted a Split"):
        evaluate(network(), (small.images, small.labels))
    with pytest.raises(TypeError, match="net is a NoneType, wanted a Network"):
        evaluate(None, small)


@pytest.mark.parametrize(
    ("name", "bad", "kind", "message"),
    [
        ("net", [784, 10], TypeError, "net is a list, wanted a Network"),
        ("train", None, TypeError, "the data are a NoneType, wanted a Split"),
        ("eta", 0, ValueError, "eta is 0, wanted a positive number"),
        ("batches", None, ValueError, "train_on: batches is a NoneType .+ as mini_batches deals it"),
        ("batches", [3, 4], ValueError, "train_on: batches is a list .+ wanted a list of arrays"),
        ("batches", [[0.5]], ValueError, "train_on: batches is a list .+ whole numbers"),
        ("batches", [[]], ValueError, "train_on: batches is a list .+ whole numbers"),
        (
            "batches",
            [[0, 1000]],
            ValueError,
            "train_on: batches has numbers from 0 to 1000, wanted .+ 0 to 999",
        ),
        (
            "batches",
            [[1], [-1]],
            ValueError,
            "train_on: batches has numbers from -1 to 1, wanted .+ 0 to 999",
        ),
    ],
)
def test_train_on_refuses_bad_arguments_before_it_trains(small, name, bad, kind, message):
    net = network()
    given = {"net": net, "train": small, "batches": [[0, 1]], "eta": 3.0} | {name: bad}
    with pytest.raises(kind, match=f"^{message}"):
        train_on(**given)
    assert_same(net, network())


def test_train_on_takes_one_step_for_each_index_array(small):
    net, other = network(), network()
    batches = [[1, 2], [0], [5, 4, 3]]
    train_on(net, small, batches, 3.0)
    for batch in batches:
        update_mini_batch(other, *small.columns(batch), 3.0)
    assert_same(net, other)
    train_on(net, small, [], 3.0)
    assert_same(net, other)
