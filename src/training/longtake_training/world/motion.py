"""Where subject and camera are in every frame. Speeds ease in, so that a change of action has no jerk."""
import functools
from typing import Sequence

import torch

from .raster import FRAMES
from .spec import ACTIONS, CAMERAS, COLUMN, PLACES, SUBJECTS, WALKER

LEAD = 8
"""Frames simulated before the window, so that later windows of a scene are under way."""
GROUND = {"city": 0.74, "ship": 0.80, "room": 0.86, "ocean": 0.9, "surface": 0.9, "coast": 0.84, "tower": 0.9, "office": 0.92}
DESK_TOP = 0.40
SIZES = {"none": 0.1, "cars": 0.2, "spaceship": 0.42, "astronaut": 0.46, "robot": 0.46, "fish": 0.34, "lion": 0.46, "cat": 0.40, "bird": 0.34}
FOCUS = {"city": (0.0, 0.0), "ship": (0.0, -0.05), "room": (0.45, -0.28), "ocean": (0.0, 0.1), "surface": (0.0, -0.4), "coast": (0.3, 0.1),
         "tower": (0.0, -0.02), "office": (0.0, -0.1)}


def uniform(key: torch.Tensor, seed: int, salt: int) -> torch.Tensor:
    """f32 [n] in 0..1 from counters alone: equal on every device and in every batch."""
    return uniforms(key, seed, (salt,))[:, 0]


def uniforms(key: torch.Tensor, seed: int, salts: Sequence[int]) -> torch.Tensor:
    """f32 [n, salts]: one column for each of `salts`."""
    mask = 0xFFFFFFFF
    offsets = torch.tensor([(seed * 0x9E3779B1 + salt * 0x85EBCA6B) & mask for salt in salts]).to(key.device)
    value = (key.unsqueeze(1) + offsets) & mask
    for shift, factor in ((16, 0x7FEB352D), (15, 0x046CA68B), (16, 0x2C1B3C6D)):
        value = value ^ (value >> shift)
        value = (value * factor) & mask
    value = value ^ (value >> 16)
    return ((value >> 8).float() + 0.5) / 2 ** 24


def table(values, index):
    return torch.tensor(values, device=index.device)[index]


class Told:
    """What the scenes ask for in every frame, none of it dependent on where anything is: f32, i64 or bool [n, LEAD + FRAMES]."""

    def __init__(self, spec):
        device, col = spec.device, COLUMN
        self.spec = spec
        action, camera = spec[..., col["action"]], spec[..., col["camera"]]
        self._does = {name: action == number for number, name in enumerate(ACTIONS)}
        self._films = {name: camera == number for number, name in enumerate(CAMERAS)}
        self.place, self.subject = spec[..., col["place"]], spec[..., col["subject"]]
        self.walker = torch.tensor([s in WALKER for s in SUBJECTS], device=device)[self.subject]
        self.nobody, self.cars = self.subject <= 1, self.subject == 1
        self.base = table([SIZES[s] for s in SUBJECTS], self.subject)
        ground = table([GROUND[p] for p in PLACES], self.place)
        on_desk = (self.place == PLACES.index("office")) & self.does("run", "jump")
        self.ground = torch.where(on_desk, torch.full_like(ground, DESK_TOP), ground)
        self.focus_x = table([FOCUS[p][0] for p in PLACES], self.place)
        self.focus_y = table([FOCUS[p][1] for p in PLACES], self.place)
        self.hour, self.screen = spec[..., col["time"]].float(), spec[..., col["screen"]].float()
        self.lapse = spec[..., col["lapse"]] > 0
        self.pace = pick(0.0, (self.does("left"), -0.08), (self.does("right"), 0.08), (self.does("run"), 0.13))
        self.size = torch.where(self.does("smile"), self.base * 2.9, torch.where(self.does("away"), self.base * 0.62, self.base))
        self.growth = pick(0.3, (self.does("away"), 0.07))
        self.stride = pick(0.0, (self.does("run"), 1.15), (self.does("left", "right", "away"), 0.8))
        self.lens = pick(0.0, (self.films("in"), 0.05), (self.films("out"), -0.055), (self.films("crash"), 0.17))
        self.creep = pick(0.0, (self.films("in", "crash"), 0.022), (self.films("out"), -0.008))
        self.pan = pick(0.0, (self.films("left"), -0.065), (self.films("right"), 0.065))
        self.pull = pick(0.0, (self.films("in", "crash") & ~self.does("smile"), 0.2))
        self.home = pick(0.0, (self.films("out"), 0.12))
        # How far below the middle of the picture a smiling figure's own middle is: with its suit, or with its face alone.
        self.framing = pick(0.72, (self.films("in"), 0.52))
        self.follow = pick(0.0, (self.films("follow"), 0.55))

    def does(self, *names):
        return functools.reduce(torch.logical_or, [self._does[name] for name in names])

    def films(self, *names):
        return functools.reduce(torch.logical_or, [self._films[name] for name in names])

    def at(self, frame):
        """One frame of everything that `step` asks for, [n] each."""
        view = object.__new__(Told)
        for name, value in vars(self).items():
            setattr(view, name, {k: v[:, frame] for k, v in value.items()} if isinstance(value, dict) else value[:, frame])
        return view


