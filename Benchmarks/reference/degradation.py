"""Degradations as Python pipelines make them on one core, with OpenCV and PyTorch: what `benchmark degrade` compares with.

    degradation.py --crops FILE --side 512 --draws FILE [--threads 1] [--save FILE]

Both sides carry out the same draws on the same crops: the formulas of Real-ESRGAN's pipeline (Wang et al., 2021), filters
and JPEG by OpenCV, resizes and random numbers by PyTorch, each the faster of the two for its step.
"""

import argparse
import json
import math
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("--crops", required=True)
parser.add_argument("--side", type=int, required=True)
parser.add_argument("--draws", required=True)
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--save")
options = parser.parse_args()

import cv2  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402
from scipy import special  # noqa: E402

cv2.setNumThreads(options.threads)
torch.set_num_threads(options.threads)


def make_kernel(numbers):
    radius = numbers["side"] // 2
    x, y = np.meshgrid(np.arange(-radius, radius + 1), np.arange(-radius, radius + 1))
    family = numbers["family"]
    if family == "sinc":
        distance = np.hypot(x, y)
        cutoff = numbers["cutoff"]
        with np.errstate(divide="ignore", invalid="ignore"):
            kernel = cutoff * special.j1(cutoff * distance) / (2 * np.pi * distance)
        kernel[radius, radius] = cutoff**2 / (4 * np.pi)
        return kernel / kernel.sum()
    elliptic = family in ("anisotropic", "generalized-anisotropic", "plateau-anisotropic")
    c, s = (math.cos(numbers["angle"]), math.sin(numbers["angle"])) if elliptic else (1, 0)
    along = (c * x + s * y) / numbers["sigmaX"]
    across = (c * y - s * x) / (numbers["sigmaY"] if elliptic else numbers["sigmaX"])
    q = along**2 + across**2
    if family.startswith("plateau"):
        kernel = 1 / (1 + q ** numbers["beta"])
    elif family.startswith("generalized"):
        kernel = np.exp(-0.5 * q ** numbers["beta"])
    else:
        kernel = np.exp(-0.5 * q)
    return kernel / kernel.sum()


def sharpen(image, radius, weight, threshold):
    side = radius + 1 - radius % 2
    blurred = cv2.GaussianBlur(image, (side, side), 0)
    residual = image - blurred
    mask = (np.abs(residual) * 255 > threshold).astype("float32")
    soft = cv2.GaussianBlur(mask, (side, side), 0)
    sharp = np.clip(image + weight * residual, 0, 1)
    return soft * sharp + (1 - soft) * image


def tensor(image):
    return torch.from_numpy(image).permute(2, 0, 1)[None]


def array(tensor):
    return np.ascontiguousarray(tensor[0].permute(1, 2, 0).numpy())


def resize(image, method, **size):
    corners = {} if method == "area" else {"align_corners": False}
    return array(F.interpolate(tensor(image), mode=method, **size, **corners))


def gaussian_noise(image, sigma, grey):
    height, width, channels = image.shape
    pattern = torch.randn(height, width, 1 if grey else channels).numpy()
    return np.clip(image + pattern * np.float32(sigma / 255), 0, 1)


def poisson_noise(image, scale, grey):
    base = image @ np.array([[0.114], [0.587], [0.2989]], dtype="float32") if grey else image
    base = np.clip((base * 255).round(), 0, 255) / 255
    quanta = 2 ** np.ceil(np.log2(len(np.unique(base))))
    counts = torch.poisson(torch.from_numpy(base * np.float32(quanta))).numpy()
    return np.clip(image + (counts / np.float32(quanta) - base) * np.float32(scale), 0, 1)


def quantise(image):
    return np.clip((image * 255).round(), 0, 255).astype("uint8")


def jpeg(image, quality):
    _, file = cv2.imencode(".jpg", quantise(image), [cv2.IMWRITE_JPEG_QUALITY, quality])
    return cv2.imdecode(file, cv2.IMREAD_UNCHANGED).astype("float32") / 255


def apply(image, steps):
    side = options.side
    for step in steps:
        ((name, values),) = step.items()
        if name == "sharpen":
            image = sharpen(image, **values["mask"])
        elif name == "blur":
            image = cv2.filter2D(image, -1, make_kernel(values["kernel"]), borderType=cv2.BORDER_REFLECT_101)
        elif name == "resize":
            image = resize(image, values["method"], scale_factor=values["factor"])
        elif name == "resizeToFraction":
            length = int(side * values["fraction"])
            image = resize(image, values["method"], size=(length, length))
        elif name == "gaussianNoise":
            image = gaussian_noise(image, values["noise"]["sigma"], values["noise"]["isGrey"])
        elif name == "poissonNoise":
            image = poisson_noise(image, values["noise"]["scale"], values["noise"]["isGrey"])
        elif name == "jpeg":
            image = jpeg(image, values["quality"])
        elif name == "quantise":
            image = quantise(image).astype("float32") / 255
        else:
            raise SystemExit(f"no such step here: {name}")
    return image


def say(line):
    print(line, flush=True)


def main():
    torch.manual_seed(0)
    crops = np.fromfile(options.crops, dtype="uint8").reshape(-1, options.side, options.side, 3)
    # OpenCV takes blue first.
    crops = [np.ascontiguousarray(crop[:, :, ::-1]).astype("float32") / 255 for crop in crops]
    with open(options.draws) as file:
        draws = json.load(file)

    def make_pass(keep=lambda name: True):
        results = []
        for index, draw in enumerate(draws):
            steps = [step for step in draw["steps"] if keep(next(iter(step)))]
            results.append(apply(crops[index % len(crops)], steps))
        return results

    plain = make_pass(lambda name: not name.endswith("Noise"))
    if options.save:
        with open(options.save, "wb") as file:
            for image in plain:
                file.write(np.ascontiguousarray(quantise(image)[:, :, ::-1]).tobytes())
    make_pass()
    say("ready")
    seconds, cpu_seconds = [], []
    while sys.stdin.readline():
        began, cpu_began = time.perf_counter(), time.process_time()
        make_pass()
        cpu_seconds.append(time.process_time() - cpu_began)
        seconds.append(time.perf_counter() - began)
        say("done")
    say(json.dumps({"seconds": seconds, "cpu_seconds": cpu_seconds}))


main()
