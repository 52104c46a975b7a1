"""The video tokenizer: C-ViViT (Phenaki, section 2.1) with an optional convolutional stem.

The first frame is tokenised alone, every later pair of frames together; spatial attention runs inside a latent frame, then
causal temporal attention along each position. So the codes of frames 0..2k never depend on later frames, and an image is a
video of one frame. The decoder mirrors the encoder.

Shapes: video f32 [B, T, 3, H, W] in 0..1 with T odd; latent frames n = (T + 1) / 2; P = rows * columns positions each.
"""
from dataclasses import dataclass, field
from typing import List, Tuple

import torch
import torch.nn as nn
import torch.nn.functional as F

from .attention import Block
from .quantise import FiniteScalarQuantiser, VectorQuantiser


@dataclass
class CViViTConfig:
    """`stem` lists the channels of a per-frame convolutional stem (each step halves the picture, the first also folds 2x2
    pixels into channels); empty means the paper's linear patches. `patch` is what remains to be folded after the stem."""

    size: int = 128
    frames: int = 11
    stem: List[int] = field(default_factory=lambda: [48, 96, 192])
    patch: int = 2
    width: int = 384
    heads: int = 6
    spatial_hidden: int = 1536
    temporal_hidden: int = 768
    encoder_spatial: int = 2
    encoder_temporal: int = 2
    decoder_spatial: int = 2
    decoder_temporal: int = 2
    decoder_residuals: int = 2
    quantizer: str = "fsq"
    levels: List[int] = field(default_factory=lambda: [8, 5, 5, 5])
    groups: int = 3
    vocabulary: int = 8192
    code_width: int = 32

    @property
    def grid(self) -> int:
        return self.size // (self.patch * (2 ** len(self.stem)))

    @property
    def positions(self) -> int:
        return self.grid * self.grid

    @property
    def latent_frames(self) -> int:
        return (self.frames + 1) // 2


class Residual(nn.Module):
    """Two 3x3 convolutions around a shortcut; the second starts small so that depth is harmless at first."""

    def __init__(self, channels: int):
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)
        with torch.no_grad():
            self.second.weight.mul_(0.3)

    def forward(self, x):
        return x + self.second(F.relu(self.first(F.relu(x))))


def convolutional_stem(channels: List[int]) -> nn.Sequential:
    """[M, 3, H, W] -> [M, channels[-1], H / 2^n, W / 2^n] for n channels."""
    layers: List[nn.Module] = [nn.PixelUnshuffle(2), nn.Conv2d(12, channels[0], 3, padding=1), Residual(channels[0])]
    for before, after in zip(channels[:-1], channels[1:]):
        layers += [nn.Conv2d(before, after, 4, stride=2, padding=1), Residual(after)]
    return nn.Sequential(*layers)


def convolutional_head(channels: List[int], residuals: int) -> nn.Sequential:
    """The mirror of the stem, with `residuals` blocks at every size."""
    layers: List[nn.Module] = [Residual(channels[-1]) for _ in range(residuals)]
    for before, after in zip(channels[:0:-1], channels[-2::-1]):
        layers += [nn.Conv2d(before, 4 * after, 3, padding=1), nn.PixelShuffle(2)]
        layers += [Residual(after) for _ in range(residuals)]
    return nn.Sequential(*layers, nn.ReLU(), nn.Conv2d(channels[0], 12, 3, padding=1), nn.PixelShuffle(2))


class Positions(nn.Module):
    """Learned spatial and temporal position tables, added to [B, n, P, width]."""

    def __init__(self, frames: int, positions: int, width: int):
        super().__init__()
        self.space = nn.Parameter(torch.randn(1, 1, positions, width) * 0.02)
        self.time = nn.Parameter(torch.randn(1, frames, 1, width) * 0.02)

    def forward(self, x):
        return x + self.space + self.time[:, : x.shape[1]]


class SpatialLayers(nn.Module):
    """All-to-all attention inside each latent frame of [B, n, P, width]."""

    def __init__(self, count: int, width: int, heads: int, hidden: int):
        super().__init__()
        self.blocks = nn.ModuleList([Block(width, heads, hidden) for _ in range(count)])

    def forward(self, x):
        batch, frames, positions, width = x.shape
        x = x.reshape(batch * frames, positions, width)
        for block in self.blocks:
            x = block(x, None, False)
        return x.reshape(batch, frames, positions, width)


class TemporalLayers(nn.Module):
    """Causal attention along time at each position of [B, n, P, width]."""

    def __init__(self, count: int, width: int, heads: int, hidden: int):
        super().__init__()
        self.blocks = nn.ModuleList([Block(width, heads, hidden) for _ in range(count)])

    def forward(self, x):
        batch, frames, positions, width = x.shape
        x = x.transpose(1, 2).reshape(batch * positions, frames, width)
        for block in self.blocks:
            x = block(x, None, True)
        return x.reshape(batch, positions, frames, width).transpose(1, 2)


