"""Quantisers: finite scalar quantisation (shipped) and the paper's vector quantisation.

Both turn latents [..., width] into one or more code groups per position and offer
  forward(z)      -> (values [..., width], codes i64 [..., groups], loss scalar)
  values(codes)   -> values [..., width], the exact values that `forward` produced for these codes
  disagreement(z, values) -> how far z is from being rounded to `values`, per element: the re-encode consistency loss
"""
from typing import List, Tuple

import torch
import torch.nn as nn
import torch.nn.functional as F


class FiniteScalarQuantiser(nn.Module):
    """Rounds each bounded latent dimension to a few levels (Mentzer et al. 2023, arXiv 2309.15505): a code is the mixed-radix
    number of the rounded dimensions of its group. Nothing is learned, so no codebook can collapse."""

    def __init__(self, levels: List[int], groups: int):
        super().__init__()
        sizes = torch.tensor(levels, dtype=torch.float32)
        self.groups = groups
        self.dimensions = len(levels)
        self.width = groups * len(levels)
        self.vocabulary = int(torch.prod(sizes).item())
        self.register_buffer("sizes", sizes)
        self.register_buffer("radix", torch.cumprod(torch.cat([torch.ones(1), sizes[:-1]]), 0))
        self.register_buffer("steps", torch.floor(sizes / 2))

    def _bounded(self, z):
        span = (self.sizes - 1) * (1 + 1e-3) / 2
        offset = torch.where(self.sizes % 2 == 0, torch.full_like(span, 0.5), torch.zeros_like(span))
        return torch.tanh(z + torch.atanh(offset / span)) * span - offset

    def _grouped(self, z):
        shape = list(z.shape[:-1]) + [self.groups, self.dimensions]
        return z.float().reshape(shape)

    def disagreement(self, z, values):
        """In level spacings, squared beyond a quarter: rounding changes its mind at a half, so a quarter is safely settled."""
        off = (self._bounded(self._grouped(z)) - self._grouped(values) * self.steps).abs()
        return F.relu(off - 0.25).square()

    def forward(self, z) -> Tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        bounded = self._bounded(self._grouped(z))
        rounded = torch.round(bounded)
        values = (bounded + (rounded - bounded).detach()) / self.steps
        codes = ((rounded + self.steps) * self.radix).sum(-1).long()
        return values.flatten(-2), codes, torch.zeros((), device=z.device)

    def values(self, codes):
        digits = torch.floor(codes.unsqueeze(-1).float() / self.radix) % self.sizes
        return ((digits - self.steps) / self.steps).flatten(-2)


class VectorQuantiser(nn.Module):
    """The paper's quantiser: l2-normalised latents and entries, nearest neighbour, straight-through gradient, codebook and
    commitment losses (van den Oord et al. 2017; normalisation as in ViT-VQGAN)."""

    def __init__(self, vocabulary: int, code_width: int, groups: int, commitment: float = 0.25):
        super().__init__()
        self.groups = groups
        self.dimensions = code_width
        self.width = groups * code_width
        self.vocabulary = vocabulary
        self.commitment = commitment
        self.codebook = nn.Parameter(torch.randn(groups, vocabulary, code_width))

    def _grouped(self, z):
        shape = list(z.shape[:-1]) + [self.groups, self.dimensions]
        return F.normalize(z.float().reshape(shape), dim=-1)

    def disagreement(self, z, values):
        return (self._grouped(z) - self._grouped(values)).square()

    def forward(self, z) -> Tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        unit = self._grouped(z)
        entries = F.normalize(self.codebook, dim=-1)
        nearest = torch.einsum("...gd,gvd->...gv", unit, entries).argmax(-1)
        chosen = self._entries(nearest)
        loss = F.mse_loss(chosen, unit.detach()) + self.commitment * F.mse_loss(unit, chosen.detach())
        values = unit + (chosen - unit).detach()
        return values.flatten(-2), nearest, loss

    def _entries(self, codes):
        entries = F.normalize(self.codebook, dim=-1)
        offset = torch.arange(self.groups, device=codes.device) * self.vocabulary
        return entries.reshape(self.groups * self.vocabulary, self.dimensions)[codes + offset]

    def values(self, codes):
        return self._entries(codes).flatten(-2)
