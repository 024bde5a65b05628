from seatrial.judge.stats.draws import Draws


def test_a_seed_always_gives_the_same_draws() -> None:
    """A printed table of error rates must be reproducible years later."""
    assert Draws(7).uniform(3).tolist() == [0.6250954666046671, 0.8972138009695756, 0.7756856902451936]
    assert Draws(7).normal(5).tolist() == Draws(7).normal(5).tolist()
    assert Draws(7).normal(5).tolist() != Draws(8).normal(5).tolist()


def test_draws_look_like_what_they_are_called() -> None:
    """Mean, spread and range of a few thousand."""
    draws = Draws(1)
    normal, uniform, whole = draws.normal(20_001), draws.uniform(20_000), draws.whole(20_000, 10)

    assert (abs(normal.mean()) < 0.03, abs(normal.std() - 1) < 0.03, len(normal)) == (True, True, 20_001)
    assert (uniform.min() > 0, uniform.max() <= 1, abs(uniform.mean() - 0.5) < 0.01) == (True, True, True)
    assert (whole.min(), whole.max()) == (0, 9)
