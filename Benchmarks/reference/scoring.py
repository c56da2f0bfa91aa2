"""PSNR, SSIM and NIQE as Python programs measure them: what `benchmark score` compares with.

    scoring.py --images DIR --references DIR [--style numpy|torch] [--threads 1] [--save FILE]
    scoring.py --images DIR --references DIR --once

Two styles of the same numbers, of Y of BT.601: `numpy` works as BasicSR does (OpenCV, NumPy and SciPy, block by block), but
makes the table of gammas once and halves by a matrix, both of which are faster; `torch` works as pyiqa does (PyTorch in
float64, all blocks at once).
"""

import argparse
import json
import math
import os
import re
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("--images", required=True)
parser.add_argument("--references", required=True)
parser.add_argument("--style", choices=["numpy", "torch"], default="numpy")
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--save", help="where decoded pictures are written: pair after pair, RGB")
parser.add_argument("--once", action="store_true", help="print the scores and end")
parser.add_argument(
    "--model", default=os.path.join(os.path.dirname(__file__), "../../Sources/Quality/Statistics/NIQEPristineModel.swift")
)
options = parser.parse_args()

import cv2  # noqa: E402
import numpy as np  # noqa: E402

cv2.setNumThreads(options.threads)
if options.style == "numpy":
    from scipy.ndimage import convolve
    from scipy.special import gamma
else:
    import torch
    import torch.nn.functional as F

    torch.set_num_threads(options.threads)
    torch.set_grad_enabled(False)

with open(options.model) as file:
    lists = re.findall(r"\[Double\] = \[(.*?)\]", file.read(), re.DOTALL)
pristine_mean, triangle = (np.array([float(number) for number in re.findall(r"[-.\de]+", text)]) for text in lists)
pristine_covariance = np.zeros((36, 36))
pristine_covariance[np.tril_indices(36)] = triangle
pristine_covariance += np.tril(pristine_covariance, -1).T
shapes = np.arange(0.2, 10.001, 0.001)


def gaussian(side, sigma):
    x = np.arange(side) - side // 2
    weights = np.exp(-(x**2) / (2 * sigma**2))
    return np.outer(weights, weights) / weights.sum() ** 2


