"""What the city has learnt from messages of its own, where it can use it: a label must be a matter of its catalogue."""

from pathlib import Path

from onecity.governance import Catalogue
from onecity.governance.routing import Model, NotRouted, model_of
from onecity.kernel.refusal import Refused


def trained(path: Path, catalogue: Catalogue) -> Model | Refused | None:
    """The model that lies in a file; None if there is none. Refused if it is not whole or labels what is no matter."""
    if not path.is_file():
        return None
    found = model_of(path.read_bytes())
    if isinstance(found, Refused):
        return found
    unknown = [label for label in found.labels if catalogue.matter(label) is None]
    if unknown:
        return Refused(NotRouted.NO_MATTERS, {"label": unknown[0], "unknown": len(unknown), "all": len(found.labels)})
    return found
