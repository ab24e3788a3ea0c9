"""The small language means the same as a function and as SQL, on whatever is unknown."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from random import Random

import pytest

from onecity.machinery.postgres import Address, connect
from onecity.packs.expressions import Tree, Type, Value, Wrong, checked, compiled, names_in, parse, printed
from onecity.packs.expressions.tree import Both, Compare, Either, Known, Literal, Name, Opposite, Sum, Within

FACTS = {
    "area": Type.NUMBER, "seats": Type.NUMBER, "takeaway": Type.TRUTH, "sign": Type.TRUTH,
    "food": Type.TEXT, "street": Type.TEXT, "born": Type.DAY, "since": Type.DAY,
}  # fmt: skip
COLUMNS = {Type.NUMBER: "numeric", Type.TRUTH: "boolean", Type.TEXT: "text", Type.DAY: "date"}
VALUES: dict[Type, list[str | Decimal | bool | date]] = {
    Type.NUMBER: [Decimal(0), Decimal(-1), Decimal("299.9"), Decimal(300), Decimal("1e20"), Decimal("0.00000001")],
    Type.TRUTH: [True, False],
    Type.TEXT: ["", "meals", "Meals", "饭菜", "it's", '"%_'],
    Type.DAY: [date(2020, 4, 8), date(2020, 2, 29), date(1, 1, 1)],
}
EXPRESSIONS = 10_000
TOGETHER = 250


def drawn(dice: Random, wanted: Type, depth: int) -> Tree:
    """A random expression of a type."""
    leaf: list[Callable[[], Tree]] = [
        lambda: Name(dice.choice([name for name, type_ in FACTS.items() if type_ is wanted])),
        lambda: Literal(dice.choice(VALUES[wanted])),
    ]
    if depth == 0 or wanted in (Type.TEXT, Type.DAY):
        return dice.choice(leaf)()
    if wanted is Type.NUMBER:
        return Sum(drawn(dice, wanted, depth - 1), dice.choice("+-*"), drawn(dice, wanted, depth - 1))
    other = dice.choice(list(Type))
    ops = ["=", "<>", "<", "<=", ">", ">="] if other in (Type.NUMBER, Type.DAY) else ["=", "<>"]
    several = tuple(drawn(dice, wanted, depth - 1) for _ in range(dice.randint(2, 3)))
    among = tuple(Literal(value) for value in dice.sample(VALUES[other], 2))
    makers: list[Callable[[], Tree]] = [
        lambda: Compare(drawn(dice, other, depth - 1), dice.choice(ops), drawn(dice, other, depth - 1)),
        lambda: Within(drawn(dice, other, depth - 1), among),
        lambda: Known(drawn(dice, other, depth - 1)),
        lambda: Both(several),
        lambda: Either(several),
        lambda: Opposite(several[0]),
    ]
    return dice.choice(makers + leaf)()


async def test_ten_thousand_random_expressions_mean_the_same_as_function_and_as_sql(owner: Address) -> None:
    dice = Random(20)
    connection = await connect(owner)
    unknown = 0
    for _ in range(EXPRESSIONS // TOGETHER):
        facts: dict[str, Value] = {name: dice.choice([None, *VALUES[type_]]) for name, type_ in FACTS.items()}
        trees = [drawn(dice, dice.choice(list(Type)), 4) for _ in range(TOGETHER)]
        assert not [tree for tree in trees if isinstance(checked(tree, FACTS), Wrong)]
        mine = [compiled(tree)(facts) for tree in trees]
        params: list[object] = list(facts.values())
        columns = {name: f"${number}::{COLUMNS[FACTS[name]]}" for number, name in enumerate(facts, 1)}
        texts: list[str] = []
        for tree in trees:
            sql = printed(tree, columns.__getitem__, first=len(params) + 1)
            texts.append(sql.text)
            params.extend(sql.params)
        row = await connection.fetchrow(f"select {', '.join(texts)}", *params)
        assert list(row.values()) == mine
        unknown += mine.count(None)
    await connection.close()
    assert EXPRESSIONS // 10 < unknown < EXPRESSIONS, "the dice hardly ever met the unknown"


@pytest.mark.parametrize(
    ("text", "facts", "gives"),
    [
        ("area >= 300", {"area": Decimal(300)}, True),
        ("area >= 300", {}, None),
        ("area >= 300 or sign", {"sign": True}, True),
        ("area >= 300 and sign", {"sign": False}, False),
        ("not sign", {"sign": None}, None),
        ("known(area) and area > 0", {}, False),
        ("0.1 + 0.2 == 0.3", {}, True),
        ("100 <= area < 300", {"area": Decimal("299.9")}, True),
        ("food in ('meals', 'drinks')", {"food": "meals"}, True),
        ("food not in ['meals']", {"food": "meals"}, False),
        ("born < day('2020-04-08')", {"born": date(2020, 4, 7)}, True),
        ("area * -2 == -6", {"area": Decimal(3)}, True),
        ("sign == yes", {"sign": True}, True),
    ],
)
def test_an_expression_says_what_it_reads_like(text: str, facts: dict[str, Value], gives: Value) -> None:
    tree = parse(text)
    assert not isinstance(tree, Wrong)
    assert checked(tree, FACTS) is Type.TRUTH
    assert set(names_in(tree)) <= FACTS.keys()
    assert compiled(tree)(facts) is gives


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "The expression cannot be read."),
        ("area >=", "The expression cannot be read."),
        ("(" * 300 + ")" * 300, "The expression is longer than 500 characters."),
        ("(" * 240 + "1" + ")" * 240, "The expression cannot be read."),
        ("area.real > 1", "The language does not know `area.real`."),
        ("__import__('os')", "The language does not know `__import__('os')`."),
        ("[x for x in area]", "The language does not know `[x for x in area]`."),
        ("area / 2", "The language does not know `area / 2`."),
        ("area is 3", "The language does not know `3`."),
        ("True", "The language does not know `True`."),
        ("1e999 > area", "The language does not know `1e999`."),
        ("food in meals", "The language does not know `meals`."),
        ("food in ()", "The language does not know `()`."),
        ("born < day('2020-13-01')", "The expression cannot be read."),
        ("food == 'a\\nb'", "The expression holds a backslash."),
        ("lambda: 1", "The language does not know `lambda: 1`."),
    ],
)
def test_what_the_language_does_not_know_is_told(text: str, what: str) -> None:
    wrong = parse(text)
    assert isinstance(wrong, Wrong)
    assert wrong.what == what


@pytest.mark.parametrize(
    ("text", "what", "mend"),
    [
        ("aera > 300", "There is no fact `aera` here.", "Did you mean `area`?"),
        ("area > '300'", "A number and a text cannot be compared with >.", "Compare like with like."),
        ("food > 'a'", "A text and a text cannot be compared with >.", "Compare like with like."),
        ("area and sign", "A number neither holds nor fails.", "Compare it."),
        ("food + 'a' == 'ba'", "Only numbers can be joined with +.", "Use numbers."),
        ("area in ('a', 'b')", "A number is never among other things.", "List values of its own type."),
        ("food == 'cars'", "`food` is never `cars`.", "It is one of: drinks, meals."),
        ("food in ('meals', 'cars')", "`food` is never `cars`.", "It is one of: drinks, meals."),
    ],
)
def test_what_does_not_fit_the_facts_is_told_with_the_way_to_mend_it(text: str, what: str, mend: str) -> None:
    tree = parse(text)
    assert not isinstance(tree, Wrong)
    assert checked(tree, FACTS, {"food": {"meals", "drinks"}}) == Wrong(what, mend)
