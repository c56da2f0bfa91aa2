import Torch

extension OperatorCase {
  static let shape: [OperatorCase] = [
    OperatorCase("reshape") { try $0[0].reshaped([3, -1]) },
    OperatorCase("permute") { try $0[0].permuted([2, 0, 1]) },
    OperatorCase("transpose.int") { try $0[0].transposed(0, -1) },
    OperatorCase("unsqueeze") { try $0[0].unsqueezed(1) },
    OperatorCase("squeeze.dim") { try $0[0].squeezed(1) },
    OperatorCase("flatten.using_ints") { try $0[0].flattened() },
    OperatorCase("flatten.using_ints:some") { try $0[0].flattened(from: 1, to: 2) },
    OperatorCase("expand") { try $0[0].expanded([2, -1, 3]) },
    OperatorCase("repeat") { try $0[0].repeated([2, 1, 3]) },
    OperatorCase("cat") { try .concatenated($0, axis: 1) },
    OperatorCase("stack") { try .stacked($0, axis: -1) },
    OperatorCase(several: "chunk") { try $0[0].chunks(3, axis: 1) },
    OperatorCase(several: "split_with_sizes") { try $0[0].split([1, 4, 2], axis: -1) },
    OperatorCase("contiguous") { try $0[0].transposed(0, 1).contiguous() },
    OperatorCase("contiguous:channelsLast") { try $0[0].contiguous(.channelsLast) },
    OperatorCase("flip") { try $0[0].flipped([0, 1]) },
    OperatorCase("roll") { try $0[0].rolled([1, -2], axes: [0, 1]) },
    OperatorCase("pixel_shuffle") { try $0[0].pixelShuffled(2) },
    OperatorCase("pixel_unshuffle") { try $0[0].pixelUnshuffled(2) },
    OperatorCase("detach") { try $0[0].detached() },
    OperatorCase("clone") { try $0[0].cloned() },
  ]

  static let indexing: [OperatorCase] = [
    OperatorCase("narrow") { try $0[0].narrowed(1, from: 2, length: 3) },
    OperatorCase("select.int") { try $0[0].selected(1, -2) },
    OperatorCase("slice.Tensor") { try $0[0].sliced(1, from: 1, to: 4) },
    OperatorCase("slice.Tensor:step") { try $0[0].sliced(1, step: 2) },
    OperatorCase("slice.Tensor:negative") { try $0[0].sliced(1, from: -3, to: -1) },
    OperatorCase("index_select") { try $0[0].indexSelected(0, $0[1]) },
    OperatorCase("index_copy") { try $0[0].replacingRows($0[1], with: $0[2]) },
    OperatorCase("gather") { try $0[0].gathered(1, $0[1]) },
    OperatorCase("embedding") { try $0[0].embedded($0[1]) },
    OperatorCase(several: "sort") { try pair($0[0].sorted()) },
    OperatorCase(several: "sort:descending") { try pair($0[0].sorted(0, descending: true)) },
    OperatorCase(several: "topk") { try pair($0[0].largest(3)) },
    OperatorCase(several: "topk:axis") { try pair($0[0].largest(2, axis: 0)) },
    OperatorCase("tril") { try $0[0].lowerTriangle() },
    OperatorCase("tril:above") { try $0[0].lowerTriangle(1) },
    OperatorCase("triu") { try $0[0].upperTriangle() },
    OperatorCase("triu:below") { try $0[0].upperTriangle(-1) },
  ]

  static let reduction: [OperatorCase] = [
    OperatorCase("sum") { try $0[0].sum() },
    OperatorCase("sum.dim_IntList") { try $0[0].sum([0, 2]) },
    OperatorCase("sum.dim_IntList:keeping") { try $0[0].sum([-1], keepingAxes: true) },
    OperatorCase("mean") { try $0[0].mean() },
    OperatorCase("mean.dim") { try $0[0].mean([0, 2]) },
    OperatorCase("mean.dim:keeping") { try $0[0].mean([-1], keepingAxes: true) },
    OperatorCase("var.correction") { try $0[0].variance([0, 2]) },
    OperatorCase("var.correction:population") { try $0[0].variance([-1], correction: 0, keepingAxes: true) },
    OperatorCase("std.correction") { try $0[0].standardDeviation([0, 2]) },
    OperatorCase("std.correction:population") { try $0[0].standardDeviation([-1], correction: 0, keepingAxes: true) },
    OperatorCase("amax") { try $0[0].maximum(over: [0, 2]) },
    OperatorCase("amax:all") { try $0[0].maximum() },
    OperatorCase("amin") { try $0[0].minimum(over: [-1], keepingAxes: true) },
    OperatorCase("amin:all") { try $0[0].minimum() },
    OperatorCase("argmax") { try $0[0].argmax(-1) },
    OperatorCase("cumprod") { try $0[0].cumulativeProduct(0) },
    OperatorCase("cumsum") { try $0[0].cumulativeSum(1) },
    OperatorCase("linalg_vector_norm") { try $0[0].norm() },
  ]

  static let creation: [OperatorCase] = [
    OperatorCase("empty.memory_format") { _ in try .empty([2, 0, 3]) },
    OperatorCase("zeros") { _ in try .zeros([2, 3]) },
    OperatorCase("ones") { _ in try .ones([2, 3], dtype: .bfloat16) },
    OperatorCase("full") { _ in try .full([2, 3], 2.5) },
    OperatorCase("full:int64") { _ in try .full([2, 3], 7, dtype: .int64) },
    OperatorCase("arange.start_step") { _ in try .arange(0.5, 4, step: 0.75) },
    OperatorCase("arange.start_step:int64") { _ in try .arange(3, 9, dtype: .int64) },
    OperatorCase("linspace") { _ in try .linspace(-1, 2, count: 7) },
    OperatorCase("eye") { _ in try .identity(3) },
    OperatorCase("zeros_like") { try $0[0].zerosLike() },
    OperatorCase("ones_like") { try $0[0].onesLike() },
    OperatorCase("randn.generator") { _ in try .randn([3], generator: draws()) },
    OperatorCase("randn.generator:long") { _ in try .randn([5, 8], generator: draws()) },
    OperatorCase("rand.generator") { _ in try .rand([5, 8], generator: draws()) },
    OperatorCase("randint.low_generator") { _ in try .randint(-5, 12, [5, 8], generator: draws()) },
    OperatorCase("randperm.generator") { _ in try .randomPermutation(20, generator: draws()) },
    OperatorCase("poisson") { try $0[0].detached().poisson(generator: draws()) },
  ]

  private static func draws() throws(TorchError) -> Generator { try Generator(seed: drawsSeed) }

  private static func pair(_ results: (values: Tensor, indices: Tensor)) -> [Tensor] {
    [results.values, results.indices]
  }
}
