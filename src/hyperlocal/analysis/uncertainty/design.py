"""What a study of uncertainty varies, as its YAML file says it."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PrivateAttr, ValidationError, field_validator

from hyperlocal.analysis.written import read_written
from hyperlocal.definition.settings import Identifier, Part, Positive, Share, Text, one_as_list
from hyperlocal.definition.source import Path, Source, dotted
from hyperlocal.errors import DefinitionError, Problem
from hyperlocal.pipeline import Results

Names = Annotated[
    tuple[Text, ...], BeforeValidator(one_as_list, json_schema_input_type=str | list[str])
]
MOST_DRAWS = 100_000


class Counts(Part):
    """How the counts behind indicators vary."""

    method: Literal["posterior", "bootstrap"] = Field(
        "posterior",
        description="`posterior`: rates are drawn around their shrunk values with their "
        "posterior variance. `bootstrap`: counts are drawn as if the shrunk rates were true, and "
        "shrunk anew.",
    )
    indicators: Names = Field((), description="Which; without it all that have counts.")


class WeightSpread(Part):
    """How the weights of a node's children vary: a Dirichlet distribution around the stated."""

    concentration: Positive = Field(
        100.0,
        description="How close they stay: a weight w has the standard deviation "
        "sqrt(w (1 - w) / (concentration + 1)).",
    )
    nodes: Names = Field((), description="The nodes whose children's weights vary; else the index.")


class Choice(Part):
    """A choice of method with its alternatives."""

    setting: Literal[
        "standardise", "shrink_to", "weights", "exponential", "normal_scores", "ties"
    ] = Field(description="The setting of the definition that varies.")
    values: tuple[str | int | float, ...] = Field(
        min_length=2, description="The values it takes; `as_stated` leaves it as it is."
    )
    nodes: Names = Field(
        (), description="The nodes for which, and for all below, it varies; else the whole index."
    )


def _counts_by_name(value: Any) -> Any:
    return {"method": value} if isinstance(value, str) else value


class Sobol(Part):
    """How many samples the Sobol indices are computed from."""

    samples: Annotated[int, Field(strict=True, ge=8, le=65_536)] = Field(
        64, description="A power of 2; the index is computed samples x (parts that vary + 2) times."
    )


class Design(Part):
    """What varies in a study of uncertainty."""

    hyperlocal_design: Literal[1] = Field(description="The version of this language.")
    seed: Annotated[int, Field(strict=True, ge=0)] = 1
    draws: Annotated[int, Field(strict=True, ge=2, le=MOST_DRAWS)] = 500
    counts: (
        Annotated[
            Counts,
            BeforeValidator(
                _counts_by_name,
                json_schema_input_type=Literal["posterior", "bootstrap"] | Counts,
            ),
        ]
        | None
    ) = Field(None, description="Whether counts vary, and how.")
    weights: WeightSpread | None = Field(None, description="Whether weights vary, and how much.")
    choices: dict[Identifier, Choice] = Field(
        default_factory=dict,
        description="Choices of method; each value is as likely as the others.",
    )
    leave_out: Literal["indicators", "domains"] | Names = Field(
        (), description="What is left out, one at a time, with nothing else varied."
    )
    sobol: Sobol | None = Field(
        None, description="Whether the effects of the parts are told apart."
    )
    interval: Annotated[Share, Field(gt=0, lt=1)] = Field(
        0.9, description="The share of the draws that the interval of a rank holds."
    )

    _source: Source | None = PrivateAttr(None)

    @field_validator("choices")
    @classmethod
    def _no_names_of_parts(cls, choices: dict[str, Choice]) -> dict[str, Choice]:
        for name in ("counts", "weights"):
            if name in choices:
                raise ValueError(f"{name!r} is the name of a part: call the choice something else")
        return choices

    def read_from(self, source: Source | None) -> Design:
        """Note where the design stands, so that problems can name its lines; return it."""
        self._source = source
        return self

    def problem(self, path: Path, message: str, remedy: str = "") -> Problem:
        """Make a problem of a part of the design, with its line where it was read from a file."""
        if self._source is None:
            return Problem(message, remedy, place=dotted(path))
        return self._source.problem(path, message, remedy)

    @property
    def varies(self) -> tuple[str, ...]:
        """The parts that vary from draw to draw."""
        parts = [name for name in ("counts", "weights") if getattr(self, name) is not None]
        return (*parts, *self.choices)

    def changed(self, **values: int | None) -> Design:
        """Return the design with values that are stated elsewhere; None leaves one as it is.

        Raises
        ------
        DefinitionError
            Where a value is out of range.
        """
        stated = {name: value for name, value in values.items() if value is not None}
        try:
            changed = Design.model_validate({**self.model_dump(), **stated})
        except ValidationError as error:
            raise DefinitionError(
                [
                    Problem(f"{one['msg'][0].lower()}{one['msg'][1:]}", file=f"--{one['loc'][0]}")
                    for one in error.errors(include_url=False)
                ]
            ) from error
        return changed.read_from(self._source)


def usual_design(results: Results) -> Design:
    """Return what varies where no design says it: counts, where there are any, and weights.

    Parameters
    ----------
    results
        The finished index.
    """
    from hyperlocal.analysis.uncertainty.counts import can_vary

    has_counts = any(
        can_vary(node) for child in results.definition.root.children for node in child.walk()
    )
    return Design(
        hyperlocal_design=1, counts=Counts() if has_counts else None, weights=WeightSpread()
    )


def read_design(file: str | FilePath) -> Design:
    """Read a design from its YAML file.

    Parameters
    ----------
    file
        The file.

    Returns
    -------
    Design
        The design.

    Raises
    ------
    DefinitionError
        With everything that is wrong in it, each with its line.
    """
    design, source = read_written(file, Design, "a design", "begin with 'hyperlocal_design: 1'")
    return design.read_from(source)
