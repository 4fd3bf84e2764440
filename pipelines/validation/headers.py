"""Headers of thousands of labels: what Frictionless finds by comparing each with all before it, found at a glance.

20,000 columns cost Frictionless nine seconds for a header that is plainly right: its labels are the names of the
fields, in their order, each once. Belongs here: that header. Does not: any other; those are Frictionless' own, errors
included.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any


@cache
def table_resource() -> Any:
    """Frictionless' `TableResource`, whose header is not looked through when it is plainly right.

    Source: frictionless 5.21, resources/table.py, `open`, and table/header.py.
    """
    from frictionless.resources import TableResource
    from frictionless.table import Header

    class PlainHeader(Header):  # type: ignore[misc] # a class of another library, which is not typed here
        """A header without errors: none is looked for."""

        def _Header__process(self) -> None:  # noqa: N802 - the name that Python gives to a private method
            return

    class WideTableResource(TableResource):  # type: ignore[misc] # as above
        """A table resource that makes a `PlainHeader` where it may."""

        def _TableResource__open_header(self) -> None:  # noqa: N802 - as above
            labels, names = self._TableResource__labels, [field.name for field in self.schema.fields]
            declares_a_match = self.schema.has_defined("fields_match") or self.detector.schema_sync
            is_plain = labels == names and all(names) and len(set(names)) == len(names) > 0
            if declares_a_match or not is_plain:
                super()._TableResource__open_header()
                return
            self._TableResource__header = PlainHeader(
                labels,
                fields=self.schema.fields,
                row_numbers=self.dialect.header_rows,
                ignore_case=not self.dialect.header_case,
            )

        def _TableResource__open_row_stream(self) -> None:  # noqa: N802 - as above
            """Rows that nobody may read are prepared when the first is; such a header lets no error wait in them."""
            if not isinstance(self.header, PlainHeader):
                super()._TableResource__open_row_stream()
                return

            def rows() -> Iterator[Any]:
                super(WideTableResource, self)._TableResource__open_row_stream()
                yield from self._TableResource__row_stream

            self._TableResource__row_stream = rows()

    return WideTableResource
