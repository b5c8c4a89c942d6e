"""Classifiers of scikit-learn on a small problem: decisions, predictions, objectives; the squared hinge by scipy's L-BFGS.

Usage: classifiers.py OUT.json
"""
import itertools
import json
import sys

import numpy as np
import scipy
import scipy.linalg
import sklearn
from scipy.optimize import minimize
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

SEED, K, D = 3, 4, 6
SIZES = [50, 35, 25, 15]
rng = np.random.default_rng(SEED)
means = rng.normal(size=(K, D)) * 0.8


def sample(sizes):
    y = np.repeat(np.arange(K), sizes)
    x = (means[y] + rng.normal(size=(len(y), D))).round(3)
    order = rng.permutation(len(y))
    return x[order], y[order]


x, y = sample(SIZES)
test, _ = sample([20] * K)
PAIRS = list(itertools.combinations(range(K), 2))
# Eight features of which two are sums of others: a scatter matrix without full rank
wide = np.column_stack([x, x[:, 0] + x[:, 1], x[:, 2] - x[:, 3]])
wide_test = np.column_stack([test, test[:, 0] + test[:, 1], test[:, 2] - test[:, 3]])


def two(a, b):
    rows = (y == a) | (y == b)
    return x[rows], np.where(y[rows] == a, 1.0, -1.0)


def hinge_objective(a, b, C):
    xs, s = two(a, b)
    m = SVC(kernel="linear", C=C, tol=1e-8).fit(xs, s)
    return 0.5 * (m.coef_**2).sum() + C * np.maximum(0, 1 - s * m.decision_function(xs)).sum()


def squared_objective(a, b, C):
    xs, s = two(a, b)

    def f(v):
        slack = np.maximum(0, 1 - s * (xs @ v[:-1] + v[-1]))
        g = -2 * C * (s * slack) @ xs
        return 0.5 * (v[:-1] ** 2).sum() + C * (slack**2).sum(), np.append(v[:-1] + g, -2 * C * (s * slack).sum())

    return minimize(f, np.zeros(D + 1), jac=True, method="L-BFGS-B", options={"ftol": 1e-15, "gtol": 1e-10, "maxiter": 10000}).fun


def svc(**settings):
    m = SVC(tol=1e-8, decision_function_shape="ovo", **settings).fit(x, y)
    return {"settings": settings, "values": m.decision_function(test).round(6).tolist(), "predicted": m.predict(test).tolist()}


def neighbours(z_train, z):
    distances, nearest = KNeighborsClassifier(1).fit(z_train, y).kneighbors(z)
    return {"distances": distances[:, 0].round(6).tolist(), "nearest": nearest[:, 0].tolist(), "predicted": y[nearest[:, 0]].tolist()}


def lda(train, against):
    m = LinearDiscriminantAnalysis(solver="svd").fit(train, y)
    return neighbours(m.transform(train), m.transform(against))


def lda_shrunk(gamma):
    """As textbooks have it: scikit-learn shrinks the scatter between the classes too."""
    centred = x - np.stack([x[y == k].mean(0) for k in range(K)])[y]
    within = centred.T @ centred / (len(y) - K)
    within = (1 - gamma) * within + gamma * np.trace(within) / D * np.eye(D)
    between = np.cov(x.T, bias=True) - centred.T @ centred / len(y)
    _, vectors = scipy.linalg.eigh(between, within)
    v = vectors[:, ::-1][:, : K - 1]
    return neighbours(x @ v, test @ v)


COSTS = [0.01, 0.1, 1, 10, 100]
document = {
    "source": {
        "command": "tools/golden/run.sh classifiers", "seed": SEED,
        "versions": {"scikit-learn": sklearn.__version__, "scipy": scipy.__version__, "numpy": np.__version__},
    },
    "classes": K, "x": x.tolist(), "y": y.tolist(), "test": test.tolist(), "costs": COSTS,
    "hinge": [[hinge_objective(a, b, C) for a, b in PAIRS] for C in COSTS],
    "squaredHinge": [[squared_objective(a, b, C) for a, b in PAIRS] for C in COSTS],
    "linear": [svc(kernel="linear", C=C) for C in COSTS],
    "rbf": [svc(kernel="rbf", C=C, gamma=g) for C, g in [(1, 0.1), (10, 0.5), (0.1, 2.0)]],
    "lda": lda(x, test),
    "ldaShrunk": lda_shrunk(0.3),
    "ldaSingular": lda(wide, wide_test),
}
with open(sys.argv[1], "w") as f:
    json.dump(document, f, separators=(",", ":"))
    f.write("\n")
