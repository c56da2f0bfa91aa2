// Numbers, texts and bytes, in the binary spellings and in those of protocol 0.

extension PickleMachine {
  mutating func number(_ opcode: PickleOpcode) throws(CheckpointFlaw) -> PickleValue {
    switch opcode {
    case .binInt: return .integer(Int(try cursor.number(Int32.self)))
    case .binInt1: return .integer(Int(try cursor.byte()))
    case .binInt2: return .integer(Int(try cursor.number(UInt16.self)))
    case .binFloat: return .number(try cursor.double())
    case .long1: return try littleEndian(try cursor.skip(Int(try cursor.byte())))
    case .long4: return try littleEndian(try cursor.skip(Int(try cursor.number(Int32.self))))
    case .float:
      let line = try cursor.line()
      guard let value = Double(cursor.text(line)) else { throw cursor.flaw("a number that is none") }
      return .number(value)
    default: return try spelled(opcode)
    }
  }

  /// `I12`, `I01` for True, `L12L`.
  private mutating func spelled(_ opcode: PickleOpcode) throws(CheckpointFlaw) -> PickleValue {
    var line = try cursor.line()
    if opcode == .int {
      switch cursor.text(line) {
      case "00": return .bool(false)
      case "01": return .bool(true)
      default: break
      }
    } else if cursor.bytes(line).last == UInt8(ascii: "L") {
      line = line.lowerBound..<line.upperBound - 1
    }
    let digits = cursor.bytes(line).drop { $0 == UInt8(ascii: "-") }
    guard !digits.isEmpty, digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
      throw cursor.flaw("a number that is none")
    }
    // 20 digits are beyond 64 bits; hostile files have millions.
    guard line.count <= 20, let value = Int(cursor.text(line)) else { return try heap.makeHugeInteger(.file(line)) }
    return .integer(value)
  }

  /// A number in two's complement of any length.
  private mutating func littleEndian(_ range: Range<Int>) throws(CheckpointFlaw) -> PickleValue {
    guard range.count <= 8 else { return try heap.makeHugeInteger(.file(range)) }
    var bits: UInt64 = (cursor.bytes(range).last ?? 0) >= 0x80 ? .max : 0
    for byte in cursor.bytes(range).reversed() { bits = bits << 8 | UInt64(byte) }
    return .integer(Int(truncatingIfNeeded: bits))
  }

  /// A number that instructions of protocol 0 take.
  mutating func decimal(_ line: Range<Int>) throws(CheckpointFlaw) -> Int {
    guard line.count <= 20, let value = Int(cursor.text(line)), value >= 0 else {
      throw cursor.flaw("a number that is none")
    }
    return value
  }

  mutating func text(_ opcode: PickleOpcode) throws(CheckpointFlaw) -> PickleValue {
    switch opcode {
    case .shortBinUnicode, .shortBinString:
      return try heap.makeText(cursor.text(try cursor.skip(Int(try cursor.byte()))))
    case .binUnicode: return try heap.makeText(cursor.text(try cursor.skip(Int(try cursor.number(UInt32.self)))))
    case .binString: return try heap.makeText(cursor.text(try cursor.skip(Int(try cursor.number(Int32.self)))))
    case .binUnicode8: return try heap.makeText(cursor.text(try cursor.skip(try cursor.length())))
    default:
      let line = try cursor.line()
      return try heap.makeText(try unescaped(cursor.bytes(line), isQuoted: opcode == .string))
    }
  }

  mutating func bytes(_ opcode: PickleOpcode) throws(CheckpointFlaw) -> PickleValue {
    let count =
      switch opcode {
      case .shortBinBytes: Int(try cursor.byte())
      case .binBytes: Int(try cursor.number(UInt32.self))
      default: try cursor.length()
      }
    return try heap.makeBytes(.file(try cursor.skip(count)))
  }

  /// Text of protocol 0: Latin-1 with the escapes of Python's string literals, in quotes or without.
  private func unescaped(_ line: UnsafeRawBufferPointer, isQuoted: Bool) throws(CheckpointFlaw) -> String {
    var rest = line[...]
    if isQuoted {
      guard rest.count >= 2, let quote = rest.first, quote == rest.last, quote == 0x22 || quote == 0x27 else {
        throw cursor.flaw("a text without quotes")
      }
      rest = rest.dropFirst().dropLast()
    }
    var text = String.UnicodeScalarView()
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\"), let kind = rest.first else {
        text.append(Unicode.Scalar(byte))
        continue
      }
      let digits =
        switch kind {
        case UInt8(ascii: "x") where isQuoted: 2
        case UInt8(ascii: "u") where !isQuoted: 4
        case UInt8(ascii: "U") where !isQuoted: 8
        default: 0
        }
      if digits > 0 {
        let hexadecimal = String(decoding: rest.dropFirst().prefix(digits), as: UTF8.self)
        guard hexadecimal.utf8.count == digits, let value = UInt32(hexadecimal, radix: 16) else {
          throw cursor.flaw("a broken escape in a text")
        }
        text.append(Unicode.Scalar(value) ?? "\u{fffd}")
        rest = rest.dropFirst(1 + digits)
      } else if isQuoted {
        let plain: [UInt8: Unicode.Scalar] = [
          UInt8(ascii: "n"): "\n", UInt8(ascii: "t"): "\t", UInt8(ascii: "r"): "\r",
        ]
        text.append(plain[kind] ?? Unicode.Scalar(kind))
        rest = rest.dropFirst()
      } else {
        text.append("\\")
      }
    }
    return String(text)
  }
}
