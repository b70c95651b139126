"""From a definition and data to a results folder: the only room that joins the others."""

from hyperlocal.pipeline.build import Prepared, build, prepare
from hyperlocal.pipeline.kept import build_correspondences
from hyperlocal.pipeline.results import Results

__all__ = ["Prepared", "Results", "build", "build_correspondences", "prepare"]
