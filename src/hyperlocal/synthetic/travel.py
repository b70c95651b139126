"""How far services are: minutes by public transport and by car, road distances, and cars."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hyperlocal.synthetic.publishing import counts, write_csv
from hyperlocal.synthetic.signals import FloatArray, Signal, count_of, people, places, shift_of

if TYPE_CHECKING:
    from hyperlocal.synthetic.nation import Nation
    from hyperlocal.synthetic.writing import Writer

SERVICES = {  # minutes by public transport and by car, one way
    "Pharmacy": (17.0, 4.2),
    "Food shop": (13.0, 3.2),
    "GP": (18.0, 4.5),
    "Public library": (26.0, 6.5),
    "Post office": (15.0, 3.6),
    "Primary school": (14.0, 3.4),
    "Secondary school": (30.0, 7.5),
    "Sports facility": (27.0, 6.8),
    "Petrol station": (None, 4.6),
}
TIMES = {
    "Primary school": (("08:30", "08:45", "09:00"), ("15:30", "16:00", "16:30")),
    "Secondary school": (("08:30", "08:45", "09:00"), ("15:30", "16:00", "16:30")),
    "Sports facility": (("16:00", "17:00", "18:00"), ("18:00", "19:00", "20:00")),
}
_USUALLY = (("09:00", "10:00", "11:00"), ("11:00", "12:00", "13:00"))
_STEP, _CUT_OFF = 5, 90
"""Public times come in steps of so many minutes, and are cut off."""
_NEED = Signal("clean_energy", 1.0, 0.35, smooth=0.2, local=0.2)
_NO_CAR = Signal("clean_energy", 0.22, 0.15, smooth=0.3, local=0.1)
_CARS = (0.57, 0.34, 0.07, 0.02)
"""Of the households with cars, those with one, two, three and four."""
DISTANCES = {
    "GP surgery": 1.3,
    "General store or supermarket": 0.8,
    "Primary school": 0.7,
    "Post office": 1.0,
}
_DISTANCE = Signal("clean_energy", 1.0, 0.4, smooth=0.15, local=0.1)


def write_public_times(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the minutes by public transport from and to each Output Area of 2011, by departure."""
    areas = places(nation, "oa11")
    parts = []
    for service, (level, _) in SERVICES.items():
        if level is None:
            continue
        minutes = level * np.exp(shift_of(nation, _NEED, areas, rng))
        for direction, times in zip(
            ("Arrive", "Depart"), TIMES.get(service, _USUALLY), strict=True
        ):
            for time in times:
                found = minutes * np.exp(0.08 * rng.standard_normal(len(minutes)))
                stepped = _STEP * np.maximum(np.ceil(found / _STEP), 1)
                parts.append(
                    _rows(areas.codes, service, np.minimum(stepped, _CUT_OFF)).with_columns(
                        direction=pl.lit(direction), time=pl.lit(time)
                    )
                )
    order = ["oa11", "service", "direction", "time", "minutes"]
    pl.concat(parts).select(order).cast({"minutes": pl.Int16}).write_parquet(file)


def write_private_times(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the minutes by car from each service to each Output Area of 2011."""
    areas = places(nation, "oa11")
    parts = []
    for service, (_, level) in SERVICES.items():
        minutes = level * np.exp(shift_of(nation, _NEED, areas, rng))
        parts.append(_rows(areas.codes, service, np.round(minutes, 1)))
    pl.concat(parts).write_parquet(file)


def write_cars(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the cars and vans of households, and the adults of 17 and over, by LSOA of 2011."""
    areas = places(nation, "lsoa11")
    households = nation.pieces["households"].to_numpy()
    without = count_of(nation, _NO_CAR, households, rng)
    owners = rng.multinomial(households - without, _CARS)
    by_number = areas.total(np.column_stack([without, owners]))
    headings = ("No cars or vans", "1", "2", "3", "4 or more")
    columns = {"All households": areas.total(households)}
    columns |= dict(zip(headings, by_number.T, strict=True))
    columns["All cars or vans"] = by_number @ np.arange(5)
    columns["Adults aged 17 and over"] = areas.total(people(nation, 17))
    above = ("KS404EW - Car or van availability", "Census 2011", "")
    write_csv(file, counts({"2011 super output area - lower layer": areas.codes}, columns), above)


def write_road_distances(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the road distance to the nearest service by Output Area of 2011, and its residents."""
    areas = places(nation, "oa11")
    columns = {
        f"{service} (km)": np.round(level * np.exp(shift_of(nation, _DISTANCE, areas, rng)), 3)
        for service, level in DISTANCES.items()
    }
    residents = pl.Series("Residents", areas.total(people(nation)).astype(np.int64))
    table = pl.DataFrame({"OA11CD": areas.codes, residents.name: residents, **columns})
    write_csv(file, table)


def _rows(codes: pl.Series, service: str, minutes: FloatArray) -> pl.DataFrame:
    return pl.DataFrame({"oa11": codes, "minutes": minutes}).select(
        "oa11", pl.lit(service).alias("service"), "minutes"
    )


FILES: dict[str, Writer] = {
    "welsh_government/public_travel_times_oa11_2019.parquet": write_public_times,
    "welsh_government/private_travel_times_oa11_2019.parquet": write_private_times,
    "nomis/census2011_ks404ew_lsoa11.csv": write_cars,
    "dclg/road_distances_oa11_2014.csv": write_road_distances,
}
