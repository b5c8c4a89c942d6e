"""Three rounds of HA-GAN's two steps in PyTorch, float64: losses, gradients and end weights.

A face of one channel and a picture of three, 10x10 (halved to 5, 3, 2 and 1), two characters told by a one-hot vector,
pairs before the discriminator, L1 to the neutral character, Adam at 2e-4 with beta1 0.5; each step with noise of its own.
Usage: ha-gan-steps.py OUT.json
"""
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F

from golden_file import write_tensors

SEED, STEPS, BATCH = 11, 3, 6
SIZE, NOISE, CLASSES, CHARACTERS = 10, 3, 3, 2
SIDES = [10, 5, 3, 2, 1]
GENERATOR, CODE = [1, 2, 4, 8], 4
DISCRIMINATOR, JOINT, BRANCH, LAST = [1, 1, 2, 4], 32, 16, 8
LAMBDA = 2.0
LR = 2e-4


def single(t):
    return t.float().double()  # float32 values, so that both sides start alike


class Halve(nn.Module):
    """4x4, stride 2; one row of zeros before, one or two after, so that the side is halved and rounded up."""

    def __init__(self, inputs, channels, side, bias):
        super().__init__()
        conv = nn.Conv2d(inputs, channels, 4, 2, bias=bias)
        self.weight, self.bias = conv.weight, conv.bias
        self.after = 1 + side % 2

    def forward(self, x):
        return F.conv2d(F.pad(x, (1, self.after, 1, self.after)), self.weight, self.bias, stride=2)


class Double(nn.Module):
    """Its transpose: what falls on the padding is cut off."""

    def __init__(self, inputs, channels, side, bias):
        super().__init__()
        conv = nn.ConvTranspose2d(inputs, channels, 4, 2, bias=bias)
        self.weight, self.bias = conv.weight, conv.bias
        self.side = side

    def forward(self, x):
        y = F.conv_transpose2d(x, self.weight, self.bias, stride=2)
        return y[:, :, 1 : 1 + self.side, 1 : 1 + self.side]


class Encoder(nn.Module):
    def __init__(self, inputs):
        super().__init__()
        for i, channels in enumerate(GENERATOR):
            setattr(self, f"conv{i + 1}", Halve(inputs, channels, SIDES[i], i == 0))
            if i > 0:
                setattr(self, f"norm{i + 1}", nn.BatchNorm2d(channels))
            inputs = channels
        self.code = nn.Linear(GENERATOR[-1] * SIDES[-1] ** 2, CODE)

    def forward(self, x):
        for i in range(4):
            x = getattr(self, f"conv{i + 1}")(x)
            if i > 0:
                x = getattr(self, f"norm{i + 1}")(x)
            x = F.leaky_relu(x, 0.2)
        return F.leaky_relu(self.code(x.flatten(1)), 0.2)


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        features = GENERATOR[-1] * SIDES[-1] ** 2
        self.encoder = Encoder(1)
        # One linear layer on code + identity + noise, its columns kept apart
        self.join = nn.ModuleDict(
            {
                "code": nn.Linear(CODE, features),
                "identity": nn.Linear(CHARACTERS, features, bias=False),
                "noise": nn.Linear(NOISE, features, bias=False),
            }
        )
        self.joinNorm = nn.BatchNorm2d(GENERATOR[-1])
        decoder = {}
        inputs = GENERATOR[-1]
        for i, channels in enumerate(reversed(GENERATOR[:-1])):
            decoder[f"conv{i + 1}"] = Double(inputs, channels, SIDES[3 - i], False)
            decoder[f"norm{i + 1}"] = nn.BatchNorm2d(channels)
            inputs = channels
        decoder["picture"] = Double(inputs, 3, SIDES[0], True)
        self.decoder = nn.ModuleDict(decoder)

    def forward(self, x, identity, z):
        parts = torch.cat([self.encoder(x), identity, z], 1)
        weight = torch.cat([self.join[k].weight for k in ("code", "identity", "noise")], 1)
        v = F.linear(parts, weight, self.join["code"].bias).view(len(x), GENERATOR[-1], SIDES[-1], SIDES[-1])
        v = F.relu(self.joinNorm(v))
        for i in range(3):
            v = F.relu(self.decoder[f"norm{i + 1}"](self.decoder[f"conv{i + 1}"](v)))
        return torch.tanh(self.decoder["picture"](v))


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        inputs = 4
        for i, channels in enumerate(DISCRIMINATOR):
            setattr(self, f"conv{i + 1}", Halve(inputs, channels, SIDES[i], True))
            inputs = channels
        self.fc = nn.Linear(inputs * SIDES[-1] ** 2, JOINT)
        self.real = nn.ModuleDict({"fc1": nn.Linear(JOINT, BRANCH), "score": nn.Linear(BRANCH, 1)})
        self.expression = nn.ModuleDict(
            {"fc1": nn.Linear(JOINT, BRANCH), "fc2": nn.Linear(BRANCH, LAST), "logits": nn.Linear(LAST, CLASSES)}
        )

    def forward(self, face, picture):
        v = torch.cat([face, picture], 1)
        for i in range(4):
            v = F.leaky_relu(getattr(self, f"conv{i + 1}")(v), 0.2)
        v = F.leaky_relu(self.fc(v.flatten(1)), 0.2)
        score = self.real["score"](F.leaky_relu(self.real["fc1"](v), 0.2))
        e = F.leaky_relu(self.expression["fc1"](v), 0.2)
        return score, self.expression["logits"](F.leaky_relu(self.expression["fc2"](e), 0.2))


