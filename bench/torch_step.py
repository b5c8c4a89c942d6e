"""The PyTorch side of the engine benchmark: training steps on request, in a process that stays.

JSON lines on stdin {"network": NAME, "minMs": t} are answered on stdout with {"ms": mean time of a step,
"parameters": count}; the first line out is {"torch": version}, or {"error": sentence}. A step is what Mien's is:
forward, cross-entropy with label distributions, backward, SGD with momentum; the batch stays in memory.
Usage: torch_step.py THREADS
"""
import json
import sys
import time


def say(message):
    print(json.dumps(message), flush=True)


try:
    import torch
    import torch.nn as nn
    import torch.nn.functional as F
except ImportError as failure:
    say({"error": str(failure)})
    sys.exit()


def plain():
    layers, channels = [], 1
    for width in (32, 64, 128):
        layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU(), nn.Conv2d(width, width, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
        channels = width
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(128 * 6 * 6, 7))


class DeepEmotion(nn.Module):
    """As packages/mien/src/nn/models/deep-emotion.ts with stnMode "features"."""

    def __init__(self):
        super().__init__()
        self.locate1, self.locate2 = nn.Conv2d(1, 8, 3), nn.Conv2d(8, 10, 3)
        self.locate3, self.theta = nn.Linear(1000, 32), nn.Linear(32, 6)
        self.conv1, self.conv2 = nn.Conv2d(1, 10, 3), nn.Conv2d(10, 10, 3)
        self.conv3, self.conv4 = nn.Conv2d(10, 10, 3), nn.Conv2d(10, 10, 3)
        self.fc1, self.fc2 = nn.Linear(810, 50), nn.Linear(50, 7)
        with torch.no_grad():
            self.theta.weight.zero_()
            self.theta.bias.copy_(torch.tensor([1.0, 0, 0, 0, 1, 0]))

    def forward(self, x):
        v = F.relu(F.max_pool2d(self.locate1(x), 2))
        v = F.relu(F.max_pool2d(self.locate2(v), 2))
        theta = self.theta(F.relu(self.locate3(v.flatten(1)))).view(-1, 2, 3)
        v = F.relu(F.max_pool2d(self.conv2(F.relu(self.conv1(x))), 2))
        v = F.relu(F.max_pool2d(self.conv4(F.relu(self.conv3(v))), 2))
        v = F.dropout(v, 0.2, self.training)
        v = F.grid_sample(v, F.affine_grid(theta, v.shape, align_corners=False), align_corners=False)
        return self.fc2(F.relu(self.fc1(v.flatten(1))))


def stepper(net, batch):
    optimizer = torch.optim.SGD(net.parameters(), lr=0.001, momentum=0.9)
    x = torch.randn(batch, 1, 48, 48)
    target = F.one_hot(torch.arange(batch) % 7, 7).float()

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = -(target * F.log_softmax(net(x), dim=1)).sum(1).mean()
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def main(threads):
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    networks = {"plain": (plain(), 64), "deep-emotion": (DeepEmotion(), 128)}
    steps = {name: stepper(net, batch) for name, (net, batch) in networks.items()}
    say({"torch": torch.__version__})
    for line in sys.stdin:
        request = json.loads(line)
        step, runs, start = steps[request["network"]], 0, time.perf_counter()
        while True:
            step()
            runs += 1
            elapsed = (time.perf_counter() - start) * 1000
            if elapsed >= request["minMs"]:
                break
        parameters = sum(p.numel() for p in networks[request["network"]][0].parameters())
        say({"ms": elapsed / runs, "parameters": parameters})


main(int(sys.argv[1]))
