-- name: list_versions
-- All versions, newest first, with which of them is searched.
SELECT v.id, v.state, v.fingerprint, v.embedder, v.settings, v.revision_ids, v.chunk_count,
    v.size_bytes, v.evaluation, v.error, v.started_at, v.ready_at,
    a.version_id IS NOT NULL AS is_active, coalesce(a.is_pinned, false) AS is_pinned
FROM index_version v LEFT JOIN active_index a ON a.version_id = v.id
WHERE (CAST(:id AS int) IS NULL OR v.id = :id)
    AND (NOT CAST(:only_active AS boolean) OR a.version_id IS NOT NULL)
ORDER BY v.id DESC

-- name: activate
-- From now on this version is searched.
INSERT INTO active_index (id, version_id, is_pinned, changed_by, changed_at)
SELECT 1, v.id, :is_pinned, :changed_by, now() FROM index_version v
WHERE v.id = :id AND v.state = 'ready'
ON CONFLICT (id) DO UPDATE SET version_id = excluded.version_id, is_pinned = excluded.is_pinned,
    changed_by = excluded.changed_by, changed_at = excluded.changed_at
RETURNING version_id

-- name: unpin
-- Newer versions may take over again.
UPDATE active_index SET is_pinned = false, changed_by = :changed_by, changed_at = now()

-- name: insert_version
-- A version that is about to be built.
INSERT INTO index_version (fingerprint, embedder, settings, revision_ids)
VALUES (:fingerprint, :embedder, :settings, :revision_ids) RETURNING id

-- name: insert_part
-- One part of a version's lexical index.
INSERT INTO index_part (version_id, part, content) VALUES (:version_id, :part, :content)

-- name: list_parts
-- The lexical index of a version.
SELECT content FROM index_part WHERE version_id = :version_id ORDER BY part

-- name: finish_version
-- It can be searched.
UPDATE index_version SET state = 'ready', ready_at = now(), chunk_count = :chunk_count,
    size_bytes = :size_bytes WHERE id = :id

-- name: fail_version
-- It could not be built.
UPDATE index_version SET state = 'failed', error = :error WHERE id = :id

-- name: note_evaluation
-- What its questions say, and the floor that follows from them.
UPDATE index_version SET evaluation = :evaluation,
    settings = settings || CAST(:settings AS jsonb) WHERE id = :id

-- name: list_abandoned
-- Versions whose builder is gone, and failed ones: only one builds at a time, under a lock.
SELECT id FROM index_version WHERE state IN ('building', 'failed')

-- name: list_searched_revisions
-- The newest file of each document that could be read.
SELECT max(id) AS id FROM document_revision WHERE status = 'read'
GROUP BY document_id ORDER BY 1

-- name: list_chunks
-- The chunks of these files, manual by manual in their order, a page at a time.
SELECT c.id, c.revision_id, r.document_id, c.ordinal, d.title, d.component, s.code AS system_code,
    r.label, r.file_name, r.kind AS file_kind, c.page, c.heading_path, c.language, c.kind, c.text,
    c.content_hash
FROM document_chunk c
JOIN document_revision r ON r.id = c.revision_id
JOIN document d ON d.id = r.document_id
LEFT JOIN hydraulic_system s ON s.id = d.system_id
WHERE c.revision_id = ANY(CAST(:revision_ids AS int[]))
    AND (c.revision_id, c.ordinal) > (CAST(:after_revision AS int), CAST(:after_ordinal AS int))
ORDER BY c.revision_id, c.ordinal LIMIT :limit

-- name: find_chunks
-- These chunks, as far as their manuals are still there.
SELECT c.id, c.revision_id, r.document_id, c.ordinal, d.title, d.component, s.code AS system_code,
    r.label, r.file_name, r.kind AS file_kind, c.page, c.heading_path, c.language, c.kind, c.text,
    c.content_hash
FROM document_chunk c
JOIN document_revision r ON r.id = c.revision_id
JOIN document d ON d.id = r.document_id
LEFT JOIN hydraulic_system s ON s.id = d.system_id
WHERE c.id = ANY(CAST(:ids AS bigint[]))

-- name: list_names
-- What people call the manuals.
SELECT d.id, d.title, d.component, s.code, s.name
FROM document d LEFT JOIN hydraulic_system s ON s.id = d.system_id

-- name: list_glossary
-- The pairs that engineers have added.
SELECT id, term, meaning, created_by, created_at FROM glossary_pair ORDER BY lower(term), id

-- name: list_unembedded
-- Contents that this embedder has made no vector of yet.
SELECT DISTINCT ON (c.content_hash) c.content_hash, c.heading_path, c.text
FROM document_chunk c
WHERE c.revision_id = ANY(CAST(:revision_ids AS int[])) AND NOT EXISTS (
    SELECT FROM chunk_embedding e
    WHERE e.embedder = :embedder AND e.content_hash = c.content_hash)
LIMIT :limit

-- name: insert_embedding
-- One vector.
INSERT INTO chunk_embedding (embedder, content_hash, vector)
VALUES (:embedder, :content_hash, :vector) ON CONFLICT DO NOTHING

-- name: list_vectors
-- The vectors of these files, a page at a time.
SELECT c.id, e.vector FROM document_chunk c
JOIN chunk_embedding e ON e.embedder = :embedder AND e.content_hash = c.content_hash
WHERE c.revision_id = ANY(CAST(:revision_ids AS int[])) AND c.id > :after
ORDER BY c.id LIMIT :limit

-- name: delete_version
-- One version; the active one stays.
DELETE FROM index_version v WHERE v.id = :id
    AND NOT EXISTS (SELECT FROM active_index a WHERE a.version_id = v.id)
RETURNING id

-- name: forget_vectors
-- Vectors of contents that no file has any more.
DELETE FROM chunk_embedding e WHERE NOT EXISTS (
    SELECT FROM document_chunk c WHERE c.content_hash = e.content_hash)

-- name: insert_pair
-- One pair; no row where it is known.
INSERT INTO glossary_pair (term, meaning, created_by) VALUES (:term, :meaning, :created_by)
ON CONFLICT (term, meaning) DO NOTHING RETURNING id

-- name: delete_pair
-- One pair.
DELETE FROM glossary_pair WHERE id = :id
