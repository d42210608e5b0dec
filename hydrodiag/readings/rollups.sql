-- name: find_newest_dirty
-- Where the newest pending range of a level ends, and how many sensors wait in the slice there.
WITH newest AS (SELECT max(hi) AS end_at FROM rollup_dirty WHERE level = :level)
SELECT end_at, (SELECT count(DISTINCT sensor_id) FROM rollup_dirty
                WHERE level = :level AND hi > end_at - CAST(:width AS interval)) AS sensors
FROM newest WHERE end_at IS NOT NULL

-- name: take_dirty
-- Take pending ranges that reach into a slice; what of them lies outside goes back.
WITH taken AS (
    DELETE FROM rollup_dirty WHERE id IN (
        SELECT id FROM rollup_dirty
        WHERE level = :level AND lo < :slice_end AND hi > :slice_start
        ORDER BY id LIMIT :most FOR UPDATE SKIP LOCKED)
    RETURNING sensor_id, lo, hi, noted_at),
rest AS (
    INSERT INTO rollup_dirty (level, sensor_id, lo, hi, noted_at)
    SELECT :level, sensor_id, lo, CAST(:slice_start AS timestamptz), noted_at
    FROM taken WHERE lo < :slice_start
    UNION ALL
    SELECT :level, sensor_id, CAST(:slice_end AS timestamptz), hi, noted_at
    FROM taken WHERE hi > :slice_end),
buckets AS (
    SELECT sensor_id, range_agg(tstzrange(
        date_bin(:width, greatest(lo, :slice_start), TIMESTAMPTZ 'epoch'),
        date_bin(:width, least(hi, :slice_end) - INTERVAL '1 microsecond', TIMESTAMPTZ 'epoch')
            + CAST(:width AS interval))) AS spans
    FROM taken GROUP BY sensor_id)
SELECT sensor_id, lower(span) AS start_at, upper(span) AS end_at
FROM buckets CROSS JOIN LATERAL unnest(spans) AS span
ORDER BY sensor_id, start_at

-- name: note_next_level
-- What a level has just changed, the next one has to take up.
INSERT INTO rollup_dirty (level, sensor_id, lo, hi)
SELECT :level, sensor_id, lo, hi
FROM unnest(CAST(:sensor_ids AS int[]), CAST(:starts AS timestamptz[]),
            CAST(:ends AS timestamptz[])) AS changed (sensor_id, lo, hi)

-- name: roll_up_1m
-- Minutes of the given ranges from raw readings, read by the primary key.
INSERT INTO sensor_data_1m AS kept (sensor_id, bucket, n, vsum, vmin, vmax, vlast, vssd)
SELECT minute.*
FROM unnest(CAST(:sensor_ids AS int[]), CAST(:starts AS timestamptz[]),
            CAST(:ends AS timestamptz[])) AS span (sensor_id, lo, hi)
CROSS JOIN LATERAL (
    SELECT sensor_id, date_bin('1 minute', time, TIMESTAMPTZ 'epoch') AS bucket,
           CAST(count(*) AS int), sum(value), min(value), max(value), last(value, time),
           var_pop(value) * count(*)
    FROM sensor_data AS data
    WHERE data.sensor_id = span.sensor_id AND time >= span.lo AND time < span.hi
        AND time >= :slice_start AND time < :slice_end
    GROUP BY sensor_id, bucket) AS minute
ORDER BY sensor_id, bucket
ON CONFLICT (sensor_id, bucket) DO UPDATE
SET n = excluded.n, vsum = excluded.vsum, vmin = excluded.vmin, vmax = excluded.vmax,
    vlast = excluded.vlast, vssd = excluded.vssd
WHERE excluded.n >= kept.n
    AND (kept.n, kept.vsum, kept.vmin, kept.vmax, kept.vlast, kept.vssd) IS DISTINCT FROM
        (excluded.n, excluded.vsum, excluded.vmin, excluded.vmax, excluded.vlast, excluded.vssd)

