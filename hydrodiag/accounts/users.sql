-- name: has_users
-- Whether there is any account that is not disabled.
SELECT EXISTS (SELECT FROM app_user WHERE disabled_at IS NULL)

-- name: list_users
-- All accounts, with when each was last seen.
SELECT u.id, u.user_name, u.full_name, u.role, u.disabled_at IS NOT NULL AS is_disabled,
    u.password_hash IS NOT NULL AS has_password, u.must_change_password,
    u.oidc_subject IS NOT NULL AS is_from_provider, u.created_at,
    (SELECT max(s.last_seen_at) FROM user_session s WHERE s.user_id = u.id) AS last_seen_at
FROM app_user u ORDER BY lower(u.user_name)

-- name: list_colleagues
-- People with some roles who may sign in: what everybody may know of them.
SELECT id, user_name, full_name FROM app_user
WHERE disabled_at IS NULL AND role = ANY(:roles) ORDER BY lower(user_name)

-- name: insert_user
-- A new account; no row when the name is taken, whatever its case.
INSERT INTO app_user
    (user_name, full_name, role, password_hash, must_change_password, oidc_subject)
VALUES (:user_name, :full_name, :role, :password_hash, :must_change_password, :oidc_subject)
ON CONFLICT (lower(user_name)) DO NOTHING
RETURNING id

-- name: set_role
-- A user's role.
UPDATE app_user SET role = :role WHERE id = :user_id

-- name: disable_user
-- Somebody who may not sign in any more.
UPDATE app_user SET disabled_at = coalesce(disabled_at, now()) WHERE id = :user_id

-- name: enable_user
-- Somebody who may sign in again.
UPDATE app_user SET disabled_at = NULL WHERE id = :user_id

-- name: find_password
-- The hash of a user's password.
SELECT password_hash FROM app_user WHERE id = :user_id

-- name: set_password
-- A user's new password.
UPDATE app_user SET password_hash = :password_hash, must_change_password = :must_change
WHERE id = :user_id

-- name: find_name
-- A user's name.
SELECT user_name FROM app_user WHERE id = :user_id

-- name: lock_administrators
-- Administrators who may sign in, locked until the transaction ends.
SELECT id FROM app_user WHERE role = 'administrator' AND disabled_at IS NULL FOR UPDATE
