"""PHI recognisers: patterns with check digits and a spaCy model for names, run by Presidio's AnalyzerEngine.

Values are joined to documents of several thousand characters, one value per line, and findings are mapped back: the
engine's cost per call is paid once per document instead of once per value.
"""

import logging
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import spacy
from presidio_analyzer import AnalyzerEngine, Pattern, PatternRecognizer, RecognizerRegistry
from presidio_analyzer.nlp_engine import NlpArtifacts, SpacyNlpEngine
from presidio_analyzer.predefined_recognizers import SpacyRecognizer
from spacy.tokens import Doc

from workloads.pipeline import checksums
from workloads.pipeline.errors import USAGE, StepError

logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)
_DOCUMENT: Final = 20_000
"""Characters of one document."""
_MONTHS: Final = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_MONTH: Final = f"(?:{_MONTHS})[a-z]{{0,6}}"
_STREET: Final = "Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Way|Place|Pl|Terrace"
_MBI: Final = (
    r"\b[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9][0-9]-?[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9][0-9]-?"
    r"[AC-HJKMNP-RT-Y]{2}[0-9]{2}\b"
)
PATTERNS: Final[Mapping[str, tuple[str, Callable[[str], bool] | None]]] = {
    "SSN": (r"(?<![\w-])[0-9]{3}-[0-9]{2}-[0-9]{4}(?![\w-])|(?<![\w.-])[0-9]{9}(?![\w.-])", checksums.ssn),
    "MRN": (r"\b(?:MRN|mrn)[:# ]{0,3}[A-Z]{0,2}[0-9]{5,10}\b|(?<![\w.-])[0-9]{7,8}(?![\w.-])", None),
    "NPI": (r"(?<![\w.-])[12][0-9]{9}(?![\w.-])", checksums.npi),
    "MBI": (_MBI, None),
    "DEA": (r"\b[ABCDEFGHJKLMPRSTUXabcdefghjklmprstux][A-Za-z9][0-9]{7}\b", checksums.dea),
    "PHONE": (
        r"(?<![\w.-])(?:\+?1[-. ]?)?(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[-. ]?)[2-9][0-9]{2}[-. ]?[0-9]{4}(?![\w.-])",
        None,
    ),
    "EMAIL": (r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b", None),
    "ADDRESS": (
        (
            rf"\b[0-9]{{1,5}} (?:[NSEW]\.? )?(?:[A-Z0-9][a-z0-9]+ ){{1,3}}(?:{_STREET})\b\.?|\bP\.?O\.? Box [0-9]+"
            r"|\b[A-Z]{2} [0-9]{5}(?:-[0-9]{4})?\b"
        ),
        None,
    ),
    "DATE": (
        (
            r"(?<![\w-])(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9](?![\w-])|(?<![\w/])[0-9]{1,2}/[0-9]{1,2}/(?:[0-9]{4}|[0-9]{2})(?![\w/])"
            rf"|\b{_MONTH}\.? [0-9]{{1,2}}(?:st|nd|rd|th)?,? (?:19|20)[0-9]{{2}}\b"
            rf"|\b[0-9]{{1,2}} {_MONTH} (?:19|20)[0-9]{{2}}\b"
        ),
        None,
    ),
    "URL": (r"\bhttps?://[^ \n]+|\bwww\.[^ \n]+", None),
    "IP": (r"(?<![\w.])(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}(?![\w.])", None),
}
"""Kind -> pattern (no match crosses a line) and the check of its digits."""
_NAME: Final = r"[A-Z][a-z]+(?:['-][A-Z][a-z]+)?"
TITLED_NAME: Final = rf"\b(?:Mr|Mrs|Ms|Dr|Prof)\.? {_NAME}(?: (?:[A-Z]\. )?{_NAME})?"
COLUMN_NAME: Final = rf"\b{_NAME},? (?:[A-Z]\.? )?{_NAME}\b|\b[A-Z]{{2,}}, [A-Z]{{2,}}\b"
"""A name in a column of codes, where two capitalised words mean nothing else."""
KINDS: Final = (*PATTERNS, "PERSON")
_PLACEHOLDER: Final = re.compile(rf"<(?:{'|'.join(KINDS)})>")


@dataclass(frozen=True, slots=True)
class Finding:
    """PHI in one value: its index in the sequence, the span, and the kind."""

    index: int
    start: int
    end: int
    kind: str


class _Checked(PatternRecognizer):
    """A pattern recogniser whose matches pass a check of their digits."""

    def __init__(self, kind: str, pattern: str, check: Callable[[str], bool] | None) -> None:
        super().__init__(
            supported_entity=kind,
            name=kind,
            patterns=[Pattern(kind, pattern, 0.9)],
            global_regex_flags=re.MULTILINE,
        )
        self._check = check

    def validate_result(self, pattern_text: str) -> bool | None:
        """Accepts or rejects a match; None leaves the pattern's own score."""
        return None if self._check is None else self._check(pattern_text)


class _PlainArtifacts(NlpArtifacts):
    """No language model: for columns of codes and numbers."""

    def __init__(self, nlp_engine: Any) -> None:
        blank = spacy.blank("en")
        super().__init__(
            entities=[], tokens=Doc(blank.vocab), tokens_indices=[], lemmas=[], nlp_engine=nlp_engine, language="en"
        )


class Recognizers:
    """Both analyzers: patterns for columns of codes and numbers, patterns and the names model for free text.

    Args:
        names_model: folder of a spaCy model with the entity label PERSON, or None when no column holds free text.
    """

    def __init__(self, names_model: Path | None) -> None:
        blank = SpacyNlpEngine(models=[{"lang_code": "en", "model_name": "blank"}])
        blank.nlp = {"en": spacy.blank("en")}
        self._columns = _analyzer(blank, _Checked("PERSON", COLUMN_NAME, None))
        self._plain = _PlainArtifacts(blank)
        self._text: AnalyzerEngine | None = None
        if names_model is not None:
            if not (names_model / "meta.json").is_file():
                raise StepError(
                    f"{names_model} holds no spaCy model.",
                    action="Name the folder of the model; `python -m workloads.pipeline.steps.names_model FOLDER` "
                    "trains one.",
                    code=USAGE,
                )
            engine = SpacyNlpEngine(models=[{"lang_code": "en", "model_name": str(names_model)}])
            engine.load()
            names = SpacyRecognizer(supported_entities=["PERSON"], supported_language="en")
            self._text = _analyzer(engine, _Checked("PERSON", TITLED_NAME, None), names)

    def find_in_column(self, values: Sequence[str]) -> list[Finding]:
        """PHI in values of a column of codes, numbers or dates."""
        return list(_find(self._columns, values, self._plain))

    def find_in_text(self, values: Sequence[str]) -> list[Finding]:
        """PHI in free text.

        Raises:
            StepError: no names model was given.
        """
        if self._text is None:
            raise StepError(
                "A column holds free text, and no names model was given.",
                action="Name its folder with --names-model.",
                code=USAGE,
            )
        return list(_find(self._text, values, None))

    def redact(self, values: Sequence[str], names: Sequence[Sequence[str]] = ()) -> list[str]:
        """Free text with `<KIND>` in place of each finding; touching findings become one.

        Args:
            values: texts.
            names: of each text's own patient and relatives; replaced whatever the names model finds.
        """
        spans: list[list[tuple[int, int, str]]] = [[] for _ in values]
        for finding in self.find_in_text(values):
            spans[finding.index].append((finding.start, finding.end, finding.kind))
        for index, own in enumerate(names):
            for name in own:
                for word in re.finditer(rf"\b{re.escape(name)}\b", values[index]):
                    spans[index].append((word.start(), word.end(), "PERSON"))
        return [_replaced(value, value_spans) for value, value_spans in zip(values, spans, strict=True)]


def _replaced(text: str, spans: Sequence[tuple[int, int, str]]) -> str:
    merged: list[tuple[int, int, str]] = []
    for start, end, kind in sorted(spans, key=lambda span: (span[0], -span[1])):
        if merged and not text[merged[-1][1] : start].strip():
            first, last, label = merged[-1]
            merged[-1] = (first, max(last, end), label)
        else:
            merged.append((start, end, kind))
    for start, end, kind in reversed(merged):
        text = f"{text[:start]}<{kind}>{text[end:]}"
    return text


def _analyzer(engine: SpacyNlpEngine, *recognizers: Any) -> AnalyzerEngine:
    patterns = [_Checked(kind, pattern, check) for kind, (pattern, check) in PATTERNS.items()]
    registry = RecognizerRegistry(recognizers=[*patterns, *recognizers], supported_languages=["en"])
    return AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=["en"])


