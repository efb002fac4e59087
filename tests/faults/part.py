"""What each part of the fault tests answers."""

from dataclasses import dataclass, field


@dataclass
class Found:
    """How many points were tried under a seed, and what was lost, doubled or does not hold after them."""

    seed: int
    points: int = 0
    lost: int = 0
    doubled: int = 0
    problems: list[str] = field(default_factory=list[str])
    notes: list[str] = field(default_factory=list[str])

    @property
    def holds(self) -> bool:
        """Whether nothing was lost, nothing doubled and nothing else is wrong."""
        return not (self.lost or self.doubled or self.problems)

    def __add__(self, other: "Found") -> "Found":
        """Both together."""
        return Found(
            self.seed,
            self.points + other.points,
            self.lost + other.lost,
            self.doubled + other.doubled,
            self.problems + other.problems,
            self.notes + other.notes,
        )

    def __str__(self) -> str:
        told = [f"{self.points} points, seed {self.seed}, {self.lost} lost, {self.doubled} doubled"]
        return "; ".join([*told, *self.notes, *self.problems[:5]])