def pick(otherwise, *cases):
    """The number of the first case that holds, else `otherwise`: f32 like the conditions [...]."""
    result = torch.full(cases[0][0].shape, otherwise, device=cases[0][0].device)
    for condition, value in reversed(cases):
        result = result.masked_fill(condition, value)
    return result


def begin(told, key, seed):
    """The state in which a scene starts: a dict of f32 [n]. `told` of one frame."""
    r1, r2, phase = uniforms(key, seed, (1, 2, 3)).unbind(1)
    zero, smile, base, does, films = torch.zeros_like(r1), told.does("smile"), told.base, told.does, told.films
    x = torch.where(does("left"), 0.5 + 0.1 * r1, torch.where(does("right"), -0.5 - 0.1 * r1, (r1 - 0.5) * 0.4))
    x = x.masked_fill(does("run"), -0.95)
    x = torch.where(smile | films("follow", "in", "crash", "out"), (r1 - 0.5) * 0.1, x)
    x = x.masked_fill(does("away"), -0.1).masked_fill(does("type"), -0.12)
    y = ((r2 - 0.5) * 0.4 - 0.08).masked_fill(does("down"), -1.0).masked_fill(does("up"), 0.45)
    size = torch.where(smile, base * 2.2, base)
    y = torch.where(told.walker, torch.where(smile, told.framing * size, told.ground - size), y)
    facing = pick(-1.0, (does("left"), -1.0), (does("right", "run", "type"), 1.0), (r2 > 0.5, 1.0))
    out = films("out")
    cx = torch.where(out, torch.where(told.nobody, told.focus_x, x), pick(0.0, (films("left"), 0.3), (films("right"), -0.3)))
    cy = torch.where(out, torch.where(told.nobody, told.focus_y, y - 0.4 * size * told.walker), pick(0.0, (films("tilt"), 0.2)))
    return dict(x=x, y=y, size=size, facing=facing, cx=cx, cy=cy, zoom=pick(0.0, (out, 0.6), (films("in", "crash"), -0.12)),
                hour=told.hour.masked_fill(told.lapse, 0.0), screen=told.screen, walk=phase * 6.28, age=zero, speed=told.pace, lens=zero,
                pan=zero)


