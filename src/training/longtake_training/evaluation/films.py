"""Films as the engine makes them: window after window, each beginning with the re-encoded last frames of the one before."""
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, List, Optional, Tuple

import torch

from ..networks.cvivit import CViViT
from ..networks.sampling import SamplerSettings, sample
from ..networks.transformer import MaskedTransformer
from ..training.config import Config
from ..training.step import half_precision

PREFIX_FRAMES = 5


@dataclass
class Studio:
    """The trained networks with what they need to render."""

    tokenizer: CViViT
    transformer: MaskedTransformer
    text: Callable
    settings: SamplerSettings
    device: torch.device

    def states(self, captions: List[str]) -> Tuple[torch.Tensor, torch.Tensor]:
        states, seen = self.text(captions)
        return torch.from_numpy(states).to(self.device).float(), torch.from_numpy(seen).to(self.device)

    @torch.no_grad()
    def window(self, states, seen, start: Optional[torch.Tensor], seed: int) -> torch.Tensor:
        """Draws windows [B, T, 3, H, W] in 0..1 under `states`. `start` holds the frames to begin with (1 or 5 of them), or None."""
        config = self.tokenizer.config
        generator = torch.Generator(device=self.device).manual_seed(seed)
        with half_precision(self.device):
            if start is None:
                prefix = torch.zeros(states.shape[0], 0, config.groups, dtype=torch.long, device=self.device)
            else:
                prefix = self.tokenizer.encode(start).flatten(1, 2)
            codes = sample(self.transformer, states, seen, prefix, config.latent_frames * config.positions, self.settings, generator)
            video = self.tokenizer.decode(codes.reshape(-1, config.latent_frames, config.positions, config.groups))
        # Tails are kept as bytes between windows, so that is what the next one must see.
        return (video.float().clamp(0, 1) * 255).round() / 255

    def clips(self, captions: List[str], starts: Optional[torch.Tensor], seed: int, batch: int) -> torch.Tensor:
        """One window per caption, `batch` at a time."""
        parts = []
        for first in range(0, len(captions), batch):
            states, seen = self.states(captions[first:first + batch])
            begin = None if starts is None else starts[first:first + batch]
            parts.append(self.window(states, seen, begin, seed + first))
        return torch.cat(parts)

    def film(self, prompts: List[List[str]], windows_per_scene: int, seed: int) -> torch.Tensor:
        """`prompts[s][f]` is scene s of film f. Returns bytes [films, frames, 3, H, W] on the CPU: 11 frames, then 6 a window."""
        shots, current = [], None
        for scene, captions in enumerate(prompts):
            states, seen = self.states(captions)
            for turn in range(windows_per_scene):
                video = self.window(states, seen, None if current is None else current[:, -PREFIX_FRAMES:], seed + 1000 * scene + turn)
                shots.append((video if current is None else video[:, PREFIX_FRAMES:]).mul(255).round().byte().cpu())
                current = video
        return torch.cat(shots, 1)


def open_studio(config: Config, device: torch.device) -> Studio:
    from ..training.text import text_encoder
    from ..training.tokenizer import load_tokenizer
    from ..training.transformer import load_transformer

    settings = config.evaluation
    return Studio(load_tokenizer(config, device), load_transformer(config, device),
                  text_encoder(config.run.text_encoder, config.run.text_source, 8),
                  SamplerSettings(settings.steps, settings.guidance, settings.guidance_ramp, settings.temperature, settings.confidence_noise),
                  device)


def preview(config: Config, prompts: List[str]) -> Path:
    """Renders the prompts as one film of three windows each; returns the contact sheet's path."""
    from ..training.data import device_of
    from .sheets import contact_sheet

    studio = open_studio(config, device_of(config.run.device))
    film = studio.film([[prompt] for prompt in prompts], 3, config.evaluation.seed)[0]
    path = config.output / "preview.png"
    contact_sheet([(prompt, film[scene_frames(i, 3)]) for i, prompt in enumerate(prompts)], path)
    return path


def scene_frames(scene: int, windows_per_scene: int) -> slice:
    """Frames of a scene in a film: the first scene has 5 more."""
    new = 6 * windows_per_scene
    return slice(0 if scene == 0 else PREFIX_FRAMES + new * scene, PREFIX_FRAMES + new * (scene + 1))
