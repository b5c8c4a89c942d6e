"""One training pass, float64, of each network that re-centralization is compared with: loss, gradients, statistics, and the answers in use.

Weights and inputs are hashed (networks.py). The networks are written out from their papers' descriptions, narrower than those.
Usage: comparison-networks.py OUT.json < triangles of landmarks, JSON
"""
import json
import math
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F

from networks import filled, start, well_conditioned_pass

BATCH, K, ANSWERS, WIDTH = 4, 5, 3, 16
FACE = {"dtagn": 24, "phrnn-mscnn": 24, "face-inception": 48, "ltnet": 32, "shape-shading": 40}
TRIANGLES = json.load(sys.stdin)
target = torch.tensor([0, 0, 1, 2])  # a like pair and an unlike one
narrow = lambda width: max(1, math.floor(width / WIDTH + 0.5))


class Block(nn.Module):
    def __init__(self, inputs, channels, kernel, stride=1, pad=None):
        super().__init__()
        self.conv = nn.Conv2d(inputs, channels, kernel, stride, kernel // 2 if pad is None else pad, bias=False)
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, x):
        return F.relu(self.norm(self.conv(x)))


class Inception(nn.Module):
    def __init__(self, inputs, one, reduce3, three, reduce5, five, pool):
        super().__init__()
        self.branch1 = Block(inputs, one, 1)
        self.branch2 = nn.Sequential(Block(inputs, reduce3, 1), Block(reduce3, three, 3))
        self.branch3 = nn.Sequential(Block(inputs, reduce5, 1), Block(reduce5, five, 5))
        self.branch4 = nn.Sequential(nn.MaxPool2d(3, 1, 1), Block(inputs, pool, 1))

    def forward(self, x):
        return torch.cat([self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x)], 1)


class FaceInception(nn.Module):
    def __init__(self):
        super().__init__()
        w = [[narrow(v) for v in widths] for widths in ([64, 96, 128, 16, 32, 32], [128, 128, 192, 32, 96, 64], [192, 96, 208, 16, 48, 64])]
        out = [sum(v[i] for i in (0, 2, 4, 5)) for v in w]
        self.conv1 = Block(1, narrow(64), 7, 2)
        self.conv2 = Block(narrow(64), narrow(192), 3)
        self.inception3a = Inception(narrow(192), *w[0])
        self.inception3b = Inception(out[0], *w[1])
        self.inception4a = Inception(out[1], *w[2])
        self.fc1 = nn.Linear(out[2], narrow(4096))
        self.fc2 = nn.Linear(narrow(4096), narrow(1024))
        self.logits = nn.Linear(narrow(1024), K)
        self.drop = nn.Dropout(0.5)

    def forward(self, x, landmarks):
        halve = nn.MaxPool2d(3, 2, ceil_mode=True)
        v = halve(self.conv2(halve(self.conv1(x))))
        v = self.inception4a(halve(self.inception3b(self.inception3a(v)))).mean((2, 3))
        for layer in (self.fc1, self.fc2):
            v = F.relu(layer(self.drop(v)))
        return {"logits": self.logits(self.drop(v))}


def standardized(points):
    return (points - points[:, 30:31]) / points.std(1, unbiased=False, keepdim=True)


class Stream(nn.Module):
    """Of DTAGN: two linear layers and the logits above them."""

    def __init__(self, inputs, first, second):
        super().__init__()
        self.fc1, self.fc2, self.logits = nn.Linear(inputs, first), nn.Linear(first, second), nn.Linear(second, K)
        self.drop = nn.Dropout(0.5)

    def forward(self, x):
        return self.logits(self.drop(F.relu(self.fc2(self.drop(F.relu(self.fc1(x)))))))


