"""Documents for people: one text, typeset as a tagged PDF and as a page for the web."""