def store(tensors, prefix, module):
    for k, v in module.state_dict().items():
        if "num_batches" not in k:
            tensors[f"{prefix}.{k}"] = v.clone()


def main(out):
    torch.manual_seed(SEED)
    torch.set_default_dtype(torch.float64)
    g, d = Generator(), Discriminator()
    with torch.no_grad():
        for m in (g, d):
            for p in m.parameters():
                p.copy_(single(p * 1.5))
    labels = torch.randint(0, CLASSES, (STEPS, BATCH))
    tensors = {
        "x": single(torch.rand(STEPS, BATCH, 1, SIZE, SIZE) * 2 - 1),
        "partner": single(torch.rand(STEPS, BATCH, 3, SIZE, SIZE) * 2 - 1),
        "neutral": single(torch.rand(STEPS, BATCH, 3, SIZE, SIZE) * 2 - 1),
        "target": F.one_hot(labels, CLASSES).double(),
        "person": F.one_hot(torch.randint(0, CHARACTERS, (STEPS, BATCH)), CHARACTERS).double(),
        # Uniform in [0, 1), as the program draws it; z = 2u - 1
        "noise": single(torch.rand(2, STEPS, BATCH, NOISE)),
    }
    store(tensors, "start.generator", g)
    store(tensors, "start.discriminator", d)

    by_d = torch.optim.Adam(d.parameters(), lr=LR, betas=(0.5, 0.999))
    by_g = torch.optim.Adam(g.parameters(), lr=LR, betas=(0.5, 0.999))
    losses = {k: [] for k in ("d.expression", "d.real-or-not", "g.expression", "g.fooled", "g.distance")}
    for i in range(STEPS):
        x, person, label = tensors["x"][i], tensors["person"][i], labels[i]
        by_d.zero_grad()
        fake = g(x, person, 2 * tensors["noise"][0, i] - 1).detach()
        score, logits = d(x, tensors["partner"][i])
        fake_score, _ = d(x, fake)
        expression = F.cross_entropy(logits, label)
        adversarial = F.softplus(-score).mean() + F.softplus(fake_score).mean()
        (0.5 * (expression + adversarial)).backward()
        losses["d.expression"].append(expression.detach())
        losses["d.real-or-not"].append(adversarial.detach())
        for k, p in d.named_parameters():
            tensors[f"gradient{i + 1}.discriminator.{k}"] = p.grad.clone()
        by_d.step()

        by_g.zero_grad()
        picture = g(x, person, 2 * tensors["noise"][1, i] - 1)
        score, logits = d(x, picture)
        expression = F.cross_entropy(logits, label)
        fooled = F.softplus(-score).mean()
        distance = (tensors["neutral"][i] - picture).abs().mean()
        (expression + fooled + LAMBDA * distance).backward()
        losses["g.expression"].append(expression.detach())
        losses["g.fooled"].append(fooled.detach())
        losses["g.distance"].append(distance.detach())
        for k, p in g.named_parameters():
            tensors[f"gradient{i + 1}.generator.{k}"] = p.grad.clone()
        by_g.step()
    for k, v in losses.items():
        tensors[f"losses.{k}"] = torch.stack(v)
    store(tensors, "end.generator", g)
    store(tensors, "end.discriminator", d)
    write_tensors(out, "ha-gan-steps", SEED, tensors, digits=9)


main(sys.argv[1])
