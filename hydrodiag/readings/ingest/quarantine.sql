-- name: list_quarantine
-- Quarantined readings that fit the filters, oldest first.
SELECT id, file_id, file_name, line, raw, reason, detail, sensor_label, sensor_id, time_text,
       reading_at, value_text, value, unit, status, resolved_by, resolved_at, created_at
FROM quarantined_reading AS row
WHERE (CAST(:status AS text) IS NULL OR status = :status)
    AND (CAST(:file_id AS bigint) IS NULL OR file_id = :file_id)
    AND (CAST(:reason AS text) IS NULL OR reason = :reason)
    AND (:sensor = '' OR strpos(lower(sensor_label), lower(:sensor)) > 0)
    AND (:search = '' OR strpos(lower(concat_ws(' ', raw, file_name, detail)), lower(:search)) > 0)
ORDER BY id
LIMIT :limit OFFSET :offset

-- name: count_reasons
-- How many quarantined readings fit the filters, by reason.
SELECT reason, count(*) AS readings
FROM quarantined_reading AS row
WHERE (CAST(:status AS text) IS NULL OR status = :status)
    AND (CAST(:file_id AS bigint) IS NULL OR file_id = :file_id)
    AND (CAST(:reason AS text) IS NULL OR reason = :reason)
    AND (:sensor = '' OR strpos(lower(sensor_label), lower(:sensor)) > 0)
    AND (:search = '' OR strpos(lower(concat_ws(' ', raw, file_name, detail)), lower(:search)) > 0)
GROUP BY reason ORDER BY reason

-- name: lock_open
-- The next open readings to retry, held until the end of the transaction.
SELECT row.id, row.line, row.raw, row.reason, row.detail, row.sensor_label, row.sensor_id,
       row.time_text, row.reading_at, row.value_text, row.value, row.unit, row.file_id
FROM quarantined_reading AS row
WHERE row.status = 'open' AND row.id > :after
    AND (CAST(:ids AS bigint[]) IS NULL OR row.id = ANY(CAST(:ids AS bigint[])))
    AND (CAST(:file_id AS bigint) IS NULL OR file_id = :file_id)
    AND (CAST(:reason AS text) IS NULL OR reason = :reason)
    AND (:sensor = '' OR strpos(lower(sensor_label), lower(:sensor)) > 0)
    AND (:search = '' OR strpos(lower(concat_ws(' ', raw, file_name, detail)), lower(:search)) > 0)
ORDER BY row.id
LIMIT :limit
FOR UPDATE

-- name: find_file_mappings
-- How the files of these runs were read.
SELECT id, mapping FROM ingest_file WHERE id = ANY(CAST(:file_ids AS bigint[]))
    AND mapping IS NOT NULL

-- name: settle_retried
-- What came of retried readings.
UPDATE quarantined_reading AS row
SET status = news.status, reason = news.reason, detail = news.detail,
    resolved_by = CASE WHEN news.status = 'open' THEN '' ELSE :by END,
    resolved_at = CASE WHEN news.status = 'open' THEN NULL ELSE now() END
FROM unnest(CAST(:ids AS bigint[]), CAST(:statuses AS text[]), CAST(:reasons AS text[]),
            CAST(:details AS text[])) AS news (id, status, reason, detail)
WHERE row.id = news.id

-- name: change_reading
-- Correct the parts of one open reading; parts that are not given stay.
UPDATE quarantined_reading
SET reading_at = coalesce(CAST(:reading_at AS timestamptz), reading_at),
    sensor_id = coalesce(CAST(:sensor_id AS int), sensor_id),
    value = coalesce(CAST(:value AS double precision), value),
    unit = coalesce(CAST(:unit AS text), unit)
WHERE id = :id AND status = 'open'

-- name: find_status
-- Where one quarantined reading stands.
SELECT status FROM quarantined_reading WHERE id = :id

-- name: reject_open
-- Give up open readings.
UPDATE quarantined_reading AS row
SET status = 'rejected', resolved_by = :by, resolved_at = now()
WHERE status = 'open'
    AND (CAST(:ids AS bigint[]) IS NULL OR row.id = ANY(CAST(:ids AS bigint[])))
    AND (CAST(:file_id AS bigint) IS NULL OR file_id = :file_id)
    AND (CAST(:reason AS text) IS NULL OR reason = :reason)
    AND (:sensor = '' OR strpos(lower(sensor_label), lower(:sensor)) > 0)
    AND (:search = '' OR strpos(lower(concat_ws(' ', raw, file_name, detail)), lower(:search)) > 0)
