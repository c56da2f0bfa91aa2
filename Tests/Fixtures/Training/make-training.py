#!/usr/bin/env python3
"""Makes training.safetensors: what PyTorch and diffusers answer for every part of a starter's training step.

Run it beside the file, with the PyTorch version that Burnish is pinned to:

    pip install torch==2.13.0 diffusers==0.42.1 numpy safetensors
    python make-training.py

Parts, by the first word of a key:

    adamw    three parameters, the gradients of five steps, and after each step parameters and both means
    clip     gradients, their common length, and the gradients cut to two limits
    rate     a learning rate's whole course: LinearLR, then CosineAnnealingLR
    average  a moving average with a short memory early on, in double precision
    target   clean, noise, noisy and the noise's mean squared error against a guess: epsilon prediction with DDPMScheduler
    starter  a tiny starter (diffusers' U-Net and ControlNet around the pixel codec): weights, a batch, and for single
             steps the loss and every gradient; then three whole steps of training with losses, weights and averages

Random numbers of the starter's objective come from a CPU generator with a given seed, which gives the same draws in
every binding of PyTorch. Goldens are never made anew to turn a red test green.
"""

import json
import math
import pathlib

import diffusers
import torch
import torch.nn.functional as F
from diffusers import ControlNetModel, DDPMScheduler, UNet2DConditionModel
from safetensors.torch import save_file

SEED = 20250
torch.set_num_threads(1)
generator = torch.Generator().manual_seed(SEED)
tensors = {}
metadata = {"torch": torch.__version__, "diffusers": diffusers.__version__, "seed": str(SEED), "dtype": "float32"}


def normal(*shape):
    return torch.randn(shape, generator=generator)


def keep(name, tensor):
    tensors[name] = tensor.detach().clone().contiguous()


# ---- AdamW ----------------------------------------------------------------------------------------------------

ADAMW = {"lr": [1e-2, 1e-2, 5e-3, 1e-3, 2e-2], "betas": [0.9, 0.99], "eps": 1e-8, "weight_decay": 0.05}
parameters = [torch.nn.Parameter(normal(4, 3, 3, 3)), torch.nn.Parameter(normal(5)), torch.nn.Parameter(normal(3, 4))]
optimiser = torch.optim.AdamW(
    parameters, betas=tuple(ADAMW["betas"]), eps=ADAMW["eps"], weight_decay=ADAMW["weight_decay"], foreach=False, fused=False)
for i, p in enumerate(parameters):
    keep(f"adamw/start.{i}", p)
for step, rate in enumerate(ADAMW["lr"]):
    for group in optimiser.param_groups:
        group["lr"] = rate
    for i, p in enumerate(parameters):
        # From large to tiny: the bias correction and epsilon both show.
        p.grad = normal(*p.shape) * 10.0 ** (-2 * step)
        keep(f"adamw/gradient.{step}.{i}", p.grad)
    optimiser.step()
    for i, p in enumerate(parameters):
        keep(f"adamw/after.{step}.{i}", p)
        keep(f"adamw/mean.{step}.{i}", optimiser.state[p]["exp_avg"])
        keep(f"adamw/square.{step}.{i}", optimiser.state[p]["exp_avg_sq"])
metadata["adamw"] = json.dumps(ADAMW)

# ---- Clipping -------------------------------------------------------------------------------------------------

shapes = [(4, 3, 3, 3), (7,), ()]
gradients = [normal(*s) for s in shapes]
for i, g in enumerate(gradients):
    keep(f"clip/gradient.{i}", g)
for limit in (0.5, 100.0):
    leaves = [torch.nn.Parameter(torch.zeros_like(g)) for g in gradients]
    for leaf, g in zip(leaves, gradients):
        leaf.grad = g.clone()
    length = torch.nn.utils.clip_grad_norm_(leaves, limit)
    for i, leaf in enumerate(leaves):
        keep(f"clip/{limit}/clipped.{i}", leaf.grad)
keep("clip/length", length)

# ---- Learning rate --------------------------------------------------------------------------------------------

PEAK, WARMUP, STEPS = 4e-4, 5, 40
leaf = torch.nn.Parameter(torch.zeros(1))
sgd = torch.optim.SGD([leaf], lr=PEAK)
course = torch.optim.lr_scheduler.SequentialLR(
    sgd,
    [
        torch.optim.lr_scheduler.LinearLR(sgd, start_factor=1 / WARMUP, total_iters=WARMUP - 1),
        torch.optim.lr_scheduler.CosineAnnealingLR(sgd, T_max=STEPS - WARMUP, eta_min=0.01 * PEAK),
    ],
    milestones=[WARMUP],
)
rates = []
for _ in range(STEPS + 1):
    rates.append(sgd.param_groups[0]["lr"])
    sgd.step()
    course.step()
