"""Whole restorations with the reference libraries, from the same model folder: what `benchmark systems` compares with.

    systems.py addsr|seesr --models DIR --picture FILE --output FILE [--steps N] [--threads 2]

The networks are diffusers' and transformers' own. SeeSR's second transformers stand behind each text transformer in one
module; the tagger is a Swin of the same size without its tag decoder, and stands for the same work.
"""

import argparse
import json
import os

parser = argparse.ArgumentParser()
parser.add_argument("system", choices=["addsr", "seesr"])
parser.add_argument("--models", required=True)
parser.add_argument("--picture", required=True)
parser.add_argument("--output", required=True)
parser.add_argument("--steps", type=int)
parser.add_argument("--threads", type=int, default=2)
options = parser.parse_args()

import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402
from diffusers import AutoencoderKL, ControlNetModel, DDPMScheduler, UNet2DConditionModel  # noqa: E402
from diffusers.models.transformers.transformer_2d import Transformer2DModel  # noqa: E402
from PIL import Image  # noqa: E402
from safetensors.torch import load_file  # noqa: E402
from transformers import CLIPTextConfig, CLIPTextModel, SwinConfig, SwinModel  # noqa: E402

torch.set_num_threads(options.threads)
dtype = torch.bfloat16


class WithImage(torch.nn.Module):
    """A text transformer and the image transformer behind it."""

    def __init__(self, text, width, heads):
        super().__init__()
        self.text = text
        self.image = Transformer2DModel(
            heads, width // heads, width, cross_attention_dim=512, use_linear_projection=True, norm_num_groups=32)

    def forward(self, hidden, encoder_hidden_states=None, **rest):
        hidden = self.text(hidden, encoder_hidden_states=encoder_hidden_states, return_dict=False)[0]
        tokens = WithImage.shared.expand(hidden.shape[0], -1, -1)
        return (self.image(hidden, encoder_hidden_states=tokens, return_dict=False)[0],)


def add_image_attention(model):
    heads = {320: 5, 640: 10, 1280: 20}
    blocks = list(model.down_blocks) + [model.mid_block] + list(getattr(model, "up_blocks", []))
    for block in blocks:
        attentions = getattr(block, "attentions", None)
        for index in range(len(attentions) if attentions is not None else 0):
            width = attentions[index].norm.num_channels
            attentions[index] = WithImage(attentions[index], width, heads[width])
    return model


def load(make, folder, config):
    with torch.device("meta"):
        model = add_image_attention(make(config))
    state = {}
    for key, tensor in load_file(os.path.join(folder, "diffusion_pytorch_model.safetensors")).items():
        if ".image_attentions." in key:
            head, tail = key.split(".image_attentions.")
            index, rest = tail.split(".", 1)
            key = f"{head}.attentions.{index}.image.{rest}"
        elif ".attentions." in key:
            head, tail = key.split(".attentions.")
            index, rest = tail.split(".", 1)
            key = f"{head}.attentions.{index}.text.{rest}"
        state[key] = tensor
    model.load_state_dict(state, strict=True, assign=True)
    return model.eval()


SD2 = dict(
    block_out_channels=(320, 640, 1280, 1280), attention_head_dim=(5, 10, 20, 20), cross_attention_dim=1024,
    use_linear_projection=True,
    down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"))
UP = ("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D")


def text_tokens(base, count):
    config = CLIPTextConfig(
        hidden_size=1024, intermediate_size=4096, num_hidden_layers=23, num_attention_heads=16, hidden_act="gelu")
    with torch.device("meta"):
        encoder = CLIPTextModel(config)
    state = load_file(os.path.join(base, "text_encoder/model.safetensors"))
    if not any(key.startswith("text_model.") for key in encoder.state_dict()):
        state = {key.removeprefix("text_model."): value for key, value in state.items()}
    encoder.load_state_dict(state, strict=False, assign=True)
    ids = torch.full((count, 77), 0)
    ids[:, 0], ids[:, 1] = 49406, 49407
    for module in encoder.modules():
        if hasattr(module, "position_ids"):
            module.position_ids = torch.arange(77)[None]
    return encoder.eval()(ids).last_hidden_state


class Tagger:
    def __init__(self):
        # Loading a checkpoint draws no random weights first.
        for name in ("kaiming_uniform_", "uniform_", "normal_", "trunc_normal_"):
            setattr(torch.nn.init, name, lambda tensor, *rest, **options: tensor)
        self.tower = SwinModel(SwinConfig(
            image_size=384, patch_size=4, embed_dim=192, depths=[2, 2, 18, 2], num_heads=[6, 12, 24, 48],
            window_size=12), add_pooling_layer=False).to(dtype).eval()
        self.projection = torch.nn.Linear(1536, 512).to(dtype)

    def __call__(self, picture):
        small = F.interpolate(picture.float(), size=(384, 384), mode="bicubic").to(dtype)
        tokens = self.tower(small).last_hidden_state
        return self.projection(torch.cat([tokens.mean(1, keepdim=True), tokens], 1))


def main():
    root, base = options.models, os.path.join(options.models, "stable-diffusion-2-base")
    vae = AutoencoderKL.from_config(json.loads(json.dumps(dict(
        block_out_channels=[128, 256, 512, 512], down_block_types=["DownEncoderBlock2D"] * 4,
        up_block_types=["UpDecoderBlock2D"] * 4, latent_channels=4, layers_per_block=2, norm_num_groups=32,
        sample_size=512))))
    vae.load_state_dict(load_file(os.path.join(base, "vae/diffusion_pytorch_model.safetensors")), strict=True, assign=True)
    vae.eval()
    unet = load(lambda c: UNet2DConditionModel(**c, up_block_types=UP), os.path.join(root, options.system, "unet"), SD2)
    control = load(lambda c: ControlNetModel(**c), os.path.join(root, options.system, "controlnet"), SD2)
    schedule = DDPMScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", steps_offset=1, clip_sample=False)
    alphas = schedule.alphas_cumprod

    low = Image.open(options.picture).convert("RGB")
    big = low.resize((low.width * 4, low.height * 4), Image.BICUBIC)
    picture = torch.frombuffer(bytearray(big.tobytes()), dtype=torch.uint8).reshape(big.height, big.width, 3)
    picture = (picture.permute(2, 0, 1)[None].float() / 255).to(dtype)
    guided = options.system == "seesr"
    tagger = Tagger()
    WithImage.shared = tagger(picture)
    texts = text_tokens(base, 2 if guided else 1)

    generator = torch.Generator().manual_seed(0)
    clean = vae.encode(picture * 2 - 1).latent_dist.sample(generator).float() * 0.18215
    noise = torch.randn(clean.shape, generator=generator)
    x = alphas[999].sqrt() * clean + (1 - alphas[999]).sqrt() * noise
    condition = picture

    def predict(x, t):
        rows = torch.cat([x, x]) if guided else x
        rows = rows.to(dtype)
        seen = condition.expand(rows.shape[0], -1, -1, -1)
        down, middle = control(rows, t, texts, seen, return_dict=False)
        answer = unet(
            rows, t, texts, down_block_additional_residuals=down, mid_block_additional_residual=middle,
            return_dict=False)[0].float()
        if guided:
            negative, positive = answer.chunk(2)
            answer = negative + 5.5 * (positive - negative)
        return answer

    if guided:
        schedule.set_timesteps(options.steps or 50)
        for t in schedule.timesteps:
            x = schedule.step(predict(x, t), t, x, generator=generator).prev_sample
        z0 = x
    else:
        times = [999, 749, 499, 249][: options.steps or 4]
        for index, t in enumerate(times):
            noise_prediction = predict(x, torch.tensor(t))
            z0 = (x - (1 - alphas[t]).sqrt() * noise_prediction) / alphas[t].sqrt()
            if index + 1 == len(times):
                break
            after = alphas[times[index + 1]]
            x = after.sqrt() * z0 + (1 - after).sqrt() * torch.randn(x.shape, generator=generator)
            seen = vae.decode((z0 / 0.18215).to(dtype)).sample.clamp(-1, 1) / 2 + 0.5
            condition = 0.4 * seen + 0.6 * picture
            WithImage.shared = tagger(condition)
    result = (vae.decode((z0 / 0.18215).to(dtype)).sample.float() / 2 + 0.5).clamp(0, 1)
    mean, deviation = result.mean((2, 3), keepdim=True), result.std((2, 3), keepdim=True)
    style = picture.float()
    result = (result - mean) / (deviation + 1e-5) * style.std((2, 3), keepdim=True) + style.mean((2, 3), keepdim=True)
    array = (result.clamp(0, 1)[0].permute(1, 2, 0) * 255).round().to(torch.uint8)
    Image.frombytes("RGB", (array.shape[1], array.shape[0]), array.contiguous().numpy().tobytes()).save(options.output)


with torch.inference_mode():
    main()
