"""The networks of the engine benchmark in PyTorch, as bench/engine/networks.ts has them: name → (network, shape of one input)."""
import torch
import torch.nn as nn
import torch.nn.functional as F

CLASSES = 7


def plain(widths):
    layers, channels = [], 1
    for width in widths:
        layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU(), nn.Conv2d(width, width, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
        channels = width
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(channels * 6 * 6, CLASSES))


class DeepEmotion(nn.Module):
    """As packages/mien/src/nn/models/deep-emotion.ts with stnMode "features"."""

    def __init__(self):
        super().__init__()
        self.locate1, self.locate2 = nn.Conv2d(1, 8, 3), nn.Conv2d(8, 10, 3)
        self.locate3, self.theta = nn.Linear(1000, 32), nn.Linear(32, 6)
        self.conv1, self.conv2 = nn.Conv2d(1, 10, 3), nn.Conv2d(10, 10, 3)
        self.conv3, self.conv4 = nn.Conv2d(10, 10, 3), nn.Conv2d(10, 10, 3)
        self.fc1, self.fc2 = nn.Linear(810, 50), nn.Linear(50, CLASSES)
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


class BasicBlock(nn.Module):
    def __init__(self, inputs, width, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(inputs, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width)
        self.conv2, self.bn2 = nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width)
        self.short = nn.Sequential()
        if stride != 1 or inputs != width:
            self.short = nn.Sequential(nn.Conv2d(inputs, width, 1, stride, bias=False), nn.BatchNorm2d(width))

    def forward(self, x):
        v = F.relu(self.bn1(self.conv1(x)), inplace=True)
        return F.relu(self.bn2(self.conv2(v)) + self.short(x), inplace=True)


def resnet18():
    layers = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)]
    channels = 64
    for stage, width in enumerate((64, 128, 256, 512)):
        layers += [BasicBlock(channels, width, 1 if stage == 0 else 2), BasicBlock(width, width, 1)]
        channels = width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, CLASSES))


def base_dcnn():
    layers, channels = [], 1
    for i, stage in enumerate(((64,), (96,), (128, 128), (256, 256))):
        if i > 0:
            layers.append(nn.MaxPool2d(2, ceil_mode=True))
        for width in stage:
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU(inplace=True)]
            channels = width
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(36864, 2000), nn.ReLU(inplace=True), nn.Linear(2000, CLASSES))


class CnnLstm(nn.Module):
    def __init__(self):
        super().__init__()
        layers, channels = [], 1
        for width in (32, 64, 128):
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU(inplace=True), nn.MaxPool2d(2)]
            channels = width
        self.frame = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.lstm, self.fc = nn.LSTM(128, 128), nn.Linear(128, CLASSES)

    def forward(self, x):  # [N,C,T,H,W]
        n, _, t, h, w = x.shape
        features = self.frame(x.transpose(1, 2).reshape(n * t, -1, h, w)).view(n, t, -1)
        return self.fc(self.lstm(features.transpose(0, 1))[0][-1])


NETWORKS = {
    "deep-emotion": (DeepEmotion, (1, 48, 48)),
    "plain-32": (lambda: plain((32, 64, 128)), (1, 48, 48)),
    "plain-64": (lambda: plain((64, 128, 256)), (1, 48, 48)),
    "resnet-18": (resnet18, (3, 48, 48)),
    "base-dcnn": (base_dcnn, (1, 90, 90)),
    "cnn-lstm": (CnnLstm, (1, 16, 48, 48)),
}
