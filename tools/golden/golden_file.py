"""The form of golden files: where they are from, and tensors as lists of numbers."""
import json

import torch


def numbers(t, digits=12):
    return {"dtype": "float64", "dims": list(t.shape), "data": [float(f"{v:.{digits}g}") for v in t.detach().double().flatten().tolist()]}


def write_tensors(out, name, seed, tensors, digits=12):
    """`name` as tools/golden/run.sh knows it."""
    document = {
        "source": {"command": f"tools/golden/run.sh {name}", "seed": seed, "versions": {"torch": torch.__version__}},
        "tensors": {k: numbers(v, digits) for k, v in tensors.items()},
    }
    with open(out, "w") as f:
        json.dump(document, f, separators=(",", ":"))
