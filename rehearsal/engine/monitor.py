"""The gRPC service through which the program registers its resources: Pulumi's `ResourceMonitor`."""

# Each method is served through one wrapper, in which the names of its parameters are lost to the type checker.
# pyright: reportIncompatibleMethodOverride=false

import dataclasses
import functools
from collections.abc import Callable
from typing import Any, Final, TypeVar

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2, resource_pb2, resource_pb2_grpc

from rehearsal.engine import goal as goals
from rehearsal.engine import urns
from rehearsal.engine.errors import EngineError, StepError, UnsupportedOptionError
from rehearsal.engine.goal import Goal
from rehearsal.engine.program import ORGANIZATION
from rehearsal.engine.provider_client import Failures
from rehearsal.engine.references import References
from rehearsal.engine.registrar import STACK_REFERENCE, Registrar
from rehearsal.engine.resource import Resource
from rehearsal.engine.run_state import StackRun
from rehearsal.engine.running_calls import RunningCalls
from rehearsal.engine.values import Values, has_unknowns, read_struct, reveal, settle_outputs, write_struct

_FEATURES: Final = {
    "secrets": resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
    "resourceReferences": resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
    "outputValues": resource_pb2.RESOURCE_MONITOR_FEATURE_OUTPUT_VALUES,
    "aliasSpecs": resource_pb2.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
    "deletedWith": resource_pb2.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
    "replaceWith": resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
    "replacementTrigger": resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACEMENT_TRIGGER,
}


_Q = TypeVar("_Q")
_A = TypeVar("_A")


def _answering(
    method: Callable[["Monitor", _Q], _A],
) -> Callable[["Monitor", _Q, grpc.ServicerContext], _A]:
    """Wrap a servicer method: engine errors are kept with the run and returned to the program."""

    @functools.wraps(method)
    def serve(self: "Monitor", request: _Q, context: grpc.ServicerContext) -> _A:
        try:
            with self.busy:
                return method(self, request)
        except EngineError as error:
            self.run.fail(error)
            context.abort(grpc.StatusCode.ABORTED, str(error))
        except Exception as error:
            # A fault of the engine's own must end the run, not hang the program.
            self.run.fail(EngineError(f"the engine failed: {type(error).__name__}: {error}"))
            raise
        raise AssertionError  # abort() raises

    return serve


