"""How often a customer will buy again, whether they still do, and how much they spend: BG/NBD and Gamma-Gamma.

BG/NBD: P. Fader, B. Hardie, K. L. Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science 24(2); the
numbers of equations below are theirs. Gamma-Gamma: P. Fader, B. Hardie (2013), The Gamma-Gamma Model of Monetary Value.
Arrays have one place a customer: `x` days with an order after the first, `t_x` weeks from the first to the last of
them, `T` weeks from the first until now, `m` what was spent on an average one of the `x` days.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import gammaln, hyp2f1, psi

Floats = NDArray[np.float64]
START = (1.0, 10.0, 1.0, 2.5)  # r, alpha, a, b: where the search begins
BOUND = 9.0  # of the logarithm of a parameter: at it the likelihood has no maximum
COARSE = 20_000  # more distinct rows than this, and the search begins with fortnights
SELDOM = 0.05  # the average chance to leave after an order: with less, it is asked whether anybody leaves at all …
EVIDENCE = 3.0  # … and that must make the orders so much likelier, in logarithms: two parameters' worth, and a bit
MOST_ODDS = 700.0  # in logarithms: more is no number of 64 bits, and as gone as can be
STEPS = 10  # of Newton's method from there; it takes three or four
NEAR_ONE = 1e-6
LEANING = 2.0  # orders that everybody's average counts as, beside one's own, where Gamma-Gamma does not fit
TIGHT = 1e-7  # of the gradient, an average customer


@dataclass(frozen=True, slots=True)
class Purchases:
    """Customers alike in all three counted once: `n` says how many there are of each. `inverse` leads back to them."""

    x: Floats
    t_x: Floats
    T: Floats
    n: Floats
    inverse: NDArray[np.intp]

    @classmethod
    def of(cls, x: NDArray[Any], t_x: NDArray[Any], T: NDArray[Any]) -> Purchases:
        """From days (whole numbers): weeks are what the parameters are of."""
        if len(x) and not (np.all(t_x <= T) and np.all(t_x >= 0) and np.all(x >= 0)):
            raise ValueError("a last order lies before the first, or after the end")
        days = int(T.max(initial=0)) + 1
        key = (np.asarray(x, np.int64) * days + np.asarray(t_x, np.int64)) * days + np.asarray(T, np.int64)
        found, inverse, n = np.unique(key, return_inverse=True, return_counts=True)
        rest, T_days = np.divmod(found, days)
        x_found, t_x_days = np.divmod(rest, days)
        return cls(x_found.astype(float), t_x_days / 7.0, T_days / 7.0, n.astype(float), inverse)

    def coarser(self) -> Purchases:
        """The same customers by fortnights, x above 12 by fives: few rows, and nearly the same maximum."""
        x = np.where(self.x > 12, np.floor(self.x / 5) * 5 + 2, self.x)
        T = np.floor(self.T / 2) * 2 + 1
        t_x = np.minimum(np.where(self.x > 0, np.floor(self.t_x / 2) * 2 + 1, 0.0), T)
        key = (x * 4096 + t_x) * 4096 + T
        _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
        n: Floats = np.bincount(inverse, weights=self.n).astype(np.float64)
        return replace(self, x=x[first], t_x=t_x[first], T=T[first], n=n, inverse=inverse)

    def likelihood_if_nobody_leaves(self, r: float, alpha: float) -> float:
        """Of x, in logarithms, at rates Gamma(r, alpha) a week."""
        x, at = np.unique(self.x, return_inverse=True)
        bought = np.bincount(at, weights=self.n)
        heads = bought @ (gammaln(r + x) - gammaln(r) + r * np.log(alpha))
        return float(heads - self.n @ ((r + self.x) * np.log(alpha + self.T)))


@dataclass(frozen=True, slots=True)
class Rate:
    """BG/NBD: customers buy at rates Gamma(r, alpha) a week, and leave after an order with chance Beta(a, b)."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float
    converged: bool

    def alive(self, x: Floats, t_x: Floats, T: Floats) -> Floats:
        """Chance that somebody still buys; 1 without a second order, since one leaves after an order only."""
        odds = self._gone(x, t_x, T)
        return np.where(x > 0, 1.0 / (1.0 + odds), 1.0)

    def expected(self, weeks: float, x: Floats, t_x: Floats, T: Floats) -> Floats:
        """Orders in the coming weeks (eq. 10)."""
        r, alpha, b = self.r, self.alpha, self.b
        a = self.a if abs(self.a - 1.0) > NEAR_ONE else 1.0 + NEAR_ONE  # the limit there is finite, the formula is not
        # The hypergeometric function is the dear part, and depends on x and T only: few pairs of them are distinct.
        _, first, inverse = np.unique(x * 1e6 + T * 7.0, return_index=True, return_inverse=True)
        one_x, one_T = x[first], T[first]
        share = hyp2f1(r + one_x, b + one_x, a + b + one_x - 1.0, weeks / (alpha + one_T + weeks))
        faded = np.exp((r + one_x) * (np.log(alpha + one_T) - np.log(alpha + one_T + weeks)))
        orders: Floats = (a + b + one_x - 1.0) / (a - 1.0) * (1.0 - faded * share)
        return orders[inverse] * self.alive(x, t_x, T)

    def _gone(self, x: Floats, t_x: Floats, T: Floats) -> Floats:
        """Odds of having left after the last order."""
        odds: Floats = (
            np.log(self.a)
            - np.log(self.b + np.maximum(x, 1.0) - 1.0)
            + (self.r + x) * (np.log(self.alpha + T) - np.log(self.alpha + t_x))
        )
        return np.exp(np.minimum(odds, MOST_ODDS))


