"""Cuts the playback fixtures out of the whole-loop fixtures: latents, noise and predictions, no weights, no pictures.

usage: make-playback.py FOLDER_OF_WHOLE_FIXTURES
"""
import json
import os
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
KEPT = (
    "in/latents", "in/noise.", "out/lr_latents", "out/timesteps", "out/tile_origins_y_x",
    "noise_pred", "pred_z0", "pred_original_sample", "prev_sample", ".sample",
)
DROPPED = ("noise_pred_text", "noise_pred_uncond")

for name in ("addsr-sampler", "seesr-sampler", "seesr-tiled"):
    with open(os.path.join(sys.argv[1], name + ".safetensors"), "rb") as file:
        data = file.read()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + size])
    metadata = header.pop("__metadata__")
    metadata["config"] = json.dumps(json.loads(metadata["config"])["scheduler"])
    kept, body = {"__metadata__": metadata}, b""
    for key in sorted(header):
        if key.startswith("w/") or not any(part in key for part in KEPT) or any(part in key for part in DROPPED):
            continue
        start, end = header[key]["data_offsets"]
        part = data[8 + size + start:8 + size + end]
        kept[key] = dict(header[key], data_offsets=[len(body), len(body) + len(part)])
        body += part
    text = json.dumps(kept).encode()
    text += b" " * (-len(text) % 8)
    with open(os.path.join(HERE, name + "-playback.safetensors"), "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + body)
