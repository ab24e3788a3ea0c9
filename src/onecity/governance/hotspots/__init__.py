"""Hot spots: where more happened in the last days than place and day alone explain, by a published method."""

from onecity.governance.hotspots.model import SCAN, Event, HotSpot, Scan
from onecity.governance.hotspots.scanning import hot_spots

__all__ = ["SCAN", "Event", "HotSpot", "Scan", "hot_spots"]
