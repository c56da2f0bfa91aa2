public import Datasets
public import Degradation
public import Torch

/// What a program lends to a training: its pictures, its codec, its machine and its voice.
public struct TrainingHost {
  /// Who reads pictures.
  public var decoder: any PictureDecoder
  /// Who compresses them while they are spoilt.
  public var codec: any JPEGCodec
  /// Writes a picture, `[1, 3, H, W]` in 0…1, as a JPEG file.
  public var writePicture: (_ picture_BCHW: Tensor, _ path: String) throws -> Void
  /// Tells people a line.
  public var say: (String) -> Void
  /// Told of every log line: the run, the step, then values by name.
  public var report: (_ run: RunSummary, _ step: Int, _ values: [String: Double]) -> Void
  /// True when the run shall stop after the current step.
  public var shouldStop: () -> Bool
  /// Where to compute.
  public var device: Device
  /// What the networks compute in.
  public var dtype: DType
  /// Whether to go on from the state in the run's folder.
  public var resume: Bool
  /// The processes that share the run; nil for this one alone.
  public var group: ProcessGroup?
  /// Folders in place of the recipe's; none where empty.
  public var folders: [String] = []
  /// Folders to measure with in place of the recipe's; none where empty.
  public var validation: [String] = []

  /// A host.
  public init(
    decoder: any PictureDecoder, codec: any JPEGCodec, device: Device, dtype: DType, resume: Bool,
    writePicture: @escaping (Tensor, String) throws -> Void, say: @escaping (String) -> Void,
    report: @escaping (RunSummary, Int, [String: Double]) -> Void, shouldStop: @escaping () -> Bool
  ) {
    self.decoder = decoder
    self.codec = codec
    self.device = device
    self.dtype = dtype
    self.resume = resume
    self.writePicture = writePicture
    self.say = say
    self.report = report
    self.shouldStop = shouldStop
  }
}

/// What a line on a run's progress needs to know of it.
public struct RunSummary: Sendable {
  /// Steps of the whole run.
  public let steps: Int
  /// Pictures of each step.
  public let picturesPerStep: Int
}
