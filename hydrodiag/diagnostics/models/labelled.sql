-- name: list_labels
-- What is known about the working cycles of some machines, in order.
SELECT system_id, start_at, labels FROM cycle_label
WHERE system_id = ANY(CAST(:system_ids AS int[]))
    AND (CAST(:from_at AS timestamptz) IS NULL OR start_at >= :from_at)
    AND (CAST(:to_at AS timestamptz) IS NULL OR start_at < :to_at)
    AND labels ? CAST(:label AS text) AND labels ? CAST(:group AS text)
ORDER BY system_id, start_at
