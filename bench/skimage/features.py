"""The Python side of the features benchmark: features of one image on request, in a process that stays; one thread.

The first line out is {"versions": {...}} or {"error": sentence}. JSON lines on stdin: {"pixels": [...], "side": n} sets the
image and is answered with {}; {"feature", "peer", "minMs"} with {"ms": mean time over at least minMs}; {"feature", "peer"}
with {"values": [...]}.
Usage: features.py
"""
import json
import sys
import time


def say(message):
    print(json.dumps(message), flush=True)


try:
    import cv2
    import numpy as np
    import scipy
    import skimage
    from scipy import fft, signal
    from skimage.feature import hog, local_binary_pattern
    from skimage.filters import gabor_kernel
except ImportError as failure:
    say({"error": str(failure)})
    sys.exit()

cv2.setNumThreads(1)
cv2.ocl.setUseOpenCL(False)
GRID, SCALES, ORIENTATIONS = 10, 5, 8
FFTCONVOLVE, SPECTRA, FILTER2D = "scikit-image kernels, scipy.signal.fftconvolve", "scikit-image kernels, kept spectra, scipy.fft", "OpenCV filter2D"


def lbp(image):
    side = image.shape[0]
    codes = local_binary_pattern(image, 8, 2, "nri_uniform").astype(np.intp)
    cell = np.arange(side) // 10
    bins = (cell[:, None] * (side // 10) + cell[None]) * 59 + codes
    return np.bincount(bins.ravel(), minlength=(side // 10) ** 2 * 59) / 100


def hog_blocks(image):
    return hog(image, orientations=10, pixels_per_cell=(5, 5), cells_per_block=(2, 2), block_norm="L2-Hys", feature_vector=False)[::2, ::2].ravel()


def kernels():
    for scale in range(SCALES):
        k = np.pi / 2 / np.sqrt(2) ** scale
        for orientation in range(ORIENTATIONS):
            yield 2 * np.pi * gabor_kernel(k / (2 * np.pi), np.pi * orientation / ORIENTATIONS, sigma_x=2 * np.pi / k, sigma_y=2 * np.pi / k, n_stds=5)


def block_means(magnitude):
    step = magnitude.shape[0] // GRID
    return magnitude.reshape(GRID, step, GRID, step).mean(axis=(1, 3))


class Fftconvolve:
    def __init__(self):
        self.kernels = list(kernels())

    def __call__(self, image):
        x, out = image / 255, []
        for kernel in self.kernels:
            by, bx = kernel.shape[0] // 2, kernel.shape[1] // 2
            padded = np.pad(x, ((by, by), (bx, bx)), mode="symmetric")
            out.append(block_means(np.abs(signal.fftconvolve(padded, kernel, "valid"))))
        return np.concatenate(out).ravel()


class Spectra:
    """One transform of the image, one inverse transform a kernel."""

    def __init__(self, side):
        made = list(kernels())
        self.border = max(max(kernel.shape) for kernel in made) // 2
        length = fft.next_fast_len(side + 2 * self.border)
        self.shape = (length, length)
        self.spectra = []
        for kernel in made:
            placed = np.zeros(self.shape, complex)
            placed[:kernel.shape[0], :kernel.shape[1]] = kernel
            self.spectra.append(fft.fft2(np.roll(placed, (-(kernel.shape[0] // 2), -(kernel.shape[1] // 2)), (0, 1))))

    def __call__(self, image):
        inner = slice(self.border, self.border + image.shape[0])
        spectrum = fft.fft2(np.pad(image / 255, self.border, mode="symmetric"), self.shape)
        return np.concatenate([block_means(np.abs(fft.ifft2(spectrum * s)[inner, inner])) for s in self.spectra]).ravel()


class Filter2D:
    """In float32. filter2D correlates, so that kernels are turned round."""

    def __init__(self):
        self.kernels = [[np.ascontiguousarray(part[::-1, ::-1]).astype(np.float32) for part in (kernel.real, kernel.imag)] for kernel in kernels()]

    def __call__(self, image):
        x, out = (image / 255).astype(np.float32), []
        for real, imaginary in self.kernels:
            response = [cv2.filter2D(x, -1, kernel, borderType=cv2.BORDER_REFLECT) for kernel in (real, imaginary)]
            out.append(cv2.resize(cv2.magnitude(*response), (GRID, GRID), interpolation=cv2.INTER_AREA))
        return np.concatenate(out).ravel()


def main():
    say({"versions": {"scikit-image": skimage.__version__, "scipy": scipy.__version__, "numpy": np.__version__, "opencv": cv2.__version__}})
    image, peers = None, {}
    for line in sys.stdin:
        request = json.loads(line)
        if "pixels" in request:
            side = request["side"]
            image = np.array(request["pixels"], np.uint8).reshape(side, side)
            peers = {
                "lbp": {"scikit-image": lbp}, "hog": {"scikit-image": hog_blocks},
                "gabor": {FFTCONVOLVE: Fftconvolve(), SPECTRA: Spectra(side), FILTER2D: Filter2D()},
            }
            say({})
            continue
        extract = peers[request["feature"]][request["peer"]]
        if "minMs" not in request:
            say({"values": extract(image).tolist()})
            continue
        runs, start = 0, time.perf_counter()
        while True:
            extract(image)
            runs += 1
            elapsed = (time.perf_counter() - start) * 1000
            if elapsed >= request["minMs"]:
                break
        say({"ms": elapsed / runs})


main()
