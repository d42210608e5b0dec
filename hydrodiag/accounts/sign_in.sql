-- name: count_failures
-- Failures within the window: of this name from this address, of this address, and of this name
-- from addresses where it never succeeded; and whether it has succeeded from this one.
SELECT
    count(*) FILTER (WHERE user_name = :name AND address = :address) AS of_pair,
    count(*) FILTER (WHERE address = :address) AS of_address,
    count(*) FILTER (WHERE user_name = :name AND address NOT IN (
        SELECT k.address FROM sign_in_attempt k WHERE k.user_name = :name AND k.succeeded
    )) AS of_strangers,
    EXISTS (SELECT FROM sign_in_attempt k
            WHERE k.user_name = :name AND k.address = :address AND k.succeeded) AS is_known_address
FROM sign_in_attempt
WHERE NOT succeeded AND at > now() - CAST(:window AS interval)

-- name: insert_attempt
-- An attempt that has not succeeded yet.
INSERT INTO sign_in_attempt (user_name, address, succeeded) VALUES (:name, :address, false)
RETURNING id

-- name: find_account
-- The account of a name, unless it is disabled.
SELECT id, user_name, password_hash, role FROM app_user
WHERE lower(user_name) = :name AND disabled_at IS NULL

-- name: note_success
-- The attempt was a good one.
UPDATE sign_in_attempt SET succeeded = true WHERE id = :id

-- name: renew_hash
-- The same password, hashed with today's parameters.
UPDATE app_user SET password_hash = :password_hash WHERE id = :user_id
