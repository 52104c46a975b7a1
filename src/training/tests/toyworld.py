"""A world small enough to learn in seconds: one square on a plain ground that drifts left or right, 32x32."""
import torch

from longtake_training.training.data import FRESH, Scenes, hand_overs

GROUNDS = {"meadow": (0.2, 0.6, 0.3), "desert": (0.8, 0.7, 0.4)}
SHAPES = ("box", "bar")
COLOURS = {"red": (0.9, 0.1, 0.1), "blue": (0.1, 0.2, 0.9), "white": (1.0, 1.0, 1.0)}
ACTIONS = {"left": -1.0, "right": 1.0}
SIZE, FRAMES = 32, 11


class ToyWorld:
    languages = ["en", "pt"]
    classes = (2, 2, 3, 1, 2)

    def _draw(self, count, seed):
        generator = torch.Generator().manual_seed(seed)
        return torch.stack([torch.randint(0, n, (count,), generator=generator) for n in self.classes], 1)

    def _caption(self, spec):
        ground, shape, colour, _, action = [int(x) for x in spec]
        return f"a {list(COLOURS)[colour]} {SHAPES[shape]} moves {list(ACTIONS)[action]} in the {list(GROUNDS)[ground]}"

    def scenes(self, count, seed):
        before, after = self._draw(count, seed), self._draw(count, seed + 1)
        switch = hand_overs(count, torch.Generator().manual_seed(seed))
        before = torch.where((switch == FRESH).unsqueeze(1), after, before)
        return Scenes(before, after, switch, [self._caption(s) for s in after], after.clone())

    def cases(self, kind, count, seed, language):
        before, after = self._draw(count, seed), self._draw(count, seed + 1)
        change = kind == "change"
        switch = torch.full((count,), 5 if change else FRESH)
        return Scenes(before if change else after, after, switch, [self._caption(s) for s in after], after.clone(),
                      [self._caption(s) for s in before] if change else [])

    def render(self, scenes, device, seed):
        count = len(scenes.captions)
        generator = torch.Generator().manual_seed(seed)
        start = torch.rand(count, 1, generator=generator) * 20 + 6
        time = torch.arange(FRAMES).view(1, -1)
        shown = torch.where((time < scenes.switch.view(-1, 1)).unsqueeze(-1), scenes.before.unsqueeze(1), scenes.after.unsqueeze(1))
        ground = torch.tensor(list(GROUNDS.values()))[shown[..., 0]]
        ink = torch.tensor(list(COLOURS.values()))[shown[..., 2]]
        x = start + time * torch.tensor(list(ACTIONS.values()))[shown[..., 4]]
        tall = torch.where(shown[..., 1] == 0, 4.0, 9.0)
        axis = torch.arange(SIZE).float() + 0.5
        inside = ((axis.view(1, 1, 1, -1) - x[..., None, None]).abs() < 4) & ((axis.view(1, 1, -1, 1) - 16).abs() < tall[..., None, None])
        video = torch.where(inside.unsqueeze(2), ink[..., None, None], ground[..., None, None])
        return video.float().to(device)
