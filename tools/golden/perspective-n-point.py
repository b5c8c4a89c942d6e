"""Perspective-n-point by OpenCV: poses with the least squared distance in the image, of points that were moved.

OpenCV's answer is that of its iterative method (Levenberg-Marquardt from a linear start), refined once more to the end of its
precision; the points are of a solid and of a flat one, before a camera without distortion.
Usage: perspective-n-point.py OUT.json
"""
import json
import sys

import cv2
import numpy as np

SEED = 21
rng = np.random.default_rng(SEED)
FOCAL, CENTER = 640.0, (310.0, 255.0)
CAMERA = np.array([[FOCAL, 0, CENTER[0]], [0, FOCAL, CENTER[1]], [0, 0, 1]])
END = (cv2.TERM_CRITERIA_MAX_ITER + cv2.TERM_CRITERIA_EPS, 200, 1e-14)


def case(name, count, flat, noise):
    solid = rng.uniform(-8, 8, (count, 3))
    if flat:
        solid[:, 2] = 0
    rotation = rng.uniform(-0.7, 0.7, 3)
    translation = np.array([rng.uniform(-6, 6), rng.uniform(-6, 6), rng.uniform(45, 90)])
    image = cv2.projectPoints(solid, rotation, translation, CAMERA, None)[0].reshape(-1, 2)
    image = image + rng.normal(0, noise, image.shape)
    found, r, t = cv2.solvePnP(solid, image, CAMERA, None, flags=cv2.SOLVEPNP_ITERATIVE)
    assert found
    r, t = cv2.solvePnPRefineLM(solid, image, CAMERA, None, r, t, END)
    projected = cv2.projectPoints(solid, r, t, CAMERA, None)[0].reshape(-1, 2)
    return {
        "name": name,
        "solid": solid.tolist(),
        "image": image.tolist(),
        "rotation": cv2.Rodrigues(r)[0].ravel().tolist(),
        "translation": t.ravel().tolist(),
        "errorPx": float(np.sqrt(np.mean(np.sum((projected - image) ** 2, axis=1)))),
    }


document = {
    "source": {
        "command": "tools/golden/run.sh perspective-n-point",
        "seed": SEED,
        "versions": {"cv2": cv2.__version__, "numpy": np.__version__},
    },
    "focalPx": FOCAL,
    "center": CENTER,
    "cases": [
        case("a solid, exact", 8, False, 0),
        case("a solid, points moved by a pixel", 20, False, 1),
        case("a face's number of points, moved by two", 51, False, 2),
        case("six points, moved by half a pixel", 6, False, 0.5),
        case("a flat solid, points moved by a pixel", 16, True, 1),
    ],
}
with open(sys.argv[1], "w") as f:
    json.dump(document, f, separators=(",", ":"))
