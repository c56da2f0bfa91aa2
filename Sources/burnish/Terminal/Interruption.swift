internal import Foundation
internal import Synchronization

/// Ctrl-C and the polite kill: the first asks the work to stop after its current step, the second ends the program.
enum Interruption {
  private static let count = Atomic<Int>(0)

  /// Starts listening. A signal handler may only touch atomics, and that is all this one does before the second signal.
  static func install() {
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        if Interruption.count.add(1, ordering: .relaxed).oldValue > 0 { _exit(128 + number) }
      }
    }
  }

  /// True once the user asked to stop.
  static var isRequested: Bool { count.load(ordering: .relaxed) > 0 }

  /// The exit code that shells expect after Ctrl-C.
  static let exitCode: Int32 = 130
}
