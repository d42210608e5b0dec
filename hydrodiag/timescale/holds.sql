-- name: list_holds
-- Holds in force, of all tables or of one.
SELECT id, table_name, coalesce(lower(during), '2000-01-01 00:00+00') AS start_at,
    coalesce(upper(during), '2100-01-01 00:00+00') AS end_at, reason, until_at, created_by,
    created_at
FROM retention_hold
WHERE (CAST(:table AS text) IS NULL OR table_name = :table)
    AND (until_at IS NULL OR until_at > now())
ORDER BY lower(during), id

-- name: insert_hold
-- A span of time that retention leaves alone.
INSERT INTO retention_hold (table_name, during, reason, until_at, created_by)
VALUES (:table, tstzrange(CAST(:start AS timestamptz), CAST(:end AS timestamptz)), :reason,
    CAST(:until AS timestamptz), :created_by)
RETURNING id, table_name, lower(during) AS start_at, upper(during) AS end_at, reason, until_at,
    created_by, created_at

-- name: delete_hold
-- Give the span back to retention.
DELETE FROM retention_hold WHERE id = :id RETURNING id
