-- name: insert_administrator
-- A new administrator; no row when the name is taken, whatever its case.
INSERT INTO app_user (user_name, full_name, role, password_hash)
VALUES (:user_name, :full_name, 'administrator', :password_hash)
ON CONFLICT (lower(user_name)) DO NOTHING
RETURNING id
