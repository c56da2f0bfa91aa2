import Synchronization

/// What a closure that crosses executors was told, in order.
final class Record<Element: Sendable>: Sendable {
  private let items = Mutex<[Element]>([])

  func add(_ item: Element) { items.withLock { $0.append(item) } }

  var all: [Element] { items.withLock { $0 } }
}
