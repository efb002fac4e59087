"""OR-tools' flow solvers behind numpy arrays: arcs go in by bulk, flows and cuts come out."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import max_flow, min_cost_flow

Ints = NDArray[np.int64]

# the package's own stubs take an array's element for its shape, so that no checker can follow them
_MIN_COST: Any = min_cost_flow.SimpleMinCostFlow
_MAX_FLOW: Any = max_flow.SimpleMaxFlow


class Network:
    """Arcs between numbered nodes, gathered by bulk."""

    def __init__(self) -> None:
        self._arcs: list[tuple[Ints, Ints, Ints, Ints]] = []

    def add(self, tails: Ints, heads: Ints | int, capacities: Ints | int = 1, costs: Ints | int = 0) -> None:
        """Add arcs; a single number stands for all of them."""
        heads, capacities, costs = (np.broadcast_to(one, tails.shape) for one in (heads, capacities, costs))
        self._arcs.append((tails, heads, capacities, costs))

    def cheapest(self, supplies: Ints) -> list[Ints] | None:
        """Flows of each bulk of arcs at the least cost; None where the supplies cannot be carried."""
        solver = _MIN_COST()
        places = [
            solver.add_arcs_with_capacity_and_unit_cost(
                tails.astype(np.int32), heads.astype(np.int32), capacities.astype(np.int64), costs.astype(np.int64)
            )
            for tails, heads, capacities, costs in self._arcs
        ]
        solver.set_nodes_supplies(np.arange(len(supplies), dtype=np.int32), supplies)
        status = solver.solve()
        if status == _MIN_COST.Status.INFEASIBLE:
            return None
        if status != _MIN_COST.Status.OPTIMAL:
            raise ValueError(f"the flow solver ended with {status}")
        return [np.asarray(solver.flows(place)) for place in places]

    def largest(self, source: int, sink: int) -> tuple[int, Ints]:
        """The largest flow from source to sink, and the nodes on the source's side of a smallest cut."""
        solver = _MAX_FLOW()
        for tails, heads, capacities, _ in self._arcs:
            solver.add_arcs_with_capacity(tails.astype(np.int32), heads.astype(np.int32), capacities.astype(np.int64))
        status = solver.solve(source, sink)
        if status != _MAX_FLOW.Status.OPTIMAL:
            raise ValueError(f"the flow solver ended with {status}")
        return solver.optimal_flow(), np.asarray(solver.get_source_side_min_cut(), np.int64)
