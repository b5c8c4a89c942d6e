"""Illumination normalization by OpenCV, scikit-image and SciPy.

Histogram equalization and CLAHE are OpenCV's, gamma and logarithm scikit-image's. The Gaussians of DoG are OpenCV's, cosine
and Fourier transforms, the sparse linear system of isotropic smoothing and the filters of the local normalizations SciPy's; what is
written here around them is the formula of each.
Usage: normalization.py OUT.json
"""
import json
import sys

import cv2
import numpy as np
import scipy
import scipy.fft
import scipy.ndimage
import scipy.sparse
import scipy.sparse.linalg
import skimage
import skimage.exposure

SEED = 15
rng = np.random.default_rng(SEED)


def picture(height, width):
    """Smooth light, an edge, texture and noise; 8 bits."""
    y, x = np.mgrid[0:height, 0:width]
    light = 90 + 60 * np.sin(x / width * 2) + 40 * (y / height)
    edge = 50 * ((x - width / 2) ** 2 + (y - height / 2) ** 2 < (height / 3) ** 2)
    return np.clip(light - edge + 12 * np.sin(x * 1.3 + y) + rng.normal(0, 6, (height, width)), 0, 255).astype(np.uint8)


def stretch(v):
    return (v - v.min()) / (v.max() - v.min()) * 255


def truncated(v, percent):
    s = np.sort(v.ravel())
    cut = int(np.floor(s.size * percent / 100))
    return stretch(np.clip(v, s[cut], s[s.size - 1 - cut]))


def scaled(v):
    return 127.5 + 42.5 * v


def gcn(v, bias=10):
    d = v - v.mean()
    return scaled(d / np.sqrt(bias + d.var()))


def gauss(sigma, radius):
    w = np.exp(-np.arange(-radius, radius + 1) ** 2 / (2 * sigma**2))
    return w / w.sum()


def smooth(v, w):
    # SciPy's "reflect" repeats the border pixel
    return scipy.ndimage.correlate1d(scipy.ndimage.correlate1d(v, w, axis=1, mode="reflect"), w, axis=0, mode="reflect")


def lcn(v, radius=3, sigma=1.75):
    w = gauss(sigma, radius)
    d = v - smooth(v, w)
    s = np.sqrt(smooth(d**2, w))
    return scaled(d / np.maximum(s.mean(), s))


def contrastive(v, radius=3):
    n = 2 * radius + 1
    mean = scipy.ndimage.uniform_filter(v, n, mode="reflect")
    std = np.sqrt(scipy.ndimage.uniform_filter(v**2, n, mode="reflect") - mean**2)
    return scaled((v - mean) / std)


def dog(v, inner=1, outer=2):
    def blur(s):
        k = 2 * int(np.ceil(3 * s)) + 1
        return cv2.GaussianBlur(v, (k, k), s, borderType=cv2.BORDER_REPLICATE)

    return truncated(blur(inner) - blur(outer), 0.2)


def zigzag(height, width):
    return sorted(
        ((r, c) for r in range(height) for c in range(width)),
        key=lambda p: (p[0] + p[1], p[0] if (p[0] + p[1]) % 2 else p[1]),
    )


def dct(v):
    height, width = v.shape
    log = stretch(np.log(v + 1))
    spectrum = scipy.fft.dctn(log, norm="ortho")
    spectrum[0, 0] = np.log(v.mean() + 10) * np.sqrt(height * width)
    for r, c in zigzag(height, width)[1 : 1 + round(50 / 128**2 * height * width)]:
        spectrum[r, c] = 0
    return truncated(scipy.fft.idctn(spectrum, norm="ortho"), 0.2)


def homomorphic(v, boost=2, cutoff=0.25):
    height, width = v.shape
    f = np.hypot(scipy.fft.fftfreq(width)[None, :], scipy.fft.fftfreq(height)[:, None])
    high = 1 - 1 / (1 + (f / cutoff) ** 4)
    spectrum = scipy.fft.fft2(np.log(v / 255 + 0.01)) * ((1 - 1 / boost) * high + 1 / boost)
    return truncated(np.exp(scipy.fft.ifft2(spectrum).real), 0.2)


def isotropic(v, lam=7, pad=3):
    unit = stretch(v) / 255 + 0.001
    x = np.pad(unit, pad, mode="symmetric")
    h, w = x.shape
    line = lambda n: scipy.sparse.diags([1, 1], [-1, 1], shape=(n, n))
    neighbors = scipy.sparse.kron(scipy.sparse.eye(h), line(w)) + scipy.sparse.kron(line(h), scipy.sparse.eye(w))
    system = (1 + 4 * lam) * scipy.sparse.eye(h * w) - lam * neighbors
    light = scipy.sparse.linalg.spsolve(system.tocsc(), x.ravel()).reshape(h, w)[pad:-pad, pad:-pad]
    return truncated(unit / light, 0.4)


tensors = {}
for name, shape in {"square": (24, 24), "oblong": (19, 26)}.items():
    image = picture(*shape)
    v = image.astype(np.float64)
    tensors[f"{name}/image"] = image.astype(np.float64)
    results = {
        "histogram-equalization": cv2.equalizeHist(image),
        "clahe": cv2.createCLAHE(2.0, (8, 8)).apply(image),
        "clahe:clipLimit=4:tiles=3": cv2.createCLAHE(4.0, (3, 3)).apply(image),
        "equalized-sum:weight=0.3": 0.3 * cv2.equalizeHist(image) + 0.7 * stretch(v),
        "gamma:gamma=0.2": skimage.exposure.adjust_gamma(v / 255, 0.2) * 255,
        "logarithm": skimage.exposure.adjust_log(v / 255, 1) * 255,
        "gcn": gcn(v),
        "lcn": lcn(v),
        "contrastive-equalization": contrastive(v),
        "dog": dog(v),
        "gamma:gamma=0.2,dog": dog(skimage.exposure.adjust_gamma(v / 255, 0.2) * 255),
        "dct": dct(v),
        "homomorphic": homomorphic(v),
        "isotropic-smoothing": isotropic(v),
    }
    for step, values in results.items():
        tensors[f"{name}/{step}"] = np.asarray(values, dtype=np.float64)

document = {
    "source": {
        "command": "tools/golden/run.sh normalization",
        "seed": SEED,
        "versions": {"opencv": cv2.__version__, "scikit-image": skimage.__version__, "scipy": scipy.__version__},
    },
    "tensors": {
        k: {"dtype": "float64", "dims": list(v.shape), "data": [float(f"{x:.8g}") for x in v.ravel().tolist()]}
        for k, v in tensors.items()
    },
}
with open(sys.argv[1], "w") as f:
    json.dump(document, f, separators=(",", ":"))
