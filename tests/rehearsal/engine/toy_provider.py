"""A small real provider for the engine's tests: package `toy`, state in one SQLite file, every call written down.

Properties with a meaning: `name` (generated when absent; changing it replaces), `fail` (on "create"/"update"/"delete":
refuse that), `die` (end the process at that call), `slow` (seconds), `secret_out` (makes the output `token` secret),
`meet` (wait in Create until that many calls are inside at once).
"""

# ruff: noqa: N802 - gRPC servicers have Pulumi's method names

import contextlib
import json
import os
import sqlite3
import sys
import threading
import time
import uuid
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from rehearsal.engine.values import has_unknowns, is_unknown, read_struct, reveal, write_struct

Context = grpc.ServicerContext
KINDS = provider_pb2.PropertyDiff.Kind
NONE, SOME = provider_pb2.DiffResponse.DIFF_NONE, provider_pb2.DiffResponse.DIFF_SOME


class Toy(provider_pb2_grpc.ResourceProviderServicer):
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = threading.Lock()
        self.inside = 0
        self.most_inside = 0
        self.gathered = threading.Condition()
        self.db = sqlite3.connect(folder / "toy.sqlite", check_same_thread=False)
        self.db.execute("create table if not exists things (id text primary key, urn text, inputs text)")
        self.db.execute("create table if not exists calls (n integer primary key, method text, urn text, detail text)")
        self.db.commit()
        self.peers: dict[str, dict[str, Any]] = {}

    def note(self, method: str, urn: str, detail: Any = None) -> None:
        with self.lock:
            self.db.execute(
                "insert into calls (method, urn, detail) values (?, ?, ?)", (method, urn, json.dumps(detail))
            )
            self.db.commit()

    def Handshake(self, request: Any, context: Context) -> provider_pb2.ProviderHandshakeResponse:
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True, accept_resources=True)

    def Attach(self, request: Any, context: Context) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: Context) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version="1.0.0")

    def CheckConfig(self, request: Any, context: Context) -> provider_pb2.CheckResponse:
        news = read_struct(request.news)
        failures = [provider_pb2.CheckFailure(property="bad", reason="bad is not allowed")] if "bad" in news else []
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures)

    def DiffConfig(self, request: Any, context: Context) -> provider_pb2.DiffResponse:
        olds, news = read_struct(request.olds), read_struct(request.news)
        replaces = ["account"] if olds.get("account") != news.get("account") else []
        changed = {k for k in {*olds, *news} if olds.get(k) != news.get(k)}
        return provider_pb2.DiffResponse(changes=SOME if changed else NONE, replaces=replaces, diffs=sorted(changed))

    def Configure(self, request: Any, context: Context) -> provider_pb2.ConfigureResponse:
        self.peers[context.peer()] = read_struct(request.args)
        self.note("Configure", request.urn, reveal(read_struct(request.args)))
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True, acceptResources=True)

    def Check(self, request: Any, context: Context) -> provider_pb2.CheckResponse:
        news, olds = read_struct(request.news), read_struct(request.olds)
        failures = []
        if "forbidden" in news:
            failures.append(provider_pb2.CheckFailure(property="forbidden", reason="is not allowed"))
        if "name" not in news:
            logical = request.urn.split("::")[-1]
            news["name"] = olds.get("name") or f"{logical}-{uuid.uuid4().hex[:7]}"
        return provider_pb2.CheckResponse(inputs=write_struct(news), failures=failures)

    def Diff(self, request: Any, context: Context) -> provider_pb2.DiffResponse:
        olds, news = read_struct(request.old_inputs), read_struct(request.news)
        detailed: dict[str, provider_pb2.PropertyDiff] = {}
        for key in sorted({*olds, *news}):
            if key in request.ignoreChanges or olds.get(key) == news.get(key):
                continue
            kind = "ADD" if key not in olds else "DELETE" if key not in news else "UPDATE"
            if key in ("name", "immovable", "dbr"):
                kind += "_REPLACE"
            detailed[key] = provider_pb2.PropertyDiff(kind=KINDS.Value(kind), inputDiff=True)
        replaces = [key for key in detailed if key in ("name", "immovable", "dbr")]
        return provider_pb2.DiffResponse(
            changes=SOME if detailed else NONE,
            diffs=sorted(detailed),
            replaces=replaces,
            detailedDiff=detailed,
            hasDetailedDiff=True,
            deleteBeforeReplace="dbr" in replaces,
        )

    def _outputs(self, inputs: dict[str, Any], id_: str) -> dict[str, Any]:
        outputs = {**inputs, "arn": f"toy:{id_}"}
        if "secret_out" in inputs:
            outputs["token"] = {
                "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
                "value": "s3cr3t-token",
            }
        return outputs

    def _behave(self, method: str, inputs: dict[str, Any], context: Context) -> None:
        plain = reveal(inputs)
        if plain.get("die") == method:
            os._exit(1)
        if plain.get("fail") == method:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, f"{method} was told to fail")
        if plain.get("slow"):
            time.sleep(float(plain["slow"]))
        if plain.get("meet"):
            with self.gathered:
                self.inside += 1
                self.most_inside = max(self.most_inside, self.inside)
                self.gathered.notify_all()
                self.gathered.wait_for(lambda: self.most_inside >= plain["meet"], timeout=600)
                self.inside -= 1
            self.note("met", "", self.most_inside)

    def Create(self, request: Any, context: Context) -> provider_pb2.CreateResponse:
        inputs = read_struct(request.properties)
        if request.preview:
            existing = {k: v for k, v in inputs.items() if not is_unknown(v)}
            return provider_pb2.CreateResponse(properties=write_struct(existing))
        assert not has_unknowns(inputs), inputs
        plain = json.dumps(reveal(inputs), sort_keys=True)
        with self.lock:
            metadata: Any = context.invocation_metadata()
            replaced = next((v.decode() for k, v in metadata if k == "rehearsal-replaced-bin"), "")
            visited = self.db.execute(
                "select id from things where urn = ? and inputs = ? and id != ?", (request.urn, plain, replaced)
            ).fetchone()
        if visited:
            self.note("Create again", request.urn, reveal(inputs))
            return provider_pb2.CreateResponse(
                id=visited[0], properties=write_struct(self._outputs(inputs, visited[0]))
            )
        self.note("Create", request.urn, reveal(inputs))
        self._behave("create", inputs, context)
        id_ = uuid.uuid4().hex
        with self.lock:
            self.db.execute("insert into things values (?, ?, ?)", (id_, request.urn, plain))
            self.db.commit()
        if reveal(inputs).get("die") == "after create":
            os._exit(1)
        return provider_pb2.CreateResponse(id=id_, properties=write_struct(self._outputs(inputs, id_)))

    def Read(self, request: Any, context: Context) -> provider_pb2.ReadResponse:
        self.note("Read", request.urn, request.id)
        with self.lock:
            row = self.db.execute("select inputs from things where id = ?", (request.id,)).fetchone()
        if row is None:
            return provider_pb2.ReadResponse()
        inputs = json.loads(row[0])
        outputs = self._outputs(inputs, request.id)
        with self.lock, contextlib.suppress(sqlite3.OperationalError):
            for (extra,) in self.db.execute("select outputs from extra where id = ?", (request.id,)):
                outputs |= json.loads(extra)
        outs = write_struct(outputs)
        return provider_pb2.ReadResponse(id=request.id, properties=outs, inputs=write_struct(inputs))

    def Update(self, request: Any, context: Context) -> provider_pb2.UpdateResponse:
        inputs = read_struct(request.news)
        if not request.preview:
            self.note("Update", request.urn, reveal(inputs))
            self._behave("update", inputs, context)
            with self.lock:
                plain = json.dumps(reveal(inputs), sort_keys=True)
                self.db.execute("update things set inputs = ?, urn = ? where id = ?", (plain, request.urn, request.id))
                self.db.commit()
        return provider_pb2.UpdateResponse(properties=write_struct(self._outputs(inputs, request.id)))

    def Delete(self, request: Any, context: Context) -> empty_pb2.Empty:
        self.note("Delete", request.urn, request.id)
        self._behave("delete", read_struct(request.properties), context)
        with self.lock:
            self.db.execute("delete from things where id = ?", (request.id,))
            self.db.commit()
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: Context) -> provider_pb2.InvokeResponse:
        args = read_struct(request.args)
        answer = provider_pb2.InvokeResponse()
        reply = {"echo": json.dumps(reveal(args)), "config": json.dumps(self.peers.get(context.peer()))}
        getattr(answer, "return").CopyFrom(write_struct(reply))
        return answer

    def Cancel(self, request: Any, context: Context) -> empty_pb2.Empty:
        return empty_pb2.Empty()


def main() -> None:
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=40))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Toy(Path(sys.argv[1])), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)  # noqa: T201 - how a provider says where it listens
    sys.stdin.buffer.read()  # lives as long as whoever started it
    os._exit(0)


if __name__ == "__main__":
    main()
