import Testing
import Torch

/// Calling any operator of libtorch by its schema.
@Suite struct OperatorCallTests {
  @Test func missingTrailingArgumentsTakeTheSchemasDefaults() throws {
    let add = Operator("aten::add", "Tensor")
    let a = try Tensor([1, 2] as [Float])
    #expect(try add.schema().contains("Scalar alpha=1"))
    #expect(try add(.tensor(a), .tensor(a)).floats() == [2, 4])
    #expect(try add(.tensor(a), .tensor(a), .double(-1)).floats() == [0, 0])
  }

  @Test func defaultsCanStandInTheMiddle() throws {
    let norm = Operator("aten::linalg_vector_norm")
    let x = try Tensor([3, 4] as [Float], [1, 2])
    #expect(try norm.schema().contains("Scalar ord=2"))
    #expect(try norm(.tensor(x), .default, .ints([1]), .bool(true)).shape == [1, 1])
    #expect(try norm(.tensor(x), .default).item() == 5)
  }

  @Test func operatorsAreNamedAsTheirSchema() {
    #expect(Operator("aten::add", "Tensor").name == "aten::add.Tensor")
    #expect(Operator("aten::relu").name == "aten::relu")
  }

  @Test func wholeNumbersServeWhereTheSchemaWantsFloats() throws {
    // `float? scale` and `Scalar` both take an int.
    let x = try Tensor.ones([1, 1, 2, 2])
    let attend = Operator("aten::scaled_dot_product_attention")
    let result = try attend(.tensor(x), .tensor(x), .tensor(x), .none, .int(0), .bool(false), .int(2))
    #expect(try result.floats() == [1, 1, 1, 1])
    #expect(try Operator("aten::mul", "Scalar")(.tensor(x), .int(3)).sum().item() == 12)
  }

  @Test func listsOfEveryKindPass() throws {
    let x = try Tensor([0, 1, 2, 3] as [Float], [2, 2])
    let doubled = try Operator("aten::upsample_nearest2d", "vec")(
      .tensor(x.reshaped([1, 1, 2, 2])), .none, .doubles([2, 1]))
    #expect(doubled.shape == [1, 1, 4, 2])
    let rows = try Operator("aten::index", "Tensor")(.tensor(x), .optionals([nil, Tensor([1])]))
    #expect(try rows.floats() == [1, 3])
    let joined = try Operator("aten::cat")(.tensors([x, x, x]))
    #expect(joined.shape == [6, 2])
    let all = try Operator("aten::native_layer_norm_backward").call(
      [
        .tensor(x), .tensor(x), .ints([2]), .tensor(x.mean([1], keepingAxes: true)), .tensor(.ones([2, 1])),
        .optional(nil), .optional(nil), .bools([true, false, false]),
      ])
    #expect(all.first?.shape == [2, 2])
    #expect(try Operator("aten::amax")(.tensor(x), .ints([])).item() == 3, "an empty list")
  }

  @Test func optionalArgumentsBecomeNone() throws {
    let x = try Tensor.ones([1, 2])
    let linear = Operator("aten::linear")
    #expect(try linear(.tensor(x), .tensor(.ones([3, 2])), .optional(nil)).floats() == [2, 2, 2])
    #expect(try linear(.tensor(x), .tensor(.ones([3, 2])), .optional(.ones([3]))).floats() == [3, 3, 3])
    #expect(try Operator("aten::sum")(.tensor(x), .dtype(nil)).dtype == .float32)
    #expect(try Operator("aten::sum")(.tensor(x), .dtype(.float64)).dtype == .float64)
    let missing: Int? = nil
    #expect(try Operator("aten::slice", "Tensor")(.tensor(x), .int(1), .int(missing), .int(1)).shape == [1, 1])
  }
}
