"""From pairs of scenes to windows of frames.

At the switch a story's next scene begins in one of three ways. The same subject in the same place goes on without a seam. Where one
place can be seen in the other (an office behind a window, the sea on a screen, the corridor of a ship behind its hatch) and the camera
goes in or out, it really travels: the inner place is drawn inside its opening while that grows or shrinks. Everything else is a cut."""
import functools

import torch

from . import figures, scenery
from .motion import simulate, uniform, uniforms
from .raster import COS, CX, CY, FIELDS, FRAMES, HX, HY, ROUND, SOFT, Brush, rasterise
from .spec import ACTIONS, CAMERAS, COLOURS, COLUMN, PLACES, SUBJECTS

PICKS = 128
"""Numbers that a layout may ask for."""
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
    """f32 [rows, most, FIELDS]: what `paint` draws of each kind, filled up with shapes that cannot be seen."""
    drawn = []
    # One look at the host for all kinds: where each begins once frames are sorted by kind.
    order = torch.sort(kind, stable=True)[1]
    counts = torch.bincount(kind, minlength=max(kinds) + 1).tolist()
    begin = 0
    for index, count in enumerate(counts):
        rows = order[begin:begin + count]
        begin += count
        if index in kinds and count:
            drawn.append((rows, paint(index, {name: value[rows] for name, value in flat.items()}, keys[rows], time[rows], seed)))
    most = max([shapes.shape[1] for _, shapes in drawn], default=0)
    unseen = torch.zeros(FIELDS)
    unseen[HX], unseen[HY], unseen[COS], unseen[SOFT] = 1e-3, 1e-3, 1.0, 1.0
    result = unseen.to(kind.device).expand(len(kind), most, -1).clone()
    for rows, shapes in drawn:
        result[rows, :shapes.shape[1]] = shapes
    return result


def _tools(state, keys, seed, time):
    picks = uniforms(keys, seed, range(1000, 1000 + PICKS))
    clock = time + (uniform(keys, seed, 7) * 200).floor()
    return Brush((state["cx"], state["cy"], state["zoom"]), state["hour"]), (lambda salt: picks[:, salt]), clock


def _place(index, state, keys, time, seed):
    brush, pick, clock = _tools(state, keys, seed, time)
    scenery.draw(PLACES[index], brush, state, pick, clock)
    return brush.shapes()


def _subject(index, state, keys, time, seed):
    brush, pick, clock = _tools(state, keys, seed, time)
    spec = state["spec"]
    table = torch.tensor([figures.INK[c] for c in COLOURS], device=keys.device)
    ink = table[spec[:, COLUMN["colour"]]]
    action = spec[:, COLUMN["action"]]
    doing = {name: action == number for number, name in enumerate(ACTIONS)}

    def does(*names):
        return functools.reduce(torch.logical_or, [doing[name] for name in names])

    figure = {name: state[name] for name in ("x", "y", "size", "facing", "walk", "age")}
    figure["suit"] = spec[:, COLUMN["suit"]].float()
    figures.draw(SUBJECTS[index], brush, figure, ink, does, clock, pick)
    return brush.shapes()


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
