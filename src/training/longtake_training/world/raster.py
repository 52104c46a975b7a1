"""Anti-aliased shapes, composited back to front.

A display list is f32 [n, frames, shapes, FIELDS]: signed-distance boxes (rounded, tapered) and ellipses in screen units, -1..1 with y
downwards. Each pixel is computed from its own frame's shapes alone, so the result does not depend on how windows are batched.

  CPU   every shape where it can be seen, by the shortest formula that its kind allows: a square that stands straight needs an eighth of
        the arithmetic of one that is turned, tapered and barred
  GPU   one launch for all windows (kernel.py); where that cannot be built, `layered`: some 40 launches a shape, each over every pixel of
        all windows, which the memory's speed bounds"""
from typing import Callable, List, Tuple

import torch

from . import kernel

SIZE, FRAMES = 128, 11
FIELDS = 19
CX, CY, HX, HY, ROUND, COS, SIN, TAPER, ELLIPSE, TOP, BOTTOM, ALPHA, SOFT = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 15, 16
GRID_X, GRID_Y = 17, 18
LAYERED_FRAMES = 1408
_painters: List[Callable] = []


def rasterise(shapes: torch.Tensor) -> torch.Tensor:
    """f32 [n, frames, 3, SIZE, SIZE] in 0..1."""
    count, frames = shapes.shape[:2]
    if not shapes.is_cuda:
        return _seen_parts(shapes)
    flat = shapes.flatten(0, 1)
    if not _painters:
        _painters.append(choose_painter(flat))
    return _painters[0](flat).view(count, frames, 3, SIZE, SIZE)