-- name: roll_up_1m_slice
-- Minutes of a whole slice of time for most sensors, in one pass over the raw readings.
INSERT INTO sensor_data_1m AS kept (sensor_id, bucket, n, vsum, vmin, vmax, vlast, vssd)
SELECT sensor_id, date_bin('1 minute', time, TIMESTAMPTZ 'epoch') AS bucket,
       CAST(count(*) AS int), sum(value), min(value), max(value), last(value, time),
       var_pop(value) * count(*)
FROM sensor_data
WHERE time >= :slice_start AND time < :slice_end
    AND sensor_id = ANY(CAST(:sensor_ids AS int[]))
GROUP BY sensor_id, bucket
ORDER BY sensor_id, bucket
ON CONFLICT (sensor_id, bucket) DO UPDATE
SET n = excluded.n, vsum = excluded.vsum, vmin = excluded.vmin, vmax = excluded.vmax,
    vlast = excluded.vlast, vssd = excluded.vssd
WHERE excluded.n >= kept.n
    AND (kept.n, kept.vsum, kept.vmin, kept.vmax, kept.vlast, kept.vssd) IS DISTINCT FROM
        (excluded.n, excluded.vsum, excluded.vmin, excluded.vmax, excluded.vlast, excluded.vssd)

-- name: roll_up_1h
-- Hours of the given ranges from minutes.
INSERT INTO sensor_data_1h AS kept (sensor_id, bucket, n, vsum, vmin, vmax, vlast, vssd)
SELECT hour.*
FROM unnest(CAST(:sensor_ids AS int[]), CAST(:starts AS timestamptz[]),
            CAST(:ends AS timestamptz[])) AS span (sensor_id, lo, hi)
CROSS JOIN LATERAL (
    SELECT sensor_id, hour, CAST(sum(n) AS int), sum(vsum), min(vmin), max(vmax),
           last(vlast, bucket), sum(vssd + n * (vsum / n - mean) ^ 2)
    FROM (SELECT finer.*, date_bin('1 hour', bucket, TIMESTAMPTZ 'epoch') AS hour,
                 sum(vsum) OVER whole / sum(n) OVER whole AS mean
          FROM sensor_data_1m AS finer
          WHERE finer.sensor_id = span.sensor_id AND bucket >= span.lo AND bucket < span.hi
              AND bucket >= :slice_start AND bucket < :slice_end
          WINDOW whole AS (PARTITION BY date_bin('1 hour', bucket, TIMESTAMPTZ 'epoch'))) AS finer
    GROUP BY sensor_id, hour) AS hour
ON CONFLICT (sensor_id, bucket) DO UPDATE
SET n = excluded.n, vsum = excluded.vsum, vmin = excluded.vmin, vmax = excluded.vmax,
    vlast = excluded.vlast, vssd = excluded.vssd
WHERE excluded.n >= kept.n
    AND (kept.n, kept.vsum, kept.vmin, kept.vmax, kept.vlast, kept.vssd) IS DISTINCT FROM
        (excluded.n, excluded.vsum, excluded.vmin, excluded.vmax, excluded.vlast, excluded.vssd)

-- name: roll_up_1d
-- Days of the given ranges from hours.
INSERT INTO sensor_data_1d AS kept (sensor_id, bucket, n, vsum, vmin, vmax, vlast, vssd)
SELECT day.*
FROM unnest(CAST(:sensor_ids AS int[]), CAST(:starts AS timestamptz[]),
            CAST(:ends AS timestamptz[])) AS span (sensor_id, lo, hi)
CROSS JOIN LATERAL (
    SELECT sensor_id, day, CAST(sum(n) AS int), sum(vsum), min(vmin), max(vmax),
           last(vlast, bucket), sum(vssd + n * (vsum / n - mean) ^ 2)
    FROM (SELECT finer.*, date_bin('1 day', bucket, TIMESTAMPTZ 'epoch') AS day,
                 sum(vsum) OVER whole / sum(n) OVER whole AS mean
          FROM sensor_data_1h AS finer
          WHERE finer.sensor_id = span.sensor_id AND bucket >= span.lo AND bucket < span.hi
              AND bucket >= :slice_start AND bucket < :slice_end
          WINDOW whole AS (PARTITION BY date_bin('1 day', bucket, TIMESTAMPTZ 'epoch'))) AS finer
    GROUP BY sensor_id, day) AS day
