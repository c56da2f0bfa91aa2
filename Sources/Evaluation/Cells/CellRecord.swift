/// Everything that the numbers of a cell depend on, beside its pictures. A cell of another key is computed anew.
struct CellKey: Codable, Equatable {
  /// Changes when the form of records does.
  var format = 1
  let program: String
  let libtorch: String
  let dataset: String
  let sample: String
  /// The recipe as it is, not only its name; empty for pictures that are given.
  let recipe: String
  let crop: String
  let seed: UInt64
  let model: String
  /// A digest of the model's files.
  let modelFiles: String
  let steps: Int?
  let colorFix: String
  let fidelity: Double?
  let scale: Int
  let device: String
  let dtype: String
}

/// What is known of one restored picture.
struct PictureRow: Codable, Equatable {
  /// Its path below the data set's folder.
  let name: String
  /// SHA-256 of the files that went in.
  var inputs: [String] = []
  /// Sides of the result.
  var width = 0
  var height = 0
  /// By the metrics' names.
  var scores: [String: Double] = [:]
  /// What went wrong, a sentence each; such a picture is tried again.
  var errors: [String] = []
  /// What did not go as planned.
  var notes: [String] = []
  /// Seconds of the restoration, without reading, writing and measuring.
  var seconds: Double?
  /// Bytes of main memory, or of the device's, at the restoration's peak.
  var memory: Int?

  /// The same where nothing is known.
  init(name: String) { self.name = name }
}

/// A score of a whole cell.
struct SetScore: Codable, Equatable {
  let value: Double
  /// Pictures of the cell and of the references.
  let count: Int
  let referenceCount: Int
}

/// A cell as it lies in the report folder: a row of one block, with its pictures.
struct CellRecord: Codable, Equatable {
  let key: CellKey
  /// Digests of the metrics' weights; scores of others are left out.
  var weights: [String: String] = [:]
  var rows: [PictureRow] = []
  /// Scores of the whole cell, by the metrics' names.
  var sets: [String: SetScore] = [:]
  /// What keeps the whole cell from being computed, such as a model that cannot be loaded.
  var problem: String?
  /// The model's own number of steps, where the user named none.
  var ownSteps: Int?

  init(key: CellKey) { self.key = key }
}
