"""From pairs of scenes to windows of frames.

At the switch a story's next scene begins in one of three ways. The same subject in the same place goes on without a seam. Where one
place can be seen in the other (an office behind a window, the sea on a screen, the corridor of a ship behind its hatch) and the camera
goes in or out, it really travels: the inner place is drawn inside its opening while that grows or shrinks. Everything else is a cut."""
import torch

from . import figures, scenery
from .motion import simulate, uniform
from .raster import FRAMES, Brush, rasterise
from .raster import COS, CX, CY, HX, HY, ROUND, SIN  # noqa: F401
from .spec import ACTIONS, CAMERAS, COLOURS, COLUMN, PLACES, SUBJECTS

TRAVEL = 5
"""Frames that a camera needs from one place into another."""
OPENINGS = {("tower", "office"): (0.0, -0.02, 0.13), ("room", "ocean"): (0.45, -0.28, 0.36), ("ship", "room"): (0.0, -0.05, 0.17)}
"""Outer and inner place: centre and half size of the opening, in the outer place's coordinates."""


def render(before, after, switch, seed):
    """f32 [n, FRAMES, 3, SIZE, SIZE]; everything on the device of `before`."""
    main = simulate(torch.where((switch < -20)[:, None], after, before), after, switch, seed)
    keys = _layout_keys(before, after, switch)
    video = rasterise(display(main, keys, seed))
    for inward in (True, False):
        _travel(video, before, after, switch, seed, main, keys, inward)
    return video


def _layout_keys(before, after, switch):
    """i64 [n, FRAMES]: a place keeps its layout while the story stays there."""
    place, key = COLUMN["place"], COLUMN["key"]
    stays = (before[:, place] == after[:, place]) & (switch >= -20)
    later = torch.where(stays, before[:, key], after[:, key])
    time = torch.arange(FRAMES, device=before.device)
    return torch.where(time < switch[:, None], before[:, key, None], later[:, None])


def display(state, keys, seed):
    """Display list of every frame. Frames are grouped by what they show."""
    spec = state["spec"]
    flat = {name: value.flatten(0, 1) for name, value in state.items()}
    kinds = flat["spec"]
    keys = keys.flatten()
    time = torch.arange(FRAMES, device=keys.device).float().repeat(spec.shape[0])
    parts = [_layer(kinds[:, COLUMN["place"]], range(len(PLACES)), flat, keys, time, seed, _place),
             _layer(kinds[:, COLUMN["subject"]], range(1, len(SUBJECTS)), flat, keys, time, seed, _subject)]
    shapes = torch.cat(parts, 1)
    return shapes.view(spec.shape[0], FRAMES, *shapes.shape[1:])


def _layer(kind, kinds, flat, keys, time, seed, paint):
    drawn = []
    for index in kinds:
        rows = torch.nonzero(kind == index)[:, 0]
        if len(rows):
            state = {name: value[rows].unsqueeze(1) if name != "spec" else value[rows] for name, value in flat.items()}
            drawn.append((rows, paint(index, state, keys[rows].unsqueeze(1), time[rows].unsqueeze(1), seed)))
    most = max([shapes.shape[1] for _, shapes in drawn], default=0)
    result = torch.zeros(len(kind), most, 19, device=kind.device)
    result[..., HX:HY + 1] = 1e-3
    for rows, shapes in drawn:
        result[rows, :shapes.shape[1]] = shapes
    return result


def _tools(state, keys, time, seed):
    brush = Brush((state["cx"], state["cy"], state["zoom"]), keys.device)
    clock = time + (uniform(keys, seed, 7) * 200).floor()
    return brush, (lambda salt: uniform(keys, seed, 1000 + salt)), clock


def _place(index, state, keys, time, seed):
    brush, pick, clock = _tools(state, keys, time, seed)
    scenery.draw(PLACES[index], brush, state, pick, clock)
    return brush.shapes()[:, 0]


