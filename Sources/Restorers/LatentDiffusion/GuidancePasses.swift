public import Torch

/// How the two predictions of a guided step go through the networks.
public enum GuidancePasses: Sendable, Hashable, CaseIterable {
  /// As a batch of two: keeps a GPU busy.
  case together
  /// One after the other, which takes half the memory.
  case inTurn

  /// What suits a device.
  public static func standard(for device: Device) -> GuidancePasses { device == .cpu ? .inTurn : .together }
}
