"""A made-up nation with every input that the definitions need: for the demo, tests, benchmarks."""

from hyperlocal.synthetic.nation import GEOGRAPHIES, Nation, make_nation
from hyperlocal.synthetic.need import DIMENSIONS
from hyperlocal.synthetic.truth import true_rates
from hyperlocal.synthetic.writing import synthesise

__all__ = ["DIMENSIONS", "GEOGRAPHIES", "Nation", "make_nation", "synthesise", "true_rates"]
