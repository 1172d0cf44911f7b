"""Puts a value into the form that was asked for, so that what is wrong besides can be found."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.judge.diagnosis.evidence import numbers

__all__ = ["tidied"]


def tidied(value: Any, wanted: Any) -> Any:
    """The value with the containers, axes and number types of another one, if it has room for it.

    Lists become arrays, axes of length 1 come and go, whole numbers lose their point. The numbers
    stay as they are, and so does a tuple of another length: which of its entries is which?

    Args:
        value: what a student's function returned.
        wanted: the right value.
    """
    if isinstance(wanted, dict) and isinstance(value, dict):
        return {k: tidied(item, wanted[k]) if k in wanted else item for k, item in value.items()}
    if isinstance(wanted, tuple):
        is_as_long = isinstance(value, tuple | list) and len(value) == len(wanted)
        return tuple(map(tidied, value, wanted)) if is_as_long else value
    if isinstance(wanted, np.ndarray | float | int | np.number):
        return _as_numbers(value, np.asarray(wanted))
    return value


def _as_numbers(value: Any, wanted: np.ndarray) -> Any:
    array = numbers(value)
    if array is None or array.squeeze().shape != wanted.squeeze().shape:
        return value
    array = array.reshape(wanted.shape)
    if wanted.dtype.kind in "iu" and array.dtype.kind == "f" and np.all(array == np.round(array)):
        array = array.astype(int)
    return array if array.ndim else array[()]
