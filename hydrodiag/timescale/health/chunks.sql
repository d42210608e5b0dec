-- name: find_runway
-- How many chunk intervals each table with a policy reaches beyond now.
SELECT p.table_name AS name, CAST(coalesce(greatest(
    extract(epoch FROM max(least(c.range_end, '9999-12-30 00:00+00')) - now())
        / extract(epoch FROM p.chunk_interval), 0), 0) AS float8) AS intervals
FROM lifecycle_policy p
LEFT JOIN timescaledb_information.chunks c
    ON c.hypertable_name = p.table_name AND c.hypertable_schema = ANY(current_schemas(false))
GROUP BY p.table_name, p.chunk_interval
ORDER BY p.table_name

-- name: list_large_chunks
-- The newest closed chunks in row form whose indexes outgrow memory, one a table.
WITH recent AS (
    SELECT hypertable_name, chunk_name,
        to_regclass(format('%I.%I', chunk_schema, chunk_name)) AS oid,
        row_number() OVER (PARTITION BY hypertable_name ORDER BY range_end DESC) AS age
    FROM timescaledb_information.chunks
    WHERE range_start <= now() AND NOT is_compressed
), sized AS (
    SELECT hypertable_name, max(pg_indexes_size(oid)) AS index_bytes
    FROM recent WHERE age <= 4 GROUP BY hypertable_name
)
SELECT hypertable_name AS name, index_bytes FROM sized
WHERE index_bytes > greatest(pg_size_bytes(current_setting('shared_buffers')), 268435456)
ORDER BY hypertable_name

-- name: list_odd_chunks
-- Chunks that only a wrong clock can have made.
SELECT c.chunk_name FROM timescaledb_information.chunks c
JOIN timescaledb_information.dimensions d USING (hypertable_schema, hypertable_name)
WHERE d.dimension_number = 1 AND (c.range_end <= '2000-01-01 00:00+00'
    OR c.range_start > now() + interval '1 year' + 6 * d.time_interval)
ORDER BY c.range_start LIMIT 10

-- name: count_uncompressed
-- Chunks past their policy's age in row form, and compressed ones with late rows.
SELECT count(*) FILTER (WHERE NOT c.is_compressed) AS waiting,
    count(*) FILTER (WHERE c.is_compressed AND _timescaledb_functions.chunk_status(
        to_regclass(format('%I.%I', c.chunk_schema, c.chunk_name))) & 8 <> 0) AS partial
FROM lifecycle_policy p
JOIN timescaledb_information.chunks c
    ON c.hypertable_name = p.table_name AND c.hypertable_schema = ANY(current_schemas(false))
WHERE c.range_end < now() - p.compress_after - CAST(:grace AS interval)
    AND c.range_start >= '2000-01-01 00:00+00'

-- name: find_oldest_dirty
-- What the rollups have not taken up, and since when.
SELECT count(*) AS ranges, now() - min(noted_at) AS age FROM rollup_dirty
