"""True signatures for functions whose keywords a TypedDict names."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from inspect import Signature
    from typing import Any, TypeVar

    F = TypeVar("F", bound=Callable[..., Any])


class _Explicit:
    """A function with its keywords spelled out. The signature is made when it is looked at,
    because making it needs `inspect` and `typing`, which cost more than this whole package."""

    def __init__(self, function: Callable[..., Any], options: str) -> None:
        self.function = function
        self.options = options

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        return self.function(*arguments, **keywords)

    @property
    def __signature__(self) -> Signature:
        import inspect

        from . import _options

        signature = inspect.signature(self.function, follow_wrapped=False)
        parameters = [each for each in signature.parameters.values() if each.kind is not each.VAR_KEYWORD]
        for name, annotation in getattr(_options, self.options).__annotations__.items():
            parameters.append(inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation))
        return signature.replace(parameters=parameters)


def takes(options: str) -> Callable[[F], F]:
    """Marks a function whose ``**options`` are those of this TypedDict, so that
    ``inspect.signature``, ``help`` and ``unittest.mock`` see each of them."""

    def mark(function: F) -> F:
        function.__wrapped__ = _Explicit(function, options)  # type: ignore[attr-defined]
        return function

    return mark
