"""Compiles the registry's guardrails into organisation policies that fit AWS's limits, or says why they do not."""

from controls.compiler.compile import compile_policies
from controls.compiler.problems import CompileError, CompileProblem
from controls.compiler.result import CompiledPolicies, CompiledPolicy, RemainingSpace
from controls.compiler.words import refuse_misspelt

__all__ = [
    "CompileError",
    "CompileProblem",
    "CompiledPolicies",
    "CompiledPolicy",
    "RemainingSpace",
    "compile_policies",
    "refuse_misspelt",
]
