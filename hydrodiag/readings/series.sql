-- name: buckets_raw
-- Raw readings of the given spans in buckets of a step.
SELECT bucket.* FROM unnest(CAST(:sensor_ids AS int[]), CAST(:starts AS timestamptz[]),
    CAST(:ends AS timestamptz[])) AS span (sensor_id, lo, hi)
CROSS JOIN LATERAL (
    SELECT sensor_id, date_bin(CAST(:step AS interval), time, TIMESTAMPTZ 'epoch') AS bucket,
           count(*) AS n, sum(value), min(value), max(value)
    FROM sensor_data AS data
    WHERE data.sensor_id = span.sensor_id AND time >= span.lo AND time < span.hi
        AND time >= CAST(:start_at AS timestamptz) AND time < CAST(:end_at AS timestamptz)
    GROUP BY sensor_id, bucket) AS bucket

-- name: buckets_1m
-- Minutes of the given spans in buckets of a step.
SELECT bucket.* FROM unnest(CAST(:sensor_ids AS int[]), CAST(:starts AS timestamptz[]),
    CAST(:ends AS timestamptz[])) AS span (sensor_id, lo, hi)
CROSS JOIN LATERAL (
    SELECT sensor_id, date_bin(CAST(:step AS interval), bucket, TIMESTAMPTZ 'epoch') AS step,
           CAST(sum(n) AS bigint) AS n, sum(vsum), min(vmin), max(vmax)
    FROM sensor_data_1m AS data
    WHERE data.sensor_id = span.sensor_id AND bucket >= span.lo AND bucket < span.hi
        AND bucket >= CAST(:start_at AS timestamptz) AND bucket < CAST(:end_at AS timestamptz)
    GROUP BY sensor_id, step) AS bucket

-- name: buckets_1h
-- Hours of the given spans in buckets of a step.
SELECT bucket.* FROM unnest(CAST(:sensor_ids AS int[]), CAST(:starts AS timestamptz[]),
    CAST(:ends AS timestamptz[])) AS span (sensor_id, lo, hi)
CROSS JOIN LATERAL (
    SELECT sensor_id, date_bin(CAST(:step AS interval), bucket, TIMESTAMPTZ 'epoch') AS step,
           CAST(sum(n) AS bigint) AS n, sum(vsum), min(vmin), max(vmax)
    FROM sensor_data_1h AS data
    WHERE data.sensor_id = span.sensor_id AND bucket >= span.lo AND bucket < span.hi
        AND bucket >= CAST(:start_at AS timestamptz) AND bucket < CAST(:end_at AS timestamptz)
    GROUP BY sensor_id, step) AS bucket

-- name: buckets_1d
-- Days of the given spans in buckets of a step.
SELECT bucket.* FROM unnest(CAST(:sensor_ids AS int[]), CAST(:starts AS timestamptz[]),
    CAST(:ends AS timestamptz[])) AS span (sensor_id, lo, hi)
CROSS JOIN LATERAL (
    SELECT sensor_id, date_bin(CAST(:step AS interval), bucket, TIMESTAMPTZ 'epoch') AS step,
           CAST(sum(n) AS bigint) AS n, sum(vsum), min(vmin), max(vmax)
    FROM sensor_data_1d AS data
    WHERE data.sensor_id = span.sensor_id AND bucket >= span.lo AND bucket < span.hi
        AND bucket >= CAST(:start_at AS timestamptz) AND bucket < CAST(:end_at AS timestamptz)
    GROUP BY sensor_id, step) AS bucket

-- name: raw_rows
-- The first raw readings of each sensor in a window.
SELECT reading.* FROM unnest(CAST(:sensor_ids AS int[])) AS wanted (sensor_id)
CROSS JOIN LATERAL (
    SELECT sensor_id, time, value FROM sensor_data AS data
    WHERE data.sensor_id = wanted.sensor_id
        AND time >= CAST(:start_at AS timestamptz) AND time < CAST(:end_at AS timestamptz)
    ORDER BY time LIMIT CAST(:most AS int)) AS reading

-- name: sampling_rates
-- Readings a second of each sensor; where unknown, one.
SELECT 1 / coalesce(sampling_interval_s, 1) AS per_second
FROM unnest(CAST(:sensor_ids AS int[])) AS wanted (id) LEFT JOIN sensor USING (id)

-- name: first_and_last
-- The first and the last raw reading of each sensor in a window.
SELECT wanted.sensor_id, opening.time AS first_at, opening.value AS first,
       closing.time AS last_at, closing.value AS last