def halving_matrix(count):
    taps = np.array([-3, -9, 29, 111, 111, 29, -9, -3]) / 256
    matrix = np.zeros((count // 2, count))
    for row in range(count // 2):
        for tap in range(8):
            place = 2 * row + tap - 3
            place = -1 - place if place < 0 else min(place, 2 * count - 1 - place)
            matrix[row, place] += taps[tap]
    return matrix


def distance(features):
    """From the features of blocks to NIQE."""
    mean = np.nanmean(features, axis=0)
    whole = features[~np.isnan(features).any(axis=1)]
    covariance = (pristine_covariance + np.cov(whole, rowvar=False)) / 2
    difference = pristine_mean - mean
    return float(np.sqrt(difference @ np.linalg.pinv(covariance) @ difference))


class NumPy:
    """As BasicSR works."""

    ssim_window = gaussian(11, 1.5)
    niqe_window = gaussian(7, 7 / 6)

    def __init__(self):
        self.ratios = gamma(2 / shapes) ** 2 / (gamma(1 / shapes) * gamma(3 / shapes))

    def brightness(self, image):
        # Blue comes first.
        return image.astype("float64") @ np.array([24.966, 128.553, 65.481]) / 255 + 16

    def psnr(self, image, reference):
        error = np.mean((self.brightness(image) - self.brightness(reference)) ** 2)
        return 10 * math.log10(255**2 / error)

    def ssim(self, image, reference):
        x, y = self.brightness(image), self.brightness(reference)

        def smooth(plane):
            return cv2.filter2D(plane, -1, self.ssim_window)[5:-5, 5:-5]

        c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
        mx, my = smooth(x), smooth(y)
        squares, product = mx**2 + my**2, mx * my
        variances = smooth(x**2) + smooth(y**2) - squares
        covariance = smooth(x * y) - product
        return float(
            np.mean((2 * product + c1) * (2 * covariance + c2) / ((squares + c1) * (variances + c2)))
        )

    def fit(self, block):
        below, above = block[block < 0], block[block > 0]
        left, right = np.sqrt(np.mean(below**2)), np.sqrt(np.mean(above**2))
        ratio = left / right
        r = np.mean(np.abs(block)) ** 2 / np.mean(block**2)
        r *= (ratio**3 + 1) * (ratio + 1) / (ratio**2 + 1) ** 2
        shape = shapes[np.argmin((self.ratios - r) ** 2)]
        scale = np.sqrt(gamma(1 / shape) / gamma(3 / shape))
        return shape, left * scale, right * scale

    def block_features(self, block):
        shape, left, right = self.fit(block)
        features = [shape, (left + right) / 2]
        for shift in ((0, 1), (1, 0), (1, 1), (1, -1)):
            shape, left, right = self.fit(block * np.roll(block, shift, axis=(0, 1)))
            features += [shape, (right - left) * gamma(2 / shape) / gamma(1 / shape), left, right]
        return features

    def niqe(self, image):
        plane = self.brightness(image).round()
        plane = plane[: plane.shape[0] // 96 * 96, : plane.shape[1] // 96 * 96].astype("float32")
        scales = []
        for side in (96, 48):
            mean = convolve(plane, self.niqe_window, mode="nearest")
            deviation = np.sqrt(np.abs(convolve(plane**2, self.niqe_window, mode="nearest") - mean**2))
            normal = (plane - mean) / (deviation + 1)
            rows, columns = normal.shape[0] // side, normal.shape[1] // side
            scales.append(
                [
                    self.block_features(normal[i * side : (i + 1) * side, j * side : (j + 1) * side])
                    for j in range(columns)
                    for i in range(rows)
                ]
            )
            if side == 96:
                height, width = plane.shape
                plane = (halving_matrix(height) @ plane @ halving_matrix(width).T).astype("float32")
        return distance(np.concatenate([np.array(scale, dtype="float64") for scale in scales], axis=1))


class Torch:
    """As pyiqa works."""

    def __init__(self):
        self.ssim_window = torch.from_numpy(gaussian(11, 1.5))[None, None]
        self.niqe_window = torch.from_numpy(gaussian(7, 7 / 6))[None, None]
        self.shapes = torch.from_numpy(shapes)
        self.ratios = torch.exp(2 * self.lgamma(2) - self.lgamma(1) - self.lgamma(3))

    def lgamma(self, factor):
        return torch.lgamma(factor / self.shapes)

    def brightness(self, image):
        x = torch.from_numpy(image).permute(2, 0, 1)[None].to(torch.float64)
        weights = torch.tensor([24.966, 128.553, 65.481], dtype=torch.float64) / 255
        return (x * weights[:, None, None]).sum(1, keepdim=True) + 16

    def psnr(self, image, reference):
        error = (self.brightness(image) - self.brightness(reference)).square().mean()
        return (10 * torch.log10(255**2 / error)).item()

    def ssim(self, image, reference):
        x, y = self.brightness(image), self.brightness(reference)

        def smooth(plane):
            return F.conv2d(plane, self.ssim_window)

        c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
        mx, my = smooth(x), smooth(y)
        squares, product = mx**2 + my**2, mx * my
        variances = smooth(x * x) + smooth(y * y) - squares
        covariance = smooth(x * y) - product
        structure = (2 * covariance + c2) / (variances + c2)
        return ((2 * product + c1) / (squares + c1) * structure).mean().item()

    def fit(self, blocks):
        below, above = blocks < 0, blocks > 0
        left = torch.sqrt((blocks * below).square().sum((1, 2)) / below.sum((1, 2)))
        right = torch.sqrt((blocks * above).square().sum((1, 2)) / above.sum((1, 2)))
        ratio = left / right
        r = blocks.abs().mean((1, 2)).square() / blocks.square().mean((1, 2))
        r = r * (ratio**3 + 1) * (ratio + 1) / (ratio**2 + 1).square()
        shape = self.shapes[(self.ratios[None] - r[:, None]).abs().argmin(1)]
        scale = torch.exp((torch.lgamma(1 / shape) - torch.lgamma(3 / shape)) / 2)
        return shape, left * scale, right * scale

    def features(self, blocks):
        shape, left, right = self.fit(blocks)
        features = [shape, (left + right) / 2]
        for shift in ((0, 1), (1, 0), (1, 1), (1, -1)):
            shape, left, right = self.fit(blocks * blocks.roll(shift, (1, 2)))
            mean = (right - left) * torch.exp(torch.lgamma(2 / shape) - torch.lgamma(1 / shape))
            features += [shape, mean, left, right]
        return torch.stack(features, 1)

    def niqe(self, image):
        plane = self.brightness(image).round()
        height, width = (side // 96 * 96 for side in plane.shape[2:])
        plane = plane[:, :, :height, :width]
        scales = []
        for side in (96, 48):
            padded = F.pad(plane, (3, 3, 3, 3), mode="replicate")
            mean = F.conv2d(padded, self.niqe_window)
            deviation = (F.conv2d(padded * padded, self.niqe_window) - mean * mean).abs().sqrt()
            normal = (plane - mean) / (deviation + 1)
            blocks = F.unfold(normal, side, stride=side)[0].T.reshape(-1, side, side)
            scales.append(self.features(blocks))
            if side == 96:
                rows, columns = (torch.from_numpy(halving_matrix(side)) for side in (height, width))
                plane = rows @ plane @ columns.T
        return distance(torch.cat(scales, 1).numpy())


def say(line):
    print(line, flush=True)


def main():
    names = sorted(os.listdir(options.images))
    paths = [(os.path.join(options.images, name), os.path.join(options.references, name)) for name in names]
    style = {"numpy": NumPy, "torch": Torch}[options.style]()

    def score(image, reference):
        return [style.psnr(image, reference), style.ssim(image, reference), style.niqe(image)]

    def decode(pair):
        return [cv2.imread(path, cv2.IMREAD_COLOR) for path in pair]

    if options.once:
        for name, pair in zip(names, paths):
            say(" ".join([name, *(f"{value:.4f}" for value in score(*decode(pair)))]))
        return
    pairs = [decode(pair) for pair in paths]
    if options.save:
        with open(options.save, "wb") as file:
            for pair in pairs:
                for picture in pair:
                    file.write(np.ascontiguousarray(picture[:, :, ::-1]).tobytes())
    scores = [score(*pair) for pair in pairs]
    sizes = [[pair[0].shape[1], pair[0].shape[0]] for pair in pairs]
    say(json.dumps({"names": names, "sizes": sizes, "scores": scores}))
    passes = {"decoded": [], "decoding": []}
    for order in sys.stdin:
        kind = order.strip()
        began, cpu_began = time.perf_counter(), time.process_time()
        for pair, path in zip(pairs, paths):
            score(*(decode(path) if kind == "decoding" else pair))
        passes[kind].append([time.perf_counter() - began, time.process_time() - cpu_began])
        say("done")
    say(json.dumps(passes))


main()
