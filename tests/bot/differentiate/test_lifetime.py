"""BG/NBD and Gamma-Gamma: known answers, gradients, simulated customers, and what they do where they do not fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import check_grad
from scipy.special import hyp2f1

from bot.differentiate.lifetime import (
    COARSE,
    Purchases,
    Rate,
    _Cost,
    _search,
    fit_own_rate,
    fit_rate,
    fit_spend,
)

CDNOW = Rate(0.243, 4.414, 0.793, 2.426, 0.0, True)  # Fader, Hardie & Lee (2005), table 2


def draw(customers: int, seed: int = 5, *, chance_to_leave: float | None = None) -> tuple[Any, Any, Any]:
    """x, t_x and T in days, of customers who live by the model; or all leave with this chance after an order."""
    chance = np.random.default_rng(seed)
    rate, leaving = chance.gamma(0.8, 1 / 6.0, customers), chance.beta(0.8, 2.5, customers)
    if chance_to_leave is not None:
        leaving[:] = chance_to_leave
    T = chance.integers(90, 540, customers)
    x, t_x, at = np.zeros(customers, int), np.zeros(customers), np.zeros(customers)
    still = np.arange(customers)
    while len(still):
        at[still] += chance.exponential(7 / np.maximum(rate[still], 1e-9))
        still = still[at[still] <= T[still]]
        x[still] += 1
        t_x[still] = at[still]
        still = still[chance.random(len(still)) >= leaving[still]]
    return x, np.floor(t_x).astype(int), T


def test_the_published_model_forecasts_as_published() -> None:
    """Customer with 2 repeat orders at week 30.43 of 38.86: 1.226 orders in 39 weeks (the authors' spreadsheet note)."""
    expected = CDNOW.expected(39.0, np.array([2.0]), np.array([30.43]), np.array([38.86]))
    assert expected[0] == pytest.approx(1.226, abs=0.001)


def test_the_parameters_are_found_again() -> None:
    found = fit_rate(Purchases.of(*draw(60_000)))
    assert found.converged
    assert (found.r, found.alpha, found.a, found.b) == pytest.approx((0.8, 6.0, 0.8, 2.5), rel=0.1)


def test_newton_from_coarser_rows_ends_where_the_plain_search_does() -> None:
    rows = Purchases.of(*draw(120_000))
    assert len(rows.x) > COARSE
    quick = fit_rate(rows)
    theta, _, well = _search(_Cost(rows, np.zeros(4), 0.0), np.log([1.0, 10.0, 1.0, 2.5]))
    assert well
    assert [quick.r, quick.alpha, quick.a, quick.b] == pytest.approx(list(np.exp(theta)), rel=2e-3)


@given(st.tuples(*[st.floats(-2.5, 2.5)] * 4), st.booleans())
def test_the_gradient_is_that_of_the_likelihood(theta: tuple[float, ...], all_came_back: bool) -> None:
    x, t_x, T = draw(300)
    rows = Purchases.of(x + 1, t_x, T) if all_came_back else Purchases.of(x, t_x, T)
    cost = _Cost(rows, np.zeros(4), 3.0)
    away = check_grad(lambda at: cost(at)[0], lambda at: cost(at)[1], np.array(theta))
    assert away < 1e-4


def test_customers_alike_are_counted_once_and_found_again() -> None:
    x, t_x, T = draw(2_000)
    rows = Purchases.of(x, t_x, T)
    assert rows.n.sum() == 2_000
    assert np.array_equal(rows.x[rows.inverse], x)
    assert np.allclose(rows.t_x[rows.inverse] * 7, t_x)
    assert np.allclose(rows.T[rows.inverse] * 7, T)


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="last order"):
        Purchases.of(np.array([1]), np.array([40]), np.array([30]))


def test_who_came_back_often_and_long_ago_is_gone_and_who_never_came_back_is_not_known_to_be() -> None:
    x, t_x, T = np.array([0.0, 20.0, 20.0]), np.array([0.0, 10.0, 38.0]), np.array([38.0, 38.0, 38.0])
    once, gone, here = CDNOW.alive(x, t_x, T)
    assert once == 1.0
    assert gone < 0.01
    assert here > 0.9


