"""What a draft and the files beside it are for, as the path where its pages live: an item, a life event, a stage of a
construction project, or an application that was handed in.
"""

from uuid import UUID

from onecity.services.everyday import EVENTS, ITEMS


def of_item(item: str) -> str:
    """The purpose of what is brought for an item alone.

    >>> of_item("food_business")
    '/items/food_business'
    """
    return f"{ITEMS}{item}"


def of_event(event: str) -> str:
    """The purpose of what is brought for a life event: each file once, for all of its items."""
    return f"{EVENTS}{event}"


def of_stage(project: UUID, stage: int) -> str:
    """The purpose of what is brought for a stage of a project."""
    return f"/projects/{project}/stages/{stage}"


def of_affair(affair: UUID) -> str:
    """The purpose of what is brought to an application that was handed in, whichever of its cases lacks it."""
    return f"/affairs/{affair}"
