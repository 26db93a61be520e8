"""Trains a small spaCy model that finds names in notes, on synthetic notes: for tests, rehearsals and laptops.

The deployed image carries a model that was pinned and evaluated; both are loaded by the same code.
"""

import argparse
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import spacy
from spacy.training import Example
from spacy.util import fix_random_seed

from workloads.pipeline.invented_names import FAMILY, GIVEN
from workloads.pipeline.synthetic import TEMPLATES, facts

NOTES: Final = 1500
ROUNDS: Final = 4
SEED: Final = 20260101
_SYLLABLES: Final = [
    "ba",
    "del",
    "ka",
    "mor",
    "ri",
    "san",
    "to",
    "ven",
    "lu",
    "ash",
    "wen",
    "gar",
    "ko",
    "mi",
    "tar",
    "el",
    "lin",
    "do",
    "pe",
    "han",
]


def notes(
    count: int, seed: int, given_names: Sequence[str] = GIVEN, family: Sequence[str] = FAMILY
) -> list[tuple[str, list[str]]]:
    """Synthetic notes and the names in each; half of the names are made of syllables, in no list."""
    generator = np.random.Generator(np.random.PCG64([seed, 3]))

    def invented() -> str:
        return "".join(_SYLLABLES[at] for at in generator.integers(0, len(_SYLLABLES), 2)).capitalize()

    written: list[tuple[str, list[str]]] = []
    for _ in range(count):
        listed = generator.random() < 0.5  # noqa: PLR2004 - half of the names
        first = given_names[generator.integers(len(given_names))] if listed else invented()
        last = family[generator.integers(len(family))] if listed else invented()
        full = f"{first} {last}"
        values = facts(generator)
        template = TEMPLATES[generator.integers(len(TEMPLATES))]
        names = [full] * ("{name}" in template) + [values["family"]] * ("{family}" in template)
        if generator.random() < 0.2:  # noqa: PLR2004 - a fifth was redacted already: no name is left
            hidden = {"name": " " * len("<PERSON>"), "family": " " * len("<PERSON>")}
            written.append((template.format(**{**values, **hidden}), []))
            continue
        written.append((template.format(name=full, **values), names))
    return written


def train(folder: Path, seed: int = SEED) -> None:
    """Trains the model and writes it to a folder."""
    fix_random_seed(seed)
    pipeline = spacy.blank("en")
    tok2vec = {
        "@architectures": "spacy.HashEmbedCNN.v2",
        "pretrained_vectors": None,
        "width": 48,
        "depth": 2,
        "embed_size": 1000,
        "window_size": 1,
        "maxout_pieces": 2,
        "subword_features": True,
    }
    model = {
        "@architectures": "spacy.TransitionBasedParser.v2",
        "state_type": "ner",
        "extra_state_tokens": False,
        "hidden_width": 32,
        "maxout_pieces": 2,
        "use_upper": True,
        "tok2vec": tok2vec,
    }
    pipeline.add_pipe("ner", config={"model": model})
    examples = [_example(pipeline, text, names) for text, names in _documents(notes(NOTES, seed))]
    optimizer = pipeline.initialize(lambda: examples)
    order = random.Random(seed)  # noqa: S311 - order of training examples
    for _ in range(ROUNDS):
        order.shuffle(examples)
        for start in range(0, len(examples), 16):
            pipeline.update(examples[start : start + 16], sgd=optimizer, drop=0.1)
    pipeline.meta["name"] = "synthetic_names"
    pipeline.to_disk(folder)


def _documents(written: Sequence[tuple[str, list[str]]]) -> list[tuple[str, list[str]]]:
    """Notes alone and in groups of three lines, as the recognisers join them."""
    joined: list[tuple[str, list[str]]] = []
    for at in range(0, len(written) - 3, 4):
        joined.append(written[at])
        group = written[at + 1 : at + 4]
        joined.append(("\n".join(text for text, _ in group), [name for _, names in group for name in names]))
    return joined


def _example(pipeline: Any, text: str, names: Sequence[str]) -> Example:
    document = pipeline.make_doc(text)
    entities, at = list[tuple[int, int, str]](), 0
    for name in names:
        start = text.index(name, at)
        at = start + len(name)
        entities.append((start, at, "PERSON"))
    return Example.from_dict(document, {"entities": entities})


def main(arguments: Sequence[str] | None = None) -> int:
    """`python -m workloads.pipeline.steps.names_model FOLDER`."""
    parser = argparse.ArgumentParser(prog="names_model", description="Train the names model on synthetic notes.")
    parser.add_argument("folder", type=Path)
    options = parser.parse_args(arguments)
    if not (options.folder / "meta.json").exists():
        train(options.folder)
    print(f"Names model: {options.folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
