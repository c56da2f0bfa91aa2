#!/usr/bin/env python3
"""Makes the checkpoints of PyTorch that the tests read: each kind of file, and beside it the same tensors as safetensors.

Run it beside the files, with the PyTorch version that Burnish is pinned to:

    pip install torch==2.13.0 numpy==2.4.6 safetensors
    python make-torch-files.py

`NAME.pth` is what `torch.save` wrote; `NAME.safetensors` holds what `torch.load` answers for it, by the keys that Burnish is
to give. `numpy1-*` stand for files of numpy 1, whose modules had other names: these names are put into the pickle
afterwards. Files of 2^32 and more bytes need zip64 records; `zip64.pth` has them at a small size.
"""

import collections
import pathlib
import pickle
import struct
import types
import zipfile

import numpy
import torch
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).parent
torch.set_num_threads(1)
generator = torch.Generator().manual_seed(20252)


def draw(*shape):
    return torch.randn(*shape, generator=generator)


def keep(name, saved, tensors=None, **options):
    """Saves an object as a checkpoint and its tensors, as torch.load gives them back, as safetensors."""
    path = HERE / f"{name}.pth"
    torch.save(saved, path, **options)
    loaded = torch.load(path, weights_only=False)
    tensors = tensors(loaded) if tensors else loaded
    save_file({key: value.detach().clone().contiguous() for key, value in tensors.items()}, HERE / f"{name}.safetensors")


class Callback:
    """Stands for what trainers keep in their checkpoints: classes that a reader does not have."""

    def __init__(self):
        self.best = 0.25
        self.paths = {"a": ["b", None, (1, 2)]}
        self.own = self


flat = collections.OrderedDict(
    [("conv.weight", draw(3, 2, 3, 3)), ("conv.bias", draw(3)), ("norm.num_batches_tracked", torch.tensor(17))]
)
flat._metadata = {"": {"version": 1}}  # as Module.state_dict() leaves it
keep("flat", flat)
keep("legacy-flat", flat, _use_new_zipfile_serialization=False)
for protocol in (3, 4, 5):
    keep(f"protocol{protocol}", flat, pickle_protocol=protocol)
keep("legacy-protocol4", flat, pickle_protocol=4, _use_new_zipfile_serialization=False)
keep("legacy-protocol1", flat, pickle_protocol=1, _use_new_zipfile_serialization=False)

kinds = {
    "float64": draw(2, 2).double(), "float32": draw(5), "float16": draw(3).half(), "bfloat16": draw(3).bfloat16(),
    "int64": torch.tensor([-(2**63), 2**63 - 1]), "int32": torch.tensor([-7, 9], dtype=torch.int32),
    "int16": torch.tensor([-300, 300], dtype=torch.int16), "int8": torch.tensor([-128, 127], dtype=torch.int8),
    "uint8": torch.tensor([0, 255], dtype=torch.uint8), "bool": torch.tensor([True, False, True]),
    "scalar": torch.tensor(2.5), "empty": torch.zeros(0, 4), "parameter": torch.nn.Parameter(draw(2, 3)),
    "special": torch.tensor([float("nan"), float("inf"), -0.0, 1e-45]),
}
keep("kinds", kinds)
keep("legacy-kinds", kinds, _use_new_zipfile_serialization=False)

base = draw(4, 6)
views = {
    "base": base, "transposed": base.t(), "row": base[2], "column": base[:, 1], "steps": base[1::2, ::3],
    "expanded": base[0:1].expand(5, 6), "channels_last": draw(2, 3, 4, 5).to(memory_format=torch.channels_last),
    "permuted": draw(2, 3, 4).permute(2, 0, 1), "one": base[3:4, 5:6], "nothing": base[4:],
}
views["tied"] = views["base"]
keep("views", views)
keep("legacy-views", views, _use_new_zipfile_serialization=False)

