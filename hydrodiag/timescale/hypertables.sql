-- name: list_hypertables
-- Hypertables on an instant that this session's search path shows; all, or the one named.
SELECT h.hypertable_name AS name, h.hypertable_schema AS schema, d.column_name AS time_column,
    d.time_interval AS chunk_interval, h.compression_enabled AS has_compression
FROM timescaledb_information.hypertables h
JOIN timescaledb_information.dimensions d USING (hypertable_schema, hypertable_name)
WHERE d.dimension_number = 1 AND d.column_type = CAST('timestamptz' AS regtype)
    AND h.hypertable_schema = ANY(current_schemas(false))
    AND (CAST(:table AS text) IS NULL OR h.hypertable_name = :table)
ORDER BY h.hypertable_name

-- name: list_spans
-- Ranges of a hypertable's chunks, clamped to what a driver can represent.
SELECT greatest(least(range_start, '9999-12-29 00:00+00'), '0001-01-02 00:00+00') AS start,
    least(greatest(range_end, '0001-01-03 00:00+00'), '9999-12-30 00:00+00') AS end
FROM timescaledb_information.chunks
WHERE hypertable_schema = :schema AND hypertable_name = :table
ORDER BY range_start

-- name: list_chunks
-- Chunks with size and estimated rows; a chunk never analysed is estimated from its pages.
WITH width AS (
    SELECT 28 + 8 * ceil(sum(CASE WHEN attlen > 0 THEN attlen ELSE 32 END) / 8.0) AS bytes
    FROM pg_attribute
    WHERE attrelid = to_regclass(format('%I.%I', CAST(:schema AS text), CAST(:table AS text)))
        AND attnum > 0 AND NOT attisdropped
), chunk AS (
    SELECT format('%I.%I', chunk_schema, chunk_name) AS name,
        to_regclass(format('%I.%I', chunk_schema, chunk_name)) AS oid,
        range_start, range_end, is_compressed, chunk_creation_time, chunk_schema, chunk_name
    FROM timescaledb_information.chunks
    WHERE hypertable_schema = :schema AND hypertable_name = :table
), sized AS (
    SELECT chunk.*, d.total_bytes, r.reltuples, r.relpages,
        pg_relation_size(chunk.oid) / 8192 AS pages
    FROM chunk JOIN pg_class r ON r.oid = chunk.oid
    LEFT JOIN chunks_detailed_size(
        to_regclass(format('%I.%I', CAST(:schema AS text), CAST(:table AS text)))) d
        USING (chunk_schema, chunk_name)
)
SELECT name, greatest(least(range_start, '9999-12-29 00:00+00'), '0001-01-02 00:00+00') AS start,
    least(greatest(range_end, '0001-01-03 00:00+00'), '9999-12-30 00:00+00') AS end,
    CAST(coalesce(total_bytes, 0) AS bigint) AS size_bytes,
    CAST(CASE
        WHEN is_compressed THEN approximate_row_count(oid)
        WHEN reltuples >= 0 AND relpages > 0 THEN reltuples / relpages * pages
        ELSE pages * floor(8168 / (SELECT bytes FROM width)) END AS bigint) AS approx_rows,
    coalesce(is_compressed, false) AS is_compressed,
    EXISTS (SELECT FROM pg_index WHERE indrelid = oid AND indisclustered) AS is_sealed,
    chunk_creation_time AS created_at,
    range_end <= '2000-01-01 00:00+00' OR range_start >= '2100-01-01 00:00+00'
        OR range_start < '0001-01-02 00:00+00' OR range_end > '9999-12-30 00:00+00'
        AS has_broken_range,
    CASE WHEN is_compressed
        THEN _timescaledb_functions.chunk_status(oid) & 8 <> 0 ELSE false END AS is_partial
FROM sized
ORDER BY range_start