def test_more_weeks_never_bring_fewer_orders() -> None:
    x, t_x, T = (np.asarray(part, float) for part in draw(200))
    shorter, longer = (CDNOW.expected(weeks, x, t_x / 7, T / 7) for weeks in (10.0, 20.0))
    assert np.all(longer >= shorter)
    assert np.all(shorter >= 0)


def test_near_a_equal_one_the_forecast_is_smooth() -> None:
    rows = np.array([3.0]), np.array([20.0]), np.array([30.0])
    below, at, above = (Rate(0.5, 5, a, 2, 0, True).expected(10.0, *rows)[0] for a in (0.999, 1.0, 1.001))
    assert below > at > above
    assert at == pytest.approx((below + above) / 2, rel=1e-3)


@pytest.mark.parametrize("seed", [2, 3])
@pytest.mark.parametrize("customers", [200, 1_000])
def test_few_customers_who_never_leave_are_not_fitted_either(customers: int, seed: int) -> None:
    assert not fit_rate(Purchases.of(*draw(customers, seed, chance_to_leave=0.0))).converged


def test_a_shop_whose_customers_never_leave_has_no_best_fit() -> None:
    """The likelihood grows for ever towards nobody leaving; their own rates fit."""
    rows = Purchases.of(*draw(3_000, chance_to_leave=0.0))
    assert not fit_rate(rows).converged
    own = fit_own_rate(rows)
    assert (own.r, own.alpha) == pytest.approx((0.8, 6.0), rel=0.1)
    assert np.all(np.isnan(own.alive(rows.x, rows.t_x, rows.T)))


def test_a_shop_that_all_leave_with_one_chance_is_fitted() -> None:
    """There a and b grow without end, and what they forecast comes: that is no misfit."""
    rows = Purchases.of(*draw(3_000, chance_to_leave=0.15))
    found = fit_rate(rows)
    assert found.converged
    assert found.a / (found.a + found.b) == pytest.approx(0.15, abs=0.02)


def test_a_prior_keeps_a_handful_of_customers_reasonable() -> None:
    found = fit_rate(Purchases.of(np.array([2, 0, 1]), np.array([30, 0, 7]), np.array([60, 50, 40])), prior=10.0)
    assert found.converged
    assert 0.1 < found.r < 10


def test_spending_is_found_again_whatever_the_unit() -> None:
    chance = np.random.default_rng(3)
    x = chance.integers(1, 30, 40_000).astype(float)
    m = chance.gamma(6.0 * x, 1 / chance.gamma(4.0, 1 / 15.0, 40_000)) / x
    euros, cents = fit_spend(x, m), fit_spend(x, m * 100)
    assert euros.converged
    assert (euros.p, euros.q, euros.v) == pytest.approx((6.0, 4.0, 15.0), rel=0.1)
    assert (cents.p, cents.q, cents.v / 100) == pytest.approx((euros.p, euros.q, euros.v), rel=1e-3)


def test_an_average_order_leans_on_ones_own_the_more_there_are() -> None:
    spend = fit_spend(np.array([3.0, 5, 8, 2, 4, 9]), np.array([20.0, 31, 26, 18, 40, 22]))
    none, few, many = spend.expected(np.array([0.0, 2.0, 200.0]), np.array([0.0, 60.0, 60.0]))
    assert none < few < many <= 60.5


def test_alike_customers_have_no_best_fit_and_get_a_plain_average() -> None:
    spend = fit_spend(np.array([2.0, 3.0, 4.0]), np.array([10.0, 10.0, 10.0]))
    assert not spend.converged
    assert spend.expected(np.array([0.0, 2.0]), np.array([0.0, 20.0])) == pytest.approx([10.0, 15.0])


def test_the_hypergeometric_function_is_the_papers() -> None:
    """Eq. 10 written out for one customer, against the vectorised form."""
    r, alpha, a, b, x, t_x, T, t = 0.243, 4.414, 0.793, 2.426, 4.0, 20.0, 35.0, 12.0
    share = hyp2f1(r + x, b + x, a + b + x - 1, t / (alpha + T + t))
    top = (a + b + x - 1) / (a - 1) * (1 - ((alpha + T) / (alpha + T + t)) ** (r + x) * share)
    below = 1 + a / (b + x - 1) * ((alpha + T) / (alpha + t_x)) ** (r + x)
    found = CDNOW.expected(t, np.array([x]), np.array([t_x]), np.array([T]))[0]
    assert found == pytest.approx(top / below)
