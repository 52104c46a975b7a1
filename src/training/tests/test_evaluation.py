import json

import pytest
import torch

from longtake_training.evaluation import motion
from longtake_training.evaluation.classifiers import ATTRIBUTES, accuracy, settled, train_judges, wilson
from longtake_training.evaluation.films import scene_frames
from longtake_training.evaluation.reconstruction import measure_tokenizer
from longtake_training.evaluation.report import evaluate
from longtake_training.export.card import card_text, read_card
from longtake_training.networks.cvivit import CViViT
from longtake_training.training.config import from_tables
from longtake_training.training.tokenizer import TokenizerTrainer
from longtake_training.training.transformer import TransformerTrainer
from toyworld import ToyWorld


def test_judges_learn_from_true_renders():
    world, device = ToyWorld(), torch.device("cpu")
    judges = train_judges(world, 240, 0, 32, 11, device, 3, steps=100, channels=(16, 32, 64))
    scenes = world.cases("known", 60, 91, "en")
    measured = accuracy(judges, world.render(scenes, device, 4), scenes.labels)
    assert set(measured) == set(ATTRIBUTES)
    assert measured["place"]["value"] > 0.9 and measured["colour"]["value"] > 0.8
    assert measured["place"]["low"] < measured["place"]["value"] <= measured["place"]["high"]


def test_labels_that_do_not_apply_are_left_out():
    class Guess:
        def verdicts(self, video):
            return torch.zeros(4, 5, dtype=torch.long)

    labels = torch.tensor([[0, -1, 0, 0, 0], [0, -1, 1, 0, 0], [0, -1, 0, 0, 0], [1, -1, 0, 0, 0]])
    measured = accuracy(Guess(), torch.zeros(4, 1, 3, 2, 2), labels)
    assert "subject" not in measured
    assert measured["place"]["value"] == 0.75 and measured["place"]["n"] == 4


def test_judged_windows_have_their_change_behind_them():
    scenes = settled(ToyWorld().scenes(60, 1))
    assert set(scenes.switch.tolist()) <= {-99, -1, -7}


def test_wilson_interval_of_known_case():
    low, high = wilson(90, 100)
    assert low == pytest.approx(0.8256, abs=1e-3) and high == pytest.approx(0.9448, abs=1e-3)


def test_seam_ratio_finds_a_jump_at_the_seam():
    per_scene, scenes = 3, 4
    frames = 5 + 6 * per_scene * scenes
    film = torch.zeros(1, frames, 3, 2, 2)
    value = 0.0
    for t in range(1, frames):
        first_seam = any(t == 5 + 6 * (s * per_scene + 1) for s in range(scenes))
        value += 6.0 if first_seam else 2.0
        film[:, t] = value
    differences = motion.frame_differences(film)
    ratios = motion.seam_ratios(differences, per_scene)
    assert ratios[0]["value"] == pytest.approx(3.0, rel=0.01)
    assert ratios[1]["value"] == pytest.approx(1.0, rel=0.01)
    assert ratios[0]["n"] == scenes


def test_drift_of_a_fading_film_is_outside_the_spread():
    generator = torch.Generator().manual_seed(1)
    true = torch.randint(90, 110, (40, 11, 3, 8, 8), generator=generator).byte()
    steady = torch.randint(90, 110, (2, 100, 3, 8, 8), generator=generator).byte()
    fading = (steady.float() * torch.linspace(1, 0.5, 100).view(1, -1, 1, 1, 1)).byte()
    assert motion.drift(steady, true, 4)["luma"]["within"]
    assert not motion.drift(fading, true, 4)["luma"]["within"]


def test_scene_frames_tile_the_film():
    slices = [scene_frames(s, 3) for s in range(4)]
    assert slices[0].start == 0
    assert all(a.stop == b.start for a, b in zip(slices, slices[1:]))
    assert slices[-1].stop == 5 + 6 * 12


