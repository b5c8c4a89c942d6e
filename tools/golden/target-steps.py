"""Five training steps in PyTorch, float64, for each kind of target and of sampler: losses and final weights.

A small network of two linear layers; targets of which some are missing; a batch made of pairs, triplets, a tuplet, or of
classes. Usage: target-steps.py OUT.json
"""
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F

from golden_file import write_tensors

SEED, STEPS, BATCH, D, H, K, L = 11, 5, 12, 6, 8, 3, 2
LR, MOMENTUM = 2**-4, 0.875
SHARES = torch.tensor([0.5, 0.375, 0.125], dtype=torch.float64)


class Net(nn.Module):
    """An embedding, and an output of K numbers on top of it."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(D, H)
        self.out = nn.Linear(H, K)

    def forward(self, x):
        embedding = torch.tanh(self.fc(x))
        return embedding, self.out(embedding)


def concordance(p, t):
    s = lambda a, b: ((a - a.mean()) * (b - b.mean())).mean()
    return 2 * s(p, t) / (s(p, p) + s(t, t) + (p.mean() - t.mean()) ** 2 + 1e-8)


def main(out):
    torch.manual_seed(SEED)
    torch.set_default_dtype(torch.float64)
    exact = lambda *shape: torch.randn(*shape).float().double()
    net = Net()
    with torch.no_grad():
        for p in net.parameters():
            p.copy_(p.float().double())
    start = {k: v.clone() for k, v in net.state_dict().items()}
    x = exact(STEPS, BATCH, D)
    labels = torch.randint(0, K, (STEPS, BATCH))
    labels[:, :6] = torch.tensor([0, 0, 1, 1, 2, 2])  # every class twice
    unlabelled = torch.zeros(STEPS, BATCH).bool()
    unlabelled[:, 9] = True
    hard = F.one_hot(labels, K).double()
    hard[unlabelled] = 0
    present = (exact(STEPS, BATCH, K) > 0).double()
    numbers = exact(STEPS, BATCH, K)
    mask = (torch.rand(STEPS, BATCH, K) > 0.3).double()
    tensors = {"x": x, "hard": hard, "present": present, "numbers": numbers, "mask": mask}
    tensors.update({f"start.{k}": v for k, v in start.items()})

    known = lambda i: mask[i].bool()
    rows = lambda i: ~unlabelled[i]

    def adjusted(z, i, e):
        return F.cross_entropy((z + 0.5 * SHARES.log())[rows(i)], labels[i][rows(i)], reduction="sum") / BATCH

    def balanced(z, i, e):
        return F.cross_entropy(z[rows(i)], labels[i][rows(i)], weight=1 / (K * SHARES), label_smoothing=0.125)

    def focal(z, i, e):
        p = F.softmax(z, 1)[rows(i), labels[i][rows(i)]]
        return (-((1 - p) ** 2) * p.log()).sum() / BATCH

    def pairs(z, i, e):
        left, right, a, b = e[0::2], e[1::2], labels[i][0::2], labels[i][1::2]
        same = ((a == b) & rows(i)[0::2] & rows(i)[1::2]).double()
        d = (left - right).norm(dim=1)
        return (0.5 * same * d**2 + 0.5 * (1 - same) * (1 - d).clamp(min=0) ** 2).mean()

    def triplets(z, i, e):
        gap = ((e[0::3] - e[1::3]) ** 2).sum(1) - ((e[0::3] - e[2::3]) ** 2).sum(1)
        return (gap + 0.25).clamp(min=0).mean()

    def tuplet(z, i, e):
        positives, negatives = e[:4], e[4:]
        c = positives.mean(0)
        inside = (((positives - c) ** 2).sum(1) - 0.5 + 0.25).clamp(min=0)
        outside = (0.5 + 0.25 - ((negatives - c) ** 2).sum(1)).clamp(min=0)
        return inside.sum() / max(1, int((inside > 0).sum())) + outside.sum() / max(1, int((outside > 0).sum()))

    cases = {
        "classes.adjusted": adjusted,
        "classes.balanced": balanced,
        "classes.focal": focal,
        "multilabel": lambda z, i, e: F.binary_cross_entropy_with_logits(z[known(i)], present[i][known(i)]),
        "regression": lambda z, i, e: F.mse_loss(z[known(i)], numbers[i][known(i)]),
        "regression.smooth": lambda z, i, e: F.smooth_l1_loss(z[known(i)], numbers[i][known(i)]),
        "regression.concordance": lambda z, i, e: sum(1 - concordance(z[known(i)[:, j], j], numbers[i][known(i)[:, j], j]) for j in range(K)) / K,
        "pairs": pairs,
        "triplets": triplets,
        "tuplet": tuplet,
    }
    for name, loss_of in cases.items():
        net.load_state_dict(start)
        optimizer = torch.optim.SGD(net.parameters(), lr=LR, momentum=MOMENTUM)
        losses = []
        for i in range(STEPS):
            optimizer.zero_grad()
            embedding, z = net(x[i])
            loss = loss_of(z, i, embedding)
            loss.backward()
            losses.append(loss.detach())
            optimizer.step()
        tensors[f"{name}/losses"] = torch.stack(losses)
        for k, v in net.state_dict().items():
            tensors[f"{name}/end.{k}"] = v.clone()
    write_tensors(out, "target-steps", SEED, tensors)


main(sys.argv[1])
