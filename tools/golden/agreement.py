"""Agreement statistics by statsmodels, and by slow loops over pairs of votes where statsmodels has none.

Fleiss' kappa, Cohen's kappa with its standard error and the analysis of variance behind ICC(1,k) are statsmodels'.
Krippendorff's alpha is formed from the coincidence matrix, Cronbach's alpha from numpy's variances (complete votes) or
from loops over pairs of votes (incomplete ones).
Usage: agreement.py OUT.json
"""
import itertools
import json
import sys

import numpy as np
import pandas as pd
import statsmodels
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm
from statsmodels.stats.inter_rater import aggregate_raters, cohens_kappa, fleiss_kappa

SEED, K = 5, 4


def simulate(rng, tasks, workers, share):
    """Votes [task, worker, label]: half of them right, adjacent classes confused; each cell kept with the given chance."""
    rows = []
    for j in range(tasks):
        truth = rng.choice(K, p=[0.4, 0.3, 0.2, 0.1])
        seen = [i for i in range(workers) if rng.random() < share] or [int(rng.integers(workers))]
        for i in seen:
            label = truth if rng.random() < 0.35 + 0.5 * i / workers else int(rng.integers(K))
            rows.append([j, i, int(label)])
    return rows


def icc(rows):
    between, within = [], []
    values = {}
    for k in range(K):
        frame = pd.DataFrame({"task": [r[0] for r in rows], "x": [float(r[2] == k) for r in rows]})
        table = anova_lm(ols("x ~ C(task)", data=frame).fit())
        between.append(table["mean_sq"]["C(task)"])
        within.append(table["mean_sq"]["Residual"])
        values[str(k)] = 1 - within[-1] / between[-1]
    values["overall"] = 1 - sum(within) / sum(between)
    sizes = np.bincount([r[0] for r in rows])
    n = sizes.sum()
    values["k"] = (n - (sizes**2).sum() / n) / (len(sizes) - 1)
    return values


def krippendorff(rows):
    coincidences = np.zeros((K, K))
    for _, unit in itertools.groupby(rows, key=lambda r: r[0]):
        labels = [r[2] for r in unit]
        for a, b in itertools.permutations(range(len(labels)), 2):
            coincidences[labels[a], labels[b]] += 1 / (len(labels) - 1)
    totals = coincidences.sum(axis=1)
    n = totals.sum()
    observed = n - np.trace(coincidences)
    expected = (n**2 - (totals**2).sum()) / (n - 1)
    return 1 - observed / expected


def fleiss_incomplete(rows):
    agreements, labels_all = [], []
    for _, unit in itertools.groupby(rows, key=lambda r: r[0]):
        labels = [r[2] for r in unit]
        if len(labels) > 1:
            agreements.append(np.mean([a == b for a, b in itertools.combinations(labels, 2)]))
            labels_all += labels
    chance = sum(np.mean(np.array(labels_all) == k) ** 2 for k in range(K))
    return (np.mean(agreements) - chance) / (1 - chance)


def cronbach_complete(matrix):
    """Textbook formula on [tasks, workers]."""
    values, item_variances, sum_variances = {}, 0, 0
    k = matrix.shape[1]
    for c in range(K):
        x = (matrix == c).astype(float)
        items, total = x.var(axis=0, ddof=1).sum(), x.sum(axis=1).var(ddof=1)
        values[str(c)] = k / (k - 1) * (1 - items / total)
        item_variances, sum_variances = item_variances + items, sum_variances + total
    return {**values, "overall": k / (k - 1) * (1 - item_variances / sum_variances), "k": float(k)}


def cronbach_pairs(rows):
    k = len(rows) / len({r[0] for r in rows})
    values, all_v, all_c = {}, 0, 0
    for c in range(K):
        mean = {i: np.mean([r[2] == c for r in rows if r[1] == i]) for i in {r[1] for r in rows}}
        squares, products = [], []
        for _, unit in itertools.groupby(rows, key=lambda r: r[0]):
            x = [(r[2] == c) - mean[r[1]] for r in unit]
            squares += [v * v for v in x]
            products += [a * b for a, b in itertools.combinations(x, 2)]
        v, p = np.mean(squares), np.mean(products)
        values[str(c)] = k * p / (v + (k - 1) * p)
        all_v, all_c = all_v + v, all_c + p
    return {**values, "overall": k * all_c / (all_v + (k - 1) * all_c), "k": k}


def pairs(rows):
    by_worker = {}
    for j, i, label in rows:
        by_worker.setdefault(i, {})[j] = label
    out = []
    for a, b in itertools.combinations(sorted(by_worker), 2):
        shared = sorted(set(by_worker[a]) & set(by_worker[b]))
        table = np.zeros((K, K))
        for j in shared:
            table[by_worker[a][j], by_worker[b][j]] += 1
        result = cohens_kappa(table)
        out.append({"table": table.astype(int).flatten().tolist(), "kappa": result.kappa, "standardError": result.std_kappa, "n": len(shared)})
    return out


def case(rows, complete):
    kappas = pairs(rows)
    result = {
        "votes": rows,
        "krippendorffAlpha": krippendorff(rows),
        "icc1k": icc(rows),
        "pairs": kappas,
        "meanKappa": float(np.average([p["kappa"] for p in kappas], weights=[p["n"] for p in kappas])),
        "quartiles": [float(q) for q in np.percentile([p["kappa"] for p in kappas], [25, 50, 75])],
    }
    if complete:
        workers = max(r[1] for r in rows) + 1
        matrix = np.array([r[2] for r in rows]).reshape(-1, workers)
        result["fleissKappa"] = fleiss_kappa(aggregate_raters(matrix, n_cat=K)[0])
        result["cronbachAlpha"] = cronbach_complete(matrix)
    else:
        result["fleissKappa"] = fleiss_incomplete(rows)
        result["cronbachAlpha"] = cronbach_pairs(rows)
    return result


def main(out):
    rng = np.random.default_rng(SEED)
    document = {
        "source": {
            "command": "tools/golden/run.sh agreement", "seed": SEED,
            "versions": {"statsmodels": statsmodels.__version__, "numpy": np.__version__},
        },
        "complete": case(simulate(rng, 30, 5, 1), True),
        "incomplete": case(simulate(rng, 80, 7, 0.45), False),
    }
    with open(out, "w") as f:
        json.dump(document, f, separators=(",", ":"))
        f.write("\n")


main(sys.argv[1])
