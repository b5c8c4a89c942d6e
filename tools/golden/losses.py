"""Losses in PyTorch, float64, written out from their definitions: values, gradients in the inputs, new centers.

Tensors are named CASE/in/NAME, CASE/out/loss, CASE/grad/NAME, and CASE/next/NAME for state. Usage: losses.py OUT.json
"""
import sys

import torch
import torch.nn.functional as F

from golden_file import write_tensors

SEED, N, K, D = 5, 6, 4, 3
tensors = {}


def exact(*shape):
    """Random values that float32 holds exactly."""
    return torch.randn(*shape).float().double()


def record(case, inputs, loss, fed=None, state=None):
    """`loss(**inputs)` is differentiated in `inputs`; `fed` are further inputs; `state` are new values of state."""
    for v in inputs.values():
        v.requires_grad_(True)
    value = loss(**inputs)
    value.backward()
    for k, v in {**inputs, **(fed or {})}.items():
        tensors[f"{case}/in/{k}"] = v
    tensors[f"{case}/out/loss"] = value
    for k, v in inputs.items():
        tensors[f"{case}/grad/{k}"] = v.grad
    for k, v in (state or {}).items():
        tensors[f"{case}/next/{k}"] = v


def center_step(x, t, c):
    """Wen et al. 2016, eq. 4, class by class."""
    out = torch.zeros_like(c)
    for j in range(c.shape[0]):
        members = x[t[:, j] == 1]
        out[j] = (c[j] - members).sum(0) / (1 + len(members))
    return out


def neighbour_means(x, labels, k):
    out = x.detach().clone()
    for i in range(len(x)):
        others = [j for j in range(len(x)) if j != i and labels[j] == labels[i]]
        others.sort(key=lambda j: (((x[i] - x[j]) ** 2).sum().item(), j))
        if others:
            out[i] = x[others[:k]].mean(0).detach()
    return out


def cosines(c):
    u = c / c.norm(dim=1, keepdim=True)
    return sum(u[j] @ u[k] + 1 for j in range(len(c)) for k in range(len(c)) if j != k)


