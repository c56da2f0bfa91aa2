#!/usr/bin/env python3
"""Makes operators.safetensors: what PyTorch answers for every operator under Sources/Torch/Operators.

Run it beside the file, with the PyTorch version that Burnish is pinned to:

    pip install torch==2.13.0 numpy safetensors
    python make-operators.py

A case is named after its operator (`conv2d`, `add.Tensor`), with a colon and a word where an operator has several.
The file holds, for each case:

    <case>/in.<i>      inputs
    <case>/out.<i>     results
    <case>/start.<i>   for each differentiable result, the start of the chain
    <case>/grad.<i>    for each floating-point input that was reached, the gradient of sum(start * out)

The cases call PyTorch's public functions, not the operators' own names: what the Swift functions promise is checked,
and not only that they pass their arguments on. Version, seed and default dtype are in the file's metadata.
Goldens are never made anew to turn a red test green.
"""

import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

SEED = 20240
DRAWS_SEED = 1234

generator = torch.Generator().manual_seed(SEED)
tensors = {}


def normal(*shape, dtype=torch.float32):
    return torch.randn(shape, generator=generator).to(dtype)


def even(low, high, *shape):
    return torch.rand(shape, generator=generator) * (high - low) + low


def whole(low, high, *shape):
    return torch.randint(low, high, shape, generator=generator)


def truth(*shape):
    return torch.rand(shape, generator=generator) > 0.5


def case(name, function, *inputs):
    assert f"{name}/out.0" not in tensors, name
    inputs = [tensor.clone().contiguous() for tensor in inputs]
    for index, tensor in enumerate(inputs):
        tensors[f"{name}/in.{index}"] = tensor.clone()
        if tensor.is_floating_point():
            tensor.requires_grad_(True)
    results = function(*inputs)
    results = list(results) if isinstance(results, (tuple, list)) else [results]
    starts, roots = [], []
    for index, result in enumerate(results):
        tensors[f"{name}/out.{index}"] = result.detach().clone().contiguous()
        if result.requires_grad:
            start = normal(*result.shape, dtype=result.dtype)
            tensors[f"{name}/start.{index}"] = start
            starts.append(start)
            roots.append(result)
    if not roots:
        return
    leaves = [(index, tensor) for index, tensor in enumerate(inputs) if tensor.requires_grad]
    found = torch.autograd.grad(roots, [tensor for _, tensor in leaves], starts, allow_unused=True)
    for (index, _), gradient in zip(leaves, found):
        if gradient is not None:
            tensors[f"{name}/grad.{index}"] = gradient.clone().contiguous()


def in_place(method, *arguments):
    """A case function that changes a copy of its first input, so that the input stays a leaf."""

    def function(x, *others):
        copy = x.clone()
        getattr(copy, method)(*others, *arguments)
        return copy

    return function


def draws():
    return torch.Generator().manual_seed(DRAWS_SEED)


# Arithmetic
case("add.Tensor", lambda a, b: a + b, normal(2, 3), normal(2, 3))
case("add.Tensor:broadcast", lambda a, b: a + b, normal(2, 1, 3), normal(4, 1))
case("add.Scalar", lambda a: a + 1.5, normal(2, 3))
case("add.Scalar:left", lambda a: 1.5 + a, normal(2, 3))
case("sub.Tensor", lambda a, b: a - b, normal(2, 3), normal(3))
case("sub.Scalar", lambda a: a - 0.75, normal(2, 3))
case("rsub.Scalar", lambda a: 0.75 - a, normal(2, 3))
case("mul.Tensor", lambda a, b: a * b, normal(2, 3), normal(2, 1))
case("mul.Scalar", lambda a: a * -2.5, normal(2, 3))
case("mul.Scalar:left", lambda a: -2.5 * a, normal(2, 3))
case("div.Tensor", lambda a, b: a / b, normal(2, 3), even(1, 2, 2, 3))
case("div.Scalar", lambda a: a / 3.0, normal(2, 3))
case("remainder.Scalar", lambda a: torch.remainder(a, 0.7), normal(8))
case("remainder.Scalar:negative", lambda a: torch.remainder(a, -0.7), normal(8))
case("maximum", torch.maximum, normal(2, 3), normal(2, 3))
case("minimum", torch.minimum, normal(2, 3), normal(2, 3))
case("atan2", torch.atan2, normal(8), normal(8))
case("lerp.Scalar", lambda a, b: torch.lerp(a, b, 0.3), normal(2, 3), normal(2, 3))
case("addcmul", lambda a, b, c: a + 0.5 * b * c, normal(2, 3), normal(2, 3), normal(2, 3))
case("addcmul:one", lambda a, b, c: a + b * c, normal(2, 3), normal(2, 3), normal(2, 3))
case("add_.Tensor", in_place("add_"), normal(2, 3), normal(2, 3))
case("add_.Tensor:scaled", lambda a, b: a.clone().add_(b, alpha=-0.25), normal(2, 3), normal(2, 3))
case("mul_.Tensor", in_place("mul_"), normal(2, 3), normal(2, 3))
case("mul_.Scalar", in_place("mul_", 0.9), normal(2, 3))
case("lerp_.Scalar", in_place("lerp_", 0.1), normal(2, 3), normal(2, 3))
case("copy_", in_place("copy_"), normal(2, 3), normal(2, 3))
case("copy_:converting", in_place("copy_"), normal(2, 3), whole(-9, 9, 2, 3))
case("zero_", in_place("zero_"), normal(2, 3))

