"""Profiles: a briefing on the areas of a district, a region or any other group."""

from hyperlocal.present.profile.facts import profile_facts
from hyperlocal.present.profile.ground import kinds_meant
from hyperlocal.present.profile.naming import choose, file_names, find_group
from hyperlocal.present.profile.writing import (
    ProfilesWritten,
    profile,
    write_profile,
    write_profiles,
)

__all__ = [
    "ProfilesWritten",
    "choose",
    "file_names",
    "find_group",
    "kinds_meant",
    "profile",
    "profile_facts",
    "write_profile",
    "write_profiles",
]
