#!/usr/bin/env python3
"""Makes the fixtures of U-Nets and ControlNets: what diffusers answers for tiny networks of the published kinds.

Run it beside the files, with the PyTorch version that Burnish is pinned to:

    pip install torch==2.13.0 diffusers==0.42.1 numpy safetensors
    python make-priors.py            # writes *.safetensors
    python make-priors.py layouts    # prints the layouts of the published sizes, for LayoutTests.swift

Each file holds weights under `w/<key of the published checkpoint>`, inputs under `in/` and answers under `out/`; its
metadata holds `config` in the published form. No layer is left at its published zero initialisation: a layer that is
skipped shows. Latents have odd sides, so that the way up has to meet the sizes of the skips. Goldens are never made
anew to turn a red test green.
"""

import json
import math
import pathlib
import sys

import diffusers
import torch
from diffusers import ControlNetModel, UNet2DConditionModel
from safetensors.torch import save_file

SEED = 20251
torch.set_num_threads(1)
generator = torch.Generator().manual_seed(SEED)

SD2 = {
    "attention_head_dim": [1, 2, 2, 4], "block_out_channels": [4, 8, 8, 12], "cross_attention_dim": 6,
    "down_block_types": ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
    "in_channels": 4, "layers_per_block": 1, "norm_num_groups": 2, "use_linear_projection": True,
}
SD2_UP = ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"]
SDXL = {
    "attention_head_dim": [1, 2, 2], "block_out_channels": [4, 8, 8], "cross_attention_dim": 6,
    "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
    "up_block_types": ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"], "in_channels": 4, "out_channels": 4,
    "layers_per_block": 2, "norm_num_groups": 2, "use_linear_projection": True, "transformer_layers_per_block": [1, 2, 3],
    "addition_embed_type": "text_time", "addition_time_embed_dim": 4, "projection_class_embeddings_input_dim": 29,
}


def normal(*shape):
    return torch.randn(shape, generator=generator)


def filled(network):
    with torch.no_grad():
        for name, p in network.named_parameters():
            if "norm" in name:
                p.copy_((1.0 if name.endswith("weight") else 0.0) + 0.2 * normal(*p.shape))
            elif p.ndim > 1:
                p.copy_(normal(*p.shape) / math.sqrt(p[0].numel()))
            else:
                p.copy_(0.1 * normal(*p.shape))
    return network.eval()


def save(name, network, config, inputs, outputs):
    tensors = {f"w/{k}": v for k, v in network.state_dict().items()}
    tensors |= {f"in/{k}": v for k, v in inputs.items()} | {f"out/{k}": v for k, v in outputs.items()}
    tensors = {k: v.detach().clone().contiguous() for k, v in tensors.items()}
    metadata = {
        "config": json.dumps(config), "torch": torch.__version__, "diffusers": diffusers.__version__, "seed": str(SEED),
        "dtype": "float32",
    }
    path = pathlib.Path(__file__).with_name(name + ".safetensors")
    save_file(tensors, path, metadata=metadata)
    print(path.name, path.stat().st_size, {k: list(v.shape) for k, v in outputs.items()})


def listed(prefix, tensors):
    return {f"{prefix}.{i}": t for i, t in enumerate(tensors)}


@torch.no_grad()
def make_sd2():
    config = SD2 | {"out_channels": 4, "up_block_types": SD2_UP}
    unet = filled(UNet2DConditionModel(**config))
    sample, tokens, times = normal(2, 4, 13, 9), normal(2, 5, 6), torch.tensor([999.0, 41.0])
    # The sizes of the skips of a latent of 13x9.
    sizes = [(4, 13, 9), (4, 13, 9), (4, 7, 5), (8, 7, 5), (8, 4, 3), (8, 4, 3), (8, 2, 2), (12, 2, 2)]
    down, middle = [normal(2, *s) for s in sizes], normal(2, 12, 2, 2)
    plain = unet(sample, times, tokens, return_dict=False)[0]
    steered = unet(
        sample, times, tokens, down_block_additional_residuals=down, mid_block_additional_residual=middle,
        return_dict=False)[0]
    inputs = {"sample": sample, "timestep": times, "encoder_hidden_states": tokens, "middle": middle}
    save("unet-sd2", unet, config, inputs | listed("down", down), {"sample": plain, "steered": steered})


@torch.no_grad()
def make_sdxl():
    unet = filled(UNet2DConditionModel(**SDXL))
    sample, tokens, times = normal(2, 4, 7, 10), normal(2, 5, 6), torch.tensor([3.0, 800.0])
    added = {"text_embeds": normal(2, 5), "time_ids": torch.tensor([[64.0, 48, 0, 8, 64, 48], [1024, 768, 5, 0, 1000, 700]])}
    answer = unet(sample, times, tokens, added_cond_kwargs=added, return_dict=False)[0]
    inputs = {"sample": sample, "timestep": times, "encoder_hidden_states": tokens} | added
    save("unet-sdxl", unet, SDXL, inputs, {"sample": answer})


@torch.no_grad()
def make_controlnet():
    config = SD2 | {"conditioning_embedding_out_channels": [2, 3, 4, 5]}
    network = filled(ControlNetModel(**config))
    sample, tokens, times = normal(2, 4, 7, 5), normal(2, 5, 6), torch.tensor([500.0, 7.0])
    picture = torch.rand((2, 3, 56, 40), generator=generator)
    outputs = {}
    for name, options in {
        "plain": {}, "scaled": {"conditioning_scale": 0.6}, "guessed": {"conditioning_scale": 1.5, "guess_mode": True},
    }.items():
        down, middle = network(sample, times, tokens, picture, return_dict=False, **options)
        outputs |= listed(f"{name}.down", down) | {f"{name}.middle": middle}
    inputs = {"sample": sample, "timestep": times, "encoder_hidden_states": tokens, "controlnet_cond": picture}
    save("controlnet", network, config, inputs, outputs)


def print_layouts():
    """Tensors, numbers and a digest (FNV-1a, 64 bits, over sorted lines `key 1,2,3`) of the published sizes."""
    base = {"cross_attention_dim": 1024, "attention_head_dim": [5, 10, 20, 20], "use_linear_projection": True}
    sdxl = SDXL | {
        "block_out_channels": [320, 640, 1280], "cross_attention_dim": 2048, "attention_head_dim": [5, 10, 20],
        "transformer_layers_per_block": [1, 2, 10], "norm_num_groups": 32, "addition_time_embed_dim": 256,
        "projection_class_embeddings_input_dim": 2816,
    }
    sizes = {"block_out_channels": [320, 640, 1280, 1280]}
    makers = {
        "SD 2.1": lambda: UNet2DConditionModel(**base, **sizes), "SDXL": lambda: UNet2DConditionModel(**sdxl),
        "ControlNet of SD 2.1": lambda: ControlNetModel(**base, **sizes),
    }
    for name, make in makers.items():
        with torch.device("meta"):
            state = make().state_dict()
        digest = 0xCBF29CE484222325
        for line in sorted(f"{key} {','.join(map(str, value.shape))}\n" for key, value in state.items()):
            for byte in line.encode():
                digest = (digest ^ byte) * 0x100000001B3 % 2**64
        print(f"{name}: {len(state)} tensors, {sum(v.numel() for v in state.values())} numbers, digest {digest:#018x}")


if sys.argv[1:] == ["layouts"]:
    print_layouts()
else:
    make_sd2()
    make_sdxl()
    make_controlnet()
