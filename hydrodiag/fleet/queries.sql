-- name: list_systems
-- Every system by code, or the one with this code or id.
SELECT id, code, name, kind, site, description, created_at
FROM hydraulic_system
WHERE (CAST(:code AS text) IS NULL OR code = :code) AND (CAST(:id AS int) IS NULL OR id = :id)
ORDER BY code

-- name: create_system
-- A new system; no row if its code is taken.
INSERT INTO hydraulic_system (code, name, kind, site, description)
VALUES (:code, :name, :kind, :site, :description)
ON CONFLICT (code) DO NOTHING
RETURNING id, code, name, kind, site, description, created_at

-- name: upsert_system
-- The system with this code as given, new or changed.
INSERT INTO hydraulic_system (code, name, kind, site, description)
VALUES (:code, :name, :kind, :site, :description)
ON CONFLICT (code) DO UPDATE SET name = excluded.name, kind = excluded.kind,
    site = excluded.site, description = excluded.description
RETURNING id, code, name, kind, site, description, created_at

-- name: delete_system
-- A system with its components and sensors, unless readings are stored; says which it was.
DELETE FROM hydraulic_system AS system
WHERE id = :id AND NOT EXISTS (
    SELECT FROM sensor JOIN sensor_latest AS latest ON latest.sensor_id = sensor.id
    WHERE sensor.system_id = system.id)
RETURNING id

-- name: list_components
-- The components of a system by code.
SELECT id, system_id, code, name, kind FROM component WHERE system_id = :system_id ORDER BY code

-- name: create_component
-- A new component; no row if the system has one with this code.
INSERT INTO component (system_id, code, name, kind) VALUES (:system_id, :code, :name, :kind)
ON CONFLICT (system_id, code) DO NOTHING
RETURNING id, system_id, code, name, kind

-- name: upsert_component
-- The component with this code as given, new or changed.
INSERT INTO component (system_id, code, name, kind) VALUES (:system_id, :code, :name, :kind)
ON CONFLICT (system_id, code) DO UPDATE SET name = excluded.name, kind = excluded.kind
RETURNING id, system_id, code, name, kind

-- name: delete_component
-- A component; its sensors stay with the system.
DELETE FROM component WHERE id = :id RETURNING id

-- name: list_sensors
-- The sensors of a system by tag, or those with these ids.
SELECT id, system_id, component_id, tag, name, quantity, unit, resolution, valid_min, valid_max,
       warn_low, warn_high, critical_low, critical_high, sampling_interval_s, is_key, created_at
FROM sensor
WHERE (CAST(:system_id AS int) IS NULL OR system_id = :system_id)
    AND (CAST(:ids AS int[]) IS NULL OR id = ANY(CAST(:ids AS int[])))
ORDER BY system_id, tag

-- name: create_sensor
-- A new sensor; no row if the system has one with this tag.
INSERT INTO sensor (system_id, component_id, tag, name, quantity, unit, resolution, valid_min,
                    valid_max, warn_low, warn_high, critical_low, critical_high,
                    sampling_interval_s, is_key)
VALUES (:system_id, :component_id, :tag, :name, :quantity, :unit, :resolution, :valid_min,
        :valid_max, :warn_low, :warn_high, :critical_low, :critical_high,
        :sampling_interval_s, :is_key)
ON CONFLICT (system_id, tag) DO NOTHING
RETURNING *

-- name: upsert_sensor
-- The sensor with this tag as given, new or changed.
INSERT INTO sensor (system_id, component_id, tag, name, quantity, unit, resolution, valid_min,
                    valid_max, warn_low, warn_high, critical_low, critical_high,
                    sampling_interval_s, is_key)
VALUES (:system_id, :component_id, :tag, :name, :quantity, :unit, :resolution, :valid_min,
        :valid_max, :warn_low, :warn_high, :critical_low, :critical_high,
        :sampling_interval_s, :is_key)
ON CONFLICT (system_id, tag) DO UPDATE SET
    component_id = excluded.component_id, name = excluded.name, quantity = excluded.quantity,
    unit = excluded.unit, resolution = excluded.resolution, valid_min = excluded.valid_min,
    valid_max = excluded.valid_max, warn_low = excluded.warn_low, warn_high = excluded.warn_high,
    critical_low = excluded.critical_low, critical_high = excluded.critical_high,
    sampling_interval_s = excluded.sampling_interval_s, is_key = excluded.is_key
RETURNING *

-- name: delete_sensor
-- A sensor, unless readings of it are stored.
DELETE FROM sensor
WHERE id = :id AND NOT EXISTS (SELECT FROM sensor_latest WHERE sensor_id = sensor.id)
RETURNING id

-- name: lock_fleet
-- One change of the fleet at a time, from looking to writing.
LOCK TABLE hydraulic_system, component, sensor IN SHARE ROW EXCLUSIVE MODE

-- name: list_measured
-- Those of these sensors, each as machine/tag, that readings are stored of.
SELECT s.code || '/' || sensor.tag FROM sensor
JOIN hydraulic_system s ON s.id = sensor.system_id
JOIN sensor_latest latest ON latest.sensor_id = sensor.id
WHERE s.code || '/' || sensor.tag = ANY(CAST(:labels AS text[])) ORDER BY 1