network = torch.nn.Linear(3, 2)
network.weight.data = draw(2, 3)
network.bias.data = draw(2)
optimizer = torch.optim.AdamW(network.parameters())
network(draw(4, 3)).sum().backward()
optimizer.step()
lightning = {
    "epoch": 3, "global_step": 12000, "pytorch-lightning_version": "1.4.2", "state_dict": network.state_dict(),
    "callbacks": {Callback: Callback(), "ModelCheckpoint": {"best_model_score": torch.tensor(0.5), "monitor": "val/loss"}},
    "optimizer_states": [optimizer.state_dict()], "lr_schedulers": [collections.defaultdict(list, {"base": [1e-4]})],
    "hparams": types.SimpleNamespace(rate=1e-4, sizes=[1, 2], deep={"x": {"y": {1, 2}}}), "done": False, "loss": 0.125,
    "huge": 10**40, "bytes": b"\x00\xff", "complex": 1 + 2j, "none": None,
}
keep("lightning", lightning, lambda loaded: loaded["state_dict"])
keep("legacy-lightning", lightning, lambda loaded: loaded["state_dict"], _use_new_zipfile_serialization=False)
average = {key: value + 1 for key, value in network.state_dict().items()}
keep("ema", {"params": network.state_dict(), "params_ema": average}, lambda loaded: loaded["params_ema"])
keep(
    "parallel", {"model": {f"module.{key}": value for key, value in average.items()}, "epoch": 1},
    lambda loaded: {key.removeprefix("module."): value for key, value in loaded["model"].items()},
)
keep(
    "nested", {"generator": {"a": draw(2), "inner": {"b": draw(3), "list": [draw(1), draw(2)], 7: draw(1)}, "note": "x"}},
    lambda loaded: {
        "a": loaded["generator"]["a"], "inner.b": loaded["generator"]["inner"]["b"],
        "inner.list.0": loaded["generator"]["inner"]["list"][0], "inner.list.1": loaded["generator"]["inner"]["list"][1],
        "inner.7": loaded["generator"]["inner"][7],
    },
)
keep("several", {"generator": {"w": draw(2)}, "critic": {"w": draw(3)}},
     lambda loaded: {"generator.w": loaded["generator"]["w"], "critic.w": loaded["critic"]["w"]})
keep("single", draw(2, 3), lambda loaded: {"tensor": loaded})
attributed = draw(2, 2)
attributed.note = "an attribute"
keep("attributes", {"a": attributed, "p": torch.nn.Parameter(draw(2), requires_grad=False)})

arrays = {
    "w": draw(2), "mean": numpy.arange(6, dtype=numpy.float32).reshape(2, 3),
    "fortran": numpy.asfortranarray(numpy.arange(6, dtype=numpy.float64).reshape(2, 3)),
    "best": numpy.float64(0.75), "step": numpy.int64(-5), "small": numpy.float32(1.5), "flag": numpy.bool_(True),
    "empty": numpy.zeros((0, 3), dtype=numpy.int32),
}


def as_tensors(loaded):
    loaded = {key: value for key, value in loaded.items() if isinstance(value, (torch.Tensor, numpy.ndarray))}
    return {key: torch.as_tensor(numpy.ascontiguousarray(value)) for key, value in loaded.items()}


for protocol in (2, 4, 5):
    keep(f"numpy-protocol{protocol}", arrays, as_tensors, pickle_protocol=protocol)


def rewrite(source, target, change):
    """A copy of an archive with another pickle, stored and aligned to 64 bytes as PyTorch stores."""
    with zipfile.ZipFile(HERE / source) as old, zipfile.ZipFile(HERE / target, "w", zipfile.ZIP_STORED) as new:
        for info in old.infolist():
            data = old.read(info)
            new.writestr(zipfile.ZipInfo(info.filename), change(data) if info.filename.endswith("data.pkl") else data)


rewrite("numpy-protocol2.pth", "numpy1.pth", lambda data: data.replace(b"numpy._core.", b"numpy.core."))
(HERE / "numpy1.safetensors").write_bytes((HERE / "numpy-protocol2.safetensors").read_bytes())

