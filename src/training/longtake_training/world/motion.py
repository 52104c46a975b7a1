"""Where subject and camera are in every frame. Speeds ease in, so that a change of action has no jerk."""
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
    mask = 0xFFFFFFFF
    value = (key + ((seed * 0x9E3779B1 + salt * 0x85EBCA6B) & mask)) & mask
    for shift, factor in ((16, 0x7FEB352D), (15, 0x046CA68B), (16, 0x2C1B3C6D)):
        value = value ^ (value >> shift)
        value = (value * factor) & mask
    value = value ^ (value >> 16)
    return ((value >> 8).float() + 0.5) / 2 ** 24


def table(values, index):
    return torch.tensor(values, device=index.device)[index]


def simulate(first, second, switch, seed):
    """`first` and `second` i64 [n, fields]; the scene restarts at the switch unless the same subject stays in the same place.
    Returns a dict of f32 [n, FRAMES] (and `spec` i64 [n, FRAMES, fields])."""
    device, col = first.device, COLUMN
    continuous = ~switch.lt(-20)
    for name in ("place", "subject", "colour"):
        continuous = continuous & (first[:, col[name]] == second[:, col[name]])
    # Whoever arrives, and a sunset told in a time lapse, begin anew.
    continuous = continuous & (second[:, col["lapse"]] == 0) & (second[:, col["action"]] != ACTIONS.index("down"))
    fresh = switch < -20
    switch = torch.where(fresh, torch.zeros_like(switch), switch)
    key = first[:, col["key"]]
    walkers = torch.tensor([s in WALKER for s in SUBJECTS], device=device)
    out = {name: [] for name in ("x", "y", "size", "facing", "cx", "cy", "zoom", "hour", "screen", "walk", "age", "speed", "spec")}
    state = None
    for frame in range(-LEAD, FRAMES):
        late = frame >= switch
        spec = torch.where(late[:, None], second, first)

        def does(*names):
            return torch.stack([spec[:, col["action"]] == ACTIONS.index(n) for n in names]).any(0)

        def films(*names):
            return torch.stack([spec[:, col["camera"]] == CAMERAS.index(n) for n in names]).any(0)

        place, subject = spec[:, col["place"]], spec[:, col["subject"]]
        walker, nobody = walkers[subject], (subject == 0) | (subject == 1)
        base = table([SIZES[s] for s in SUBJECTS], subject)
        smile = does("smile")
        size_goal = torch.where(smile, base * 2.9, torch.where(does("away"), base * 0.62, base))
        ground = table([GROUND[p] for p in PLACES], place)
        on_desk = (place == PLACES.index("office")) & does("run", "jump")
        ground = torch.where(on_desk, torch.full_like(ground, DESK_TOP), ground)
        office_typing = does("type")
        start = {}
        if state is None or bool(((frame == switch) & ~continuous).any()):
            r1, r2 = uniform(key, seed, 1), uniform(key, seed, 2)
            follow = films("follow")
            sx = torch.where(does("left"), 0.5 + 0.1 * r1, torch.where(does("right"), -0.5 - 0.1 * r1, (r1 - 0.5) * 0.4))
            sx = torch.where(does("run"), torch.full_like(sx, -0.95), sx)
            sx = torch.where(smile | follow | films("in", "crash", "out"), (r1 - 0.5) * 0.1, sx)
            sx = torch.where(office_typing, torch.full_like(sx, -0.12), torch.where(does("away"), -0.1 * torch.ones_like(sx), sx))
            sy = torch.where(does("up"), 0.45 + 0 * r2, torch.where(does("down"), -1.0 + 0 * r2, (r2 - 0.5) * 0.4 - 0.08))
            ssize = torch.where(smile, base * 2.2, base)
            start = dict(
                x=sx, y=torch.where(walker, torch.where(smile, 0.72 * ssize, ground - ssize), sy), size=ssize,
                facing=torch.where(does("left"), -1.0, torch.where(does("right", "run", "type"), 1.0, torch.where(r2 > 0.5, 1.0, -1.0))),
                cx=torch.where(films("left"), 0.3, torch.where(films("right"), -0.3, 0.0)), cy=torch.where(films("tilt"), 0.2, 0.0),
                zoom=torch.where(films("out"), 0.6, torch.where(films("in", "crash"), -0.12, 0.0)),
                hour=torch.where(spec[:, col["lapse"]] > 0, torch.zeros_like(sx), spec[:, col["time"]].float()),
                screen=spec[:, col["screen"]].float(), walk=uniform(key, seed, 3) * 6.28, age=torch.zeros_like(sx), speed=torch.zeros_like(sx),
                lens=torch.zeros_like(sx), pan=torch.zeros_like(sx))
            start["cx"] = torch.where(films("out"), torch.where(nobody, table([FOCUS[p][0] for p in PLACES], place), sx), start["cx"])
            start["cy"] = torch.where(films("out"), torch.where(nobody, table([FOCUS[p][1] for p in PLACES], place),
                                                                start["y"] - 0.4 * ssize * walker), start["cy"])
            goal_speed = torch.where(does("left"), -0.08, torch.where(does("right"), 0.08, torch.where(does("run"), 0.13, 0.0)))
            start["speed"] = goal_speed
        if state is None:
            state = start
        elif start:
            again = (frame == switch) & ~continuous
            state = {name: torch.where(again, start[name], state[name]) for name in state}
        s = state
        goal = torch.where(does("left"), -0.08, torch.where(does("right"), 0.08, torch.where(does("run"), 0.13, 0.0)))
        side = torch.where(s["x"] < -0.3, -1.0, 1.0)
        goal = torch.where(does("away"), 0.07 * side, goal)
        # Whoever acts in one spot goes there first.
        goal = torch.where(smile, (s["cx"] - s["x"]) * 0.3, torch.where(office_typing, (-0.12 - s["x"]) * 0.3, goal))
        s["speed"] = s["speed"] + (goal - s["speed"]) * 0.5
        s["x"] = s["x"] + s["speed"]
        turn = torch.where(does("type"), 1.0, torch.where(s["speed"] < -0.01, -1.0, torch.where(s["speed"] > 0.01, 1.0, s["facing"])))
        s["facing"] = turn
        s["size"] = s["size"] + (size_goal - s["size"]) * torch.where(does("away"), 0.07, 0.3)
        walk_y = torch.where(smile, 0.72 * s["size"] + s["cy"], ground - s["size"] - torch.where(does("away"), (base - s["size"]) * 0.5, 0.0))
        fly_y = s["y"] + torch.where(does("up"), -0.055 * torch.ones_like(ground), torch.where(does("down"), (-0.12 - s["y"]) * 0.16, 0.0))
        s["y"] = torch.where(walker, s["y"] + (walk_y - s["y"]) * 0.6, fly_y)
        s["walk"] = s["walk"] + torch.where(does("run"), 1.15, torch.where(does("left", "right", "away"), 0.8, 0.0))
        # Camera.
        lens = torch.where(films("in"), 0.05, torch.where(films("out"), -0.055, torch.where(films("crash"), 0.17, 0.0)))
        lens = torch.where(films("in") & (s["zoom"] > 0.5) | films("crash") & (s["zoom"] > 0.95) | films("out") & (s["zoom"] < -0.22),
                           lens.sign() * torch.where(films("out"), 0.008, 0.022), lens)
        s["lens"] = s["lens"] + (lens - s["lens"]) * 0.6
        s["zoom"] = (s["zoom"] + s["lens"]).clamp(-0.34, 1.6)
        s["pan"] = s["pan"] + (torch.where(films("left"), -0.065, torch.where(films("right"), 0.065, 0.0)) - s["pan"]) * 0.6
        fx = torch.where(nobody, table([FOCUS[p][0] for p in PLACES], place), s["x"])
        fy = torch.where(nobody, torch.where(subject == 1, 0.5, table([FOCUS[p][1] for p in PLACES], place)), s["y"] - 0.4 * s["size"] * walker)
        pull = torch.where(films("in", "crash"), 0.2, 0.0) * (~smile)
        home = torch.where(films("out"), 0.12, 0.0)
        follow = torch.where(films("follow"), 0.55, 0.0)
        s["cx"] = s["cx"] + s["pan"] + (fx - s["cx"]) * pull - s["cx"] * home + (s["x"] + s["speed"] - s["cx"]) * follow
        s["cy"] = s["cy"] + (fy - s["cy"]) * pull - s["cy"] * home + torch.where(films("tilt") & (s["cy"] > -0.8), -0.075, 0.0)
        hour = spec[:, col["time"]].float()
        lapse = spec[:, col["lapse"]] > 0
        s["hour"] = torch.where(lapse, (s["hour"] + 0.16).clamp(max=2.0), s["hour"] + (hour - s["hour"]) * 0.4)
        s["screen"] = s["screen"] + (spec[:, col["screen"]].float() - s["screen"]) * 0.4
        s["age"] = s["age"] + 1
        if frame >= 0:
            for name in out:
                out[name].append(spec if name == "spec" else s[name].clone())
    return {name: torch.stack(values, 1) for name, values in out.items()}
