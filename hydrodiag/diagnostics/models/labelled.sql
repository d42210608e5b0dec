-- name: list_labels
-- What is known about the working cycles of some machines, in order.
SELECT system_id, start_at, labels FROM cycle_label
WHERE system_id = ANY(CAST(:system_ids AS int[]))
    AND (CAST(:from_at AS timestamptz) IS NULL OR start_at >= :from_at)
    AND (CAST(:to_at AS timestamptz) IS NULL OR start_at < :to_at)
    AND labels ? CAST(:label AS text) AND labels ? CAST(:group AS text)
ORDER BY system_id, start_at

-- name: list_keys
-- Which labels the working cycles of each machine bear, with their values.
SELECT s.id AS system_id, s.code, one.key, count(*) AS cycles, count(DISTINCT one.value) AS values_n,
    (array_agg(DISTINCT one.value))[1:CAST(:most AS int)] AS values
FROM cycle_label c
JOIN hydraulic_system s ON s.id = c.system_id
CROSS JOIN LATERAL jsonb_each(c.labels) AS one
GROUP BY s.id, s.code, one.key
ORDER BY s.code, one.key

-- name: add_labels
-- What else is known about one working cycle.
INSERT INTO cycle_label (system_id, start_at, end_at, labels)
VALUES (:system_id, :start_at, :end_at, CAST(:labels AS jsonb))
ON CONFLICT (system_id, start_at) DO UPDATE SET labels = cycle_label.labels || excluded.labels
