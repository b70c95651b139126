"""Tables as spreadsheets: an accessible Excel workbook, and the same as OpenDocument."""

from hyperlocal.present.workbooks.cover import Cover
from hyperlocal.present.workbooks.excel import write_workbook
from hyperlocal.present.workbooks.opendocument import write_ods

__all__ = ["Cover", "write_ods", "write_workbook"]
