"""Networks of torchvision: names and shapes of their weights; of some, one training pass in float64: loss, gradients, statistics.

Weights and images are hashed (networks.py); of each gradient and new running statistic three numbers are stored: its norm and its
products with two fixed patterns.
Usage: zoo.py OUT.json
"""
import json
import sys

import torch
import torch.nn.functional as F
import torchvision

from networks import filled, well_conditioned_pass

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


def loss(net, dtype):
    return F.cross_entropy(net(filled([BATCH, 3, SIZE, SIZE], 99, 3).to(dtype)), torch.arange(BATCH) % CLASSES)


def main(out):
    networks = {}
    for name, make in NETWORKS.items():
        net = make(num_classes=CLASSES)
        entry = {"weights": {n: list(t.shape) for n, t in net.state_dict().items() if "num_batches" not in n}}
        if name in PASSES:
            entry["pass"] = well_conditioned_pass(net, loss)
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
