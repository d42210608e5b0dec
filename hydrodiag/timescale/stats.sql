-- name: find_sizes
-- Sizes of a hypertable with all its chunks, their compressed parts included.
SELECT CAST(coalesce(sum(table_bytes), 0) AS bigint) AS table_bytes,
    CAST(coalesce(sum(index_bytes), 0) AS bigint) AS index_bytes,
    CAST(coalesce(sum(toast_bytes), 0) AS bigint) AS toast_bytes,
    CAST(coalesce(sum(total_bytes), 0) AS bigint) AS total_bytes
FROM hypertable_detailed_size(
    to_regclass(format('%I.%I', CAST(:schema AS text), CAST(:table AS text))))

-- name: find_compression
-- What the compressed chunks took as rows and take as columns; no row on the Apache edition.
SELECT CAST(before_compression_total_bytes AS bigint) AS before_bytes,
    CAST(after_compression_total_bytes AS bigint) AS after_bytes
FROM hypertable_compression_stats(
    to_regclass(format('%I.%I', CAST(:schema AS text), CAST(:table AS text))))

-- name: find_largest_index
-- Largest indexes among the newest closed chunks in row form, and what should hold them.
WITH recent AS (
    SELECT chunk_schema, chunk_name FROM timescaledb_information.chunks
    WHERE hypertable_schema = :schema AND hypertable_name = :table
        AND range_end <= now() AND NOT is_compressed
    ORDER BY range_end DESC LIMIT 4
)
SELECT CAST(coalesce(max(d.index_bytes), 0) AS bigint) AS index_bytes,
    greatest(pg_size_bytes(current_setting('shared_buffers')), 268435456) AS memory_bytes
FROM recent JOIN chunks_detailed_size(
    to_regclass(format('%I.%I', CAST(:schema AS text), CAST(:table AS text)))) d
    USING (chunk_schema, chunk_name)

-- name: list_samples
-- Sizes as the collecting job saw them lately, oldest first.
SELECT sampled_at, total_bytes, approx_rows FROM hypertable_sample
WHERE table_name = :table AND sampled_at > now() - CAST(:span AS interval)
ORDER BY sampled_at

-- name: insert_sample
-- How large the table is now.
INSERT INTO hypertable_sample (table_name, total_bytes, approx_rows)
VALUES (:table, :total_bytes, :approx_rows)

-- name: forget_samples
-- Samples too old to say anything about growth.
DELETE FROM hypertable_sample WHERE sampled_at < now() - CAST(:span AS interval)
