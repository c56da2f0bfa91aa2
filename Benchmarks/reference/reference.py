"""The measured tasks with the reference library, one task a process: same folders, same inputs, same report as `benchmark measure`.

    reference.py unet --model DIR --inputs FILE [--dtype bf16] [--threads 2] [--layout default|channels_last] [--paced]
"""

import argparse
import json
import sys
import time


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("task", choices=["unet", "controlnet", "vae-encode", "vae-decode", "start", "sdxl", "sd3"])
    parser.add_argument("--model", required=True)
    parser.add_argument("--inputs", required=True)
    parser.add_argument("--dtype", choices=["bf16", "fp32"], default="bf16")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--layout", choices=["default", "channels_last"], default="default")
    parser.add_argument("--paced", action="store_true")
    parser.add_argument("--save")
    return parser.parse_args()


options = arguments()

import torch  # noqa: E402
from safetensors import safe_open  # noqa: E402

from memory import peak_bytes  # noqa: E402


def make_pass(dtype, layout):
    """Loads the model as the library's users do, and answers what one pass is."""
    inputs = safe_open(options.inputs, "pt")

    def image(name):
        return inputs.get_tensor(name).to(dtype).contiguous(memory_format=layout)

    def load(kind):
        model = kind.from_pretrained(options.model, torch_dtype=dtype).eval()
        # `to` keeps a model that is in the default layout already as it is.
        return model.to(memory_format=layout) if layout != torch.contiguous_format else model

    time_ = torch.tensor([500.0])
    if options.task in ("unet", "start"):
        from diffusers import UNet2DConditionModel

        model, sample, context = load(UNet2DConditionModel), image("sample"), inputs.get_tensor("context").to(dtype)
        return lambda: model(sample, time_, context, return_dict=False)[0]
    if options.task == "controlnet":
        from diffusers import ControlNetModel

        model, sample, context = load(ControlNetModel), image("sample"), inputs.get_tensor("context").to(dtype)
        condition = image("condition")
        return lambda: model(sample, time_, context, condition, return_dict=False)[1]
    if options.task == "sdxl":
        from diffusers import UNet2DConditionModel

        model, sample = load(UNet2DConditionModel), image("large-sample")
        text, pooled = (inputs.get_tensor(name).to(dtype) for name in ("sdxl-text", "sdxl-pooled"))
        added = {"text_embeds": pooled, "time_ids": torch.tensor([[1024.0, 1024, 0, 0, 1024, 1024]]).to(dtype)}
        return lambda: model(sample, time_, text, added_cond_kwargs=added, return_dict=False)[0]
    if options.task == "sd3":
        from diffusers import SD3Transformer2DModel

        model, sample = load(SD3Transformer2DModel), image("large-sample-16")
        text, pooled = (inputs.get_tensor(name).to(dtype) for name in ("sd3-text", "sd3-pooled"))
        return lambda: model(sample, text, pooled, time_, return_dict=False)[0]
    from diffusers import AutoencoderKL

    model = load(AutoencoderKL)
    if options.task == "vae-encode":
        picture = image("picture")
        return lambda: model.encode(picture, return_dict=False)[0].mean
    latent = image("latent")
    return lambda: model.decode(latent, return_dict=False)[0]


def say(line):
    print(line, flush=True)


def main():
    torch.set_num_threads(options.threads)
    dtype = torch.bfloat16 if options.dtype == "bf16" else torch.float32
    layout = torch.channels_last if options.layout == "channels_last" else torch.contiguous_format
    with torch.inference_mode():
        began = time.perf_counter()
        one_pass = make_pass(dtype, layout)
        load_seconds = time.perf_counter() - began
        if options.task != "start":
            one_pass()
        say("ready")
        seconds, cpu_seconds, answer = [], [], None
        for _ in range(1 if options.task == "start" else options.repeats):
            if options.paced and not sys.stdin.readline():
                break
            began, cpu_began = time.perf_counter(), time.process_time()
            answer = one_pass()
            cpu_seconds.append(time.process_time() - cpu_began)
            seconds.append(time.perf_counter() - began)
            say("done")
    report = {
        "task": options.task,
        "dtype": options.dtype,
        "threads": options.threads,
        "load_seconds": load_seconds,
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "peak_bytes": peak_bytes(),
    }
    if options.save and answer is not None:
        from safetensors.torch import save_file

        save_file({"answer": answer.float().contiguous()}, options.save)
    say(json.dumps(report))


main()