def choose_painter(flat: torch.Tensor) -> Callable:
    """One launch for everything if that can be built here and paints what the plain path paints, which a few frames show."""
    sample = flat[:: max(1, len(flat) // 64)][:64].contiguous()
    try:
        found = kernel.paint(sample, bounds(sample), SIZE)
    except Exception as failure:  # no compiler, another compiler: the plain path is always there
        print(f"the world is painted shape by shape: {type(failure).__name__}: {str(failure)[:200]}", flush=True)
        return layered
    # A window bar has no soft edge, so that a pixel on it may fall on either side.
    off = float(((found - layered(sample)).abs() > 2e-3).float().mean())
    if off > 1e-4:
        print(f"the world is painted shape by shape: in one launch {off:.2%} of it differs", flush=True)
        return layered
    return lambda frames: kernel.paint(frames.contiguous(), bounds(frames), SIZE)


def bounds(shapes: torch.Tensor) -> torch.Tensor:
    """i32 [..., 4]: left, right, top, bottom in pixels of where a shape may be seen, right and bottom exclusive; empty where it is not."""
    wide, high, rim = shapes[..., HX].clamp(min=1e-4), shapes[..., HY].clamp(min=1e-4), shapes[..., SOFT] * (1 / SIZE)
    # The distance to an ellipse is an estimate, too small beyond the ends of a thin one by up to this.
    longer = torch.where(shapes[..., ELLIPSE] > 0.5, 1 + rim / torch.minimum(wide, high), torch.ones_like(rim))
    wide, high = wide * longer * (1 + shapes[..., TAPER].abs()), high * longer
    reach = torch.sqrt(wide * wide + high * high) + rim
    unseen = shapes[..., ALPHA] <= 0
    edges = []
    for centre, along, across in ((CX, COS, SIN), (CY, SIN, COS)):
        half = torch.minimum(reach, wide * shapes[..., along].abs() + high * shapes[..., across].abs() + rim)
        low = ((shapes[..., centre] - half + 1) * (SIZE / 2)).floor().clamp(0, SIZE)
        end = ((shapes[..., centre] + half + 1) * (SIZE / 2)).ceil().clamp(0, SIZE)
        edges += [low, torch.where(unseen, low, end)]
    return torch.stack(edges, -1).int()


def layered(flat: torch.Tensor) -> torch.Tensor:
    """Frame lists [m, shapes, FIELDS] -> [m, 3, SIZE, SIZE], every shape over every pixel."""
    axis = pixel_axis(flat.device)
    video = torch.zeros(flat.shape[0], 3, SIZE, SIZE, device=flat.device)
    for start in range(0, flat.shape[0], LAYERED_FRAMES):
        part = slice(start, start + LAYERED_FRAMES)
        for index in range(flat.shape[1]):
            paint(video[part], flat[part, index, :, None, None], axis[:, None], axis[None, :])
    return video


def pixel_axis(device) -> torch.Tensor:
    return (torch.arange(SIZE, device=device) + 0.5) * (2.0 / SIZE) - 1


def _seen_parts(shapes: torch.Tensor) -> torch.Tensor:
    count, frames = shapes.shape[:2]
    video = torch.zeros(count, frames, 3, SIZE, SIZE)
    axis = pixel_axis(shapes.device)
    edges = bounds(shapes)
    empty = (edges[..., 0] >= edges[..., 1]) | (edges[..., 2] >= edges[..., 3])
    low = edges[..., 0::2].masked_fill(empty.unsqueeze(-1), SIZE).amin(1)
    end = edges[..., 1::2].masked_fill(empty.unsqueeze(-1), 0).amax(1)
    boxes = torch.stack([low[..., 0], end[..., 0], low[..., 1], end[..., 1]], -1).tolist()
    kinds = kinds_of(shapes).tolist()
    for window in range(count):
        canvas, own = video[window], shapes[window]
        for index, (left, right, top, bottom) in enumerate(boxes[window]):
            if right > left and bottom > top:
                paint(canvas[..., top:bottom, left:right], own[:, index, :, None, None], axis[top:bottom, None], axis[None, left:right],
                      *kinds[window][index])
    return video


def kinds_of(shapes: torch.Tensor) -> torch.Tensor:
    """bool [n, shapes, 6], over all frames: any turned, any tapered, any ellipse, any box, any grid, any gradient. A shape that is never
    seen in a frame does not count there."""
    seen = shapes[..., ALPHA] > 0
    ellipse = shapes[..., ELLIPSE] > 0.5
    kinds = torch.stack([shapes[..., SIN] != 0, shapes[..., TAPER] != 0, ellipse, ~ellipse, shapes[..., GRID_X] > 0,
                         (shapes[..., TOP:TOP + 3] != shapes[..., BOTTOM:BOTTOM + 3]).any(-1)], -1)
    return (kinds & seen.unsqueeze(-1)).any(1)


def paint(canvas: torch.Tensor, shape: torch.Tensor, ys: torch.Tensor, xs: torch.Tensor, turned: bool = True, tapered: bool = True,
          ellipse: bool = True, box: bool = True, grid: bool = True, gradient: bool = True):
    """Lays one shape per frame over `canvas` [m, 3, h, w], in place. `shape` [m, FIELDS, 1, 1]. What the flags exclude is not computed;
    the result is the same."""

    def value(field):
        return shape.select(-3, field)

    dx, dy = xs - value(CX), ys - value(CY)
    if turned:
        along, across = dx * value(COS) + dy * value(SIN), dy * value(COS) - dx * value(SIN)
    else:
        along, across = dx * value(COS), dy * value(COS)
    hx, hy = value(HX).clamp(min=1e-4), value(HY).clamp(min=1e-4)
    ux, uy = along / hx, across / hy
    height = uy.clamp(-1, 1)
    distance = None
    if box:
        qx = along.abs() - (hx * (1 + value(TAPER) * height) if tapered else hx) + value(ROUND)
        qy = across.abs() - hy + value(ROUND)
        distance = torch.sqrt(qx.clamp(min=0) ** 2 + qy.clamp(min=0) ** 2) + torch.maximum(qx, qy).clamp(max=0) - value(ROUND)
    if ellipse:
        norm = torch.sqrt(ux ** 2 + uy ** 2)
        oval = norm * (norm - 1) / (torch.sqrt((ux / hx) ** 2 + (uy / hy) ** 2) + 1e-6)
        distance = oval if distance is None else torch.where(value(ELLIPSE) > 0.5, oval, distance)
    cover = ((0.5 - distance * ((SIZE / 2) / value(SOFT))).clamp(0, 1) * value(ALPHA)).unsqueeze(-3)
    top = shape.narrow(-3, TOP, 3)
    if not grid and not gradient:
        ink = top
    else:
        mix = (height + 1) * 0.5
        if grid:
            gx, gy = (ux + 1) * 0.5 * value(GRID_X), (uy + 1) * 0.5 * value(GRID_Y)
            pane = ((gx - gx.floor() - 0.5).abs() < 0.28) & ((gy - gy.floor() - 0.5).abs() < 0.3)
            mix = torch.where(value(GRID_X) > 0, pane.float(), mix)
        mix = mix.unsqueeze(-3)
        ink = top + (shape.narrow(-3, BOTTOM, 3) - top) * mix
    canvas.add_((ink - canvas).mul_(cover))


class Tone:
    """A colour by day, at sunset and at night; `gain` makes it lighter or darker. Becomes a colour when the shapes are collected."""

    def __init__(self, day: Tuple, sunset: Tuple, night: Tuple, gain=1.0):
        self.colours, self.gain = (day, sunset, night), gain

    def __mul__(self, gain):
        return Tone(*self.colours, gain=self.gain * gain)


class Brush:
    """Collects shapes in world coordinates and puts them before the camera, all of them at once: computing them one by one would cost a
    GPU a launch for every number. `camera` is (x, y, log zoom) and `hour` the time of day, each [rows]."""

    SCALARS = ("x", "y", "hx", "hy", "round", "turn", "taper", "alpha", "soft", "depth", "wrap", "top_gain", "bottom_gain")

    def __init__(self, camera, hour):
        self.camera, self.hour, self.items = camera, hour, []
        self.device = hour.device

    def add(self, x, y, hx, hy, top, bottom=None, round=0.0, turn=0.0, taper=0.0, ellipse=False, alpha=1.0, soft=1.0, grid=(0, 0),
            depth=1.0, wrap=0.0, fixed=False):
        """Numbers, or tensors [rows]; colours are triples, tensors [rows, 3] or Tones. `depth` 0..1: how much the camera's path moves it
        (1: fully). `wrap`: repeats every 2 * wrap sideways. `fixed`: glued to the screen."""
        bottom = top if bottom is None else bottom
        scalars = [x, y, hx, hy, round, turn, taper, alpha, soft, depth, wrap,
                   top.gain if isinstance(top, Tone) else 1.0, bottom.gain if isinstance(bottom, Tone) else 1.0]
        self.items.append((scalars, (top, bottom), (float(ellipse), float(grid[0]), float(grid[1]), float(fixed))))

    def _scalars(self, count):
        """f32 [rows, items, SCALARS]: numbers come over in one copy, tensors are stacked field by field."""
        host, moving = [[0.0] * len(self.SCALARS) for _ in range(count)], [[] for _ in self.SCALARS]
        for item, (scalars, _, _) in enumerate(self.items):
            for field, value in enumerate(scalars):
                if torch.is_tensor(value):
                    moving[field].append((item, value))
                else:
                    host[item][field] = float(value)
        place = torch.tensor([item for entries in moving for item, _ in entries]).to(self.device)
        result = torch.tensor(host).to(self.device).expand(len(self.hour), -1, -1).clone()
        done = 0
        for field, entries in enumerate(moving):
            if entries:
                result[..., field].index_copy_(1, place[done:done + len(entries)], torch.stack([value for _, value in entries], 1))
                done += len(entries)
        return result

    def _colours(self, which, gain):
        """f32 [rows, items, 3] of all top (0) or bottom (1) colours."""
        plain = [self._three(item[1][which]) for item in self.items]
        table = torch.tensor([[c if isinstance(c, (tuple, list)) else (0.0, 0.0, 0.0) for c in three] for three in plain]).to(self.device)
        hour = self.hour.view(-1, 1, 1)
        day, night = (1 - hour).clamp(min=0), (hour - 1).clamp(min=0)
        result = table[:, 0] * day + table[:, 1] * (1 - day - night) + table[:, 2] * night
        inks = [(item, three[0]) for item, three in enumerate(plain) if torch.is_tensor(three[0])]
        if inks:
            place = torch.tensor([item for item, _ in inks]).to(self.device)
            result.index_copy_(1, place, torch.stack([ink for _, ink in inks], 1))
        return result * gain.unsqueeze(-1)

    @staticmethod
    def _three(colour):
        return colour.colours if isinstance(colour, Tone) else (colour,) * 3

    def shapes(self):
        """f32 [rows, items, FIELDS]"""
        table = self._scalars(len(self.items))
        x, y, hx, hy, round, turn, taper, alpha, soft, depth, wrap, top_gain, bottom_gain = table.unbind(-1)
        kind = torch.tensor([item[2] for item in self.items]).to(self.device)
        fixed, cx, cy, zoom = kind[:, 3] > 0, *(value.unsqueeze(1) for value in self.camera)
        zoom = torch.where(fixed, torch.ones_like(zoom), torch.exp(zoom))
        depth = torch.where(fixed, torch.zeros_like(depth), depth)
        x = x - cx * depth
        around = torch.remainder(x + wrap, (2 * wrap).clamp(min=1e-6)) - wrap
        x = torch.where(wrap > 0, around, x)
        rows = table.shape[0]
        columns = [x * zoom, (y - cy * depth) * zoom, hx * zoom, hy * zoom, round * zoom, torch.cos(turn), torch.sin(turn), taper,
                   kind[:, 0].expand(rows, -1)]
        tail = [alpha, soft, kind[:, 1].expand(rows, -1), kind[:, 2].expand(rows, -1)]
        return torch.cat([torch.stack(columns, -1), self._colours(0, top_gain), self._colours(1, bottom_gain), torch.stack(tail, -1)], -1)
