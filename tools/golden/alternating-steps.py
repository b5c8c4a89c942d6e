"""Steps that are not one loss on one network, in PyTorch, float64: losses and end weights.

gan: a generator (with batch normalisation) and a discriminator in turn, Adam each, non-saturating losses.
groups: two weighted losses; two optimisers, a slower group and a frozen layer in one step.
Usage: alternating-steps.py OUT.json
"""
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F

from golden_file import write_tensors

SEED, STEPS, BATCH, Z, HIDDEN = 5, 5, 8, 3, 6


def single(t):
    return t.float().double()  # float32 values, so that both sides start alike


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(Z, HIDDEN, bias=False)
        self.norm = nn.BatchNorm1d(HIDDEN)
        self.fc2 = nn.Linear(HIDDEN, 2)

    def forward(self, z):
        return self.fc2(F.relu(self.norm(self.fc1(z))))


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(2, HIDDEN)
        self.fc2 = nn.Linear(HIDDEN, 1)

    def forward(self, x):
        return self.fc2(F.leaky_relu(self.fc1(x), 0.25))


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Linear(4, 5)
        self.body = nn.Linear(5, 5)
        self.head = nn.Linear(5, 3)

    def forward(self, x):
        h = F.relu(self.body(F.relu(self.stem(x))))
        return self.head(h), h


def store(tensors, prefix, module):
    for k, v in module.state_dict().items():
        if "num_batches" not in k:
            tensors[f"{prefix}.{k}"] = v.clone()


def main(out):
    torch.manual_seed(SEED)
    torch.set_default_dtype(torch.float64)
    g, d, c = Generator(), Discriminator(), Classifier()
    with torch.no_grad():
        for m in (g, d, c):
            for p in m.parameters():
                p.copy_(single(p))
    tensors = {
        "real": single(torch.randn(STEPS, BATCH, 2) + torch.tensor([2.0, -1.0])),
        "z": single(torch.randn(2, STEPS, BATCH, Z)),
        "x": single(torch.randn(STEPS, BATCH, 4)),
        "target": F.one_hot(torch.randint(0, 3, (STEPS, BATCH)), 3).double(),
    }
    store(tensors, "gan.start.generator", g)
    store(tensors, "gan.start.discriminator", d)
    store(tensors, "groups.start", c)

    lr = 2**-7
    by_d = torch.optim.Adam(d.parameters(), lr=lr, betas=(0.5, 0.999))
    by_g = torch.optim.Adam(g.parameters(), lr=lr / 2, betas=(0.5, 0.999))
    losses = {"discriminator": [], "generator": []}
    for i in range(STEPS):
        by_d.zero_grad()
        loss = F.softplus(-d(tensors["real"][i])).mean() + F.softplus(d(g(tensors["z"][0, i]).detach())).mean()
        loss.backward()
        by_d.step()
        losses["discriminator"].append(loss.detach())
        by_g.zero_grad()
        loss = F.softplus(-d(g(tensors["z"][1, i]))).mean()
        loss.backward()
        by_g.step()
        losses["generator"].append(loss.detach())
    for k, v in losses.items():
        tensors[f"gan.losses.{k}"] = torch.stack(v)
    store(tensors, "gan.end.generator", g)
    store(tensors, "gan.end.discriminator", d)

    for p in c.stem.parameters():
        p.requires_grad_(False)
    sgd = torch.optim.SGD(c.body.parameters(), lr=lr / 4, momentum=0.875, weight_decay=2**-6)
    adam = torch.optim.Adam(c.head.parameters(), lr=lr)
    parts = {"class": [], "sparsity": []}
    for i in range(STEPS):
        sgd.zero_grad()
        adam.zero_grad()
        logits, h = c(tensors["x"][i])
        entropy = -(tensors["target"][i] * F.log_softmax(logits, dim=1)).sum(1).mean()
        sparsity = h.abs().mean()
        (entropy + 0.25 * sparsity).backward()
        sgd.step()
        adam.step()
        parts["class"].append(entropy.detach())
        parts["sparsity"].append(sparsity.detach())
    for k, v in parts.items():
        tensors[f"groups.losses.{k}"] = torch.stack(v)
    store(tensors, "groups.end", c)

    write_tensors(out, "alternating-steps", SEED, tensors)


main(sys.argv[1])
