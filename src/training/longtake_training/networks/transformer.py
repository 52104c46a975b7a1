"""The masked bidirectional token transformer (Phenaki, section 2.2), conditioned on text by cross attention.

A position holds one code per group; a masked position holds `vocabulary` in all groups. Codes of a position are predicted
one after the other: head 1 from the hidden state, head g from the hidden state and codes 1..g-1. A learned null state is
always among the text states, so a row whose text mask is all false is the unconditional one.
"""
from dataclasses import dataclass
from typing import List

import torch
import torch.nn as nn
import torch.nn.functional as F

from .attention import Block, CrossBlock


@dataclass
class TransformerConfig:
    vocabulary: int = 1000
    groups: int = 3
    positions: int = 64
    latent_frames: int = 6
    width: int = 512
    heads: int = 8
    layers: int = 8
    hidden: int = 2048
    text_width: int = 384
    text_tokens: int = 32
    text_layers: int = 1
    text_heads: int = 6


class LaterHead(nn.Module):
    """Logits of one further group, given the hidden state and the embeddings of the codes already drawn."""

    def __init__(self, width: int, vocabulary: int):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.mix = nn.Linear(width, width)
        self.out = nn.Linear(width, vocabulary)

    def forward(self, informed):
        return self.out(F.gelu(self.mix(self.norm(informed))))


class MaskedTransformer(nn.Module):
    def __init__(self, config: TransformerConfig):
        super().__init__()
        self.config = config
        self.vocabulary = config.vocabulary
        self.groups = config.groups
        self.mask_id = config.vocabulary
        self.positions = config.positions
        self.width = config.width
        self.tokens = nn.Embedding(config.groups * (config.vocabulary + 1), config.width)
        nn.init.normal_(self.tokens.weight, std=0.02)
        self.space = nn.Parameter(torch.randn(1, 1, config.positions, config.width) * 0.02)
        self.time = nn.Parameter(torch.randn(1, config.latent_frames, 1, config.width) * 0.02)
        self.null_text = nn.Parameter(torch.randn(1, 1, config.text_width) * 0.02)
        self.text_norm = nn.LayerNorm(config.text_width)
        self.text_blocks = nn.ModuleList(
            [Block(config.text_width, config.text_heads, 4 * config.text_width) for _ in range(config.text_layers)])
        self.text_out_norm = nn.LayerNorm(config.text_width)
        self.blocks = nn.ModuleList(
            [CrossBlock(config.width, config.heads, config.hidden, config.text_width) for _ in range(config.layers)])
        self.norm = nn.LayerNorm(config.width)
        self.first_head = nn.Linear(config.width, config.vocabulary)
        self.drawn = nn.ModuleList([nn.Embedding(config.vocabulary, config.width) for _ in range(config.groups - 1)])
        for table in self.drawn:
            nn.init.normal_(table.weight, std=0.02)
        self.later_heads = nn.ModuleList([LaterHead(config.width, config.vocabulary) for _ in range(config.groups - 1)])
        self.register_buffer("offsets", torch.arange(config.groups) * (config.vocabulary + 1), persistent=False)

    def trunk(self, tokens, text, text_mask):
        """tokens i64 [B, N, groups], N a whole number of latent frames; text f32 [B, L, text width]; text_mask bool [B, L],
        true where a state may be seen. Returns hidden [B, N, width]."""
        batch, count = tokens.shape[0], tokens.shape[1]
        places = (self.space + self.time).reshape(1, -1, self.width)[:, :count]
        x = self.tokens(tokens + self.offsets).sum(2) + places
        states = torch.cat([self.null_text.expand(batch, -1, -1), text.to(self.null_text.dtype)], 1)
        seen = torch.cat([torch.ones_like(text_mask[:, :1]), text_mask], 1)[:, None, None, :]
        states = self.text_norm(states)
        for block in self.text_blocks:
            states = block(states, seen, False)
        states = self.text_out_norm(states)
        for block in self.blocks:
            x = block(x, states, seen)
        return self.norm(x)

    def first_logits(self, hidden):
        """hidden [..., width] -> logits [..., vocabulary] of group 1."""
        return self.first_head(hidden)

    def later_logits(self, hidden, codes) -> List[torch.Tensor]:
        """hidden [..., width], codes i64 [..., groups - 1] or more -> the logits of groups 2.., each given the codes before it."""
        result: List[torch.Tensor] = []
        informed = hidden
        group = 0
        for table, head in zip(self.drawn, self.later_heads):
            informed = informed + table(codes[..., group])
            result.append(head(informed))
            group += 1
        return result

    def next_logits(self, hidden, codes: List[torch.Tensor]):
        """Logits of the group after the `codes` drawn so far, each i64 [...]."""
        if not codes:
            return self.first_head(hidden)
        informed = hidden
        for table, drawn in zip(self.drawn, codes):
            informed = informed + table(drawn)
        return self.later_heads[len(codes) - 1](informed)

    def forward(self, tokens, text, text_mask, codes) -> List[torch.Tensor]:
        hidden = self.trunk(tokens, text, text_mask)
        return [self.first_logits(hidden)] + self.later_logits(hidden, codes)
