"""Networks of torchvision: names and shapes of their weights; of some, one training pass in float64: loss, gradients, statistics.

Weights and images are a fixed function of their position (hashed), so that none has to be stored; of each gradient and
new running statistic three numbers are: its norm and its products with two fixed patterns.
Usage: zoo.py OUT.json
"""
import copy
import json
import math
import sys

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torchvision

CLASSES, BATCH, SIZE = 5, 4, 64
NETWORKS = {
    "alexnet": torchvision.models.alexnet,
    "vgg-13": torchvision.models.vgg13,
    "vgg-16": torchvision.models.vgg16,
    "googlenet.batch-norm": lambda **k: torchvision.models.googlenet(aux_logits=False, init_weights=False, **k),
    "resnet-18": torchvision.models.resnet18,
    "resnet-34": torchvision.models.resnet34,
    "resnet-50": torchvision.models.resnet50,
    "mobilenet-v2": torchvision.models.mobilenet_v2,
}
PASSES = ["googlenet.batch-norm", "resnet-18", "mobilenet-v2"]


def hashed(size, salt):
    """Numbers in [-0.5, 0.5), exact in float64 and the same in JavaScript."""
    i = np.arange(size, dtype=np.uint64)
    mixed = (i * np.uint64(2654435761) + np.uint64(salt * 40503)) % np.uint64(2**32)
    for _ in range(2):
        mixed = ((mixed >> np.uint64(11)) * np.uint64(2246822519) + mixed) % np.uint64(2**32)
    return mixed.astype(np.float64) / 2**32 - 0.5


def start(name, tensor, salt):
    dims = list(tensor.shape)
    if name.endswith("running_mean"):
        values = np.zeros(tensor.numel())
    elif name.endswith("running_var"):
        values = np.ones(tensor.numel())
    elif len(dims) > 1:  # variance 2/fan_in
        values = hashed(tensor.numel(), salt) * (2 * math.sqrt(6 / (tensor.numel() / dims[0])))
    else:
        values = hashed(tensor.numel(), salt) * 0.5 + (1 if name.endswith("weight") else 0)
    return torch.from_numpy(values.astype(np.float32).astype(np.float64)).view(dims)


def fingerprint(tensor):
    values = tensor.detach().double().numpy().ravel()
    return [float(f"{v:.9g}") for v in (np.linalg.norm(values), values @ hashed(values.size, 1), values @ hashed(values.size, 2))]


class Keep(nn.Module):
    """Dropout that happens to drop nothing."""

    def __init__(self, p):
        super().__init__()
        self.factor = 1 / (1 - p)

    def forward(self, x):
        return x * self.factor


def without_chance(module):
    for name, child in module.named_children():
        if isinstance(child, nn.Dropout):
            setattr(module, name, Keep(child.p))
        else:
            without_chance(child)


def training_pass(net, dtype):
    net = copy.deepcopy(net).to(dtype)
    without_chance(net)
    names = [n for n in net.state_dict() if "num_batches" not in n]
    net.load_state_dict({n: start(n, net.state_dict()[n], i) for i, n in enumerate(names)}, strict=False)
    net.train()
    x = torch.from_numpy((hashed(BATCH * 3 * SIZE * SIZE, 99) * 3).astype(np.float32)).to(dtype).view(BATCH, 3, SIZE, SIZE)
    loss = F.cross_entropy(net(x), torch.arange(BATCH) % CLASSES)
    loss.backward()
    return {
        "loss": loss.item(),
        "gradients": {n: fingerprint(p.grad) for n, p in net.named_parameters()},
        "statistics": {n: fingerprint(net.state_dict()[n]) for n in names if "running" in n},
    }


def well_conditioned_pass(net):
    """Without the gradients that PyTorch itself gives otherwise in float32, by more than 0.03 % of their norm."""
    exact, rounded = (training_pass(net, dtype) for dtype in (torch.float64, torch.float32))
    def agrees(n):
        pairs = zip(exact["gradients"][n], rounded["gradients"][n])
        return max(abs(a - b) for a, b in pairs) <= 3e-4 * exact["gradients"][n][0]
    return {**exact, "gradients": {n: v for n, v in exact["gradients"].items() if agrees(n)}}


def main(out):
    networks = {}
    for name, make in NETWORKS.items():
        net = make(num_classes=CLASSES)
        entry = {"weights": {n: list(t.shape) for n, t in net.state_dict().items() if "num_batches" not in n}}
        if name in PASSES:
            entry["pass"] = well_conditioned_pass(net)
            print(name, len(entry["pass"]["gradients"]), "of", len(list(net.parameters())), "gradients")
        networks[name] = entry
    document = {
        "source": {"command": "tools/golden/run.sh zoo", "versions": {"torch": torch.__version__, "torchvision": torchvision.__version__}},
        "classes": CLASSES, "batch": BATCH, "size": SIZE,
        "networks": networks,
    }
    with open(out, "w") as f:
        json.dump(document, f, separators=(",", ":"))


main(sys.argv[1])
