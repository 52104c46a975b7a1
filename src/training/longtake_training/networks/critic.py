"""A small token critic (Lezama et al. 2022, arXiv 2209.04439; Phenaki uses it to choose what to mask again).

It sees a complete window and its text and says, per position, how likely the codes were drawn by the transformer rather than
taken from a true window."""
from dataclasses import replace

import torch
import torch.nn as nn
import torch.nn.functional as F

from .transformer import MaskedTransformer, TransformerConfig


class TokenCritic(nn.Module):
    def __init__(self, config: TransformerConfig, width: int = 192, heads: int = 3, layers: int = 4):
        super().__init__()
        body = replace(config, width=width, heads=heads, layers=layers, hidden=4 * width, text_layers=0)
        self.body = MaskedTransformer(body)
        # The prediction heads are of no use here and must not count as parameters.
        self.body.first_head = nn.Identity()
        self.body.drawn = nn.ModuleList()
        self.body.later_heads = nn.ModuleList()
        self.verdict = nn.Linear(width, 1)

    def forward(self, tokens, text, text_mask):
        """tokens i64 [B, N, groups] without masks -> logit [B, N], high where a token looks drawn."""
        return self.verdict(self.body.trunk(tokens, text, text_mask)).squeeze(-1)


def critic_loss(critic: TokenCritic, true_tokens, drawn_tokens, masked, text, text_mask):
    """Cross entropy of telling drawn from true: `drawn_tokens` replace the true ones where `masked` [B, N] is set. A drawn
    token that happens to equal the true one counts as true."""
    mixed = torch.where(masked.unsqueeze(-1), drawn_tokens, true_tokens)
    wrong = (mixed != true_tokens).any(-1)
    return F.binary_cross_entropy_with_logits(critic(mixed, text, text_mask).float(), wrong.float())
