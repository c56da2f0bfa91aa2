public import Torch

/// One thread an operator, on the calling thread.
///
/// Tests run beside each other. Small operators gain nothing from teams of threads, and teams that wait for each other on
/// busy cores turn seconds into minutes.
/// - Throws: `TorchError` when libtorch refuses.
public func useOneThread() throws(TorchError) { try Machine.setThreadCount(1) }
