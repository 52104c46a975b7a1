"""Optimisers that can live inside a captured CUDA graph: every state is a tensor changed in place, and so is the rate.

Muon (Jordan et al. 2024) orthogonalises the momentum of weight matrices; everything else gets AdamW. Measured on the tokenizer
of the prototype: 25.5 dB against 22.9 dB with AdamW alone after the same 38 seconds.
"""
import math
from typing import Dict, Iterable, List, Tuple

import torch
import torch.nn as nn

# Newton-Schulz coefficients, tuned per iteration for bfloat16.
_POLAR = ((4.0848, -6.8946, 2.9270), (3.9505, -6.3029, 2.6377), (3.7418, -5.5913, 2.3037), (2.8769, -3.1427, 1.2046),
          (2.8366, -3.0525, 1.2012))


def orthogonalise(matrices: torch.Tensor) -> torch.Tensor:
    """[K, a, b] -> the nearest (semi-)orthogonal matrices, approximately."""
    x = matrices.bfloat16() if matrices.is_cuda else matrices
    tall = x.shape[-2] > x.shape[-1]
    x = x.mT if tall else x
    x = x / (x.flatten(1).norm(dim=1).view(-1, 1, 1) + 1e-7)
    for a, b, c in _POLAR:
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return (x.mT if tall else x).float()


class Muon:
    """For parameters with at least two dimensions; convolutions count as matrices [out, in * kernel]."""

    def __init__(self, parameters: Iterable[nn.Parameter], rate: torch.Tensor, momentum: float = 0.95, decay: float = 0.01):
        self.rate = rate
        self.momentum = momentum
        self.decay = decay
        shapes: Dict[Tuple[int, int], List[nn.Parameter]] = {}
        for parameter in parameters:
            rows = parameter.shape[0]
            shapes.setdefault((rows, parameter.numel() // rows), []).append(parameter)
        self.groups = [(shape, members, torch.zeros(len(members), *shape, device=members[0].device))
                       for shape, members in shapes.items()]

    @torch.no_grad()
    def step(self):
        for (rows, columns), members, velocity in self.groups:
            gradient = torch.stack([p.grad.reshape(rows, columns).float() for p in members])
            velocity.mul_(self.momentum).add_(gradient, alpha=1 - self.momentum)
            looked_ahead = gradient * (1 - self.momentum) + velocity * self.momentum
            update = orthogonalise(looked_ahead) * (0.2 * math.sqrt(max(rows, columns)) * self.rate)
            for index, parameter in enumerate(members):
                parameter.mul_(1 - self.rate * self.decay).sub_(update[index].view_as(parameter))

    def state(self) -> List[torch.Tensor]:
        return [velocity for _, _, velocity in self.groups]


class FlatAdamW:
    """AdamW over one flat vector of all its parameters: a handful of launches however many tensors there are."""

    def __init__(self, parameters: Iterable[nn.Parameter], rate: torch.Tensor, betas=(0.9, 0.98), decay: float = 0.01):
        self.parameters = list(parameters)
        self.sizes = [p.numel() for p in self.parameters]
        self.rate = rate
        self.betas = betas
        self.decay = decay
        device = self.parameters[0].device
        self.first = torch.zeros(sum(self.sizes), device=device)
        self.second = torch.zeros(sum(self.sizes), device=device)
        self.count = torch.zeros((), device=device)

    @torch.no_grad()
    def step(self):
        gradient = torch.cat([p.grad.reshape(-1).float() for p in self.parameters])
        weights = torch.cat([p.reshape(-1) for p in self.parameters])
        b1, b2 = self.betas
        self.count.add_(1)
        self.first.mul_(b1).add_(gradient, alpha=1 - b1)
        self.second.mul_(b2).addcmul_(gradient, gradient, value=1 - b2)
        first = self.first / (1 - torch.pow(torch.full_like(self.count, b1), self.count))
        second = self.second / (1 - torch.pow(torch.full_like(self.count, b2), self.count))
        weights = weights - self.rate * (first / (second.sqrt() + 1e-8) + self.decay * weights)
        for parameter, fresh in zip(self.parameters, weights.split(self.sizes)):
            parameter.copy_(fresh.view_as(parameter))

    def state(self) -> List[torch.Tensor]:
        return [self.first, self.second, self.count]


class Optimiser:
    """Muon for inner matrices, AdamW for tables, norms, biases and the outermost layers. One rate drives both.

    `tables` are substrings of parameter names that are matrices only in shape (embeddings, positions, output heads).
    """

    def __init__(self, model: nn.Module, rate: float, adam_share: float = 0.5, tables: Tuple[str, ...] = (), decay: float = 0.01):
        device = next(model.parameters()).device
        self.base = rate
        self.adam_share = adam_share
        self.muon_rate = torch.zeros((), device=device)
        self.adam_rate = torch.zeros((), device=device)
        self.parameters = [p for p in model.parameters() if p.requires_grad]
        matrices, rest = [], []
        for name, parameter in model.named_parameters():
            narrow = parameter.dim() < 2 or min(parameter.shape[0], parameter.numel() // parameter.shape[0]) < 16
            (rest if narrow or any(part in name for part in tables) else matrices).append(parameter)
        self.parts = [FlatAdamW(rest, self.adam_rate, decay=decay)] + ([Muon(matrices, self.muon_rate, decay=decay)] if matrices else [])

    def set_rate(self, share: float):
        """`share` of the base rate, 0..1."""
        self.muon_rate.fill_(self.base * share)
        self.adam_rate.fill_(self.base * self.adam_share * share)

    def step(self):
        for part in self.parts:
            part.step()

    def state(self) -> List[torch.Tensor]:
        return [tensor for part in self.parts for tensor in part.state()]

    @torch.no_grad()
    def restore(self, tensors: List[torch.Tensor]):
        for mine, other in zip(self.state(), tensors):
            mine.copy_(other)


class Average:
    """Exponential moving average of parameters, kept in float32 beside them."""

    def __init__(self, model: nn.Module):
        self.model = model
        self.tensors = [p.detach().clone() for p in model.parameters()]

    @torch.no_grad()
    def update(self, weight: float):
        torch._foreach_mul_(self.tensors, 1 - weight)
        torch._foreach_add_(self.tensors, [p.detach() for p in self.model.parameters()], alpha=weight)

    @torch.no_grad()
    def swap(self):
        """Exchanges the average with the live parameters; call again to undo."""
        for mine, parameter in zip(self.tensors, self.model.parameters()):
            live = parameter.detach().clone()
            parameter.copy_(mine)
            mine.copy_(live)


def cosine_share(progress: float, floor: float = 0.01, hold: float = 0.0) -> float:
    """1 until `hold`, then a half cosine down to `floor` at progress 1."""
    late = max(0.0, min(1.0, (progress - hold) / max(1e-9, 1 - hold)))
    return floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * late))
