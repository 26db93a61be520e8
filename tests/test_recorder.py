"""A recorded program leaves nothing behind for the next one."""

import pulumi

from tests.recorder import record


def unprotected(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult:
    args.opts.protect = False
    return pulumi.ResourceTransformationResult(props=args.props, opts=args.opts)


def transformed() -> None:
    pulumi.runtime.register_stack_transformation(unprotected)
    protected()


def protected() -> None:
    pulumi.ComponentResource("hipaa-ml:test:Part", "part", None, pulumi.ResourceOptions(protect=True))


def test_transformation_of_a_program_ends_with_it() -> None:
    assert not record(transformed).by_name["part"].protect
    assert record(protected).by_name["part"].protect
