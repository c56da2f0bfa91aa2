/// What happened while metadata was attached.
struct MetadataNotes {
  var warnings: [String] = []
  var isAnythingAttached = false
}

/// Attaches what a picture carries to the image that is to be written.
struct MetadataDresser {
  let picture: Picture
  let format: PictureFormat
  let options: EncodingOptions

  /// libvips silently leaves out a JPEG segment beyond this size.
  private static let longestSegment = 60_000

  func dress(_ pixels: VipsImage, _ notes: inout MetadataNotes) throws -> VipsImage {
    let image = try pixels.copied()
    var metadata = picture.metadata
    image.density = metadata.density
    if !options.keepsMetadata { metadata = PictureMetadata() }
    attachEXIF(metadata.exif, to: image, &notes)
    attachXMP(metadata.xmp, to: image, &notes)
    attachIPTC(metadata.iptc, to: image, &notes)
    if format == .tiff, let text = metadata.imageDescription { image.set("image-description", to: text) }
    attachSoftware(to: image)
    image.set("orientation", to: 1)
    return image
  }

  private func attach(
    _ bytes: [UInt8], as blob: VipsImage.Blob, called name: String, to image: VipsImage, _ notes: inout MetadataNotes
  ) {
    guard format != .jpeg || bytes.count <= Self.longestSegment else {
      notes.warnings.append("The \(name) metadata (\(bytes.count) bytes) is too long for JPEG and was left out.")
      return
    }
    image.set(blob, to: bytes)
    notes.isAnythingAttached = true
  }

  /// libvips writes EXIF from the fields of the image, so the block is first parsed into fields.
  private func attachEXIF(_ exif: [UInt8]?, to image: VipsImage, _ notes: inout MetadataNotes) {
    guard let exif else { return }
    if format == .tiff {
      notes.warnings.append(
        "EXIF cannot be written into TIFF by libvips; it was left out. Write PNG or JPEG to keep it.")
      return
    }
    guard exif.count <= Self.longestSegment else {
      notes.warnings.append("The EXIF metadata (\(exif.count) bytes) is too long and was left out.")
      return
    }
    guard PictureMetadata.isWhole(exif: exif), let carrier = try? EXIFCarrier.image(for: exif),
      image.copyFields(withPrefix: "exif-ifd", from: carrier) > 0
    else {
      notes.warnings.append("The EXIF metadata is damaged and was left out.")
      return
    }
    // Without its field the old thumbnail, which shows the unrestored picture, is dropped by libvips.
    image.copyFields(withPrefix: VipsImage.Blob.exif.rawValue, from: carrier)
    image.set("exif-ifd0-Orientation", to: "1")
    notes.isAnythingAttached = true
  }

  private func attachIPTC(_ iptc: [UInt8]?, to image: VipsImage, _ notes: inout MetadataNotes) {
    guard let iptc else { return }
    guard format == .jpeg else {
      // TIFF has a tag for it, but libvips 8.14 on libtiff 4.5 writes a quarter of the bytes.
      notes.warnings.append("IPTC metadata is written into JPEG alone; it was left out of this \(format.name) file.")
      return
    }
    attach(IPTCBlock.wrapped(iptc), as: .iptc, called: "IPTC", to: image, &notes)
  }

  private func attachXMP(_ xmp: [UInt8]?, to image: VipsImage, _ notes: inout MetadataNotes) {
    let usable = options.provenance.filter { XMPPacket.isUsable(key: $0.key) }
    for key in options.provenance.keys.sorted() where usable[key] == nil {
      notes.warnings.append("The provenance key '\(key)' cannot be a name in XML and was left out.")
    }
    guard xmp != nil || !usable.isEmpty else { return }
    var packet = xmp.map { XMPPacket(bytes: $0) } ?? .empty
    packet.resetOrientation()
    if !usable.isEmpty, !packet.setProvenance(usable) {
      notes.warnings.append("The XMP metadata is not readable text; it was kept, and no provenance was added to it.")
    }
    // libvips tells XMP in HEIF by its first element, so the wrapper has to go.
    if format == .heic || format == .avif { packet.unwrap() }
    attach(packet.bytes, as: .xmp, called: "XMP", to: image, &notes)
  }

  /// Names the program where viewers look for it.
  private func attachSoftware(to image: VipsImage) {
    guard let software = options.provenance["software"] else { return }
    switch format {
    case .jpeg, .webp, .heic, .avif: image.set("exif-ifd0-Software", to: software)
    case .png: image.set("png-comment-0-Software", to: software)
    case .tiff where picture.metadata.imageDescription == nil || !options.keepsMetadata:
      let rest = options.provenance.filter { $0.key != "software" }.sorted { $0.key < $1.key }
      image.set("image-description", to: ([software] + rest.map { "\($0.key)=\($0.value)" }).joined(separator: "; "))
    default: break
    }
  }
}
