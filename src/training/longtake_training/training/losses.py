"""Losses of the tokenizer. No network judges the pictures: the world is synthetic, and edges carry what matters in it."""
import torch
import torch.nn.functional as F

from ..networks.cvivit import CViViT


def edges(video: torch.Tensor, distance: int):
    return video[..., distance:] - video[..., :-distance], video[..., distance:, :] - video[..., :-distance, :]


def reconstruction_loss(output: torch.Tensor, video: torch.Tensor) -> torch.Tensor:
    """Both [B, T, 3, H, W]. Absolute and squared error, edges at two distances, a blurred copy, motion, and the logarithm of each
    clip's squared error: PSNR itself, which keeps plain clips improving when busy ones dominate the sums."""
    error = output - video
    squared = error.square()
    loss = error.abs().mean() + 2 * squared.mean()
    for distance in (1, 2):
        for mine, true in zip(edges(output, distance), edges(video, distance)):
            loss = loss + 0.5 * (mine - true).abs().mean()
    blurred = F.avg_pool2d(error.flatten(0, 1), 4)
    loss = loss + 0.5 * blurred.abs().mean()
    if video.shape[1] > 1:
        loss = loss + 0.5 * (error[:, 1:] - error[:, :-1]).abs().mean()
    return loss + 0.03 * torch.log(squared.flatten(1).mean(1) + 1e-6).mean()


def psnr(output: torch.Tensor, video: torch.Tensor) -> torch.Tensor:
    """Mean over clips of the peak signal-to-noise ratio in dB, after clamping to 0..1."""
    error = (output.clamp(0, 1) - video).square().flatten(1).mean(1)
    return (-10 * torch.log10(error.clamp(min=1e-10))).mean()


def tokenizer_loss(model: CViViT, video: torch.Tensor, consistency: torch.Tensor, clips: int):
    """Returns (loss, metrics [psnr, disagreement]).

    Re-encode consistency: a long film decodes its tail and encodes it again at every hand-over, so the first `clips`
    reconstructions are encoded once more and must fall on the codes they came from. Its gradient reaches the decoder too, which
    learns to paint codes so that they can be read back."""
    output, values, _, quantiser_loss = model(video)
    output = output.float()
    loss = reconstruction_loss(output, video) + quantiser_loss
    disagreement = torch.zeros((), device=video.device)
    if clips > 0:
        tail = min(5, video.shape[1])
        again = model.encoder(output[:clips, :tail].clamp(0, 1))
        disagreement = model.quantiser.disagreement(again, values[:clips, : (tail + 1) // 2].detach()).mean()
        loss = loss + consistency * disagreement
    return loss, torch.stack([psnr(output.detach(), video), disagreement.detach()])