def fit_rate(rows: Purchases, start: tuple[float, float, float, float] = START, prior: float = 0.0) -> Rate:
    """The likeliest parameters (eq. 7), found by their gradient.

    `prior` is the weight, in customers, of a normal prior on the logarithms around `start`. Not `converged` where no
    maximum was found inside of the bounds, or the orders are as likely if nobody ever leaves. Where all leave with the same chance, a and b grow
    without end: at the bound they are as good as there.
    """
    centre = np.log(start)
    cost = _Cost(rows, centre, prior)
    found = _polish(cost, rows.coarser(), prior) if len(rows.x) > COARSE else None
    theta, least, well = found or _search(cost, centre)
    r, alpha, a, b = map(float, np.exp(theta))
    inside = bool(np.all(np.abs(theta[:2]) < BOUND - 0.01))
    likelihood = float(-least * rows.n.sum())
    return Rate(r, alpha, a, b, likelihood, well and inside and _somebody_leaves(rows, a / (a + b), likelihood))


def _somebody_leaves(rows: Purchases, chance: float, likelihood: float) -> bool:
    """Where nobody does, BG/NBD is the negative binomial distribution (a = 0), to which `likelihood` is compared."""
    if chance > SELDOM:
        return True
    own = fit_own_rate(rows)
    return likelihood - rows.likelihood_if_nobody_leaves(own.r, own.alpha) > EVIDENCE


def _search(cost: _Cost, theta: Floats) -> tuple[Floats, float, bool]:
    found = minimize(
        cost, theta, jac=True, method="L-BFGS-B", bounds=[(-BOUND, BOUND)] * 4,
        options={"gtol": TIGHT, "ftol": 1e-13, "maxiter": 300, "maxcor": 20},
    )  # fmt: skip
    flat = float(np.abs(found.jac).max()) < 1e-4
    return found.x, float(found.fun), bool(found.success) or flat


def _polish(cost: _Cost, coarse: Purchases, prior: float) -> tuple[Floats, float, bool] | None:
    """Newton's method from the maximum of coarser rows, with their curvature. None where it does not get there."""
    near = _Cost(coarse, cost.centre, prior)
    theta, _, well = _search(near, cost.centre)
    if not well or np.any(np.abs(theta) > BOUND - 1):
        return None
    width = 1e-4
    steps = width * np.eye(4)
    curve = np.stack([(near(theta + step)[1] - near(theta - step)[1]) / (2 * width) for step in steps])
    if np.linalg.eigvalsh((curve + curve.T) / 2).min() <= 0:
        return None
    for _ in range(STEPS):
        least, slope = cost(theta)
        if np.abs(slope).max() < TIGHT:
            return theta, least, True
        theta = theta - np.linalg.solve(curve, slope)
    return None


class _Cost:
    """Minus the log-likelihood of an average customer, and its gradient, in the logarithms of the parameters.

    Rows stand in the order of x, so that what depends on x alone is done once for each and summed in one go.
    """

    def __init__(self, rows: Purchases, centre: Floats, prior: float) -> None:
        order = np.argsort(rows.x, kind="stable")
        x, self.t_x, self.T, self.n = rows.x[order], rows.t_x[order], rows.T[order], rows.n[order]
        self.total = float(self.n.sum())
        self.x, self.begins, self.rows = np.unique(x, return_index=True, return_counts=True)
        self.bought = np.add.reduceat(self.n, self.begins)
        self.once = int(self.rows[0]) if len(self.x) and self.x[0] == 0 else 0  # rows without a repeat order come first
        self.centre, self.weight = centre, prior / self.total

    def __call__(self, theta: Floats) -> tuple[float, Floats]:
        r, alpha, a, b = np.exp(theta)
        x, n, once = self.x, self.n, self.once
        until, last = alpha + self.T, alpha + self.t_x[once:]
        log_until = np.log(until)
        apart = log_until[once:] - np.log(last)
        least = np.maximum(x, 1.0) - 1.0
        power = np.repeat(r + x, self.rows)
        # Odds of having left after the last order, A4 - A3 of the paper, without either growing out of bounds.
        odds = np.repeat(np.log(a) - np.log(b + least), self.rows)[once:] + power[once:] * apart
        small = np.exp(-np.abs(odds))
        left = np.where(odds > 0, 1.0, small) / (1.0 + small)
        n_left = n[once:] * left
        heads = (
            gammaln(r + x) - gammaln(r) + r * np.log(alpha)
            + gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
        )  # fmt: skip
        likelihood = self.bought @ heads - n @ (power * log_until) + n[once:] @ (np.maximum(odds, 0) + np.log1p(small))
        left_of = np.zeros(len(x))
        repeated = self.begins[once > 0 :] - once
        left_of[once > 0 :] = np.add.reduceat(n_left, repeated) if len(repeated) else 0.0
        powered = n * power
        to_r = self.bought @ (psi(r + x) - psi(r) + np.log(alpha)) - n @ log_until + n_left @ apart
        to_alpha = (
            r / alpha * self.total
            - powered @ (1.0 / until)
            - (powered[once:] * left) @ (1.0 / last - 1.0 / until[once:])
        )
        shared = psi(a + b) - psi(a + b + x)
        to_a = self.bought @ shared + left_of.sum() / a
        to_b = self.bought @ (shared + psi(b + x) - psi(b)) - left_of @ (1.0 / (b + least))
        gradient = np.array([to_r * r, to_alpha * alpha, to_a * a, to_b * b]) / self.total
        away = theta - self.centre
        return (
            float(-likelihood / self.total + self.weight * (away @ away) / 2),
            -gradient + self.weight * away,
        )


