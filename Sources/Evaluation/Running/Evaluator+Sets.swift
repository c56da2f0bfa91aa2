internal import Quality
internal import Torch

extension Evaluator {
  /// Measures a whole cell beside its references, where that is not done.
  func measureSets(
    _ record: inout CellRecord, _ group: EvaluationPlan.Group, _ run: EvaluationRun, _ label: EvaluationEvent.Cell
  ) {
    let restored = Set(record.rows.filter { $0.errors.isEmpty && $0.seconds != nil }.map(\.name))
    let items = group.dataset.items.filter { restored.contains($0.name) }
    for metric in metrics where record.sets[metric.name] == nil && group.dataset.hasReferences {
      guard case .sets(let fid) = metric.metric else { continue }
      do {
        guard items.count > 1 else {
          throw EvaluationError(.picture, "\(metric.name) needs at least two pictures that could be restored")
        }
        let (features, references) = try withoutGradient {
          (
            try Tensor.concatenated(
              items.map { try fid.features(read(folder.picture(group, run, $0)).tensor()) }, axis: 0),
            try referenceFeatures(items, group, metric.name, fid)
          )
        }
        record.sets[metric.name] = SetScore(
          value: try FID.distance(features, references), count: features.size(0), referenceCount: references.size(0))
      } catch {
        summary.failed += 1
        surroundings.tell(.failed(label, picture: metric.name, message: surroundings.describe(error)))
      }
    }
  }

  private func referenceFeatures(
    _ items: [EvaluationDataset.Item], _ group: EvaluationPlan.Group, _ name: String, _ fid: FID
  ) throws -> Tensor {
    let key = ([group.dataset.name, group.sample.name, name] + items.map(\.name)).joined(separator: "\n")
    if let known = setReferences[key] { return known }
    let features = try Tensor.concatenated(
      items.compactMap { try pairs.pair($0, of: group).reference }.map { try fid.features($0.tensor()) }, axis: 0)
    setReferences[key] = features
    return features
  }
}