# zip64: what PyTorch writes when something is beyond 2^32 bytes.
with zipfile.ZipFile(HERE / "flat.pth") as old:
    body, directory, names = b"", b"", old.infolist()
    for info in names:
        name, data = info.filename.encode(), old.read(info)
        extra = struct.pack("<HHQQ", 1, 16, len(data), len(data))
        place = len(body)
        body += struct.pack("<IHHHHHIIIHH", 0x04034B50, 45, 0, 0, 0, 33, info.CRC, 2**32 - 1, 2**32 - 1, len(name), len(extra))
        body += name + extra + data
        extra = struct.pack("<HHQQQ", 1, 24, len(data), len(data), place)
        directory += struct.pack(
            "<IHHHHHHIIIHHHHHII", 0x02014B50, 45, 45, 0, 0, 0, 33, info.CRC, 2**32 - 1, 2**32 - 1, len(name), len(extra), 0, 0,
            0, 0, 2**32 - 1)
        directory += name + extra
    end = len(body) + len(directory)
    record = struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, len(names), len(names), len(directory), len(body))
    locator = struct.pack("<IIQI", 0x07064B50, 0, end, 1)
    plain = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 2**16 - 1, 2**16 - 1, 2**32 - 1, 2**32 - 1, 0)
    (HERE / "zip64.pth").write_bytes(body + directory + record + locator + plain)
    torch.load(HERE / "zip64.pth")
(HERE / "zip64.safetensors").write_bytes((HERE / "flat.safetensors").read_bytes())

class Tower(torch.nn.Module):
    """A network with parts of parts, a parameter and a buffer of its own, and attributes that are no tensors."""

    def __init__(self):
        super().__init__()
        self.model = torch.nn.Sequential(torch.nn.Conv2d(2, 3, 1, bias=False), torch.nn.BatchNorm2d(3))
        self.scale = torch.nn.Parameter(torch.tensor(2.5))
        self.register_buffer("side", torch.tensor(224))
        self.names = ["a", "b"]

    def forward(self, x):
        return self.model(x).mean([2, 3]) * self.scale


# Programs of torch.jit, as OpenAI's CLIP is published. Drawn apart, so that what comes later stays as it is.
torch.manual_seed(20253)
tower = Tower().eval()
torch.jit.save(torch.jit.script(tower), HERE / "script.pth")
torch.jit.save(torch.jit.trace(tower.half(), torch.ones(1, 2, 4, 4).half()), HERE / "traced.pth")
for name in ("script", "traced"):
    state = torch.jit.load(HERE / f"{name}.pth").state_dict()
    save_file({key: value.detach().clone().contiguous() for key, value in state.items()}, HERE / f"{name}.safetensors")

# Files that are refused, as real programs write them. They have no safetensors beside them.
with zipfile.ZipFile(HERE / "flat.pth") as old, zipfile.ZipFile(HERE / "refused-deflated.pth", "w", zipfile.ZIP_DEFLATED) as new:
    for info in old.infolist():
        new.writestr(info.filename, old.read(info), zipfile.ZIP_DEFLATED)
torch.jit.save(torch.jit.script(torch.nn.ReLU()), HERE / "refused-torchscript.pt")
torch.save({"model": network}, HERE / "refused-module.pth")
torch.save({"w": torch.quantize_per_tensor(draw(4), 0.1, 0, torch.qint8)}, HERE / "refused-quantised.pth")
torch.save({"w": draw(3).to(torch.float8_e4m3fn), "v": torch.ones(2, dtype=torch.uint16)}, HERE / "refused-float8.pth")
torch.save({"w": torch.eye(3).to_sparse()}, HERE / "refused-sparse.pth")
torch.save({"epoch": 3}, HERE / "refused-nothing.pth")
(HERE / "refused-plain.pkl").write_bytes(pickle.dumps({"w": [1.0, 2.0]}, protocol=4))
