"""Who reads which application, as a flow: everybody's load as level as it can be, then languages. Exact.

Each application sends as many units as readers it still needs; a pair in conflict has no arc. The k-th application of
a reader costs k, so the least cost is the most level load; a reader who does not read the applicant's language costs a
little more, never so much that it would tip the load.
"""

from collections.abc import Collection, Mapping, Sequence

from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

_LOAD = 10_000


def share_out(
    wanted: Mapping[int, int],
    loads: Mapping[int, int],
    apart: Collection[tuple[int, int]],
    foreign: Collection[tuple[int, int]] = frozenset(),
) -> list[tuple[int, int]]:
    """(application, reader) pairs. `wanted`: how many readers each still needs; `loads`: what each reads already.

    As many places are filled as can be; `apart` and `foreign` are (application, reader) pairs.
    """
    applications, readers = sorted(wanted), sorted(loads)
    if not applications or not readers:
        return []
    flow = SimpleMinCostFlow()
    first, sink = len(applications), len(applications) + len(readers)
    source = sink + 1
    arcs = []
    for row, application in enumerate(applications):
        flow.add_arc_with_capacity_and_unit_cost(source, row, max(wanted[application], 0), 0)
        for column, reader in enumerate(readers):
            if (application, reader) not in apart:
                cost = 1 if (application, reader) in foreign else 0
                arc = flow.add_arc_with_capacity_and_unit_cost(row, first + column, 1, cost)
                arcs.append((arc, application, reader))
    for column, reader in enumerate(readers):
        for number in range(len(applications)):
            flow.add_arc_with_capacity_and_unit_cost(first + column, sink, 1, _LOAD * (loads[reader] + number))
    need = sum(max(number, 0) for number in wanted.values())
    flow.set_node_supply(source, need)
    flow.set_node_supply(sink, -need)
    if flow.solve_max_flow_with_min_cost() != flow.OPTIMAL:
        raise ArithmeticError("the flow solver gave up")
    return [(application, reader) for arc, application, reader in arcs if flow.flow(arc)]


def spread(loads: Sequence[int]) -> tuple[int, int]:
    """The smallest and the greatest load."""
    return (min(loads), max(loads)) if loads else (0, 0)
