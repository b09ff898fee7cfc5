"""Pareto/NBD beside the published fit of CDNOW's customers, a plain integral and drawn customers; and who is chosen when."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad

from bot.differentiate.leaving import BOUNDS, AnytimeRate, Blend, choose_share, fit_anytime_rate
from bot.differentiate.lifetime import COARSE, Floats, Purchases, fit_rate

CDNOW = AnytimeRate(0.553, 10.578, 0.606, 11.669, 0.0, True)  # Fader, Hardie & Lee (2005), table 2
WEEKS = 26.0


def draw(customers: int, *, anytime: bool, seed: int = 4) -> tuple[Purchases, Floats]:
    """Customers known for a quarter to a year and a half, and their orders in the next weeks.

    They leave at any time, at rates Gamma(.6, 12) a week; or after an order, with chance Beta(.8, 2.5).
    """
    chance = np.random.default_rng(seed)
    T = chance.integers(90, 540, customers)
    x, t_x, came = (np.zeros(customers, int) for _ in range(3))
    for one in range(customers):
        rate = chance.gamma(0.6, 1 / 8) / 7 + 1e-9
        leaves = chance.exponential(7 / (chance.gamma(0.6, 1 / 12) + 1e-9)) if anytime else np.inf
        gone = 0.0 if anytime else chance.beta(0.8, 2.5)
        at = chance.exponential(1 / rate)
        while at < min(leaves, T[one] + 7 * WEEKS):
            if at <= T[one]:
                x[one], t_x[one] = x[one] + 1, int(at)
            else:
                came[one] += 1
            if chance.random() < gone:
                break
            at += chance.exponential(1 / rate)
    return Purchases.of(x, t_x, T), came.astype(float)


def columns(*rows: tuple[float, float, float]) -> Any:
    return [np.array(column) for column in zip(*rows, strict=True)]


@pytest.mark.parametrize("row", [(2.0, 30.43, 38.86), (0.0, 0.0, 38.86), (29.0, 35.0, 38.0), (5.0, 20.0, 20.0)])
@pytest.mark.parametrize("model", [CDNOW, AnytimeRate(0.8, 12.0, 1.0, 4.0, 0.0, True)])
def test_what_is_expected_is_what_the_integral_of_the_model_says(
    model: AnytimeRate, row: tuple[float, float, float]
) -> None:
    """Over the rate of leaving, of somebody whose rate of buying is integrated by hand."""
    x, t_x, T = row
    r, alpha, s, beta = model.r, model.alpha, model.s, model.beta

    def leave(at: float) -> float:
        """Density of leaving then, and of having ordered so."""
        return float(s * beta**s * (beta + at) ** -(s + 1) * (alpha + at) ** -(r + x))

    here = (beta / (beta + T)) ** s * (alpha + T) ** -(r + x)
    gone = quad(leave, t_x, T)[0]
    assert model.alive(*columns(row))[0] == pytest.approx(here / (here + gone), rel=1e-6)
    stays = quad(lambda after: ((beta + T) / (beta + T + after)) ** s, 0, 39)[0]
    expected = here / (here + gone) * (r + x) / (alpha + T) * stays
    assert model.expected(39.0, *columns(row))[0] == pytest.approx(expected, rel=1e-5)


def test_nothing_grows_out_of_bounds() -> None:
    """Who buys daily for ten years, and parameters at their ends."""
    rows = columns((3650.0, 521.0, 521.4), (3650.0, 100.0, 521.4), (1.0, 0.0, 200.0), (0.0, 0.0, 0.0))
    least, most = np.exp(np.array(BOUNDS).T)
    drawn = np.exp(np.random.default_rng(1).uniform(*np.log([least, most]), (500, 4)))
    for model in (CDNOW, *(AnytimeRate(*one, 0.0, True) for one in drawn)):
        assert np.all((model.alive(*rows) >= 0) & (model.alive(*rows) <= 1))
        assert np.all(np.isfinite(model.expected(39.0, *rows)))


def test_the_parameters_are_found_again() -> None:
    rows, _ = draw(20_000, anytime=True)
    found = fit_anytime_rate(rows)
    assert found.converged
    assert (found.r, found.alpha) == pytest.approx((0.6, 8.0), rel=0.1)
    assert found.s / found.beta == pytest.approx(0.6 / 12, rel=0.25)


def test_a_fit_by_fortnights_forecasts_the_same() -> None:
    rows, _ = draw(60_000, anytime=True)
    assert len(rows.x) > COARSE
    whole = fit_anytime_rate(rows)
    some = Purchases.of(*(np.round(column[rows.inverse][:15_000] * factor).astype(int) for column, factor in
                          ((rows.x, 1), (rows.t_x, 7), (rows.T, 7))))  # fmt: skip
    fine = fit_anytime_rate(some)
    assert len(some.x) < COARSE
    assert whole.expected(WEEKS, some.x, some.t_x, some.T) @ some.n == pytest.approx(
        fine.expected(WEEKS, some.x, some.t_x, some.T) @ some.n, rel=0.03
    )


@pytest.mark.parametrize(("anytime", "shares"), [(True, {1.0}), (False, {0.0, 0.5})])
def test_how_customers_leave_is_told_by_what_came(anytime: bool, shares: set[float]) -> None:
    rows, came = draw(20_000, anytime=anytime)
    choice = choose_share(fit_rate(rows), rows, WEEKS, came)
    assert choice.share in shares
    assert choice.predicted == pytest.approx(came.sum(), rel=0.1)


def test_a_blend_is_the_mean_of_both() -> None:
    rows, _ = draw(2_000, anytime=True)
    rate, anytime = fit_rate(rows), fit_anytime_rate(rows)
    there = (rows.x, rows.t_x, rows.T)
    half = Blend(rate, anytime, 0.5)
    assert half.alive(*there) == pytest.approx((rate.alive(*there) + anytime.alive(*there)) / 2)
    assert half.expected(9.0, *there) == pytest.approx((rate.expected(9.0, *there) + anytime.expected(9.0, *there)) / 2)
