"""The three TorchScript archives of a bundle and their calls.

  encode.pt       forward(video f32 [B, T, 3, H, W])                    -> codes i64 [B, n, P, G]
  decode.pt       forward(codes i64 [B, n, P, G])                       -> video f32 [B, 2n - 1, 3, H, W], not clamped
  transformer.pt  trunk(tokens i64 [B, N, G], text f32 [B, L, D], mask bool [B, L]) -> hidden f32 [B, N, width]
                  head1(hidden [B, M, width]), head2(hidden, code1 [B, M]), head3(hidden, code1, code2) -> logits f32 [B, M, vocabulary]
                  forward(tokens, text, mask, codes i64 [B, N, G - 1])  -> the logits of all groups, for checks
Every archive: prepare(flag f32 [1]) must come first; 0 widens the weights to float32, 1 to bfloat16.
"""
import copy
import os
from pathlib import Path
from typing import Tuple

import torch
import torch.nn as nn

from ..networks.cvivit import CViViT
from ..networks.transformer import MaskedTransformer
from .quantised import replace_layers


class Archive(nn.Module):
    """Holds the leaves that `prepare` widens."""

    def __init__(self, *networks: nn.Module):
        super().__init__()
        self.leaves = nn.ModuleList([leaf for network in networks for leaf in replace_layers(network)])

    @torch.jit.export
    def prepare(self, flag: torch.Tensor) -> torch.Tensor:
        half = bool(flag.item() > 0.5)
        for leaf in self.leaves:
            leaf.widen(half)
        return flag


class EncodeArchive(Archive):
    def __init__(self, model: CViViT):
        encoder = copy.deepcopy(model.encoder)
        super().__init__(encoder)
        self.encoder = encoder
        self.quantiser = copy.deepcopy(model.quantiser)

    def forward(self, video: torch.Tensor) -> torch.Tensor:
        return self.quantiser(self.encoder(video))[1]


class DecodeArchive(Archive):
    def __init__(self, model: CViViT):
        decoder = copy.deepcopy(model.decoder)
        super().__init__(decoder)
        self.decoder = decoder
        self.quantiser = copy.deepcopy(model.quantiser)

    def forward(self, codes: torch.Tensor) -> torch.Tensor:
        return self.decoder(self.quantiser.values(codes)).float()


class TransformerArchive(Archive):
    """One code group."""

    def __init__(self, model: MaskedTransformer):
        network = copy.deepcopy(model)
        super().__init__(network)
        self.network = network

    @torch.jit.export
    def trunk(self, tokens: torch.Tensor, text: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return self.network.trunk(tokens, text, mask).float()

    @torch.jit.export
    def head1(self, hidden: torch.Tensor) -> torch.Tensor:
        return self.network.first_logits(hidden).float()

    def forward(self, tokens: torch.Tensor, text: torch.Tensor, mask: torch.Tensor, codes: torch.Tensor) -> Tuple[torch.Tensor]:
        return (self.head1(self.trunk(tokens, text, mask)),)


class TwoGroupArchive(TransformerArchive):
    @torch.jit.export
    def head2(self, hidden: torch.Tensor, first: torch.Tensor) -> torch.Tensor:
        return self.network.later_heads[0](hidden + self.network.drawn[0](first)).float()

    def forward(self, tokens: torch.Tensor, text: torch.Tensor, mask: torch.Tensor, codes: torch.Tensor) -> Tuple[torch.Tensor, torch.Tensor]:
        hidden = self.trunk(tokens, text, mask)
        return self.head1(hidden), self.head2(hidden, codes[:, :, 0])


class ThreeGroupArchive(TransformerArchive):
    @torch.jit.export
    def head2(self, hidden: torch.Tensor, first: torch.Tensor) -> torch.Tensor:
        return self.network.later_heads[0](hidden + self.network.drawn[0](first)).float()

    @torch.jit.export
    def head3(self, hidden: torch.Tensor, first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
        informed = hidden + self.network.drawn[0](first) + self.network.drawn[1](second)
        return self.network.later_heads[1](informed).float()

    def forward(self, tokens: torch.Tensor, text: torch.Tensor, mask: torch.Tensor,
                codes: torch.Tensor) -> Tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        hidden = self.trunk(tokens, text, mask)
        return self.head1(hidden), self.head2(hidden, codes[:, :, 0]), self.head3(hidden, codes[:, :, 0], codes[:, :, 1])


def transformer_archive(model: MaskedTransformer) -> TransformerArchive:
    kinds = {1: TransformerArchive, 2: TwoGroupArchive, 3: ThreeGroupArchive}
    if model.groups not in kinds:
        raise ValueError(f"archives exist for 1 to 3 code groups, not {model.groups}")
    return kinds[model.groups](model)


def write_archive(archive: Archive, path: Path):
    """Scripts and saves without debug records: they carry the source paths of the machine that exported."""
    path = Path(path)
    full = path.with_name(path.name + ".full")
    torch.jit.script(archive.eval()).save(str(full))
    reader = torch._C.PyTorchFileReader(str(full))
    writer = torch._C.PyTorchFileWriter(str(path))
    for name in reader.get_all_records():
        if not name.endswith(".debug_pkl") and name not in ("version", ".data/version") and not name.startswith(".data/"):
            data = reader.get_record(name)
            writer.write_record(name, data, len(data))
    writer.write_end_of_file()
    del writer, reader
    os.unlink(full)


def open_archive(path: Path, half: bool = False) -> torch.jit.ScriptModule:
    archive = torch.jit.load(str(path), map_location="cpu").eval()
    archive.prepare(torch.ones(1) if half else torch.zeros(1))
    return archive
