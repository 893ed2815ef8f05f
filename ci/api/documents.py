"""documents.py <document>…: what a validator of OpenAPI does not ask. Every JSON body has an example, every example fits its schema, and the
parts that the documents share are the same, although each stands alone."""

import json
import sys

import jsonschema
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

METHODS = ("get", "put", "post", "patch", "delete")
SHARED_SCHEMAS = ("Problem", "FieldFault", "Health", "HealthCheck")
# An example of the document in the document would never end.
WITHOUT_EXAMPLE = ("getOpenAPI",)


def media(document):
    """Each body of each operation and shared response: where it is, its type, its media type object, whether it needs an example."""
    for path, item in document["paths"].items():
        for method in METHODS:
            operation = item.get(method)
            if not operation:
                continue
            bodies = [("request", operation.get("requestBody", {}))] + list(operation["responses"].items())
            for name, body in bodies:
                for kind, content in body.get("content", {}).items():
                    yield f"{method} {path} {name}", kind, content, operation["operationId"] not in WITHOUT_EXAMPLE
    for name, response in document["components"].get("responses", {}).items():
        for kind, content in response["content"].items():
            yield name, kind, content, True


def examples(document):
    registry = Registry().with_resource("urn:document", Resource(contents=document, specification=DRAFT202012))
    for place, kind, content, needs_one in media(document):
        given = [content["example"]] if "example" in content else [each["value"] for each in content.get("examples", {}).values()]
        if not given and needs_one and kind.endswith("json"):
            # A problem of a web page's neighbour is described by its schema alone.
            if content["schema"] != {"$ref": "#/components/schemas/Problem"}:
                yield f"{place}: no example"
        schema = json.loads(json.dumps(content["schema"]).replace('"#/', '"urn:document#/'))
        validator = jsonschema.Draft202012Validator(schema, registry=registry, format_checker=jsonschema.FormatChecker())
        for example in given:
            yield from (f"{place}: example: {error.message}" for error in validator.iter_errors(example))


def shared(document, first):
    for kind in ("schemas", "responses", "headers"):
        mine, theirs = document["components"].get(kind, {}), first["components"].get(kind, {})
        names = SHARED_SCHEMAS if kind == "schemas" else sorted(mine.keys() & theirs.keys())
        yield from (f"{kind}/{name} is not that of the first document" for name in names if mine.get(name) != theirs.get(name))
    if document["info"]["version"] != first["info"]["version"]:
        yield "another version than the first document"


documents = {path: json.load(open(path)) for path in sys.argv[1:]}
first = next(iter(documents.values()))
faults = [f"{path}: {fault}" for path, document in documents.items() for fault in (*examples(document), *shared(document, first))]
print("\n".join(faults) or f"ok: {len(documents)} documents, examples and common parts")
sys.exit(bool(faults))
