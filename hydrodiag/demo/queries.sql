-- name: story_of_sensors
-- Where the readings of these sensors begin and end; a sensor without readings has no row.
SELECT l.sensor_id, l.time AS last_at,
    (SELECT min(d.time) FROM sensor_data d WHERE d.sensor_id = l.sensor_id) AS first_at
FROM sensor_latest l WHERE l.sensor_id = ANY(CAST(:sensor_ids AS int[]))
