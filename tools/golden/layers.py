"""Layers in PyTorch, float64: outputs, and the gradients of Σ outputs·dy in every input and parameter.

Tensors are named CASE/in/NAME, CASE/param/NAME, CASE/out/NAME, CASE/dy/NAME, CASE/grad/NAME. Usage: layers.py OUT.json
"""
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F

from golden_file import write_tensors

SEED = 11
tensors = {}


def exact(*shape):
    """Random values that float32 holds exactly."""
    return torch.randn(*shape).float().double()


def record(case, module, inputs, forward, constants=None):
    """forward(inputs) gives a dict of outputs; `constants` are fed but have no gradient."""
    params = dict(module.named_parameters()) if module else {}
    with torch.no_grad():
        for p in params.values():
            p.copy_(p.float().double() + (0.25 * torch.randn_like(p)).float().double())
            p.copy_(p.float().double())
    for v in inputs.values():
        v.requires_grad_(True)
    outputs = forward(inputs)
    dys = {k: exact(*v.shape) for k, v in outputs.items()}
    sum((outputs[k] * dys[k]).sum() for k in outputs).backward()
    for k, v in {**inputs, **(constants or {})}.items():
        tensors[f"{case}/in/{k}"] = v
    for k, v in params.items():
        tensors[f"{case}/param/{k}"] = v
        tensors[f"{case}/grad/{k}"] = v.grad
    for k, v in outputs.items():
        tensors[f"{case}/out/{k}"] = v
        tensors[f"{case}/dy/{k}"] = dys[k]
    for k, v in inputs.items():
        tensors[f"{case}/grad/{k}"] = v.grad


def simple(case, module, *shape):
    record(case, module, {"x": exact(*shape)}, lambda i: {"y": module(i["x"])})


class WeightedPool(nn.Module):
    """A weighted sum over positions, each channel with weights of its own."""

    def __init__(self, *dims):
        super().__init__()
        self.weight = nn.Parameter(torch.full(dims, 1 / (dims[1] * dims[2]), dtype=torch.float64))

    def forward(self, x):
        return torch.einsum("nchw,chw->nc", x, self.weight)


def recurrent(case, module, x, lengths=None):
    directions = 2 if module.bidirectional else 1

    def forward(i):
        if lengths is None:
            y, state = module(i["x"])
        else:
            packed = nn.utils.rnn.pack_padded_sequence(i["x"], lengths, batch_first=True, enforce_sorted=False)
            y, state = module(packed)
            y, _ = nn.utils.rnn.pad_packed_sequence(y, batch_first=True, total_length=x.shape[1])
        h = state[0] if isinstance(state, tuple) else state
        return {"sequence": y, "last": torch.cat(list(h[-directions:]), dim=1)}

    record(case, module, {"x": x}, forward, None if lengths is None else {"lengths": lengths.double()})


