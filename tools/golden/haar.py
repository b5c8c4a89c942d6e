"""Boxes of OpenCV's cascade classifier on drawn faces, with a cascade that is written here: stumps, a tree, features of two
and three rectangles, and tilted ones.

Usage: haar.py OUT.json
"""
import json
import sys
import tempfile

import cv2
import numpy as np

SEED = 3
rng = np.random.default_rng(SEED)


def picture(height, width, faces):
    """Noise on light that grows to the right, and faces: two dark eyes, a dark mouth, on a bright square."""
    x = np.mgrid[0:height, 0:width][1]
    image = 70 + 50 * x / width + rng.normal(0, 9, (height, width))
    for left, top, side in faces:
        unit = side / 16
        def paint(x0, y0, x1, y1, value):
            image[round(top + y0 * unit):round(top + y1 * unit), round(left + x0 * unit):round(left + x1 * unit)] = value
        paint(0, 0, 16, 16, 190)
        paint(2, 4, 6, 7, 60)
        paint(10, 4, 14, 7, 60)
        paint(5, 11, 11, 13, 70)
    return np.clip(image + rng.normal(0, 3, image.shape), 0, 255).astype(np.uint8)


FEATURES = [
    # the eyes are darker than the cheeks
    ("0", ["1 4 14 6 -1.", "1 4 14 3 2."]),
    # each side darker than the bridge of the nose
    ("0", ["2 4 12 3 -1.", "6 4 4 3 3."]),
    # the mouth is darker than chin and upper lip
    ("0", ["5 9 6 6 -1.", "5 11 6 2 3."]),
    # tilted: around the nose
    ("1", ["8 6 3 3 -1.", "8 6 3 1 3."]),
    ("0", ["2 4 4 3 -1.", "10 4 4 3 1."]),
]

STAGES = [
    (0.5, [("0 -1 0 -0.02", "1. 0.")]),
    (0.9, [("0 -1 1 0.01", "0. 1."), ("0 -1 2 -0.01", "0.4 0.")]),
    # a tree: node 0 leads to node 1 or a leaf
    (0.5, [("1 0 3 0.05 -1 -2 4 0.06", "0. 1. 0.")]),
]


def cascade():
    stages = "".join(
        f"<_><maxWeakCount>{len(weak)}</maxWeakCount><stageThreshold>{threshold}</stageThreshold><weakClassifiers>"
        + "".join(f"<_><internalNodes>{nodes}</internalNodes><leafValues>{leaves}</leafValues></_>" for nodes, leaves in weak)
        + "</weakClassifiers></_>"
        for threshold, weak in STAGES
    )
    features = "".join(
        "<_><rects>" + "".join(f"<_>{r}</_>" for r in rects) + f"</rects><tilted>{tilted}</tilted></_>" for tilted, rects in FEATURES
    )
    return (
        '<?xml version="1.0"?><opencv_storage><cascade type_id="opencv-cascade-classifier"><stageType>BOOST</stageType>'
        "<featureType>HAAR</featureType><height>16</height><width>16</width><stageParams><maxWeakCount>2</maxWeakCount></stageParams>"
        f"<featureParams><maxCatCount>0</maxCatCount></featureParams><stageNum>{len(STAGES)}</stageNum>"
        f"<stages>{stages}</stages><features>{features}</features></cascade></opencv_storage>"
    )


xml = cascade()
with tempfile.NamedTemporaryFile("w", suffix=".xml") as file:
    file.write(xml)
    file.flush()
    classifier = cv2.CascadeClassifier(file.name)
    cases = []
    for height, width, faces in [
        (90, 120, [(8, 6, 24), (50, 30, 40)]),
        # at the very border, and one within another's neighbourhood
        (64, 80, [(0, 0, 32), (48, 32, 32)]),
        (100, 75, [(10, 10, 55)]),
        (40, 40, []),
    ]:
        image = picture(height, width, faces)
        for scale, neighbors, least in [(1.1, 3, 0), (1.25, 1, 0), (1.1, 2, 30)]:
            boxes, counts = cv2.CascadeClassifier.detectMultiScale2(classifier, image, scaleFactor=scale, minNeighbors=neighbors, minSize=(least, least))
            found = sorted([*map(int, box), int(n)] for box, n in zip(boxes, counts))
            cases.append({"scaleFactor": scale, "minNeighbors": neighbors, "minSize": least, "width": width, "height": height,
                          "pixels": image.flatten().tolist() if (scale, neighbors) == (1.1, 3) else None, "boxes": found})

with open(sys.argv[1], "w") as f:
    json.dump({"source": {"command": "tools/golden/run.sh haar", "seed": SEED, "versions": {"opencv": cv2.__version__}},
               "cascade": xml, "cases": cases}, f, separators=(",", ":"))
print([len(case["boxes"]) for case in cases])
