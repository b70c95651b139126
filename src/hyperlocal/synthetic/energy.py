"""Energy and carbon: the carbon calculator, fuel poverty, energy certificates."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hyperlocal.synthetic.publishing import counts, marked, names_of, with_thousands, write_csv
from hyperlocal.synthetic.signals import IntArray, Signal, count_of, mean_of, places
from hyperlocal.synthetic.workbooks import Sheet, write_xlsx

if TYPE_CHECKING:
    from hyperlocal.synthetic.nation import Nation
    from hyperlocal.synthetic.writing import Writer

FOOTPRINT = Signal("clean_energy", 7_200, 0.11, smooth=0.3, local=0.25)
FUEL_POOR = Signal("clean_energy", 0.13, 0.4, smooth=0.3, local=0.25)
INEFFICIENT = Signal("clean_energy", 0.05, 0.55, smooth=0.2, local=0.15)
_BANDS = {"A": 0.01, "B": 0.14, "C": 0.35, "D": 0.36, "E": 0.14}
_FEWEST_SHOWN = 3


def write_carbon(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the carbon footprint of residents by LSOA of 2011, with commas between thousands."""
    areas = places(nation, "lsoa11")
    total = mean_of(nation, FOOTPRINT, areas, rng, error=0.02)
    shares = {"elec": 0.07, "gas": 0.17, "car": 0.15, "flights": 0.12}
    parts = {f"{name}_kgco2e_percap": total * share for name, share in shares.items()}
    parts["total_kgco2e_percap"] = total
    columns = {name: with_thousands(values, decimals=1) for name, values in parts.items()}
    write_csv(file, pl.DataFrame({"LSOA11": areas.codes, **columns}))


def write_fuel_poverty(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the households in fuel poverty by LSOA."""
    areas = places(nation, "lsoa21")
    households = nation.pieces["households"].to_numpy()
    poor = areas.total(count_of(nation, FUEL_POOR, households, rng))
    all_of_them = areas.total(households)
    codes = {"LSOA Code": areas.codes, "LSOA Name": names_of(nation.names["lsoa21"], areas.codes)}
    columns = {"Number of households": all_of_them, "Number of households in fuel poverty": poor}
    table = counts(codes, columns).with_columns(
        pl.Series("Proportion of households fuel poor (%)", np.round(100 * poor / all_of_them, 1))
    )
    title = "Table 4: fuel poverty by LSOA, 2022"
    below = ("", "Estimates of single areas are to be used with caution.")
    write_xlsx(file, Sheet("Cover", (title,)), Sheet("Table 4", (title, "England"), table, below))


def draw_certificates(nation: Nation, rng: np.random.Generator) -> IntArray:
    """Draw how many dwellings of each piece have a certificate: more in some LSOAs."""
    areas = places(nation, "lsoa21")
    share = np.clip(0.4 * np.exp(0.6 * rng.standard_normal(len(areas.codes))), 0.06, 0.95)
    return rng.binomial(nation.pieces["dwellings"].to_numpy(), share[areas.of_piece])


def write_certificates(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the energy certificates of dwellings by band; one or two are not shown."""
    areas = places(nation, "lsoa21")
    certificates = draw_certificates(nation, rng)
    low = count_of(nation, INEFFICIENT, certificates, rng)
    worst = rng.binomial(low, 0.35)
    others = rng.multinomial(certificates - low, list(_BANDS.values()))
    numbers = areas.total(np.column_stack([others, low - worst, worst])).astype(np.int64)
    columns = {
        band: marked(
            pl.Series(numbers[:, place]),
            (numbers[:, place] > 0) & (numbers[:, place] < _FEWEST_SHOWN),
            "*",
        )
        for place, band in enumerate([*_BANDS, "F", "G"])
    }
    table = pl.DataFrame(
        {"LSOA": areas.codes, "Lodgements": areas.total(certificates).astype(np.int64), **columns}
    )
    above = ("Energy Performance Certificates by band, latest lodgement of each dwelling", "")
    write_csv(file, table, above)


FILES: dict[str, Writer] = {
    "pbcc/pbcc_lsoa11_carbon.csv": write_carbon,
    "beis/sub_regional_fuel_poverty_lsoa21_2022.xlsx": write_fuel_poverty,
    "dluhc/epc_bands_lsoa21_2023-01.csv": write_certificates,
}
