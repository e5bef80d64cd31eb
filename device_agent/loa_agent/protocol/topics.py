"""MQTT topics of protocol 1; nothing else in the tree spells a topic."""

PREFIX = "loa/1"


def manifest(audience: str) -> str:
    """Retained: what an audience plays."""
    return f"{PREFIX}/manifest/{audience}"


def alert(audience: str) -> str:
    """Retained: emergencies in force for an audience."""
    return f"{PREFIX}/alert/{audience}"


def config(station: str) -> str:
    """Retained: settings of one station."""
    return f"{PREFIX}/config/{station}"


def command(audience: str) -> str:
    """Never retained: the few true commands."""
    return f"{PREFIX}/command/{audience}"


def ack(station: str) -> str:
    """Never retained: highest journal sequence the server has stored."""
    return f"{PREFIX}/ack/{station}"


def state(station: str) -> str:
    """Retained and last will: how a station is."""
    return f"{PREFIX}/up/{station}/state"


def report(station: str) -> str:
    """Never retained: journal records of a station."""
    return f"{PREFIX}/up/{station}/report"


UP_FILTER = f"{PREFIX}/up/#"


def document_key(topic: str) -> str:
    """`loa/1/manifest/a-x` -> `manifest/a-x`, the name under which a document is kept."""
    return topic.removeprefix(f"{PREFIX}/")
