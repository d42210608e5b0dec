-- name: has_column
-- Whether the table has a column of that name.
SELECT EXISTS (
    SELECT FROM pg_attribute
    WHERE attrelid = to_regclass(format('%I.%I', CAST(:schema AS text), CAST(:table AS text)))
        AND attname = :column AND NOT attisdropped)

-- name: compress_chunk
-- Into columns; a chunk with late rows takes them up.
SELECT compress_chunk(to_regclass(:chunk), if_not_compressed => true)

-- name: find_primary_key
-- Name of a chunk's primary key index, if it has one.
SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
WHERE x.indrelid = to_regclass(:chunk) AND x.indisprimary

-- name: find_compressed_size
-- Size of a compressed chunk's rows as rows and as columns.
SELECT before_compression_total_bytes AS before_bytes, after_compression_total_bytes AS after_bytes
FROM chunk_compression_stats(
    to_regclass(format('%I.%I', CAST(:schema AS text), CAST(:table AS text))))
WHERE format('%I.%I', chunk_schema, chunk_name) = :chunk
    AND after_compression_total_bytes IS NOT NULL

-- name: find_size
-- Size of a chunk with its indexes.
SELECT coalesce(pg_total_relation_size(to_regclass(:chunk)), 0)

-- name: find_clock
-- The server's clock: what "old" is measured against.
SELECT now()
