"""Hand-crafted features by scikit-image and SciPy: LBP, HOG, Gabor; scaling of code distances by NumPy.

LBP: local_binary_pattern (default, nri_uniform) and histograms by NumPy. HOG: skimage's hog, every second block. Gabor:
 - `gabor`: gabor_kernel on all pixels (scipy.signal.fftconvolve, mirrored borders), mean of the magnitude over blocks;
 - `gaborPoints`: Liu and Wechsler's wavelet with its constant term, as a two-dimensional sum at points between pixels.
Usage: features.py FOLDER
"""
import json
import sys

import numpy as np
import scipy
import skimage
from scipy.ndimage import gaussian_filter
from scipy.signal import fftconvolve
from scipy.stats import wasserstein_distance
from skimage.feature import hog, local_binary_pattern
from skimage.filters import gabor_kernel

SEED = 11
SIGMA, GRID = 2 * np.pi, 10


def picture(rng, height, width):
    """Blobs, edges and noise, in 8 bits; few pixels are equal to their neighbours."""
    coarse = gaussian_filter(rng.standard_normal((height, width)), 6)
    fine = gaussian_filter(rng.standard_normal((height, width)), 1)
    y, x = np.mgrid[:height, :width]
    edges = 1.0 * ((x + 2 * y) % 47 < 20)
    v = coarse / coarse.std() + 0.5 * fine / fine.std() + edges + 0.15 * rng.standard_normal((height, width))
    v = (v - v.min()) / (v.max() - v.min())
    return np.round(8 + 240 * v).astype(np.uint8)


def lbp_counts(image):
    codes = local_binary_pattern(image, 8, 2, "nri_uniform").astype(int)
    rows, columns = image.shape[0] // 10, image.shape[1] // 10
    cells = codes.reshape(rows, 10, columns, 10).transpose(0, 2, 1, 3).reshape(rows * columns, 100)
    return np.stack([np.bincount(c, minlength=59) for c in cells])


def hog_blocks(image):
    """skimage moves its blocks by one cell; here a block follows the last."""
    return hog(image, orientations=10, pixels_per_cell=(5, 5), cells_per_block=(2, 2), block_norm="L2-Hys", feature_vector=False)[::2, ::2]


def wave(scale, orientation):
    k = np.pi / 2 / np.sqrt(2) ** scale
    return k, np.pi * orientation / 8, SIGMA / k


def block_means(magnitude):
    h, w = magnitude.shape
    return magnitude.reshape(GRID, h // GRID, GRID, w // GRID).mean(axis=(1, 3))


def gabor_pixels(image):
    out = np.empty((5, 8, GRID, GRID))
    for scale in range(5):
        for orientation in range(8):
            k, phi, s = wave(scale, orientation)
            kernel = 2 * np.pi * gabor_kernel(k / (2 * np.pi), phi, sigma_x=s, sigma_y=s, n_stds=6)
            by, bx = kernel.shape[0] // 2, kernel.shape[1] // 2
            padded = np.pad(image / 255, ((by, by), (bx, bx)), mode="symmetric")
            # The constant term of the wavelet, without which its sum is not 0
            kernel = kernel - kernel.sum() / np.abs(kernel).sum() * np.abs(kernel)
            out[scale, orientation] = block_means(np.abs(fftconvolve(padded, kernel, "valid")))
    return out


def gabor_points(image, points):
    """Means over blocks of the magnitudes at points[scale] × points[scale] points a block."""
    h, w = image.shape
    out = np.empty((5, 8, GRID, GRID))
    for scale in range(5):
        ny, nx = (GRID * n for n in points[scale])
        for orientation in range(8):
            k, phi, s = wave(scale, orientation)
            reach = int(np.ceil(6 * s))
            padded = np.pad(image / 255, reach, mode="symmetric")
            response = np.empty((ny, nx), complex)
            for m in range(ny):
                for l in range(nx):
                    x, y = (l + 0.5) * w / nx - 0.5, (m + 0.5) * h / ny - 0.5
                    x0, y0 = int(np.floor(x)), int(np.floor(y))
                    dy, dx = np.mgrid[y0 - reach:y0 + reach + 1, x0 - reach:x0 + reach + 1].astype(float)
                    dy, dx = y - dy, x - dx
                    psi = (k / SIGMA) ** 2 * np.exp(-(k**2) * (dx**2 + dy**2) / (2 * SIGMA**2))
                    psi = psi * (np.exp(1j * k * (np.cos(phi) * dx + np.sin(phi) * dy)) - np.exp(-(SIGMA**2) / 2))
                    response[m, l] = (psi * padded[y0:y0 + 2 * reach + 1, x0:x0 + 2 * reach + 1]).sum()
            out[scale, orientation] = block_means(np.abs(response))
    return out


def bits(code):
    return np.array([(code >> i) & 1 for i in range(8)])


def line_scaling():
    """Distances between 16 codes after classical scaling of the distances on a line, and the largest eigenvalues."""
    sums = np.array([np.cumsum(bits(c)) for c in range(256)])
    d = np.abs(sums[:, None] - sums[None]).sum(axis=2).astype(float)
    j = np.eye(256) - 1 / 256
    values, vectors = np.linalg.eigh(-0.5 * j @ d**2 @ j)
    x = (vectors * np.sqrt(np.maximum(values, 0)))[:, ::-1][:, :3]
    some = x[::17]
    return {"eigenvalues": values[::-1][:3].tolist(), "distances": np.linalg.norm(some[:, None] - some[None], axis=2).flatten().tolist()}


def line_distances():
    """Between codes of as many ones: SciPy's distance of the places of the ones, times their number."""
    rows = []
    for p in range(3, 256, 7):
        for q in range(5, 256, 11):
            ones = bits(p).sum()
            if ones == bits(q).sum():
                rows.append([p, q, round(ones * wasserstein_distance(np.flatnonzero(bits(p)), np.flatnonzero(bits(q))))])
    return rows


def rounded(values, digits=6):
    return [float(f"{v:.{digits}g}") for v in np.asarray(values).flatten()]


def write(path, content):
    document = {
        "source": {
            "command": "tools/golden/run.sh features", "seed": SEED,
            "versions": {"scikit-image": skimage.__version__, "scipy": scipy.__version__, "numpy": np.__version__},
        },
        **content,
    }
    with open(path, "w") as f:
        json.dump(document, f, separators=(",", ":"))
        f.write("\n")


def main(folder):
    rng = np.random.default_rng(SEED)
    large, small = picture(rng, 100, 100), picture(rng, 30, 20)
    write(f"{folder}/features.golden.json", {
        "pixels": large.flatten().tolist(),
        "lbp": lbp_counts(large).flatten().tolist(),
        "hog": rounded(hog_blocks(large)),
        "gabor": rounded(gabor_pixels(large)),
    })
    write(f"{folder}/features-small.golden.json", {
        "width": 20, "height": 30, "pixels": small.flatten().tolist(),
        "codes": {str(r): local_binary_pattern(small, 8, r).astype(int).flatten().tolist() for r in (1, 2, 3, 5, 10)},
        "lbp": lbp_counts(small).flatten().tolist(),
        "hog": rounded(hog_blocks(small)),
        "gaborPoints": rounded(gabor_points(small, [(2, 1), (2, 1), (1, 1), (1, 1), (1, 1)]), 7),
        "lineScaling": line_scaling(), "lineDistances": line_distances(),
    })


main(sys.argv[1])
