"""The two published sizes. `paper` is Phenaki's own (11x128x128, 8x8 and 2x8x8 patches, 1,536 tokens, codebook 8,192,
24 x 2,048 transformer, T5-XXL text states); `shipped` is what the bundle holds: half the tokens a side, int8 under 60 MB."""
from dataclasses import replace
from typing import Tuple

from .cvivit import CViViTConfig
from .transformer import TransformerConfig

SHIPPED_TOKENIZER = CViViTConfig()
SHIPPED_TRANSFORMER = TransformerConfig()

PAPER_TOKENIZER = CViViTConfig(
    stem=[], patch=8, width=512, heads=8, spatial_hidden=2048, temporal_hidden=2048, encoder_spatial=4, encoder_temporal=4,
    decoder_spatial=4, decoder_temporal=4, quantizer="vq", groups=1, vocabulary=8192, code_width=32)
PAPER_TRANSFORMER = TransformerConfig(
    vocabulary=8192, groups=1, positions=256, latent_frames=6, width=2048, heads=32, layers=24, hidden=8192, text_width=4096,
    text_tokens=64, text_layers=0)

PRESETS = {"shipped": (SHIPPED_TOKENIZER, SHIPPED_TRANSFORMER), "paper": (PAPER_TOKENIZER, PAPER_TRANSFORMER)}


def preset(name: str) -> Tuple[CViViTConfig, TransformerConfig]:
    """Fresh copies of the configurations called `name`."""
    if name not in PRESETS:
        raise ValueError(f"unknown preset '{name}': one of {sorted(PRESETS)}")
    tokenizer, transformer = PRESETS[name]
    return replace(tokenizer), replace(transformer)
