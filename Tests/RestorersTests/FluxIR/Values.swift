import Torch

/// The values of a tensor.
func values(_ tensor: Tensor) throws -> [Float] { try tensor.floats() }
