"""When customers leave: after an order (BG/NBD, `lifetime`), or at any time (Pareto/NBD), or something between.

Pareto/NBD: D. Schmittlein, D. Morrison, R. Colombo (1987), Counting Your Customers, Management Science 33(1); in the form
of P. Fader, B. Hardie (2005), A Note on Deriving the Pareto/NBD Model. Which of the two a business is like, or their
mean (J. Bates, C. Granger 1969, The Combination of Forecasts), its own last weeks say. Arrays as in `lifetime`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln, hyp2f1

from bot.differentiate.lifetime import COARSE, NEAR_ONE, Floats, Purchases, Rate

SHARES = (0.0, 0.5, 1.0)  # of Pareto/NBD in a forecast, that are tried
NEARLY_NONE = 1e-9  # orders: of whom less is forecast counts as this, lest one surprise decide alone
START = (0.6, 10.0, 0.6, 10.0)  # r, alpha, s, beta: where the search begins
BOUNDS = ((-4.0, 4.0), (-4.0, 7.0), (-5.0, 4.0), (-4.0, 9.0))
"""Of their logarithms: within them `hyp2f1` is finite, whatever was bought. With s at its bound all leave alike, which is as good."""


@dataclass(frozen=True, slots=True)
class AnytimeRate:
    """Pareto/NBD: customers buy at rates Gamma(r, alpha) a week, and leave at rates Gamma(s, beta) a week."""

    r: float
    alpha: float
    s: float
    beta: float
    log_likelihood: float
    converged: bool

    def alive(self, x: Floats, t_x: Floats, T: Floats) -> Floats:
        """Chance that somebody still buys (their eq. 20); less than 1 of who ordered once, too."""
        here, gone = _weigh((self.r, self.alpha, self.s, self.beta), x, t_x, T)
        chance: Floats = np.exp(here - np.logaddexp(here, gone))
        return chance

    def expected(self, weeks: float, x: Floats, t_x: Floats, T: Floats) -> Floats:
        """Orders in the coming weeks (their eq. 41)."""
        s = self.s if abs(self.s - 1.0) > NEAR_ONE else 1.0 + NEAR_ONE  # the limit there is finite, the formula is not
        stays = np.log(self.beta + T) - np.log(self.beta + T + weeks)
        orders = (self.r + x) / (self.alpha + T) * (self.beta + T) * -np.expm1((s - 1.0) * stays) / (s - 1.0)
        return np.asarray(orders * self.alive(x, t_x, T))


def fit_anytime_rate(rows: Purchases) -> AnytimeRate:
    """The likeliest parameters; of very many different rows by fortnights, which moves a forecast by a few in a thousand."""
    if len(rows.x) > COARSE:
        rows = rows.coarser()
    total = float(rows.n.sum())

    def cost(theta: Floats) -> float:
        parameters = np.exp(theta)
        r, alpha, s, beta = parameters
        here, gone = _weigh(parameters, rows.x, rows.t_x, rows.T)
        heads = gammaln(r + rows.x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
        return -float(rows.n @ (heads + np.logaddexp(here, gone))) / total

    found = minimize(cost, np.log(START), method="L-BFGS-B", bounds=BOUNDS, options={"ftol": 1e-12})
    r, alpha, s, beta = map(float, np.exp(found.x))
    inside = all(low + 0.01 < one < high - 0.01 for one, (low, high) in zip(found.x[:2], BOUNDS, strict=False))
    return AnytimeRate(r, alpha, s, beta, float(-found.fun * total), bool(found.success) and inside)


def _weigh(parameters: Floats | tuple[float, ...], x: Floats, t_x: Floats, T: Floats) -> tuple[Floats, Floats]:
    """Logarithms of the likelihoods of still being there, and of having left since `t_x`, but for what they share."""
    r, alpha, s, beta = parameters
    here = -(r + x) * np.log(alpha + T) - s * np.log(beta + T)
    first, last = (_since(parameters, x, t) for t in (t_x, T))
    with np.errstate(divide="ignore"):  # who ordered on the last day has not left since
        gone = np.log(s / (r + s + x)) + first + np.log(-np.expm1(np.minimum(last - first, 0.0)))
    return here, gone


def _since(parameters: Floats | tuple[float, ...], x: Floats, t: Floats) -> Floats:
    """Logarithm of a half of their A0 (eqs. 15 and 18), by Euler's transformation, so that no power grows out of bounds."""
    r, alpha, s, beta = parameters
    powers = -(r + x) * np.log(alpha + t) - s * np.log(beta + t)
    if alpha >= beta:
        series = hyp2f1(1.0, r + x, r + s + x + 1.0, (alpha - beta) / (alpha + t))
    else:
        series = hyp2f1(1.0, s + 1.0, r + s + x + 1.0, (beta - alpha) / (beta + t))
        powers = powers + np.log(alpha + t) - np.log(beta + t)
    return np.asarray(powers + np.log(series))


@dataclass(frozen=True, slots=True)
class Blend:
    """Both forecasts' mean; of Pareto/NBD, `share`."""

    rate: Rate
    anytime: AnytimeRate
    share: float

    def alive(self, x: Floats, t_x: Floats, T: Floats) -> Floats:
        return (1 - self.share) * self.rate.alive(x, t_x, T) + self.share * self.anytime.alive(x, t_x, T)

    def expected(self, weeks: float, x: Floats, t_x: Floats, T: Floats) -> Floats:
        after, anytime = (model.expected(weeks, x, t_x, T) for model in (self.rate, self.anytime))
        return (1 - self.share) * after + self.share * anytime


class Choice(NamedTuple):
    share: float
    predicted: float  # orders of everybody


def choose_share(rate: Rate, rows: Purchases, weeks: float, came: Floats) -> Choice:
    """The share of Pareto/NBD that would have forecast best what came of each customer in the weeks after `rows`.

    Best by the Poisson deviance (P. McCullagh, J. Nelder 1989, Generalized Linear Models), which the true mean makes
    least; a mean absolute error would reward to forecast too little.
    """
    there = rows.x, rows.t_x, rows.T
    after = rate.expected(weeks, *there)
    tried = [(0.0, after)]
    anytime = fit_anytime_rate(rows)
    if anytime.converged:
        other = anytime.expected(weeks, *there)
        tried += [(share, (1 - share) * after + share * other) for share in SHARES[1:]]
    together: Floats = np.bincount(rows.inverse, weights=came, minlength=len(rows.n)).astype(float)  # of those alike
    share, expected = min(tried, key=lambda one: _deviate(one[1], together, rows.n))
    return Choice(share, float(expected @ rows.n))


def _deviate(expected: Floats, came: Floats, n: Floats) -> float:
    """Half of the deviance, less what is the same of every forecast; of `n` customers alike, who are expected to order
    so often each, `came` orders came."""
    return float(n @ expected - came @ np.log(np.maximum(expected, NEARLY_NONE)))
