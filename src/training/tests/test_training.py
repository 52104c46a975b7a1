import dataclasses

import pytest
import torch

from longtake_training.networks.cvivit import CViViT
from longtake_training.networks.transformer import MaskedTransformer
from longtake_training.training import checkpoint
from longtake_training.training.config import Phase, from_tables, load_config
from longtake_training.training.data import CLEAN, FRESH, HAND_OVERS, Corruption, TokenData, hand_overs, masked_batch, render_pool
from longtake_training.training.losses import psnr, tokenizer_loss
from longtake_training.training.optim import Average, Optimiser, cosine_share, orthogonalise
from longtake_training.training.probe import Plan, choose
from longtake_training.training.progress import Journal, draw_curves, read_journal
from longtake_training.training.step import TrainingStep, first_working
from longtake_training.training.text import CaptionTable, HashedWords
from longtake_training.training.tokenizer import TokenizerTrainer, load_tokenizer, phase_at
from longtake_training.training.transformer import TransformerTrainer, is_image_step, masked_loss
from toyworld import ToyWorld


def token_data(fresh, groups=2, positions=4, frames=3, vocabulary=20):
    count = len(fresh)
    generator = torch.Generator().manual_seed(2)
    codes = torch.randint(0, vocabulary, (count, positions * frames, groups), generator=generator).short()
    return TokenData({"codes": codes, "reencoded": (codes[:, : positions * 2] + 1) % vocabulary, "caption": torch.arange(count),
                      "fresh": torch.tensor(fresh), "states": torch.randn(count, 6, 24), "seen": torch.ones(count, 6, dtype=torch.bool)})


def batch_of(data, corruption, seed=3, image=False, rows=None):
    rows = torch.arange(data.count) if rows is None else rows
    return masked_batch(data, rows, torch.Generator().manual_seed(seed), corruption, 20, 4, 0.5, image)


def test_prefix_is_never_masked_and_bears_no_loss():
    data = token_data([False] * 50)
    batch = batch_of(data, CLEAN)
    assert not batch.masked[:, :8].any()
    assert torch.equal(batch.tokens[:, :8], data.codes[:, :8].long())
    assert batch.masked[:, 8:].any(1).all()
    assert (batch.tokens[batch.masked] == 20).all()


def test_fresh_starts_mask_everywhere_unless_they_animate_a_picture():
    data = token_data([True] * 200)
    assert batch_of(data, CLEAN).masked[:, 0].any()
    animated = batch_of(data, dataclasses.replace(CLEAN, image_prefix=1.0))
    assert not animated.masked[:, :4].any() and animated.masked[:, 4:].any()


def test_reencoded_prefix_replaces_whole_rows_in_its_share():
    data = token_data([False] * 400)
    batch = batch_of(data, dataclasses.replace(CLEAN, prefix_reencoded=0.6))
    swapped = (batch.tokens[:, :8] != data.codes[:, :8].long()).all(2).all(1)
    assert 0.5 < float(swapped.float().mean()) < 0.7
    assert torch.equal(batch.target, data.codes.long())


def test_text_is_dropped_for_whole_rows_in_its_share():
    data = token_data([False] * 1000)
    batch = batch_of(data, Corruption(0.1, 0.0, 0.0, 0.0))
    dropped = ~batch.text_mask.any(1)
    assert 0.06 < float(dropped.float().mean()) < 0.15
    assert batch.text_mask[~dropped].all()


def test_image_batch_is_one_latent_frame():
    batch = batch_of(token_data([True] * 30), Corruption(), image=True)
    assert batch.tokens.shape == (30, 4, 2) and batch.masked.any(1).all()


def test_heads_run_at_masked_positions_first():
    batch = batch_of(token_data([False] * 40), CLEAN)
    masked = batch.masked.flatten()
    assert len(batch.chosen) == 40 * 12 // 2
    assert int(masked[batch.chosen].sum()) == min(int(masked.sum()), len(batch.chosen))


def test_code_noise_stays_below_its_bound():
    data = token_data([False] * 300)
    batch = batch_of(data, dataclasses.replace(CLEAN, code_noise=0.2))
    changed = (batch.tokens != batch.target).any(-1) & ~batch.masked
    assert 0.02 < float(changed[:, :8].float().mean()) < 0.2