# Pointwise
case("exp", torch.exp, normal(8))
case("log", torch.log, even(0.1, 4, 8))
case("sqrt", torch.sqrt, even(0.1, 4, 8))
case("rsqrt", torch.rsqrt, even(0.1, 4, 8))
case("sin", torch.sin, normal(8))
case("cos", torch.cos, normal(8))
case("tanh", torch.tanh, normal(8))
case("abs", torch.abs, normal(8))
case("square", torch.square, normal(8))
case("reciprocal", torch.reciprocal, even(0.5, 2, 8))
case("floor", torch.floor, normal(8) * 3)
case("ceil", torch.ceil, normal(8) * 3)
case("round", torch.round, torch.tensor([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 2.4, -2.6]))
case("trunc", torch.trunc, normal(8) * 3)
case("sign", torch.sign, torch.tensor([-2.0, -0.0, 0.0, 3.0]))
case("erf", torch.erf, normal(8))
case("expm1", torch.expm1, torch.tensor([-1.0, -1e-6, 0.0, 1e-6, 1.0]))
case("log1p", torch.log1p, torch.tensor([-0.5, -1e-6, 0.0, 1e-6, 1.0]))
case("neg", lambda a: -a, normal(8))
case("clamp", lambda a: torch.clamp(a, -0.5, 0.25), normal(12))
case("clamp:below", lambda a: torch.clamp(a, min=0.1), normal(12))
case("clamp:above", lambda a: torch.clamp(a, max=0.1), normal(12))
case("pow.Tensor_Scalar", lambda a: a ** 3, normal(8))
case("pow.Tensor_Scalar:root", lambda a: a ** 0.4, even(0.1, 4, 8))
case("pow.Tensor_Scalar:negative", lambda a: a ** -1.5, even(0.1, 4, 8))
case("isfinite", torch.isfinite, torch.tensor([0.0, float("nan"), float("inf"), float("-inf"), 1e38]))

# Activations
case("silu", F.silu, normal(8) * 2)
case("gelu", F.gelu, normal(8) * 2)
case("gelu:tanh", lambda a: F.gelu(a, approximate="tanh"), normal(8) * 2)
case("relu", F.relu, normal(8))
case("leaky_relu", lambda a: F.leaky_relu(a, 0.2), normal(8))
case("sigmoid", torch.sigmoid, normal(8) * 2)
case("softplus", F.softplus, torch.tensor([-30.0, -1.0, 0.0, 1.0, 19.0, 21.0, 100.0]))
case("softmax.int", lambda a: torch.softmax(a, 1), normal(2, 5, 3))
case("softmax.int:last", lambda a: torch.softmax(a, -1), normal(2, 5))
case("softmax.int:bfloat16", lambda a: torch.softmax(a, -1), normal(2, 5, dtype=torch.bfloat16))
case("log_softmax.int", lambda a: torch.log_softmax(a, -1), normal(2, 5))
case("dropout", lambda a: F.dropout(a, 0.5, training=False), normal(8))
case("dropout:all", lambda a: F.dropout(a, 1.0, training=True), normal(8))
case("dropout:none", lambda a: F.dropout(a, 0.0, training=True), normal(8))

