"""What all types of EC2 have in common: ids from the creating operation, tags by one operation for everything."""

from collections.abc import Callable
from typing import Any, Final

from rehearsal.provider.errors import RefusedError
from rehearsal.provider.spec import Step, Work, search
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import Tagging

TAGS: Final = Tagging(add="create_tags", remove="delete_tags")
"""Tags come back with the resource itself."""


def created(operation: str, at: str) -> Step:
    """Creates by name; `at` is where the answer has the id (JMESPath)."""

    def create(work: Work) -> Values:
        answer = work.auto(operation)
        found = search(at, answer)
        if not found:
            raise RefusedError(
                f"creating {work.spec.type}: {search('Unsuccessful[0].Error.Message', answer) or answer}"
            )
        return {"id": str(found)}

    return create


def arn(kind: str) -> Callable[[Work, Values], Values]:
    """Adds the ARN, which EC2 does not tell of most things."""

    def finish(work: Work, values: Values) -> Values:
        return {**values, "arn": f"arn:aws:ec2:{work.region}:{work.account}:{kind}/{work.id}"}

    return finish


def unless(*states: str) -> Callable[[Any], Any]:
    """A thing that is in one of these states is gone."""

    def there(item: Any) -> Any:
        return None if item is None or str(item.get("State", "")).lower() in states else item

    return there
