"""How needs cluster: how domains come together in areas, and areas on the map."""

from hyperlocal.analysis.clusters.study import ClusterSettings, clusters

__all__ = ["ClusterSettings", "clusters"]
