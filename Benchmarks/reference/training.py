"""Training steps in PyTorch, as its users write them: what `benchmark train` compares with.

    training.py FOLDER [--dtype bf16] [--threads 2] [--repeats 7] [--layout default|channels_last] [--rate 1e-4]

The folder holds config.json, first weights and a batch. Weights, optimiser and averages are float32; autocast computes in bf16.
"""

import argparse
import json
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("folder")
parser.add_argument("--dtype", choices=["bf16", "fp32"], default="bf16")
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--repeats", type=int, default=7)
parser.add_argument("--layout", choices=["default", "channels_last"], default="default")
parser.add_argument("--rate", type=float, default=1e-4)
options = parser.parse_args()

import torch  # noqa: E402
from diffusers import UNet2DConditionModel  # noqa: E402
from safetensors.torch import load_file  # noqa: E402

from memory import peak_bytes  # noqa: E402

WARM_UP = 2

torch.set_num_threads(options.threads)
model = UNet2DConditionModel.from_config(json.load(open(options.folder + "/config.json")))
model.load_state_dict(load_file(options.folder + "/diffusion_pytorch_model.safetensors"))
layout = torch.channels_last if options.layout == "channels_last" else torch.contiguous_format
model.train().to(memory_format=layout)
batch = load_file(options.folder + "/batch.safetensors")
noisy, noise = (batch[name].contiguous(memory_format=layout) for name in ("noisy", "noise"))
# A network without attention is told nothing by its context.
parameters = list(model.parameters())
averages = [parameter.detach().clone() for parameter in parameters]
optimiser = torch.optim.AdamW(parameters, lr=options.rate, betas=(0.9, 0.99), weight_decay=1e-4, fused=True)


def step(number):
    with torch.autocast("cpu", torch.bfloat16, enabled=options.dtype == "bf16"):
        answer = model(noisy, batch["timestep"], batch["context"], return_dict=False)[0]
    loss = torch.nn.functional.mse_loss(answer.float(), noise)
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(parameters, 1.0)
    optimiser.step()
    with torch.no_grad():
        decay = min(0.999, (1 + number) / (10 + number))
        torch._foreach_lerp_(averages, [parameter.detach() for parameter in parameters], 1 - decay)
    return loss.item()


losses = [step(number) for number in range(WARM_UP)]
print("ready", flush=True)
seconds, cpu_seconds = [], []
for number in range(options.repeats):
    if not sys.stdin.readline():
        break
    wall, cpu = time.monotonic(), time.process_time()
    losses.append(step(WARM_UP + number))
    seconds.append(time.monotonic() - wall)
    cpu_seconds.append(time.process_time() - cpu)
    print("done", flush=True)
sys.stdin.read()
print(json.dumps({"seconds": seconds, "cpu_seconds": cpu_seconds, "losses": losses, "peak_bytes": peak_bytes()}))
