"""Contact sheets: one row of frames per caption."""
import time
from pathlib import Path
from typing import List, Tuple

import numpy as np
import torch
from PIL import Image, ImageDraw


def contact_sheet(rows: List[Tuple[str, torch.Tensor]], path: Path, columns: int = 6, scale: float = 1.0):
    """`rows` are (title, frames u8 [T, 3, H, W]); `columns` frames spread over the row's length are shown."""
    if not rows:
        return
    height, width = rows[0][1].shape[-2:]
    shown_width, shown_height = int(width * scale), int(height * scale)
    line = 14
    sheet = Image.new("RGB", (columns * shown_width, len(rows) * (shown_height + line)), "white")
    draw = ImageDraw.Draw(sheet)
    for row, (title, frames) in enumerate(rows):
        top = row * (shown_height + line)
        draw.text((2, top + 1), title.encode("latin-1", "replace").decode("latin-1"), fill="black")
        for column, index in enumerate(np.linspace(0, len(frames) - 1, columns).round().astype(int)):
            picture = Image.fromarray(np.ascontiguousarray(frames[index].permute(1, 2, 0).cpu().numpy()))
            if scale != 1.0:
                picture = picture.resize((shown_width, shown_height))
            sheet.paste(picture, (column * shown_width, top + line))
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path, optimize=True)


def world_sheet(config, path: Path, count: int, kind: str, language: str) -> str:
    """Draws `count` windows of the configured world; returns a line about how fast that went."""
    from ..training.data import device_of, open_world, to_bytes

    world, device, seed = open_world(config.run.world), device_of(config.run.device), config.run.seed
    scenes = world.scenes(count, seed) if kind == "training" else world.cases(kind, count, seed, language)
    start = time.perf_counter()
    video = to_bytes(world.render(scenes, device, seed)).cpu()
    spent = time.perf_counter() - start
    contact_sheet([(f"{caption} [{switch}]", video[i]) for i, (caption, switch) in enumerate(zip(scenes.captions, scenes.switch.tolist()))],
                  path, video.shape[1])
    return f"{path}: {count} windows in {spent:.1f} s, {count / spent:.1f} a second on {device}"
