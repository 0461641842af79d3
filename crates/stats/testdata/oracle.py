"""Writes the reference numbers of this folder with independent tools.

    python3 -m venv oracle && oracle/bin/pip install statsmodels==0.15.0 scipy==1.17.1 mpmath==1.4.1
    oracle/bin/python crates/stats/testdata/oracle.py

statsmodels: proportion and Newcombe intervals, cluster-robust variance, cumulative incidence, sample sizes, adjusted p-values. scipy: Student's t.
mpmath, 40 digits: beta quantiles. numpy: CR2 and Satterthwaite by dense matrices, straight from the definition.
"""

import pathlib

import mpmath as mp
import numpy as np
import statsmodels.api as sm
from scipy import optimize, stats
from statsmodels.duration.survfunc import CumIncidenceRight
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import (
    confint_proportions_2indep,
    proportion_confint,
    samplesize_proportions_2indep_onetail,
)

mp.mp.dps = 40
HERE = pathlib.Path(__file__).parent
NOTE = "# made by: python crates/stats/testdata/oracle.py (versions in its head)\n"


def write(name, header, rows):
    def show(value):
        return value if isinstance(value, str) else repr(value) if isinstance(value, int) else f"{float(value):.17g}"

    text = NOTE + header + "\n" + "".join(",".join(show(v) for v in row) + "\n" for row in rows)
    (HERE / name).write_text(text)


def beta_quantile(a, b, p):
    """(x, 1 - x) with I_x(a, b) = p, solved over log-odds by quadrature-free series of mpmath."""
    a, b, p = mp.mpf(a), mp.mpf(b), mp.mpf(p)

    def cdf(u):
        x = 1 / (1 + mp.exp(-u))
        return mp.betainc(a, b, 0, x, regularized=True)

    start = mp.log(a / b) + mp.mpf(float(stats.norm.ppf(float(p)))) * mp.sqrt(1 / a + 1 / b)
    small = min(a, b) < 30
    low, high = (start - 40, start + 40) if small else (start - 3 * mp.sqrt(1 / a + 1 / b), start + 3 * mp.sqrt(1 / a + 1 / b))
    for _ in range(130):
        mid = (low + high) / 2
        low, high = (mid, high) if cdf(mid) < p else (low, mid)
    return 1 / (1 + mp.exp(-low)), 1 / (1 + mp.exp(low))


def large_beta_quantile(a, b, p):
    """The same where both shapes are huge: tanh-sinh quadrature of the density around its mean, normalised."""
    a, b, p = mp.mpf(a), mp.mpf(b), mp.mpf(p)
    sd = mp.sqrt(1 / a + 1 / b)
    centre = mp.log(a / b)

    def log_density(v):
        u = centre + v * sd
        return -a * mp.log1p(mp.exp(-u)) - b * mp.log1p(mp.exp(u))

    top = log_density(mp.mpf(0))
    density = lambda v: mp.exp(log_density(v) - top)
    grid = [mp.mpf(k) for k in range(-14, 15)]
    total = mp.quad(density, grid)
    solve = lambda v: mp.quad(density, [mp.mpf(k) for k in range(-14, -2)] + [v]) / total - p
    v = mp.findroot(solve, mp.mpf(float(stats.norm.ppf(float(p)))))
    u = centre + v * sd
    return 1 / (1 + mp.exp(-u)), 1 / (1 + mp.exp(u))


def betas():
    small = [(0.5, 0.5), (5, 46), (5.5, 45.5), (46, 5), (0.5, 300.5), (300.5, 0.5), (1, 1e12), (6, 1e12), (25, 0.5),
             (1000, 3), (40, 60)]
    rows = [(a, b, p, *beta_quantile(a, b, p)) for a, b in small for p in (0.0005, 0.025, 0.05, 0.4)]
    large = [(2000, 3000), (45000, 8500), (1e6, 5e6), (3e7, 2e6), (5e11, 5e11), (1e7, 1e12)]
    rows += [(a, b, p, *large_beta_quantile(a, b, p)) for a, b in large for p in (0.0005, 0.025, 0.4)]
    write("beta.csv", "a,b,p,quantile,complement", rows)


def students():
    rows = [(alpha, dof, stats.t.isf(alpha / 2, dof)) for alpha in (0.32, 0.1, 0.05, 0.01, 1e-4)
            for dof in (1.0, 1.7, 3.25, 8.0, 29.0, 48.5, 400.0, 1e7)]
    write("student.csv", "alpha,dof,critical", rows)


def proportions():
    rows = []
    for k, n in [(5, 50), (0, 10), (10, 10), (1, 3), (39, 5000), (40, 6229), (1, 100000), (99999, 100000),
                 (8502, 44700), (15, 29)]:
        for level in (0.8, 0.95, 0.999):
            each = [proportion_confint(k, n, alpha=1 - level, method=m) for m in ("wilson", "beta", "jeffreys")]
            flat = [float(v) for pair in each for v in pair]
            if k == 0:
                flat[2] = flat[4] = 0.0
            if k == n:
                flat[3] = flat[5] = 1.0
            rows.append((k, n, level, *flat))
    write("proportion.csv", "successes,trials,confidence,wilson_low,wilson_high,cp_low,cp_high,jeffreys_low,jeffreys_high", rows)


def differences():
    rows = []
    # Newcombe (1998), table II, then the arms of a public test.
    for a, m, b, n in [(56, 70, 48, 80), (9, 10, 3, 10), (10, 10, 0, 20), (10, 10, 0, 10), (5, 56, 0, 29), (0, 500, 30, 500),
                       (44700 - 36198, 44700, 8279, 45489)]:
        low, high = confint_proportions_2indep(b, n, a, m, method="newcomb", compare="diff", alpha=0.05)
        rows.append((a, m, b, n, low, high))
    write("newcombe.csv", "control_successes,control_trials,variant_successes,variant_trials,low,high", rows)


