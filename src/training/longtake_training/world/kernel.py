"""All shapes of all frames in one launch on a GPU, in Triton, which comes with PyTorch there. The arithmetic is raster.paint's; a tile of
the picture skips every shape whose bounds it does not meet."""
import torch

try:
    import triton
    import triton.language as tl
except ImportError:
    triton = None

TILE = 32

if triton is not None:

    @triton.jit
    def _paint(shapes, bounds, video, count, fields: tl.constexpr, size: tl.constexpr, tile: tl.constexpr):
        frame = tl.program_id(0).to(tl.int64)
        across_tiles: tl.constexpr = size // tile
        column0 = (tl.program_id(1) % across_tiles) * tile
        row0 = (tl.program_id(1) // across_tiles) * tile
        place = tl.arange(0, tile * tile)
        column, row = column0 + place % tile, row0 + place // tile
        step = 2.0 / size
        x, y = (column + 0.5) * step - 1, (row + 0.5) * step - 1
        red = tl.zeros([tile * tile], tl.float32)
        green = tl.zeros([tile * tile], tl.float32)
        blue = tl.zeros([tile * tile], tl.float32)
        for index in range(count):
            box = bounds + (frame * count + index) * 4
            left, right, top, bottom = tl.load(box), tl.load(box + 1), tl.load(box + 2), tl.load(box + 3)
            if (right > left) & (bottom > top) & (right > column0) & (left < column0 + tile) & (bottom > row0) & (top < row0 + tile):
                q = shapes + (frame * count + index) * fields
                dx, dy = x - tl.load(q), y - tl.load(q + 1)
                cosine, sine = tl.load(q + 5), tl.load(q + 6)
                along, across = dx * cosine + dy * sine, dy * cosine - dx * sine
                hx, hy, edge = tl.maximum(tl.load(q + 2), 1e-4), tl.maximum(tl.load(q + 3), 1e-4), tl.load(q + 4)
                ux, uy = along / hx, across / hy
                height = tl.minimum(tl.maximum(uy, -1.0), 1.0)
                qx = tl.abs(along) - hx * (1 + tl.load(q + 7) * height) + edge
                qy = tl.abs(across) - hy + edge
                ox, oy = tl.maximum(qx, 0.0), tl.maximum(qy, 0.0)
                straight = tl.sqrt(ox * ox + oy * oy) + tl.minimum(tl.maximum(qx, qy), 0.0) - edge
                norm = tl.sqrt(ux * ux + uy * uy)
                vx, vy = ux / hx, uy / hy
                oval = norm * (norm - 1) / (tl.sqrt(vx * vx + vy * vy) + 1e-6)
                distance = tl.where(tl.load(q + 8) > 0.5, oval, straight)
                cover = 0.5 - distance * ((size / 2) / tl.load(q + 16))
                cover = tl.minimum(tl.maximum(cover, 0.0), 1.0) * tl.load(q + 15)
                columns, rows = tl.load(q + 17), tl.load(q + 18)
                gx, gy = (ux + 1) * 0.5 * columns, (uy + 1) * 0.5 * rows
                pane = (tl.abs(gx - tl.floor(gx) - 0.5) < 0.28) & (tl.abs(gy - tl.floor(gy) - 0.5) < 0.3)
                mix = tl.where(columns > 0, tl.where(pane, 1.0, 0.0), (height + 1) * 0.5)
                red += (tl.load(q + 9) + (tl.load(q + 12) - tl.load(q + 9)) * mix - red) * cover
                green += (tl.load(q + 10) + (tl.load(q + 13) - tl.load(q + 10)) * mix - green) * cover
                blue += (tl.load(q + 11) + (tl.load(q + 14) - tl.load(q + 11)) * mix - blue) * cover
        out = video + frame * 3 * size * size + row * size + column
        tl.store(out, red)
        tl.store(out + size * size, green)
        tl.store(out + 2 * size * size, blue)


def paint(shapes: torch.Tensor, bounds: torch.Tensor, size: int) -> torch.Tensor:
    """shapes f32 [m, count, fields] and bounds i32 [m, count, 4], both contiguous, on a GPU -> video f32 [m, 3, size, size].

    Raises whatever the compiler raises, and RuntimeError where there is none."""
    if triton is None:
        raise RuntimeError("Triton is not installed")
    frames, count, fields = shapes.shape
    video = torch.empty(frames, 3, size, size, device=shapes.device)
    _paint[(frames, (size // TILE) ** 2)](shapes, bounds.contiguous(), video, count, fields, size, TILE)
    return video