def _documents(values: Sequence[str]) -> Iterator[tuple[int, list[int], str]]:
    """First index, start of each line, and text of each document."""
    first, size, lines = 0, 0, list[str]()
    for index, value in enumerate(values):
        # Placeholders of `redact` become spaces: offsets stay, and no model takes them for names.
        line = _PLACEHOLDER.sub(lambda match: " " * len(match[0]), value.replace("\n", " ").replace("\r", " "))
        lines.append(line)
        size += len(line) + 1
        if size >= _DOCUMENT or index == len(values) - 1:
            starts = [0]
            for text in lines[:-1]:
                starts.append(starts[-1] + len(text) + 1)
            yield first, starts, "\n".join(lines)
            first, size, lines = index + 1, 0, []


def _find(analyzer: AnalyzerEngine, values: Sequence[str], artifacts: NlpArtifacts | None) -> Iterator[Finding]:
    for first, starts, text in _documents(values):
        for result in analyzer.analyze(text, language="en", nlp_artifacts=artifacts, score_threshold=0.4):
            line = bisect_right(starts, result.start) - 1
            limit = starts[line + 1] - 1 if line + 1 < len(starts) else len(text)
            start, end = result.start - starts[line], min(result.end, limit) - starts[line]
            if end > start:
                yield Finding(first + line, start, end, result.entity_type)