def _subject(index, state, keys, time, seed):
    brush, pick, clock = _tools(state, keys, time, seed)
    spec = state["spec"]
    table = torch.tensor([figures.INK[c] for c in COLOURS], device=keys.device)
    ink = table[spec[:, COLUMN["colour"]]].unsqueeze(1)
    action = spec[:, COLUMN["action"]].unsqueeze(1)

    def does(*names):
        return torch.stack([action == ACTIONS.index(name) for name in names]).any(0)

    figure = {name: state[name] for name in ("x", "y", "size", "facing", "walk", "age")}
    figure["suit"] = spec[:, COLUMN["suit"]].unsqueeze(1).float()
    figures.draw(SUBJECTS[index], brush, figure, ink, does, clock, pick)
    return brush.shapes()[:, 0]


def opening(outer, inner):
    return OPENINGS.get((PLACES[outer], PLACES[inner]))


def travels(before, after, inward):
    """i64 rows whose camera goes through an opening at the switch, and what those openings are."""
    cameras = [CAMERAS.index(c) for c in (("in", "crash") if inward else ("out",))]
    rows, openings = [], []
    pairs = zip(before[:, COLUMN["place"]].tolist(), after[:, COLUMN["place"]].tolist(), after[:, COLUMN["camera"]].tolist())
    for row, (a, b, camera) in enumerate(pairs):
        hole = opening(a, b) if inward else opening(b, a)
        if camera in cameras and hole:
            rows.append(row)
            openings.append(hole)
    return rows, openings


def _travel(video, before, after, switch, seed, main, keys, inward):
    rows, holes = travels(before, after, inward)
    on = [i for i, row in enumerate(rows) if -TRAVEL < int(switch[row]) < FRAMES]
    if not on:
        return
    rows = torch.tensor([rows[i] for i in on], device=video.device)
    hole = torch.tensor([holes[i] for i in on], device=video.device)
    # The other place goes on as it was, its camera led to the opening.
    old = simulate(before[rows], before[rows], torch.full_like(switch[rows], -9), seed)
    time = torch.arange(FRAMES, device=video.device)
    way = ((time - switch[rows, None] + 1).float() / TRAVEL).clamp(0, 1)
    active = (time >= switch[rows, None]) & (time < switch[rows, None] + TRAVEL)
    ease = way * way * (3 - 2 * way)
    x, y, half = hole[:, 0:1], hole[:, 1:2], hole[:, 2:3]
    new = {name: value[rows] for name, value in main.items()}
    outer, inner, k = (old, new, ease) if inward else (new, old, 1 - ease)
    outer, inner = dict(outer), dict(inner)
    full = -torch.log(half)
    outer["zoom"] = outer["zoom"] + (full - outer["zoom"]) * k
    # Path of the camera so that the opening moves straight to the middle of the screen while it grows.
    zoom = torch.exp(outer["zoom"])
    if inward:
        sx, sy = (x - outer["cx"]) * torch.exp(old["zoom"]) * (1 - k), (y - outer["cy"]) * torch.exp(old["zoom"]) * (1 - k)
    else:
        sx, sy = (x - outer["cx"]) * torch.exp(new["zoom"]) * (1 - k), (y - outer["cy"]) * torch.exp(new["zoom"]) * (1 - k)
    outer["cx"], outer["cy"] = x - sx / zoom, y - sy / zoom
    scale = half * zoom
    outer_keys = keys[rows] if not inward else before[rows, COLUMN["key"], None].expand(-1, FRAMES)
    inner_keys = keys[rows] if inward else before[rows, COLUMN["key"], None].expand(-1, FRAMES)
    frame = rasterise(display(outer, outer_keys, seed))
    shapes = display(inner, inner_keys, seed)
    s = scale.unsqueeze(-1)
    shapes[..., CX], shapes[..., CY] = shapes[..., CX] * s + sx.unsqueeze(-1), shapes[..., CY] * s + sy.unsqueeze(-1)
    for field in (HX, HY, ROUND):
        shapes[..., field] = shapes[..., field] * s
    inside = rasterise(shapes)
    axis = (torch.arange(video.shape[-1], device=video.device) + 0.5) * (2 / video.shape[-1]) - 1
    distance = torch.maximum((axis[None, None, None] - sx[..., None, None]).abs(), (axis[None, None, :, None] - sy[..., None, None]).abs())
    mask = (0.5 - (distance - scale[..., None, None]) * (video.shape[-1] / 2)).clamp(0, 1).unsqueeze(2)
    moved = frame * (1 - mask) + inside * mask
    video[rows] = torch.where(active[..., None, None, None], moved, video[rows])
