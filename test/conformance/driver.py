"""Calls the vendor's SDK as it is told, one JSON line in, one JSON line out.

In:  {"service", "call", "as": {"ak", "sk", "token"}, "endpoint", "project", "request": {...}}
     `request` is in the words of the SDK's request class; `body` in it in the words of the API.
Out: {"ok": true, "status", "answer", "shape"} or {"ok": false, "error", "status", "code", "message"}.
`shape` lists each place where the answer and the SDK's own model of it disagree: a field that the model does not know, a
value that has not the model's type. What the SDK cannot express is refused with `inexpressible`.
"""

import importlib
import json
import re
import sys

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import SdkException, ServiceResponseException

PACKAGES = {
    "csms": ("huaweicloudsdkcsms.v1", "CsmsClient"),
    "cts": ("huaweicloudsdkcts.v3", "CtsClient"),
    "fgs": ("huaweicloudsdkfunctiongraph.v2", "FunctionGraphClient"),
    "kms": ("huaweicloudsdkkms.v2", "KmsClient"),
    "smn": ("huaweicloudsdksmn.v2", "SmnClient"),
}
SCALARS = {"str": str, "int": int, "bool": bool, "float": (int, float), "object": object}
# The SDK names a date type of its own, and gives what arrived.
OPAQUE = {"datetime", "date", "file"}


class Inexpressible(Exception):
    """The SDK's model has no place for what was asked."""


def snake(name):
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def inner(kind):
    """The element type of `list[T]` and `dict(str, T)`, or nothing."""
    listed = re.fullmatch(r"list\[(.+)\]", kind)
    mapped = re.fullmatch(r"dict\(str, (.+)\)", kind)
    return (listed and ("list", listed.group(1))) or (mapped and ("dict", mapped.group(1)))


def build(package, kind, value):
    """A value of the SDK's type from JSON."""
    nested = inner(kind)
    if nested and nested[0] == "list":
        return [build(package, nested[1], item) for item in value]
    if nested:
        return {key: build(package, nested[1], item) for key, item in value.items()}
    if kind in SCALARS or kind in OPAQUE:
        return value
    model = getattr(package, kind)
    names = {json_name: name for name, json_name in model.attribute_map.items()}
    unknown = [name for name in value if name not in names]
    if unknown:
        raise Inexpressible(f"{kind} has no {', '.join(unknown)}")
    return model(
        **{
            names[name]: build(package, model.openapi_types[names[name]], item)
            for name, item in value.items()
        }
    )


def disagreements(package, kind, value, path):
    """Where JSON that arrived and the SDK's type of it disagree."""
    if value is None:
        return []
    nested = inner(kind)
    if nested and nested[0] == "list":
        if not isinstance(value, list):
            return [f"{path}: expected a list"]
        return [
            problem
            for index, item in enumerate(value)
            for problem in disagreements(package, nested[1], item, f"{path}[{index}]")
        ]
    if nested:
        if not isinstance(value, dict):
            return [f"{path}: expected an object"]
        return [
            problem
            for key, item in value.items()
            for problem in disagreements(package, nested[1], item, f"{path}.{key}")
        ]
    if kind in OPAQUE:
        return []
    if kind in SCALARS:
        fits = isinstance(value, SCALARS[kind]) and (kind == "bool") >= isinstance(value, bool)
        return [] if fits or kind == "object" else [f"{path}: expected {kind}"]
    model = getattr(package, kind)
    if not isinstance(value, dict):
        return [f"{path}: expected {kind}"]
    names = {json_name: name for name, json_name in model.attribute_map.items()}
    problems = []
    for name, item in value.items():
        if name not in names:
            problems.append(f"{path}.{name}: unknown to {kind}")
        else:
            problems += disagreements(
                package, model.openapi_types[names[name]], item, f"{path}.{name}"
            )
    return problems


def client_of(task):
    module, name = PACKAGES[task["service"]]
    package = importlib.import_module(module)
    who = task["as"]
    credentials = BasicCredentials(who["ak"], who["sk"], task["project"])
    if who.get("token"):
        credentials = credentials.with_security_token(who["token"])
    builder = getattr(package, name).new_builder()
    client = builder.with_credentials(credentials).with_endpoint(task["endpoint"]).build()
    return package, client


def answer(task):
    package, client = client_of(task)
    request = build(package, f"{task['call']}Request", task["request"])
    try:
        response = getattr(client, snake(task["call"]))(request)
    except ServiceResponseException as refused:
        return {
            "ok": False,
            "error": type(refused).__name__,
            "status": refused.status_code,
            "code": refused.error_code,
            "message": refused.error_msg,
        }
    except SdkException as failed:
        return {"ok": False, "error": type(failed).__name__, "message": str(failed)}
    raw = json.loads(response.raw_content) if response.raw_content else None
    shape = disagreements(package, type(response).__name__, raw, "answer") if raw is not None else []
    return {"ok": True, "status": response.status_code, "answer": raw, "shape": shape}


def sign_object(task):
    """The header `Authorization` that the object store's client sends; nothing is called."""
    from obs.auth import Authentication
    from obs.convertor import Adapter

    who, asked = task["as"], task["request"]
    signer = Authentication(who["ak"], who["sk"], False, Adapter("obs"), "", False)
    signed = signer.doAuth(asked["method"], asked["bucket"], asked["key"], {}, asked["headers"])
    return {"ok": True, "status": 0, "answer": signed["Authorization"], "shape": []}


def main():
    for line in sys.stdin:
        task = json.loads(line)
        try:
            told = sign_object(task) if task["service"] == "obs" else answer(task)
        except Inexpressible as problem:
            told = {"ok": False, "error": "Inexpressible", "message": str(problem)}
        except Exception as problem:  # The one that asked has to know, and the next line must be answered.
            told = {"ok": False, "error": type(problem).__name__, "message": str(problem)}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


main()
