-- name: list_policies
-- Policies of all tables, or of one.
SELECT table_name, chunk_interval, compress_after, retain_for, apache_mode, updated_at, updated_by
FROM lifecycle_policy
WHERE CAST(:table AS text) IS NULL OR table_name = :table
ORDER BY table_name

-- name: upsert_policy
-- The policy from now on, and who changed it.
INSERT INTO lifecycle_policy AS p
    (table_name, chunk_interval, compress_after, retain_for, apache_mode, updated_by)
VALUES (:table_name, :chunk_interval, CAST(:compress_after AS interval),
    CAST(:retain_for AS interval), :apache_mode, :updated_by)
ON CONFLICT (table_name) DO UPDATE SET
    chunk_interval = excluded.chunk_interval, compress_after = excluded.compress_after,
    retain_for = excluded.retain_for, apache_mode = excluded.apache_mode,
    updated_at = now(), updated_by = excluded.updated_by
RETURNING table_name, chunk_interval, compress_after, retain_for, apache_mode, updated_at,
    updated_by

-- name: lock_policies
-- Two editors one after the other: each is checked against what the other saved.
LOCK TABLE lifecycle_policy IN SHARE ROW EXCLUSIVE MODE
