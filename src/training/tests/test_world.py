import json
from pathlib import Path
from random import Random

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from longtake_training.training.config import RunConfig, load_config
from longtake_training.training.data import FRESH, HAND_OVERS, Scenes, open_world, to_bytes
from longtake_training.world import captions, raster, spec, windows
from longtake_training.world.captions import PARAPHRASES, REFUSED, caption, digest, normalised, refused
from longtake_training.world.motion import simulate
from longtake_training.world.raster import FRAMES, SIZE
from longtake_training.world.spec import COLUMN, NATURAL, draw, follow_up, held_out, labels_of, pack, rows, unpack, valid
from longtake_training.world.world import ProceduralWorld, paraphrased
from longtake_training.world.words import LANGUAGES

ROOT = Path(__file__).resolve().parents[3]
CPU = torch.device("cpu")
LAUNCHES = 9000
"""What a batch of any size may cost a GPU, painting left out."""


def scene(place, subject="none", action="stand", camera="static", key=7, **more):
    return {"place": place, "subject": subject, "action": action, "camera": camera, "colour": NATURAL[subject], "time": "day", "screen": 0,
            "suit": 0, "lapse": 0, "key": key, **more}


def film(first, second=None, switch=FRESH, seed=3):
    return windows.render(rows([first]), rows([second or first]), torch.tensor([switch]), seed)[0]


def motion(first, second=None, switch=FRESH):
    return {k: v[0] for k, v in simulate(rows([first]), rows([second or first]), torch.tensor([switch]), 3).items()}


def steps(video):
    return (video[1:] - video[:-1]).abs().mean((1, 2, 3))


class Launches(TorchDispatchMode):
    """Counts operations that a GPU has to be told of one by one; views of a tensor cost it nothing."""

    VIEWS = ("view", "expand", "select", "slice", "unsqueeze", "squeeze", "transpose", "permute", "detach", "alias", "as_strided", "unbind",
             "split", "empty", "local_scalar", "lift_fresh")

    def __init__(self):
        super().__init__()
        self.count = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.count += not any(name in str(func) for name in self.VIEWS)
        return func(*args, **(kwargs or {}))


@pytest.fixture(scope="module")
def world():
    return open_world(RunConfig().world)


def test_the_default_world_is_this_one(world):
    assert isinstance(world, ProceduralWorld)
    assert load_config(Path(__file__).parents[1] / "configs" / "toy.toml").run.world == RunConfig().world


def test_same_seed_same_bytes_however_the_batch_is_cut(world):
    scenes = world.scenes(8, 5)
    again = world.scenes(8, 5)
    assert scenes.captions == again.captions and torch.equal(scenes.after, again.after)
    whole = to_bytes(world.render(scenes, CPU, 9))
    assert whole.shape == (8, FRAMES, 3, SIZE, SIZE)
    parts = [Scenes(scenes.before[i:j], scenes.after[i:j], scenes.switch[i:j], scenes.captions[i:j], scenes.labels[i:j]) for i, j in ((0, 3), (3, 8))]
    assert torch.equal(whole, torch.cat([to_bytes(world.render(p, CPU, 9)) for p in parts]))
    other = to_bytes(world.render(parts[0], CPU, 10))
    assert not torch.equal(whole[:3], other)


def test_both_painters_paint_the_same(world):
    """What a GPU paints whole, shape over shape, a CPU paints where it is seen and by shorter formulas."""
    scenes = world.scenes(8, 17)
    lists = []
    keep = raster._seen_parts
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(raster, "_seen_parts", lambda shapes: lists.append(shapes) or keep(shapes))
        world.render(scenes, CPU, 3)
    assert len(lists) >= 1
    for shapes in lists:
        shapes = shapes[:, ::5].contiguous()
        whole = raster.layered(shapes.flatten(0, 1)).view(*shapes.shape[:2], 3, SIZE, SIZE)
        assert (whole - keep(shapes)).abs().max() < 1e-4