def test_hand_overs_come_in_the_documented_shares():
    frames = hand_overs(20000, torch.Generator().manual_seed(1))
    for frame, share in HAND_OVERS:
        assert float((frames == frame).float().mean()) == pytest.approx(share, abs=0.02)
    assert sum(share for _, share in HAND_OVERS) == pytest.approx(1.0)


def test_image_steps_are_spread_evenly():
    flags = [is_image_step(i, 0.2) for i in range(1000)]
    assert sum(flags) == 200
    assert not any(a and b for a, b in zip(flags, flags[1:]))
    assert not any(is_image_step(i, 0.0) for i in range(100))


def test_pool_does_not_depend_on_when_it_was_interrupted():
    whole = render_pool(ToyWorld(), 20, 5, torch.device("cpu"), 8)
    start = render_pool(ToyWorld(), 20, 5, torch.device("cpu"), 8, seconds=0.0)
    assert len(whole) == 20 and len(start) == 8
    assert torch.equal(whole[:8], start)


def test_orthogonalised_matrices_have_unit_singular_values():
    torch.manual_seed(1)
    for shape in ((3, 16, 40), (2, 40, 16)):
        values = torch.linalg.svdvals(orthogonalise(torch.randn(*shape)))
        assert 0.7 < float(values.min()) and float(values.max()) < 1.3


def test_tables_and_narrow_tensors_are_left_to_adam():
    model = MaskedTransformer(from_tables({"transformer": {"network": {"width": 48, "heads": 2, "layers": 1}}}).transformer)
    optimiser = Optimiser(model, 1e-3, tables=("tokens", "drawn"))
    matrices = {id(p) for _, members, _ in optimiser.parts[1].groups for p in members}
    names = {name for name, p in model.named_parameters() if id(p) in matrices}
    assert any("attention.query" in n for n in names)
    assert not any(n.startswith(("tokens", "drawn")) or n.endswith("bias") for n in names)
    assert sum(len(members) for _, members, _ in optimiser.parts[1].groups) + len(optimiser.parts[0].parameters) == len(optimiser.parameters)


def test_adam_agrees_with_the_reference():
    torch.manual_seed(2)
    mine, reference = torch.nn.Linear(5, 3), torch.nn.Linear(5, 3)
    reference.load_state_dict(mine.state_dict())
    optimiser = Optimiser(mine, 1e-2, adam_share=1.0, decay=0.1)
    optimiser.set_rate(1.0)
    other = torch.optim.AdamW(reference.parameters(), lr=1e-2, betas=(0.9, 0.98), weight_decay=0.1)
    x = torch.randn(7, 5)
    for _ in range(5):
        for model, opt in ((mine, optimiser), (reference, other)):
            for p in model.parameters():
                p.grad = None
            model(x).square().sum().backward()
            opt.step()
    assert torch.allclose(mine.weight, reference.weight, atol=1e-6)


def test_average_can_be_swapped_in_and_out():
    model = torch.nn.Linear(2, 2)
    average = Average(model)
    before = model.weight.detach().clone()
    with torch.no_grad():
        model.weight.add_(1.0)
    average.update(0.25)
    average.swap()
    assert torch.allclose(model.weight, before + 0.25, atol=1e-6)
    average.swap()
    assert torch.allclose(model.weight, before + 1.0, atol=1e-6)


def test_rate_holds_then_falls_to_its_floor():
    assert cosine_share(0.2, hold=0.3) == 1.0
    assert cosine_share(1.0, floor=0.01) == pytest.approx(0.01)
    assert cosine_share(0.5, floor=0.0) == pytest.approx(0.5)


def test_phases_follow_their_shares():
    phases = [Phase(0.7, 5, 2), Phase(0.3, 11, 2)]
    assert [phase_at(phases, p) for p in (0.0, 0.69, 0.71, 1.0)] == [0, 0, 1, 1]


def test_step_falls_back_to_the_next_mode_when_one_cannot_be_built():
    said = []

    def build(mode):
        if mode != "eager":
            raise RuntimeError("no device")
        return mode

    assert first_working(build, ["graph", "eager"], said.append) == "eager"
    assert "graph failed" in said[0]
    with pytest.raises(ValueError, match="unknown mode"):
        TrainingStep(None, None, {}, "warp")


