"""All that a profile is typeset from, which can be given to another process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from hyperlocal.present.documents import Typeset, typeset
from hyperlocal.present.figures.page import parts_of
from hyperlocal.present.profile.facts import facts_of
from hyperlocal.present.profile.ground import Group
from hyperlocal.present.profile.maps import PAGE_WIDTH, Picture, pictures

TEMPLATE = "profile.typ"


@dataclass(frozen=True)
class Draft:
    """What a profile is typeset from.

    Parameters
    ----------
    title
        The title.
    told
        The facts.
    pictures
        The figures by the names that the template knows them by.
    publisher
        Who publishes it; empty where nobody says so.
    built
        When the index was built.
    """

    title: str
    told: Mapping[str, Any]
    pictures: Mapping[str, Picture]
    publisher: str
    built: datetime

    @classmethod
    def of(cls, group: Group) -> Draft:
        """Collect what is told of a group."""
        told = facts_of(group)
        credit = group.ground.credit
        return cls(
            credit.titled(f"{group.name}: a profile"),
            told,
            pictures(group),
            credit.publisher,
            credit.built,
        )

    def typeset(self) -> Typeset:
        """Typeset the profile."""
        drawn = {name: one.figure.svg(bare=True) for name, one in self.pictures.items()}
        known = {
            name: {
                "file": f"{name}.svg",
                "alt": one.figure.alt,
                "caption": one.caption,
                "width": min(1.0, parts_of(drawn[name])[0] / PAGE_WIDTH),
            }
            for name, one in self.pictures.items()
        }
        return typeset(
            files(__package__).joinpath(TEMPLATE).read_text(encoding="utf-8"),
            {**self.told, "pictures": known},
            {f"{name}.svg": one.encode() for name, one in drawn.items()},
            self.title,
            author=self.publisher,
            description=str(self.told["subtitle"]),
            made=self.built,
        )

    def write(self, folder: Path, stem: str) -> None:
        """Typeset the profile into ``<stem>.pdf`` and ``<stem>.html``."""
        made = self.typeset()
        (folder / f"{stem}.pdf").write_bytes(made.pdf)
        (folder / f"{stem}.html").write_bytes(made.html.encode())
