"""Anti-aliased shapes, composited back to front.

A display list is f32 [n, frames, shapes, FIELDS]: signed-distance boxes (rounded, tapered) and ellipses in screen units, -1..1 with y
downwards. On a CPU every shape is evaluated only where it can be seen; on a GPU on the whole picture, all windows at once. Each pixel
is computed from its own shapes alone, so the result does not depend on how windows are batched."""
import torch

SIZE, FRAMES = 128, 11
FIELDS = 19
CX, CY, HX, HY, ROUND, COS, SIN, TAPER, ELLIPSE, TOP, BOTTOM, ALPHA, SOFT = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 15, 16
GRID_X, GRID_Y = 17, 18
GPU_WINDOWS = 128


def rasterise(shapes: torch.Tensor) -> torch.Tensor:
    """f32 [n, frames, 3, SIZE, SIZE] in 0..1."""
    count, frames = shapes.shape[:2]
    video = torch.zeros(count, frames, 3, SIZE, SIZE, device=shapes.device)
    axis = (torch.arange(SIZE, device=shapes.device) + 0.5) * (2.0 / SIZE) - 1
    if shapes.is_cuda:
        for start in range(0, count, GPU_WINDOWS):
            part = slice(start, start + GPU_WINDOWS)
            for index in range(shapes.shape[2]):
                _paint(video[part], shapes[part, :, index, :, None, None], axis[:, None], axis[None, :])
        return video
    reach = torch.sqrt((shapes[..., HX] * (1 + shapes[..., TAPER].abs())) ** 2 + shapes[..., HY] ** 2) + shapes[..., SOFT] * 2 / SIZE
    unseen = shapes[..., ALPHA] <= 0
    bounds = []
    for centre, sine, cosine in ((CX, SIN, COS), (CY, COS, SIN)):
        wide = shapes[..., HX] * (1 + shapes[..., TAPER].abs())
        half = torch.minimum(reach, wide * shapes[..., cosine].abs() + shapes[..., HY] * shapes[..., sine].abs() + shapes[..., SOFT] * 2 / SIZE)
        low = (shapes[..., centre] - half).masked_fill(unseen, 9).amin(1)
        high = (shapes[..., centre] + half).masked_fill(unseen, -9).amax(1)
        bounds += [((low + 1) * SIZE / 2).floor().clamp(0, SIZE).long(), ((high + 1) * SIZE / 2).ceil().clamp(0, SIZE).long()]
    bounds = torch.stack(bounds, -1).tolist()
    for window in range(count):
        for index, (left, right, top, bottom) in enumerate(bounds[window]):
            if right > left and bottom > top:
                _paint(video[window, ..., top:bottom, left:right], shapes[window, :, index, :, None, None], axis[top:bottom, None],
                       axis[None, left:right])
    return video


def _paint(canvas: torch.Tensor, shape: torch.Tensor, ys: torch.Tensor, xs: torch.Tensor):
    def value(field):
        return shape.select(-3, field)

    dx, dy = xs - value(CX), ys - value(CY)
    along, across = dx * value(COS) + dy * value(SIN), dy * value(COS) - dx * value(SIN)
    hx, hy = value(HX).clamp(min=1e-4), value(HY).clamp(min=1e-4)
    height = (across / hy).clamp(-1, 1)
    qx = along.abs() - hx * (1 + value(TAPER) * height) + value(ROUND)
    qy = across.abs() - hy + value(ROUND)
    box = torch.sqrt(qx.clamp(min=0) ** 2 + qy.clamp(min=0) ** 2) + torch.maximum(qx, qy).clamp(max=0) - value(ROUND)
    ux, uy = along / hx, across / hy
    norm = torch.sqrt(ux ** 2 + uy ** 2)
    ellipse = norm * (norm - 1) / (torch.sqrt((ux / hx) ** 2 + (uy / hy) ** 2) + 1e-6)
    distance = torch.where(value(ELLIPSE) > 0.5, ellipse, box)
    cover = ((0.5 - distance * (SIZE / 2) / value(SOFT)).clamp(0, 1) * value(ALPHA)).unsqueeze(-3)
    gx, gy = (ux + 1) * 0.5 * value(GRID_X), (uy + 1) * 0.5 * value(GRID_Y)
    pane = ((gx - gx.floor() - 0.5).abs() < 0.28) & ((gy - gy.floor() - 0.5).abs() < 0.3)
    mix = torch.where(value(GRID_X) > 0, pane.float(), (height + 1) * 0.5).unsqueeze(-3)
    top, bottom = shape.narrow(-3, TOP, 3), shape.narrow(-3, BOTTOM, 3)
    canvas.mul_(1 - cover).add_(cover * (top * (1 - mix) + bottom * mix))


class Brush:
    """Collects shapes in world coordinates and puts them before the camera. `camera` is (x, y, log zoom), each [n, frames]."""

    def __init__(self, camera, device):
        self.cx, self.cy, self.zoom = camera[0], camera[1], torch.exp(camera[2])
        self.shape, self.device, self.items = self.cx.shape, device, []

    def number(self, value):
        value = value if torch.is_tensor(value) else torch.tensor(float(value), device=self.device)
        return value.float().expand(self.shape)

    def colour(self, value):
        value = value if torch.is_tensor(value) else torch.tensor(value, device=self.device)
        return value.float().expand(*self.shape, 3)

    def add(self, x, y, hx, hy, top, bottom=None, round=0.0, turn=None, taper=0.0, ellipse=False, alpha=1.0, soft=1.0, grid=(0, 0),
            depth=1.0, wrap=0.0, fixed=False):
        """`depth` 0..1: how much the camera's path moves it (1: fully). `wrap`: repeats every 2 * wrap sideways. `fixed`: glued to
        the screen."""
        x, y, hx, hy = (self.number(v) for v in (x, y, hx, hy))
        zoom = self.number(1.0) if fixed else self.zoom
        if not fixed:
            x = x - self.cx * depth
            if wrap:
                x = torch.remainder(x + wrap, 2 * wrap) - wrap
            x, y = x * zoom, (y - self.cy * depth) * zoom
        turn = self.number(0.0 if turn is None else turn)
        top = self.colour(top)
        bottom = top if bottom is None else self.colour(bottom)
        columns = [x, y, hx * zoom, hy * zoom, self.number(round) * zoom, torch.cos(turn), torch.sin(turn), self.number(taper),
                   self.number(float(ellipse))]
        tail = [self.number(v) for v in (alpha, soft, grid[0], grid[1])]
        self.items.append(torch.cat([torch.stack(columns, -1), top, bottom, torch.stack(tail, -1)], -1))

    def shapes(self):
        return torch.stack(self.items, 2)
