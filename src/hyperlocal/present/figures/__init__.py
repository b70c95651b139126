"""Maps and figures as Vega-Lite: each with a title, a legend, a source and words for it."""
