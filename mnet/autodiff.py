"""Lesson 05: numbers that remember how they were made, so that blame finds its own way back."""

import math


class Value:
    """A number, what it was made from, and its share of the blame, ∂C/∂ of it.

    `backward` of the cost fills in `slope` of all that it was made from. Lesson 05, section 12.

    >>> from mnet.autodiff import Value
    >>> w, a = Value(3.0), Value(2.0)
    >>> (w * a + w).backward()
    >>> w.slope, a.slope
    (3.0, 3.0)
    """

    def __init__(self, number, made_from=()):
        self.number, self.slope = number, 0.0
        self.made_from = made_from  # pairs: a Value, and how fast this number moves with it

    def __add__(self, other):  # a sum passes blame on
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.number + other.number, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):  # a product exchanges it
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.number * other.number, [(self, other.number), (other, self.number)])

    __radd__, __rmul__ = __add__, __mul__

    def __sub__(self, other):
        return self + other * -1.0

    def sigmoid(self):
        """Return σ of it: it moves by a (1 - a)."""
        a = 1 / (1 + math.exp(-self.number))
        return Value(a, [(self, a * (1 - a))])

    def backward(self):
        """Fill in `slope` of all that this cost was made from."""
        order, seen = [], set()

        def visit(value):  # what it was made from comes before it
            if id(value) not in seen:
                seen.add(id(value))
                for source, _ in value.made_from:
                    visit(source)
                value.slope = 0.0
                order.append(value)

        visit(self)
        self.slope = 1.0
        for value in reversed(order):  # all paths to a value are added up before it passes blame on
            for source, rate in value.made_from:
                source.slope += value.slope * rate