def test_measuring_a_tokenizer_counts_rounds(config):
    torch.manual_seed(1)
    measured = measure_tokenizer(CViViT(config.tokenizer), torch.randint(0, 256, (3, 11, 3, 32, 32)).byte(), "cpu")
    assert len(measured["roundtrip_psnr_db"]) == 3 and len(measured["frame_psnr_db"]) == 11
    assert all(0 < share <= 1 for share in measured["code_use"])


@pytest.fixture
def trained(tables):
    config = from_tables(tables)
    TokenizerTrainer(config).run()
    TransformerTrainer(config).run()
    return config


def test_evaluation_writes_every_figure_of_the_card(trained):
    values = evaluate(trained)
    assert values["notes"] == []
    card = read_card(trained)
    for name in ("psnr_db", "code_use", "roundtrip_psnr_db", "adherence", "adherence_held_out", "adherence_paraphrase",
                 "adherence_after_switch", "image_start", "seam_ratio", "drift", "intervals"):
        assert name in card, name
    assert set(card["adherence"]["ceiling"]) == set(ATTRIBUTES)
    assert len(card["roundtrip_psnr_db"]) == 3
    for name in ("adherence_by_language", "adherence_paraphrase_by_language"):
        assert set(card[name]) == {"en", "pt"}
        assert all(set(row["ceiling"]) == set(ATTRIBUTES) for row in card[name].values())
    assert card["adherence_by_language"]["en"] == card["adherence"]
    for name in ("psnr_db", "roundtrip_psnr_db", "adherence", "adherence_ceiling", "adherence_paraphrase_pt", "seam_ratio"):
        assert name in card["intervals"], name
    for low, high, clips in [card["intervals"]["psnr_db"]] + card["intervals"]["roundtrip_psnr_db"]:
        assert low < high and clips == trained.evaluation.clips
    assert card["sampler"]["chosen"] in card["sampler"]["tried"]
    assert card["image_start"]["first_frame_psnr_db"] == pytest.approx(card["image_start"]["first_frame_reconstruction_psnr_db"], abs=0.05)
    judges = torch.load(trained.output / "judges.pt")
    assert {name.split(".")[1] for name in judges} == {"0", "1", "2", "3", "4"}
    assert "adherence_held_out" in card_text(card, trained)
    for name in ("film.png", "samples.png", "tables.md"):
        assert (trained.output / name).stat().st_size > 0


def test_evaluation_survives_a_broken_section_and_lack_of_time(trained, monkeypatch):
    from longtake_training.evaluation import report

    def broken(self):
        raise RuntimeError("no film today")

    monkeypatch.setattr(report.Evaluator, "films", broken)
    evaluator = report.Evaluator(trained)
    evaluator.run()
    notes = json.loads((trained.output / "report.json").read_text())["notes"]
    assert any("no film today" in note for note in notes)
    trained.evaluation.seconds = 0.0
    report.Evaluator(trained).run()
    notes = json.loads((trained.output / "report.json").read_text())["notes"]
    assert sum("out of time" in note for note in notes) >= 8


def test_the_sampler_that_costs_less_is_chosen_among_equals(trained, monkeypatch):
    from longtake_training.evaluation import report

    evaluator = report.Evaluator(trained)
    trained.evaluation.candidates = [[3, 2.0], [2, 2.0], [2, 4.0]]
    scores = iter([0.8, 0.899, 0.9])
    monkeypatch.setattr(report, "accuracy", lambda *_: {"place": {"value": next(scores)}})
    evaluator.sampler()
    assert (evaluator.studio.settings.steps, evaluator.studio.settings.guidance) == (2, 4.0)
    assert [row["steps"] for row in evaluator.report.values["sampler"]["tried"]] == [2, 2, 3]
    from longtake_training.export.bundle import manifest_of

    manifest = manifest_of(trained, [], {}, evaluator.report.values["sampler"]["chosen"])
    assert manifest["sampler"]["steps"] == 2 and manifest["sampler"]["steps_fast"] == 2 and manifest["sampler"]["guidance"] == 4.0
