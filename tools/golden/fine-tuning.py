"""Two networks as PyTorch exports them to ONNX, and ten fine-tuning steps of each with a new head, in float64.

A ResNet-18 of 4 base channels on 32x32 grey images: with batch normalisation as nodes (trained with frozen and slowed
layers on the running statistics, and wholly on the batch's), and of 2 base channels with it folded into the
convolutions; a bidirectional LSTM over 6 steps.
Of each gradient and end value three numbers are kept: sum, norm, and the product with cos(0), cos(1), ...
Usage: fine-tuning.py OUT_FOLDER
"""
import copy
import json
import os
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.utils.fusion import fuse_conv_bn_eval
from torch.onnx import TrainingMode

SEED, STEPS, BATCH, SIZE, CLASSES = 5, 10, 8, 32, 3
LR, MOMENTUM, DECAY = 2**-6, 0.875, 2**-10


class Block(nn.Module):
    def __init__(self, inputs, channels, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, channels, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.down = None
        if stride != 1 or inputs != channels:
            self.down = nn.Sequential(nn.Conv2d(inputs, channels, 1, stride, bias=False), nn.BatchNorm2d(channels))

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + (x if self.down is None else self.down(x)))


class ResNet18(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv1 = nn.Conv2d(1, width, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        for i in range(4):
            inputs, channels = width * 2 ** max(0, i - 1), width * 2**i
            setattr(self, f"layer{i + 1}", nn.Sequential(Block(inputs, channels, 1 if i == 0 else 2), Block(channels, channels, 1)))
        self.fc = nn.Linear(8 * width, 10)

    def forward(self, x):
        v = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        v = self.layer4(self.layer3(self.layer2(self.layer1(v))))
        return self.fc(F.adaptive_avg_pool2d(v, 1).flatten(1))


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(3, 5, batch_first=True, bidirectional=True)
        self.fc = nn.Linear(10, 10)

    def forward(self, x):
        return self.fc(self.lstm(x)[0][:, -1])


def fold(net):
    """The same function without batch normalisation; the convolutions in the order of their use."""
    net.conv1, net.bn1 = fuse_conv_bn_eval(net.conv1, net.bn1), nn.Identity()
    convs = [net.conv1]
    for i in range(4):
        for block in getattr(net, f"layer{i + 1}"):
            block.conv1, block.bn1 = fuse_conv_bn_eval(block.conv1, block.bn1), nn.Identity()
            block.conv2, block.bn2 = fuse_conv_bn_eval(block.conv2, block.bn2), nn.Identity()
            convs += [block.conv1, block.conv2]
            if block.down is not None:
                block.down = fuse_conv_bn_eval(block.down[0], block.down[1])
                convs.append(block.down)
    return convs


def float32_values(net):
    with torch.no_grad():
        for t in list(net.parameters()) + list(net.buffers()):
            t.copy_(t.float().to(t.dtype))


def summary(t):
    t = t.detach().double().flatten()
    return torch.stack([t.sum(), t.norm(), (t * torch.cos(torch.arange(t.numel()).double())).sum()])


def numbers(t):
    return {"dtype": "float64", "dims": list(t.shape), "data": [float(f"{v:.12g}") for v in t.detach().double().flatten().tolist()]}


def onnx_lstm(t):
    """PyTorch's tensors of an LSTM (gates i f g o) as ONNX has them (i o f g)."""
    gates = lambda k: torch.cat([t[k].chunk(4)[g] for g in (0, 3, 1, 2)])
    ends = ("l0", "l0_reverse")
    return {
        "W": torch.stack([gates(f"lstm.weight_ih_{e}") for e in ends]),
        "R": torch.stack([gates(f"lstm.weight_hh_{e}") for e in ends]),
        "B": torch.stack([torch.cat([gates(f"lstm.bias_ih_{e}"), gates(f"lstm.bias_hh_{e}")]) for e in ends]),
        "head.weight": t["head.weight"], "head.bias": t["head.bias"],
    }


def train(case, net, x, target, document, rate, named=None, view=lambda tensors: tensors):
    """Ten steps of SGD; `rate` gives the factor on the learning rate by name, 0 to freeze; `view` maps to the file's tensors."""
    parameters = dict(named or net.named_parameters())
    parameters = {k.replace("fc.", "head."): p for k, p in parameters.items()}
    groups = [{"params": [p], "lr": LR * rate(k)} for k, p in parameters.items() if rate(k) > 0]
    optimizer = torch.optim.SGD(groups, lr=LR, momentum=MOMENTUM, weight_decay=DECAY)
    losses, gradients = [], []
    trained = [k for k in parameters if rate(k) > 0]
    for i in range(STEPS):
        optimizer.zero_grad()
        loss = -(target[i % 2] * F.log_softmax(net(x[i % 2]), dim=1)).sum(1).mean()
        loss.backward()
        losses.append(loss.detach())
        of_step = view({k: parameters[k].grad for k in trained})
        gradients.append(torch.stack([summary(g) for g in of_step.values()]))
        optimizer.step()
    end = dict(view(parameters), **{k: v for k, v in net.named_buffers() if "num_batches" not in k})
    document["names"][case] = {"trained": list(of_step), "end": list(end)}
    document["tensors"].update({
        f"{case}.losses": numbers(torch.stack(losses)), f"{case}.gradients": numbers(torch.stack(gradients)),
        f"{case}.end": numbers(torch.stack([summary(v) for v in end.values()])),
    })


def main(folder):
    torch.manual_seed(SEED)
    torch.set_default_dtype(torch.float64)
    sixteenths = lambda *dims: torch.round(16 * torch.randn(*dims)) / 16
    x, target = sixteenths(2, BATCH, 1, SIZE, SIZE), F.one_hot(torch.randint(CLASSES, (2, BATCH)), CLASSES).double()
    sequence = sixteenths(2, BATCH, 6, 3)
    document = {
        "source": {"command": "tools/golden/run.sh fine-tuning", "seed": SEED, "versions": {"torch": torch.__version__}},
        "names": {},
        "tensors": {"resnet.x": numbers(x), "lstm.x": numbers(sequence), "target": numbers(target)},
    }

    def head(net, case):
        net.fc = nn.Linear(net.fc.in_features, CLASSES)
        float32_values(net)
        document["tensors"].update({f"{case}.head.{k}": numbers(v) for k, v in net.fc.named_parameters()})

    def export(net, name, example, opset=14, **options):
        path = os.path.join(folder, f"{name}.onnx")
        torch.onnx.export(copy.deepcopy(net).float(), example.float(), path, opset_version=opset, input_names=["input"], output_names=["scores"], dynamic_axes={"input": {0: "batch"}}, **options)

    net = ResNet18(4).eval()
    with torch.no_grad():
        for m in net.modules():
            if isinstance(m, nn.BatchNorm2d):
                m.weight.uniform_(0.8, 1.2), m.bias.normal_(0, 0.1), m.running_mean.normal_(0, 0.1), m.running_var.uniform_(0.5, 1.5)
    float32_values(net)
    export(net, "resnet18", x[0], training=TrainingMode.PRESERVE, do_constant_folding=False)
    head(net, "resnet")
    slow = lambda k: 0 if k.startswith(("conv1.", "bn1.", "layer1.")) else 1 / 8 if k.startswith(("layer2.", "layer3.")) else 1
    train("running", copy.deepcopy(net), x, target, document, slow)
    # Two to eight values a channel in the last stages: at the full rate, rounding in float32 would show after six steps
    train("batch", copy.deepcopy(net).train(), x, target, document, lambda k: 1 / 16)

    net = ResNet18(2).eval()
    with torch.no_grad():
        for m in net.modules():
            if isinstance(m, nn.BatchNorm2d):
                m.running_mean.normal_(0, 0.1), m.running_var.uniform_(0.5, 1.5)
    float32_values(net)
    export(net, "resnet18-folded", x[0])
    convs = fold(net)
    head(net, "folded")
    named = {f"{i}.{k}": p for i, conv in enumerate(convs) for k, p in conv.named_parameters()}
    train("folded", net, x, target, document, lambda k: 1, {**named, "fc.weight": net.fc.weight, "fc.bias": net.fc.bias})

    net = Lstm().eval()
    float32_values(net)
    export(net, "lstm", sequence[0])
    export(net, "lstm-opset9", sequence[0], opset=9)
    head(net, "lstm")
    train("lstm", net, sequence, target, document, lambda k: 1, view=onnx_lstm)
    with open(os.path.join(folder, "fine-tuning.golden.json"), "w") as f:
        json.dump(document, f, separators=(",", ":"))


main(sys.argv[1])
