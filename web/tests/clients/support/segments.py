"""Reads every row of a site's segment files with one engine, and prints them as `waymark export` would: segments.py ENGINE FOLDER.

The rows of all engines are compared with the export, so each value is put into the form that it has there.
"""

import json
import sys
from datetime import timezone
from glob import glob
from pathlib import Path

engine, folder = sys.argv[1:]
pattern = f"{folder}/segments/shop/*/*.parquet"
files = sorted(glob(pattern))


def unified():
    """The columns of all files, in the order of their field ids."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = pa.unify_schemas([pq.read_schema(file) for file in files])
    return pa.schema(sorted(columns, key=lambda column: int(column.metadata[b"PARQUET:field_id"])))


def duckdb_rows():
    import duckdb

    duckdb.sql("SET TimeZone = 'UTC'")
    return duckdb.sql(f"FROM read_parquet('{pattern}', union_by_name = true)").to_arrow_table().to_pylist()


def polars_rows():
    import polars as pl

    return pl.concat([pl.scan_parquet(file) for file in files], how="diagonal").collect().to_dicts()


def pyarrow_rows():
    import pyarrow.dataset as ds

    return ds.dataset(files, schema=unified()).to_table().to_pylist()


def chdb_rows():
    import chdb

    query = f"SELECT * FROM file('{pattern}', Parquet) SETTINGS schema_inference_mode = 'union'"
    return chdb.query(query, "ArrowTable").to_pylist()


def pyiceberg_rows():
    from pyiceberg.catalog import load_catalog

    catalog = load_catalog("test", type="in-memory", warehouse=Path(folder, "iceberg").absolute().as_uri())
    catalog.create_namespace("test")
    table = catalog.create_table("test.shop", schema=unified())
    table.add_files(files)
    rows = table.scan().to_arrow().to_pylist()
    # The bounds of files decide which of them are read.
    times = sorted(row["time"] for row in rows)
    middle = times[len(times) // 2]
    for test, expected in [(">=", sum(time >= middle for time in times)), ("<", sum(time < middle for time in times))]:
        found = table.scan(row_filter=f"time {test} '{middle.isoformat()}'").to_arrow().num_rows
        assert found == expected, f"{found} rows with time {test} {middle} instead of {expected}"
    return rows


def properties():
    """Which property each column is, as the files say."""
    import pyarrow.parquet as pq

    return {
        name: key
        for file in files
        for name, key in json.loads(pq.read_metadata(file).metadata[b"waymark.properties"]).items()
    }


TEXTS = ["name", "host", "path", "referrer", "channel", "source", "medium", "campaign", "country", "device", "browser",
         "os", "currency", "tag", "identity"]


def exported(row, keys):
    """A row in the form of the export."""
    time = row["time"].astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    event = {"time": time} | {column: row[column] for column in TEXTS}
    event |= {column: row[column] and str(row[column] % (1 << 64)) for column in ["visitor", "user", "key"]}
    event["event_id"] = row["event_id"] and bytes(row["event_id"]).hex()
    event["value_minor"] = row["value"]
    event["verified"] = row["verified"] or None
    event["prop"] = {key: row[name] for name, key in keys.items() if row[name] is not None}
    event["prop"] |= json.loads(row["props_rest"] or "{}")
    return {name: value for name, value in event.items() if value is not None and value != {}}


assert files, f"no files match {pattern}"
found = globals()[f"{engine}_rows"]()
print(json.dumps([exported(row, properties()) for row in found]))