tensors["rate/values"] = torch.tensor(rates, dtype=torch.float64)
metadata["rate"] = json.dumps({"peak": PEAK, "warmup": WARMUP, "steps": STEPS})

# ---- Moving average -------------------------------------------------------------------------------------------

DECAY = 0.9
value = normal(6)
keep("average/start", value)
mean = value.double()
for step in range(1, 121):
    value = value + 0.1 * normal(6)
    now = min(DECAY, (1 + step) / (10 + step))
    mean = now * mean + (1 - now) * value.double()
    keep(f"average/value.{step}", value)
    if step in (1, 2, 10, 80, 81, 120):
        keep(f"average/after.{step}", mean)
metadata["average"] = json.dumps({"decay": DECAY})

# ---- Epsilon target -------------------------------------------------------------------------------------------

scheduler = DDPMScheduler(beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012)
clean, noise, guess = normal(3, 4, 5, 6), normal(3, 4, 5, 6), normal(3, 4, 5, 6)
times = torch.tensor([999, 499, 20])
noisy = scheduler.add_noise(clean, noise, times)
guess.requires_grad_(True)
loss = F.mse_loss(guess, noise)
for name, tensor in {
    "clean": clean, "noise": noise, "noisy": noisy, "guess": guess, "loss": loss,
    "velocity": scheduler.get_velocity(clean, noise, times), "alphas": scheduler.alphas_cumprod[times],
    "loss_gradient": torch.autograd.grad(loss, guess)[0],
}.items():
    keep(f"target/{name}", tensor)
guess_l1 = guess.detach().clone().requires_grad_(True)
loss = F.l1_loss(guess_l1, noise)
keep("target/absolute_loss", loss)
keep("target/absolute_loss_gradient", torch.autograd.grad(loss, guess_l1)[0])

# ---- The starter ----------------------------------------------------------------------------------------------

UNSHUFFLE, SCALE = 2, 4
CHANNELS = 3 * UNSHUFFLE * UNSHUFFLE
TIMES = [999, 749, 499, 249]
SIZES = {
    "in_channels": CHANNELS, "block_out_channels": [4, 8], "down_block_types": ["DownBlock2D", "DownBlock2D"],
    "mid_block_type": "UNetMidBlock2D", "layers_per_block": 1, "norm_num_groups": 2,
}


