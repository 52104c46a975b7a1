"""Contact sheets: one row of frames per caption."""
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
