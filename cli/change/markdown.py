"""Markdown in which text of programs, policies and resources stays text."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

COMMENT_LIMIT: Final = 65_536
"""Characters of a comment that GitHub accepts (its error: "Body is too long (maximum is 65536 characters)")."""
SEPARATOR: Final = "\n\n"
LEFT_OUT: Final = "_Details were left out: the comment would be too long._"
CUT: Final = "\n\n… cut: the comment is too long.\n"
_ENTITIES: Final = {"<": "&lt;", ">": "&gt;", "@": "&#64;", "&": "&amp;", "#": "&#35;", "~": "&#126;"}
_BLOCK: Final = re.compile(r"^(\d*)([-+=.)])")
"""Begin of a list, a rule or a heading; digits before a point or parenthesis begin a numbered list."""
_FENCE: Final = re.compile(r"`{3,}")


def inert(text: str) -> str:
    """Text as one line of Markdown without any effect: no markup, links, mentions or references."""
    flat = " ".join(text.split())
    escaped = "".join(_ENTITIES.get(character) or _escaped(character) for character in flat)
    return _BLOCK.sub(r"\1\\\2", escaped)


def _escaped(character: str) -> str:
    return f"\\{character}" if character in "\\`|[]*_!" else character


def code(text: str) -> str:
    """A name in code style; also for cells of tables."""
    flat = " ".join(text.split()).replace("`", "'").replace("|", "¦")
    return f"`{flat}`" if flat else "` `"


def fenced(lines: Iterable[str], language: str = "diff") -> str:
    """Lines as a block of code, with a fence that no line can close."""
    body = "\n".join("\n".join(line.splitlines()) for line in lines)
    longest = max((len(match[0]) for match in _FENCE.finditer(body)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{body}\n{fence}"


def details(summary: str, body: str) -> str:
    """A part that is collapsed until it is opened.

    Args:
        summary: inert text, HTML allowed.
        body: Markdown.
    """
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>"


def counted(number: int, singular: str, plural: str = "") -> str:
    """`1 stack`, `3 stacks`."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A part of a comment."""

    text: str
    short: str = ""
    """What stands in its place when the comment would be too long; nothing if empty."""


def within_limit(parts: Sequence[Part], limit: int = COMMENT_LIMIT) -> str:
    """Joins parts in their order; when they are too long together, some have their short form, and a note says so.

    Args:
        parts: the most important part first; an earlier part keeps its text before a later one.
        limit: characters of the result.

    Returns:
        Markdown of at most `limit` characters.
    """
    texts = [part.text for part in parts]
    if _length(texts) <= limit:
        return _joined(texts)
    texts = [*(part.short for part in parts), LEFT_OUT]
    length = _length(texts)
    for index, part in enumerate(parts):
        longer = length + len(part.text) - len(part.short) + (0 if part.short else len(SEPARATOR))
        if longer <= limit:
            texts[index], length = part.text, longer
    text = _joined(texts)
    if len(text) > limit:
        text = text[: limit - len(CUT)] + CUT
    return text


def _joined(texts: Sequence[str]) -> str:
    return SEPARATOR.join(text for text in texts if text) + "\n"


def _length(texts: Sequence[str]) -> int:
    return len(_joined(texts))
