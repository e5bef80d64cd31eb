"""What a list of areas would change: which are new, which are different, which lines are wrong.

An area in force is known by its code; a hamlet by its code inside its commune. One that is no
longer in force is known by code, name and the instant it ended: history is added to, never
rewritten. What the list does not name stays as it is.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from loa_server.domain.area_change import area_id
from loa_server.domain.area_list import BadLine, ListedArea
from loa_server.domain.areas import Area, AreaKind, AreaTree, DatedArea

HAMLET = AreaKind.HAMLET


@dataclass(frozen=True, slots=True)
class Known:
    """What is there already, and what the one who imports may see and manage of it."""

    tree: AreaTree
    dated: Mapping[str, DatedArea]
    sees: Callable[[str], bool]
    manages: Callable[[str], bool]
    other_id: Callable[[], str]


@dataclass(slots=True)
class Plan:
    """New areas stand after their parents; `dates` are beginnings that are known better now."""

    added: list[DatedArea] = field(default_factory=list)
    changed: list[tuple[Area, Area]] = field(default_factory=list)
    dates: dict[str, datetime] = field(default_factory=dict)
    bad: list[BadLine] = field(default_factory=list)


def planned(known: Known, lines: Mapping[int, ListedArea], now: datetime) -> Plan:
    """Judge every line; the plan is good when nothing in it is bad."""
    return _Planner(known, lines, now).run()


class _Planner:
    """One reading of a list; areas are placed kind by kind, so that parents come first."""

    def __init__(self, known: Known, lines: Mapping[int, ListedArea], now: datetime) -> None:
        self._known = known
        self._now = now
        self._plan = Plan()
        self._in_force = {n: each for n, each in lines.items() if each.valid_to is None}
        self._over = {n: each for n, each in lines.items() if each.valid_to is not None}
        self._line_of: dict[str, int] = {}
        self._placed: dict[int, Area] = {}
        self._lines_of_areas: dict[str, int] = {}
        self._given_up: set[int] = set()
        self._taken = set(known.dated)
        self._hamlets_of: dict[str, Mapping[str, list[Area]]] = {}
        self._past: dict[str, list[DatedArea]] = defaultdict(list)
        for each in known.dated.values():
            if each.valid_to is not None:
                self._past[each.area.code].append(each)

    def run(self) -> Plan:
        self._find_doubles()
        self._find_circles()
        for number, each in sorted(self._in_force.items(), key=_upper_first):
            if number not in self._given_up:
                self._place(number, each)
        self._level()
        self._place_past()
        self._plan.bad.sort(key=lambda each: each.line)
        return self._plan

    def _refuse(self, number: int, name: str, reason: str, **facts: Any) -> None:
        """Any: JSON values that differ by reason."""
        self._given_up.add(number)
        self._plan.bad.append(BadLine(number, name, reason, facts))

    def _find_doubles(self) -> None:
        seen: dict[tuple[str | None, str], int] = {}
        for number, each in self._in_force.items():
            local = each.kind is HAMLET
            key = (each.parent_code if local else None, each.code)
            if key in seen:
                self._refuse(number, "code", "duplicate_code", code=each.code, line=seen[key])
                continue
            seen[key] = number
            if not local:
                self._line_of[each.code] = number

    def _find_circles(self) -> None:
        """Each line is walked once: a list of one long chain must not take hours."""
        walked: set[str] = set()
        for start in self._line_of:
            path: dict[str, int] = {}
            code: str | None = start
            while code in self._line_of and code not in walked and code not in path:
                path[code] = self._line_of[code]
                code = self._in_force[path[code]].parent_code
            walked |= path.keys()
            if code in path:
                around = list(path.items())
                for each, number in around[list(path).index(code) :]:
                    self._refuse(number, "parent_code", "area_circle", code=each)

    def _place(self, number: int, each: ListedArea) -> None:
        parent, found = self._parent(number, each)
        if not found:
            return
        if parent is not None and each.kind.rank <= parent.called.rank:
            facts = {"kind": each.kind.value, "parent_kind": parent.called.value}
            self._refuse(number, "kind", "kind_does_not_fit", **facts)
            return
        before = self._existing(each, parent)
        if before is not None and not self._known.sees(before.id):
            self._refuse(number, "code", "duplicate_code", code=each.code)
        elif before is not None:
            self._change(number, each, before, parent)
        elif parent is None:
            self._refuse(number, "parent_code", "required")
        elif self._known.tree.has(parent.id) and not self._known.manages(parent.id):
            self._refuse(number, "parent_code", "forbidden", area=parent.id)
        else:
            self._add(number, each, parent)

    def _parent(self, number: int, each: ListedArea) -> tuple[Area | None, bool]:
        """What the line is to stand under, and whether that is known."""
        code = each.parent_code
        if code is None:
            return None, True
        line = self._line_of.get(code)
        if line is not None:
            # A line that leans on a bad one is not itself bad.
            return self._placed.get(line), line in self._placed
        known = [area for area in self._known.tree.coded(code) if area.called is not HAMLET]
        seen = [area for area in known if self._known.sees(area.id)]
        if len(seen) == 1:
            return seen[0], True
        reason = "duplicate_code" if seen else "parent_unknown"
        self._refuse(number, "parent_code", reason, code=code)
        return None, False

    def _existing(self, each: ListedArea, parent: Area | None) -> Area | None:
        if each.kind is HAMLET:
            same = [] if parent is None else self._hamlets(parent.id).get(each.code, [])
        else:
            same = [a for a in self._known.tree.coded(each.code) if a.called is not HAMLET]
        return same[0] if same else None

    def _hamlets(self, parent: str) -> Mapping[str, list[Area]]:
        """Those of a commune by code, sorted once."""
        if parent not in self._hamlets_of:
            found: dict[str, list[Area]] = defaultdict(list)
            for each in self._known.tree.children(parent):
                if each.called is HAMLET:
                    found[each.code].append(each)
            self._hamlets_of[parent] = found
        return self._hamlets_of[parent]

    def _change(self, number: int, each: ListedArea, found: Area, parent: Area | None) -> None:
        before = replace(found, kind=found.called)
        if parent is None and before.parent is not None:
            self._refuse(number, "parent_code", "required")
            return
        upper, level = (None, 0) if parent is None else (parent.id, parent.level + 1)
        after = replace(before, name=each.name, kind=each.kind, parent=upper, level=level)
        begins = each.valid_from
        dated = begins is not None and begins != self._known.dated[before.id].valid_from
        if after != before or dated:
            touched = {before.id}
            if before.parent != upper:
                touched |= {area for area in (before.parent, upper) if area is not None}
            inside = [area for area in touched if self._known.tree.has(area)]
            if not all(self._known.manages(area) for area in inside):
                self._refuse(number, "code", "forbidden", area=before.id)
                return
        if after != before:
            self._plan.changed.append((before, after))
        if dated and begins is not None:
            self._plan.dates[before.id] = begins
        self._keep(number, after)

    def _add(self, number: int, each: ListedArea, parent: Area) -> None:
        made = self._made(each, parent)
        self._plan.added.append(DatedArea(made, valid_from=each.valid_from or self._now))
        self._keep(number, made)

    def _made(self, each: ListedArea, parent: Area) -> Area:
        own = area_id(each.kind, each.code, parent.code, self._taken.__contains__)
        own = own or self._known.other_id()
        self._taken.add(own)
        level = parent.level + 1
        return Area(own, each.code, each.name, level, parent.id, kind=each.kind)

    def _keep(self, number: int, area: Area) -> None:
        self._placed[number] = area
        self._lines_of_areas[area.id] = number

    def _level(self) -> None:
        """What lies under a moved area without being named comes along, if it fits there."""
        tree = self._known.tree
        moved = [after for _, after in self._plan.changed]
        while moved:
            upper = moved.pop()
            for each in tree.children(upper.id):
                if each.id in self._lines_of_areas:
                    continue
                if each.called.rank <= upper.called.rank:
                    number = self._lines_of_areas.get(upper.id, 0)
                    facts = {"kind": each.called.value, "parent_kind": upper.called.value}
                    self._refuse(number, "kind", "kind_does_not_fit", **facts)
                elif each.level != upper.level + 1:
                    after = replace(each, level=upper.level + 1, kind=each.called)
                    self._plan.changed.append((each, after))
                    moved.append(after)

    def _place_past(self) -> None:
        past = (each for each in self._known.dated.values() if each.valid_to is not None)
        known = Counter((each.area.code, each.area.name, each.valid_to) for each in past)
        ended: dict[str, list[DatedArea]] = {}
        for number, each in sorted(self._over.items(), key=_upper_first):
            key = (each.code, each.name, each.valid_to)
            if known[key]:
                known[key] -= 1
            else:
                self._add_past(number, each, ended)

    def _add_past(self, number: int, each: ListedArea, ended: dict[str, list[DatedArea]]) -> None:
        parent = self._past_parent(each, ended)
        heir = None if each.replaced_by_code is None else self._now_coded(each.replaced_by_code)
        if parent is None:
            self._refuse(number, "parent_code", "parent_unknown", code=each.parent_code)
        elif each.kind.rank <= parent.called.rank:
            facts = {"kind": each.kind.value, "parent_kind": parent.called.value}
            self._refuse(number, "kind", "kind_does_not_fit", **facts)
        elif self._known.tree.has(parent.id) and not self._known.manages(parent.id):
            self._refuse(number, "parent_code", "forbidden", area=parent.id)
        elif self._ends_what_is_in_force(each):
            self._refuse(number, "valid_to", "still_in_force", code=each.code)
        elif each.replaced_by_code is not None and heir is None:
            code = each.replaced_by_code
            self._refuse(number, "replaced_by_code", "successor_unknown", code=code)
        else:
            made = DatedArea(
                area=self._made(each, parent),
                valid_from=each.valid_from,
                valid_to=each.valid_to,
                replaced_by=None if heir is None else heir.id,
            )
            ended.setdefault(each.code, []).append(made)
            self._plan.added.append(made)

    def _ends_what_is_in_force(self, each: ListedArea) -> bool:
        """Stations and plans hang on it: it must be merged, not struck from a list."""
        if each.kind is HAMLET or each.code in self._line_of:
            return False
        same = [area for area in self._known.tree.coded(each.code) if area.called is each.kind]
        return any(self._known.sees(area.id) for area in same)

    def _past_parent(self, each: ListedArea, ended: Mapping[str, list[DatedArea]]) -> Area | None:
        """Of areas that had the code, the one that ended first after this one did."""
        code = each.parent_code
        if code is None or each.valid_to is None:
            return None
        known = [d for d in self._past.get(code, ()) if self._seen_past(d)]
        later = [
            (d.valid_to, d.area.id, d.area)
            for d in (*known, *ended.get(code, ()))
            if d.valid_to is not None and d.valid_to >= each.valid_to
        ]
        return min(later)[2] if later else self._now_coded(code)

    def _seen_past(self, dated: DatedArea) -> bool:
        heir = self._known.tree.successor(dated.area.id)
        places = (heir, dated.area.parent)
        return any(place is not None and self._known.sees(place) for place in places)

    def _now_coded(self, code: str) -> Area | None:
        """The area in force that has, or by this list gets, a code."""
        line = self._line_of.get(code)
        if line is not None:
            return self._placed.get(line)
        known = [area for area in self._known.tree.coded(code) if self._known.sees(area.id)]
        upper = [area for area in known if area.called is not HAMLET] or known
        return upper[0] if len(upper) == 1 else None


def _upper_first(entry: tuple[int, ListedArea]) -> tuple[int, int]:
    return entry[1].kind.rank, entry[0]
