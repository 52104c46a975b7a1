"""What the tokenizer loses: PSNR, use of its codes, and drift when a tail is decoded and encoded again and again."""
from typing import Dict, List

import torch

from ..networks.cvivit import CViViT
from ..training.step import half_precision

ROUNDS = (1, 3, 6)


@torch.no_grad()
def measure_tokenizer(model: CViViT, clips: torch.Tensor, device, batch: int = 64, tail: int = 5) -> Dict:
    """`clips` u8 [n, T, 3, H, W] that the tokenizer has not seen. PSNR is the mean over clips; every reconstruction is rounded to
    bytes before it is encoded again, as a film's tail is."""
    quality: List[torch.Tensor] = []
    seen: List[torch.Tensor] = []
    per_frame: List[torch.Tensor] = []
    rounds: Dict[int, List[torch.Tensor]] = {r: [] for r in ROUNDS}
    changed: List[torch.Tensor] = []
    for start in range(0, clips.shape[0], batch):
        video = clips[start:start + batch].to(device).float() / 255
        with half_precision(torch.device(device)):
            codes = model.encode(video)
            output = model.decode(codes).float().clamp(0, 1)
        quality.append(clip_psnr(output, video))
        per_frame.append((output - video).square().mean((2, 3, 4)))
        seen.append(codes.flatten(0, 2))
        truth = video[:, -tail:]
        current, before = truth, None
        for turn in range(1, max(ROUNDS) + 1):
            with half_precision(torch.device(device)):
                codes = model.encode(current)
                current = model.decode(codes).float().clamp(0, 1)
            current = (current * 255).round() / 255
            if turn in rounds:
                rounds[turn].append(clip_psnr(current, truth))
            if turn == 2:
                changed.append((codes != before).float().mean().reshape(1))
            before = codes
    codes = torch.cat(seen)
    vocabulary = model.quantiser.vocabulary
    use, perplexity = [], []
    for group in range(codes.shape[1]):
        counts = torch.bincount(codes[:, group], minlength=vocabulary).float()
        share = counts / counts.sum()
        use.append(round(float((counts > 0).float().mean()), 4))
        perplexity.append(round(float(torch.exp(-(share * (share + 1e-12).log()).sum())), 1))
    quality = torch.cat(quality)
    return {
        "clips": int(clips.shape[0]),
        "psnr_db": round(float(quality.mean()), 3),
        "psnr_interval": interval(quality),
        "frame_psnr_db": [round(float(x), 2) for x in -10 * torch.log10(torch.cat(per_frame).mean(0).clamp(min=1e-10))],
        "code_use": use, "perplexity": perplexity,
        "roundtrip_psnr_db": [round(float(torch.cat(rounds[r]).mean()), 3) for r in ROUNDS],
        "roundtrip_interval": [interval(torch.cat(rounds[r])) for r in ROUNDS],
        "codes_changed_in_second_round": round(float(torch.cat(changed).mean()), 4)}


def interval(values: torch.Tensor) -> float:
    """Half the 95 % interval of the mean of clips."""
    return round(1.96 * float(values.std()) / max(1, len(values)) ** 0.5, 3)


def clip_psnr(output: torch.Tensor, video: torch.Tensor) -> torch.Tensor:
    """PSNR per clip in dB, values already in 0..1."""
    error = (output - video).square().flatten(1).mean(1)
    return -10 * torch.log10(error.clamp(min=1e-10))
