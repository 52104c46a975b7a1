"""Attention and transformer blocks shared by the tokenizer and the token transformer.

Everything here scripts with TorchScript. `attend` uses PyTorch's fused kernel where it exists (2.0 and later) and the plain
softmax otherwise (1.13); the two agree to rounding.
"""
import math
from typing import Optional

import torch
import torch.nn as nn
import torch.nn.functional as F


def plain_attend(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: Optional[torch.Tensor], causal: bool) -> torch.Tensor:
    """Softmax attention over [B, heads, N, width]. `mask` is true where a key may be seen, broadcast to [B, heads, N, M]."""
    scores = torch.matmul(q, k.transpose(-2, -1)) / math.sqrt(q.shape[-1])
    if causal:
        later = torch.ones(q.shape[-2], k.shape[-2], dtype=torch.bool, device=q.device).triu(1)
        scores = scores.masked_fill(later, float("-inf"))
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return torch.matmul(torch.softmax(scores.float(), -1).to(v.dtype), v)


if hasattr(F, "scaled_dot_product_attention"):

    def attend(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: Optional[torch.Tensor], causal: bool) -> torch.Tensor:
        return F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=causal)

else:
    attend = plain_attend


class Attention(nn.Module):
    """Multi-head attention with normalised queries and keys: x [B, N, width] looks at context [B, M, context_width]."""

    def __init__(self, width: int, heads: int, context_width: int = 0):
        super().__init__()
        if width % heads != 0:
            raise ValueError(f"width {width} is not divisible by {heads} heads")
        self.heads = heads
        self.head_width = width // heads
        self.query = nn.Linear(width, width, bias=False)
        self.key_value = nn.Linear(context_width if context_width > 0 else width, 2 * width, bias=False)
        self.out = nn.Linear(width, width)
        self.query_norm = nn.LayerNorm(self.head_width)
        self.key_norm = nn.LayerNorm(self.head_width)

    def forward(self, x, context, mask: Optional[torch.Tensor], causal: bool):
        batch, count = x.shape[0], x.shape[1]
        seen = context.shape[1]
        k, v = self.key_value(context).chunk(2, -1)
        q = self.query_norm(self.query(x).reshape(batch, count, self.heads, self.head_width)).transpose(1, 2)
        k = self.key_norm(k.reshape(batch, seen, self.heads, self.head_width)).transpose(1, 2)
        v = v.reshape(batch, seen, self.heads, self.head_width).transpose(1, 2)
        # Normalisation may hand back float32 in half precision; the kernel wants one type.
        o = attend(q.to(v.dtype), k.to(v.dtype), v, mask, causal)
        return self.out(o.transpose(1, 2).reshape(batch, count, self.heads * self.head_width))


class FeedForward(nn.Module):
    def __init__(self, width: int, hidden: int):
        super().__init__()
        self.rise = nn.Linear(width, hidden)
        self.fall = nn.Linear(hidden, width)

    def forward(self, x):
        return self.fall(F.gelu(self.rise(x)))


class Block(nn.Module):
    """Pre-normalised self attention and feed-forward."""

    def __init__(self, width: int, heads: int, hidden: int):
        super().__init__()
        self.attention_norm = nn.LayerNorm(width)
        self.attention = Attention(width, heads)
        self.feed_norm = nn.LayerNorm(width)
        self.feed = FeedForward(width, hidden)

    def forward(self, x, mask: Optional[torch.Tensor], causal: bool):
        h = self.attention_norm(x)
        x = x + self.attention(h, h, mask, causal)
        return x + self.feed(self.feed_norm(x))


class CrossBlock(nn.Module):
    """Self attention, cross attention to text, feed-forward; all pre-normalised."""

    def __init__(self, width: int, heads: int, hidden: int, text_width: int):
        super().__init__()
        self.attention_norm = nn.LayerNorm(width)
        self.attention = Attention(width, heads)
        self.cross_norm = nn.LayerNorm(width)
        self.cross = Attention(width, heads, text_width)
        self.feed_norm = nn.LayerNorm(width)
        self.feed = FeedForward(width, hidden)

    def forward(self, x, text, text_mask: Optional[torch.Tensor]):
        h = self.attention_norm(x)
        x = x + self.attention(h, h, None, False)
        x = x + self.cross(self.cross_norm(x), text, text_mask, False)
        return x + self.feed(self.feed_norm(x))
