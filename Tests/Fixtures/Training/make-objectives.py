#!/usr/bin/env python3
"""Makes objectives.safetensors: what PyTorch answers for losses that training-wide parts share.

    pip install torch==2.13.0 numpy safetensors
    python make-objectives.py

    flow    clean, noise and a guess at four times: what the network sees, its target, loss and gradient of the guess
    hinge   scores of real and made pictures: both losses and their gradients
"""

import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

torch.set_num_threads(1)
generator = torch.Generator().manual_seed(77)
tensors = {}


def normal(*shape):
    return torch.randn(shape, generator=generator)


def keep(name, tensor):
    tensors[name] = tensor.detach().clone().contiguous()


clean, noise = normal(4, 3, 5, 6), normal(4, 3, 5, 6)
guess = normal(4, 3, 5, 6).requires_grad_()
times = torch.tensor([0.05, 0.4, 0.75, 0.99])
t = times.view(4, 1, 1, 1)
target = noise - clean
loss = F.mse_loss(guess, target)
loss.backward()
for name, tensor in [("clean", clean), ("noise", noise), ("guess", guess), ("times", times),
                     ("noisy", (1 - t) * clean + t * noise), ("target", target), ("loss", loss), ("gradient", guess.grad)]:
    keep("flow/" + name, tensor)

real, made = (1.5 * normal(3, 7)).requires_grad_(), (1.5 * normal(3, 7)).requires_grad_()
paid = F.relu(1 - real).mean() + F.relu(1 + made).mean()
paid.backward()
for name, tensor in [("real", real), ("made", made), ("discriminator", paid), ("real_gradient", real.grad), ("made_gradient", made.grad)]:
    keep("hinge/" + name, tensor)
made.grad = None
paid = -made.mean()
paid.backward()
keep("hinge/generator", paid)
keep("hinge/generator_gradient", made.grad)

save_file(tensors, pathlib.Path(__file__).with_name("objectives.safetensors"), metadata={"torch": torch.__version__})
