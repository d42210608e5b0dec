-- name: fleet_generation
-- The number of the fleet's state; 0 before anybody wrote.
SELECT coalesce(max(generation), 0) AS generation FROM data_generation WHERE topic = 'fleet'

-- name: list_catalog_sensors
-- Every sensor with what ingest needs to know of it.
SELECT sensor.id, sensor.system_id, system.code AS system_code, sensor.tag, sensor.name,
       sensor.quantity, sensor.unit, sensor.resolution, sensor.valid_min, sensor.valid_max
FROM sensor JOIN hydraulic_system AS system ON system.id = sensor.system_id
ORDER BY sensor.id