def test_probe_changes_plan_only_for_a_clear_gain():
    results = [{"mode": "graph", "channels_last": True, "rates": [10.0, 4.0]}, {"mode": "compile", "channels_last": True, "rates": [10.5, 8.0]}]
    graph = Plan("graph", True)
    assert choose(results, graph, 0) is None
    assert choose(results, graph, 1) == Plan("compile", True)
    assert choose(results, None, 0) == Plan("compile", True)
    assert choose([], graph, 0) is None
    assert choose([{"mode": "compile", "channels_last": True, "rates": [10.0]}], graph, 1) is None


def test_captions_are_encoded_once_each_and_failures_are_raised():
    table = CaptionTable(HashedWords(16, 4), 2)
    first, second = table.index(["a cat", "a dog", "a cat"]), table.index(["a dog"])
    assert first.tolist() == [0, 1, 0] and second.tolist() == [1]
    states, seen = table.finish("cpu", torch.float32)
    assert states.shape == (2, 4, 16) and seen.sum().item() == 4
    expected, _ = HashedWords(16, 4)(["a dog"])
    assert torch.allclose(states[1], torch.from_numpy(expected[0]).float())

    def broken(captions):
        raise OSError("no model")

    table = CaptionTable(broken)
    table.index(["x"])
    with pytest.raises(RuntimeError, match="could not be encoded"):
        table.finish("cpu")


def test_weights_survive_int8_parts(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint, "PART_BYTES", 2000)
    model = torch.nn.Sequential(torch.nn.Linear(40, 40), torch.nn.LayerNorm(40))
    path = tmp_path / "net.weights"
    checkpoint.save_weights(checkpoint.pack(model), {"step": 3}, path)
    assert len(checkpoint.parts(path)) > 1 and not path.exists()
    state, about = checkpoint.load_weights(path)
    assert about == {"step": 3}
    assert torch.allclose(state["0.weight"], model[0].weight, atol=float(model[0].weight.abs().max()) / 127)
    assert torch.equal(state["1.weight"], model[1].weight)
    monkeypatch.setattr(checkpoint, "PART_BYTES", 10**9)
    checkpoint.save_weights(checkpoint.pack(model), {}, path)
    assert path.exists() and not checkpoint.parts(path)
    with pytest.raises(FileNotFoundError):
        checkpoint.load_weights(tmp_path / "other")


def test_int8_weights_round_to_themselves():
    model = torch.nn.Linear(30, 20)
    once = checkpoint.unpack(checkpoint.pack(model))
    model.load_state_dict(once)
    twice = checkpoint.unpack(checkpoint.pack(model))
    assert torch.allclose(once["weight"], twice["weight"], atol=1e-7)


def test_unknown_settings_are_refused(tmp_path, tables):
    with pytest.raises(ValueError, match="no field 'colour'"):
        from_tables({"run": {"colour": 1}})
    with pytest.raises(ValueError, match="unknown tables"):
        from_tables({"running": {}})
    path = tmp_path / "c.toml"
    path.write_text('[run]\nseed = 4\n[tokenizer.network]\nlevels = [8, 8]\ngroups = 2\n')
    config = load_config(path, {"run.seed": 9})
    assert config.run.seed == 9
    assert (config.transformer.vocabulary, config.transformer.groups) == (64, 2)


def test_journal_and_curves_are_written(tmp_path):
    journal = Journal(tmp_path, "run", quiet=True)
    for i in range(5):
        journal.write("train", step=i, loss=1.0 / (i + 1))
    assert [r["step"] for r in read_journal(tmp_path / "run.jsonl")] == [0, 1, 2, 3, 4]
    draw_curves([("loss", {"a": journal.series("train", "step", "loss")}), ("empty", {"b": []})], tmp_path / "c.png")
    assert (tmp_path / "c.png").stat().st_size > 500


def weights_of(model):
    return torch.cat([p.detach().flatten() for p in model.parameters()])


