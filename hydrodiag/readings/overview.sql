-- name: list_fleet_systems
-- Every system.
SELECT id, code, name, kind, site FROM hydraulic_system ORDER BY id

-- name: list_fleet_sensors
-- Every sensor with its limits, system after system, key sensors first.
SELECT system_id, id, tag, name, unit, resolution, sampling_interval_s,
    warn_low, warn_high, critical_low, critical_high
FROM sensor ORDER BY system_id, is_key DESC, tag COLLATE "C"

-- name: fetch_newest
-- The newest value of every sensor, as three arrays in the order of each other.
SELECT array_send(array_agg(sensor_id)), array_send(array_agg(time)), array_send(array_agg(value))
FROM sensor_latest

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
