public import Torch

/// A system as the registry knows it.
public struct RestorerEntry: Sendable {
  /// What `--model` calls it.
  public let name: String
  /// One line on what it is.
  public let summary: String
  /// The folder of its model among the installed ones; nil when it is called like the system.
  public var folder: String?
  /// Terms of its weights.
  public let licence: String
  /// True when the model is in Burnish's own repository, so that a checkout without it is incomplete.
  public let isShipped: Bool
  /// The files that it is made of.
  public let parts: [ModelPart]
  /// True when a folder holds this system's model.
  public let recognises: @Sendable (_ folder: String) -> Bool
  /// Loads the system from a folder.
  public let load: @Sendable (_ folder: String, _ dtype: DType, _ device: Device) throws -> any Restorer
  /// More lines about the system, given the folder where its model lies or would lie.
  public var details: @Sendable (_ folder: String) -> [String] = { _ in [] }
}

/// Every system that this build has: one line each.
public enum RestorerRegistry {
  /// The systems, in the order in which they are shown.
  public static let entries: [RestorerEntry] = [
    .starter, .addsr, .seesr, .seesrTurbo, .stablesr, .sdxlAdapter, .sd3Adapter, .fluxir,
  ]

  /// The system of a name.
  public static func entry(named name: String) -> RestorerEntry? { entries.first { $0.name == name } }

  /// The system whose model a folder holds.
  public static func entry(recognising folder: String) -> RestorerEntry? { entries.first { $0.recognises(folder) } }
}