# Comparison
numbers = torch.tensor([-1.0, 0.0, 0.5, 1.0, 2.0])
case("eq.Tensor", torch.eq, numbers, numbers.flip(0))
case("eq.Scalar", lambda a: a == 0.5, numbers)
case("lt.Tensor", torch.lt, numbers, numbers.flip(0))
case("lt.Scalar", lambda a: a < 0.5, numbers)
case("le.Scalar", lambda a: a <= 0.5, numbers)
case("gt.Tensor", torch.gt, numbers, numbers.flip(0))
case("gt.Scalar", lambda a: a > 0.5, numbers)
case("ge.Scalar", lambda a: a >= 0.5, numbers)
case("logical_not", torch.logical_not, numbers)
case("logical_and", torch.logical_and, truth(8), truth(8))
case("logical_or", torch.logical_or, truth(8), truth(8))
case("where.self", torch.where, truth(2, 3), normal(2, 3), normal(3))
case("masked_fill.Scalar", lambda a, mask: a.masked_fill(mask, -9.0), normal(2, 3), truth(2, 3))
case("all", torch.all, torch.tensor([True, True, False]))
case("all:true", torch.all, torch.tensor([1.0, 2.0]))
case("any", torch.any, torch.tensor([False, True, False]))
case("any:false", torch.any, torch.tensor([0.0, 0.0]))

# Conversion
case("_to_copy:int32", lambda a: a.to(torch.int32), torch.tensor([-2.9, -0.5, 0.5, 2.9]))
case("_to_copy:uint8", lambda a: a.to(torch.uint8), torch.tensor([0.0, 0.9, 127.5, 255.0]))
case("_to_copy:bool", lambda a: a.to(torch.bool), torch.tensor([0.0, 0.1, -1.0]))
case("_to_copy:bfloat16", lambda a: a.to(torch.bfloat16), normal(8) * 100)
case("_to_copy:float16", lambda a: a.to(torch.float16), normal(8) * 100)
case("_to_copy:float64", lambda a: a.to(torch.float64), normal(8))
case("_to_copy:same", lambda a: a.to(torch.float32), normal(8))
case("nan_to_num", lambda a: torch.nan_to_num(a, 0.0), torch.tensor([1.0, float("nan"), float("inf"), float("-inf")]))
case("nan_to_num:value", lambda a: torch.nan_to_num(a, 0.5), torch.tensor([1.0, float("nan")]))
case("view.dtype", lambda a: a.detach().view(torch.int32), normal(6))

# Convolution
case("conv2d", lambda x, w, b: F.conv2d(x, w, b), normal(2, 3, 6, 5), normal(4, 3, 3, 3), normal(4))
case("conv2d:padded", lambda x, w, b: F.conv2d(x, w, b, padding=1), normal(1, 2, 5, 5), normal(3, 2, 3, 3), normal(3))
case("conv2d:strided", lambda x, w: F.conv2d(x, w, stride=2, padding=1), normal(1, 2, 7, 6), normal(3, 2, 3, 3))
case("conv2d:dilated", lambda x, w: F.conv2d(x, w, dilation=2, padding=2), normal(1, 2, 7, 6), normal(3, 2, 3, 3))
case("conv2d:grouped", lambda x, w: F.conv2d(x, w, padding=1, groups=2), normal(1, 4, 5, 5), normal(6, 2, 3, 3))
case("conv2d:bfloat16", lambda x, w: F.conv2d(x, w, padding=1), normal(1, 2, 5, 5, dtype=torch.bfloat16), normal(3, 2, 3, 3, dtype=torch.bfloat16))
case("conv1d", lambda x, w, b: F.conv1d(x, w, b), normal(2, 3, 8), normal(4, 3, 3), normal(4))
case("conv1d:all", lambda x, w: F.conv1d(x, w, stride=2, padding=2, dilation=2, groups=2), normal(1, 4, 9), normal(6, 2, 3))
case("avg_pool2d", lambda x: F.avg_pool2d(x, 2), normal(1, 2, 6, 4))
case("avg_pool2d:strided", lambda x: F.avg_pool2d(x, 3, stride=1), normal(1, 2, 6, 4))
case("max_pool2d", lambda x: F.max_pool2d(x, 2), normal(1, 2, 6, 4))
case("max_pool2d:padded", lambda x: F.max_pool2d(x, 3, stride=2, padding=1), normal(1, 2, 6, 5))
case("adaptive_avg_pool2d", lambda x: F.adaptive_avg_pool2d(x, (3, 2)), normal(1, 2, 7, 5))
case("pad", lambda x: F.pad(x, (1, 2, 3, 0)), normal(1, 2, 4, 4))
case("pad:constant", lambda x: F.pad(x, (1, 2, 3, 0), value=0.5), normal(1, 2, 4, 4))
case("pad:reflect", lambda x: F.pad(x, (1, 2, 3, 0), mode="reflect"), normal(1, 2, 4, 4))
case("pad:replicate", lambda x: F.pad(x, (1, 2, 3, 0), mode="replicate"), normal(1, 2, 4, 4))
case("pad:circular", lambda x: F.pad(x, (1, 2, 3, 0), mode="circular"), normal(1, 2, 4, 4))

