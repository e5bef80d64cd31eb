"""The areas somebody sees, as a list for a file."""

from loa_server.application.services import Services
from loa_server.domain.area_list import write_list
from loa_server.domain.rights import Reach

BYTE_ORDER_MARK = "\ufeff"
"""Spreadsheets take a file without it for the letters of another century."""


def export_areas(services: Services, reach: Reach) -> bytes:
    """CSV of the areas in reach, those no longer in force too, in UTF-8 with a mark."""
    listed = services.queries.area_list(reach)
    return (BYTE_ORDER_MARK + write_list(listed, services.zone)).encode()
