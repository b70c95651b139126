"""Documents: a template and what it is filled with, typeset as a tagged PDF and as a web page."""

from hyperlocal.present.documents.shown import cell_texts, number, shown
from hyperlocal.present.documents.typeset import DocumentError, Typeset, font_folder, typeset

__all__ = ["DocumentError", "Typeset", "cell_texts", "font_folder", "number", "shown", "typeset"]