# Creation
case("empty.memory_format", lambda: torch.empty((2, 0, 3)))
case("zeros", lambda: torch.zeros((2, 3)))
case("ones", lambda: torch.ones((2, 3), dtype=torch.bfloat16))
case("full", lambda: torch.full((2, 3), 2.5))
case("full:int64", lambda: torch.full((2, 3), 7, dtype=torch.int64))
case("arange.start_step", lambda: torch.arange(0.5, 4, 0.75))
case("arange.start_step:int64", lambda: torch.arange(3, 9, dtype=torch.int64))
case("linspace", lambda: torch.linspace(-1, 2, 7))
case("eye", lambda: torch.eye(3))
case("zeros_like", torch.zeros_like, whole(0, 9, 2, 3))
case("ones_like", torch.ones_like, normal(2, 3, dtype=torch.float64))
case("randn.generator", lambda: torch.randn((3,), generator=draws()))
case("randn.generator:long", lambda: torch.randn((5, 8), generator=draws()))
case("rand.generator", lambda: torch.rand((5, 8), generator=draws()))
case("randint.low_generator", lambda: torch.randint(-5, 12, (5, 8), generator=draws()))
case("randperm.generator", lambda: torch.randperm(20, generator=draws()))
case("poisson", lambda a: torch.poisson(a.detach(), generator=draws()), even(0, 20, 12))

# Indexing
case("narrow", lambda a: a.narrow(1, 2, 3), normal(2, 6))
case("select.int", lambda a: a.select(1, -2), normal(2, 6))
case("slice.Tensor", lambda a: a[:, 1:4], normal(2, 6))
case("slice.Tensor:step", lambda a: a[:, ::2], normal(2, 7))
case("slice.Tensor:negative", lambda a: a[:, -3:-1], normal(2, 6))
case("index_select", lambda a, i: torch.index_select(a, 0, i), normal(4, 2), torch.tensor([3, 0, 0]))
case("gather", lambda a, i: torch.gather(a, 1, i), normal(2, 4), whole(0, 4, 2, 6))
case("embedding", lambda table, i: F.embedding(i, table), normal(5, 3), whole(0, 5, 2, 4))
case("sort", lambda a: torch.sort(a, dim=-1), normal(2, 6))
case("sort:descending", lambda a: torch.sort(a, dim=0, descending=True), normal(5, 2))
case("topk", lambda a: torch.topk(a, 3, dim=-1), normal(2, 6))
case("topk:axis", lambda a: torch.topk(a, 2, dim=0), normal(5, 2))
case("tril", torch.tril, normal(4, 4))
case("tril:above", lambda a: torch.tril(a, 1), normal(4, 4))
case("triu", torch.triu, normal(4, 4))
case("triu:below", lambda a: torch.triu(a, -1), normal(4, 4))

# Linear algebra
case("matmul", torch.matmul, normal(2, 3), normal(3, 4))
case("matmul:batch", torch.matmul, normal(2, 1, 2, 3), normal(3, 3, 4))
case("linear", lambda x, w, b: F.linear(x, w, b), normal(2, 3, 5), normal(4, 5), normal(4))
case("linear:plain", lambda x, w: F.linear(x, w), normal(3, 5), normal(4, 5))
case("linear:bfloat16", lambda x, w, b: F.linear(x, w, b), normal(3, 5, dtype=torch.bfloat16), normal(4, 5, dtype=torch.bfloat16), normal(4, dtype=torch.bfloat16))
case("addmm", lambda c, a, b: c + a @ b, normal(2, 4), normal(2, 3), normal(3, 4))
case("bmm", torch.bmm, normal(2, 2, 3), normal(2, 3, 4))
case("outer", torch.outer, normal(3), normal(4))

