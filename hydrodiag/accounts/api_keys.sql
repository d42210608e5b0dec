-- name: insert_key
-- A new key; no row if its system does not exist.
INSERT INTO api_key (name, secret_hash, system_id, scopes, created_by, expires_at)
SELECT CAST(:name AS text), :secret_hash, CAST(:system_id AS int), CAST(:scopes AS text[]),
       CAST(:created_by AS text), CAST(:expires_at AS timestamptz)
WHERE CAST(:system_id AS int) IS NULL
    OR EXISTS (SELECT FROM hydraulic_system WHERE id = CAST(:system_id AS int))
RETURNING id

-- name: list_keys
-- Every key, the living ones first, newest first.
SELECT key.id, key.name, key.system_id, system.code AS system_code, key.scopes, key.created_by,
       key.created_at, key.expires_at, key.last_used_at, key.revoked_at, key.revoked_by
FROM api_key AS key LEFT JOIN hydraulic_system AS system ON system.id = key.system_id
ORDER BY key.revoked_at IS NOT NULL, key.id DESC

-- name: find_secret
-- A key that holds now, with what its use needs.
SELECT key.id, key.name, key.system_id, system.code AS system_code, key.scopes, key.secret_hash,
       key.last_used_at IS NULL OR key.last_used_at < now() - CAST(:settled AS interval)
           AS is_use_due
FROM api_key AS key LEFT JOIN hydraulic_system AS system ON system.id = key.system_id
WHERE key.id = :id AND key.revoked_at IS NULL
    AND (key.expires_at IS NULL OR key.expires_at > now())

-- name: note_use
-- A key was used, unless that was just noted.
UPDATE api_key SET last_used_at = now()
WHERE id = :id AND (last_used_at IS NULL OR last_used_at < now() - CAST(:settled AS interval))

-- name: revoke_key
-- A key that does not hold any more.
UPDATE api_key SET revoked_at = now(), revoked_by = :by
WHERE id = :id AND revoked_at IS NULL
RETURNING name
