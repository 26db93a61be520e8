"""Files that the organization attaches to paragraphs: `attachments/<paragraph>/…` in the folder of the evidence."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from controls.security_rule import REQUIREMENTS
from inspection.evidence.manifest import ManifestError, digest
from inspection.evidence.report import Attachment

FOLDER: Final = "attachments"


def read_attachments(folder: Path) -> Mapping[str, Sequence[Attachment]]:
    """Paragraph -> attached files.

    Args:
        folder: folder of the evidence; without attachments, and without the folder, there are none.

    Raises:
        ManifestError: a file outside a folder named after a paragraph.
    """
    attached: dict[str, list[Attachment]] = {}
    root = folder / FOLDER
    for file in sorted(root.rglob("*")):
        if not file.is_file():
            continue
        paragraph, *rest = file.relative_to(root).parts
        if not rest or paragraph not in REQUIREMENTS:
            raise ManifestError(
                f"{file} belongs to no paragraph; allowed: {root}/PARAGRAPH/FILE, with PARAGRAPH such as "
                "164.308(a)(1)(ii)(A) (controls/security_rule.csv)"
            )
        name = file.relative_to(folder).as_posix()
        attached.setdefault(paragraph, []).append(Attachment(path=name, sha256=digest(file)))
    return attached