def lifts():
    """Roots of |b - rho a| = z sqrt(vb + rho^2 va) by bracketing, not by the quadratic formula."""
    rows = []
    for a, va, b, vb in [(0.03, 0.03 * 0.97 / 300, 0.03, 0.03 * 0.97 / 300), (0.19, 3.4e-6, 0.182, 3.3e-6),
                         (12.5, 4.0, 14.0, 3.0), (-8.0, 2.0, 5.0, 1.0), (100.0, 1.0, 100.0, 0.0)]:
        z = stats.norm.ppf(0.975)
        gap = lambda rho: (b - rho * a) ** 2 - z * z * (vb + rho * rho * va)
        centre = b / a
        low = optimize.brentq(gap, centre - 50, centre, xtol=1e-14, rtol=1e-14)
        high = optimize.brentq(gap, centre, centre + 50, xtol=1e-14, rtol=1e-14)
        rows.append((a, va, b, vb, low - 1, high - 1, 2 * stats.norm.sf(abs(b - a) / np.sqrt(va + vb))))
    write("fieller.csv", "control,control_variance,variant,variant_variance,low,high,p_value", rows)


def clusters():
    """Regression of units on a constant, clustered by visitor; CR2 and its degrees of freedom by dense matrices."""
    sets = {
        "equal": ([1, 0, 2, 1, 3, 0, 1, 2], [4] * 8),
        "mixed": ([1, 0, 2, 1, 3, 0, 5, 0, 0, 1, 2], [1, 3, 4, 2, 7, 1, 9, 1, 1, 2, 2]),
        "one heavy": ([0, 1, 0, 0, 1, 1, 0, 6], [1, 1, 2, 1, 1, 3, 1, 40]),
        "sixty": ([i % 3 == 0 for i in range(60)], [1 + i % 2 for i in range(60)]),
    }
    rows = []
    for name, (ys, ns) in sets.items():
        ys = [int(y) for y in ys]
        group = np.repeat(np.arange(len(ns)), ns)
        unit = np.concatenate([np.r_[np.ones(y), np.zeros(n - y)] for y, n in zip(ys, ns)])
        fit = sm.OLS(unit, np.ones(len(unit))).fit(cov_type="cluster", cov_kwds={"groups": group})
        delta = float(fit.cov_params()[0, 0])
        total = len(unit)
        annihilator = np.eye(total) - np.ones((total, total)) / total
        cr2, bread, parts = 0.0, 1.0 / total, []
        for g in range(len(ns)):
            own = group == g
            block = annihilator[np.ix_(own, own)]
            values, vectors = np.linalg.eigh(block)
            root = vectors @ np.diag(1 / np.sqrt(values)) @ vectors.T
            score = np.ones(own.sum()) @ root
            cr2 += (bread * (score @ (unit[own] - unit.mean()))) ** 2
            parts.append(bread * (score @ annihilator[own]))
        gram = np.array(parts) @ np.array(parts).T
        dof = np.trace(gram) ** 2 / np.sum(gram * gram)
        flat = ";".join(f"{y}/{n}" for y, n in zip(ys, ns))
        rows.append((name, flat, unit.mean(), delta, cr2, dof))
    write("clusters.csv", "name,visitors,rate,delta_variance,cr2_variance,satterthwaite_dof", rows)


def cohorts():
    """Cumulative incidence of status 1 against status 2, with units still watched as status 0."""
    time = np.array([1, 1, 1, 2, 2, 3, 3, 3, 4, 5, 5, 5, 6, 7, 7, 8, 8, 9, 9, 9])
    status = np.array([1, 0, 2, 1, 1, 0, 1, 2, 0, 1, 0, 0, 1, 0, 2, 1, 0, 0, 0, 0])
    fit = CumIncidenceRight(time, status)
    rows = []
    for k, age in enumerate(fit.times):
        at = time == age
        counts = [int(np.sum(at & (status == s))) for s in (1, 2, 0)]
        rows.append((int(age), *counts, fit.cinc[0][k], fit.cinc_se[0][k]))
    write("cohort.csv", "age,converted,ended,censored,incidence,standard_error", rows)


def powers():
    """Trials for each of two equal groups, two-sided at 5 % (the tail that is away from the difference left out)."""
    rates = [(0.5, 0.75, 0.9), (0.03975, 0.04285, 0.8), (0.03, 0.036, 0.8), (0, 0.01, 0.8), (0.9, 0.95, 0.8), (0.003, 0.0045, 0.9)]
    needed = lambda a, b, power: samplesize_proportions_2indep_onetail(b - a, a, power, alpha=0.05, alternative="two-sided")
    write("power.csv", "from,to,power,trials", [(a, b, p, needed(a, b, p)) for a, b, p in rates])


def discoveries():
    """P-values adjusted by Benjamini and Hochberg, in the order given."""
    sets = [
        [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216, 0.222, 0.251, 0.269, 0.275, 0.34],
        [0.04],
        [0.05, 0.05, 0.05],
        [0.9, 0.01, 0.02, 0.5, 0.01, 1.0, 0.0],
        [float(p) for p in np.random.default_rng(7).uniform(size=12) ** 3],
    ]
    join = lambda values: ";".join(f"{float(v):.17g}" for v in values)
    adjusted = lambda p: multipletests(p, alpha=0.05, method="fdr_bh")[1]
    write("discoveries.csv", "p_values,adjusted", [(join(p), join(adjusted(p))) for p in sets])


if __name__ == "__main__":
    for make in (betas, students, proportions, differences, lifts, clusters, cohorts, powers, discoveries):
        make()
