-- name: list_machines
-- A row a system: how many sensors, how new its newest reading is, and which newest values
-- crossed a limit.
SELECT sys.id AS system_id, sys.code, sys.name, sys.kind, sys.site, summed.sensor_count,
    summed.newest_at, summed.slowest_s, summed.crossing_ids
FROM hydraulic_system sys
LEFT JOIN (
    SELECT s.system_id, count(*) AS sensor_count, max(l.time) AS newest_at,
        max(s.sampling_interval_s) AS slowest_s,
        array_agg(s.id) FILTER (WHERE l.value > least(s.warn_high, s.critical_high)
            OR l.value < greatest(s.warn_low, s.critical_low)) AS crossing_ids
    FROM sensor s LEFT JOIN sensor_latest l ON l.sensor_id = s.id
    GROUP BY s.system_id
) summed ON summed.system_id = sys.id

-- name: list_crossing_sensors
-- Some sensors with their newest values and limits, key sensors first.
SELECT s.system_id, s.tag, s.name, s.unit, s.resolution,
    l.value, l.time AS at, s.is_key, s.sampling_interval_s,
    s.warn_low, s.warn_high, s.critical_low, s.critical_high
FROM sensor s JOIN sensor_latest l ON l.sensor_id = s.id
WHERE s.id = ANY(CAST(:sensor_ids AS int[]))
ORDER BY s.is_key DESC, s.tag COLLATE "C"

-- name: list_key_sensors
-- Key sensors of some systems with their newest values.
SELECT s.system_id, s.id AS sensor_id, s.tag, s.name, s.quantity, s.unit, s.resolution,
    l.value, l.time AS at, s.is_key, s.sampling_interval_s,
    s.warn_low, s.warn_high, s.critical_low, s.critical_high
FROM sensor s LEFT JOIN sensor_latest l ON l.sensor_id = s.id
WHERE s.is_key AND s.system_id = ANY(CAST(:system_ids AS int[]))
ORDER BY s.tag COLLATE "C"

-- name: load_sparklines
-- Hourly means of some sensors; of an hour that is not over, the mean of a part would mislead.
SELECT sensor_id, array_agg(vsum / n ORDER BY bucket) AS means
FROM sensor_data_1h
WHERE sensor_id = ANY(CAST(:sensor_ids AS int[])) AND bucket >= :start_at
    AND bucket <= CAST(:end_at AS timestamptz) - interval '1 hour'
GROUP BY sensor_id

-- name: latest
-- The newest value of each sensor of a system.
SELECT s.id AS sensor_id, s.tag, l.time, l.value
FROM sensor s JOIN sensor_latest l ON l.sensor_id = s.id
WHERE s.system_id = :system_id
ORDER BY s.tag
