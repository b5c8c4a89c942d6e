"""NPY files by NumPy, as base64, with the numbers in them: scalars and arrays, numbers and text.

Usage: npy-files.py OUT.golden.json
"""
import base64
import io
import json
import sys

import numpy as np

rng = np.random.default_rng(7)
arrays = {
    "text scalar": np.array("0.0192308"),
    "text array": np.array(["-2", "10", "3.5"]),
    "float64 scalar": np.array(-0.25),
    "float64 array": rng.random((3, 2)),
    "float32 array": rng.random(4, dtype=np.float32),
    "int64 scalar": np.array(7),
    "int32 array": np.array([-70000, 3], dtype=np.int32),
    "uint8 array": np.array([0, 255], dtype=np.uint8),
    "int8 array": np.array([-128, 127], dtype=np.int8),
}
files = {}
for name, array in arrays.items():
    for version in ((1, 0), (2, 0)):
        out = io.BytesIO()
        np.lib.format.write_array(out, array, version=version)
        files[f"{name}, version {version[0]}"] = {
            "base64": base64.b64encode(out.getvalue()).decode("ascii"),
            "values": array.astype(np.float64).flatten().tolist(),
        }
with open(sys.argv[1], "w") as f:
    json.dump({"source": {"command": "tools/golden/run.sh npy-files", "seed": 7, "versions": {"numpy": np.__version__}}, "files": files}, f, separators=(",", ":"))