def step(s, told):
    """The state one frame later."""
    does, films, smile, base = told.does, told.films, told.does("smile"), told.base
    s = dict(s)
    goal = torch.where(does("away"), torch.where(s["x"] < -0.3, -0.07, 0.07), told.pace)
    # Whoever acts in one spot goes there first.
    goal = torch.where(smile, (s["cx"] - s["x"]) * 0.3, torch.where(does("type"), (-0.12 - s["x"]) * 0.3, goal))
    s["speed"] = s["speed"] + (goal - s["speed"]) * 0.5
    s["x"] = s["x"] + s["speed"]
    s["facing"] = (s["facing"].masked_fill(s["speed"] > 0.01, 1.0).masked_fill(s["speed"] < -0.01, -1.0).masked_fill(does("type"), 1.0))
    s["size"] = s["size"] + (told.size - s["size"]) * told.growth
    away = torch.where(does("away"), (base - s["size"]) * 0.5, torch.zeros_like(base))
    walk_y = torch.where(smile, told.framing * s["size"] + s["cy"], told.ground - s["size"] - away)
    fly_y = s["y"] + torch.where(does("down"), (-0.12 - s["y"]) * 0.16, pick(0.0, (does("up"), -0.055)))
    s["y"] = torch.where(told.walker, s["y"] + (walk_y - s["y"]) * 0.6, fly_y)
    s["walk"] = s["walk"] + told.stride
    # A camera at its limit creeps on; before a smiling face, large already, that is soon, or the smile would leave the picture.
    spent = (films("in") & ((s["zoom"] > 0.5) | smile & (s["zoom"] > 0.1))) | (films("crash") & (s["zoom"] > 0.95)) | (films("out") & (s["zoom"] < -0.22))
    s["lens"] = s["lens"] + (torch.where(spent, told.creep, told.lens) - s["lens"]) * 0.6
    s["zoom"] = (s["zoom"] + s["lens"]).clamp(-0.34, 1.6)
    s["pan"] = s["pan"] + (told.pan - s["pan"]) * 0.6
    fx = torch.where(told.nobody, told.focus_x, s["x"])
    fy = torch.where(told.nobody, told.focus_y.masked_fill(told.cars, 0.5), s["y"] - 0.4 * s["size"] * told.walker)
    s["cx"] = (s["cx"] + s["pan"] + (fx - s["cx"]) * told.pull - s["cx"] * told.home + (s["x"] + s["speed"] - s["cx"]) * told.follow)
    s["cy"] = s["cy"] + (fy - s["cy"]) * told.pull - s["cy"] * told.home + pick(0.0, (films("tilt") & (s["cy"] > -0.8), -0.075))
    s["hour"] = torch.where(told.lapse, (s["hour"] + 0.16).clamp(max=2.0), s["hour"] + (told.hour - s["hour"]) * 0.4)
    s["screen"] = s["screen"] + (told.screen - s["screen"]) * 0.4
    s["age"] = s["age"] + 1
    return s


SHOWN = ("x", "y", "size", "facing", "cx", "cy", "zoom", "hour", "screen", "walk", "age", "speed")


def simulate(first, second, switch, seed):
    """`first` and `second` i64 [n, fields]; the scene restarts at the switch unless the same subject stays in the same place.
    Returns a dict of f32 [n, FRAMES] (and `spec` i64 [n, FRAMES, fields])."""
    device, col = first.device, COLUMN
    continuous = ~switch.lt(-20)
    for name in ("place", "subject", "colour"):
        continuous = continuous & (first[:, col[name]] == second[:, col[name]])
    # Whoever arrives, and a sunset told in a time lapse, begin anew.
    continuous = continuous & (second[:, col["lapse"]] == 0) & (second[:, col["action"]] != ACTIONS.index("down"))
    switch = switch.masked_fill(switch < -20, 0)
    key = first[:, col["key"]]
    frames = torch.arange(-LEAD, FRAMES, device=device)
    told = Told(torch.where((frames >= switch[:, None]).unsqueeze(-1), second[:, None], first[:, None]))
    anew = set(switch.tolist())
    out = {name: [] for name in SHOWN}
    state = begin(told.at(0), key, seed)
    for frame in range(-LEAD, FRAMES):
        now = told.at(frame + LEAD)
        if frame in anew and frame > -LEAD:
            again, start = (switch == frame) & ~continuous, begin(now, key, seed)
            state = {name: torch.where(again, start[name], state[name]) for name in state}
        state = step(state, now)
        if frame >= 0:
            for name in out:
                out[name].append(state[name])
    return {**{name: torch.stack(values, 1) for name, values in out.items()}, "spec": told.spec[:, LEAD:]}
