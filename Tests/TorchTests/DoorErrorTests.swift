import Testing
import Torch

/// What goes wrong in libtorch arrives as `TorchError` with the right code and words.
@Suite struct DoorErrorTests {
  struct Failure: Sendable, CustomTestStringConvertible {
    let id: String
    let code: TorchError.Code
    let words: [String]
    let body: @Sendable () throws -> Void

    init(_ id: String, _ code: TorchError.Code, _ words: [String], _ body: @escaping @Sendable () throws -> Void) {
      self.id = id
      self.code = code
      self.words = words
      self.body = body
    }

    var testDescription: String { id }
  }

  static let failures: [Failure] = [
    Failure("out of memory", .outOfMemory, ["aten::empty.memory_format", "can't allocate memory"]) {
      _ = try Tensor.empty([1 << 48])
    },
    Failure("out of memory in the middle of an operator", .outOfMemory, ["aten::outer", "memory"]) {
      let long = try Tensor.zeros([1]).expanded([1 << 24])
      _ = try long.outer(long)
    },
    Failure("shapes that do not fit", .operation, ["aten::add.Tensor(float32[2, 3], float32[4])", "must match"]) {
      _ = try Tensor.zeros([2, 3]) + Tensor.zeros([4])
    },
    Failure("types that do not fit", .operation, ["aten::matmul(float32[2, 2], int64[2, 2])", "same dtype"]) {
      _ = try Tensor.zeros([2, 2]).matmul(Tensor.zeros([2, 2], dtype: .int64))
    },
    Failure("an index beyond the end", .operation, ["aten::select.int(float32[3])", "out of range"]) {
      _ = try Tensor.zeros([3]).selected(0, 3)
    },
    Failure("an axis that is not there", .operation, ["aten::sum.dim_IntList", "Dimension out of range"]) {
      _ = try Tensor.zeros([3]).sum([1])
    },
    Failure("a negative size", .operation, ["aten::zeros", "negative"]) { _ = try Tensor.zeros([-1]) },
    Failure("an unknown operator", .operation, ["looking up aten::no_such_thing", "no_such_thing"]) {
      _ = try Operator("aten::no_such_thing")()
    },
    Failure("an unknown overload", .operation, ["looking up aten::add.NoSuch"]) {
      _ = try Operator("aten::add", "NoSuch").schema()
    },
    Failure("too many arguments", .operation, ["aten::relu", "takes 1 arguments, got 2"]) {
      _ = try Operator("aten::relu")(.tensor(.zeros([1])), .int(1))
    },
    Failure("a missing argument without default", .operation, ["argument 'other' is missing and has no default"]) {
      _ = try Operator("aten::add", "Tensor")(.tensor(.zeros([1])))
    },
    Failure("a default where the schema has none", .operation, ["argument 'self' has no default"]) {
      _ = try Operator("aten::relu")(.default)
    },
    Failure("text for a tensor", .operation, ["aten::relu", "Tensor"]) { _ = try Operator("aten::relu")(.string("x")) },
    Failure("a tensor for a list", .operation, ["aten::permute"]) {
      _ = try Operator("aten::permute")(.tensor(.zeros([1])), .tensor(.zeros([1])))
    },
    Failure("no tensor where one is needed", .operation, ["aten::relu"]) { _ = try Operator("aten::relu")(.none) },
    Failure("a result that is no tensor", .operation, ["aten::dim", "only tensors pass the door"]) {
      _ = try Operator("aten::dim")(.tensor(.zeros([1])))
    },
    Failure("more results than expected", .argument, ["aten::chunk answered 3 tensors, expected at most 2"]) {
      _ = try Operator("aten::chunk").call([.tensor(.zeros([3])), .int(3), .int(0)], capacity: 2)
    },
    Failure("an array too short for its shape", .argument, ["wrapping 8 bytes", "[3]"]) {
      _ = try Tensor([1, 2] as [Float], [3])
    },
    Failure("one number of many", .argument, ["reading one number of a tensor of shape [2]"]) {
      _ = try Tensor.zeros([2]).item()
    },
    Failure("an unknown device", .operation, ["aten::zeros", "nonsense"]) {
      _ = try Tensor.zeros([1], device: Device("nonsense"))
    },
    Failure("a device with a broken number", .operation, ["cuda:x"]) {
      _ = try Tensor.zeros([1], device: Device("cuda:x"))
    },
    Failure("a device without a name", .operation, ["aten::zeros"]) { _ = try Tensor.zeros([1], device: Device("")) },
    Failure("memory figures of the CPU", .operation, ["reading memory figures of cpu"]) { _ = try Device.cpu.memory() },
    Failure("the peak of the CPU", .operation, ["resetting the peak of cpu"]) { try Device.cpu.resetPeakMemory() },
    Failure("no threads", .operation, ["setting the number of threads to 0"]) { try Machine.setThreadCount(0) },
    Failure("a view over bytes that do not divide", .operation, ["aten::view.dtype"]) {
      _ = try Tensor.zeros([3], dtype: .uint8).bitCast(.float32)
    },
  ]

  @Test(arguments: failures) func errorsHaveCodeAndWords(_ failure: Failure) throws {
    let error = #expect(throws: TorchError.self) { try failure.body() }
    #expect(error?.code == failure.code)
    for word in failure.words { #expect(error?.message.contains(word) == true, "\(error?.message ?? "")") }
    #expect(error?.description == error?.message)
    // No C++ backtrace for people to read.
    #expect(error?.message.contains("frame #") == false)
  }

  @Test func workGoesOnAfterAFailure() throws {
    #expect(throws: TorchError.self) { try Tensor.empty([1 << 48]) }
    #expect(try (Tensor.ones([2]) + 1).floats() == [2, 2])
  }
}
