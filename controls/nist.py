"""Mapping of Security Rule paragraphs to NIST SP 800-53 controls.

Source: NIST SP 800-66 Rev. 2, crosswalk of the Security Rule to SP 800-53 Rev. 5, read 2026-08; only the controls that
infrastructure can meet are listed here. A paragraph that is not here has no crosswalk known to this project.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from controls.model import Citation

CROSSWALK: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "164.308(a)(1)(ii)(B)": ("CM-6", "RA-3", "SC-7"),
        "164.308(a)(1)(ii)(D)": ("AU-6", "CA-7", "SI-4"),
        "164.308(a)(3)(ii)(A)": ("AC-3", "AC-5", "AC-6"),
        "164.308(a)(3)(ii)(C)": ("AC-2", "PS-4"),
        "164.308(a)(4)(ii)(B)": ("AC-3", "AC-6"),
        "164.308(a)(4)(ii)(C)": ("AC-2", "AC-3", "AC-6"),
        "164.308(a)(5)(ii)(B)": ("RA-5", "SI-3", "SI-4"),
        "164.308(a)(5)(ii)(C)": ("AU-6", "SI-4"),
        "164.308(a)(5)(ii)(D)": ("IA-5",),
        "164.308(a)(6)(ii)": ("IR-4", "IR-5", "IR-6"),
        "164.308(a)(7)(i)": ("CP-2",),
        "164.308(a)(7)(ii)(A)": ("CP-9",),
        "164.308(a)(7)(ii)(B)": ("CP-10",),
        "164.308(a)(7)(ii)(C)": ("CP-2", "CP-10"),
        "164.308(a)(7)(ii)(D)": ("CP-4",),
        "164.308(a)(8)": ("CA-2", "CA-7"),
        "164.308(b)(1)": ("SA-9",),
        "164.310(d)(2)(iii)": ("CM-8", "MP-3"),
        "164.312(a)(1)": ("AC-3", "AC-4", "AC-6", "SC-7"),
        "164.312(a)(2)(i)": ("AC-2", "IA-2", "IA-4"),
        "164.312(a)(2)(ii)": ("AC-2", "AC-3", "CP-2"),
        "164.312(a)(2)(iii)": ("AC-11", "AC-12"),
        "164.312(a)(2)(iv)": ("SC-12", "SC-13", "SC-28"),
        "164.312(b)": ("AU-2", "AU-3", "AU-6", "AU-9", "AU-12"),
        "164.312(c)(1)": ("SI-7",),
        "164.312(c)(2)": ("AU-10", "SI-7"),
        "164.312(d)": ("IA-2", "IA-3", "IA-5"),
        "164.312(e)(1)": ("AC-4", "SC-7", "SC-8"),
        "164.312(e)(2)(i)": ("SC-8", "SI-7"),
        "164.312(e)(2)(ii)": ("SC-8", "SC-13"),
        "164.316(b)(2)(i)": ("AU-11",),
    }
)
"""Paragraph -> control identifiers of SP 800-53 Rev. 5."""


def nist(citations: Iterable[Citation]) -> tuple[str, ...]:
    """The SP 800-53 controls behind some citations, each once, in order of family and number."""
    identifiers = {identifier for citation in citations for identifier in CROSSWALK.get(citation.paragraph, ())}
    return tuple(
        sorted(identifiers, key=lambda identifier: (identifier.partition("-")[0], int(identifier.partition("-")[2])))
    )
