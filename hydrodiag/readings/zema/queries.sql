-- name: upsert_label
-- What is known about one working cycle.
INSERT INTO cycle_label (system_id, start_at, end_at, labels)
VALUES (:system_id, :start_at, :end_at, CAST(:labels AS jsonb))
ON CONFLICT (system_id, start_at) DO UPDATE
SET end_at = excluded.end_at, labels = excluded.labels
