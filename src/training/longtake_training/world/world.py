"""The world as trainers and evaluation see it; see `open_world`."""
from random import Random

import torch

from ..training.data import FRESH, Scenes, hand_overs
from . import windows
from .captions import PARAPHRASES, caption
from .spec import ACTIONS, CAMERAS, COLOURS, PLACES, SUBJECTS, draw, follow_up, labels_of, pack, rows, unpack
from .words import LANGUAGES

RENDER_CHUNK = {"cuda": 1024, "cpu": 64}
"""Windows whose display lists are made at once. A GPU's time for that hardly depends on their number."""
LANGUAGE_SHARES = (("en", 0.7), ("pt", 0.15), ("de", 0.15))


class ProceduralWorld:
    languages = list(LANGUAGES)
    classes = (len(PLACES), len(SUBJECTS), len(COLOURS), len(CAMERAS), len(ACTIONS))

    def scenes(self, count, seed):
        random = Random(seed)
        switch = hand_overs(count, torch.Generator().manual_seed(seed % 2 ** 63))
        before, after, captions = [], [], []
        for frame in switch.tolist():
            first = draw(random)
            second = first if frame == FRESH else follow_up(random, first)
            language = random.choices([n for n, _ in LANGUAGE_SHARES], [s for _, s in LANGUAGE_SHARES])[0]
            before.append(first)
            after.append(second)
            captions.append(caption(random, second, None if frame == FRESH else first, language))
        return _scenes(before, after, switch, captions)

    def cases(self, kind, count, seed, language="en"):
        random = Random(f"{kind} {seed}")
        fresh = torch.full((count,), FRESH)
        if kind == "paraphrase":
            told = [p for p in PARAPHRASES if p.get("language", "en") == language]
            chosen = [p for _ in range(count // len(told) + 1) for p in random.sample(told, len(told))][:count]
            specs = [dict(paraphrased(p), key=random.getrandbits(31)) for p in chosen]
            return _scenes(specs, specs, fresh, [p["text"] for p in chosen])
        if kind == "change":
            before = [draw(random) for _ in range(count)]
            after = [follow_up(random, spec) for spec in before]
            captions = [caption(random, b, a, language) for a, b in zip(before, after)]
            openings = [caption(random, spec, None, language, explicit=True) for spec in before]
            return _scenes(before, after, torch.full((count,), 5), captions, openings)
        if kind not in ("known", "held_out"):
            raise ValueError(f"unknown kind of cases '{kind}'")
        specs = [draw(random, held=kind == "held_out") for _ in range(count)]
        return _scenes(specs, specs, fresh, [caption(random, spec, None, language, explicit=True) for spec in specs])

    @torch.no_grad()
    def render(self, scenes, device, seed):
        chunk = RENDER_CHUNK["cuda" if torch.device(device).type == "cuda" else "cpu"]
        parts = [windows.render(scenes.before[i:i + chunk].to(device), scenes.after[i:i + chunk].to(device), scenes.switch[i:i + chunk].to(device),
                                seed) for i in range(0, len(scenes.captions), chunk)]
        return torch.cat(parts)


def paraphrased(entry):
    """The scene that a paraphrase tells."""
    values = {name: value for name, value in entry.items() if name not in ("text", "language")}
    return unpack(pack(**{"place": "city", "subject": "none", "action": "stand", "camera": "static", "time": "day", **values}))


def _scenes(before, after, switch, captions, openings=()):
    return Scenes(rows(before), rows(after), switch, captions, torch.tensor([labels_of(spec) for spec in after]).view(-1, 5), list(openings))
