"""Seams between windows and drift over long films, in numbers."""
from typing import Dict, List

import torch

from .films import PREFIX_FRAMES

NEW_FRAMES = 6


def frame_differences(film: torch.Tensor) -> torch.Tensor:
    """u8 [..., T, 3, H, W] -> mean absolute difference of neighbouring frames [..., T - 1], 0..1. One frame at a time: films are long."""
    steps = [(film[..., t + 1, :, :, :].float() - film[..., t, :, :, :].float()).abs().mean((-3, -2, -1)) / 255
             for t in range(film.shape[-4] - 1)]
    return torch.stack(steps, -1)


def seam_ratios(differences: torch.Tensor, windows_per_scene: int) -> List[Dict[str, float]]:
    """For each same-prompt seam of a scene (the first is between its first and second window): the difference across it, divided by
    the mean difference inside the two windows it joins. `differences` [films, T - 1] of films with equal scenes; the value is the
    ratio of sums over all films and scenes, with a 95 % interval over scenes."""
    films, count = differences.shape
    result = []
    scenes = (count + 1 - PREFIX_FRAMES) // (NEW_FRAMES * windows_per_scene)
    for seam in range(1, windows_per_scene):
        across, inside = [], []
        for scene in range(scenes):
            # Difference index t joins frames t and t + 1; a window's new frames begin after 5 + 6 * window.
            at = PREFIX_FRAMES + NEW_FRAMES * (scene * windows_per_scene + seam) - 1
            before, after = differences[:, max(0, at - NEW_FRAMES + 1):at], differences[:, at + 1:at + NEW_FRAMES]
            across.append(differences[:, at])
            inside.append(torch.cat([before, after], 1).mean(1))
        a, b = torch.stack(across, 1).flatten(), torch.stack(inside, 1).flatten()
        ratio = float(a.sum() / b.sum().clamp(min=1e-9))
        residual = (a - ratio * b) / b.mean().clamp(min=1e-9)
        half = 1.96 * float(residual.std()) / max(1, len(a)) ** 0.5 if len(a) > 1 else 0.0
        result.append({"value": round(ratio, 4), "low": round(ratio - half, 4), "high": round(ratio + half, 4), "n": len(a)})
    return result


def look(film: torch.Tensor) -> Dict[str, torch.Tensor]:
    """u8 [films, T, 3, H, W] -> mean luma, saturation, sharpness and motion per film, each [films]."""
    luma, saturation, sharpness = [], [], []
    for t in range(film.shape[1]):
        frame = film[:, t].float() / 255
        grey = 0.299 * frame[:, 0] + 0.587 * frame[:, 1] + 0.114 * frame[:, 2]
        luma.append(grey.mean((1, 2)))
        saturation.append((frame.amax(1) - frame.amin(1)).mean((1, 2)))
        laplacian = grey[:, 1:-1, 1:-1] * 4 - grey[:, :-2, 1:-1] - grey[:, 2:, 1:-1] - grey[:, 1:-1, :-2] - grey[:, 1:-1, 2:]
        sharpness.append(laplacian.abs().mean((1, 2)))
    values = {"luma": torch.stack(luma, 1).mean(1), "saturation": torch.stack(saturation, 1).mean(1),
              "sharpness": torch.stack(sharpness, 1).mean(1)}
    values["motion"] = frame_differences(film).mean(1)
    return values


def drift(films: torch.Tensor, true_windows: torch.Tensor, windows_per_part: int, share: float = 0.15, draws: int = 200) -> Dict[str, Dict]:
    """First `share` of each film against its last. The spread says how much two equally long parts made of true renders differ: 95 %
    of random pairs differ by less. `true_windows` u8 [n, T, 3, H, W] of random scenes."""
    length = max(2, int(films.shape[1] * share))
    first, last = look(films[:, :length]), look(films[:, -length:])
    single = look(true_windows)
    generator = torch.Generator().manual_seed(1)
    result = {}
    for name in first:
        pool = single[name].cpu()
        differences = []
        for _ in range(draws):
            rows = torch.randint(0, len(pool), (2, windows_per_part), generator=generator)
            differences.append(float((pool[rows[0]].mean() - pool[rows[1]].mean()).abs()))
        spread = sorted(differences)[int(0.95 * (draws - 1))]
        difference = float((last[name] - first[name]).mean())
        typical = float((last[name] - first[name]).abs().mean())
        result[name] = {"first": round(float(first[name].mean()), 4), "last": round(float(last[name].mean()), 4),
                        "difference": round(difference, 4), "mean_abs_difference": round(typical, 4), "true_spread": round(spread, 4),
                        "within": bool(typical <= spread)}
    return result
