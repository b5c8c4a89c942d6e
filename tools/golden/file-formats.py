"""BMP files by Pillow and MAT files by SciPy, as base64, with what these libraries read from them.

Usage: file-formats.py BMP.golden.json MAT.golden.json
"""
import base64
import io
import json
import struct
import sys

import numpy as np
import PIL
import scipy
import scipy.io
from PIL import Image

rng = np.random.default_rng(5)


def document(versions, files):
    return {"source": {"command": "tools/golden/run.sh file-formats", "seed": 5, "versions": versions}, "files": files}


def encoded(content):
    return base64.b64encode(content).decode("ascii")


def bmp(image):
    out = io.BytesIO()
    image.save(out, "BMP")
    return out.getvalue()


def os2(image):
    """The same picture with OS/2's header of 12 bytes, which Pillow reads but does not write."""
    rows = bmp(image)[54:]
    width, height = image.size
    return b"BM" + struct.pack("<IHHI", 26 + len(rows), 0, 0, 26) + struct.pack("<IHHHH", 12, width, height, 1, 24) + rows


def top_down(content):
    """Rows from the top: height negated, rows turned over."""
    start, = struct.unpack_from("<I", content, 10)
    width, height = struct.unpack_from("<ii", content, 18)
    stride = (len(content) - start) // height
    rows = [content[start + i * stride : start + (i + 1) * stride] for i in range(height)]
    return content[:22] + struct.pack("<i", -height) + content[26:start] + b"".join(reversed(rows))


colour = Image.fromarray(rng.integers(0, 256, (4, 5, 3), dtype=np.uint8))
grey = Image.fromarray(rng.integers(0, 256, (3, 6), dtype=np.uint8))
palette = colour.quantize(7)
alpha = Image.fromarray(rng.integers(0, 256, (3, 3, 4), dtype=np.uint8), "RGBA")
bmps = {
    "24 bits": bmp(colour), "8 bits, grey": bmp(grey), "8 bits, palette": bmp(palette), "32 bits": bmp(alpha),
    "24 bits, from the top": top_down(bmp(colour)), "24 bits, OS/2 header": os2(colour),
}
files = {}
for name, content in bmps.items():
    rgb = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
    files[name] = {"base64": encoded(content), "height": rgb.shape[0], "width": rgb.shape[1], "rgb": rgb.flatten().tolist()}
with open(sys.argv[1], "w") as f:
    json.dump(document({"pillow": PIL.__version__}, files), f, separators=(",", ":"))

arrays = {
    "images": rng.integers(0, 256, (3, 4, 5), dtype=np.uint8),
    "labs_ex": np.array([[3], [-1], [7]], dtype=np.int16),
    "folds": np.array([[1, 2], [0, 0], [3, 1]], dtype=np.float64),
    "pts": rng.random((2, 2)),
    "half": np.array([[0.5]], dtype=np.float32),
    "large": np.array([[70000, 2]], dtype=np.int32),
    "text": "abc",
    "x": np.zeros((0, 0)),
}
files = {}
for name, compressed in (("compressed", True), ("plain", False)):
    out = io.BytesIO()
    scipy.io.savemat(out, arrays, do_compression=compressed)
    read = scipy.io.loadmat(io.BytesIO(out.getvalue()))
    numeric = {k: read[k] for k in arrays if k != "text"}
    # Column-major, as in the file.
    files[name] = {
        "base64": encoded(out.getvalue()),
        "variables": {k: {"dims": list(v.shape), "data": v.flatten(order="F").tolist()} for k, v in numeric.items()},
    }
with open(sys.argv[2], "w") as f:
    json.dump(document({"scipy": scipy.__version__, "numpy": np.__version__}, files), f, separators=(",", ":"))
