"""Arrays written so that the same arrays are the same bytes: no times, one order. numpy's own writer stamps nothing either, but does not promise it."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The date that every member of the archive bears: the first that the format can hold."""


def pack(path: Path, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
    """Write arrays by name as a compressed `.npz` that `numpy.load` reads."""
    with zipfile.ZipFile(path, "w", compression=zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(arrays):
            member = io.BytesIO()
            np.lib.format.write_array(
                member, np.ascontiguousarray(arrays[name]) if np.ndim(arrays[name]) else np.asarray(arrays[name]), allow_pickle=False
            )
            told = zipfile.ZipInfo(f"{name}.npy", date_time=EARLIEST)
            told.compress_type = zipfile.ZIP_DEFLATED
            told.external_attr = 0o644 << 16
            archive.writestr(told, member.getvalue(), compresslevel=6)
