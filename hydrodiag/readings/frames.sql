-- name: load_minutes
-- Minutes of some sensors from the rollup.
SELECT sensor_id, bucket AS time, vsum / n AS mean, vmin AS low, vmax AS high, n
FROM sensor_data_1m
WHERE sensor_id = ANY(CAST(:sensor_ids AS int[])) AND bucket >= :start_at AND bucket < :end_at

-- name: load_seconds
-- Readings of some sensors as stored, a second at a time.
SELECT sensor_id, time_bucket(interval '1 second', time) AS time, avg(value) AS mean,
    min(value) AS low, max(value) AS high, CAST(count(*) AS int) AS n
FROM sensor_data
WHERE sensor_id = ANY(CAST(:sensor_ids AS int[])) AND time >= :start_at AND time < :end_at
GROUP BY sensor_id, time_bucket(interval '1 second', time)

-- name: find_pending_since
-- The first minute after :since that the rollup has not taken up yet, of any of these sensors.
SELECT min(lo) FROM rollup_dirty
WHERE level = '1m' AND sensor_id = ANY(CAST(:sensor_ids AS int[])) AND hi > :since
