internal import Foundation
internal import Pictures
internal import Restorers
internal import Torch

/// Looks at everything that a restoration needs.
enum Doctor {
  /// One thing that was looked at.
  struct Finding: Encodable {
    /// Whether it is as it should be.
    enum State: String, Encodable {
      /// As it should be.
      case ok
      /// Works, but could be better; the text says how.
      case note
      /// Needed and not there; the text says what to do.
      case missing
    }

    let subject: String
    let state: State
    let text: String

    var line: String {
      let mark = state == .missing ? "MISSING" : state.rawValue
      return mark.padding(toLength: 8, withPad: " ", startingAt: 0)
        + subject.padding(toLength: 14, withPad: " ", startingAt: 0) + text
    }
  }

  static func examine() -> [Finding] {
    [burnish(), swift(), libtorch(), cpu(), threads(), memory()] + devices() + pictures() + models()
  }

  static func json(_ findings: [Finding]) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(data: try encoder.encode(findings), encoding: .utf8) ?? ""
  }

  private static func burnish() -> Finding { Finding(subject: "burnish", state: .ok, text: Version.current) }

  private static func swift() -> Finding {
    guard let version = firstLine(of: "swift", ["--version"]) else {
      return Finding(
        subject: "Swift", state: .note,
        text: "not on PATH; only needed to build Burnish anew (https://www.swift.org/install)")
    }
    return Finding(subject: "Swift", state: .ok, text: version)
  }

  private static func libtorch() -> Finding {
    let text = "compiled against \(Machine.compiledVersion), running on \(Machine.runningVersion)"
    do { try Machine.checkVersion() } catch {
      return Finding(subject: "libtorch", state: .missing, text: "\(text): \(error)")
    }
    return Finding(subject: "libtorch", state: .ok, text: text)
  }

  private static func cpu() -> Finding {
    let wanted = ["avx2", "avx512f", "avx512_bf16", "amx_bf16", "asimd", "bf16"]
    let found = wanted.filter(Machine.cpuFeatures.contains)
    let type = Machine.preferredDType(on: .cpu)
    let units = found.isEmpty ? "" : ", has \(found.joined(separator: ", "))"
    return Finding(
      subject: "CPU", state: .ok, text: "kernels for \(Machine.cpuCapability)\(units); networks run in \(type)")
  }

  private static func threads() -> Finding {
    let cores = ProcessInfo.processInfo.activeProcessorCount
    let used = Machine.threadCount
    let hint = used < cores ? " (OMP_NUM_THREADS or --threads limits them)" : ""
    return Finding(subject: "threads", state: used < cores ? .note : .ok, text: "\(used) of \(cores) cores\(hint)")
  }

  private static func memory() -> Finding {
    let total = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    let available = AvailableMemory.bytes
    let text = "\(Terminal.bytes(available)) available of \(Terminal.bytes(total))"
    guard available > 1_500_000_000 else {
      return Finding(
        subject: "memory", state: .note,
        text: text + "; large pictures will need small tiles: close other programs, or set --memory")
    }
    return Finding(subject: "memory", state: .ok, text: text)
  }

  private static func devices() -> [Finding] {
    var findings = [
      Finding(subject: "device", state: .ok, text: "cpu" + (Device.best == .cpu ? " (used by --device auto)" : ""))
    ]
    for index in 0..<Machine.deviceCount("cuda") {
      let device = Device("cuda:\(index)")
      let memory =
        (try? device.memory()).map { ", \(Terminal.bytes($0.free)) free of \(Terminal.bytes($0.total))" } ?? ""
      findings.append(
        Finding(
          subject: "device", state: .ok,
          text: device.name + memory + (Device.best == device ? " (used by --device auto)" : "")))
    }
    if Device.mps.isAvailable {
      findings.append(
        Finding(subject: "device", state: .ok, text: "mps" + (Device.best == .mps ? " (used by --device auto)" : "")))
    }
    return findings
  }

  private static func pictures() -> [Finding] {
    do {
      let support = try PictureLibrary.support()
      func names(_ wanted: (PictureLibrary.Support) -> Bool) -> String {
        support.filter(wanted).map(\.format.name).joined(separator: ", ")
      }
      let absent = support.filter { !$0.canRead }.map(\.format.name)
      let hint = absent.isEmpty ? "" : "; not \(absent.joined(separator: ", ")): a libvips built with them reads them"
      return [
        Finding(subject: "libvips", state: .ok, text: PictureLibrary.version),
        Finding(subject: "reads", state: absent.isEmpty ? .ok : .note, text: names { $0.canRead } + hint),
        Finding(subject: "writes", state: .ok, text: names { $0.canWrite }),
      ]
    } catch {
      return [Finding(subject: "libvips", state: .missing, text: "\(error); run scripts/bootstrap")]
    }
  }

  private static func models() -> [Finding] {
    let home = ModelLocator.home
    let exists = FileManager.default.fileExists(atPath: home)
    var findings = [
      Finding(
        subject: "model folder", state: .ok,
        text: home + (exists ? "" : " (not there yet; made when a model is installed)"))
    ]
    for entry in RestorerRegistry.entries {
      if let folder = ModelLocator.places(of: entry).first(where: entry.recognises) {
        findings.append(Finding(subject: "model", state: .ok, text: "\(entry.name): \(folder)"))
      } else {
        let advice =
          entry.isShipped
          ? "not found; a complete checkout has it in Models/\(entry.name)"
          : "not installed; `burnish models show \(entry.name)` says what it needs"
        findings.append(
          Finding(subject: "model", state: entry.isShipped ? .missing : .note, text: "\(entry.name): \(advice)"))
      }
    }
    return findings
  }

  private static func firstLine(of program: String, _ arguments: [String]) -> String? {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0, let text = String(data: data, encoding: .utf8) else { return nil }
    return text.split(separator: "\n").first.map(String.init)
  }
}