def test_tokenizer_resumes_exactly(tables, tmp_path):
    whole = TokenizerTrainer(from_tables(tables))
    whole.run()
    tables["run"]["directory"] = str(tmp_path / "broken")
    TokenizerTrainer(from_tables(tables)).run(stop_at_step=5)
    resumed = TokenizerTrainer(from_tables(tables))
    assert resumed.count == 5
    report = resumed.run()
    assert resumed.count == 12
    assert torch.equal(weights_of(whole.model), weights_of(resumed.model))
    assert set(report) == {"float", "int8"} and report["int8"]["clips"] == 4
    assert (tmp_path / "broken" / "output" / "tokenizer.weights").exists()


def test_transformer_resumes_exactly(tables, tmp_path):
    TokenizerTrainer(from_tables(tables)).run()
    whole = TransformerTrainer(from_tables(tables))
    report = whole.run()
    (tmp_path / "run" / "transformer.checkpoint").unlink()
    TransformerTrainer(from_tables(tables)).run(stop_at_step=7)
    resumed = TransformerTrainer(from_tables(tables))
    assert resumed.count == 7
    again = resumed.run()
    assert torch.equal(weights_of(whole.model), weights_of(resumed.model))
    assert again["entropy"] == report["entropy"]


def test_transformer_without_a_checkpoint_starts_from_the_weights_of_the_last_call(tables, tmp_path):
    TokenizerTrainer(from_tables(tables)).run()
    TransformerTrainer(from_tables(tables)).run()
    run = tmp_path / "run"
    (run / "transformer.checkpoint").unlink()
    (run / "output" / "transformer.weights").rename(run / "transformer.weights")
    warm = TransformerTrainer(from_tables(tables))
    assert warm.count == 0 and warm.journal.records[-1]["event"] == "warm_start"
    state, _ = checkpoint.load_weights(run / "transformer.weights")
    assert torch.allclose(warm.model.first_head.weight, state["first_head.weight"])


def test_a_failing_step_still_leaves_weights(tables, tmp_path, monkeypatch):
    trainer = TokenizerTrainer(from_tables(tables))

    def broken(*_):
        raise RuntimeError("out of memory")

    monkeypatch.setattr(trainer, "_train", broken)
    with pytest.raises(RuntimeError, match="out of memory"):
        trainer.run()
    assert (tmp_path / "run" / "output" / "tokenizer.weights").exists()
    assert load_tokenizer(trainer.config, "cpu").config.size == 32


def test_tokenizer_overfits_a_few_clips(config):
    torch.manual_seed(1)
    world = ToyWorld()
    video = world.render(world.scenes(4, 3), torch.device("cpu"), 3)[:, :5]
    model = CViViT(config.tokenizer)
    optimiser = Optimiser(model, 6e-3, tables=("places",))
    step = TrainingStep(lambda i: tokenizer_loss(model, i["video"], i["weight"], 2), optimiser, {"video": video, "weight": torch.tensor(0.1)})
    optimiser.set_rate(1.0)
    before = float(psnr(model(video)[0].detach(), video))
    for _ in range(160):
        step({"video": video, "weight": torch.tensor(0.1)})
    after = float(psnr(model(video)[0].detach(), video))
    assert after > 19 and after > before + 8, (before, after)


def test_transformer_overfits_a_few_windows():
    data = token_data([False, True, False, True])
    model = MaskedTransformer(from_tables({"transformer": {"network": {"width": 64, "heads": 2, "layers": 2, "hidden": 128, "text_width": 24,
                                                                       "text_heads": 2, "text_tokens": 6}}}).transformer)
    config = dataclasses.replace(model.config, vocabulary=20, groups=2, positions=4, latent_frames=3)
    torch.manual_seed(1)
    model = MaskedTransformer(config)
    optimiser = Optimiser(model, 3e-3, tables=("tokens", "drawn", "space", "time"))
    optimiser.set_rate(1.0)
    rows = torch.arange(4).repeat(4)
    step = TrainingStep(lambda i: masked_loss(model, i), optimiser, batch_of(data, CLEAN, 0, rows=rows).inputs())
    losses = []
    for turn in range(150):
        step(batch_of(data, CLEAN, turn, rows=rows).inputs())
        losses.append(float(step.metrics[0]))
    assert losses[0] > 5.0 and sum(losses[-10:]) / 10 < 0.5 * losses[0], (losses[0], losses[-10:])


def test_fresh_marker_is_far_before_any_window():
    assert FRESH < -50
