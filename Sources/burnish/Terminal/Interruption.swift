internal import Foundation
internal import Synchronization

/// Ctrl-C and the polite kill: the first asks the work to stop after its current step, the second ends the program.
enum Interruption {
  /// The signal that came; 0 for none.
  private static let signal = Atomic<Int32>(0)

  /// Starts listening. A signal handler may only touch atomics, and that is all this one does before the second signal.
  static func install() {
    // Made here, since a handler may not make it.
    signal.store(0, ordering: .relaxed)
    for number in [SIGINT, SIGTERM] {
      Foundation.signal(number) { number in
        if Interruption.signal.exchange(number, ordering: .relaxed) != 0 { _exit(128 + number) }
      }
    }
    // A program that starts this one from a thread of its own may hand down that thread's deaf ears.
    var wanted = sigset_t()
    sigemptyset(&wanted)
    sigaddset(&wanted, SIGINT)
    sigaddset(&wanted, SIGTERM)
    pthread_sigmask(SIG_UNBLOCK, &wanted, nil)
  }

  /// True once the user asked to stop.
  static var isRequested: Bool { signal.load(ordering: .relaxed) != 0 }

  /// The exit code that shells expect of a program that a signal stopped: 130 after Ctrl-C.
  static var exitCode: Int32 { 128 + signal.load(ordering: .relaxed) }
}
