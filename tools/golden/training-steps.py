"""Ten training steps in PyTorch, float64: losses, every gradient, final weights.

The network has what Mien's rules must get right together: padded and strided convolutions, batch normalisation,
max pooling, a spatial transformer on the features, dropout (its uniform noise is stored), linear layers.
Usage: training-steps.py OUT.json
"""
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F

from golden_file import write_tensors

SEED, STEPS, BATCH, SIZE, CLASSES = 3, 10, 8, 16, 3
# Sizes, dropout and the settings of SGD are exact in float32, in which graphs hold constants
DROP = 0.5


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 4, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(4)
        self.conv2 = nn.Conv2d(4, 6, 3, stride=2, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(6)
        self.conv3 = nn.Conv2d(6, 6, 3, padding=1)  # a bias before batch normalisation would have no gradient
        self.loc = nn.Linear(SIZE * SIZE // 4 * 4, 6)
        self.fc1 = nn.Linear(6 * 16, 8)
        self.fc2 = nn.Linear(8, CLASSES)

    def forward(self, x, noise):
        v = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 2)
        theta = self.loc(v.flatten(1)).view(-1, 2, 3)
        v = F.grid_sample(v, F.affine_grid(theta, v.shape, align_corners=False), align_corners=False)
        v = F.relu(self.bn2(self.conv2(v)))
        v = F.relu(self.conv3(v))
        v = F.relu(self.fc1(v.flatten(1)))
        v = v * (noise >= DROP).to(v.dtype) / (1 - DROP)
        return self.fc2(v)


def main(out):
    torch.manual_seed(SEED)
    torch.set_default_dtype(torch.float64)
    net = Net()
    with torch.no_grad():
        for p in net.parameters():
            p.copy_(p.float().double())  # float32 values, so that both sides start alike
        net.loc.weight.mul_(0.05)
        net.loc.weight.copy_(net.loc.weight.float().double())
        net.loc.bias.copy_(torch.tensor([1, 0, 0, 0, 1, 0.0]) + torch.tensor([0.01, -0.02, 0.03, 0.02, -0.01, -0.04]).float().double())
    x = torch.randn(STEPS, BATCH, 1, SIZE, SIZE).float().double()
    target = F.softmax(2 * torch.randn(STEPS, BATCH, CLASSES), dim=2).float().double()
    noise = torch.rand(STEPS, BATCH, 8).float().double()
    start = {k: v.clone() for k, v in net.state_dict().items()}
    tensors = {"x": x, "target": target, "noise": noise}
    tensors.update({f"start.{k}": v for k, v in start.items() if "num_batches" not in k})
    rules = {
        "sgd": lambda p: torch.optim.SGD(p, lr=2**-8, momentum=0.875, nesterov=True, weight_decay=2**-10),
        "adam": lambda p: torch.optim.Adam(p, lr=2**-10, weight_decay=2**-10),
        "adamw": lambda p: torch.optim.AdamW(p, lr=2**-10, weight_decay=2**-7),
    }
    for name, make in rules.items():
        net.load_state_dict(start)
        net.train()
        optimizer = make(net.parameters())
        losses = []
        for i in range(STEPS):
            optimizer.zero_grad()
            loss = -(target[i] * F.log_softmax(net(x[i], noise[i]), dim=1)).sum(1).mean()
            loss.backward()
            losses.append(loss.detach())
            if name == "sgd":
                for k, p in net.named_parameters():
                    tensors[f"sgd.{i}.{k}_grad"] = p.grad.clone()
            optimizer.step()
        tensors[f"{name}.losses"] = torch.stack(losses)
        for k, v in net.state_dict().items():
            if "num_batches" not in k:
                tensors[f"{name}.end.{k}"] = v.clone()
    write_tensors(out, "training-steps", SEED, tensors)


main(sys.argv[1])
