/// The parts that SeeSR and AddSR have in common.
enum SteeredParts {
  static let source = "github.com/cswry/SeeSR (Google Drive, OneDrive)"

  static let tagger = ModelPart(
    "RAM", places: ["ram_swin_large_14m.safetensors", "ram_swin_large_14m.pth"], summary: "the tagger RAM, Swin-L, 14M",
    source: "github.com/xinyu1205/recognize-anything")
  static let dape = ModelPart(
    "DAPE", places: ["DAPE.safetensors", "DAPE.pth"], summary: "SeeSR's LoRA for RAM", source: source)
  static let tags = ModelPart(
    "tags", places: ["ram_tag_list.txt", "ram/data/ram_tag_list.txt"], summary: "RAM's 4585 tags, one a line",
    source: "github.com/cswry/SeeSR, ram/data")
  static let thresholds = ModelPart(
    "thresholds", places: ["ram_tag_list_threshold.txt", "ram/data/ram_tag_list_threshold.txt"],
    summary: "the score from which on each tag counts, one a line", source: "github.com/cswry/SeeSR, ram/data")

  /// Sizes of a tagger that is not the published one.
  static let taggerConfig = "ram_config.json"

  /// What finds a picture's tags, in the order in which it is shown.
  static let tagging = [tagger, dape, tags, thresholds]
  /// All that is shared.
  static let all = StableDiffusionParts.two.all + tagging
}
