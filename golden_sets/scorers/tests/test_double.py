from solution import double


def test_a_number() -> None:
    assert double(4) == 8


def test_below_zero() -> None:
    assert double(-3) == -6
