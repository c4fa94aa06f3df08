"""Writes ONNX files, as far as the encoder needs them.

The `onnx` package cannot stand beside the protobuf that Rasa pins, so the few messages
of the format are written here. Field numbers are those of onnx.proto.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import TYPE_CHECKING, Union

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FLOAT, UINT8, INT8, INT32, INT64 = 1, 2, 3, 6, 7
_TYPES = {"float32": FLOAT, "uint8": UINT8, "int8": INT8, "int64": INT64}
_IR_VERSION, _OPSET = 9, 18
MICROSOFT = "com.microsoft"  # onnxruntime's own operators
Attribute = Union[int, float]


class OnnxFile:
    """A graph that grows node by node; each name is given once."""

    def __init__(self) -> None:
        self._nodes: list[bytes] = []
        self._constants: list[bytes] = []

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        """Store `value` under `name`, which is returned."""
        fields = [_field(1, size) for size in value.shape]
        fields += [_field(2, _TYPES[str(value.dtype)]), _field(8, name)]
        fields.append(_field(9, np.ascontiguousarray(value).tobytes()))
        self._constants.append(b"".join(fields))
        return name

    def add(
        self,
        operator: str,
        inputs: Sequence[str],
        outputs: str | Sequence[str],
        *,
        domain: str = "",
        **attributes: Attribute,
    ) -> str:
        """Add a node and return the name of its (first) output."""
        names = [outputs] if isinstance(outputs, str) else list(outputs)
        fields = [_field(1, name) for name in inputs]
        fields += [_field(2, name) for name in names]
        fields.append(_field(4, operator))
        fields += [_field(5, _attribute(*item)) for item in attributes.items()]
        fields.append(_field(7, domain))
        self._nodes.append(b"".join(fields))
        return names[0]

    def content(
        self, inputs: Sequence[str], output: str, *, width: int, rows: int = INT64
    ) -> bytes:
        """Return the file: `inputs` are (n, t) of type `rows`, `output` (n, width)."""
        fields = [_field(1, node) for node in self._nodes]
        fields.append(_field(2, "encoder"))
        fields += [_field(5, constant) for constant in self._constants]
        fields += [_field(11, _value(name, rows, ("n", "t"))) for name in inputs]
        fields.append(_field(12, _value(output, FLOAT, ("n", width))))
        versions = (("", _OPSET), (MICROSOFT, 1))
        sets = [_field(8, _field(1, name) + _field(2, v)) for name, v in versions]
        return b"".join([_field(1, _IR_VERSION), *sets, _field(7, b"".join(fields))])


def _varint(number: int) -> bytes:
    found = bytearray()
    number &= (1 << 64) - 1  # negative numbers are written as 64 bits
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)


def _field(number: int, value: int | float | str | bytes) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    if isinstance(value, float):
        return _varint(number << 3 | 5) + struct.pack("<f", value)
    content = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _attribute(name: str, value: Attribute) -> bytes:
    if isinstance(value, int):
        return _field(1, name) + _field(3, value) + _field(20, 2)
    return _field(1, name) + _field(2, value) + _field(20, 1)


def _value(name: str, kind: int, sizes: Sequence[int | str]) -> bytes:
    dimensions = [_field(2 if isinstance(size, str) else 1, size) for size in sizes]
    shape = b"".join(_field(1, dimension) for dimension in dimensions)
    tensor = _field(1, kind) + _field(2, shape)
    return _field(1, name) + _field(2, _field(1, tensor))
