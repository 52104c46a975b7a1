"""Bundles: TorchScript archives with int8 weights, golden vectors, manifest and card."""
