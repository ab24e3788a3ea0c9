"""What holds of every search: who says the whole name finds the thing, and a new thing hides no other."""

from hypothesis import given
from hypothesis import strategies as st

from onecity.kernel.search import Findable, Idioms, Index, bare, plain

SIGNS = "证照办户口车房公积金娃狗税店开换丢ab1 （）"
PHRASES = st.text(SIGNS, min_size=1, max_size=8).filter(lambda text: bool(bare(plain(text))))
NAMED = st.lists(PHRASES, min_size=1, max_size=3).map(tuple)
TOWNS = st.lists(st.tuples(NAMED, NAMED), min_size=1, max_size=6)
IDIOMS = st.just(Idioms([("证照", "证"), ("户口", "户"), ("车房", "狗 税")], ["办", "公", "a", "开"]))


def things(town: list[tuple[tuple[str, ...], tuple[str, ...]]]) -> list[Findable]:
    return [Findable(f"/{number}", (names[0],), names, also) for number, (names, also) in enumerate(town)]


def best(index: Index, question: str) -> set[str]:
    """The paths of whatever fits no worse than the first."""
    found = index.find(question, limit=100)
    return {one.path for one in found if one.fit == found[0].fit}


@given(TOWNS, IDIOMS)
def test_a_thing_is_the_first_or_tied_for_its_name_and_each_phrase(
    town: list[tuple[tuple[str, ...], tuple[str, ...]]], idioms: Idioms
) -> None:
    known = things(town)
    index = Index(known, idioms)
    for thing in known:
        for said in (*thing.names, *thing.also):
            assert thing.path in best(index, said), said


@given(TOWNS, NAMED, IDIOMS)
def test_a_new_thing_hides_no_other_from_who_names_it(
    town: list[tuple[tuple[str, ...], tuple[str, ...]]], new: tuple[str, ...], idioms: Idioms
) -> None:
    known = things(town)
    before, after = Index(known, idioms), Index([*known, Findable("/new", (), new)], idioms)
    for thing in known:
        for said in thing.names:
            assert best(before, said) <= best(after, said), said


@given(TOWNS, st.text(SIGNS, max_size=12), IDIOMS)
def test_what_is_found_is_found_again_in_the_same_order_whatever_the_order_of_the_things(
    town: list[tuple[tuple[str, ...], tuple[str, ...]]], question: str, idioms: Idioms
) -> None:
    known = things(town)
    found = Index(known, idioms).find(question)
    assert found == Index(known, idioms).find(question)
    assert {one.path for one in found} == {one.path for one in Index(known[::-1], idioms).find(question)}
    assert all(0 < one.fit <= 1 for one in found)
