internal import Checkpoints
internal import Foundation
internal import Torch

/// Where each patch of a latent stands: sines and cosines of its column, then of its row, cropped from the middle of a
/// table so that the middle of every latent has the same positions.
///
/// The published files hold the table as a buffer of up to 450 MB. What is needed of it is a view; without it, the rows for
/// one size are computed.
struct PatchPositions {
  private let stored_1YXD: Tensor?  // pos_embed
  private let side: Int
  private let width: Int
  /// Patches of the table for each unit of a coordinate.
  private let patchesPerUnit: Double

  /// Takes `pos_embed` where the source has it.
  init(_ path: ParameterPath, _ config: SD3TransformerConfig) throws {
    side = config.positionSide
    width = config.width
    patchesPerUnit = Double(side) / Double(config.sampleSize / config.patchSize)
    stored_1YXD =
      path.contains("pos_embed")
      ? try path.take("pos_embed", [1, side * side, width], .zeros).reshaped([1, side, side, width]) : nil
  }

  /// The positions for patches `[B, h, w, D]`, to be added to them: `[1, h, w, D]`, of their type and device.
  /// - Throws: `TorchError` for more patches than the table has in a row or column.
  func callAsFunction(for patches_BYXD: Tensor) throws(TorchError) -> Tensor {
    let (rows, columns) = (patches_BYXD.size(1), patches_BYXD.size(2))
    guard rows <= side, columns <= side else {
      throw TorchError(
        .argument,
        "a latent of \(rows)×\(columns) patches is larger than the transformer's \(side)×\(side) positions; "
          + "restore it in tiles")
    }
    let (top, left) = ((side - rows) / 2, (side - columns) / 2)
    guard let stored_1YXD else {
      return try generated(top..<top + rows, left..<left + columns).to(
        patches_BYXD.dtype, device: patches_BYXD.device)
    }
    return try stored_1YXD.narrowed(1, from: top, length: rows).narrowed(2, from: left, length: columns)
      .to(patches_BYXD.dtype)
  }

  private func generated(_ rows: Range<Int>, _ columns: Range<Int>) throws(TorchError) -> Tensor {
    let shape = [1, rows.count, columns.count, width / 2]
    let column_1YXD = try waves(columns).reshaped([1, 1, columns.count, width / 2]).expanded(shape)
    let row_1YXD = try waves(rows).reshaped([1, rows.count, 1, width / 2]).expanded(shape)
    return try .concatenated([column_1YXD, row_1YXD], axis: 3)
  }

  /// `[sin(p ω), cos(p ω)]` with `ω = 10000^(-i / (D/4))`, in double precision as the published tables were made.
  private func waves(_ places: Range<Int>) throws(TorchError) -> Tensor {
    let count = width / 4
    let frequencies = (0..<count).map { pow(10000, -Double($0) / Double(count)) }
    let angles = try Tensor(places.map { Double($0) / patchesPerUnit }).outer(try Tensor(frequencies))
    return try .concatenated([try angles.sin(), try angles.cos()], axis: 1)
  }
}