class SqueezeExcite(nn.Module):
    def __init__(self, channels, reduction):
        super().__init__()
        self.fc1 = nn.Linear(channels, channels // reduction)
        self.fc2 = nn.Linear(channels // reduction, channels)

    def forward(self, x):
        gate = torch.sigmoid(self.fc2(F.relu(self.fc1(x.mean((2, 3))))))
        return x * gate[:, :, None, None]


class Separable(nn.Module):
    def __init__(self):
        super().__init__()
        self.depthwise = nn.Conv2d(3, 3, 3, padding=1, stride=2, groups=3)
        self.pointwise = nn.Conv2d(3, 4, 1)

    def forward(self, x):
        return self.pointwise(self.depthwise(x))


def main(out):
    torch.manual_seed(SEED)
    torch.set_default_dtype(torch.float64)
    simple("conv1d", nn.Conv1d(3, 4, 3, stride=2, padding=1, dilation=2), 2, 3, 9)
    simple("conv3d", nn.Conv3d(2, 3, (2, 3, 3), stride=(1, 2, 1), padding=(0, 1, 1)), 2, 2, 3, 5, 4)
    simple("separable", Separable(), 2, 3, 5, 5)
    simple("transposed1d", nn.ConvTranspose1d(3, 2, 4, stride=2, padding=1), 2, 3, 5)
    simple("transposed2d", nn.ConvTranspose2d(3, 2, 3, stride=2, padding=1, output_padding=1), 2, 3, 4, 3)
    simple("transposed3d", nn.ConvTranspose3d(2, 2, 2, stride=2), 2, 2, 2, 3, 2)
    simple("batchNorm1d", nn.BatchNorm1d(3), 6, 3)
    simple("batchNorm3d", nn.BatchNorm3d(2), 2, 2, 2, 3, 3)
    simple("layerNorm", nn.LayerNorm(5), 2, 3, 5)
    simple("layerNorm2", nn.LayerNorm([3, 4]), 2, 3, 4)
    simple("groupNorm", nn.GroupNorm(2, 6), 2, 6, 3, 2)
    simple("instanceNorm", nn.InstanceNorm2d(3, affine=True), 2, 3, 3, 4)
    simple("lrn", nn.LocalResponseNorm(5, alpha=0.5, beta=0.75, k=2), 2, 7, 2, 2)
    simple("lrnPower", nn.LocalResponseNorm(3, alpha=0.5, beta=0.5, k=1), 2, 4, 3)
    simple("squeezeExcite", SqueezeExcite(8, 4), 2, 8, 3, 3)
    simple("averagePoolCeil", nn.AvgPool2d(3, stride=2, padding=1, ceil_mode=True, count_include_pad=False), 1, 2, 6, 6)
    simple("maxPoolCeil", nn.MaxPool2d(2, ceil_mode=True), 1, 2, 5, 5)
    simple("maxPool3d", nn.MaxPool3d((1, 2, 2)), 1, 2, 3, 4, 4)
    simple("bilinear", nn.Upsample(scale_factor=2, mode="bilinear"), 1, 2, 3, 4)
    simple("bilinearCorners", nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True), 1, 2, 3, 4)
    simple("nearest", nn.Upsample(scale_factor=3, mode="nearest"), 1, 2, 2, 3)

    activations = {
        "identity": nn.Identity(), "relu": nn.ReLU(), "leakyRelu": nn.LeakyReLU(), "elu": nn.ELU(), "gelu": nn.GELU(), "silu": nn.SiLU(),
        "softplus": nn.Softplus(), "hardSwish": nn.Hardswish(), "hardSigmoid": nn.Hardsigmoid(), "sigmoid": nn.Sigmoid(), "tanh": nn.Tanh(),
    }
    for name, module in activations.items():
        record(f"activation.{name}", module, {"x": 3 * exact(3, 4)}, lambda i, module=module: {"y": module(i["x"])})
    simple("prelu", nn.PReLU(3), 2, 3, 2, 2)

    lengths = torch.tensor([4, 1, 3])
    recurrent("lstm", nn.LSTM(3, 4, batch_first=True), exact(3, 4, 3))
    recurrent("lstmBidirectionalPacked", nn.LSTM(3, 4, num_layers=2, bidirectional=True, batch_first=True), exact(3, 5, 3), lengths)
    recurrent("gru", nn.GRU(3, 4, num_layers=2, batch_first=True), exact(3, 4, 3))
    recurrent("gruBidirectionalPacked", nn.GRU(3, 4, bidirectional=True, batch_first=True), exact(3, 4, 3), lengths)
    recurrent("tanhPacked", nn.RNN(3, 4, bidirectional=True, batch_first=True), exact(3, 4, 3), lengths)
    recurrent("relu", nn.RNN(3, 4, nonlinearity="relu", batch_first=True), exact(3, 4, 3))

    attention = nn.MultiheadAttention(6, 2, batch_first=True)
    record("selfAttention", attention, {"x": exact(2, 4, 6)}, lambda i: {"y": attention(i["x"], i["x"], i["x"], need_weights=False)[0]})
    cross = nn.MultiheadAttention(6, 3, batch_first=True)
    visible = torch.tensor([[1.0, 1, 1, 0, 0], [1, 1, 1, 1, 1]])
    record("maskedCrossAttention", cross, {"x": exact(2, 4, 6), "context": exact(2, 5, 6)},
           lambda i: {"y": cross(i["x"], i["context"], i["context"], key_padding_mask=visible == 0, need_weights=False)[0]},
           {"mask": visible[:, None, None, :]})

    simple("weightedPool", WeightedPool(3, 2, 4), 2, 3, 2, 4)

    write_tensors(out, "layers", SEED, tensors, digits=10)


main(sys.argv[1])
