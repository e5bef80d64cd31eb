"""How loud a stretch sounds: the volume of each instant, changed while it sounds."""

from datetime import datetime

from loa_agent.core.commands import VolumeStep
from loa_agent.protocol.documents import Config
from loa_agent.protocol.hours import permitted_spans, volume_at
from loa_agent.protocol.instants import MILLISECOND


def volume_steps(config: Config, begin: datetime, end: datetime) -> tuple[VolumeStep, ...]:
    """The changes of volume strictly inside a stretch that sounds in [begin, end)."""
    edges = {
        edge
        for window in config.volumes
        for span in permitted_spans((window,), config.zone, begin, end)
        for edge in (span.begin, span.end)
    }
    steps = []
    percent = volume_at(config, begin)
    for edge in sorted(edges - {begin, end}):
        before, percent = percent, volume_at(config, edge)
        if percent != before:
            steps.append(VolumeStep((edge - begin) // MILLISECOND, percent))
    return tuple(steps)