def test_nothing_is_painted_outside_the_bounds_of_its_shape(world):
    scenes = world.scenes(3, 5)
    lists = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(windows, "rasterise", lambda shapes: lists.append(shapes) or torch.zeros(*shapes.shape[:2], 3, SIZE, SIZE))
        world.render(scenes, CPU, 3)
    flat = lists[0].flatten(0, 1)[::4]
    edges, axis = raster.bounds(flat), raster.pixel_axis(CPU)
    white = flat.clone()
    white[..., raster.TOP:raster.TOP + 3], white[..., raster.BOTTOM:raster.BOTTOM + 3] = 1.0, 1.0
    column = torch.arange(SIZE)
    seen = 0
    for index in range(flat.shape[1]):
        canvas = torch.zeros(len(flat), 3, SIZE, SIZE)
        raster.paint(canvas, white[:, index, :, None, None], axis[:, None], axis[None, :])
        left, right, top, bottom = (edges[:, index, i, None] for i in range(4))
        inside = ((column >= top) & (column < bottom))[:, :, None] & ((column >= left) & (column < right))[:, None, :]
        assert not (canvas[:, 0] > 0)[~inside].any()
        seen += int((canvas > 0).any())
    assert seen > 10


def test_a_painter_that_cannot_be_built_or_differs_is_not_used(world, monkeypatch):
    shapes = torch.zeros(8, 3, raster.FIELDS)
    shapes[..., raster.HX:raster.HY + 1], shapes[..., raster.COS], shapes[..., raster.SOFT], shapes[..., raster.ALPHA] = 0.3, 1.0, 1.0, 1.0
    shapes[..., raster.TOP:raster.ALPHA] = 0.7
    assert raster.choose_painter(shapes) is raster.layered
    monkeypatch.setattr(raster.kernel, "paint", lambda s, b, size: raster.layered(s) + 0.1)
    assert raster.choose_painter(shapes) is raster.layered
    monkeypatch.setattr(raster.kernel, "paint", lambda s, b, size: raster.layered(s))
    assert raster.choose_painter(shapes) is not raster.layered


def test_a_batch_costs_a_gpu_few_launches(world):
    """Counted where they are counted on every device: operations that compute. They must not grow with the batch."""
    found = []
    for count in (16, 64):
        scenes = world.scenes(count, 3)
        with pytest.MonkeyPatch.context() as patch, Launches() as launches:
            patch.setattr(windows, "rasterise", lambda shapes: torch.zeros(*shapes.shape[:2], 3, SIZE, SIZE))
            windows.render(scenes.before, scenes.after, scenes.switch, 1)
        found.append(launches.count)
    assert max(found) < LAUNCHES


def test_every_place_and_subject_draws_in_range():
    specs = [scene(p, s, spec.actions_of(s, p)[0]) for s in spec.SUBJECTS for p in spec.WHERE[s][:1]] + [scene(p) for p in spec.PLACES]
    video = windows.render(rows(specs), rows(specs), torch.full((len(specs),), FRESH), 1)
    assert torch.isfinite(video).all() and video.min() >= 0 and video.max() <= 1
    assert (video.std((1, 2, 3, 4)) > 0.05).all()


def test_training_never_sees_what_it_is_measured_on(world):
    kept = {normalised(p["text"]) for p in PARAPHRASES}
    for seed in range(4):
        scenes = world.scenes(5000, seed)
        for row in torch.cat([scenes.before, scenes.after]).tolist():
            assert not held_out(unpack(row))
        for text in scenes.captions:
            assert normalised(text) not in kept and digest(text) not in REFUSED


def test_a_refused_wording_is_drawn_again(monkeypatch):
    first = caption(Random(1), scene("room", "robot", "smile"))
    monkeypatch.setattr(captions, "REFUSED", REFUSED | {digest(first)})
    assert caption(Random(1), scene("room", "robot", "smile")) != first


def test_example_story_is_refused_but_its_scenes_exist():
    lines = [line for line in (ROOT / "examples" / "a-day-under-two-suns.txt").read_text(encoding="utf-8").splitlines() if line.strip()]
    assert len(lines) > 20 and all(refused(line) for line in lines)
    assert refused(lines[0].upper().replace(".", " ! "))
    told = [scene("ocean", "fish", "left", "follow", colour="red"), scene("surface", "fish", "up", colour="red"), scene("coast", "bird", "right", colour="blue"),
            scene("coast", "robot", "left"), scene("coast", "spaceship", "down", colour="purple", time="night"), scene("ship", "astronaut", "run"),
            scene("room", "astronaut", "type"), scene("city", "cars", "right", colour="red"), scene("tower", camera="tilt"),
            scene("tower", "spaceship", "stand", colour="yellow", time="sunset"), scene("office", "cat", "jump"), scene("office", "lion", "smile", "in")]
    assert all(valid(s) and not held_out(s) for s in told)
    published = json.loads((Path(captions.HERE) / "refused.json").read_text(encoding="utf-8"))["published story"]
    assert len(published) == 23 and all(len(d) == 64 for d in published)