def main(out):
    torch.manual_seed(SEED)
    torch.set_default_dtype(torch.float64)
    labels = torch.tensor([0, 1, 2, 1, 3, 1])
    hard = F.one_hot(labels, K).double()
    soft = F.softmax(2 * exact(N, K), 1).float().double()
    weights = torch.tensor([0.5, 2.0, 1.0, 0.25])
    z = lambda: {"logits": 2 * exact(N, K)}

    record("crossEntropyHard", z(), lambda logits: F.cross_entropy(logits, labels), {"target": hard})
    record("crossEntropySoft", z(), lambda logits: F.cross_entropy(logits, soft), {"target": soft})
    record("crossEntropySmoothed", z(), lambda logits: F.cross_entropy(logits, labels, label_smoothing=0.125), {"target": hard})
    record("crossEntropyWeighted", z(), lambda logits: F.cross_entropy(logits, labels, weight=weights), {"target": hard})
    record("crossEntropyWeightedSmoothed", z(), lambda logits: F.cross_entropy(logits, labels, weight=weights, label_smoothing=0.125), {"target": hard})

    def focal(logits):
        p = F.softmax(logits, 1)[range(N), labels]
        return (-0.25 * (1 - p) ** 2 * p.log()).mean()

    record("focal", z(), focal, {"target": hard})

    def one_vs_rest(power):
        def f(logits):
            y = 2 * hard - 1
            return ((1 - y * logits).clamp(min=0) ** power).sum(1).mean()
        return f

    def crammer_singer(power):
        def f(logits):
            rivals = torch.stack([max(logits[i, k] for k in range(K) if k != labels[i]) for i in range(N)])
            return ((1 + rivals - logits[range(N), labels]).clamp(min=0) ** power).mean()
        return f

    for power in (1, 2):
        record(f"hinge{power}", z(), one_vs_rest(power), {"target": hard})
        record(f"crammerSinger{power}", z(), crammer_singer(power), {"target": hard})

    target = exact(N, D)
    for name, f in (("meanSquaredError", F.mse_loss), ("meanAbsoluteError", F.l1_loss), ("huber", lambda a, t: F.huber_loss(a, t, delta=0.5))):
        record(name, {"prediction": exact(N, D)}, lambda prediction, f=f: f(prediction, target), {"target": target})

    centers = exact(K, D)
    x = exact(N, D)
    pull = lambda features: 0.5 * ((features - centers[labels]) ** 2).sum()
    fed = {"target": hard, "centers": centers}
    record("center", {"features": x.clone()}, pull, fed, {"centers": centers - 0.5 * center_step(x, hard, centers)})
    # The island term's part of the centers' step is its gradient, halved as each pair stands in the sum twice
    c = centers.clone().requires_grad_(True)
    cosines(c).backward()
    step = center_step(x, hard, centers) + 10 / (K - 1) * c.grad / 2
    record("island", {"features": x.clone()}, lambda features: pull(features) + 10 * cosines(centers), fed, {"centers": centers - 0.25 * step})

    for k in (1, 5):
        x = exact(8, D)
        y = torch.tensor([0, 0, 1, 0, 2, 1, 0, 0])
        record(f"localityPreserving{k}", {"features": x}, lambda features: 0.5 * ((features - neighbour_means(features.detach(), y, k)) ** 2).sum(1).mean(), {"target": F.one_hot(y, 3).double()})

    same = torch.tensor([1.0, 0, 1, 0, 0, 0])

    def contrastive(left, right):
        d = (left - right).norm(dim=1)
        return (0.5 * same * d**2 + 0.5 * (1 - same) * (2 - d).clamp(min=0) ** 2).mean()

    record("contrastive", {"left": exact(N, D), "right": exact(N, D)}, contrastive, {"same": same})
    three = lambda: {"anchor": exact(N, D), "positive": exact(N, D), "negative": exact(N, D)}
    gap = lambda anchor, positive, negative: ((anchor - positive) ** 2).sum(1) - ((anchor - negative) ** 2).sum(1)
    unit = lambda v: v / v.norm(dim=1, keepdim=True)
    record("triplet", three(), lambda **v: (gap(**v) + 0.5).clamp(min=0).mean())
    record("exponentialTriplet", three(), lambda anchor, positive, negative: gap(unit(anchor), unit(positive), unit(negative)).exp().mean())

    def hard_triplet(embeddings):
        d = ((embeddings[:, None] - embeddings[None]) ** 2).sum(2)
        terms = []
        for i in range(N):
            positives = [d[i, j] for j in range(N) if j != i and labels[j] == labels[i]]
            negatives = [d[i, j] for j in range(N) if labels[j] != labels[i]]
            if positives and negatives:
                terms.append((max(positives) - min(negatives) + 0.25).clamp(min=0))
        return torch.stack(terms).mean()

    record("hardTriplet", {"embeddings": exact(N, D)}, hard_triplet, {"target": hard})

    def tuplet(positives, negatives):
        c = positives.mean(0)
        inside = (((positives - c) ** 2).sum(1) - 2 + 0.5).clamp(min=0)
        outside = (2 + 0.5 - ((negatives - c) ** 2).sum(1)).clamp(min=0)
        return inside.sum() / max(1, int((inside > 0).sum())) + outside.sum() / max(1, int((outside > 0).sum()))

    record("tupletClusters", {"positives": exact(5, D), "negatives": exact(4, D)}, tuplet)

    bce = F.binary_cross_entropy_with_logits
    record("discriminatorNonSaturating", {"real": 3 * exact(N, 1), "fake": 3 * exact(4, 1)}, lambda real, fake: bce(real, torch.ones_like(real)) + bce(fake, torch.zeros_like(fake)))
    record("generatorNonSaturating", {"fake": 3 * exact(N, 1)}, lambda fake: bce(fake, torch.ones_like(fake)))
    record("discriminatorLeastSquares", {"real": exact(N, 1), "fake": exact(4, 1)}, lambda real, fake: 0.5 * ((real - 1) ** 2).mean() + 0.5 * (fake**2).mean())
    record("generatorLeastSquares", {"fake": exact(N, 1)}, lambda fake: 0.5 * ((fake - 1) ** 2).mean())

    record("reconstruction", {"output": exact(N, D)}, lambda output: 0.5 * ((output - target) ** 2).sum(1).mean(), {"target": target})

    def sparsity(code):
        r = torch.sigmoid(code).mean(0)
        return (0.0625 * (0.0625 / r).log() + 0.9375 * (0.9375 / (1 - r)).log()).sum()

    record("sparsity", {"code": exact(N, D)}, sparsity)
    for name, f in (("sigmoid", torch.sigmoid), ("tanh", torch.tanh), ("relu", torch.relu)):
        def contraction(x, weight, f=f):
            jacobians = [torch.autograd.functional.jacobian(lambda v: f(weight @ v), row, create_graph=True) for row in x]
            return sum((j**2).sum() for j in jacobians) / len(x)
        record(f"contraction.{name}", {"x": exact(N, D), "weight": exact(5, D)}, contraction)

    normal = torch.distributions.Normal
    record("gaussianPrior", {"mean": exact(N, D), "logVariance": exact(N, D)}, lambda mean, logVariance: torch.distributions.kl_divergence(normal(mean, (logVariance / 2).exp()), normal(0.0, 1.0)).sum(1).mean())

    record("peakPiloted", {"peak": exact(N, D), "nonPeak": exact(N, D)}, lambda peak, nonPeak: ((nonPeak - peak.detach()) ** 2).sum(1).mean() + 0 * peak.sum())

    # Last, so that the cases above keep their random values. Every column knows some rows, but none all
    mask = torch.tensor([[1.0, 0, 1], [0, 1, 1], [1, 1, 0], [1, 0, 0], [0, 1, 1], [1, 1, 1]])
    known = mask.bool()
    fed = {"target": target, "mask": mask}
    record("meanSquaredError.masked", {"prediction": exact(N, D)}, lambda prediction: F.mse_loss(prediction[known], target[known]), fed)
    record("huber.masked", {"prediction": exact(N, D)}, lambda prediction: F.smooth_l1_loss(prediction[known], target[known]), fed)

    present = (exact(N, D) > 0).double()
    record("binaryCrossEntropy", {"logits": 2 * exact(N, D)}, lambda logits: bce(logits, present), {"target": present})
    positive = torch.tensor([2.0, 0.5, 4.0])
    weighted = lambda logits: bce(logits, present, pos_weight=positive, reduction="none")[known].mean()
    record("binaryCrossEntropy.masked", {"logits": 2 * exact(N, D)}, weighted, {"target": present, "mask": mask})

    def concordance(p, t):
        s = lambda a, b: ((a - a.mean()) * (b - b.mean())).mean()
        return 2 * s(p, t) / (s(p, p) + s(t, t) + (p.mean() - t.mean()) ** 2 + 1e-8)

    def concordance_loss(rows):
        return lambda prediction: sum(1 - concordance(prediction[rows[:, j], j], target[rows[:, j], j]) for j in range(D)) / D

    record("concordance", {"prediction": exact(N, D)}, concordance_loss(torch.ones(N, D).bool()), {"target": target})
    record("concordance.masked", {"prediction": exact(N, D)}, concordance_loss(known), fed)

    write_tensors(out, "losses", SEED, tensors)


main(sys.argv[1])
