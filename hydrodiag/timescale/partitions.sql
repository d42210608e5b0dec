-- name: set_chunk_interval
-- The interval of chunks to come; existing chunks stay as they are.
SELECT set_chunk_time_interval(
    to_regclass(format('%I.%I', CAST(:schema AS text), CAST(:table AS text))),
    CAST(:interval AS interval))

-- name: list_required_columns
-- Columns that a row cannot do without, and the kind of value they take.
SELECT a.attname AS name, CAST(t.typcategory AS text) AS category
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
WHERE a.attrelid = to_regclass(format('%I.%I', CAST(:schema AS text), CAST(:table AS text)))
    AND a.attnum > 0 AND NOT a.attisdropped AND a.attnotnull AND NOT a.atthasdef
    AND a.attidentity = '' AND a.attgenerated = ''
ORDER BY a.attnum
