#!/usr/bin/env python3
"""Makes distillation.safetensors: what PyTorch answers for the parts of AddSR's training loss.

    pip install torch==2.13.0 numpy safetensors
    python make-distillation.py

    weight/FORM    weights of the student's four times, judged after one pass and after two, in both published accounts
    loss/FORM      four answers, a row each, the first after one pass and the others after two: distillation with c(t) of Stable
                   Diffusion's schedule, plus 0.02 of the hinge loss of two heads' scores; value and gradients
    spectral       a weight divided by its largest singular value after eight rounds of power iteration, and a gradient
    head           a discriminator of two heads: parameters, maps, condition, scores, hinge losses and gradients
"""

import math
import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

torch.set_num_threads(1)
generator = torch.Generator().manual_seed(78)
tensors = {}


def normal(*shape):
    return torch.randn(shape, generator=generator)


def keep(name, tensor):
    tensors[name] = tensor.detach().clone().contiguous()


# Weights: 0.5 · 2.1^(k - 1), where k counts the judged pass (paper) or the first of two (release; the last k after one).
times = [999, 749, 499, 249]


def weight(form, time, passes):
    if form == "paper":
        k = times.index(time) + 1
    elif passes == 2:
        k = times.index(time)
    else:
        k = 4
    return 0.5 * 2.1 ** (k - 1)


betas = torch.linspace(0.00085**0.5, 0.012**0.5, 1000, dtype=torch.float32) ** 2
alphas = torch.cumprod((1 - betas).double(), 0)
rows = [(999, 1), (749, 2), (499, 2), (249, 2)]
renoised = [3, 250, 700, 980]
made, target = normal(4, 3, 5, 6).requires_grad_(), normal(4, 3, 5, 6)
scores = [normal(4, 6, 6).requires_grad_(), normal(4, 3, 3).requires_grad_()]
keep("loss/made", made)
keep("loss/target", target)
keep("loss/times", torch.tensor(renoised))
for index, score in enumerate(scores):
    keep(f"loss/scores.{index}", score)
for form in ["paper", "release"]:
    keep(f"weight/{form}/one", torch.tensor([weight(form, time, 1) for time in times], dtype=torch.float64))
    keep(f"weight/{form}/two", torch.tensor([weight(form, time, 2) for time in times[1:]], dtype=torch.float64))
    gamma = torch.tensor([weight(form, time, passes) * math.sqrt(alphas[t]) for (time, passes), t in zip(rows, renoised)])
    distillation = (gamma * ((made - target) ** 2).flatten(1).mean(1)).mean()
    adversarial = sum(-score.mean() for score in scores) / len(scores)
    total = distillation + 0.02 * adversarial
    gradients = torch.autograd.grad(total, [made, *scores])
    for name, tensor in [("distillation", distillation), ("total", total), ("made_gradient", gradients[0]),
                         ("scores_gradient.0", gradients[1]), ("scores_gradient.1", gradients[2])]:
        keep(f"loss/{form}/{name}", tensor)


def spectral(weight):
    matrix = weight.reshape(weight.shape[0], -1)
    with torch.no_grad():
        u = torch.ones(matrix.shape[0])
        for _ in range(8):
            v = F.normalize(matrix.t() @ u, dim=0)
            u = F.normalize(matrix @ v, dim=0)
    return weight / (u @ matrix @ v)


w, along = normal(6, 4, 3, 3).requires_grad_(), normal(6, 4, 3, 3)
normalised = spectral(w)
(gradient,) = torch.autograd.grad((normalised * along).sum(), w)
for name, tensor in [("weight", w), ("along", along), ("normalised", normalised), ("gradient", gradient)]:
    keep("spectral/" + name, tensor)

# Two heads of width 8 with a projection of 5, over maps of 6 and 10 channels and a condition of 7.
width, projection, known = 8, 5, 7
parameters = {}
for index, channels in enumerate([6, 10]):
    shapes = {
        "inner.weight": (width, channels, 1, 1), "inner.bias": (width,), "outer.weight": (width, width, 3, 3),
        "outer.bias": (width,), "features.weight": (projection, width, 1, 1), "features.bias": (projection,),
        "condition.weight": (projection, known), "condition.bias": (projection,)}
    for block in ["inner", "outer"]:
        parameters[f"heads.{index}.{block}.norm.weight"] = 1 + 0.2 * normal(width)
        parameters[f"heads.{index}.{block}.norm.bias"] = 0.2 * normal(width)
    for name, shape in shapes.items():
        parameters[f"heads.{index}.{name}"] = 0.4 * normal(*shape)
parameters = {name: tensor.requires_grad_() for name, tensor in sorted(parameters.items())}


def block(x, name, padding):
    p = {part: parameters[f"{name}.{part}"] for part in ["weight", "bias", "norm.weight", "norm.bias"]}
    y = F.conv2d(x, spectral(p["weight"]), p["bias"], padding=padding)
    return F.leaky_relu(F.group_norm(y, 4, p["norm.weight"], p["norm.bias"], 1e-5), 0.2)


def judge(maps, condition):
    answers = []
    for index, x in enumerate(maps):
        name = f"heads.{index}"
        once = block(x, name + ".inner", 0)
        twice = (once + block(once, name + ".outer", 1)) / math.sqrt(2)
        features = F.conv2d(twice, parameters[name + ".features.weight"], parameters[name + ".features.bias"])
        asked = F.linear(condition, parameters[name + ".condition.weight"], parameters[name + ".condition.bias"])
        answers.append(torch.einsum("bkhw,bk->bhw", features, asked) / math.sqrt(projection))
    return answers


condition = normal(2, known)
real = [normal(2, 6, 6, 5), normal(2, 10, 3, 3)]
fake = [normal(2, 6, 6, 5).requires_grad_(), normal(2, 10, 3, 3).requires_grad_()]
keep("head/condition", condition)
for name, tensor in parameters.items():
    keep("head/w/" + name, tensor)
for index in range(2):
    keep(f"head/real.{index}", real[index])
    keep(f"head/made.{index}", fake[index])
    keep(f"head/scores.{index}", judge(real, condition)[index])
paid = sum(
    F.relu(1 - r).mean() + F.relu(1 + m).mean()
    for r, m in zip(judge(real, condition), judge([m.detach() for m in fake], condition))) / 2
keep("head/discriminator", paid)
for name, gradient in zip(parameters, torch.autograd.grad(paid, list(parameters.values()))):
    keep("head/g/" + name, gradient)
earned = sum(-m.mean() for m in judge(fake, condition)) / 2
keep("head/generator", earned)
for index, gradient in enumerate(torch.autograd.grad(earned, fake)):
    keep(f"head/made_gradient.{index}", gradient)

save_file(tensors, pathlib.Path(__file__).with_name("distillation.safetensors"), metadata={"torch": torch.__version__})
