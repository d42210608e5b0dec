-- name: find_retention
-- How long raw readings are kept; no row: no policy set.
SELECT retain_for FROM lifecycle_policy WHERE table_name = 'sensor_data'

-- name: has_policies
-- Whether retention policies exist in this database.
SELECT to_regclass('lifecycle_policy') IS NOT NULL

-- name: list_held_spans
-- Spans of time that a retention hold in force keeps, in microseconds since 1970.
SELECT CAST(extract(epoch FROM greatest(coalesce(lower(during), '2000-01-01'), '2000-01-01'))
            * 1000000 AS bigint) AS from_us,
       CAST(extract(epoch FROM least(coalesce(upper(during), '2100-01-01'), '2100-01-01'))
            * 1000000 AS bigint) AS to_us
FROM retention_hold
WHERE table_name = 'sensor_data' AND NOT isempty(during) AND (until_at IS NULL OR until_at > now())

-- name: list_compressed_spans
-- Spans of the compressed chunks of sensor_data, in microseconds since 1970.
SELECT CAST(extract(epoch FROM greatest(range_start, '2000-01-01')) * 1000000 AS bigint) AS from_us,
       CAST(extract(epoch FROM least(range_end, '2100-01-01')) * 1000000 AS bigint) AS to_us
FROM timescaledb_information.chunks
WHERE hypertable_name = 'sensor_data' AND is_compressed

-- name: read_stored
-- What is stored of these sensors in a span, as arrays in PostgreSQL's binary form.
SELECT sensor_id, count(*) AS readings, array_send(array_agg(time)) AS times,
       array_send(array_agg(value)) AS values
FROM (
    SELECT sensor_id, time, value FROM sensor_data
    WHERE sensor_id = ANY(CAST(:sensor_ids AS int[])) AND time BETWEEN :first_at AND :last_at
    ORDER BY sensor_id, time
    LIMIT :most
) AS stored
GROUP BY sensor_id ORDER BY sensor_id

-- name: create_staging
-- Room for the instants of a batch, emptied at the end of the transaction.
CREATE TEMP TABLE IF NOT EXISTS ingest_staging (
    time timestamptz NOT NULL, sensor_id int NOT NULL,
    value double precision NOT NULL, position int NOT NULL
) ON COMMIT DELETE ROWS

-- name: list_stored
-- The staged instants that are stored, with their values.
SELECT staged.position, stored.value
FROM ingest_staging AS staged
JOIN sensor_data AS stored ON stored.sensor_id = staged.sensor_id AND stored.time = staged.time
WHERE stored.time BETWEEN :first_at AND :last_at

-- name: note_latest
-- Newest value of each sensor; older news changes nothing.
INSERT INTO sensor_latest AS latest (sensor_id, time, value)
SELECT sensor_id, TIMESTAMPTZ 'epoch' + time_us * INTERVAL '1 microsecond', value
FROM unnest(CAST(:sensor_ids AS int[]), CAST(:times_us AS bigint[]),
            CAST(:values AS double precision[])) AS news (sensor_id, time_us, value)
ORDER BY sensor_id
ON CONFLICT (sensor_id) DO UPDATE SET time = excluded.time, value = excluded.value
WHERE excluded.time > latest.time

-- name: note_dirty
-- Ranges of new readings that the rollups have to take up.
INSERT INTO rollup_dirty (level, sensor_id, lo, hi)
SELECT '1m', sensor_id, TIMESTAMPTZ 'epoch' + lo_us * INTERVAL '1 microsecond',
       TIMESTAMPTZ 'epoch' + hi_us * INTERVAL '1 microsecond'
FROM unnest(CAST(:sensor_ids AS int[]), CAST(:lo_us AS bigint[]), CAST(:hi_us AS bigint[]))
    AS dirty (sensor_id, lo_us, hi_us)

-- name: claim_batch
-- Take a batch on; no row when this content was loaded before. Waits for a rival's transaction.
INSERT INTO ingest_batch (content_key, file_id, origin, first_line, last_line)
VALUES (:content_key, :file_id, :origin, :first_line, :last_line)
ON CONFLICT (content_key) DO NOTHING
RETURNING id

-- name: finish_batch
-- What came of a batch on its first load.
UPDATE ingest_batch
SET row_count = :row_count, inserted = :inserted, already_there = :already_there,
    quarantined = :quarantined, empty = :empty, first_at = :first_at, last_at = :last_at,
    loaded_at = clock_timestamp()
WHERE id = :batch_id

-- name: start_file
-- A run over a file begins.
INSERT INTO ingest_file (name, origin, kind, size_bytes, upload_id, mapping, started_by)
VALUES (:name, :origin, :kind, :size_bytes, :upload_id, CAST(:mapping AS jsonb), :started_by)
RETURNING id

-- name: advance_file
-- Add a batch to its run's counts.
UPDATE ingest_file
SET row_count = row_count + :row_count, inserted = inserted + :inserted,
    already_there = already_there + :already_there, quarantined = quarantined + :quarantined,
    empty = empty + :empty, batches = batches + 1,
    first_at = least(first_at, :first_at), last_at = greatest(last_at, :last_at)
WHERE id = :file_id

-- name: finish_file
-- The end of a run.
UPDATE ingest_file SET status = :status, error = :error, finished_at = clock_timestamp()
WHERE id = :file_id

-- name: create_refused
-- Room for refused rows before they meet those of earlier runs.
CREATE TEMP TABLE IF NOT EXISTS ingest_refused (
    LIKE quarantined_reading INCLUDING DEFAULTS
) ON COMMIT DELETE ROWS

-- name: keep_refused
-- Refused rows into quarantine; one that is there already stays as people left it.
INSERT INTO quarantined_reading (
    row_key, file_id, file_name, line, raw, reason, detail, sensor_label, sensor_id,
    time_text, reading_at, value_text, value, unit)
SELECT row_key, file_id, file_name, line, raw, reason, detail, sensor_label, sensor_id,
       time_text, reading_at, value_text, value, unit
FROM ingest_refused
ORDER BY line, sensor_label, row_key
ON CONFLICT (row_key) DO NOTHING
