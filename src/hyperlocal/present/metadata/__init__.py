"""What is said of published files for machines: a data package, and CSV on the Web."""

from hyperlocal.present.metadata.csv_on_the_web import csvw
from hyperlocal.present.metadata.package import data_package
from hyperlocal.present.metadata.writing import write_metadata

__all__ = ["csvw", "data_package", "write_metadata"]