def test_paraphrases_are_many_and_tell_scenes_of_the_world():
    assert len(PARAPHRASES) >= 100 and len({normalised(p["text"]) for p in PARAPHRASES}) == len(PARAPHRASES)
    for entry in PARAPHRASES:
        told = paraphrased(entry)
        assert valid(told) and not held_out(told), entry
    told = {(p["place"], p.get("subject")) for p in PARAPHRASES}
    assert {p for p, _ in told} == set(spec.PLACES) and {s for _, s in told} - {None} == set(spec.SUBJECTS) - {"none"}
    for language in LANGUAGES:
        told = [p for p in PARAPHRASES if p.get("language", "en") == language]
        assert len(told) >= 45 and {p["place"] for p in told} == set(spec.PLACES)
        assert {p.get("subject") for p in told} - {None} == set(spec.SUBJECTS) - {"none"}
        assert {p.get("action") for p in told} >= {"left", "right", "away", "run", "jump", "type", "smile", "up", "down"}
    assert sum(p.get("language", "en") == "en" for p in PARAPHRASES) >= 100


def test_shares_of_hand_overs(world):
    switch = world.scenes(6000, 8).switch
    for frame, share in HAND_OVERS:
        assert (switch == frame).float().mean().item() == pytest.approx(share, abs=0.03)


def test_drawn_scenes_make_sense():
    random = Random(4)
    for _ in range(3000):
        first = draw(random)
        for told in (first, follow_up(random, first), draw(random, held=True)):
            assert valid(told), told
            assert unpack(pack(**told)) == told


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_captions_say_what_the_labels_say(language):
    random, words = Random(6), LANGUAGES[language]
    for _ in range(1500):
        told = draw(random)
        text = caption(random, told, None, language, explicit=True).lower()

        def says(options):
            return any(option.lower() in text for option in options)

        if told["subject"] != "none":
            nouns = words["subject"][told["subject"]]
            assert says(n if language == "en" else n.partition(" ")[2] for n in nouns), (text, told)
            assert says(form for c in words["colour"][told["colour"]] for form in c.split(",")), (text, told)
            kinds = [k for k in words["action"] if k[1] == told["action"]]
            assert any(all(part in text for part in v.lower().split("|")) for k in kinds for v in words["action"][k]), (text, told)
            assert says(words["place"][told["place"]]), (text, told)
        elif not told["lapse"]:
            assert says(words["empty"][told["place"]]), (text, told)
        if told["camera"] != "static":
            assert says(words["camera"][told["camera"]]), (text, told)
        labels = labels_of(told)
        assert labels[0] == spec.PLACES.index(told["place"]) and (labels[2] == -1) == (told["subject"] == "none")


def test_cases(world):
    for kind in ("known", "held_out", "paraphrase", "change"):
        for language in world.languages:
            cases = world.cases(kind, 130, 2, language)
            assert len(cases.captions) == 130 and cases.labels.shape == (130, 5)
            assert (cases.labels.amax(0) < torch.tensor(world.classes)).all() and cases.labels.min() >= -1
            assert (cases.switch == (5 if kind == "change" else FRESH)).all() and len(cases.openings) == (130 if kind == "change" else 0)
            if kind != "paraphrase":
                assert all(held_out(unpack(r)) == (kind == "held_out") for r in cases.after.tolist())
    with pytest.raises(ValueError):
        world.cases("other", 1, 1)


def test_before_the_switch_the_earlier_scene_is_shown():
    first, second = scene("city", "robot", "left"), scene("ocean", "fish", "left", key=9)
    changed, plain = film(first, second, 5), film(first, first, 5)
    assert torch.equal(changed[:5], plain[:5])
    jump = steps(changed)
    assert jump[4] > 3 * torch.cat([jump[:4], jump[5:]]).max()


