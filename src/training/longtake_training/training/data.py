"""Where clips come from, and what the trainers keep of them."""
import importlib
from dataclasses import dataclass, field
from typing import Dict, List

import torch

from ..networks.cvivit import CViViT
from .progress import Clock
from .step import half_precision
from .text import CaptionTable

FRESH = -99
"""Switch frame of a window that starts from nothing."""

HAND_OVERS = ((5, 0.45), (-1, 0.17), (-7, 0.13), (FRESH, 0.25))
"""Switch frame and share of training windows: a prompt change right after the prefix, the two windows that follow under the
same prompt, and fresh starts. Exactly what a film consists of."""


@dataclass
class Scenes:
    """A batch of windows before they are drawn. `labels` i64 [n, 5] (place, subject, colour, camera, action) of the scene shown
    last, -1 where an attribute does not apply."""

    before: torch.Tensor
    after: torch.Tensor
    switch: torch.Tensor
    captions: List[str]
    labels: torch.Tensor
    openings: List[str] = field(default_factory=list)
    """Captions of the scenes before, told from nothing; only for cases that need them."""


def hand_overs(count: int, generator: torch.Generator) -> torch.Tensor:
    """Switch frames i64 [count] in the shares of HAND_OVERS."""
    shares = torch.tensor([share for _, share in HAND_OVERS])
    frames = torch.tensor([frame for frame, _ in HAND_OVERS])
    return frames[torch.multinomial(shares, count, replacement=True, generator=generator)]


def open_world(name: str):
    """The world called `module:Class`. It offers
      scenes(count, seed) -> Scenes            training captions and combinations, in the shares of HAND_OVERS
      cases(kind, count, seed, language) -> Scenes   for evaluation: fresh windows of `known` or `held_out` combinations, `paraphrase`
                                               captions never trained on, or `change`s from one scene to another (switch 5)
      render(scenes, device, seed) -> float [n, frames, 3, H, W]
      languages, classes                       language names; number of classes of each attribute
    """
    module, _, cls = name.partition(":")
    return getattr(importlib.import_module(module), cls)()


def device_of(name: str) -> torch.device:
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return torch.device(name)


class Pace:
    """Keeps the host at most one chunk ahead of the device: work is queued without waiting, so without this a clock on the host would
    see only the queueing."""

    def __init__(self, device: torch.device):
        self.cuda = device.type == "cuda"
        self.previous = None

    def mark(self):
        if self.cuda:
            event = torch.cuda.Event()
            event.record()
            if self.previous is not None:
                self.previous.synchronize()
            self.previous = event


def to_bytes(video: torch.Tensor) -> torch.Tensor:
    return (video.clamp(0, 1) * 255 + 0.5).to(torch.uint8)


def render_pool(world, count: int, seed: int, device, batch: int, seconds: float = float("inf")) -> torch.Tensor:
    """Up to `count` training windows as bytes [n, frames, 3, H, W]; fewer when the time is over. The first chunk is drawn in any
    case. Chunk k depends on (seed, k) alone."""
    clock, pace, pool, done = Clock(seconds), Pace(device), None, 0
    while done < count and (done == 0 or clock.left() > 0):
        amount = min(batch, count - done)
        clips = to_bytes(world.render(world.scenes(amount, chunk_seed(seed, done)), device, chunk_seed(seed, done)))
        if pool is None:
            pool = torch.empty(count, *clips.shape[1:], dtype=torch.uint8, device=device)
        pool[done:done + amount] = clips
        done += amount
        pace.mark()
    return pool[:done]


def chunk_seed(seed: int, position: int) -> int:
    return seed * 1_000_003 + position


class TokenData:
    """Encoded windows: codes of each, the codes its prefix has after one decode and encode, its caption, and whether it starts
    from nothing. The captions' states stand in `states` and `seen`, one row per distinct caption."""

    def __init__(self, tensors: Dict[str, torch.Tensor]):
        self.codes = tensors["codes"]
        self.reencoded = tensors["reencoded"]
        self.caption = tensors["caption"]
        self.fresh = tensors["fresh"]
        self.states = tensors["states"]
        self.seen = tensors["seen"]
        self.count = self.codes.shape[0]

    def tensors(self) -> Dict[str, torch.Tensor]:
        return {name: getattr(self, name) for name in ("codes", "reencoded", "caption", "fresh", "states", "seen")}

    def to(self, device) -> "TokenData":
        return TokenData({name: tensor.to(device) for name, tensor in self.tensors().items()})


