#!/usr/bin/env bash
# Makes the golden files again: all of them, or the one named. Needs Debian's python3-torch, and for face-mesh Chromium.
set -euo pipefail
cd "$(dirname "$0")/../.."
PYTHON=${PYTHON:-/usr/bin/python3}
want=${1:-all}
if [[ $want == all || $want == training-steps ]]; then
  "$PYTHON" tools/golden/training-steps.py packages/mien/src/train/golden/training-steps.golden.json
fi
if [[ $want == all || $want == alternating-steps ]]; then
  "$PYTHON" tools/golden/alternating-steps.py packages/mien/src/train/golden/alternating-steps.golden.json
fi
if [[ $want == all || $want == face-mesh ]]; then
  node tools/golden/face-mesh.mjs
fi