def test_the_same_subject_goes_on_without_a_seam():
    jump = steps(film(scene("room", "astronaut", "type"), scene("room", "astronaut", "left", key=9), 5))
    assert jump.max() < 0.03


@pytest.mark.parametrize("first, second, bound", [
    (scene("city"), scene("city", camera="in"), 0.12), (scene("city"), scene("city", camera="crash"), 0.2), (scene("office"), scene("office", camera="out"), 0.12)])
def test_zooms_are_continuous(first, second, bound):
    jump = steps(film(first, second, 5))
    assert jump[5:].min() > 0.002 and jump.max() < bound


def test_the_camera_travels_through_the_window():
    video = film(scene("tower"), scene("office", camera="in", key=9), 5)
    wall = film(scene("tower"))[5]
    edge = (video[5] - wall).abs().mean()
    assert edge < 0.25 and steps(video).max() < 0.25
    office = film(scene("office", camera="in", key=9), seed=3)
    assert (video[10] - office[5]).abs().mean() < 0.08


def test_a_smiling_face_fills_forty_pixels():
    for subject, radius in (("lion", 0.36), ("robot", 0.33)):
        for switch in (FRESH, 5, -1, -7):
            m = motion(scene("room", subject, "stand"), scene("room", subject, "smile"), switch)
            assert m["size"][-1] * radius * torch.exp(m["zoom"][-1]) * SIZE >= 40
            middle = m["y"][-1] - 0.5 * m["size"][-1] - m["cy"][-1]
            assert abs(middle) < 0.4 and abs(m["x"][-1] - m["cx"][-1]) < 0.3


def test_a_smile_stays_in_the_picture_while_the_camera_comes_closer():
    for subject in ("lion", "robot"):
        for switch in (FRESH, 5, -1, -7):
            m = motion(scene("room", subject, "stand"), scene("room", subject, "smile", "in"), switch)
            zoom = torch.exp(m["zoom"][-1])
            mouth, half = (m["y"][-1] - 0.32 * m["size"][-1] - m["cy"][-1]) * zoom, 0.21 * m["size"][-1] * zoom
            assert abs(mouth) + half * 0.7 < 1 and abs(m["x"][-1] - m["cx"][-1]) * zoom + half < 1, (subject, switch, mouth, half)


def test_tails_are_wide_at_their_ends():
    """The part that trails behind spreads outwards, on both sides: what is drawn furthest back is wider than where it joins."""
    for subject, place in (("fish", "ocean"), ("bird", "city")):
        for action, behind in (("left", 1), ("right", -1)):
            told = scene(place, subject, action, colour="red")
            video = film(told)
            bare = film(dict(told, subject="none", action="stand"))
            ink = ((video - bare).abs().sum(1) > 0.15)[0].float()
            columns = torch.nonzero(ink.sum(0)).flatten()
            rows_of = ink.sum(0)[columns[0]:columns[-1] + 1]
            rows_of = rows_of.flip(0) if behind > 0 else rows_of
            tail = rows_of[: max(4, len(rows_of) // 3)]
            assert tail[1:4].max() >= 0.5 * tail.max(), (subject, action, tail)


def test_walkers_leave_and_runners_cross():
    assert motion(scene("room", "robot", "left"), switch=-7)["x"][-1] < -0.85
    gone = motion(scene("room", "astronaut", "type"), scene("room", "astronaut", "away"), -7)
    assert abs(gone["x"][-1] - gone["cx"][-1]) > 0.85 and gone["size"][-1] > 0.25
    run = motion(scene("office", "lion", "run"))["x"]
    assert run[0] < -0.7 and run[-1] > 0.4


def test_who_is_followed_stays_in_the_middle_while_the_ground_moves():
    told = scene("ocean", "fish", "right", "follow")
    m = motion(told)
    assert ((m["x"] - m["cx"]).abs() < 0.2).all() and m["cx"][-1] - m["cx"][0] > 0.5
    assert steps(film(told))[3:].min() > 0.01


def test_time_lapse_runs_into_the_night():
    m = motion(scene("coast", lapse=1, time="night"))
    assert m["hour"][0] < 0.3 and m["hour"][-1] > 1.6
    video = film(scene("coast", lapse=1, time="night"))
    assert video[0].mean() > video[-1].mean() + 0.2
