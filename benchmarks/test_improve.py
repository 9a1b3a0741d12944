"""The table of lesson 08 measures what it says: tried on a few images, for an epoch."""

import sys
from pathlib import Path

import pytest

import mnet
from benchmarks import improve


def test_each_row_adds_a_part_and_each_other_leaves_one_out():
    recipes = improve.recipes()
    added = [settings for name, settings in recipes.items() if name.startswith("+")]
    assert recipes["the cured network"] == improve.CURED
    for settings, name in zip(added, improve.PARTS, strict=True):
        assert improve.PARTS[name].items() <= settings.items()
    assert recipes[improve.ALL] == added[-1] == improve.CURED | added[-1]
    for name, part in improve.PARTS.items():
        left = recipes[f"without {name}"]
        for setting in {*left, *added[-1]}:
            assert left.get(setting) == (improve.CURED if setting in part else added[-1]).get(setting)


def test_a_recipe_is_trained_as_it_says():
    net, right = improve.train(improve.ALL, 1, 1, 300)
    assert net.sizes == improve.SIZES
    assert right == mnet.evaluate(net, mnet.load_mnist().validation)
    assert (net.weights[0] == improve.train(improve.ALL, 1, 1, 300)[0].weights[0]).all()
    raw, scaled = (improve.train(name, 1, 1, 300)[0] for name in improve.BEFORE)
    assert raw.sizes == scaled.sizes == [784, 30, 10]
    assert raw.weights[0].std() > 10 * scaled.weights[0].std()


def test_the_command_prints_the_table_and_one_test(monkeypatch, capsys):
    monkeypatch.setattr(
        sys, "argv", ["improve", "--starts", "1", "--epochs", "1", "--long", "2", "--images", "200"]
    )
    improve.main()
    said = capsys.readouterr().out
    for name in [*improve.BEFORE, *(f"+ {part}" for part in improve.PARTS)]:
        assert f"\n{name}  " in said
    assert "without" not in said
    assert said.count("±") == len(improve.BEFORE) + 2 * len(improve.PARTS) + 2
    assert said.count("on the test images") == 1


@pytest.mark.parametrize("name", [name for name in improve.recipes() if not name.startswith("without")])
def test_the_lesson_quotes_the_rows_of_the_table(name):
    lesson = Path(__file__).parents[1] / "notebooks" / "src" / "08_improve.py"
    assert f"# {name}  " in lesson.read_text("utf-8")
