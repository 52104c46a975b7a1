"""What a scene is: one row of integers per scene, and which rows make sense."""
import json
from pathlib import Path

import torch

PLACES = ("city", "ship", "room", "ocean", "surface", "coast", "tower", "office")
SUBJECTS = ("none", "cars", "spaceship", "astronaut", "robot", "fish", "lion", "cat", "bird")
COLOURS = ("white", "red", "blue", "green", "yellow", "orange", "purple", "black")
CAMERAS = ("static", "in", "out", "crash", "left", "right", "follow", "tilt")
ACTIONS = ("stand", "left", "right", "away", "run", "jump", "type", "smile", "up", "down")
TIMES = ("day", "sunset", "night")
FIELDS = ("place", "subject", "colour", "action", "camera", "time", "screen", "suit", "lapse", "key")
COLUMN = {name: index for index, name in enumerate(FIELDS)}
"""`key` is the scene's own random number: layout and phase follow from it and the seed of the rendering."""
VOCABULARY = {"place": PLACES, "subject": SUBJECTS, "colour": COLOURS, "action": ACTIONS, "camera": CAMERAS, "time": TIMES}
LABELS = ("place", "subject", "colour", "camera", "action")

WHERE = {"none": PLACES, "cars": ("city",), "spaceship": ("city", "coast", "tower"), "astronaut": ("ship", "room", "city", "office", "coast"),
         "robot": ("ship", "room", "city", "office", "coast"), "fish": ("ocean", "surface"), "lion": ("office", "city", "coast", "room"),
         "cat": ("office", "city", "coast", "room"), "bird": ("city", "coast", "tower")}
WALKER = ("astronaut", "robot", "lion", "cat")
OUTSIDE = ("city", "coast", "tower")
NATURAL = {"astronaut": "white", "robot": "white", "lion": "orange", "cat": "black", "fish": "orange", "cars": "yellow", "bird": "white",
           "spaceship": "white", "none": "white"}


def actions_of(subject, place):
    if subject in WALKER:
        many = ["stand", "left", "right", "away", "run", "jump"]
        if subject != "astronaut":
            many += ["smile"] * 2
        if subject in ("astronaut", "robot") and place == "room":
            many += ["type"] * 3
        return many
    return {"none": ["stand"], "cars": ["right"], "spaceship": ["down", "down", "stand", "left", "right"],
            "fish": ["left", "right", "up", "stand"], "bird": ["left", "right", "stand", "up"]}[subject]


def cameras_of(subject, action, place):
    """Only pairs that can be told apart by eye: no pan over a walker, no zoom over a leap."""
    if subject == "none" or action in ("stand", "type") or subject == "cars":
        many = ["static", "static", "in", "out", "crash", "left", "right"]
        if subject == "cars":
            many = ["static", "static", "in", "out"]
        elif place in ("city", "tower", "ocean", "surface") and subject != "cars":
            many.append("tilt")
        return many
    if action in ("left", "right", "run"):
        return ["static", "static", "follow"]
    return ["static", "in"] if action == "smile" else ["static"]


def pack(**values):
    """A row from names; what is left out is natural."""
    row = [0] * len(FIELDS)
    for name, value in values.items():
        row[COLUMN[name]] = VOCABULARY[name].index(value) if name in VOCABULARY else int(value)
    if "colour" not in values:
        row[COLUMN["colour"]] = COLOURS.index(NATURAL[values.get("subject", "none")])
    return row


def unpack(row):
    row = [int(v) for v in row]
    return {name: VOCABULARY[name][row[i]] if name in VOCABULARY else row[i] for i, name in enumerate(FIELDS)}


def valid(spec):
    return (spec["place"] in WHERE[spec["subject"]] and spec["action"] in actions_of(spec["subject"], spec["place"])
            and spec["camera"] in cameras_of(spec["subject"], spec["action"], spec["place"]))


def labels_of(spec):
    nobody = spec["subject"] == "none"
    shown = [-1 if nobody and name in ("colour", "action") else VOCABULARY[name].index(spec[name]) for name in LABELS]
    return shown


HELD_OUT = json.loads((Path(__file__).parent / "held_out.json").read_text(encoding="utf-8"))


def held_out(spec):
    return any([spec["subject"], spec[other]] in HELD_OUT[f"subject/{other}"] for other in ("colour", "place", "action"))


def draw(random, place=None, held=False):
    """A random scene of combinations that are trained, or, with `held`, that are held out."""
    while True:
        subject = "none" if random.random() < 0.13 else random.choice(SUBJECTS[1:] + ("astronaut", "lion", "fish"))
        where = place or random.choice(WHERE[subject])
        if where not in WHERE[subject]:
            continue
        action = random.choice(actions_of(subject, where))
        spec = {"place": where, "subject": subject, "action": action, "camera": random.choice(cameras_of(subject, action, where)),
                "colour": random.choice(COLOURS) if random.random() < 0.7 and subject != "none" else NATURAL[subject],
                "time": random.choice(("day", "day", "sunset", "night")) if where in OUTSIDE else "day",
                "screen": int(where == "room" and random.random() < 0.3),
                "suit": int(subject == "lion" and action in ("stand", "smile") and random.random() < 0.45), "lapse": 0, "key": 0}
        if where in ("city", "coast") and subject == "none" and spec["camera"] == "static" and random.random() < 0.4:
            spec.update(lapse=1, time="night")
        if held_out(spec) == held:
            spec["key"] = random.getrandbits(31)
            return spec


def follow_up(random, spec):
    """A scene that may come next in a story."""
    chance = random.random()
    for _ in range(60):
        new = draw(random, spec["place"] if chance < 0.6 else None)
        if chance < 0.4:
            if new["subject"] != spec["subject"]:
                continue
            new.update(colour=spec["colour"], time=spec["time"], screen=max(spec["screen"], new["screen"]), lapse=0,
                       suit=spec["suit"] if new["action"] in ("stand", "smile") else 0)
        elif chance < 0.6:
            new["time"] = new["time"] if new["lapse"] else spec["time"]
        if not held_out(new):
            return new
    return draw(random)


def rows(specs):
    return torch.tensor([pack(**spec) for spec in specs], dtype=torch.long).view(-1, len(FIELDS))
