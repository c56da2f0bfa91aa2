"""Writes resizes.safetensors: what Pillow and OpenCV answer to a small picture.

    python make-resizes.py     (Pillow 13.0.0, OpenCV 5.0.0, numpy, safetensors)

in/img is 8-bit, H W 3. out/pil_WxH is Pillow's bicubic (8-bit); out/area_WxH is OpenCV's INTER_AREA of the picture in 0 … 1.
"""

from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from safetensors.numpy import save_file

rng = np.random.default_rng(3)
y, x = np.mgrid[0:37, 0:45]
waves = np.stack([np.sin(x * 0.5), np.cos(y * 0.4), np.sin((x + y) * 0.9)], axis=2)
picture = np.clip(128 + 90 * waves + rng.normal(0, 30, waves.shape), 0, 255).astype("uint8")
tensors = {"in/img": picture}
for width, height in [(45, 20), (11, 9), (90, 74), (180, 37), (1, 1), (46, 38)]:
    small = Image.fromarray(picture).resize((width, height), Image.BICUBIC)
    tensors[f"out/pil_{width}x{height}"] = np.asarray(small)
for width, height in [(15, 12), (11, 9), (44, 36), (22, 37), (1, 1)]:
    small = cv2.resize(picture.astype("float32") / 255, (width, height), interpolation=cv2.INTER_AREA)
    tensors[f"out/area_{width}x{height}"] = np.ascontiguousarray(small)
save_file(tensors, Path(__file__).with_name("resizes.safetensors"))
