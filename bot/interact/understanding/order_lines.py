"""Lines of an order: which of the items of a message are ordered, and which options belong to which of them."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from .clauses import Clause, tells_taste_of_others
from .items import MAX_ITEMS, ItemFinder, Mention
from .normalise import close_up
from .options import combine, is_for_all
from .portions import lines_of
from .result import FoundItem, Portion

LONGEST = 480  # characters of a clause; nobody orders more in one breath

Named = tuple[Clause, Mention]
Fits = Callable[[str, str], bool]  # whether the item of this sku comes with such a choice


def find_named(clauses: Sequence[Clause], finder: ItemFinder) -> list[Named]:
    """Items by clause; a clause of options alone belongs to the item before it."""
    found: list[Named] = []
    for clause in clauses:
        if len(found) >= MAX_ITEMS:
            break
        text = close_up(clause.folded[:LONGEST])
        mentions = finder.find(text)
        if mentions:
            found += [(clause, mention) for mention in mentions]
        elif found and not clause.question:
            _add_portions(found, finder.portions(text), finder)
    return found


def _add_portions(found: list[Named], portions: Sequence[Portion], finder: ItemFinder) -> None:
    for portion in portions:
        shared = portion.of == "all" or (portion.of is None and all(map(is_for_all, portion.options)))
        for at in targets([mention.item for _, mention in found], portion, finder.fits, shared=shared):
            clause, mention = found[at]
            found[at] = (clause, replace(mention, portions=(*mention.portions, portion)))


def targets(lines: Sequence[FoundItem], portion: Portion, fits: Fits, *, shared: bool) -> list[int]:
    """Which lines a portion is of, where none was named: those that come with such a choice, or else the last."""
    if portion.options and all(map(is_for_all, portion.options)):
        return list(range(len(lines)))
    fitting = [at for at, line in enumerate(lines) if any(fits(line.sku, option) for option in portion.options)]
    if not shared:
        return [fitting[-1] if fitting else len(lines) - 1]
    if fitting:
        return fitting
    return [len(lines) - 1] if lines[-1].quantity > 1 else list(range(len(lines)))


def all_lines(named: Sequence[Named], finder: ItemFinder) -> list[FoundItem]:
    """Every item named; one said twice with nothing to tell the two apart is one."""
    first: dict[str, FoundItem] = {}
    rows: list[FoundItem] = []
    for _, mention in named:
        item = mention.item
        known = first.get(item.sku)
        if known is not None and not mention.counted and item.options in ((), known.options):
            continue
        first.setdefault(item.sku, item)
        rows += [finder.spell(line) for line in lines_of(item, mention.portions, counted=mention.counted)]
    return rows


def ordered_lines(
    named: Sequence[Named], finder: ItemFinder, asking: Collection[int], told: Collection[str]
) -> list[FoundItem]:
    """What is ordered. `asking`: clauses (by id) that ask for something; `told`: quotes of facts and feedback.

    Once something was asked for, what is named elsewhere with a taste or a question is not ordered too.
    """
    wanted = [
        (clause, mention)
        for clause, mention in named
        if not mention.refused
        and (
            id(clause) in asking
            or (
                not (clause.question or clause.condition or clause.reported or clause.past or clause.quote in told)
                and not tells_taste_of_others(clause)
            )
        )
    ]
    lines = all_lines(wanted, finder)
    for_all = [option for line in lines[-1:] for option in line.options if is_for_all(option)]
    return [replace(line, options=combine(line.options, for_all)) for line in merge(lines)]


def merge(lines: Sequence[FoundItem]) -> list[FoundItem]:
    """Lines of the same item with the same options are one."""
    found: dict[tuple[str, frozenset[str]], FoundItem] = {}
    for line in lines:
        key = (line.sku, frozenset(line.options))
        before = found.get(key)
        found[key] = replace(before, quantity=before.quantity + line.quantity) if before else line
    return list(found.values())
