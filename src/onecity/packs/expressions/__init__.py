"""The small language of packs: total, typed, without loops; every expression is a function and SQL, and both agree.

What is unknown stays unknown: an operator whose operand is missing answers with None, as SQL does with null.
"""

from onecity.packs.expressions.checking import checked
from onecity.packs.expressions.parsing import Wrong, parse
from onecity.packs.expressions.printing import Sql, printed
from onecity.packs.expressions.running import compiled
from onecity.packs.expressions.tree import Tree, Type, Value, names_in

__all__ = ["Sql", "Tree", "Type", "Value", "Wrong", "checked", "compiled", "names_in", "parse", "printed"]