class Appearance(Stream):
    def __init__(self, size):
        super().__init__(narrow(64) * (((size - 4) // 2 - 4) // 2) ** 2, narrow(500), narrow(500))
        self.conv1, self.conv2 = Block(1, narrow(64), 5, pad=0), Block(narrow(64), narrow(64), 5, pad=0)

    def forward(self, x):
        return super().forward(F.max_pool2d(self.conv2(F.max_pool2d(self.conv1(x), 2)), 2).flatten(1))


class Dtagn(nn.Module):
    def __init__(self):
        super().__init__()
        self.appearance = Appearance(FACE["dtagn"])
        self.geometry = Stream(98, narrow(100), narrow(600))

    def forward(self, x, landmarks):
        inner = [i for i in range(17, 68) if i not in (60, 64)]
        a = self.appearance(x)
        g = self.geometry(standardized(landmarks.view(-1, 68, 2))[:, inner].flatten(1))
        return {"logits": a + g, "appearance": a, "geometry": g}


class Parts(nn.Module):
    def __init__(self):
        super().__init__()
        a, b, c, d, e = (narrow(w) for w in (80, 128, 180, 160, 128))
        self.brows, self.eyes, self.nose, self.mouth = (nn.Linear(2 * n, a) for n in (10, 12, 9, 20))
        self.upper, self.lower = nn.Linear(2 * a, b), nn.Linear(2 * a, b)
        self.whole, self.memory = nn.Linear(2 * b, c), nn.Linear(c, d)
        self.fc, self.logits, self.drop = nn.Linear(d, e), nn.Linear(e, K), nn.Dropout(0.5)

    def forward(self, p):
        part = lambda layer, a, b: torch.tanh(layer(p[:, a:b].flatten(1)))
        upper = torch.tanh(self.upper(torch.cat([part(self.brows, 17, 27), part(self.eyes, 36, 48)], 1)))
        lower = torch.tanh(self.lower(torch.cat([part(self.nose, 27, 36), part(self.mouth, 48, 68)], 1)))
        v = torch.tanh(self.memory(torch.tanh(self.whole(torch.cat([upper, lower], 1)))))
        return self.logits(self.drop(F.relu(self.fc(v))))


class Faces(nn.Module):
    def __init__(self, size):
        super().__init__()
        a, b, c = narrow(32), narrow(64), narrow(128)
        self.conv1, self.conv2, self.conv3 = Block(1, a, 5), Block(a, b, 5), Block(b, c, 3)
        self.fc, self.logits, self.drop = nn.Linear(c * (size // 8) ** 2, narrow(256)), nn.Linear(narrow(256), K), nn.Dropout(0.5)

    def forward(self, x):
        for layer in (self.conv1, self.conv2, self.conv3):
            x = F.max_pool2d(layer(x), 2)
        features = F.relu(self.fc(x.flatten(1)))
        return self.logits(self.drop(features)), features


class PhrnnMscnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.parts, self.appearance = Parts(), Faces(FACE["phrnn-mscnn"])

    def forward(self, x, landmarks):
        parts = self.parts(standardized(landmarks.view(-1, 68, 2)))
        appearance, features = self.appearance(x)
        logits = (0.5 * parts.softmax(1) + 0.5 * appearance.softmax(1)).log()
        return {"logits": logits, "parts": parts, "appearance": appearance, "features": features}


class Residual(nn.Module):
    def __init__(self, inputs, channels, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(inputs, channels, 3, stride, 1, bias=False), nn.BatchNorm2d(channels)
        self.conv2, self.bn2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False), nn.BatchNorm2d(channels)
        self.downsample = None
        if inputs != channels or stride > 1:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, channels, 1, stride, bias=False), nn.BatchNorm2d(channels))

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)))


class Ltnet(nn.Module):
    """Labellings `own`, of the K true classes, and `other`, of fewer."""

    def __init__(self):
        super().__init__()
        widths = [narrow(w) for w in (64, 64, 128, 256, 512)]
        self.conv1, self.bn1 = nn.Conv2d(1, widths[0], 7, 2, 3, bias=False), nn.BatchNorm2d(widths[0])
        for i in range(4):
            stride = 1 if i == 0 else 2
            setattr(self, f"layer{i + 1}", nn.Sequential(Residual(widths[i], widths[i + 1], stride), Residual(widths[i + 1], widths[i + 1], 1)))
        self.fc = nn.Linear(widths[4], K)
        self.transition = nn.ParameterDict({"own": nn.Parameter(torch.zeros(K, K)), "other": nn.Parameter(torch.zeros(K, ANSWERS))})

    def forward(self, x, landmarks):
        v = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        for i in range(4):
            v = getattr(self, f"layer{i + 1}")(v)
        logits = self.fc(v.mean((2, 3)))
        return {"logits": logits, **{n: (logits.softmax(1) @ t.softmax(1)).log() for n, t in self.transition.items()}}


class ShapeShading(nn.Module):
    """The components and the random features are given; the classifier is trained."""

    COMPONENTS, KERNEL, EYES = 6, 9, 16

    def __init__(self):
        super().__init__()
        self.principal = nn.Linear(2278 + 3 * len(TRIANGLES) + 68 * 40, self.COMPONENTS).requires_grad_(False)
        self.kernel = nn.Linear(self.COMPONENTS, self.KERNEL).requires_grad_(False)
        self.classifier = nn.Linear(self.KERNEL, K)

    def forward(self, x, landmarks):
        d = descriptors(x, landmarks.view(-1, 68, 2), self.EYES)
        features = math.sqrt(2) * torch.cos(self.kernel(self.principal(d)))
        return {"logits": self.classifier(features), "descriptors": d}


