-- name: create_upload
-- A new upload; its size is not known before the last part has come.
INSERT INTO upload (name, uploaded_by) VALUES (:name, :uploaded_by) RETURNING id

-- name: add_part
-- One part of an upload.
INSERT INTO upload_part (upload_id, part, content) VALUES (:upload_id, :part, :content)

-- name: complete_upload
-- All parts have come.
UPDATE upload SET size_bytes = :size_bytes, sha256 = :sha256 WHERE id = :upload_id

-- name: find_upload
-- One upload.
SELECT id, name, size_bytes, uploaded_by, created_at FROM upload WHERE id = :upload_id

-- name: list_uploads
-- Complete uploads, newest first, with the state of their last run.
SELECT upload.id, upload.name, upload.size_bytes, upload.uploaded_by, upload.created_at,
       (SELECT status FROM ingest_file WHERE upload_id = upload.id ORDER BY id DESC LIMIT 1)
           AS last_status
FROM upload WHERE size_bytes IS NOT NULL ORDER BY id DESC LIMIT :limit

-- name: read_part
-- The content of one part.
SELECT content FROM upload_part WHERE upload_id = :upload_id AND part = :part

-- name: delete_upload
-- Forget one upload with its parts.
DELETE FROM upload WHERE id = :upload_id

-- name: forget_uploads
-- Uploads that are loaded and some days old, and those older still whatever became of them.
DELETE FROM upload
WHERE (created_at < :loaded_before AND EXISTS (
        SELECT FROM ingest_file WHERE upload_id = upload.id AND status = 'succeeded'))
    OR created_at < :any_before
RETURNING coalesce(size_bytes, 0) AS size_bytes

-- name: list_files
-- Runs over files, newest first; one that lost its process is interrupted.
SELECT file.id, file.name, file.origin, file.kind, file.size_bytes, file.upload_id,
       file.started_by, file.status, file.error, file.row_count, file.inserted,
       file.already_there, file.quarantined, file.empty, file.batches, file.first_at,
       file.last_at, file.started_at, file.finished_at,
       CASE WHEN file.status = 'running' AND NOT EXISTS (
           SELECT FROM pg_locks
           WHERE locktype = 'advisory' AND granted AND objsubid = 2
               AND classid = CAST(:run_lock AS oid) AND objid = CAST(file.id AS oid)
               AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
           THEN 'interrupted' ELSE file.status END AS state
FROM ingest_file AS file
ORDER BY file.id DESC LIMIT :limit

-- name: list_batches
-- Batches, newest first.
SELECT batch.id, batch.file_id, coalesce(file.name, batch.origin) AS name, batch.origin,
       batch.first_line, batch.last_line, batch.row_count, batch.inserted, batch.already_there,
       batch.quarantined, batch.empty, batch.first_at, batch.last_at, batch.loaded_at
FROM ingest_batch AS batch LEFT JOIN ingest_file AS file ON file.id = batch.file_id
WHERE CAST(:file_id AS bigint) IS NULL OR batch.file_id = :file_id
ORDER BY batch.id DESC LIMIT :limit

-- name: find_mapping
-- How files of a shape were read the last time.
SELECT mapping FROM ingest_mapping WHERE shape = :shape

-- name: remember_mapping
-- Keep a mapping for the next file of its shape.
INSERT INTO ingest_mapping (shape, mapping, file_name)
VALUES (:shape, CAST(:mapping AS jsonb), :file_name)
ON CONFLICT (shape) DO UPDATE
SET mapping = excluded.mapping, file_name = excluded.file_name, used_at = now()
