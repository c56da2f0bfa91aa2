import Testing
import Torch
import Training

struct AdamWTests {
  private struct Golden: Decodable {
    var lr: [Double]
    var betas: [Double]
    var eps: Double
    var weight_decay: Double

    var settings: AdamW.Settings {
      var settings = AdamW.Settings()
      settings.beta1 = betas[0]
      settings.beta2 = betas[1]
      settings.epsilon = eps
      settings.weightDecay = weight_decay
      return settings
    }
  }

  private let goldens: TrainingGoldens
  private let golden: Golden

  init() throws {
    goldens = try TrainingGoldens()
    golden = try goldens.settings("adamw", as: Golden.self)
  }

  private static let names = ["a", "b", "c"]

  /// After one step, and after several with other rates and gradients of other sizes. A convolution's gradient comes out
  /// of the backward pass in channels_last order: the answer must be the same.
  @Test(arguments: [MemoryFormat.contiguous, .channelsLast])
  func followsPyTorch(order: MemoryFormat) throws {
    let parameters = try goldens.list("adamw/start", 3)
    let optimiser = try AdamW(parameters, settings: golden.settings)
    for (step, rate) in golden.lr.enumerated() {
      let gradients = try goldens.list("adamw/gradient.\(step)", 3).map { $0.rank == 4 ? try $0.contiguous(order) : $0 }
      #expect(gradients[0].isChannelsLast == (order == .channelsLast))
      try optimiser.step(gradients, learningRate: rate)
      let state = optimiser.state(names: Self.names)
      for (index, name) in Self.names.enumerated() {
        let found = [
          ("after", parameters[index]), ("mean", try #require(state["mean/" + name])),
          ("square", try #require(state["square/" + name])),
        ]
        for (kind, tensor) in found {
          let expected = try goldens.tensor("adamw/\(kind).\(step).\(index)")
          #expect(try isClose(tensor, expected, absolute: 1e-9), "\(kind) of \(name) after step \(step + 1)")
        }
        #expect(try #require(state["step/" + name]).item() == Double(step + 1))
      }
    }
  }

  @Test func decayShrinksParametersWithoutGradient() throws {
    var settings = AdamW.Settings()
    settings.weightDecay = 0.1
    let parameter = try Tensor([Float(2), -4])
    try AdamW([parameter], settings: settings).step([Tensor([Float(0), 0])], learningRate: 0.5)
    #expect(try isClose(parameter, Tensor([Float(1.9), -3.8])))
  }

  @Test func restoredMemoryGoesOnAsBefore() throws {
    func start() throws -> ([Tensor], AdamW) {
      let parameters = try goldens.list("adamw/start", 3)
      return (parameters, try AdamW(parameters, settings: golden.settings))
    }
    func gradients(_ step: Int) throws -> [Tensor] { try goldens.list("adamw/gradient.\(step)", 3) }
    let (straight, optimiser) = try start()
    for step in 0..<2 { try optimiser.step(gradients(step), learningRate: golden.lr[step]) }
    let state = try optimiser.state(names: Self.names).mapValues { try $0.cloned() }
    let halfway = try straight.map { try $0.cloned() }
    for step in 2..<5 { try optimiser.step(gradients(step), learningRate: golden.lr[step]) }

    let resumed = try AdamW(halfway, settings: golden.settings)
    try resumed.restore(state, names: Self.names)
    for step in 2..<5 { try resumed.step(gradients(step), learningRate: golden.lr[step]) }
    for (a, b) in zip(halfway, straight) { #expect(try a.floats() == b.floats()) }
  }

  @Test(arguments: ["mean/b", "square/b", "step/b"])
  func missingOrMisshapenMemoryIsNamed(key: String) throws {
    let optimiser = try AdamW(goldens.list("adamw/start", 3))
    var state = optimiser.state(names: Self.names)
    let kind = key.dropLast()
    for other in [nil, try Tensor.zeros([2, 2])] {
      state[key] = other
      let error = #expect(throws: TorchError.self) { try optimiser.restore(state, names: Self.names) }
      let shape = kind == "step/" ? "[]" : "[5]"
      #expect(error?.message == "resuming AdamW: the checkpoint has no '\(key)' of shape \(shape)")
    }
  }

  @Test func mistakesHaveWords() throws {
    let weight = try Tensor.zeros([4, 3, 3, 3])
    let cases: [(String, () throws -> Void)] = [
      ("AdamW: 0 gradients for 1 parameters", { try AdamW([weight]).step([], learningRate: 1) }),
      (
        "AdamW: a gradient of shape [4, 3] for a parameter of [4, 3, 3, 3]",
        { try AdamW([weight]).step([.zeros([4, 3])], learningRate: 1) }
      ),
      (
        "AdamW: Tensor(float32 [4, 3, 3, 3] on cpu) with strides [27, 1, 9, 3] is not float32 in row-major order; convert it first",
        { _ = try AdamW([weight.contiguous(.channelsLast)]) }
      ),
      (
        "AdamW: Tensor(bfloat16 [2] on cpu) with strides [1] is not float32 in row-major order; convert it first",
        { _ = try AdamW([.zeros([2], dtype: .bfloat16)]) }
      ),
    ]
    for (words, body) in cases {
      let error = #expect(throws: TorchError.self) { try body() }
      #expect(error?.message == words)
    }
  }
}
