import os
import sys
from pathlib import Path

import pytest
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))
torch.set_num_threads(min(2, os.cpu_count() or 1))

from longtake_training.training.config import from_tables  # noqa: E402


@pytest.fixture
def tables(tmp_path):
    """A whole run at toy size, counted in steps so that it repeats exactly."""
    return {
        "run": {"directory": str(tmp_path / "run"), "world": "toyworld:ToyWorld", "text_encoder": "hashed-words", "device": "cpu",
                "text_workers": 1, "quiet": True},
        "tokenizer": {
            "network": {"size": 32, "stem": [8, 16], "patch": 2, "width": 32, "heads": 2, "spatial_hidden": 64, "temporal_hidden": 32,
                        "encoder_spatial": 1, "encoder_temporal": 1, "decoder_spatial": 1, "decoder_temporal": 1, "decoder_residuals": 1,
                        "levels": [8, 5, 5], "groups": 2},
            "training": {"steps": 12, "pool": 24, "validation": 4, "render_batch": 8, "consistency_clips": 1, "warmup": 3,
                         "phases": [{"share": 0.5, "frames": 5, "batch": 3}, {"share": 0.5, "frames": 11, "batch": 2}]}},
        "transformer": {
            "network": {"width": 48, "heads": 2, "layers": 1, "hidden": 64, "text_layers": 1},
            "training": {"steps": 12, "windows": 32, "validation": 4, "render_batch": 16, "batch": 3, "warmup": 3}},
        "evaluation": {"clips": 6, "batch": 4, "classifier_seconds": 1, "classifier_clips": 24, "classifier_batch": 8, "classifier_channels": [8, 12], "films": 2,
                       "film_windows": 9, "steps": 3, "seconds": 600, "candidates": [[3, 2.0], [2, 2.0]], "candidate_clips": 4}}


@pytest.fixture
def config(tables):
    return from_tables(tables)