def descriptors(x, points, eyes):
    size = x.shape[-1]
    apart = ((points[:, 36] + points[:, 39]) / 2 - (points[:, 42] + points[:, 45]) / 2).norm(dim=1)
    p = points / apart[:, None, None]
    i, j = torch.triu_indices(68, 68, 1)
    distances = (p[:, i] - p[:, j]).norm(dim=2)
    angles = []
    for triangle in TRIANGLES:
        for turn in range(3):
            a, b, c = (p[:, triangle[(turn + n) % 3]] for n in range(3))
            angles.append(torch.acos(F.cosine_similarity(b - a, c - a, dim=1, eps=1e-12).clamp(-1, 1)))
    mean, var = x.mean((1, 2, 3), keepdim=True), x.var((1, 2, 3), unbiased=False, keepdim=True)
    face = (x - mean) / (var + 1e-5).sqrt()
    reach = torch.arange(-16, 17, dtype=x.dtype)
    v, u = torch.meshgrid(reach, reach, indexing="ij")
    responses = []
    bank = []
    for wavelength in (4, 4 * math.sqrt(2), 8, 8 * math.sqrt(2), 16):
        for o in range(4):
            for phase in (0, math.pi / 2):
                along = u * math.cos(o * math.pi / 4) + v * math.sin(o * math.pi / 4)
                g = torch.exp(-(u**2 + v**2) / (2 * (wavelength / 2) ** 2)) * torch.cos(2 * math.pi * along / wavelength + phase)
                bank.append(g / g.abs().sum())
    bank = torch.stack(bank).float().to(x.dtype)
    for k in range(68):
        # Pixels of the face whose eyes are `eyes` px apart, around the landmark
        offsets = torch.stack([u, v], 2)[None] * (apart / eyes)[:, None, None, None]
        grid = 2 * (points[:, k][:, None, None] + offsets)
        patch = F.grid_sample(face, grid, align_corners=False)
        responses.append((patch * bank[None]).sum((2, 3)))
    return torch.cat([distances, torch.stack(angles, 1), torch.stack(responses, 1).flatten(1)], 1)


def cross_entropy(name):
    return lambda outputs: F.cross_entropy(outputs[name], target)


def contrastive(outputs):
    left, right = outputs["features"][0::2], outputs["features"][1::2]
    same = (target[0::2] == target[1::2]).to(left.dtype)
    d = (left - right).norm(dim=1)
    return (0.5 * same * d**2 + 0.5 * (1 - same) * (1 - d).clamp(min=0) ** 2).mean()


def likelihood(outputs):
    return F.nll_loss(outputs["own"], target) + F.nll_loss(outputs["other"], target % ANSWERS)


CASES = {
    "face-inception": (FaceInception, cross_entropy("logits")),
    "dtagn": (Dtagn, lambda o: cross_entropy("appearance")(o) + cross_entropy("geometry")(o) + 0.1 * cross_entropy("logits")(o)),
    "phrnn-mscnn": (PhrnnMscnn, lambda o: cross_entropy("parts")(o) + cross_entropy("appearance")(o) + 0.1 * contrastive(o)),
    "ltnet": (Ltnet, likelihood),
    "shape-shading": (ShapeShading, cross_entropy("logits")),
}


def main(out):
    networks = {}
    for name, (make, loss) in CASES.items():
        size = FACE[name]
        inputs = {"x": filled([BATCH, 1, size, size], 99, 3), "landmarks": filled([BATCH, 136], 98, 1)}
        net = make()
        names = [n for n in net.state_dict() if "num_batches" not in n]
        passed = well_conditioned_pass(net, lambda net, dtype: loss(net(**{k: v.to(dtype) for k, v in inputs.items()})))
        print(name, len(passed["gradients"]), "of", sum(p.requires_grad for p in net.parameters()), "gradients")
        used = make().double().eval()
        used.load_state_dict({n: start(n, used.state_dict()[n], i) for i, n in enumerate(names)}, strict=False)
        answers = used(**{k: v.double() for k, v in inputs.items()})
        networks[name] = {
            "size": size,
            "weights": {n: list(net.state_dict()[n].shape) for n in names},
            "pass": passed,
            "answers": {n: [float(f"{v:.9g}") for v in answers[n].flatten().tolist()] for n in answers if n not in ("features", "descriptors")},
            **({"descriptors": [float(f"{v:.7g}") for v in answers["descriptors"][0].tolist()]} if "descriptors" in answers else {}),
        }
    document = {
        "source": {"command": "tools/golden/run.sh comparison-networks", "versions": {"torch": torch.__version__}},
        "classes": K, "answers": ANSWERS, "batch": BATCH, "width": WIDTH,
        "networks": networks,
    }
    with open(out, "w") as f:
        json.dump(document, f, separators=(",", ":"))


main(sys.argv[1])
