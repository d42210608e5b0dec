-- name: find_by_subject
-- The account of a provider's subject.
SELECT id, user_name, disabled_at IS NOT NULL AS is_disabled FROM app_user
WHERE oidc_subject = :subject

-- name: set_provider_role
-- The role that the provider gives.
UPDATE app_user SET role = :role WHERE id = :user_id

-- name: is_taken
-- Whether an account has this name.
SELECT EXISTS (SELECT FROM app_user WHERE lower(user_name) = lower(:user_name))