class Monitor(resource_pb2_grpc.ResourceMonitorServicer):
    """Serves one run of one program."""

    def __init__(self, run: StackRun, registrar: Registrar, references: References) -> None:
        self.run = run
        self._registrar = registrar
        self._references = references
        self.referenced: list[str] = []
        self.busy = RunningCalls()

    @_answering
    def GetDeploymentInfo(self, request: empty_pb2.Empty) -> resource_pb2.DeploymentInfo:  # noqa: ARG002 - the protocol gives it
        """Return the stack's name and the features of the engine."""
        return resource_pb2.DeploymentInfo(
            project=self.run.project,
            stack=self.run.stack,
            organization=ORGANIZATION,
            config=dict(self.run.config.values),
            configSecretKeys=sorted(self.run.config.secret_keys),
            dryRun=self.run.dry_run,
            parallel=self.run.parallel,
            supportedFeatures=list(_FEATURES.values()),
        )

    @_answering
    def SupportsFeature(self, request: resource_pb2.SupportsFeatureRequest) -> resource_pb2.SupportsFeatureResponse:
        """Return whether the engine supports a feature."""
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in _FEATURES)

    @_answering
    def RegisterResource(self, request: resource_pb2.RegisterResourceRequest) -> resource_pb2.RegisterResourceResponse:
        """Register a resource: bring it to the state that the program declares."""
        created = self._registrar.register(goals.from_request(request, self.run.root))
        outputs: Values = created.outputs if created.custom else {}
        if not request.supportsPartialValues:
            outputs = {key: value for key, value in outputs.items() if not has_unknowns(value)}
        return resource_pb2.RegisterResourceResponse(
            urn=created.urn, id=created.id, object=write_struct(outputs if request.acceptSecrets else reveal(outputs))
        )

    @_answering
    def RegisterResourceOutputs(self, request: resource_pb2.RegisterResourceOutputsRequest) -> empty_pb2.Empty:
        """Set the outputs of a component or of the stack."""
        run = self.run
        outputs = settle_outputs(read_struct(request.outputs), set())
        with run.lock:
            new_resource = run.new_resources.get(request.urn)
            if new_resource is None:
                raise StepError(f"outputs for {request.urn}, which was not registered")
            new = dataclasses.replace(new_resource, outputs=outputs)
            run.new_resources[request.urn] = new
        if new != new_resource:
            run.record("outputs", new.urn, put=[new])
        return empty_pb2.Empty()

    @_answering
    def ReadResource(self, request: resource_pb2.ReadResourceRequest) -> resource_pb2.ReadResourceResponse:
        """Read a resource that the program does not manage; the engine itself reads StackReferences."""
        run = self.run
        run.admit()
        goal = Goal(
            type=request.type,
            name=request.name,
            custom=True,
            parent=request.parent,
            provider=request.provider,
            version=request.version,
        )
        reference: Values | None = None
        if request.type == STACK_REFERENCE:
            self.referenced.append(request.id)
            reference = self._references.read(request.id)
        provider = self._registrar.providers.reference(goal)
        urn = urns.make(stack=run.stack, project=run.project, parent=goal.parent, type_=goal.type, name=goal.name)
        new = Resource(
            urn=urn,
            type=goal.type,
            custom=True,
            external=True,
            id=request.id,
            inputs=settle_outputs(read_struct(request.properties), set()),
            parent=goal.parent,
            provider=provider,
            dependencies=tuple(sorted(request.dependencies)),
            additional_secret_outputs=tuple(request.additionalSecretOutputs),
        )
        client = None if reference is not None else self._registrar.providers.client(provider, urn)
        created = self._registrar.steps.read(new, run.old_resources.get(urn), client, reference)
        outputs = created.outputs if request.acceptSecrets else reveal(created.outputs)
        return resource_pb2.ReadResourceResponse(urn=created.urn, properties=write_struct(outputs))

    @_answering
    def Invoke(self, request: resource_pb2.ResourceInvokeRequest) -> resource_pb2.ResourceInvokeResponse:
        """Call a provider's function."""
        args = settle_outputs(read_struct(request.args), set())
        package = urns.package_of(request.tok)
        if package == "pulumi":
            return _returned(self._builtin(request.tok, args))
        goal = Goal(
            type=request.tok,
            name=request.tok,
            custom=True,
            parent=request.parent,
            provider=request.provider,
            version=request.version,
        )
        reference = self._registrar.providers.reference(goal)
        result, failures = self._registrar.providers.client(reference, request.tok).invoke(
            request.tok, args, preview=self.run.dry_run
        )
        return _returned(result, failures)

    def _builtin(self, token: str, args: Values) -> Values:
        if token == "pulumi:pulumi:readStackOutputs":  # noqa: S105 - a function's token
            self.referenced.append(str(args["name"]))
            return self._references.read(str(args["name"]))
        if token == "pulumi:pulumi:getResource":  # noqa: S105 - a function's token
            new_resource = self.run.new_resources.get(str(args["urn"]))
            if new_resource is None:
                raise StepError(f"{args['urn']} is not registered")
            return {
                "urn": new_resource.urn,
                "id": new_resource.id,
                "provider": new_resource.provider,
                "state": new_resource.outputs,
            }
        raise _unsupported(f"the function {token}")

    @_answering
    def Call(self, request: resource_pb2.ResourceCallRequest) -> provider_pb2.CallResponse:
        """Refused: methods of resources."""
        raise _unsupported(f"the method {request.tok}")

    @_answering
    def RegisterStackTransform(self, request: Any) -> empty_pb2.Empty:  # noqa: ARG002 - the protocol gives it
        """Refused: stack transforms."""
        raise _unsupported("stack transforms")

    @_answering
    def RegisterStackInvokeTransform(self, request: Any) -> empty_pb2.Empty:  # noqa: ARG002 - the protocol gives it
        """Refused: invoke transforms."""
        raise _unsupported("invoke transforms")

    @_answering
    def RegisterResourceHook(self, request: Any) -> empty_pb2.Empty:
        """Refused: resource hooks."""
        raise _unsupported(f"the resource hook {request.name!r}")

    @_answering
    def RegisterErrorHook(self, request: Any) -> empty_pb2.Empty:
        """Refused: error hooks."""
        raise _unsupported(f"the error hook {request.name!r}")

    @_answering
    def RegisterPackage(self, request: resource_pb2.RegisterPackageRequest) -> resource_pb2.RegisterPackageResponse:
        """Refused: parameterized packages; a plain one needs no registration here."""
        raise _unsupported(f"the parameterized package {request.name!r}")

    @_answering
    def SignalAndWaitForShutdown(self, request: empty_pb2.Empty) -> empty_pb2.Empty:  # noqa: ARG002 - the protocol gives it
        """The program has registered everything and may end."""
        return empty_pb2.Empty()


def _returned(result: Values, failures: Failures | None = None) -> resource_pb2.ResourceInvokeResponse:
    answer = resource_pb2.ResourceInvokeResponse()
    getattr(answer, "return").CopyFrom(write_struct(result))
    for prop, reason in failures or ():
        answer.failures.add(property=prop, reason=reason)
    return answer


def _unsupported(feature: str) -> UnsupportedOptionError:
    return UnsupportedOptionError(f"this engine does not support {feature}: run this program with the Pulumi CLI")