class Encoder(nn.Module):
    """video [B, T, 3, H, W] -> latents [B, n, P, code width], not yet quantised."""

    def __init__(self, config: CViViTConfig, code_width: int):
        super().__init__()
        channels = config.stem[-1] if config.stem else 3
        self.patch = config.patch
        self.grid = config.grid
        self.patch_width = channels * config.patch * config.patch
        self.stem = convolutional_stem(config.stem) if config.stem else nn.Sequential()
        self.first = nn.Linear(self.patch_width, config.width)
        self.pair = nn.Linear(2 * self.patch_width, config.width)
        self.places = Positions(config.latent_frames, config.positions, config.width)
        self.spatial = SpatialLayers(config.encoder_spatial, config.width, config.heads, config.spatial_hidden)
        self.temporal = TemporalLayers(config.encoder_temporal, config.width, config.heads, config.temporal_hidden)
        self.norm = nn.LayerNorm(config.width)
        self.to_code = nn.Linear(config.width, code_width)
        with torch.no_grad():
            # Latents that start wide use all levels from the first step.
            self.to_code.weight.mul_(3.0)

    def forward(self, video):
        batch, frames = video.shape[0], video.shape[1]
        x = self.stem((video * 2 - 1).flatten(0, 1))
        x = F.pixel_unshuffle(x, self.patch).flatten(2).transpose(1, 2)
        x = x.reshape(batch, frames, self.grid * self.grid, self.patch_width)
        z = self.first(x[:, :1])
        if frames > 1:
            pairs = x[:, 1:].reshape(batch, frames // 2, 2, self.grid * self.grid, self.patch_width)
            pairs = pairs.transpose(2, 3).reshape(batch, frames // 2, self.grid * self.grid, 2 * self.patch_width)
            z = torch.cat([z, self.pair(pairs)], 1)
        z = self.temporal(self.spatial(self.places(z)))
        return self.to_code(self.norm(z))


class Decoder(nn.Module):
    """quantised values [B, n, P, code width] -> video [B, 2n - 1, 3, H, W], not clamped."""

    def __init__(self, config: CViViTConfig, code_width: int):
        super().__init__()
        self.channels = config.stem[-1] if config.stem else 3
        self.patch = config.patch
        self.grid = config.grid
        self.patch_width = self.channels * config.patch * config.patch
        self.from_code = nn.Linear(code_width, config.width)
        self.places = Positions(config.latent_frames, config.positions, config.width)
        self.temporal = TemporalLayers(config.decoder_temporal, config.width, config.heads, config.temporal_hidden)
        self.spatial = SpatialLayers(config.decoder_spatial, config.width, config.heads, config.spatial_hidden)
        self.norm = nn.LayerNorm(config.width)
        self.first = nn.Linear(config.width, self.patch_width)
        self.pair = nn.Linear(config.width, 2 * self.patch_width)
        self.head = convolutional_head(config.stem, config.decoder_residuals) if config.stem else nn.Sequential()

    def forward(self, values):
        batch, latent, positions = values.shape[0], values.shape[1], values.shape[2]
        z = self.norm(self.spatial(self.temporal(self.places(self.from_code(values)))))
        x = self.first(z[:, :1])
        if latent > 1:
            pairs = self.pair(z[:, 1:]).reshape(batch, latent - 1, positions, 2, self.patch_width)
            x = torch.cat([x, pairs.transpose(2, 3).reshape(batch, 2 * (latent - 1), positions, self.patch_width)], 1)
        frames = 2 * latent - 1
        x = x.reshape(batch * frames, positions, self.patch_width).transpose(1, 2)
        x = F.pixel_shuffle(x.reshape(batch * frames, self.patch_width, self.grid, self.grid), self.patch)
        x = self.head(x)
        return (x.reshape(batch, frames, 3, x.shape[-2], x.shape[-1]) + 1) * 0.5


def build_quantiser(config: CViViTConfig) -> nn.Module:
    if config.quantizer == "fsq":
        return FiniteScalarQuantiser(list(config.levels), config.groups)
    if config.quantizer == "vq":
        return VectorQuantiser(config.vocabulary, config.code_width, config.groups)
    raise ValueError(f"unknown quantizer '{config.quantizer}': fsq or vq")


class CViViT(nn.Module):
    """Encoder, quantiser and decoder. `encode` gives codes i64 [B, n, P, groups]; `decode` takes them back to pixels."""

    def __init__(self, config: CViViTConfig):
        super().__init__()
        self.config = config
        self.quantiser = build_quantiser(config)
        self.encoder = Encoder(config, self.quantiser.width)
        self.decoder = Decoder(config, self.quantiser.width)

    def forward(self, video) -> Tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """Returns (reconstruction, quantised values, codes, quantiser loss)."""
        values, codes, loss = self.quantiser(self.encoder(video))
        return self.decoder(values.to(video.dtype)), values, codes, loss

    def encode(self, video) -> torch.Tensor:
        return self.quantiser(self.encoder(video))[1]

    def decode(self, codes) -> torch.Tensor:
        return self.decoder(self.quantiser.values(codes))
