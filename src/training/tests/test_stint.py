import json
import tarfile

import pytest

from longtake_training import stint
from longtake_training.cli import main
from longtake_training.stint import RECORDS, Stint, bring, complete
from longtake_training.training import checkpoint
from longtake_training.training.config import from_tables
from longtake_training.training.progress import read_journal
from longtake_training.training.transformer import TransformerTrainer


def call(tables, out, seconds=600.0, **more):
    return Stint(from_tables(tables), seconds, out, closing=0.0, **more).run()


def test_three_calls_make_a_model_and_what_they_leave_is_enough_for_a_bundle(tables, tmp_path, monkeypatch):
    # The clock is looked at every 20 steps of the tokenizer and every 10 of the transformer.
    tables["tokenizer"]["training"].update(steps=40)
    tables["transformer"]["training"].update(steps=20)
    ends = iter([False, True, False, False, True, False, False])
    for module in ("tokenizer", "transformer"):
        monkeypatch.setattr(f"longtake_training.training.{module}.over", lambda now, *_: next(ends))
    first = call(tables, tmp_path / "out1")
    assert first == {"tokenizer.weights": False, "transformer.weights": False, "report": False}
    assert {f.name for f in (tmp_path / "out1").iterdir()} == {"tokenizer.weights", RECORDS}
    second = call(tables, tmp_path / "out2")
    assert second == {"tokenizer.weights": True, "transformer.weights": False, "report": False}
    assert {f.name for f in (tmp_path / "out2").iterdir()} == {"tokenizer.weights", "transformer.weights", RECORDS}
    third = call(tables, tmp_path / "out3", last=True)
    assert all(third.values())
    # The tokenizer was handed over already and did not change since.
    assert {f.name for f in (tmp_path / "out3").iterdir()} == {"transformer.weights", "judges.pt", RECORDS}
    steps = [r["step"] for r in read_journal(tmp_path / "run" / "tokenizer.jsonl") if r["event"] == "resumed"]
    assert steps == [20]

    kept = tmp_path / "kept"
    kept.mkdir()
    for out in ("out1", "out2", "out3"):
        for file in (tmp_path / out).iterdir():
            file.rename(kept / file.name)
    tables["run"]["directory"] = str(tmp_path / "elsewhere")
    config = from_tables(tables)
    bring(config, kept)
    assert complete(config, "tokenizer.weights") and complete(config, "transformer.weights")
    report = json.loads((tmp_path / "elsewhere" / "output" / "report.json").read_text())
    assert report == json.loads((tmp_path / "run" / "output" / "report.json").read_text()) and report["notes"] == []


def test_a_fresh_machine_goes_on_from_the_files_that_were_brought(tables, tmp_path, monkeypatch):
    tables["tokenizer"]["training"].update(steps=40)
    ends = iter([False, True])
    monkeypatch.setattr("longtake_training.training.tokenizer.over", lambda now, *_: next(ends, False))
    call(tables, tmp_path / "out")
    tables["run"]["directory"] = str(tmp_path / "fresh")
    call(tables, tmp_path / "out-fresh", bring=tmp_path / "out")
    events = [r["event"] for r in read_journal(tmp_path / "fresh" / "tokenizer.jsonl")]
    assert "warm_start" in events and "resumed" not in events
    assert complete(from_tables(tables), "tokenizer.weights")


def test_a_failing_stage_still_hands_over_what_there_is(tables, tmp_path, monkeypatch):
    def broken(self, *_, **__):
        raise RuntimeError("no memory")

    monkeypatch.setattr(TransformerTrainer, "_train", broken)
    with pytest.raises(RuntimeError, match="no memory"):
        call(tables, tmp_path / "out")
    assert "tokenizer.weights" in {f.name for f in (tmp_path / "out").iterdir()}


def test_records_never_leave_the_run(tables, tmp_path):
    config = from_tables(tables)
    folder = tmp_path / "brought"
    folder.mkdir()
    (tmp_path / "evil.txt").write_text("x")
    with tarfile.open(folder / RECORDS, "w:gz") as archive:
        archive.add(tmp_path / "evil.txt", "../outside.txt")
        archive.add(tmp_path / "evil.txt", "inside.txt")
    bring(config, folder)
    assert (config.directory / "inside.txt").exists() and not (tmp_path / "outside.txt").exists()


def test_large_files_are_reported(tables, tmp_path, monkeypatch):
    monkeypatch.setattr(stint, "LARGEST_FILE", 10)
    run = Stint(from_tables(tables), 0.0, tmp_path / "out", closing=0.0)
    monkeypatch.setattr(run, "_work", lambda: None)
    run.run()
    assert any("larger than" in r.get("message", "") for r in run.journal.records)


def test_the_command_line_runs_a_stint(tmp_path, monkeypatch):
    seen = {}
    monkeypatch.setattr(stint.Stint, "run", lambda self: seen.update(vars(self)))
    config = tmp_path / "c.toml"
    config.write_text('[run]\ndevice = "cpu"\n')
    assert main(["stint", "--config", str(config), "--seconds", "540", "--out", str(tmp_path / "o"), "--last"]) == 0
    assert seen["seconds"] == 540.0 and seen["last"] and seen["bring"] is None


def test_parts_are_small_enough_to_travel():
    assert checkpoint.PART_BYTES < stint.LARGEST_FILE
