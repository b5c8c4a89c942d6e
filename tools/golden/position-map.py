"""Three steps of the position-map network in PyTorch, float64, on the loss weighted by texel, and the map that follows.

The layers of Feng et al. 2018 at 64 px and 1/16 of the channels. Weights and data are given by formulas, which
the test has as well. Usage: position-map.py OUT.json
"""
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F

from golden_file import write_tensors

STEPS, BATCH, SIZE, LR = 3, 3, 64, 2**-14
scaled = lambda c: max(1, int(c / 16 + 0.5))
ENCODER = [32, 64, 128, 256, 512]
DECODER = [[512], [256] * 3, [128] * 3, [64] * 3, [32] * 2, [16] * 2]


def conv(x, w, stride):
    """SAME padding of TensorFlow."""
    if w.shape[2] == 1:
        return F.conv2d(x, w, stride=stride)
    return F.conv2d(F.pad(x, (1, 2, 1, 2)), w) if stride == 1 else F.conv2d(x, w, stride=2, padding=1)


def up(x, w, stride):
    if stride == 2:
        return F.conv_transpose2d(x, w, stride=2, padding=1)
    side = x.shape[2]
    return F.conv_transpose2d(x, w)[:, :, 1 : 1 + side, 1 : 1 + side]


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.names, self.weights, self.norms = [], nn.ParameterList(), nn.ModuleDict()
        self.place = {}

    def add(self, name, dims, norm=None):
        self.place[name] = len(self.weights)
        self.names.append(name)
        self.weights.append(nn.Parameter(torch.zeros(*dims)))
        if norm is not None:
            self.norms[norm.replace(".", "/")] = nn.BatchNorm2d(dims[1] if name.startswith("up") else dims[0])

    def w(self, name):
        return self.weights[self.place[name]]

    def norm(self, name, x):
        return self.norms[name.replace(".", "/")](x)

    def build(self):
        self.add("conv", (scaled(16), 3, 4, 4), "conv.bn")
        before = scaled(16)
        for i in range(10):
            b, c = f"block{i + 1}", scaled(ENCODER[i // 2])
            half = max(1, int(c / 2 + 0.5))
            if i % 2 == 0 or before != c:
                self.add(f"{b}.shortcut", (c, before, 1, 1))
            self.add(f"{b}.conv1", (half, before, 1, 1), f"{b}.conv1.bn")
            self.add(f"{b}.conv2", (half, half, 4, 4), f"{b}.conv2.bn")
            self.add(f"{b}.conv3", (c, half, 1, 1), f"{b}.bn")
            before = c
        layer = 0
        for channels in [scaled(c) for group in DECODER for c in group] + [3, 3, 3]:
            layer += 1
            self.add(f"up{layer}", (before, channels, 4, 4), f"up{layer}.bn")
            before = channels
        return self

    def forward(self, x):
        x = F.relu(self.norm("conv.bn", conv(x, self.w("conv"), 1)))
        for i in range(10):
            b, stride = f"block{i + 1}", 2 if i % 2 == 0 else 1
            s = conv(x, self.w(f"{b}.shortcut"), stride) if f"{b}.shortcut" in self.place else x
            v = F.relu(self.norm(f"{b}.conv1.bn", conv(x, self.w(f"{b}.conv1"), 1)))
            v = F.relu(self.norm(f"{b}.conv2.bn", conv(v, self.w(f"{b}.conv2"), stride)))
            x = F.relu(self.norm(f"{b}.bn", conv(v, self.w(f"{b}.conv3"), 1) + s))
        strides = [2 if g > 0 and i == 0 else 1 for g, group in enumerate(DECODER) for i in range(len(group))] + [1, 1, 1]
        for i, stride in enumerate(strides):
            x = self.norm(f"up{i + 1}.bn", up(x, self.w(f"up{i + 1}"), stride))
            x = torch.sigmoid(x) if i == 16 else F.relu(x)
        return x


def wave(dims, a, b):
    """sin(a·i + b) over the elements."""
    n = torch.Size(dims).numel()
    return torch.sin(a * torch.arange(n) + b).reshape(dims).float().double()


def main(out):
    torch.set_default_dtype(torch.float64)
    net = Net().build().double()
    with torch.no_grad():
        for k, (name, p) in enumerate(sorted(zip(net.names, net.weights))):
            p.copy_((0.5 * wave(p.shape, 0.7, 1.3 * k + 0.4)).float().double())
    optimizer = torch.optim.SGD(net.parameters(), lr=LR)
    losses, gradients = [], None
    dims = (BATCH, 3, SIZE, SIZE)
    for step in range(STEPS):
        x = 0.5 + 0.5 * wave(dims, 0.013, step)
        target = 0.5 + 0.3 * wave(dims, 0.0017, 2 * step)
        weights = torch.arange(SIZE * SIZE).reshape(1, 1, SIZE, SIZE).expand(dims).remainder(4).double()
        weights = weights + 13 * (weights == 3)  # 0, 1, 2, 16
        loss = ((net(x) - target) ** 2 * weights).sum() / weights.sum()
        optimizer.zero_grad()
        loss.backward()
        if gradients is None:
            gradients = [p.grad.norm() for _, p in sorted(zip(net.names, net.weights))]
        optimizer.step()
        losses.append(loss)
    net.eval()
    with torch.no_grad():
        final = net(0.5 + 0.5 * wave(dims, 0.013, 0))
    tensors = {
        "losses": torch.stack(losses),
        # Of each convolution, in the order of names: lengths of the first step's gradients
        "gradients": torch.stack(gradients),
        # Every 37th texel
        "map": final.flatten()[::37],
    }
    write_tensors(out, "position-map", 0, tensors, 9)


main(sys.argv[1])
