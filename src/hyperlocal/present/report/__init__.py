"""The technical report: what an index is made of, how it was computed, what came out."""

from hyperlocal.present.report.blocks import Picture
from hyperlocal.present.report.data import report_data
from hyperlocal.present.report.write import typeset_report, write_report

__all__ = ["Picture", "report_data", "typeset_report", "write_report"]
