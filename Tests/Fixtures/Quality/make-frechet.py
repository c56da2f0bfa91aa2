"""Makes frechet.safetensors: Fréchet distances of normal distributions fitted to features, for FID.

The answers are computed with 60 digits from the eigenvalues of the product of both covariances, and are those of
scipy.linalg.sqrtm, with which pytorch-fid works, where that is accurate.
"""

import mpmath
import numpy as np
from safetensors.numpy import save_file
from scipy.linalg import sqrtm

mpmath.mp.dps = 60
WIDTH = 12


def exact(x, y):
    def moments(features):
        rows = mpmath.matrix(features.tolist())
        count = rows.rows
        mean = [mpmath.fsum(rows[i, j] for i in range(count)) / count for j in range(WIDTH)]
        centred = mpmath.matrix(count, WIDTH)
        for i in range(count):
            for j in range(WIDTH):
                centred[i, j] = rows[i, j] - mean[j]
        return mean, centred.T * centred / (count - 1)

    (mean, first), (other, second) = moments(x), moments(y)
    values = mpmath.eig(first * second, left=False, right=False)
    mixed = mpmath.fsum(mpmath.sqrt(max(mpmath.re(value), 0)) for value in values)
    apart = mpmath.fsum((a - b) ** 2 for a, b in zip(mean, other))
    traces = mpmath.fsum(first[i, i] + second[i, i] for i in range(WIDTH))
    return float(apart + traces - 2 * mixed)


def usual(x, y):
    first, second = np.cov(x, rowvar=False), np.cov(y, rowvar=False)
    root = sqrtm(first @ second)
    return float(np.sum((x.mean(0) - y.mean(0)) ** 2) + np.trace(first + second) - 2 * np.trace(root).real)


generator = np.random.default_rng(7)
mixture = generator.normal(size=(WIDTH, WIDTH))
# Features behind a ReLU: none is negative, and they are correlated.
full = np.maximum(generator.normal(size=(60, WIDTH)) @ mixture, 0)
other = np.maximum(generator.normal(size=(40, WIDTH)) @ mixture * 1.3 + 0.4, 0)
# Columns that nearly follow from others: eigenvalues down to 1e-13 of the largest.
tied = full.copy()
tied[:, 8:] = full[:, :4] * 2 - full[:, 4:8] + generator.normal(size=(60, 4)) * 1e-6
cases = {
    "full": (full, other),
    "few": (full[:5], other[:7]),
    "tied": (tied, other),
    "tied-both": (tied[:30], tied[30:] * 1.1),
    "scales": (full * np.logspace(-4, 4, WIDTH), other * np.logspace(-4, 4, WIDTH)),
}
tensors = {}
for name, (x, y) in cases.items():
    answer = exact(x, y)
    print(name, answer, "scipy:", usual(x, y))
    tensors[f"in/{name}.x"], tensors[f"in/{name}.y"] = np.ascontiguousarray(x), np.ascontiguousarray(y)
    tensors[f"out/{name}"] = np.array([answer])
save_file(tensors, __file__.replace("make-frechet.py", "frechet.safetensors"))
