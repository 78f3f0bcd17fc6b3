"""Trains each pipeline of tools/pipelines on the same texts and prints what each is worth.

Runs in Rasa's Python, from the top of the repository:
`bot/.venv/bin/python tools/compare_pipelines.py [NAME ...] [--share 1.0]`

A fifth of the need texts is held out (the same for every pipeline); the validation set of
tests/validation is never trained on. `--share` trains on that part of the rest only: a learning
curve. Figures: an accepted need first / among the first three.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import sys
import tempfile
import time
import zlib
from collections import defaultdict
from pathlib import Path

import structlog
import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "bot"))
os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ["RASA_MAX_CACHE_SIZE"] = "0"
os.environ["RASA_CACHE_DIRECTORY"] = tempfile.mkdtemp(prefix="handoff-pipelines-")

from rasa.core.agent import Agent  # noqa: E402
from rasa.model_training import train_nlu  # noqa: E402

PIPELINES = ROOT / "tools" / "pipelines"
CURRENT = ROOT / "bot" / "config.yml"
VALIDATION = ROOT / "tests" / "validation" / "messages.jsonl"
FOLDS = 5


def number(text: str) -> int:
    """The same number for the same text on every machine."""
    return zlib.crc32(text.encode())


def split(share: float, needs: set[str]) -> tuple[list[dict], list[dict]]:
    """Training blocks, and the held-out texts as `{"text", "lang", "needs"}`."""
    blocks, held_out = [], []
    for path in sorted((ROOT / "bot" / "data" / "nlu").rglob("*.yml")):
        tested = path.parent.name == "needs"
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            metadata, intent, kept = block["metadata"], block["intent"], []
            for line in block["examples"].splitlines():
                text = line[2:]
                if tested and intent in needs and number(text) % FOLDS == 0:
                    accepted = [intent, *metadata.get("also", [])]
                    row = {"text": text, "lang": metadata["language"], "needs": accepted}
                    held_out.append(row)
                elif number(text) % 1000 < share * 1000:
                    kept.append(line)
            if kept:
                blocks.append({**block, "examples": "\n".join(kept) + "\n"})
    return blocks, held_out


def validation() -> list[dict]:
    """The validation texts that name a need and call for no emergency reply."""
    lines = VALIDATION.read_text(encoding="utf-8").splitlines()
    messages = [json.loads(line) for line in lines]
    return [m for m in messages if m["needs"] and m["immediate"] is not True]


async def rankings(model: str, texts: list[str], needs: set[str]) -> tuple[list[list[str]], float]:
    """For each text its needs, likeliest first; and the milliseconds of the middle text."""
    agent = Agent.load(model)
    found, times = [], []
    for text in texts:
        started = time.perf_counter()
        parsed = await agent.parse_message(text)
        times.append((time.perf_counter() - started) * 1000)
        ranking = [guess["name"] for guess in parsed["intent_ranking"]]
        found.append([name for name in ranking if name in needs])
    return found, sorted(times)[len(times) // 2]


def table(rows: list[dict], found: list[list[str]]) -> str:
    """`en .85/.97 es .87/.96 ...` of the rows, by language."""
    hits: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for row, names in zip(rows, found, strict=True):
        accepted = set(row["needs"])
        first, three = not accepted.isdisjoint(names[:1]), not accepted.isdisjoint(names[:3])
        hits[row["lang"]].append((first, three))
    parts = []
    for language, pairs in sorted(hits.items()):
        first, three = (sum(pair[i] for pair in pairs) / len(pairs) for i in (0, 1))
        parts.append(f"{language} {first:.3f}/{three:.3f}")
    return "  ".join(parts)


def compare(name: str, config: Path, share: float) -> None:
    """Train one pipeline and print its line."""
    domain = yaml.safe_load((ROOT / "bot" / "domain" / "needs.yml").read_text(encoding="utf-8"))
    needs = set(domain["intents"])
    blocks, held_out = split(share, needs)
    unseen = validation()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "nlu.yml"
        content = {"version": "3.1", "nlu": blocks}
        data.write_text(yaml.safe_dump(content, allow_unicode=True, width=10**6), encoding="utf-8")
        started = time.perf_counter()
        model = train_nlu(str(config), str(data), folder)
        seconds = time.perf_counter() - started
        rows = held_out + unseen
        found, milliseconds = asyncio.run(rankings(model, [r["text"] for r in rows], needs))
    count = sum(len(block["examples"].splitlines()) for block in blocks)
    print(f"{name}: {count} texts, trained in {seconds:.0f} s, {milliseconds:.1f} ms a text")
    print(f"  held out   {table(held_out, found[: len(held_out)])}")
    print(f"  validation {table(unseen, found[len(held_out) :])}", flush=True)


def main() -> None:
    # Rasa would write every text that it reads to the output.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    logging.disable(logging.WARNING)
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    names = [path.stem for path in sorted(PIPELINES.glob("*.yml"))]
    arguments.add_argument("names", nargs="*", default=["current", *names])
    arguments.add_argument("--share", type=float, default=1.0)
    given = arguments.parse_args()
    for name in given.names:
        config = CURRENT if name == "current" else PIPELINES / f"{name}.yml"
        compare(name, config, given.share)


if __name__ == "__main__":
    main()