FROM unnest(CAST(:sensor_ids AS int[])) AS wanted (sensor_id)
CROSS JOIN LATERAL (
    SELECT time, value FROM sensor_data AS data
    WHERE data.sensor_id = wanted.sensor_id AND time >= CAST(:start_at AS timestamptz)
        AND time < CAST(:end_at AS timestamptz)
    ORDER BY time LIMIT 1) AS opening
CROSS JOIN LATERAL (
    SELECT time, value FROM sensor_data AS data
    WHERE data.sensor_id = wanted.sensor_id AND time >= CAST(:start_at AS timestamptz)
        AND time < CAST(:end_at AS timestamptz)
    ORDER BY time DESC LIMIT 1) AS closing

-- name: parts_raw
-- The raw readings of each of the given spans: how many, sum, extremes, squared distances.
SELECT part.* FROM unnest(CAST(:sensor_ids AS int[]), CAST(:starts AS timestamptz[]),
    CAST(:ends AS timestamptz[])) AS span (sensor_id, lo, hi)
CROSS JOIN LATERAL (
    SELECT sensor_id, count(*) AS n, sum(value), min(value), max(value),
           var_pop(value) * count(*) AS ssd
    FROM sensor_data AS data
    WHERE data.sensor_id = span.sensor_id AND time >= span.lo AND time < span.hi
        AND time >= CAST(:start_at AS timestamptz) AND time < CAST(:end_at AS timestamptz)
    GROUP BY sensor_id) AS part

-- name: parts_1m
-- Minutes of the given spans, one by one.
SELECT part.* FROM unnest(CAST(:sensor_ids AS int[]), CAST(:starts AS timestamptz[]),
    CAST(:ends AS timestamptz[])) AS span (sensor_id, lo, hi)
CROSS JOIN LATERAL (
    SELECT sensor_id, CAST(n AS bigint) AS n, vsum, vmin, vmax, vssd
    FROM sensor_data_1m AS data
    WHERE data.sensor_id = span.sensor_id AND bucket >= span.lo AND bucket < span.hi
        AND bucket >= CAST(:start_at AS timestamptz) AND bucket < CAST(:end_at AS timestamptz)
    ) AS part

-- name: parts_1h
-- Hours of the given spans, one by one.
SELECT part.* FROM unnest(CAST(:sensor_ids AS int[]), CAST(:starts AS timestamptz[]),
    CAST(:ends AS timestamptz[])) AS span (sensor_id, lo, hi)
CROSS JOIN LATERAL (
    SELECT sensor_id, CAST(n AS bigint) AS n, vsum, vmin, vmax, vssd
    FROM sensor_data_1h AS data
    WHERE data.sensor_id = span.sensor_id AND bucket >= span.lo AND bucket < span.hi
        AND bucket >= CAST(:start_at AS timestamptz) AND bucket < CAST(:end_at AS timestamptz)
    ) AS part

-- name: parts_1d
-- Days of the given spans, one by one.
SELECT part.* FROM unnest(CAST(:sensor_ids AS int[]), CAST(:starts AS timestamptz[]),
    CAST(:ends AS timestamptz[])) AS span (sensor_id, lo, hi)
CROSS JOIN LATERAL (
    SELECT sensor_id, CAST(n AS bigint) AS n, vsum, vmin, vmax, vssd
    FROM sensor_data_1d AS data
    WHERE data.sensor_id = span.sensor_id AND bucket >= span.lo AND bucket < span.hi
        AND bucket >= CAST(:start_at AS timestamptz) AND bucket < CAST(:end_at AS timestamptz)
    ) AS part

-- name: export_rows
-- Raw readings of the given sensors with what a reader of the file needs, in order of time.
SELECT to_char(data.time, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS time,
       system.code AS system, sensor.tag AS sensor,
       CASE WHEN sensor.resolution IS NULL THEN CAST(data.value AS numeric)
            ELSE round(CAST(data.value / sensor.resolution AS numeric))
                 * CAST(sensor.resolution AS numeric)
       END AS value,
       sensor.unit
FROM sensor_data AS data
JOIN sensor ON sensor.id = data.sensor_id
JOIN hydraulic_system AS system ON system.id = sensor.system_id
WHERE data.sensor_id = ANY(CAST(:sensor_ids AS int[]))
    AND data.time >= CAST(:start_at AS timestamptz) AND data.time < CAST(:end_at AS timestamptz)
ORDER BY data.time, data.sensor_id
