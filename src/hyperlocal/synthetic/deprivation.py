"""The Indices of Deprivation 2019: published ranks, 1 the most deprived."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hyperlocal.synthetic.publishing import names_of
from hyperlocal.synthetic.signals import Signal, mean_of, places
from hyperlocal.synthetic.workbooks import Sheet, write_xlsx

if TYPE_CHECKING:
    from hyperlocal.synthetic.nation import Nation
    from hyperlocal.synthetic.writing import Writer


@dataclass(frozen=True)
class Ranking:
    """A file of the Indices.

    Parameters
    ----------
    sheet
        The sheet with the ranks.
    name
        What is ranked, as the heading says it.
    signal
        What the score shows of need.
    """

    sheet: str
    name: str
    signal: Signal

    def write(self, nation: Nation, rng: np.random.Generator, file: Path) -> None:
        """Write the ranks and the tenths of LSOAs of 2011."""
        areas = places(nation, "lsoa11")
        score = mean_of(nation, self.signal, areas, rng)
        number = len(score)
        rank = np.empty(number, dtype=np.int64)
        rank[np.argsort(-score, kind="stable")] = np.arange(1, number + 1)
        table = pl.DataFrame(
            {
                "LSOA code (2011)": areas.codes,
                "LSOA name (2011)": names_of(nation.names["lsoa11"], areas.codes),
                f"{self.name} Rank (where 1 is most deprived)": rank,
                f"{self.name} Decile (where 1 is most deprived 10% of LSOAs)": (
                    (rank - 1) * 10 // number + 1
                ),
            }
        )
        notes = ("The English Indices of Deprivation 2019", "Ranks of LSOAs of 2011")
        write_xlsx(file, Sheet("Notes", notes), Sheet(self.sheet, table=table))


CRIME = Ranking(
    "IoD2019 Domains", "Crime", Signal("safe_streets", 1.0, 0.4, smooth=0.12, local=0.15)
)
CHILDREN = Ranking(
    "IoD2019 Sub-domains",
    "Children and Young People Sub-domain",
    Signal("opportunity", 1.0, 0.4, smooth=0.12, local=0.12, shared=0.35),
)

FILES: dict[str, Writer] = {
    "mhclg/File_2_-_IoD2019_Domains_of_Deprivation.xlsx": partial(Ranking.write, CRIME),
    "mhclg/File_4_-_IoD2019_Sub-domains_of_Deprivation.xlsx": partial(Ranking.write, CHILDREN),
}
