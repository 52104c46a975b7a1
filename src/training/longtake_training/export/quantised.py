"""Layers that keep their weights as int8 on disk and widen them when an archive is loaded.

Each layer holds an int8 weight and one float scale per output channel (per row of an embedding). `widen` fills a second
buffer in the precision the caller asks for, so arithmetic afterwards is ordinary. Layers cast their input to the precision
of their weight; normalisations and everything added to a residual stay float32, which is what autocast does too.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F
from typing import Tuple


def quantise(weight: torch.Tensor) -> Tuple[torch.Tensor, torch.Tensor]:
    """Symmetric int8 per output channel: returns (int8 of the same shape, float32 scale [channels])."""
    scale = weight.detach().float().flatten(1).abs().amax(1).clamp(min=1e-8) / 127
    return (weight.detach().float() / shaped(scale, weight.dim())).round().to(torch.int8), scale


def shaped(scale: torch.Tensor, dims: int) -> torch.Tensor:
    return scale.view([-1] + [1] * (dims - 1))


class QuantisedLinear(nn.Module):
    def __init__(self, layer: nn.Linear):
        super().__init__()
        packed, scale = quantise(layer.weight)
        bias = layer.bias.detach().float() if layer.bias is not None else torch.zeros(layer.weight.shape[0])
        self.register_buffer("packed", packed)
        self.register_buffer("scale", scale)
        self.register_buffer("bias", bias)
        self.register_buffer("wide", torch.empty(0))
        self.register_buffer("wide_bias", torch.empty(0))

    @torch.jit.export
    def widen(self, half: bool):
        wide = self.packed.float() * self.scale.view(-1, 1)
        self.wide = wide.to(torch.bfloat16) if half else wide
        self.wide_bias = self.bias.to(torch.bfloat16) if half else self.bias

    def forward(self, x):
        return F.linear(x.to(self.wide.dtype), self.wide, self.wide_bias)


class QuantisedConv2d(nn.Module):
    def __init__(self, layer: nn.Conv2d):
        super().__init__()
        packed, scale = quantise(layer.weight)
        bias = layer.bias.detach().float() if layer.bias is not None else torch.zeros(layer.weight.shape[0])
        self.stride = int(layer.stride[0])
        self.padding = int(layer.padding[0])
        self.register_buffer("packed", packed)
        self.register_buffer("scale", scale)
        self.register_buffer("bias", bias)
        self.register_buffer("wide", torch.empty(0))
        self.register_buffer("wide_bias", torch.empty(0))

    @torch.jit.export
    def widen(self, half: bool):
        wide = self.packed.float() * self.scale.view(-1, 1, 1, 1)
        self.wide = wide.to(torch.bfloat16) if half else wide
        self.wide_bias = self.bias.to(torch.bfloat16) if half else self.bias

    def forward(self, x):
        return F.conv2d(x.to(self.wide.dtype), self.wide, self.wide_bias, stride=self.stride, padding=self.padding)


class QuantisedEmbedding(nn.Module):
    """Looks rows up in int8 and scales only those: the table is never widened."""

    def __init__(self, layer: nn.Embedding):
        super().__init__()
        packed, scale = quantise(layer.weight)
        self.register_buffer("packed", packed)
        self.register_buffer("scale", scale)

    @torch.jit.export
    def widen(self, half: bool):
        pass

    def forward(self, index):
        return self.packed[index].float() * self.scale[index].unsqueeze(-1)


class FloatLayerNorm(nn.Module):
    """Layer normalisation in float32 whatever precision arrives."""

    def __init__(self, layer: nn.LayerNorm):
        super().__init__()
        self.width = int(layer.normalized_shape[0])
        self.eps = float(layer.eps)
        self.register_buffer("weight", layer.weight.detach().float())
        self.register_buffer("bias", layer.bias.detach().float())

    def forward(self, x):
        return F.layer_norm(x.float(), [self.width], self.weight, self.bias, self.eps)


def replace_layers(module: nn.Module) -> nn.ModuleList:
    """Swaps every linear, convolution, embedding and normalisation of `module` (in place) for the layers above, already
    scripted. Returns the list of those that must be widened.

    The leaves are scripted one by one because TorchScript keeps the identity of scripted children: the same object can then
    be reached through the network and through the flat list that `prepare` walks.
    """
    leaves = []

    def walk(parent: nn.Module):
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.Linear):
                leaf = QuantisedLinear(child)
            elif isinstance(child, nn.Conv2d):
                leaf = QuantisedConv2d(child)
            elif isinstance(child, nn.Embedding):
                leaf = QuantisedEmbedding(child)
            elif isinstance(child, nn.LayerNorm):
                setattr(parent, name, FloatLayerNorm(child))
                continue
            else:
                walk(child)
                continue
            scripted = torch.jit.script(leaf.eval())
            setattr(parent, name, scripted)
            leaves.append(scripted)

    walk(module)
    return nn.ModuleList(leaves)


def dequantised_copy(module: nn.Module) -> nn.Module:
    """Rounds the weights of `module` (in place) to what the int8 archive will hold, for measuring the loss."""
    with torch.no_grad():
        for child in module.modules():
            if isinstance(child, (nn.Linear, nn.Conv2d, nn.Embedding)):
                packed, scale = quantise(child.weight)
                child.weight.copy_((packed.float() * shaped(scale, packed.dim()).to(packed.device)).to(child.weight.dtype))
    return module
