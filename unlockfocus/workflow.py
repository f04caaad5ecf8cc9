"""Named transitions between states: one table per kind of file, read aloud in `docs/lifecycles.md`. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Transition:
    """One act: from any of `sources` the file goes to `target`."""

    name: str
    sources: frozenset[str]
    target: str


class Workflow:
    """The transitions of one kind of file. Names are unique; a state nobody leaves is final."""

    def __init__(self, title: str, *transitions: tuple[str, Iterable[str], str]) -> None:
        self.title = title
        self.transitions = {name: Transition(name, frozenset(sources), target) for name, sources, target in transitions}
        if len(self.transitions) != len(transitions):
            raise ValueError(f"{title}: a transition name is used twice")

    def allows(self, name: str, state: str) -> bool:
        """Whether the transition `name` may be taken from `state`."""
        return state in self.transitions[name].sources

    def target(self, name: str) -> str:
        """The state the transition `name` leads to."""
        return self.transitions[name].target

    @property
    def states(self) -> tuple[str, ...]:
        """Every state that appears in the table, in the order of the table."""
        ordered: dict[str, None] = {}
        for transition in self.transitions.values():
            ordered.update(dict.fromkeys([*sorted(transition.sources), transition.target]))
        return tuple(ordered)
