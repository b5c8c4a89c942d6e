"""Training passes of networks whose weights and inputs are fixed functions of their positions (hashed), so that none has to be stored."""
import copy
import math

import numpy as np
import torch
import torch.nn as nn


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


def filled(dims, salt, scale):
    """An input of float32 numbers."""
    return torch.from_numpy((hashed(math.prod(dims), salt) * scale).astype(np.float32)).view(*dims)


def training_pass(net, dtype, loss_of):
    net = copy.deepcopy(net).to(dtype)
    without_chance(net)
    names = [n for n in net.state_dict() if "num_batches" not in n]
    net.load_state_dict({n: start(n, net.state_dict()[n], i) for i, n in enumerate(names)}, strict=False)
    net.train()
    loss = loss_of(net, dtype)
    loss.backward()
    return {
        "loss": loss.item(),
        "gradients": {n: fingerprint(p.grad) for n, p in net.named_parameters() if p.requires_grad},
        "statistics": {n: fingerprint(net.state_dict()[n]) for n in names if "running" in n},
    }


def well_conditioned_pass(net, loss_of):
    """Without the gradients that PyTorch itself gives otherwise in float32, by more than 0.03 % of their norm."""
    exact, rounded = (training_pass(net, dtype, loss_of) for dtype in (torch.float64, torch.float32))
    def agrees(n):
        pairs = zip(exact["gradients"][n], rounded["gradients"][n])
        return max(abs(a - b) for a, b in pairs) <= 3e-4 * exact["gradients"][n][0]
    return {**exact, "gradients": {n: v for n, v in exact["gradients"].items() if agrees(n)}}
