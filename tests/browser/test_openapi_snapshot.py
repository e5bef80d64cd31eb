"""The screens are typed by the API that really is."""

import json
from pathlib import Path

from loa_server.bootstrap.web import document
from loa_server.config import read_settings

SNAPSHOT = Path(__file__).resolve().parents[2] / "web" / "openapi.json"


def test_the_document_the_screens_are_typed_by_is_the_servers(tmp_path):
    settings = read_settings({"LOA_DATA": str(tmp_path)})

    kept = json.loads(SNAPSHOT.read_text(encoding="utf-8"))

    # To mend: .venv/bin/loa openapi > web/openapi.json && cd web && npm run api
    assert kept == json.loads(json.dumps(document(settings)))
