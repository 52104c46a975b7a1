"""The judges: one small classifier per attribute, trained on true renders alone and frozen before anything generated is seen."""
import time
from typing import Dict, List, Sequence

import torch
import torch.nn as nn
import torch.nn.functional as F

from ..training.data import FRESH, Scenes, chunk_seed, to_bytes
from ..training.optim import Optimiser, cosine_share
from ..training.step import TrainingStep, first_working, half_precision

ATTRIBUTES = ("place", "subject", "colour", "camera", "action")


class Classifier(nn.Module):
    """video [B, T, 3, H, W] in 0..1 -> logits [B, classes]. Every second frame, stacked as channels: motion is what they differ in."""

    def __init__(self, frames: int, classes: int, channels: Sequence[int]):
        super().__init__()
        layers: List[nn.Module] = []
        before = 3 * ((frames + 1) // 2)
        for index, after in enumerate(channels):
            size = 5 if index == 0 else 3
            layers += [nn.Conv2d(before, after, size, 2, size // 2), nn.BatchNorm2d(after), nn.ReLU(),
                       nn.Conv2d(after, after, 3, padding=1), nn.BatchNorm2d(after), nn.ReLU()]
            before = after
        self.features = nn.Sequential(*layers)
        self.head = nn.Linear(2 * before, classes)

    def forward(self, video):
        x = self.features(video[:, ::2].flatten(1, 2) * 2 - 1)
        return self.head(torch.cat([x.mean((2, 3)), x.amax((2, 3))], 1))


class Judges(nn.Module):
    """One classifier per attribute; `verdicts` are class numbers i64 [B, 5]."""

    def __init__(self, frames: int, classes: Sequence[int], channels: Sequence[int]):
        super().__init__()
        self.each = nn.ModuleList([Classifier(frames, count, channels) for count in classes])

    def loss(self, video, labels):
        """Cross entropies summed over attributes; a label of -1 is left out."""
        return sum(F.cross_entropy(judge(video).float(), labels[:, i], ignore_index=-1) for i, judge in enumerate(self.each))

    @torch.no_grad()
    def verdicts(self, video: torch.Tensor, batch: int = 256) -> torch.Tensor:
        found = []
        for start in range(0, video.shape[0], batch):
            part = video[start:start + batch].float()
            with half_precision(video.device):
                found.append(torch.stack([judge(part).argmax(1) for judge in self.each], 1))
        return torch.cat(found)


def true_windows(world, scenes: Scenes, device, seed: int, batch: int) -> torch.Tensor:
    """Renders `scenes` as bytes [n, T, 3, H, W]."""
    parts = []
    for start in range(0, len(scenes.captions), batch):
        part = Scenes(scenes.before[start:start + batch], scenes.after[start:start + batch], scenes.switch[start:start + batch],
                      scenes.captions[start:start + batch], scenes.labels[start:start + batch])
        parts.append(to_bytes(world.render(part, device, chunk_seed(seed, start))))
    return torch.cat(parts)


def settled(scenes: Scenes) -> Scenes:
    """The same scenes as windows whose change is over: what a judge can be asked about. Every third becomes the second window after
    its change, every third the third; fresh starts stay."""
    switch = scenes.switch.clone()
    index = torch.arange(len(switch))
    moved = (switch != FRESH) | (index % 3 == 0)
    switch = torch.where(moved, torch.where(index % 2 == 0, torch.full_like(switch, -1), torch.full_like(switch, -7)), switch)
    return Scenes(scenes.before, scenes.after, switch, scenes.captions, scenes.labels)


def train_judges(world, count: int, seconds: float, batch: int, frames: int, device, seed: int, say=lambda message: None,
                 render_batch: int = 1024, steps: int = 0, channels: Sequence[int] = (24, 48, 96, 144, 192)) -> Judges:
    """Trains on `count` true windows of training and of held-out combinations alike (the judges must know both) for `seconds`, or
    for `steps` steps when given."""
    cuda = device.type == "cuda"
    thirds = count // 3
    sources = [settled(world.scenes(count - thirds, seed)), world.cases("held_out", thirds // 2, seed + 1, "en"),
               world.cases("known", thirds - thirds // 2, seed + 2, "en")]
    videos = torch.cat([true_windows(world, s, device, seed + i, render_batch) for i, s in enumerate(sources)])
    labels = torch.cat([s.labels for s in sources]).to(device)
    torch.manual_seed(seed)
    judges = Judges(frames, world.classes, channels).to(device).train()
    if cuda:
        judges = judges.to(memory_format=torch.channels_last)
    optimiser = Optimiser(judges, 1e-3, tables=("head",), decay=0.02)
    example = {"video": videos[:batch].clone(), "labels": labels[:batch].clone()}
    if example["video"].shape[0] < batch:
        batch = example["video"].shape[0]

    def loss(inputs):
        value = judges.loss(inputs["video"].float() / 255, inputs["labels"])
        return value, value.detach()

    optimiser.set_rate(0.0)
    step = first_working(lambda mode: TrainingStep(loss, optimiser, example, mode), ["graph", "eager"] if cuda else ["eager"], say)
    generator = torch.Generator(device=device).manual_seed(seed)
    began, done = time.monotonic(), 0
    while True:
        if cuda and done % 20 == 0:
            torch.cuda.synchronize()
        progress = done / steps if steps else (time.monotonic() - began) / seconds
        if progress >= 1:
            break
        optimiser.set_rate(cosine_share(progress) * min(1.0, (done + 1) / 100))
        rows = torch.randint(0, videos.shape[0], (batch,), device=device, generator=generator)
        step({"video": videos[rows], "labels": labels[rows]})
        done += 1
    say(f"judges: {done} steps of {batch} windows, last loss {float(step.metrics[0]):.3f}")
    return judges.eval().requires_grad_(False)


def accuracy(judges: Judges, video: torch.Tensor, labels: torch.Tensor) -> Dict[str, Dict[str, float]]:
    """{attribute: {value, low, high, n}} over the rows whose label applies; 95 % Wilson intervals. `video` float or bytes."""
    video = video.float() / 255 if video.dtype == torch.uint8 else video
    right = judges.verdicts(video) == labels.to(video.device)
    result = {}
    for index, name in enumerate(ATTRIBUTES):
        asked = labels[:, index].to(video.device) >= 0
        n, k = int(asked.sum()), int((right[:, index] & asked).sum())
        if n > 0:
            low, high = wilson(k, n)
            result[name] = {"value": round(k / n, 4), "low": round(low, 4), "high": round(high, 4), "n": n}
    return result


def wilson(successes: int, trials: int, z: float = 1.96):
    share = successes / trials
    centre = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z * ((share * (1 - share) + z * z / (4 * trials)) / trials) ** 0.5 / (1 + z * z / trials)
    return max(0.0, centre - half), min(1.0, centre + half)