# Loss
case("mse_loss", F.mse_loss, normal(2, 3), normal(2, 3))
case("l1_loss", F.l1_loss, normal(2, 3), normal(2, 3))
case("huber_loss", F.huber_loss, normal(2, 3) * 2, normal(2, 3))
case("huber_loss:delta", lambda a, b: F.huber_loss(a, b, delta=0.3), normal(2, 3) * 2, normal(2, 3))
case("binary_cross_entropy_with_logits", F.binary_cross_entropy_with_logits, normal(2, 3), even(0, 1, 2, 3))

# Normalisation
case("group_norm", lambda x, w, b: F.group_norm(x, 2, w, b, 1e-5), normal(2, 4, 3, 3), normal(4), normal(4))
case("group_norm:plain", lambda x: F.group_norm(x, 4, eps=1e-2), normal(1, 4, 3, 3))
case("layer_norm", lambda x, w, b: F.layer_norm(x, (6,), w, b, 1e-6), normal(2, 3, 6), normal(6), normal(6))
case("layer_norm:plain", lambda x: F.layer_norm(x, (6,), eps=1e-2), normal(2, 6))
case("rms_norm", lambda x, w: F.rms_norm(x, (6,), w, 1e-6), normal(2, 3, 6), normal(6))
case("rms_norm:plain", lambda x: F.rms_norm(x, (6,), eps=1e-2), normal(2, 6))

# Reduction
case("sum", torch.sum, normal(2, 3))
case("sum.dim_IntList", lambda a: a.sum((0, 2)), normal(2, 3, 4))
case("sum.dim_IntList:keeping", lambda a: a.sum((-1,), keepdim=True), normal(2, 3))
case("mean", torch.mean, normal(2, 3))
case("mean.dim", lambda a: a.mean((0, 2)), normal(2, 3, 4))
case("mean.dim:keeping", lambda a: a.mean((-1,), keepdim=True), normal(2, 3))
case("var.correction", lambda a: a.var((0, 2)), normal(2, 3, 4))
case("var.correction:population", lambda a: a.var((-1,), correction=0, keepdim=True), normal(2, 5))
case("std.correction", lambda a: a.std((0, 2)), normal(2, 3, 4))
case("std.correction:population", lambda a: a.std((-1,), correction=0, keepdim=True), normal(2, 5))
case("amax", lambda a: a.amax((0, 2)), normal(2, 3, 4))
case("amax:all", lambda a: a.amax(), normal(2, 3))
case("amin", lambda a: a.amin((-1,), keepdim=True), normal(2, 3))
case("amin:all", lambda a: a.amin(), normal(2, 3))
case("argmax", lambda a: a.argmax(-1), normal(3, 5))
case("cumprod", lambda a: a.cumprod(0), normal(4, 2))
case("cumsum", lambda a: a.cumsum(1), normal(2, 4))
case("linalg_vector_norm", torch.linalg.vector_norm, normal(2, 3))

# Resampling
def resize(mode, antialias=False, size=None, factor=None):
    align = {} if mode == "nearest" else {"align_corners": False}
    return lambda x: F.interpolate(x, size=size, scale_factor=factor, mode=mode, antialias=antialias, **align)


for mode, overload in [("nearest", "upsample_nearest2d.vec"), ("bilinear", "upsample_bilinear2d.vec"), ("bicubic", "upsample_bicubic2d.vec")]:
    case(overload, resize(mode, size=(7, 9)), normal(1, 2, 4, 5))
    case(f"{overload}:down", resize(mode, size=(3, 2)), normal(1, 2, 7, 6))
    case(f"{overload}:factor", resize(mode, factor=1.7), normal(1, 1, 4, 5))
for mode in ["bilinear", "bicubic"]:
    case(f"_upsample_{mode}2d_aa.vec", resize(mode, True, size=(7, 9)), normal(1, 2, 4, 5))
    case(f"_upsample_{mode}2d_aa.vec:down", resize(mode, True, size=(3, 2)), normal(1, 2, 9, 7))

