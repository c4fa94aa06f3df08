"""A trained graph, run node after node in this thread.

Rasa hands it to dask, which plans it anew for each run: a fifth of the time of reading
one message, and of a dialogue's turn. To be imported only after `bootstrap.prepare`.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence

with warnings.catch_warnings():  # Rasa's pinned libraries deprecate one another
    warnings.simplefilter("ignore")
    from rasa.engine.graph import GraphComponent
    from rasa.engine.runner.dask import DaskGraphRunner


class PlannedRunner:
    """Takes the place of the runner that loaded the graph; runs the same nodes.

    The order in which the nodes of a target run is found once. It takes part in no
    training, which is all else that Rasa's interface for runners is about.
    """

    def __init__(self, loaded: DaskGraphRunner) -> None:
        self._nodes = loaded._instantiated_nodes
        self._needs: dict[str, list[str]] = {
            name: list(node.needs.values())
            for name, node in loaded._graph_schema.nodes.items()
        }
        self._plans: dict[tuple[str, ...], list[str]] = {}

    @property
    def components(self) -> Iterator[GraphComponent]:
        """Yield what the nodes run."""
        return (node._component for node in self._nodes.values())

    def run(
        self, inputs: Mapping[str, object], targets: Sequence[str]
    ) -> dict[str, object]:
        """Return the output of each target; `inputs` are what no node gives."""
        given = {name: (name, value) for name, value in inputs.items()}
        for name in self._plan(tuple(targets)):
            parents = (given.get(need, need) for need in self._needs[name])
            given[name] = self._nodes[name](*parents)
        return dict(given[target] for target in targets)

    def _plan(self, targets: tuple[str, ...]) -> list[str]:
        """Return the nodes that `targets` need and themselves, parents first."""
        if targets not in self._plans:
            order: dict[str, None] = {}
            for target in targets:
                self._visit(target, order)
            self._plans[targets] = list(order)
        return self._plans[targets]

    def _visit(self, name: str, order: dict[str, None]) -> None:
        if name in order or name not in self._needs:  # known, or an input
            return
        for need in self._needs[name]:
            self._visit(need, order)
        order[name] = None