ON CONFLICT (sensor_id, bucket) DO UPDATE
SET n = excluded.n, vsum = excluded.vsum, vmin = excluded.vmin, vmax = excluded.vmax,
    vlast = excluded.vlast, vssd = excluded.vssd
WHERE excluded.n >= kept.n
    AND (kept.n, kept.vsum, kept.vmin, kept.vmax, kept.vlast, kept.vssd) IS DISTINCT FROM
        (excluded.n, excluded.vsum, excluded.vmin, excluded.vmax, excluded.vlast, excluded.vssd)

-- name: find_ends
-- The first and the last instant of all raw readings.
SELECT min(time), max(time) FROM sensor_data

-- name: note_all
-- A span of all sensors is to be taken up once more.
INSERT INTO rollup_dirty (level, sensor_id, lo, hi)
SELECT '1m', id, :start_at, :end_at FROM sensor

-- name: count_dirty
-- Pending ranges of all levels.
SELECT count(*) FROM rollup_dirty

-- name: list_pending
-- What the rollups have not taken up of these sensors in a window; the level is the one to come.
SELECT level, sensor_id, lo, hi FROM rollup_dirty
WHERE (CAST(:sensor_ids AS int[]) IS NULL OR sensor_id = ANY(CAST(:sensor_ids AS int[])))
    AND lo < :end_at AND hi > :start_at
ORDER BY sensor_id, lo

-- name: delete_raw
-- The raw readings of these sensors in a window.
DELETE FROM sensor_data
WHERE sensor_id = ANY(CAST(:sensor_ids AS int[])) AND time >= :start_at AND time < :end_at

-- name: delete_1m
-- The minutes that a window touches.
DELETE FROM sensor_data_1m
WHERE sensor_id = ANY(CAST(:sensor_ids AS int[]))
    AND bucket > CAST(:start_at AS timestamptz) - INTERVAL '1 minute' AND bucket < :end_at

-- name: delete_1h
-- The hours that a window touches.
DELETE FROM sensor_data_1h
WHERE sensor_id = ANY(CAST(:sensor_ids AS int[]))
    AND bucket > CAST(:start_at AS timestamptz) - INTERVAL '1 hour' AND bucket < :end_at

-- name: delete_1d
-- The days that a window touches.
DELETE FROM sensor_data_1d
WHERE sensor_id = ANY(CAST(:sensor_ids AS int[]))
    AND bucket > CAST(:start_at AS timestamptz) - INTERVAL '1 day' AND bucket < :end_at

-- name: note_deleted
-- The edges of what was deleted have to be taken up anew.
INSERT INTO rollup_dirty (level, sensor_id, lo, hi)
SELECT '1m', sensor_id, :start_at, :end_at FROM unnest(CAST(:sensor_ids AS int[])) AS sensor_id

-- name: renew_latest
-- The newest value of these sensors after a deletion.
UPDATE sensor_latest AS latest SET time = newest.time, value = newest.value
FROM unnest(CAST(:sensor_ids AS int[])) AS wanted (id)
CROSS JOIN LATERAL (SELECT time, value FROM sensor_data
                    WHERE sensor_id = wanted.id ORDER BY time DESC LIMIT 1) AS newest
WHERE latest.sensor_id = wanted.id AND latest.time <> newest.time

-- name: forget_latest
-- The newest value of sensors that have no readings left.
DELETE FROM sensor_latest AS latest
WHERE sensor_id = ANY(CAST(:sensor_ids AS int[]))
    AND NOT EXISTS (SELECT FROM sensor_data WHERE sensor_id = latest.sensor_id)

-- name: list_systems_of
-- The systems that these sensors belong to.
SELECT DISTINCT system_id FROM sensor WHERE id = ANY(CAST(:sensor_ids AS int[])) ORDER BY 1
