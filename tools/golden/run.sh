#!/usr/bin/env bash
# Makes the golden files again: all of them, or the one named. Needs Debian's python3-torch; for zoo python3-torchvision,
# for agreement python3-statsmodels, for features python3-skimage, for normalization python3-opencv,
# python3-skimage and python3-scipy, for perspective-n-point and haar python3-opencv, for classifiers python3-sklearn, for file-formats python3-scipy
# and python3-pil, and for face-mesh Chromium.
set -euo pipefail
cd "$(dirname "$0")/../.."
PYTHON=${PYTHON:-/usr/bin/python3}
want=${1:-all}
if [[ $want == all || $want == training-steps ]]; then
  "$PYTHON" tools/golden/training-steps.py packages/mien/src/train/golden/training-steps.golden.json
fi
if [[ $want == all || $want == agreement ]]; then
  "$PYTHON" tools/golden/agreement.py packages/mien/src/crowd/agreement/golden/agreement.golden.json
fi
if [[ $want == all || $want == fine-tuning ]]; then
  "$PYTHON" tools/golden/fine-tuning.py packages/mien/src/train/golden
fi
if [[ $want == all || $want == alternating-steps ]]; then
  "$PYTHON" tools/golden/alternating-steps.py packages/mien/src/train/golden/alternating-steps.golden.json
fi
if [[ $want == all || $want == ha-gan-steps ]]; then
  "$PYTHON" tools/golden/ha-gan-steps.py packages/mien/src/recipes/golden/ha-gan-steps.golden.json
fi
if [[ $want == all || $want == target-steps ]]; then
  "$PYTHON" tools/golden/target-steps.py packages/mien/src/train/golden/target-steps.golden.json
fi
if [[ $want == all || $want == layers ]]; then
  "$PYTHON" tools/golden/layers.py packages/mien/src/nn/layers/golden/layers.golden.json
fi
if [[ $want == all || $want == losses ]]; then
  "$PYTHON" tools/golden/losses.py packages/mien/src/nn/losses/golden/losses.golden.json
fi
if [[ $want == all || $want == classifiers ]]; then
  "$PYTHON" tools/golden/classifiers.py packages/mien/src/classifiers/golden/classifiers.golden.json
fi
if [[ $want == all || $want == zoo ]]; then
  "$PYTHON" tools/golden/zoo.py packages/mien/src/nn/golden/zoo.golden.json
fi
if [[ $want == all || $want == comparison-networks ]]; then
  node --input-type=module -e "import { LANDMARK_TRIANGLES as t } from 'mienjs/nn/models'; console.log(JSON.stringify(Array.from({ length: t.length / 3 }, (_, i) => t.slice(3 * i, 3 * i + 3))))" |
    "$PYTHON" tools/golden/comparison-networks.py packages/mien/src/recipes/golden/comparison-networks.golden.json
fi
if [[ $want == all || $want == features ]]; then
  "$PYTHON" tools/golden/features.py packages/mien/src/features/golden
fi
if [[ $want == all || $want == normalization ]]; then
  "$PYTHON" tools/golden/normalization.py packages/mien/src/image/golden/normalization.golden.json
fi
if [[ $want == all || $want == perspective-n-point ]]; then
  "$PYTHON" tools/golden/perspective-n-point.py packages/mien/src/geometry/golden/perspective-n-point.golden.json
fi
if [[ $want == all || $want == position-map ]]; then
  "$PYTHON" tools/golden/position-map.py packages/mien/src/nn/models/golden/position-map.golden.json
fi
if [[ $want == all || $want == haar ]]; then
  "$PYTHON" tools/golden/haar.py packages/mien/src/face/haar/golden/haar.golden.json
fi
if [[ $want == all || $want == file-formats ]]; then
  "$PYTHON" tools/golden/file-formats.py packages/mien/src/image/golden/bmp.golden.json packages/mien/src/data/databases/golden/mat.golden.json
fi
if [[ $want == all || $want == npy-files ]]; then
  "$PYTHON" tools/golden/npy-files.py packages/mien/src/tables/golden/npy.golden.json
fi
if [[ $want == all || $want == face-mesh ]]; then
  node tools/golden/face-mesh.mjs
fi
