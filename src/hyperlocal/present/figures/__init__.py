"""Maps and figures as Vega-Lite: each with a title, a legend, a source and words for it."""

from hyperlocal.present.figures.choropleth import decile_map, hot_spot_map, movement_map, score_map
from hyperlocal.present.figures.correlations import correlation_table
from hyperlocal.present.figures.figure import Figure, Subject
from hyperlocal.present.figures.ground import Ground, lay_out
from hyperlocal.present.figures.histogram import histogram
from hyperlocal.present.figures.intervals import interval_band, interval_plot
from hyperlocal.present.figures.map_layers import Label, labels_of
from hyperlocal.present.figures.movement import movement_bars, movement_table
from hyperlocal.present.figures.share import share_bars
from hyperlocal.present.figures.weights import weights_chart

__all__ = [
    "Figure",
    "Ground",
    "Label",
    "Subject",
    "correlation_table",
    "decile_map",
    "histogram",
    "hot_spot_map",
    "interval_band",
    "interval_plot",
    "labels_of",
    "lay_out",
    "movement_bars",
    "movement_map",
    "movement_table",
    "score_map",
    "share_bars",
    "weights_chart",
]
