"""The array types of the statistics; numpy itself is imported inside the functions that compute."""

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Flags: TypeAlias = NDArray[np.bool_]
    Counts: TypeAlias = NDArray[np.int64]
    Generator: TypeAlias = np.random.Generator
else:
    Floats = Flags = Counts = Generator = object