@dataclass(frozen=True, slots=True)
class OwnRate:
    """Everybody goes on as until now, `scale` times: rates Gamma(r, alpha) a week, and nobody leaves.

    For a business that BG/NBD does not fit. `scale` is what its last weeks brought over what this had expected of them.
    """

    r: float
    alpha: float
    scale: float = 1.0

    def alive(self, x: Floats, t_x: Floats, T: Floats) -> Floats:
        return np.full(len(x), np.nan)  # not modelled

    def expected(self, weeks: float, x: Floats, t_x: Floats, T: Floats) -> Floats:
        return self.scale * weeks * (self.r + x) / (self.alpha + T)


def fit_own_rate(rows: Purchases) -> OwnRate:
    """The likeliest r and alpha of the negative binomial distribution of x."""
    total = float(rows.n.sum())

    def cost(theta: Floats) -> float:
        r, alpha = np.exp(theta)
        return -rows.likelihood_if_nobody_leaves(r, alpha) / total

    found = minimize(cost, np.log([1.0, 10.0]), method="L-BFGS-B", bounds=[(-BOUND, BOUND)] * 2)
    r, alpha = map(float, np.exp(found.x))
    return OwnRate(r, alpha)


@dataclass(frozen=True, slots=True)
class Spend:
    """Gamma-Gamma: an order is Gamma(p, nu) worth, and nu is Gamma(q, v) among customers."""

    p: float
    q: float
    v: float
    converged: bool

    def expected(self, x: Floats, m: Floats) -> Floats:
        """What an average order of each is worth (their eq. 5): the average of all without repeat orders."""
        count = np.where(m > 0, x, 0.0)
        return self.p * (self.v + count * m) / (self.p * count + self.q - 1.0)


def fit_spend(x: Floats, m: Floats) -> Spend:
    """From those with a repeat order; the search is done in units of the average order, so that money's do not matter.

    Where there is no best fit, the parameters are those of a plain average of everybody's and one's own orders.
    """
    bought = (x > 0) & (m > 0)
    x, m = x[bought], m[bought]
    scale = float(m.mean()) if len(m) else 0.0
    plain = Spend(1.0, 1.0 + LEANING, LEANING * scale, converged=False)
    if len(x) < 2:
        return plain
    m = m / scale
    log_m, log_x, total = np.log(m), np.log(x), float(len(x))

    def cost(theta: Floats) -> tuple[float, Floats]:
        p, q, v = np.exp(theta)
        px = p * x
        whole = np.log(x * m + v)
        likelihood = gammaln(px + q) - gammaln(px) - gammaln(q) + q * np.log(v) + (px - 1) * log_m + px * log_x
        likelihood -= (px + q) * whole
        shared = psi(px + q) - whole
        to_p = x @ (shared - psi(px) + log_m + log_x)
        to_q = float(np.sum(shared)) - total * psi(q) + total * np.log(v)
        to_v = total * q / v - float(np.sum((px + q) / (x * m + v)))
        return -float(likelihood.sum()) / total, -np.array([to_p * p, to_q * q, to_v * v]) / total

    found = minimize(cost, np.log([2.0, 3.0, 2.0]), jac=True, method="L-BFGS-B", bounds=[(-BOUND, BOUND)] * 3,
                     options={"gtol": TIGHT, "ftol": 1e-13, "maxiter": 300})  # fmt: skip
    p, q, v = map(float, np.exp(found.x))
    inside = bool(np.all(np.abs(found.x) < BOUND - 0.01)) and q > 1.0
    return Spend(p, q, v * scale, converged=True) if found.success and inside else plain