@torch.no_grad()
def encode_windows(world, tokenizer: CViViT, encoder, count: int, seed: int, device, batch: int, seconds: float, prefix_frames: int,
                   workers: int = 1, renders: int = 1, report=lambda **values: None) -> TokenData:
    """Renders and encodes up to `count` training windows within `seconds`, captions beside it on other threads."""
    table = CaptionTable(encoder, workers)
    clock, pace, done = Clock(seconds), Pace(device), 0
    columns: Dict[str, List[torch.Tensor]] = {"codes": [], "reencoded": [], "caption": [], "fresh": []}
    latent_prefix = (prefix_frames + 1) // 2
    changed: List[torch.Tensor] = []
    while done < count and (done == 0 or clock.left() > 0):
        amount = min(batch, count - done)
        scenes = world.scenes(amount, chunk_seed(seed, done))
        rows = table.index(scenes.captions)
        # The first chunk is the validation set: its scenes must not come back among the training windows.
        for turn in range(renders if done > 0 else 1):
            video = world.render(scenes, device, chunk_seed(seed + turn, done)).clamp(0, 1)
            for start in range(0, amount, 512):
                with half_precision(device):
                    codes = tokenizer.encode(video[start:start + 512])
                    again = tokenizer.encode(tokenizer.decode(codes[:, :latent_prefix]).float().clamp(0, 1))
                changed.append((again != codes[:, :latent_prefix]).float().mean())
                columns["codes"].append(codes.flatten(1, 2).short())
                columns["reencoded"].append(again.flatten(1, 2).short())
            columns["caption"].append(rows)
            columns["fresh"].append(scenes.switch == FRESH)
            done += amount
            pace.mark()
        report(windows=done, seconds=round(clock.spent(), 1), captions=len(table.captions))
    states, seen = table.finish(device, torch.bfloat16 if device.type == "cuda" else torch.float32)
    report(windows=done, seconds=round(clock.spent(), 1), captions=len(table.captions),
           prefix_codes_changed=round(float(torch.stack(changed).mean()), 4))
    tensors = {name: torch.cat([part.to(device) for part in column]) for name, column in columns.items()}
    return TokenData({**tensors, "states": states, "seen": seen})


@dataclass
class TokenBatch:
    """`tokens` i64 [B, N, groups] with masks, `target` without, `masked` bool [B, N], `chosen` i64 [M] flat positions where the
    heads run (masked ones first), text states and mask."""

    tokens: torch.Tensor
    target: torch.Tensor
    masked: torch.Tensor
    chosen: torch.Tensor
    text: torch.Tensor
    text_mask: torch.Tensor

    def inputs(self) -> Dict[str, torch.Tensor]:
        return dict(vars(self))


@dataclass
class Corruption:
    """How a training batch differs from clean data; see TransformerTraining for the fields."""

    text_dropout: float = 0.1
    prefix_reencoded: float = 0.6
    code_noise: float = 0.04
    image_prefix: float = 0.3


CLEAN = Corruption(0.0, 0.0, 0.0, 0.0)


def masked_batch(data: TokenData, rows: torch.Tensor, generator: torch.Generator, corruption: Corruption, vocabulary: int,
                 positions: int, loss_share: float, image: bool = False) -> TokenBatch:
    """Masks a batch of windows, or of single images (`image`): their first latent frame alone.

    `positions` is the size of a latent frame. Prefix positions are never masked and bear no loss."""
    device = data.codes.device
    target = data.codes[rows].long()
    if image:
        target = target[:, :positions]
    batch, count, groups = target.shape

    def uniform(*shape):
        return torch.rand(*shape, device=device, generator=generator)

    tokens = target.clone()
    place = torch.arange(count, device=device).unsqueeze(0)
    if image:
        frozen = torch.zeros(batch, count, dtype=torch.bool, device=device)
    else:
        fresh = data.fresh[rows].unsqueeze(1)
        kept = data.reencoded.shape[1]
        animated = fresh & (uniform(batch, 1) < corruption.image_prefix)
        frozen = (~fresh & (place < kept)) | (animated & (place < positions))
        swapped = (~fresh & (uniform(batch, 1) < corruption.prefix_reencoded)).unsqueeze(-1)
        tokens[:, :kept] = torch.where(swapped, data.reencoded[rows].long(), tokens[:, :kept])
    noisy = uniform(batch, count, 1) < corruption.code_noise * uniform(batch, 1, 1)
    tokens = torch.where(noisy, torch.randint(0, vocabulary, tokens.shape, device=device, generator=generator), tokens)
    share = torch.cos(uniform(batch, 1) * (torch.pi / 2))
    masked = (uniform(batch, count) < share) & ~frozen
    # A row without any mask would teach nothing; the last position is always free.
    masked[:, -1] |= masked.sum(1) == 0
    tokens = torch.where(masked.unsqueeze(-1), torch.full_like(tokens, vocabulary), tokens)
    order = masked.flatten().float() + 0.5 * uniform(batch * count)
    chosen = torch.topk(order, max(1, int(batch * count * loss_share)), sorted=False)[1]
    caption = data.caption[rows]
    text_mask = data.seen[caption] & (uniform(batch, 1) >= corruption.text_dropout)
    return TokenBatch(tokens, target, masked, chosen, data.states[caption], text_mask)