class UnshuffleEncoder(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv_in = torch.nn.Conv2d(CHANNELS, SIZES["block_out_channels"][0], 3, padding=1)

    def forward(self, picture):
        return self.conv_in(encode(picture))


def encode(picture):
    return F.pixel_unshuffle(picture * 2 - 1, UNSHUFFLE)


def decode(latent):
    return (F.pixel_shuffle(latent, UNSHUFFLE) + 1) * 0.5


unet = UNet2DConditionModel(out_channels=CHANNELS, up_block_types=["UpBlock2D", "UpBlock2D"], **SIZES)
controlnet = ControlNetModel(**SIZES)
controlnet.controlnet_cond_embedding = UnshuffleEncoder()
networks = torch.nn.ModuleDict({"unet": unet, "controlnet": controlnet})
with torch.no_grad():
    for name, p in networks.named_parameters():
        if "norm" in name:
            p.copy_((1.0 if name.endswith("weight") else 0.0) + 0.2 * normal(*p.shape))
        elif p.ndim > 1:
            p.copy_(normal(*p.shape) * 0.7 / math.sqrt(p[0].numel()))
        else:
            p.copy_(0.1 * normal(*p.shape))
alphas = scheduler.alphas_cumprod.double()
LEVELS = [(float(alphas[t].sqrt()), float((1 - alphas[t]).sqrt())) for t in TIMES]


def predict(noisy, rows, condition, base):
    # The networks see the latent times its signal.
    signal, _, times = levels_of(rows)
    noisy = noisy * signal
    down, middle = controlnet(noisy, times, None, condition, return_dict=False)
    return base + unet(
        noisy, times, None, down_block_additional_residuals=down, mid_block_additional_residual=middle, return_dict=False)[0]


def levels_of(rows):
    signal = torch.tensor([LEVELS[r][0] for r in rows]).view(-1, 1, 1, 1)
    sigma = torch.tensor([LEVELS[r][1] for r in rows]).view(-1, 1, 1, 1)
    return signal, sigma, torch.tensor([float(TIMES[r]) for r in rows])


def objective(high, low, seed, first, refined):
    g = torch.Generator().manual_seed(seed)
    rows = high.shape[0]
    enlarged = F.interpolate(low, size=high.shape[2:], mode="bicubic", antialias=True, align_corners=False)
    clean, base = encode(high), encode(enlarged)
    noise = torch.randn(clean.shape, generator=g)
    draws = torch.rand(rows + 2, generator=g).double().tolist()
    later = len(TIMES) - 1
    chosen = [0 if d < first else 1 + min(int((d - first) / (1 - first) * later), later - 1) for d in draws[:rows]]
    condition = enlarged
    if draws[rows] < refined and max(chosen) > 0:
        with torch.no_grad():
            signal, sigma, _ = levels_of([0] * rows)
            guess = decode(predict(base * signal + noise * sigma, [0] * rows, enlarged, base)).clamp(0, 1)
        weight = torch.tensor([draws[rows + 1] if c > 0 else 0.0 for c in chosen]).view(-1, 1, 1, 1)
        condition = enlarged + weight * (guess - enlarged)
    origin = torch.where(torch.tensor(chosen).view(-1, 1, 1, 1) == 0, base, clean)
    signal, sigma, _ = levels_of(chosen)
    return F.l1_loss(predict(origin * signal + noise * sigma, chosen, condition, base), clean), chosen


low = torch.rand((4, 3, 8, 6), generator=generator)
high = (F.interpolate(low, scale_factor=SCALE, mode="bilinear") + 0.1 * normal(4, 3, 32, 24)).clamp(0, 1)
keep("starter/high", high)
keep("starter/low", low)
for name, p in networks.named_parameters():
    keep(f"starter/weights/{name}", p)

# A plain step, one with refinement, one with every row at the first time, one with none there.
CASES = [
    {"name": "plain", "seed": 5, "first": 0.5, "refined": 0.0},
    {"name": "refined", "seed": 5, "first": 0.5, "refined": 1.0},
    {"name": "first", "seed": 7, "first": 1.0, "refined": 1.0},
    {"name": "later", "seed": 8, "first": 0.0, "refined": 0.0},
]
for case in CASES:
    loss, case["times"] = objective(high, low, case["seed"], case["first"], case["refined"])
    case["loss"] = loss.item()
    found = torch.autograd.grad(loss, list(networks.parameters()))
    for (name, _), gradient in zip(networks.named_parameters(), found):
        keep(f"starter/{case['name']}/{name}", gradient)
metadata["starter.cases"] = json.dumps(CASES)
metadata["starter.levels"] = json.dumps([[t, *level] for t, level in zip(TIMES, LEVELS)])
metadata["starter.sizes"] = json.dumps(SIZES | {"out_channels": CHANNELS, "up_block_types": ["UpBlock2D", "UpBlock2D"]})

RUN = {"seed": 3, "steps": 3, "rate": 1e-3, "warmup": 2, "weight_decay": 0.1, "clip": 0.05, "average": 0.5,
       "first": 0.6, "refined": 0.7}
optimiser = torch.optim.AdamW(networks.parameters(), betas=(0.9, 0.99), eps=1e-8, weight_decay=RUN["weight_decay"])
averages = {name: p.detach().clone() for name, p in networks.named_parameters()}
losses = []
for step in range(RUN["steps"]):
    rate = RUN["rate"] * (step + 1) / RUN["warmup"]
    if step >= RUN["warmup"]:
        progress = (step - RUN["warmup"]) / (RUN["steps"] - RUN["warmup"])
        rate = RUN["rate"] * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * progress)))
    for group in optimiser.param_groups:
        group["lr"] = rate
    seed = (RUN["seed"] * 0x9E3779B97F4A7C15 + step) % 2**64
    loss, _ = objective(high, low, seed, RUN["first"], RUN["refined"])
    optimiser.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(networks.parameters(), RUN["clip"])
    optimiser.step()
    losses.append(loss.item())
    decay = min(RUN["average"], (2 + step) / (11 + step))
    with torch.no_grad():
        for name, p in networks.named_parameters():
            averages[name].lerp_(p, 1 - decay)
for name, p in networks.named_parameters():
    keep(f"starter/run/weights/{name}", p)
    keep(f"starter/run/average/{name}", averages[name])
metadata["starter.run"] = json.dumps(RUN | {"losses": losses})

save_file(tensors, pathlib.Path(__file__).with_name("training.safetensors"), metadata=metadata)
print(len(tensors), "tensors;", [(c["name"], c["times"], round(c["loss"], 5)) for c in CASES], losses)
