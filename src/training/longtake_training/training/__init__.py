"""Trainers of both stages: configuration, data, optimisers, checkpoints, logs."""
