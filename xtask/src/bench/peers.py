"""A peer's side of the comparison: loads the rows of Waymark's segments, and answers the same questions.

    python peers.py clickhouse|duckdb SEGMENTS FOLDER RUNS

prints one line of JSON: what loading took, what the rows take on the disk, and for each question the first, best and
median time with the answer. Each peer has its rows in the order that suits the questions best (visitor, time), its
columns in the types and codecs that suit them, and each question in the fastest form known to us.
"""

import glob
import json
import os
import sys
import time

STEPS = ["view_item", "add_to_cart", "begin_checkout", "purchase"]
GOALS = ["purchase", "view_item", "add_to_cart", "begin_checkout", "newsletter_signup", "account_created"]
DAY_MS = 86_400_000
GAP_MS = 1_800_000
THREADS = 2


def timed(action):
    started = time.perf_counter()
    result = action()
    return time.perf_counter() - started, result


def measure(ask, runs):
    """The first, best and median time of a question, and its answer."""
    first, result = timed(ask)
    seconds = sorted(timed(ask)[0] for _ in range(runs))
    return {"first": first, "best": seconds[0], "median": seconds[runs // 2], "result": result}


def bytes_under(folder):
    return sum(os.path.getsize(os.path.join(at, name)) for at, _, names in os.walk(folder) for name in names)


def reached(levels, depth):
    """How many units reached each step, from how many got exactly so far."""
    return [sum(count for level, count in levels if level >= step) for step in range(1, depth + 1)]


def overview(rows):
    """The total first, then the days in order; conversions and converting visitors alternate."""
    rows = sorted(rows, key=lambda row: (row[0] is not None, row[0] or 0))
    return [[int(number) for number in row[1:]] for row in rows]


class ClickHouse:
    """chdb: ClickHouse in this process."""

    CODECS = {"visitor": "ZSTD(3)", "time": "Delta, ZSTD(3)", "seq": "Delta, ZSTD(3)"}

    def __init__(self, folder):
        from chdb import session

        self.folder = folder
        self.session = session.Session(folder)
        self.version = self.rows("SELECT version()")[0][0]

    def rows(self, query, settings=""):
        text = str(self.session.query(f"{query} SETTINGS max_threads = {THREADS}{settings}", "JSONCompactEachRow"))
        return [json.loads(line) for line in text.splitlines() if line]

    def run(self, query):
        self.session.query(query)

    def load(self, segments):
        self.run("CREATE DATABASE IF NOT EXISTS shop")
        source = f"file('{segments}', Parquet)"
        columns = self.rows(f"DESCRIBE {source}")
        fields = ", ".join(f"`{name}` {self.column(name, kind)}" for name, kind, *_ in columns)
        names = ", ".join(f"`{name}`" for name, *_ in columns)
        self.run(f"CREATE TABLE shop.events ({fields}) ENGINE = MergeTree ORDER BY (visitor, time)")
        self.run(f"INSERT INTO shop.events SELECT {names} FROM {source} SETTINGS max_threads = {THREADS}")
        self.run("OPTIMIZE TABLE shop.events FINAL")
        size = self.rows(
            "SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND database = 'shop' AND table = 'events'"
        )
        steps = ", ".join(f"'{step}'" for step in STEPS)
        self.run(
            "CREATE TABLE shop.steps (visitor Int64, time UInt64, name LowCardinality(String)) "
            "ENGINE = MergeTree ORDER BY (visitor, time)"
        )
        self.run(
            "INSERT INTO shop.steps SELECT visitor, toUnixTimestamp64Milli(time), name FROM shop.events "
            f"WHERE tag = '' AND name IN ({steps})"
        )
        self.run("OPTIMIZE TABLE shop.steps FINAL")
        return int(size[0][0])

    def column(self, name, kind):
        if name == "time":
            # The files have microseconds, but only whole milliseconds.
            kind = "DateTime64(3, 'UTC')"
        if "String" in kind and "FixedString" not in kind:
            return "LowCardinality(String) CODEC(ZSTD(3))"
        return f"{kind} CODEC({self.CODECS.get(name, 'ZSTD(3)')})"

    def funnel(self):
        steps = ", ".join(f"name = '{step}'" for step in STEPS)
        levels = self.rows(
            "SELECT level, count() FROM (SELECT windowFunnel("
            f"{DAY_MS})(time, {steps}) AS level FROM shop.steps GROUP BY visitor) GROUP BY level",
            ", optimize_aggregation_in_order = 1",
        )
        return reached([(int(level), int(count)) for level, count in levels], len(STEPS))

    def overview(self):
        goals = ", ".join(f"countIf(name = '{goal}'), uniqExactIf(visitor, name = '{goal}')" for goal in GOALS)
        rows = self.rows(
            "SELECT grouping(day), toUInt32(day), count(), uniqExact(visitor), "
            f"countIf(starts), countIf(starts OR day != before), {goals} FROM ("
            "SELECT visitor, name, toDate(time) AS day, "
            "lagInFrame(toNullable(time)) OVER visits AS previous, toDate(previous) AS before, "
            f"previous IS NULL OR dateDiff('millisecond', previous, time) > {GAP_MS} AS starts "
            "FROM shop.events WHERE tag = '' WINDOW visits AS (PARTITION BY visitor ORDER BY time "
            "ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)) GROUP BY day WITH ROLLUP"
        )
        # A day's sessions are those active on it, the total's those that started.
        total = lambda row: int(row[0]) == 1
        return overview(
            [[None if total(row) else int(row[1])] + row[2:4] + [row[4] if total(row) else row[5]] + row[6:] for row in rows]
        )

    def breakdown(self):
        rows = self.rows(
            "SELECT bucket, count(), countIf(buys > 0), sum(buys) FROM ("
            "SELECT argMin(source, time) AS bucket, countIf(name = 'purchase') AS buys "
            "FROM shop.events WHERE tag = '' GROUP BY visitor) GROUP BY bucket ORDER BY bucket",
            ", optimize_aggregation_in_order = 1",
        )
        return [[row[0]] + [int(number) for number in row[1:]] for row in rows]


class DuckDB:
    """duckdb: in this process, on a file of its own."""

    def __init__(self, folder):
        import duckdb

        self.folder = folder
        self.version = duckdb.__version__
        self.base = duckdb.connect(os.path.join(folder, "shop.duckdb"))
        self.base.execute(f"SET threads = {THREADS}")

    def rows(self, query):
        return self.base.execute(query).fetchall()

    def load(self, segments):
        self.base.execute(
            f"CREATE TABLE events AS SELECT * FROM read_parquet('{segments}', union_by_name = true) "
            "ORDER BY visitor, time"
        )
        self.base.execute("CHECKPOINT")
        size = bytes_under(self.folder)
        steps = ", ".join(f"'{step}'" for step in STEPS)
        self.base.execute(
            "CREATE TABLE steps AS SELECT visitor, epoch_ms(time) AS time, name FROM events "
            f"WHERE coalesce(tag, '') = '' AND name IN ({steps}) ORDER BY visitor, time"
        )
        self.base.execute("CHECKPOINT")
        return size

    def funnel(self):
        """The latest start of a chain that took the steps so far, carried along each visitor's rows."""
        query = "SELECT visitor, time, name FROM steps"
        for depth, step in enumerate(STEPS[:-1]):
            starts = "time" if depth == 0 else f"CASE WHEN time - start{depth} <= {DAY_MS} THEN start{depth} END"
            carried = ", ".join(f"start{known}" for known in range(1, depth + 1))
            carried = f", {carried}" if carried else ""
            query = (
                f"SELECT visitor, time, name{carried}, max(CASE WHEN name = '{step}' THEN {starts} END) OVER "
                f"(PARTITION BY visitor ORDER BY time ROWS UNBOUNDED PRECEDING) AS start{depth + 1} FROM ({query})"
            )
        cases = " ".join(
            f"WHEN name = '{STEPS[depth]}' AND time - start{depth} <= {DAY_MS} THEN {depth + 1}"
            for depth in range(len(STEPS) - 1, 0, -1)
        )
        levels = self.rows(
            "SELECT level, count(*) FROM (SELECT visitor, max(CASE "
            f"{cases} WHEN name = '{STEPS[0]}' THEN 1 ELSE 0 END) AS level FROM ({query}) GROUP BY visitor) "
            "GROUP BY level"
        )
        return reached(levels, len(STEPS))

    def overview(self):
        counts = ", ".join(f"count(*) FILTER (name = '{goal}') AS g{at}" for at, goal in enumerate(GOALS))
        by_visitor = ", ".join(f"sum(g{at}) AS g{at}" for at in range(len(GOALS)))
        sums = ", ".join(f"sum(g{at}), count(*) FILTER (g{at} > 0)" for at in range(len(GOALS)))
        return overview(
            self.rows(
                "WITH marked AS (SELECT visitor, name, time::DATE AS day, "
                "lag(time) OVER (PARTITION BY visitor ORDER BY time) AS previous, "
                f"previous IS NULL OR epoch_ms(time) - epoch_ms(previous) > {GAP_MS} AS starts "
                "FROM events WHERE coalesce(tag, '') = ''), "
                "days AS (SELECT visitor, day, count(*) AS n, count(*) FILTER (starts) AS started, "
                f"count(*) FILTER (starts OR day != previous::DATE) AS active, {counts} "
                "FROM marked GROUP BY visitor, day), "
                f"visitors AS (SELECT sum(n) AS n, sum(started) AS started, {by_visitor} FROM days GROUP BY visitor) "
                f"SELECT day - DATE '1970-01-01', sum(n), count(*), sum(active), {sums} FROM days GROUP BY day "
                f"UNION ALL SELECT NULL, sum(n), count(*), sum(started), {sums} FROM visitors"
            )
        )

    def breakdown(self):
        rows = self.rows(
            "SELECT bucket, count(*), count(*) FILTER (buys > 0), sum(buys)::BIGINT FROM ("
            "SELECT arg_min(coalesce(source, ''), time) AS bucket, count(*) FILTER (name = 'purchase') AS buys "
            "FROM events WHERE coalesce(tag, '') = '' GROUP BY visitor) GROUP BY bucket ORDER BY bucket"
        )
        return [list(row) for row in rows]


def main():
    engine, segments, folder, runs = sys.argv[1:5]
    peer = {"clickhouse": ClickHouse, "duckdb": DuckDB}[engine](folder)
    files = os.path.join(segments, "**", "*.parquet")
    assert glob.glob(files, recursive=True), f"no segments below {segments}"
    load_seconds, size = timed(lambda: peer.load(files))
    questions = {name: measure(getattr(peer, name), int(runs)) for name in ("funnel", "overview", "breakdown")}
    print(json.dumps({"version": peer.version, "load_seconds": load_seconds, "bytes": size, "queries": questions}))


if __name__ == "__main__":
    main()
