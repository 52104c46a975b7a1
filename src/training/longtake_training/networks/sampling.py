"""Mask-schedule sampling with guidance (MaskGIT; Phenaki, section 2.3), the same algorithm that the Java engine runs."""
import math
from dataclasses import dataclass
from typing import Optional

import torch

from .transformer import MaskedTransformer


@dataclass
class SamplerSettings:
    """`confidence_noise` scales the Gumbel noise added to confidences, falling to nothing at the last step."""

    steps: int = 12
    guidance: float = 3.5
    guidance_ramp: float = 0.5
    temperature: float = 1.0
    confidence_noise: float = 3.0


def masked_after(step: int, steps: int, free: int) -> int:
    """Positions that are masked again after `step` (0-based) of `steps`: the cosine schedule, nothing after the last."""
    return 0 if step >= steps - 1 else int(free * math.cos(math.pi / 2 * (step + 1) / steps))


def guidance_at(step: int, settings: SamplerSettings) -> float:
    return settings.guidance * min(1.0, (step + 1) / settings.steps + settings.guidance_ramp)


@torch.no_grad()
def sample(model: MaskedTransformer, text: torch.Tensor, text_mask: torch.Tensor, prefix: torch.Tensor, positions: int,
           settings: SamplerSettings, generator: Optional[torch.Generator] = None) -> torch.Tensor:
    """Draws codes i64 [B, positions, groups]. `prefix` i64 [B, p, groups] stays as it is; p may be 0."""
    batch, device, kept = text.shape[0], text.device, prefix.shape[1]
    free = positions - kept
    tokens = torch.full((batch, positions, model.groups), model.mask_id, dtype=torch.long, device=device)
    tokens[:, :kept] = prefix
    both_text = torch.cat([text, text])
    both_mask = torch.cat([text_mask, torch.zeros_like(text_mask)])
    for step in range(settings.steps):
        hidden = model.trunk(torch.cat([tokens, tokens]), both_text, both_mask)[:, kept:]
        weight = guidance_at(step, settings)
        drawn, confidence = [], torch.zeros(batch, free, device=device)
        for _ in range(model.groups):
            logits = model.next_logits(hidden, [torch.cat([codes, codes]) for codes in drawn]).float()
            conditional, unconditional = logits.chunk(2)
            guided = (unconditional + weight * (conditional - unconditional)) / settings.temperature
            logs = torch.log_softmax(guided, -1)
            codes = torch.multinomial(logs.exp().flatten(0, 1), 1, generator=generator).view(batch, free)
            confidence = confidence + logs.gather(-1, codes.unsqueeze(-1)).squeeze(-1)
            drawn.append(codes)
        uniform = torch.rand(batch, free, device=device, generator=generator).clamp(1e-9, 1 - 1e-7)
        gumbel = -torch.log(-torch.log(uniform))
        confidence = confidence + settings.confidence_noise * (1 - (step + 1) / settings.steps) * gumbel
        current = tokens[:, kept:]
        open_ = current[..., 0] == model.mask_id
        confidence = confidence.masked_fill(~open_, float("inf"))
        current = torch.where(open_.unsqueeze(-1), torch.stack(drawn, -1), current)
        again = masked_after(step, settings.steps, free)
        if again > 0:
            least = confidence.topk(again, largest=False)[1]
            current = current.scatter(1, least.unsqueeze(-1).expand(-1, -1, model.groups), model.mask_id)
        tokens = torch.cat([tokens[:, :kept], current], 1)
    return tokens