# Shape
case("reshape", lambda a: a.reshape(3, -1), normal(2, 6))
case("permute", lambda a: a.permute(2, 0, 1), normal(2, 3, 4))
case("transpose.int", lambda a: a.transpose(0, -1), normal(2, 3, 4))
case("unsqueeze", lambda a: a.unsqueeze(1), normal(2, 3))
case("squeeze.dim", lambda a: a.squeeze(1), normal(2, 1, 1, 3))
case("flatten.using_ints", lambda a: a.flatten(), normal(2, 3, 4))
case("flatten.using_ints:some", lambda a: a.flatten(1, 2), normal(2, 3, 4, 2))
case("expand", lambda a: a.expand(2, -1, 3), normal(1, 4, 1))
case("repeat", lambda a: a.repeat(2, 1, 3), normal(2, 2))
case("cat", lambda a, b: torch.cat([a, b], 1), normal(2, 3), normal(2, 2))
case("stack", lambda a, b: torch.stack([a, b], -1), normal(2, 3), normal(2, 3))
case("chunk", lambda a: a.chunk(3, 1), normal(2, 7))
case("split_with_sizes", lambda a: a.split([1, 4, 2], -1), normal(2, 7))
case("contiguous", lambda a: a.transpose(0, 1).contiguous(), normal(2, 3))
case("contiguous:channelsLast", lambda a: a.contiguous(memory_format=torch.channels_last), normal(2, 3, 2, 2))
case("flip", lambda a: a.flip((0, 1)), normal(2, 3))
case("roll", lambda a: a.roll((1, -2), (0, 1)), normal(3, 5))
case("pixel_shuffle", lambda a: F.pixel_shuffle(a, 2), normal(1, 8, 2, 3))
case("pixel_unshuffle", lambda a: F.pixel_unshuffle(a, 2), normal(1, 2, 4, 6))
case("detach", lambda a: a.detach(), normal(4))
case("clone", lambda a: a.clone(), normal(4))

# Attention
q, k, v = (1, 2, 3, 4), (1, 2, 5, 4), (1, 2, 5, 6)
attend = F.scaled_dot_product_attention
case("scaled_dot_product_attention", attend, normal(*q), normal(*k), normal(*v))
case("scaled_dot_product_attention:mask", attend, normal(*q), normal(*k), normal(*v), normal(3, 5))
case("scaled_dot_product_attention:seen", attend, normal(*q), normal(*k), normal(*v), torch.tensor([[True, False, True, True, False]]))
case("scaled_dot_product_attention:causal", lambda *x: attend(*x, is_causal=True), normal(*q), normal(*q), normal(*q))
case("scaled_dot_product_attention:scale", lambda *x: attend(*x, scale=1.0), normal(*q), normal(*k), normal(*v))
case("scaled_dot_product_attention:bfloat16", attend, *(normal(*shape, dtype=torch.bfloat16) for shape in (q, k, k)))

# Later cases come last, so that the draws of the earlier ones stay as they are.
case(
    "index_copy", lambda a, i, b: torch.index_copy(a, 0, i, b), normal(4, 2), torch.tensor([3, 1]), normal(2, 2))
case("silu_", lambda a: F.silu(a.clone(), inplace=True), normal(3, 5))
case("gelu_", lambda a: F.gelu(a), normal(3, 5))
case("_softmax.out", lambda a: F.softmax(a.detach(), -1), normal(2, 3, 5))
case("_softmax.out:bfloat16", lambda a: F.softmax(a.detach(), 1), normal(2, 3, 5, dtype=torch.bfloat16))

def eigen(a):
    # The square of each vector's elements does not depend on its sign.
    values, vectors = torch.linalg.eigh(a + a.T)
    return values, vectors * vectors


case("linalg_eigh", eigen, normal(4, 4))

save_file(
    tensors,
    pathlib.Path(__file__).with_name("operators.safetensors"),
    {"torch": torch.__version__, "seed": str(SEED), "draws": str(DRAWS_SEED), "dtype": "float32 unless the case says otherwise"},
)
print(len({name.split("/")[0] for name in tensors}), "cases,", len(tensors), "tensors")
