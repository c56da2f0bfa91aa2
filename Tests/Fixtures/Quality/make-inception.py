"""Makes inception.safetensors: features of a picture by torchvision's Inception-v3 with the pools that FID's network has.

The weights are too many to be kept: both sides compute them from their keys by `values`. Made with torchvision 0.28.0 on
PyTorch 2.13.0.
"""

import math

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import save_file
from torchvision.models import inception, inception_v3


def values(key, shape):
    """Waves that no two keys share, as large as trained weights are."""
    count = math.prod(shape)
    phase = sum((place + 1) * byte for place, byte in enumerate(key.encode())) % 1009
    wave = torch.sin(torch.arange(count, dtype=torch.float64) * (1 + phase / 1009) + phase).reshape(shape)
    if key.endswith("conv.weight"):
        wave = wave * math.sqrt(4 / (count / shape[0]))
    elif key.endswith("running_var") or key.endswith("bn.weight"):
        wave = 1 + wave / 4
    else:
        wave = wave / 4
    return wave.to(torch.float32)


def mean_pool(x, kernel_size, stride, padding):
    return pooled(x, kernel_size, stride, padding, count_include_pad=False)


network = inception_v3(weights=None, aux_logits=False, init_weights=False, transform_input=False).eval()
network.load_state_dict(
    {
        key: value if key.startswith("fc.") or key.endswith("num_batches_tracked") else values(key, value.shape)
        for key, value in network.state_dict().items()
    }
)
# FID's network differs in its pools alone: borders do not count, and the last block takes the largest.
pooled = F.avg_pool2d
inception.F.avg_pool2d = mean_pool
last = network.Mixed_7c.forward


def largest(x):
    inception.F.avg_pool2d = lambda x, kernel_size, stride, padding: F.max_pool2d(x, kernel_size, stride, padding)
    try:
        return last(x)
    finally:
        inception.F.avg_pool2d = mean_pool


network.Mixed_7c.forward = largest
network.fc = torch.nn.Identity()
network.dropout = torch.nn.Identity()

generator = np.random.default_rng(3)
rows, columns = np.mgrid[:48, :70]
picture = np.stack([128 + 90 * np.sin(rows / (3 + c) + columns / (5 - c)) for c in range(3)], 2)
picture = np.clip(picture + generator.normal(0, 12, picture.shape), 0, 255).round().astype("uint8")
# "Clean" FID: Pillow's bicubic, channel by channel in float, cut to levels.
planes = [
    np.asarray(Image.fromarray(picture[:, :, c].astype("float32")).resize((299, 299), Image.Resampling.BICUBIC))
    for c in range(3)
]
x = torch.from_numpy(np.stack(planes))[None].clamp(0, 255)
with torch.no_grad():
    features = network((x - 128) / 128)
print(features.shape, features.mean(), features.std(), features.abs().max(), (features == 0).float().mean())
save_file(
    {"in/image": torch.from_numpy(picture).permute(2, 0, 1)[None].contiguous(), "out/features": features},
    __file__.replace("make-inception.py", "inception.safetensors"),
)
