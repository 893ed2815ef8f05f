"""unpack_docs.py <wheel> <folder>: takes the files of Swagger UI and ReDoc that the daemons serve, and their licences, out of the wheel."""

import pathlib
import sys
import zipfile

HOME = "drf_spectacular_sidecar/static/drf_spectacular_sidecar/"
FILES = {
    "swagger-ui-dist/swagger-ui.css": "swagger-ui.css",
    "swagger-ui-dist/swagger-ui-bundle.js": "swagger-ui-bundle.js",
    "swagger-ui-dist/LICENSE": "swagger-ui.LICENSE",
    "redoc/bundles/redoc.standalone.js": "redoc.standalone.js",
    "redoc/bundles/redoc.standalone.js.LICENSE.txt": "redoc.standalone.js.LICENSE.txt",
    "redoc/LICENSE": "redoc.LICENSE",
}

wheel, folder = sys.argv[1], pathlib.Path(sys.argv[2])
folder.mkdir()
with zipfile.ZipFile(wheel) as archive:
    for source, name in FILES.items():
        (folder / name).write_bytes(archive.read(HOME + source))
