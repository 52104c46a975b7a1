import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import torch

from longtake_training.training import checkpoint

TESTS = Path(__file__).resolve().parent


def test_two_processes_train_one_network(tables, tmp_path):
    """Both must end with equal weights, and only the first may write."""
    tables["tokenizer"]["training"].update(steps=4)
    (tmp_path / "tables.json").write_text(json.dumps(tables))
    script = tmp_path / "train.py"
    script.write_text(
        "import json, sys, torch\n"
        "from longtake_training.training.config import from_tables\n"
        "from longtake_training.training.tokenizer import TokenizerTrainer\n"
        "from longtake_training.training.distributed import rank\n"
        "torch.set_num_threads(1)\n"
        f"trainer = TokenizerTrainer(from_tables(json.load(open({str(tmp_path / 'tables.json')!r}))))\n"
        "trainer.run()\n"
        f"torch.save([p.detach() for p in trainer.model.parameters()], {str(tmp_path)!r} + f'/weights{{rank()}}.pt')\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join([str(TESTS.parent), str(TESTS)]), OMP_NUM_THREADS="1", WORLD_SIZE="2",
                       MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port))
    # What torchrun does; Debian's own launcher does not start under its Python.
    processes = [subprocess.Popen([sys.executable, str(script)], env=dict(environment, RANK=str(i), LOCAL_RANK=str(i)),
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for i in range(2)]
    try:
        for process in processes:
            output, _ = process.communicate(timeout=120)
            assert process.returncode == 0, output.decode()
    finally:
        for process in processes:
            process.kill()
    first, second = [torch.load(tmp_path / f"weights{i}.pt") for i in range(2)]
    assert all(torch.equal(a, b) for a, b in zip(first, second))
    saved = checkpoint.load(tmp_path / "run" / "tokenizer.checkpoint")
    assert saved["count"] == 4
