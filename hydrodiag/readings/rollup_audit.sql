-- name: list_sensors
-- All sensors.
SELECT id FROM sensor ORDER BY id

-- name: list_kept_spans
-- Where a table still has what was written to it: it was never dropped there, and the policies of
-- the two say it is kept.
SELECT greatest(lower(span), now() - (SELECT min(retain_for) FROM lifecycle_policy
                                      WHERE table_name IN (:source, :rollup))) AS start_at,
       upper(span) AS end_at
FROM timescaledb_information.chunks
LEFT JOIN retention_drop ON table_name = hypertable_name
CROSS JOIN LATERAL unnest(
    tstzmultirange(tstzrange(range_start, range_end)) - coalesce(spans, '{}')) AS span
WHERE hypertable_name = :source
    AND range_start >= TIMESTAMPTZ '2000-01-01' AND range_end <= TIMESTAMPTZ '2101-01-01'
ORDER BY range_start, span

-- name: find_reading
-- The first reading of a sensor from an instant on.
SELECT min(time) FROM sensor_data WHERE sensor_id = :sensor_id AND time >= :start_at

-- name: list_pending
-- What the rollups up to a level have not taken up of a sensor.
SELECT lo, hi FROM rollup_dirty
WHERE sensor_id = :sensor_id AND level = ANY(CAST(:levels AS text[]))
    AND lo < :end_at AND hi > :start_at

-- name: recompute_1m
-- Minutes as the readings have them.
SELECT date_bin('1 minute', time, TIMESTAMPTZ 'epoch') AS bucket_at, count(*) AS n,
       sum(value) AS vsum, min(value) AS vmin, max(value) AS vmax, last(value, time) AS vlast,
       var_pop(value) * count(*) AS vssd
FROM sensor_data WHERE sensor_id = :sensor_id AND time >= :start_at AND time < :end_at
GROUP BY bucket_at

-- name: recompute_1h
-- Hours as the minutes have them.
SELECT bucket_at, sum(n) AS n, sum(vsum) AS vsum, min(vmin) AS vmin, max(vmax) AS vmax,
       last(vlast, bucket) AS vlast, sum(vssd + n * (vsum / n - mean) ^ 2) AS vssd
FROM (SELECT finer.*, date_bin('1 hour', bucket, TIMESTAMPTZ 'epoch') AS bucket_at,
             sum(vsum) OVER whole / sum(n) OVER whole AS mean
      FROM sensor_data_1m AS finer
      WHERE sensor_id = :sensor_id AND bucket >= :start_at AND bucket < :end_at
      WINDOW whole AS (PARTITION BY date_bin('1 hour', bucket, TIMESTAMPTZ 'epoch'))) AS finer
GROUP BY bucket_at

-- name: recompute_1d
-- Days as the hours have them.
SELECT bucket_at, sum(n) AS n, sum(vsum) AS vsum, min(vmin) AS vmin, max(vmax) AS vmax,
       last(vlast, bucket) AS vlast, sum(vssd + n * (vsum / n - mean) ^ 2) AS vssd
FROM (SELECT finer.*, date_bin('1 day', bucket, TIMESTAMPTZ 'epoch') AS bucket_at,
             sum(vsum) OVER whole / sum(n) OVER whole AS mean
      FROM sensor_data_1h AS finer
      WHERE sensor_id = :sensor_id AND bucket >= :start_at AND bucket < :end_at
      WINDOW whole AS (PARTITION BY date_bin('1 day', bucket, TIMESTAMPTZ 'epoch'))) AS finer
GROUP BY bucket_at

-- name: list_stored_1m
-- Minutes as stored.
SELECT bucket AS bucket_at, n, vsum, vmin, vmax, vlast, vssd FROM sensor_data_1m
WHERE sensor_id = :sensor_id AND bucket >= :start_at AND bucket < :end_at

-- name: list_stored_1h
-- Hours as stored.
SELECT bucket AS bucket_at, n, vsum, vmin, vmax, vlast, vssd FROM sensor_data_1h
WHERE sensor_id = :sensor_id AND bucket >= :start_at AND bucket < :end_at

-- name: list_stored_1d
-- Days as stored.
SELECT bucket AS bucket_at, n, vsum, vmin, vmax, vlast, vssd FROM sensor_data_1d
WHERE sensor_id = :sensor_id AND bucket >= :start_at AND bucket < :end_at

-- name: delete_1m
-- Minutes that can be made anew.
DELETE FROM sensor_data_1m
WHERE sensor_id = :sensor_id AND bucket >= :start_at AND bucket < :end_at

-- name: delete_1h
-- Hours that can be made anew.
DELETE FROM sensor_data_1h
WHERE sensor_id = :sensor_id AND bucket >= :start_at AND bucket < :end_at

-- name: delete_1d
-- Days that can be made anew.
DELETE FROM sensor_data_1d
WHERE sensor_id = :sensor_id AND bucket >= :start_at AND bucket < :end_at

-- name: note_dirty
-- What was deleted, a level has to take up.
INSERT INTO rollup_dirty (level, sensor_id, lo, hi)
VALUES (:level, :sensor_id, :start_at, :end_at)

-- name: find_system
-- The system of a sensor.
SELECT system_id FROM sensor WHERE id = :sensor_id
